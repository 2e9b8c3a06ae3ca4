package study

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"

	"quotawall/scenarios"
	"quotawall/scenarios/result"
	"quotawall/sim"
)

// Growth is how demand grows, and the margin above it that is requested.
type Growth struct {
	PerMonth float64 // 0.15 = 15 %
	Months   int
	Margin   float64
}

// QuotaRequest works out what to ask AWS for: the demand of one step for each
// model, account and Region, as Bedrock counts it, and the values that would
// carry its peaks after growth.
func QuotaRequest(ctx context.Context, plan *scenarios.Plan, opt Options, index int, g Growth) (*result.QuotaRequest, error) {
	at, err := plan.Find(index)
	if err != nil {
		return nil, err
	}
	step := plan.Steps[at]
	lanes, rep, err := demandOf(ctx, plan, opt, step)
	if err != nil {
		return nil, err
	}
	out := &result.QuotaRequest{
		Schema: result.QuotaRequestSchema, Scenario: plan.Scenario.Name, Step: step.Name, Growth: g.PerMonth, Months: g.Months, Margin: g.Margin,
		Rule: fmt.Sprintf("99th percentile of the minutes with traffic, times 1 + %g%% growth a month for %d months, times 1 + %g%% margin, rounded up to two digits", 100*g.PerMonth, g.Months, 100*g.Margin),
	}
	if plan.Base.Title != "" {
		out.Scenario = plan.Base.Title
	}
	c := rep.compiled[0]
	for _, lane := range slices.Sorted(maps.Keys(lanes)) {
		d := lanes[lane]
		account, model := &c.Config.Accounts[int(lane)/len(c.Config.Models)], &c.Config.Models[int(lane)%len(c.Config.Models)]
		if model.SelfHosted {
			continue
		}
		x := result.ModelDemand{
			Account: account.Name, Region: account.Region, Scope: model.Scope, Model: model.ID, Requests: d.requests,
			InputMean: float64(d.input) / float64(d.requests), OutputMean: float64(d.output) / float64(d.requests),
			Over25kShare: float64(d.over25k) / float64(d.requests), CacheShare: float64(d.read) / float64(max(1, d.input)),
			RPM:      d.spread(rep.horizon, func(m *minuteDraw) int64 { return m.requests }),
			Reserved: d.spread(rep.horizon, func(m *minuteDraw) int64 { return m.reserved }),
			Settled:  d.spread(rep.horizon, func(m *minuteDraw) int64 { return m.settled }),
			Held:     d.spread(rep.horizon, func(m *minuteDraw) int64 { return max(m.reserved, m.settled) }),
			DayPeak:  d.peakDay(),
		}
		x.Limits = requested(&x, rep.compiled[1], lane, g)
		out.Models = append(out.Models, x)
	}
	out.Notes = append(inputNotes(plan, rep, nil),
		"demand is of calls at their times in the traffic, before any limit, as Bedrock counts them: tokens a minute are reserved at the start (fresh input + cache write + max_tokens) and settled at the end (output x burndown); a minute needs the larger of the two",
		"tokens a day cannot be requested in the console; AWS raises them, if at all, with the case for tokens a minute",
		"increases are prioritised for accounts that already use what they have (AWS user guide, quotas, Sep/Oct 2026)",
	)
	return out, nil
}

// requested compares what is needed with the quota that a lane's pool has today.
func requested(x *result.ModelDemand, c *scenarios.Compiled, lane int32, g Growth) []result.RequestedLimit {
	at := c.Config.Lanes[lane].Pool
	if at == sim.None {
		return nil
	}
	pool, note := &c.Config.Pools[at], &c.CapNotes[at]
	factor := math.Pow(1+g.PerMonth, float64(g.Months)) * (1 + g.Margin)
	var out []result.RequestedLimit
	for _, l := range []struct {
		name       string
		value      int64
		adjustable bool
		peak       int64
	}{
		{"requests_per_minute", pool.RPM, note.RPMAdjustable, x.RPM.P99},
		{"tokens_per_minute", pool.TPM, note.TPMAdjustable, x.Held.P99},
		{"tokens_per_day", pool.TPD, false, x.DayPeak},
	} {
		r := result.RequestedLimit{Limit: l.name, Value: l.value, Adjustable: l.adjustable, Needed: roundUp(float64(l.peak) * factor)}
		if l.value >= 0 && r.Needed > l.value && l.adjustable {
			r.Request = &r.Needed
		}
		out = append(out, r)
	}
	return out
}

// roundUp is the next number with two significant digits.
func roundUp(f float64) int64 {
	step := math.Pow(10, math.Max(0, math.Floor(math.Log10(math.Max(f, 1)))-1))
	return int64(math.Ceil(f/step) * step)
}
