package chart

import (
	"fmt"
	"strings"
	"testing"

	"quotawall/scenarios/result"
)

// sweepOf is a made-up sweep of two steps over a grid.
func sweepOf(keys []string, grid [][]string) *result.Sweep {
	s := &result.Sweep{Keys: keys, Points: len(grid)}
	for i, values := range grid {
		for k, name := range []string{"as is", "cached"} {
			s.Rows = append(s.Rows, result.SweepRow{Point: i + 1, Values: values, Step: k, Name: name,
				Figure: map[string]float64{"served_share": 1 / float64(i+1+k), "month_usd": float64(100 * (i + 1 + k))}})
		}
	}
	return s
}

func TestFromSweep(t *testing.T) {
	for _, test := range []struct {
		name  string
		sweep *result.Sweep
		want  string // the pictures
	}{
		{"numbers", sweepOf([]string{"users"}, [][]string{{"10"}, {"2"}, {"5"}}), "sweep-served_share sweep-month_usd"},
		{"powers", sweepOf([]string{"users"}, [][]string{{"1"}, {"10"}, {"100"}, {"1000"}}), "sweep-served_share sweep-month_usd"},
		{"shares", sweepOf([]string{"mix"}, [][]string{{"10%"}, {"20%"}}), "sweep-served_share sweep-month_usd"},
		{"words", sweepOf([]string{"caching.mode"}, [][]string{{"off"}, {"prefix"}}), "sweep-served_share sweep-month_usd"},
		{"grid", sweepOf([]string{"a", "b"}, [][]string{{"1", "x"}, {"1", "y"}, {"2", "x"}, {"2", "y"}}),
			"sweep-served_share-0 sweep-served_share-1 sweep-month_usd-0 sweep-month_usd-1"},
		{"random design", sweepOf([]string{"a", "b"}, [][]string{{"1", "x"}, {"2", "y"}}), ""},
		{"three keys", sweepOf([]string{"a", "b", "c"}, [][]string{{"1", "x", "z"}}), ""},
		{"nothing", &result.Sweep{Keys: []string{"a"}}, ""},
	} {
		all, err := FromSweep(test.sweep)
		if err != nil {
			t.Fatalf("%s: %v", test.name, err)
		}
		var got []string
		for _, c := range all {
			got = append(got, c.Name)
			svgOf(t, c)
		}
		if s := strings.Join(got, " "); s != test.want {
			t.Errorf("%s: pictures %q, want %q", test.name, s, test.want)
		}
	}
}

// TestSweepLinesAreInOrder: points are joined by their values, not by their
// place in the design.
func TestSweepLinesAreInOrder(t *testing.T) {
	s := sorted(Series{Name: "a", X: []float64{10, 2, 5}, Y: []float64{1, 2, 3}})
	if fmt.Sprint(s.X, s.Y) != "[2 5 10] [2 3 1]" {
		t.Errorf("%v %v", s.X, s.Y)
	}
	at, numeric := places([]string{"off", "1"})
	if numeric || at["off"] != 0 || at["1"] != 1 {
		t.Errorf("%v %v", at, numeric)
	}
}

func TestLogTicks(t *testing.T) {
	for _, test := range []struct {
		lo, hi float64
		want   string
	}{{1, 100, "1 2 5 10 20 50 100"}, {0.05, 1, "0.05 0.1 0.2 0.5 1"}, {1, 1e6, "1 10 100 1,000 10,000 100,000 1,000,000"}} {
		var got []string
		for _, tick := range (logTicks{}).Ticks(test.lo, test.hi) {
			got = append(got, tick.Label)
		}
		if s := strings.Join(got, " "); s != test.want {
			t.Errorf("%v to %v: %s, want %s", test.lo, test.hi, s, test.want)
		}
	}
	if _, err := (Sweep{LogX: true, Lines: []Series{{"a", []float64{0, 1}, []float64{1, 1}}}}).Draw(); err == nil {
		t.Error("0 is drawn on a logarithmic axis")
	}
}
