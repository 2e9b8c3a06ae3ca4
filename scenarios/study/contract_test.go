package study

import (
	"slices"
	"testing"

	"quotawall/scenarios"
	"quotawall/scenarios/result"
)

// With prices by day, two lines of one thing differ by their price period.
func TestLinesNameTheirPricePeriod(t *testing.T) {
	const text = `
ruleset = "2026-09"
scope = "global"
start = 2026-10-05T00:00:00Z
priced_on = "traffic"
[models.frontier]
id = "claude-sonnet-5-5"
[trace]
file = "test.csv"
[[step]]
name = "as is"
set = {}
`
	run := runOf(t, planOf(t, text), Options{Files: fileOf(steady(5, 86_400_000_000, 1000, 10, 100))})
	seen := map[result.Line]bool{}
	var periods []string
	for _, l := range run.Steps[0].Cost.Lines {
		if !slices.Contains(periods, l.Period) {
			periods = append(periods, l.Period)
		}
		key := result.Line{Item: l.Item, Lane: l.Lane, Account: l.Account, Region: l.Region, Scope: l.Scope, Model: l.Model, Kind: l.Kind, Band: l.Band, Period: l.Period}
		if seen[key] {
			t.Errorf("two lines with %+v", key)
		}
		seen[key] = true
	}
	if want := []string{"2026-10-05", "2026-10-07"}; !slices.Equal(periods, want) {
		t.Errorf("price periods %q, want %q", periods, want)
	}
}

// What is set for all steps is in the result, and a diff of two results tells it
// where the result does not state its effect anyway.
func TestDiffTellsWhatWasSet(t *testing.T) {
	answer := func(set ...scenarios.Assignment) *result.Run {
		s, err := scenarios.Preset("resilience-demo")
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range set {
			if err := s.Set(a); err != nil {
				t.Fatal(err)
			}
		}
		plan, err := scenarios.NewPlan(s, catalogOf(t), scenarios.Pick{})
		if err != nil {
			t.Fatal(err)
		}
		text, _ := scenarios.PresetTrace(plan.Base.Trace.File)
		return runOf(t, plan, Options{Files: fileOf(string(text))})
	}
	old := answer(scenarios.Assignment{Key: "client.patience", Value: "9m"})
	fresh := answer(scenarios.Assignment{Key: "client.patience", Value: "8m"}, scenarios.Assignment{Key: "seed", Value: int64(7)})
	d := Diff("old", old, "new", fresh)
	for _, want := range []result.Changed{{What: "client.patience", Old: "9m", New: "8m"}, {What: "seed", Old: "1", New: "7"}} {
		if !slices.Contains(d.Inputs, want) {
			t.Errorf("%+v is not among %+v", want, d.Inputs)
		}
	}
	if n := len(d.Inputs); n != 3 { // and the assumption on clients
		t.Errorf("%d inputs changed: %+v", n, d.Inputs)
	}
	old.Scenario.Settings = nil
	if d := Diff("old", old, "new", fresh); slices.ContainsFunc(d.Inputs, func(c result.Changed) bool { return c.What == "client.patience" }) {
		t.Errorf("a result without settings is taken for one that sets nothing: %+v", d.Inputs)
	}
}
