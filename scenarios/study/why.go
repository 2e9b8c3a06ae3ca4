package study

import (
	"cmp"
	"context"
	"slices"

	"quotawall/scenarios"
	"quotawall/scenarios/result"
)

// worstHours is how many hours an explanation names.
const worstHours = 5

// Why runs a plan and explains one of its steps: what binds, when it hurts, what
// moved, and which single change on top of it would remove the binding limit at
// the least cost. Every change is simulated.
func Why(ctx context.Context, plan *scenarios.Plan, opt Options, index int) (*result.Why, error) {
	at, err := plan.Find(index)
	if err != nil {
		return nil, err
	}
	run, err := Run(ctx, plan, opt)
	if err != nil {
		return nil, err
	}
	step := run.Steps[at]
	w := &result.Why{Schema: result.WhySchema, Scenario: run.Scenario.Name, Step: step, Hours: hurting(step.Hours), Notes: run.InputNotes}
	for _, c := range step.Caps {
		if c.Refused > 0 {
			w.Refused = append(w.Refused, c)
		}
	}
	slices.SortStableFunc(w.Refused, func(a, b result.Cap) int { return cmp.Compare(*a.FirstRefusedS, *b.FirstRefusedS) })
	if w.Held = heldUp(&step); w.Held != nil {
		w.Binds = capHeld(&step, w.Held)
	} else if i := binding(w.Refused); i >= 0 {
		w.Binds = &w.Refused[i]
	}
	var before []result.Lane
	if at > 0 {
		before = run.Steps[at-1].Lanes
	}
	w.Moved = moved(before, step.Lanes)
	if w.Changes, err = tryChanges(ctx, plan, opt, at, w); err != nil {
		return nil, err
	}
	w.Best = cheapest(w.Changes)
	return w, nil
}

// binding is the limit that refused most, -1 where none did.
func binding(caps []result.Cap) int {
	best := -1
	for i, c := range caps {
		if best < 0 || c.Refused > caps[best].Refused {
			best = i
		}
	}
	return best
}

// heldUp is what the queue waited for where that leaves more unserved than all
// else, nil where it does not.
func heldUp(x *result.Step) *result.QueueHold {
	if x.Queue == nil || 2*x.UnservedBy.Deadline <= x.Unserved {
		return nil
	}
	return x.Queue.HeldBy
}

// capHeld is the limit of a hold, nil for one without.
func capHeld(x *result.Step, h *result.QueueHold) *result.Cap {
	for i := range x.Caps {
		if c := &x.Caps[i]; c.Limit == h.Limit && c.Account == h.Account && c.Region == h.Region && c.Scope == h.Scope && c.Model == h.Model {
			return c
		}
	}
	return nil
}

// hurting lists the hours that left most unserved, then refused most.
func hurting(hours []result.Hour) []result.Hour {
	var out []result.Hour
	for _, h := range hours {
		if h.Refusals > 0 || h.Unserved > 0 {
			out = append(out, h)
		}
	}
	slices.SortStableFunc(out, func(a, b result.Hour) int {
		return cmp.Or(cmp.Compare(b.Unserved, a.Unserved), cmp.Compare(b.Refusals, a.Refusals))
	})
	return out[:min(worstHours, len(out))]
}

// moved compares how calls were served, by lane and model.
func moved(before, now []result.Lane) []result.Moved {
	var out []result.Moved
	at := func(l result.Lane) *result.Moved {
		for i := range out {
			if out[i].Lane == l.Lane && out[i].Model == l.Model {
				return &out[i]
			}
		}
		out = append(out, result.Moved{Lane: l.Lane, Model: l.Model})
		return &out[len(out)-1]
	}
	for _, l := range before {
		at(l).Before += l.Calls
	}
	for _, l := range now {
		at(l).Now += l.Calls
	}
	return out
}

// tryChanges simulates each single change on top of a step.
func tryChanges(ctx context.Context, plan *scenarios.Plan, opt Options, at int, w *result.Why) ([]result.Change, error) {
	limited := ""
	if w.Binds != nil {
		limited = w.Binds.Model
	}
	step := plan.Steps[at]
	levers := step.Spec.Levers(plan.Catalog, limited)
	tried := &scenarios.Plan{Scenario: plan.Scenario, Catalog: plan.Catalog, Base: plan.Base}
	var kept []scenarios.Lever
	for _, l := range levers {
		s, err := step.With(plan.Catalog, l.Name, l.Set)
		if err != nil {
			continue // a change that this scenario cannot make is no candidate
		}
		tried.Steps = append(tried.Steps, s)
		kept = append(kept, l)
	}
	if len(kept) == 0 {
		return nil, nil
	}
	run, err := Run(ctx, tried, opt)
	if err != nil {
		return nil, err
	}
	var out []result.Change
	for i, l := range kept {
		out = append(out, changed(w, l, &run.Steps[i]))
	}
	return out, nil
}

// changed is what a change makes of an explained step.
func changed(w *result.Why, l scenarios.Lever, x *result.Step) result.Change {
	c := result.Change{
		Name: l.Name, Set: settings(l.Set), Free: l.Free, ServedShare: x.ServedShare, ServedTokenShare: x.ServedTokenShare,
		Degraded: x.Degraded, MonthUSD: x.Cost.MonthUSD, Missed: x.UnservedBy.Deadline,
	}
	if w.Binds != nil {
		for _, p := range x.Caps {
			if p.Limit == w.Binds.Limit && p.Model == w.Binds.Model && p.Scope == w.Binds.Scope {
				c.Refused += p.Refused
			}
		}
	}
	binds := w.Binds != nil || w.Held != nil
	c.Removes = binds && c.Refused == 0 && (w.Held == nil || c.Missed == 0) && servesNoLess(x, &w.Step)
	return c
}

// servesNoLess reports whether a step serves something, and at least as much as
// another.
func servesNoLess(x, than *result.Step) bool {
	return x.Served > 0 && orOne(x.ServedShare) >= orOne(than.ServedShare) && orOne(x.ServedTokenShare) >= orOne(than.ServedTokenShare)
}

// cheapest is the change that removes what binds at the least cost a month, the
// first among equals.
func cheapest(changes []result.Change) *int {
	var best *int
	for i, c := range changes {
		if c.Removes && (best == nil || c.MonthUSD < changes[*best].MonthUSD) {
			best = &i
		}
	}
	return best
}
