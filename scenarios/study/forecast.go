package study

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"quotawall/scenarios"
	"quotawall/scenarios/result"
)

// Serves is the share of requests and of tokens that a step must serve to hold.
const Serves = 0.999

// Cases of growth.
const (
	lowGrowth = iota
	expectedGrowth
	highGrowth
)

// Outlook is what a forecast assumes.
type Outlook struct {
	Growth  [3]float64   // a month: low, expected, high; 0 where a table is given
	Factors [][3]float64 // of demand by month, the first being 1
	From    time.Time    // month 0
	Held    int          // the last month of a table, after which demand stays; 0 = there is no month after it
}

// MaxMonths bounds a forecast.
const MaxMonths = 120

// Forecast runs every step under the demand of each month.
func Forecast(ctx context.Context, plan *scenarios.Plan, opt Options, o Outlook) (*result.Forecast, error) {
	out := &result.Forecast{Schema: result.ForecastSchema, Scenario: plan.Scenario.Name, Growth: o.Growth}
	if plan.Base.Title != "" {
		out.Scenario = plan.Base.Title
	}
	factors := distinctFactors(o, out)
	runs := make([]*result.Run, len(factors))
	opt = opt.shared()
	err := each(ctx, opt.Workers, len(factors), func(ctx context.Context, i int) error {
		grown, err := with(plan, plan.Base.Grown(factors[i])...)
		if err != nil {
			return err
		}
		runs[i], err = Run(ctx, grown, opt.alone())
		return err
	})
	if err != nil {
		return nil, err
	}
	at := func(month, growth int) *result.Run {
		i, _ := slices.BinarySearch(factors, out.Months[month].Factor[growth])
		return runs[i]
	}
	for i := range plan.Steps {
		out.Steps = append(out.Steps, forecastStep(out, at, i))
	}
	for i := 1; i < len(out.Steps); i++ {
		if a, b := out.Steps[i-1].Holds[expectedGrowth], out.Steps[i].Holds[expectedGrowth]; a != nil && b != nil {
			buys := *b - *a
			out.Steps[i].Buys = &buys
		}
	}
	for month := range out.Months {
		out.Notes = gather(out.Notes, at(month, expectedGrowth).InputNotes)
	}
	out.Notes = append(out.Notes, forecastNotes(plan, o, factors)...)
	return out, nil
}

// forecastNotes say what a forecast takes for granted.
func forecastNotes(plan *scenarios.Plan, o Outlook, factors []float64) []string {
	out := []string{
		fmt.Sprintf("a step holds while it serves at least %.1f %% of requests and of tokens", 100*Serves),
		"prices and quotas stay as they are; what grows is the number of sessions or calls, not their size",
	}
	if o.Held > 0 {
		out = append(out, fmt.Sprintf("month %d is the last that the growth table gives: from there on demand is held at %.4g times; give a later month to let it grow on", o.Held, o.Factors[o.Held][expectedGrowth]))
	}
	if len(plan.Base.Traffic) == 0 && slices.ContainsFunc(factors, func(f float64) bool { return f != math.Trunc(f) }) {
		out = append(out, "a trace grows by superposed copies, thinned by sessions to the factor: months between whole factors carry the noise of that choice")
	}
	return out
}

// distinctFactors fills in the months and lists the factors of demand to run,
// each once.
func distinctFactors(o Outlook, out *result.Forecast) []float64 {
	var factors []float64
	for month, f := range o.Factors {
		t := result.ForecastTime{Month: month, Date: o.From.AddDate(0, month, 0).UTC().Format(time.DateOnly), Factor: f}
		factors = append(factors, f[:]...)
		out.Months = append(out.Months, t)
	}
	slices.Sort(factors)
	return slices.Compact(factors)
}

func forecastStep(f *result.Forecast, at func(month, growth int) *result.Run, index int) result.ForecastStep {
	x := result.ForecastStep{Name: at(0, 0).Steps[index].Name}
	var caps capMonths
	for month := range f.Months {
		p := result.ForecastPoint{Month: month}
		for g := range f.Growth {
			s := &at(month, g).Steps[index]
			p.MonthUSD[g], p.ServedShare[g], p.ServedTokenShare[g] = s.Cost.MonthUSD, orOne(s.ServedShare), orOne(s.ServedTokenShare)
			if x.Holds[g] == nil && min(p.ServedShare[g], p.ServedTokenShare[g]) < Serves {
				x.Holds[g] = &f.Months[month].Month
			}
			caps.add(s, g, month)
		}
		widen(&p, &at(month, lowGrowth).Steps[index], &at(month, highGrowth).Steps[index])
		x.Points = append(x.Points, p)
	}
	x.Caps = caps.sorted(f)
	return x
}

// widen takes the intervals of replications into a point's outer bounds.
func widen(p *result.ForecastPoint, low, high *result.Step) {
	if i, ok := low.Intervals["month_usd"]; ok {
		p.MonthUSD[lowGrowth] = min(p.MonthUSD[lowGrowth], i[0])
	}
	if i, ok := high.Intervals["month_usd"]; ok {
		p.MonthUSD[highGrowth] = max(p.MonthUSD[highGrowth], i[1])
	}
	if i, ok := low.Intervals["served_share"]; ok {
		p.ServedShare[lowGrowth] = max(p.ServedShare[lowGrowth], i[1])
	}
	if i, ok := high.Intervals["served_share"]; ok {
		p.ServedShare[highGrowth] = min(p.ServedShare[highGrowth], i[0])
	}
}

// capMonths are the months in which limits first refuse.
type capMonths struct{ list []result.ForecastCap }

func (m *capMonths) add(s *result.Step, growth, month int) {
	for _, c := range s.Caps {
		if c.Refused == 0 {
			continue
		}
		i := slices.IndexFunc(m.list, func(x result.ForecastCap) bool {
			return x.Limit == c.Limit && x.Account == c.Account && x.Region == c.Region && x.Scope == c.Scope && x.Model == c.Model
		})
		if i < 0 {
			i = len(m.list)
			m.list = append(m.list, result.ForecastCap{Limit: c.Limit, Account: c.Account, Region: c.Region, Scope: c.Scope, Model: c.Model, Value: c.Value})
		}
		if m.list[i].Month[growth] == nil {
			m.list[i].Month[growth] = &month
		}
	}
}

func (m *capMonths) sorted(f *result.Forecast) []result.ForecastCap {
	late := func(c result.ForecastCap) int {
		for _, g := range []int{expectedGrowth, highGrowth, lowGrowth} {
			if c.Month[g] != nil {
				return *c.Month[g]
			}
		}
		return math.MaxInt
	}
	for i := range m.list {
		if month := m.list[i].Month[expectedGrowth]; month != nil {
			m.list[i].Date = f.Months[*month].Date
		}
	}
	slices.SortStableFunc(m.list, func(a, b result.ForecastCap) int { return cmp.Compare(late(a), late(b)) })
	return m.list
}
