package study

import (
	"context"
	"slices"

	"quotawall/scenarios"
	"quotawall/scenarios/result"
	"quotawall/sim"
	"quotawall/sim/unit"
)

// demand is what one lane's calls would draw a clock minute if nothing refused.
type demand struct {
	requests, input, read, output, over25k int64
	minutes                                map[int64]*minuteDraw
	days                                   map[int64]int64
}

// minuteDraw is a minute's calls: paid input is fresh input and cache writes.
type minuteDraw struct{ requests, reserved, settled, paid, output int64 }

// unlimited are the values under which nothing is refused and every call stands
// at its time in the trace.
func unlimited() []scenarios.Assignment {
	set := func(key string, v any) scenarios.Assignment {
		return scenarios.Assignment{Key: key, Value: v, Origin: "demand"}
	}
	return []scenarios.Assignment{
		set("quota.applied", []map[string]any{{"model": "*", "rpm": "none", "tpm": "none", "tpd": "none", "input_tpm": "none", "output_tpm": "none"}}),
		set("quota.daily_scheme", "per-model"), set("client.profile", "none"), set("client.loop", "open"), set("provisioned.kind", "none"),
	}
}

// demandOf runs a step without limits and counts what each lane draws a minute.
// The replication has that run first and the step as it is second.
func demandOf(ctx context.Context, plan *scenarios.Plan, opt Options, step *scenarios.Step) (map[int32]*demand, *replication, error) {
	free, err := step.With(plan.Catalog, step.Name, unlimited())
	if err != nil {
		return nil, nil, err
	}
	var lanes map[int32]*demand
	opt.watch = func(step int, c *scenarios.Compiled, a sim.Admission) {
		if step > 0 {
			return
		}
		d := lanes[a.Lane]
		if d == nil {
			d = &demand{minutes: map[int64]*minuteDraw{}, days: map[int64]int64{}}
			lanes[a.Lane] = d
		}
		d.add(c.Config.Epoch+a.At, a, &c.Config.Models[int(a.Lane)%len(c.Config.Models)])
	}
	alone := &scenarios.Plan{Scenario: plan.Scenario, Catalog: plan.Catalog, Base: plan.Base, Steps: []*scenarios.Step{free, step}}
	lanes = map[int32]*demand{}
	rep, err := replicate(ctx, alone, opt, plan.Base.Seed)
	return lanes, rep, err
}

const longPrompt = 25_000 // tokens; AWS's case form asks for the share above

func (d *demand) add(at unit.Time, a sim.Admission, m *sim.Model) {
	d.requests++
	d.input += a.Input
	d.read += a.Read
	d.output += a.Output
	if a.Input > longPrompt {
		d.over25k++
	}
	x := d.minutes[int64(at/unit.Minute)]
	if x == nil {
		x = &minuteDraw{}
		d.minutes[int64(at/unit.Minute)] = x
	}
	x.requests++
	x.reserved += a.Charge
	x.settled += a.Final
	x.paid += a.Final - a.Output*m.Burndown
	x.output += a.Output
	d.days[int64(at/unit.Day)] += a.Final
}

// spread is a per-minute figure over the horizon.
func (d *demand) spread(horizon unit.Time, of func(*minuteDraw) int64) result.Demand {
	values := make([]int64, 0, len(d.minutes))
	var sum int64
	for _, m := range d.minutes {
		values = append(values, of(m))
		sum += of(m)
	}
	slices.Sort(values)
	rank := func(num, den int) int64 { return values[(len(values)*num+den-1)/den-1] }
	return result.Demand{
		Mean: float64(sum) / (float64(horizon) / float64(unit.Minute)), P50: rank(1, 2), P99: rank(99, 100), Max: values[len(values)-1],
	}
}

func (d *demand) peakDay() int64 {
	var most int64
	for _, n := range d.days {
		most = max(most, n)
	}
	return most
}
