package study

import (
	"maps"
	"slices"

	"quotawall/scenarios"
)

// standing is the plan of one step alone, all that the steps before it set
// being part of it, with further values laid over.
func standing(of *scenarios.Plan, step *scenarios.Step, extra ...scenarios.Assignment) (*scenarios.Plan, error) {
	s, err := standingScenario(step, extra...)
	if err != nil {
		return nil, err
	}
	return scenarios.NewPlan(s, of.Catalog, scenarios.Pick{})
}

// standingScenario is the scenario in which a step's values are the base, with
// the step's name on its only step.
func standingScenario(step *scenarios.Step, extra ...scenarios.Assignment) (*scenarios.Scenario, error) {
	s := step.Scenario.Clone()
	only := []map[string]any{{"name": step.Name, "set": map[string]any{}}}
	for _, a := range append(slices.Clone(extra), scenarios.Assignment{Key: "step", Value: only}) {
		if err := s.Set(a); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// with is a plan whose every step has further values laid over its own.
func with(plan *scenarios.Plan, extra ...scenarios.Assignment) (*scenarios.Plan, error) {
	whole, err := standing(plan, &scenarios.Step{Name: "base", Scenario: plan.Scenario}, extra...)
	if err != nil {
		return nil, err
	}
	out := &scenarios.Plan{Scenario: whole.Scenario, Catalog: plan.Catalog, Base: whole.Base}
	for _, step := range plan.Steps {
		p, err := standing(plan, step, extra...)
		if err != nil {
			return nil, err
		}
		x := p.Steps[0]
		x.Index, x.Set = step.Index, step.Set
		out.Steps = append(out.Steps, x)
	}
	return out, nil
}

// last is the step a plan ends at.
func last(plan *scenarios.Plan) *scenarios.Step { return plan.Steps[len(plan.Steps)-1] }

// sortedNames are the keys of a map in order.
func sortedNames[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
