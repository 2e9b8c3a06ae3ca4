package study

import (
	"fmt"
	"slices"
	"strings"

	"quotawall/pricing"
	"quotawall/scenarios"
	"quotawall/sim/unit"
)

// MaxMixes bounds what a plan searches through.
const MaxMixes = 4096

// choice is a lever in a mix: one of the ways to set some keys.
type choice struct {
	name string
	set  []scenarios.Assignment
}

// dimension is levers that exclude each other, since they set the same keys; a
// mix has none or one of them.
type dimension []choice

// mix is one combination.
type mix struct {
	choices []choice
	fees    float64 // dollars a month that it costs whatever the traffic
}

func (m *mix) set() []scenarios.Assignment {
	var out []scenarios.Assignment
	for _, c := range m.choices {
		out = append(out, c.set...)
	}
	return out
}

// dimensions makes levers of the plan's own steps. Steps that set a key in
// common are alternatives; a step that sets a number of accounts stands for
// each number up to its own.
func dimensions(plan *scenarios.Plan) []dimension {
	var out []dimension
	for _, s := range plan.Steps {
		if len(s.Set) == 0 {
			continue
		}
		i := slices.IndexFunc(out, func(d dimension) bool { return overlaps(d, s.Set) })
		if i < 0 {
			i = len(out)
			out = append(out, nil)
		}
		out[i] = append(out[i], sizes(s)...)
	}
	return out
}

func overlaps(d dimension, set []scenarios.Assignment) bool {
	return slices.ContainsFunc(d, func(c choice) bool {
		return slices.ContainsFunc(c.set, func(a scenarios.Assignment) bool {
			return slices.ContainsFunc(set, func(b scenarios.Assignment) bool { return a.Key == b.Key })
		})
	})
}

// sizes are a step, and the same with fewer accounts.
func sizes(s *scenarios.Step) []choice {
	var out []choice
	for i, a := range s.Set {
		if n, ok := a.Value.(int64); ok && a.Key == "accounts.count" {
			for k := int64(2); k < n; k++ {
				set := slices.Clone(s.Set)
				set[i].Value = k
				out = append(out, choice{fmt.Sprintf("%s (%d accounts)", s.Name, k), set})
			}
		}
	}
	return append(out, choice{s.Name, s.Set})
}

// mixes lists every combination, those with the lowest fees first.
func mixes(plan *scenarios.Plan) ([]mix, error) {
	out := []mix{{}}
	for _, d := range dimensions(plan) {
		if len(out)*(len(d)+1) > MaxMixes {
			return nil, fmt.Errorf("the steps make more than %d mixes: pick fewer with --steps", MaxMixes)
		}
		for _, m := range slices.Clone(out) {
			for _, c := range d {
				out = append(out, mix{choices: append(slices.Clone(m.choices), c)})
			}
		}
	}
	return out, nil
}

// fees are what a checked scenario costs a month by the hour, whatever its
// traffic: a lower bound of its bill.
func fees(spec *scenarios.Spec, cat *pricing.Catalog, accounts int) float64 {
	return reservedFee(spec, cat, accounts) + hostingFee(spec, cat)
}

// reservedFee is what the Reserved tier costs a month in all accounts and
// Regions that buy it.
func reservedFee(spec *scenarios.Spec, cat *pricing.Catalog, accounts int) float64 {
	p := &spec.Provisioned
	alias := spec.Models[p.Model]
	if p.Kind != "reserved" || alias == nil {
		return 0
	}
	if n := len(p.Accounts); n > 0 {
		accounts = n
	}
	scope := alias.Scope
	if scope == "" {
		scope = spec.Scope
	}
	model, _ := cat.Model(alias.ID)
	var sum float64
	for _, x := range []struct {
		kind unit.Kind
		tpm  int64
	}{{unit.Input, p.InputTPM}, {unit.Output, p.OutputTPM}} {
		if r, _, ok := cat.ReservedRate(model.ID, scope, x.kind, p.Term); ok {
			micro, _ := r.MicroUSD()
			sum += 730 * float64(micro) / 1e6 * float64(x.tpm) / 1000
		}
	}
	return sum * float64(accounts*max(1, len(spec.Accounts.Regions)))
}

// hostingFee is what the fewest instances of an endpoint cost a month.
func hostingFee(spec *scenarios.Spec, cat *pricing.Catalog) float64 {
	h := &spec.SelfHost
	if len(h.Classes) == 0 {
		return 0
	}
	instance := h.Instance
	if c, ok := cat.Curve(h.Curve); ok && instance == "" {
		instance = c.Instance
	}
	least := h.Min
	if least < 0 {
		least = h.Instances
	}
	i, ok := cat.Instance(instance)
	if !ok {
		return 0
	}
	micro, _ := i.Hourly.MicroUSD()
	return 730 * float64(micro) / 1e6 * float64(least)
}

// named lists a mix's levers.
func (m *mix) named() []string {
	out := []string{}
	for _, c := range m.choices {
		out = append(out, c.name)
	}
	return out
}

func (m *mix) title() string {
	if len(m.choices) == 0 {
		return "as it is"
	}
	return strings.Join(m.named(), " + ")
}
