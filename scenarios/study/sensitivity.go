package study

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"quotawall/scenarios"
	"quotawall/scenarios/result"
)

// Sensitivity answers one step of a plan with one uncertain input at a time at
// other values, all over the same arrivals, and orders the inputs by how far
// they move what is unserved, then the cost.
func Sensitivity(ctx context.Context, plan *scenarios.Plan, opt Options, index int) (*result.Sensitivity, error) {
	at, err := plan.Find(index)
	if err != nil {
		return nil, err
	}
	step := plan.Steps[at]
	opt = opt.shared()
	now, assumed, err := answerAt(ctx, plan, step, opt, nil)
	if err != nil {
		return nil, err
	}
	base := inputValue("", now)
	out := &result.Sensitivity{Schema: result.SensitivitySchema, Scenario: plan.Scenario.Name, Step: step.Name, MonthUSD: base.MonthUSD, UnservedShare: base.UnservedShare, Notes: now.InputNotes}
	if plan.Base.Title != "" {
		out.Scenario = plan.Base.Title
	}
	inputs := step.Spec.Uncertainties(plan.Catalog, assumed)
	var points [][2]int // input and value
	for i, u := range inputs {
		x := result.Input{Name: u.Name, Ambiguity: u.Ambiguity, Values: make([]result.InputValue, len(u.Values))}
		for j := range u.Values {
			points = append(points, [2]int{i, j})
		}
		out.Inputs = append(out.Inputs, x)
	}
	err = each(ctx, opt.Workers, len(points), func(ctx context.Context, n int) error {
		x, j := &out.Inputs[points[n][0]], points[n][1]
		u := inputs[points[n][0]].Values[j]
		run, _, err := answerAt(ctx, plan, step, opt.alone(), u.Set)
		if err != nil {
			return fmt.Errorf("%s %s: %w", x.Name, u.Name, err)
		}
		x.Values[j] = inputValue(u.Name, run)
		return nil
	})
	if err != nil {
		return nil, err
	}
	rank(out.Inputs, &base)
	return out, nil
}

// rank sets the ranges of the inputs and sorts them by how far they move what is
// unserved, then the cost.
func rank(inputs []result.Input, base *result.InputValue) {
	for i := range inputs {
		inputs[i].Widen(base)
	}
	slices.SortStableFunc(inputs, func(a, b result.Input) int {
		return cmp.Or(cmp.Compare(b.Unserved[1]-b.Unserved[0], a.Unserved[1]-a.Unserved[0]), cmp.Compare(b.MonthUSD[1]-b.MonthUSD[0], a.MonthUSD[1]-a.MonthUSD[0]))
	})
}

// answerAt is a step's answer with further values, and the max_tokens that rows
// got that do not say theirs (0 where all do).
func answerAt(ctx context.Context, plan *scenarios.Plan, step *scenarios.Step, opt Options, set []scenarios.Assignment) (*result.Run, int64, error) {
	p, err := standing(plan, step, set...)
	if err != nil {
		return nil, 0, err
	}
	t, err := replications(ctx, p, opt)
	if err != nil {
		return nil, 0, err
	}
	var assumed int64
	if t.reps[0].steps[0].MaxAssumed > 0 {
		assumed = max(0, t.reps[0].compiled[0].Config.Max)
	}
	return t.run(), assumed, nil
}

func inputValue(name string, run *result.Run) result.InputValue {
	x := &run.Steps[0]
	return result.InputValue{Value: name, MonthUSD: x.Cost.MonthUSD, UnservedShare: 1 - orOne(x.ServedShare)}
}
