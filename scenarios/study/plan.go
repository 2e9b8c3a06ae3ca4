package study

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"quotawall/scenarios"
	"quotawall/scenarios/result"
)

// mostRegret is how many of the cheapest mixes are tried under other demand.
const mostRegret = 6

// search finds the cheapest mix of a plan's levers.
type search struct {
	ctx    context.Context
	plan   *scenarios.Plan
	opt    Options
	limits Limits
	mixes  []mix
	runs   []*result.Run // of the mixes that were simulated
	out    *result.Plan
}

// Plan finds the cheapest mix of the plan's own levers that meets the limits.
// Every mix is simulated over the same arrivals, but for those whose fees alone
// cost more than a mix that is known to meet them: so for this traffic and seed
// the winner is the optimum of the space. demand are factors under which the
// best are tried again. It also returns the winner as a scenario, nil where
// nothing meets the limits.
func Plan(ctx context.Context, plan *scenarios.Plan, opt Options, limits Limits, demand []float64) (*result.Plan, *scenarios.Scenario, error) {
	s := &search{ctx: ctx, plan: plan, opt: opt.shared(), limits: limits, out: &result.Plan{Schema: result.PlanSchema, Scenario: plan.Scenario.Name, Demand: demand}}
	if plan.Base.Title != "" {
		s.out.Scenario = plan.Base.Title
	}
	var err error
	if s.mixes, err = s.checked(); err != nil {
		return nil, nil, err
	}
	if _, err := s.judge(&result.Step{}); err != nil {
		return nil, nil, err
	}
	if err := s.simulate(); err != nil {
		return nil, nil, err
	}
	feasible := s.sort()
	if err := s.regret(feasible); err != nil {
		return nil, nil, err
	}
	s.conclude()
	if s.out.Winner == nil {
		return s.out, nil, nil
	}
	won := &s.mixes[feasible[0]]
	base := &scenarios.Step{Name: "plan", Scenario: plan.Scenario}
	scenario, err := standingScenario(base, won.set()...)
	return s.out, scenario, err
}

// checked lists the mixes that the scenario can make, by fees.
func (s *search) checked() ([]mix, error) {
	all, err := mixes(s.plan)
	if err != nil {
		return nil, err
	}
	var out []mix
	for _, m := range all {
		p, err := s.standing(&m, 1)
		if err != nil {
			continue // levers that contradict each other make no mix
		}
		spec := p.Steps[0].Spec
		accounts := max(int(spec.Accounts.Count), len(spec.Accounts.Names))
		m.fees = fees(spec, s.plan.Catalog, accounts)
		out = append(out, m)
	}
	slices.SortStableFunc(out, func(a, b mix) int { return cmp.Compare(a.fees, b.fees) })
	s.out.Space = len(out)
	return out, nil
}

// standing is the plan of one mix alone, at a factor of demand.
func (s *search) standing(m *mix, factor float64) (*scenarios.Plan, error) {
	base := &scenarios.Step{Name: "plan", Scenario: s.plan.Scenario}
	return standing(s.plan, base, append(m.set(), s.plan.Base.Grown(factor)...)...)
}

// simulate runs the mixes in order of their fees, a group of equal fees at
// once, and stops where fees alone cost more than the best mix so far.
func (s *search) simulate() error {
	s.runs = make([]*result.Run, len(s.mixes))
	best := math.Inf(1)
	for i := 0; i < len(s.mixes) && s.mixes[i].fees < best; {
		n := i
		for n < len(s.mixes) && s.mixes[n].fees == s.mixes[i].fees {
			n++
		}
		err := each(s.ctx, s.opt.Workers, n-i, func(_ context.Context, k int) (err error) {
			s.runs[i+k], err = s.answer(&s.mixes[i+k], 1)
			return err
		})
		if err != nil {
			return err
		}
		for k := range s.runs[i:n] {
			s.out.Simulated++
			s.out.Notes = gather(s.out.Notes, s.runs[i+k].InputNotes)
			if fails, err := s.judge(s.step(i + k)); err == nil && len(fails) == 0 {
				best = min(best, s.step(i+k).Cost.MonthUSD)
			}
		}
		i = n
	}
	return nil
}

// step is the answer of a mix that was simulated.
func (s *search) step(i int) *result.Step { return &s.runs[i].Steps[0] }

func (s *search) answer(m *mix, factor float64) (*result.Run, error) {
	p, err := s.standing(m, factor)
	if err != nil {
		return nil, err
	}
	run, err := Run(s.ctx, p, s.opt.alone())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", m.title(), err)
	}
	return run, nil
}

// judge lists the limits that a step exceeds.
func (s *search) judge(x *result.Step) ([]result.Checked, error) {
	c, err := Check(&result.Run{Steps: []result.Step{*x}}, "", s.limits)
	if err != nil {
		return nil, err
	}
	if len(s.out.Objective) == 0 {
		for _, l := range c.Limits {
			s.out.Objective = append(s.out.Objective, result.Objective{Figure: l.Figure, Limit: l.Limit, Unit: l.Unit})
		}
	}
	return slices.DeleteFunc(c.Limits, func(l result.Checked) bool { return !l.Exceeded }), nil
}

// sort fills in the feasible mixes, cheapest first, and the rejected ones,
// nearest to the objective first; it returns the numbers of the feasible.
func (s *search) sort() []int {
	var feasible, rejected []int
	fails := make([][]result.Checked, len(s.mixes))
	for i, run := range s.runs {
		if run == nil {
			continue
		}
		if fails[i], _ = s.judge(s.step(i)); len(fails[i]) == 0 {
			feasible = append(feasible, i)
		} else {
			rejected = append(rejected, i)
		}
	}
	slices.SortStableFunc(feasible, func(a, b int) int { return cmp.Compare(s.step(a).Cost.MonthUSD, s.step(b).Cost.MonthUSD) })
	slices.SortStableFunc(rejected, func(a, b int) int {
		return cmp.Or(cmp.Compare(excess(fails[a]), excess(fails[b])), cmp.Compare(s.step(a).Cost.MonthUSD, s.step(b).Cost.MonthUSD))
	})
	for _, i := range feasible {
		s.out.Feasible = append(s.out.Feasible, s.answered(i, nil))
	}
	for _, i := range rejected {
		s.out.Rejected = append(s.out.Rejected, s.answered(i, fails[i]))
	}
	return feasible
}

// excess is how far a mix is from the objective: shares as they are, other
// figures relative to their limit.
func excess(fails []result.Checked) float64 {
	var sum float64
	for _, f := range fails {
		over := f.Found - f.Limit
		if f.Unit != "share" && f.Limit > 0 {
			over /= f.Limit
		}
		sum += over
	}
	return sum
}

func (s *search) answered(i int, fails []result.Checked) result.Mix {
	x := s.step(i)
	m := result.Mix{
		Levers: s.mixes[i].named(), Set: settings(s.mixes[i].set()), MonthUSD: x.Cost.MonthUSD, ServedShare: x.ServedShare, ServedTokenShare: x.ServedTokenShare,
		DegradedShare: of(x.Degraded, x.Offered), DeferredShare: of(x.Deferred, x.Offered), WaitP95S: x.WaitS.P95, DeadlineMisses: float64(x.UnservedBy.Deadline), Fails: fails,
	}
	var caps []result.Cap
	for _, c := range x.Caps {
		if c.Refused > 0 {
			caps = append(caps, c)
		}
	}
	if b := binding(caps); b >= 0 {
		m.Binds = fmt.Sprintf("%s %s of %s, account %s", strings.ReplaceAll(caps[b].Limit, "_", " "), digits(caps[b].Value), caps[b].Model, caps[b].Account)
		m.FirstRefused = caps[b].FirstRefusedAt
	}
	return m
}

// regret tries the cheapest mixes under other demand.
func (s *search) regret(feasible []int) error {
	n := min(mostRegret, len(feasible))
	if len(s.out.Demand) == 0 || n == 0 {
		return nil
	}
	costs := make([][]float64, n) // NaN where the objective is missed
	type at struct{ mix, factor int }
	var points []at
	for i := range n {
		costs[i] = make([]float64, len(s.out.Demand))
		for k := range s.out.Demand {
			points = append(points, at{i, k})
		}
	}
	err := each(s.ctx, s.opt.Workers, len(points), func(_ context.Context, p int) error {
		run, err := s.answer(&s.mixes[feasible[points[p].mix]], s.out.Demand[points[p].factor])
		if err != nil {
			return err
		}
		cost := run.Steps[0].Cost.MonthUSD
		if c, err := Check(run, "", s.limits); err == nil && c.Exceeded > 0 {
			cost = math.NaN()
		}
		costs[points[p].mix][points[p].factor] = cost
		return nil
	})
	if err != nil {
		return err
	}
	for i := range n {
		s.regretOf(&s.out.Feasible[i], costs, i)
	}
	return nil
}

func (s *search) regretOf(m *result.Mix, costs [][]float64, i int) {
	worst := 0.0
	for k, factor := range s.out.Demand {
		if math.IsNaN(costs[i][k]) {
			m.FailsAt = append(m.FailsAt, factor)
			continue
		}
		least := costs[i][k]
		for _, row := range costs {
			if row[k] < least { // a NaN is not
				least = row[k]
			}
		}
		worst = max(worst, costs[i][k]-least)
	}
	if len(m.FailsAt) == 0 {
		m.Regret = &worst
	}
}
