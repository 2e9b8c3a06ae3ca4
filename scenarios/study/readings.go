package study

import (
	"context"
	"fmt"

	"quotawall/scenarios"
	"quotawall/scenarios/result"
)

// Readings answers the last step of a plan under each reading of the
// ambiguities that can change a verdict (DESIGN 2.9): A1, A2, A4, A5, A7 and,
// where the account has a cross-model pool, A9. The first is the reading that
// the step takes.
func Readings(ctx context.Context, plan *scenarios.Plan, opt Options) ([]result.Reading, error) {
	step := last(plan)
	open := map[string]bool{"A1": true, "A2": true, "A4": true, "A5": true, "A7": true, "A9": pooled(plan, step.Spec)}
	var list []reading
	for _, a := range step.Spec.Ambiguities() {
		if !open[a.ID] {
			continue
		}
		for _, value := range a.Readings {
			list = append(list, reading{a.ID, a.Key, value})
		}
	}
	out := make([]result.Reading, len(list))
	opt = opt.shared()
	err := each(ctx, opt.Workers, len(list), func(ctx context.Context, i int) (err error) {
		out[i], err = list[i].run(ctx, plan, step, opt.alone())
		out[i].Step = step.Index
		return err
	})
	return out, err
}

// reading is one way to read one open question.
type reading struct{ id, key, value string }

func (r reading) run(ctx context.Context, plan *scenarios.Plan, step *scenarios.Step, opt Options) (result.Reading, error) {
	x := result.Reading{Ambiguity: r.id, Setting: r.key + "=" + r.value}
	p, err := standing(plan, step, scenarios.Assignment{Key: r.key, Value: scenarios.ParseValue(r.value), Origin: "reading " + x.Setting})
	if err != nil {
		return x, err
	}
	run, err := Run(ctx, p, opt)
	if err != nil {
		return x, fmt.Errorf("reading %s: %w", x.Setting, err)
	}
	if s := run.Steps[0]; s.ServedShare != nil {
		x.ServedShare = *s.ServedShare
	}
	x.MonthUSD = run.Steps[0].Cost.MonthUSD
	return x, nil
}

// pooled reports whether a step has the daily pool over all models.
func pooled(plan *scenarios.Plan, spec *scenarios.Spec) bool {
	switch spec.Quota.DailyScheme {
	case "cross-model", "both":
		return true
	case "per-model":
		return false
	}
	rules, err := plan.Catalog.Ruleset(spec.Ruleset)
	return err == nil && rules.DailyScheme != "per-model"
}

// ReadingsRange says in a sentence how far the readings lie apart.
func ReadingsRange(step string, list []result.Reading) string {
	low, high := list[0], list[0]
	for _, r := range list {
		low.ServedShare, high.ServedShare = min(low.ServedShare, r.ServedShare), max(high.ServedShare, r.ServedShare)
		low.MonthUSD, high.MonthUSD = min(low.MonthUSD, r.MonthUSD), max(high.MonthUSD, r.MonthUSD)
	}
	if low.ServedShare == high.ServedShare && low.MonthUSD == high.MonthUSD {
		return fmt.Sprintf("%s: no reading of what AWS leaves open changes what is served or its cost", step)
	}
	return fmt.Sprintf("%s: over all readings of what AWS leaves open, %.2f to %.2f %% of requests are served at $%.2f to $%.2f a month",
		step, 100*low.ServedShare, 100*high.ServedShare, low.MonthUSD, high.MonthUSD)
}
