package reports

import (
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"
)

// scale is how the numbers of a column are shown: divided by div, with so many
// decimals, and the unit in the header.
type scale struct {
	kind     Kind
	div      float64
	decimals int
	unit     string
}

// scaleOf picks the common scale of the cells of a column: fine enough for the
// smallest to keep three digits, as far as the largest does not grow too long.
func scaleOf(c Column, cells []Cell) scale {
	s := scale{kind: c.Kind, div: 1, unit: c.Unit}
	lo, hi, whole := extent(cells)
	switch c.Kind {
	case Count:
		if !whole {
			s.decimals = 1
		}
	case Tokens:
		s.scaleTokens(lo, hi, whole)
	case Money:
		s.decimals = digits(lo, hi)
		if s.decimals == 1 {
			s.decimals = 2
		}
		if s.unit == "" {
			s.unit = "USD"
		}
	case Share:
		s.div, s.decimals = 0.01, shareDecimals(cells)
	case Duration:
		s.scaleDuration(lo, hi)
	case Instant:
		plain := func(c Cell) bool { return c.is == text && c.show == nil }
		if s.unit == "" && slices.ContainsFunc(cells, plain) {
			s.unit = "UTC"
		}
	}
	return s
}

// extent is the smallest and the largest size of the numbers that are not
// zero, and whether all are whole.
func extent(cells []Cell) (lo, hi float64, whole bool) {
	whole = true
	for _, c := range cells {
		if c.is != number || c.show != nil || c.num == 0 {
			continue
		}
		a := math.Abs(c.num)
		if lo == 0 || a < lo {
			lo = a
		}
		hi = max(hi, a)
		whole = whole && !strings.ContainsRune(c.exact, '.')
	}
	return lo, hi, whole
}

// digits is the number of decimals that leaves lo three digits and hi at most
// seven.
func digits(lo, hi float64) int {
	if lo == 0 {
		return 0
	}
	want := 2 - int(math.Floor(math.Log10(lo)))
	room := 6 - int(math.Floor(math.Log10(hi)))
	return max(0, min(want, room, 9))
}

func (s *scale) scaleTokens(lo, hi float64, whole bool) {
	prefix := ""
	switch {
	case hi < 1e8:
	case lo >= 1e8:
		s.div, prefix = 1e9, "G "
	case lo >= 1e5:
		s.div, prefix = 1e6, "M "
	case lo >= 1e3:
		s.div, prefix = 1e3, "k "
	}
	switch {
	case s.div > 1:
		s.decimals = min(2, digits(lo/s.div, hi/s.div))
	case !whole:
		s.decimals = 1
	}
	if s.unit == "" && s.div > 1 {
		s.unit = "tokens"
	}
	if s.unit != "" {
		s.unit = prefix + s.unit
	}
}

// shareDecimals is one decimal of a percent, or more where a share would
// otherwise be rounded to none or all.
func shareDecimals(cells []Cell) int {
	d := 1
	for _, c := range cells {
		if c.is != number || c.num <= 0 || c.num >= 1 {
			continue
		}
		for gap := min(c.num, 1-c.num) * 100; d < 2 && gap < math.Pow10(-d)/2; {
			d++
		}
	}
	return d
}

func (s *scale) scaleDuration(lo, hi float64) {
	units := []struct {
		name string
		size float64
	}{{"us", 1e-6}, {"ms", 1e-3}, {"s", 1}, {"min", 60}, {"h", 3600}, {"d", 86400}}
	pick := 2
	for i, u := range units {
		if lo >= u.size && (u.name != "min" || lo >= 600) && (u.name != "h" || lo >= 7200) && (u.name != "d" || lo >= 172800) {
			pick = i
		}
	}
	if lo > 0 && lo < 1e-3 {
		pick = 0
	}
	for pick < len(units)-1 && hi/units[pick].size >= 1e6 {
		pick++
	}
	s.div, s.unit = units[pick].size, units[pick].name
	if s.decimals = digits(lo/s.div, hi/s.div); s.decimals > 0 || lo == 0 {
		s.decimals = max(1, min(s.decimals, 3))
	}
}

// format is what people see of a cell, not yet escaped.
func (s scale) format(c Cell) string {
	switch {
	case c.show != nil:
		return *c.show
	case c.is == undefined:
		return "-"
	case c.is == text && s.kind == Instant:
		return instantText(c.exact)
	case c.is == text:
		return c.exact
	case s.div == 1 && s.decimals == 0 && !strings.ContainsAny(c.exact, ".eE"):
		return group(c.exact)
	case s.kind == Share:
		return s.percent(c.num)
	case s.kind == Decimal:
		return plainDecimal(c.exact)
	}
	return s.decimal(c.num)
}

// plainDecimal is a JSON number without exponent and without trailing zeros,
// thousands separated.
func plainDecimal(exact string) string {
	r, ok := new(big.Rat).SetString(exact)
	if !ok {
		return exact
	}
	places, _ := r.FloatPrec()
	return group(r.FloatString(places))
}

func (s scale) decimal(f float64) string {
	out := strconv.FormatFloat(f/s.div, 'f', s.decimals, 64)
	if f != 0 && strings.Trim(out, "-0.") == "" {
		return "<" + strconv.FormatFloat(math.Pow10(-s.decimals), 'f', s.decimals, 64)
	}
	return group(out)
}

// percent never rounds some to none, nor nearly all to all.
func (s scale) percent(f float64) string {
	out := strconv.FormatFloat(f*100, 'f', s.decimals, 64)
	step := math.Pow10(-s.decimals)
	switch {
	case f > 0 && strings.Trim(out, "0.") == "":
		return "<" + strconv.FormatFloat(step, 'f', s.decimals, 64) + "%"
	case f < 1 && strings.HasPrefix(out, "100"):
		return ">" + strconv.FormatFloat(100-step, 'f', s.decimals, 64) + "%"
	}
	return group(out) + "%"
}

// group separates thousands of a decimal number.
func group(s string) string {
	sign := ""
	if strings.HasPrefix(s, "-") {
		sign, s = "-", s[1:]
	}
	whole, frac, dot := strings.Cut(s, ".")
	var b strings.Builder
	b.WriteString(sign)
	for i, d := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(d)
	}
	if dot {
		b.WriteString("." + frac)
	}
	return b.String()
}

// instantText shortens RFC 3339 to what a table needs.
func instantText(s string) string {
	at, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return s
	}
	return at.UTC().Format("2006-01-02 15:04:05")
}

// Thousands separates the thousands of a decimal number by commas.
func Thousands(decimal string) string { return group(decimal) }
