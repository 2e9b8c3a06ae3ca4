package study

import (
	"fmt"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"quotawall/scenarios"
	"quotawall/sim/unit"
)

// Axis is a key that a sweep varies: a list of values, or a range.
type Axis struct {
	Key    string
	Values []string // of a grid, in order
	// ranged axes are drawn from [low, high] by random designs.
	ranged, log, whole, percent bool
	low, high                   float64
}

// maxAxis bounds the values of one axis.
const maxAxis = 10_000

// ParseAxis reads what --vary takes: KEY=LO..HI:N (N values, evenly spaced),
// KEY=LO..HI:logN (evenly spaced ratios; log alone means 10), or KEY=a,b,c. Where
// both ends are whole numbers so are all values, each once.
func ParseAxis(text string) (Axis, error) {
	key, rest, ok := strings.Cut(text, "=")
	a := Axis{Key: strings.TrimSpace(key)}
	if !ok || a.Key == "" || rest == "" {
		return a, fmt.Errorf("--vary %s: want KEY=LO..HI:N, KEY=LO..HI:logN or KEY=a,b,c", text)
	}
	low, rest2, isRange := strings.Cut(rest, "..")
	if !isRange || strings.ContainsAny(low, ",[\"") {
		a.Values = splitValues(rest)
		if len(a.Values) > maxAxis {
			return a, fmt.Errorf("--vary %s: %d values; at most %d", a.Key, len(a.Values), maxAxis)
		}
		return a, nil
	}
	high, count, _ := strings.Cut(rest2, ":")
	if err := a.span(low, high, count); err != nil {
		return a, fmt.Errorf("--vary %s: %w", text, err)
	}
	return a, nil
}

// span reads the ends of a range and lists its values.
func (a *Axis) span(low, high, count string) error {
	a.ranged = true
	a.percent = strings.HasSuffix(high, "%")
	a.whole = !strings.ContainsAny(low+high, ".%eE")
	for _, x := range []struct {
		text string
		to   *float64
	}{{low, &a.low}, {high, &a.high}} {
		f, err := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(x.text), "%"), 64)
		if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
			return fmt.Errorf("%q is no number; list other values with commas", x.text)
		}
		*x.to = f
	}
	if a.low > a.high {
		return fmt.Errorf("the range ends before it begins")
	}
	n := int64(10)
	digits, isLog := strings.CutPrefix(count, "log")
	a.log = isLog
	if digits != "" {
		var err error
		if n, err = strconv.ParseInt(digits, 10, 64); err != nil || n < 1 {
			return fmt.Errorf("%q is no number of values: write :N or :logN", count)
		}
	} else if !isLog {
		return fmt.Errorf("how many values? write %s..%s:N or %s..%s:logN", low, high, low, high)
	}
	if n > maxAxis {
		return fmt.Errorf("%d values; at most %d", n, maxAxis)
	}
	if a.log && a.low <= 0 {
		return fmt.Errorf("a log range begins above 0")
	}
	for i := range n {
		u := 0.0
		if n > 1 {
			u = float64(i) / float64(n-1)
		}
		if v := a.at(u); !slices.Contains(a.Values, v) {
			a.Values = append(a.Values, v)
		}
	}
	return nil
}

// at is the value at a share u of a range, or of a list.
func (a *Axis) at(u float64) string {
	if !a.ranged {
		return a.Values[min(len(a.Values)-1, int(u*float64(len(a.Values))))]
	}
	v := a.low + u*(a.high-a.low)
	if a.log {
		v = a.low * math.Pow(a.high/a.low, u)
	}
	if u == 1 {
		v = a.high
	}
	text := strconv.FormatFloat(math.Round(v), 'f', -1, 64)
	if !a.whole {
		text = plainFloat(v)
	}
	if a.percent {
		text += "%"
	}
	return text
}

// plainFloat is a number with at most 12 significant digits and no exponent.
func plainFloat(v float64) string {
	r, ok := new(big.Rat).SetString(strconv.FormatFloat(v, 'g', 12, 64))
	if !ok {
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return plainDecimal(r)
}

// splitValues splits at commas outside of brackets, braces and quotes.
func splitValues(text string) []string {
	var out []string
	depth, quoted, from := 0, false, 0
	for i, c := range text {
		switch {
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '[' || c == '{':
			depth++
		case c == ']' || c == '}':
			depth--
		case c == ',' && depth == 0:
			out = append(out, strings.TrimSpace(text[from:i]))
			from = i + 1
		}
	}
	return append(out, strings.TrimSpace(text[from:]))
}

// maxPoints bounds a design.
const maxPoints = 100_000

// design lists the points: a value for each axis. Grids go through the last
// axis fastest; random and Latin-hypercube designs are drawn by seed.
func design(axes []Axis, kind string, seed uint64) ([][]string, error) {
	name, digits, counted := strings.Cut(kind, ":")
	n, err := strconv.ParseInt(digits, 10, 64)
	switch {
	case name == "grid" && !counted:
		return grid(axes)
	case name != "random" && name != "lhs" || err != nil || n < 1:
		return nil, fmt.Errorf("--design %s: want grid, random:N or lhs:N", kind)
	case n > maxPoints:
		return nil, fmt.Errorf("%d points; a sweep has at most %d", n, maxPoints)
	}
	points := make([][]string, n)
	for _, a := range axes {
		r := unit.Stream(seed, "sweep "+kind+" "+a.Key)
		cells := r.Perm(int(n))
		for i := range points {
			u := r.Float64()
			if name == "lhs" {
				u = (float64(cells[i]) + u) / float64(n)
			}
			points[i] = append(points[i], a.at(u))
		}
	}
	return points, nil
}

func grid(axes []Axis) ([][]string, error) {
	points := [][]string{nil}
	for _, a := range axes {
		if len(points)*len(a.Values) > maxPoints {
			return nil, fmt.Errorf("the grid has more than %d points, the most a sweep may have", maxPoints)
		}
		var next [][]string
		for _, p := range points {
			for _, v := range a.Values {
				next = append(next, append(slices.Clone(p), v))
			}
		}
		points = next
	}
	return points, nil
}

// assignments of a point.
func assignments(axes []Axis, values []string) []scenarios.Assignment {
	var out []scenarios.Assignment
	for i, a := range axes {
		out = append(out, scenarios.Assignment{Key: a.Key, Value: scenarios.ParseValue(values[i]), Origin: "--vary " + a.Key + "=" + values[i]})
	}
	return out
}
