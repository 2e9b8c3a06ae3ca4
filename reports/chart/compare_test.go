package chart

import (
	"math"
	"strings"
	"testing"

	"quotawall/scenarios/result"
)

// loads are costs at 0, 1, ... 4 times a traffic that costs $100 a month on
// demand: a term that pays from 2.5 times, and one that never does.
func loads() *result.Compare {
	c := &result.Compare{Model: "m", OnDemand: result.OnDemandCost{MonthUSD: 100},
		Curve: []result.CurvePoint{{InputTPM: 10, MonthUSD: 260, ClosedMonthUSD: 250, MonthUSD3: 240}, {InputTPM: 20, MonthUSD: 460, ClosedMonthUSD: 450, MonthUSD3: 440}}}
	c.Options = []result.Option{{Kind: "reserved", Term: "1-month"}, {Kind: "reserved", Term: "3-months", BreakEvenLoad: new(2.5)}}
	for i := range 5 {
		load := float64(i)
		c.Loads = append(c.Loads, result.LoadPoint{Load: load, OnDemandUSD: 100 * load, Reserved1USD: new(450 + load), Reserved3USD: new(200 + 20*load)})
	}
	return c
}

func TestBreakEvenCrossings(t *testing.T) {
	d := byLoad(loads())
	if len(d.Crossings) != 1 || math.Abs(d.Crossings[0].X-2.5) > 1e-12 || math.Abs(d.Crossings[0].Y-250) > 1e-9 {
		t.Errorf("%+v: want one crossing, at 2.5 times and $250", d.Crossings)
	}
	c, err := Compared{loads()}.Draw()
	if err != nil {
		t.Fatal(err)
	}
	if len(c.panels) != 2 {
		t.Errorf("%d panels, want cost by load and by size", len(c.panels))
	}
	for _, said := range []string{"3 months: pays from 2.5 times", "1 month: never in this range"} {
		if !strings.Contains(c.Alt, said) || strings.Count(svgOf(t, c), said) < 2 {
			t.Errorf("the picture does not say %q: %s", said, c.Alt)
		}
	}
}

// TestBreakEvenBeyond: a load that the picture does not reach is named.
func TestBreakEvenBeyond(t *testing.T) {
	r := loads()
	r.Options[0].BreakEvenLoad = new(153.0)
	if d := byLoad(r); d.Never != "1 month: beyond this range, from 153 times" || len(d.Crossings) != 1 {
		t.Errorf("%+v", d)
	}
}

// TestBreakEvenUnsoldTerm: a term that is not sold has no line and no claim.
func TestBreakEvenUnsoldTerm(t *testing.T) {
	r := loads()
	for i := range r.Loads {
		r.Loads[i].Reserved1USD = nil
	}
	if d := byLoad(r); len(d.Lines) != 2 || d.Never != "" {
		t.Errorf("%+v", d)
	}
	full := loads()
	full.Curve = full.Curve[:1]
	if c, err := (Compared{full}).Draw(); err != nil || len(c.panels) != 1 {
		t.Errorf("a single size is drawn as a line: %v", err)
	}
	r.Loads = nil
	if c, err := (Compared{r}).Draw(); err != nil || len(c.panels) != 1 {
		t.Errorf("without loads: %v", err)
	}
}
