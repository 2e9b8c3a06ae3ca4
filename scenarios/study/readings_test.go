package study

import (
	"context"
	"slices"
	"testing"

	"quotawall/scenarios"
)

func TestReadingsAreRunsWithTheirSetting(t *testing.T) {
	for _, c := range []struct {
		ruleset string
		want    []string
	}{
		{"seed-2026", []string{"A1", "A1", "A1", "A2", "A2", "A4", "A4", "A5", "A5", "A7", "A7", "A7"}},
		{"2026-09", []string{"A1", "A1", "A1", "A2", "A2", "A4", "A4", "A5", "A5", "A7", "A7", "A7", "A9", "A9", "A9"}},
	} {
		plan := planOf(t, brainText(t, 1))
		plan, err := with(plan, scenarios.Assignment{Key: "ruleset", Value: c.ruleset})
		if err != nil {
			t.Fatal(err)
		}
		plan.Steps = plan.Steps[:2]
		list, err := Readings(context.Background(), plan, Options{})
		if err != nil {
			t.Fatal(err)
		}
		var ids []string
		served := map[float64]bool{}
		for _, r := range list {
			ids = append(ids, r.Ambiguity)
			served[r.ServedShare] = true
			a, err := scenarios.ParseAssignment(r.Setting)
			if err != nil {
				t.Fatal(err)
			}
			one, err := with(plan, a)
			if err != nil {
				t.Fatal(err)
			}
			if s := runOf(t, one, Options{}).Steps[1]; *s.ServedShare != r.ServedShare || s.Cost.MonthUSD != r.MonthUSD || r.Step != 1 {
				t.Errorf("%s: %v and $%v, a run says %v and $%v", r.Setting, r.ServedShare, r.MonthUSD, *s.ServedShare, s.Cost.MonthUSD)
			}
		}
		if !slices.Equal(ids, c.want) {
			t.Errorf("%s: readings %v, want %v", c.ruleset, ids, c.want)
		}
		if c.ruleset == "seed-2026" && len(served) < 3 {
			t.Errorf("no reading moves what is served: %v", served)
		}
	}
}
