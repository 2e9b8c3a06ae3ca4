package study

import (
	"context"
	"fmt"

	"quotawall/scenarios"
	"quotawall/scenarios/result"
)

// The stopping rule looks at the intervals after the first replications and
// then after each batch, whatever the number of workers.
const (
	firstLook = 10
	lookEvery = 5
)

// trials are replications and what each says of every step.
type trials struct {
	plan    *scenarios.Plan
	opt     Options
	reps    []*replication
	samples [][]*result.Step // step, then replication
}

func newTrials(plan *scenarios.Plan, opt Options) *trials {
	return &trials{plan: plan, opt: opt, samples: make([][]*result.Step, len(plan.Steps))}
}

// add appends a replication and its steps.
func (t *trials) add(r *replication, steps []*result.Step) {
	t.reps = append(t.reps, r)
	for i := range t.samples {
		t.samples[i] = append(t.samples[i], steps[i])
	}
}

// replications runs a plan as often as it asks, or, with Options.Precision, until
// the intervals are narrow enough. Where nothing is drawn, one is all there is.
func replications(ctx context.Context, plan *scenarios.Plan, opt Options) (*trials, error) {
	t := newTrials(plan, opt)
	most := int(plan.Base.Replications)
	if err := t.extend(ctx, 1); err != nil || !t.reps[0].random {
		return t, err
	}
	if opt.Precision <= 0 {
		return t, t.extend(ctx, most)
	}
	for n := min(firstLook, most); ; n = min(n+lookEvery, most) {
		if err := t.extend(ctx, n); err != nil {
			return nil, err
		}
		if n == most || precise(t.samples, opt.Precision) {
			return t, nil
		}
	}
}

// extend adds replications, several at once, in the order of their numbers.
func (t *trials) extend(ctx context.Context, n int) error {
	have := len(t.reps)
	reps, steps := make([]*replication, max(0, n-have)), make([][]*result.Step, max(0, n-have))
	err := each(ctx, t.opt.Workers, len(reps), func(ctx context.Context, i int) error {
		r, err := replicate(ctx, t.plan, t.opt, replicationSeed(t.plan.Base.Seed, have+i))
		if err != nil {
			return err
		}
		reps[i] = r
		steps[i], err = t.answers(r)
		return err
	})
	if err != nil {
		return err
	}
	for i, r := range reps {
		t.add(r, steps[i])
	}
	return nil
}

// answers are the steps of one replication.
func (t *trials) answers(r *replication) ([]*result.Step, error) {
	var out []*result.Step
	for i, step := range t.plan.Steps {
		x, err := stepAnswer(t.plan, r, i)
		if err != nil {
			return nil, fmt.Errorf("step %q%s: %w", step.Name, pricedOn(step), err)
		}
		out = append(out, x)
	}
	return out, nil
}

// pricedOn says where a step's day of prices was set, "" where it was not.
func pricedOn(s *scenarios.Step) string {
	for _, g := range s.Scenario.Given() {
		if g.Key == "priced_on" {
			return " (priced_on: " + g.From + ")"
		}
	}
	return ""
}

// steps merges the replications of every step and compares each with the step
// before.
func (t *trials) steps() []result.Step {
	var out []result.Step
	for i, samples := range t.samples {
		x := *combine(samples)
		if i > 0 && len(samples) > 1 {
			x.Differences = differences(t.samples[i-1], samples)
		}
		out = append(out, x)
	}
	return out
}
