package chart

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"quotawall/scenarios/result"
)

// FromSweep draws a sweep: over one key, lines of the served share and of the
// month's cost, one a step; over two keys, a heat map of each for each step.
// Designs over more keys have no such picture.
func FromSweep(s *result.Sweep) ([]*Chart, error) {
	var out []*Chart
	for _, f := range []struct {
		figure, name string
		percent      bool
	}{{"served_share", "requests served", true}, {"month_usd", "dollars per month", false}} {
		var charts []*Chart
		var err error
		switch len(s.Keys) {
		case 1:
			charts, err = sweepLines(s, f.figure, f.name, f.percent)
		case 2:
			charts, err = sweepHeats(s, f.figure, f.name, f.percent)
		}
		if err != nil {
			return nil, err
		}
		out = append(out, charts...)
	}
	return out, nil
}

// sweepLines is one picture over the values of the only key.
func sweepLines(s *result.Sweep, figure, name string, percent bool) ([]*Chart, error) {
	values := valuesOf(s, 0)
	at, numeric := places(values)
	d := Sweep{Name: "sweep-" + figure, Title: name + " over " + s.Keys[0], XName: s.Keys[0], YName: name, Percent: percent}
	if numeric {
		d.LogX = spreads(at)
	} else {
		d.XNames = values
	}
	for _, step := range stepsOf(s) {
		line := Series{Name: step}
		for _, r := range s.Rows {
			if y, known := r.Figure[figure]; known && r.Name == step {
				line.X, line.Y = append(line.X, at[r.Values[0]]), append(line.Y, y)
			}
		}
		if len(line.X) > 0 {
			d.Lines = append(d.Lines, sorted(line))
		}
	}
	if len(d.Lines) == 0 {
		return nil, nil
	}
	c, err := d.Draw()
	return []*Chart{c}, err
}

// sweepHeats is a picture a step over the values of two keys.
func sweepHeats(s *result.Sweep, figure, name string, percent bool) ([]*Chart, error) {
	label := func(z float64) string { return dollars(z, niceStep(math.Max(math.Abs(z), 0.01)/100)) }
	if percent {
		label = share
	}
	xs, ys := valuesOf(s, 0), valuesOf(s, 1)
	if len(xs)*len(ys) > s.Points {
		return nil, nil // not a full grid: a random design
	}
	var out []*Chart
	for i, step := range stepsOf(s) {
		d := Heat{Name: fmt.Sprintf("sweep-%s-%d", figure, i), Title: step + ": " + name, XName: s.Keys[0], YName: s.Keys[1], X: xs, Y: ys, Label: label}
		known := false
		for range ys {
			d.Z = append(d.Z, slices.Repeat([]float64{math.NaN()}, len(xs)))
		}
		for _, r := range s.Rows {
			if z, there := r.Figure[figure]; there && r.Name == step {
				d.Z[slices.Index(ys, r.Values[1])][slices.Index(xs, r.Values[0])] = z
				known = true
			}
		}
		if !known {
			continue
		}
		c, err := d.Draw()
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}

// valuesOf lists a key's values in order of appearance.
func valuesOf(s *result.Sweep, key int) []string {
	var out []string
	for _, r := range s.Rows {
		if v := r.Values[key]; !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}

// stepsOf lists the steps' names in order of appearance.
func stepsOf(s *result.Sweep) []string {
	var out []string
	for _, r := range s.Rows {
		if !slices.Contains(out, r.Name) {
			out = append(out, r.Name)
		}
	}
	return out
}

// places puts values on an axis: numbers and shares where they are, anything
// else in order.
func places(values []string) (at map[string]float64, numeric bool) {
	at = map[string]float64{}
	for _, v := range values {
		f, err := strconv.ParseFloat(strings.TrimSuffix(v, "%"), 64)
		if err != nil || bad(f) {
			for i, name := range values {
				at[name] = float64(i)
			}
			return at, false
		}
		at[v] = f
	}
	return at, true
}

// spreads tells whether places go so far that only a logarithmic axis shows
// the small ones.
func spreads(at map[string]float64) bool {
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, v := range at { // order does not matter to a minimum
		lo, hi = min(lo, v), max(hi, v)
	}
	return len(at) >= 4 && lo > 0 && hi/lo >= 50
}

// sorted is a series in order of X.
func sorted(s Series) Series {
	order := make([]int, len(s.X))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case s.X[a] < s.X[b]:
			return -1
		case s.X[a] > s.X[b]:
			return 1
		}
		return 0
	})
	out := Series{Name: s.Name}
	for _, i := range order {
		out.X, out.Y = append(out.X, s.X[i]), append(out.Y, s.Y[i])
	}
	return out
}
