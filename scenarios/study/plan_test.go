package study

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"quotawall/pricing"
	"quotawall/scenarios"
	"quotawall/scenarios/result"
)

func catalogOf(t testing.TB) *pricing.Catalog {
	t.Helper()
	cat, err := pricing.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	return cat
}

// TestPlanAgainstBruteForce: on small spaces with random traffic and limits the
// winner is what trying every subset of the steps finds, its fees left aside.
func TestPlanAgainstBruteForce(t *testing.T) {
	cat := catalogOf(t)
	rng := rand.New(rand.NewPCG(1, 2))
	won, none := 0, 0
	for seed := range 12 {
		s, err := scenarios.Preset("brain")
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range []scenarios.Assignment{
			{Key: "seed", Value: int64(seed + 1)}, {Key: "horizon", Value: "1d"}, {Key: "traffic.chat.sessions_per_day", Value: 2 + 20*rng.Float64()},
		} {
			if err := s.Set(a); err != nil {
				t.Fatal(err)
			}
		}
		plan, err := scenarios.NewPlan(s, cat, scenarios.Pick{Names: []string{"1", "2", "3", "4", "5"}})
		if err != nil {
			t.Fatal(err)
		}
		unserved, budget := math.Pow(10, -3*rng.Float64()), 100+1200*rng.Float64()
		limits := Limits{Unserved: &unserved, MonthUSD: &budget}
		got, winner, err := Plan(t.Context(), plan, Options{}, limits, nil)
		if err != nil {
			t.Fatal(err)
		}
		want := bruteForce(t, plan, limits)
		switch {
		case want == nil && got.Winner == nil && winner == nil:
			none++
		case want == nil || got.Winner == nil || math.Abs(got.Winner.MonthUSD-*want) > 1e-9**want:
			t.Errorf("seed %d: winner %+v, brute force %v", seed+1, got.Winner, want)
		default:
			won++
			promised(t, winner, got.Winner)
		}
	}
	if won < 3 || none < 1 {
		t.Errorf("%d won, %d infeasible: the cases are not mixed", won, none)
	}
}

// bruteForce is the least cost of any subset of the plan's steps, with any
// number of accounts, that meets the limits; nil where none does.
func bruteForce(t *testing.T, plan *scenarios.Plan, limits Limits) *float64 {
	t.Helper()
	var best *float64
	for bits := range 1 << len(plan.Steps) {
		for accounts := int64(2); accounts <= 3; accounts++ {
			var set []scenarios.Assignment
			for i, s := range plan.Steps {
				if bits>>i&1 == 1 {
					set = append(set, s.Set...)
				}
			}
			if i := slices.IndexFunc(set, func(a scenarios.Assignment) bool { return a.Key == "accounts.count" }); i >= 0 {
				set[i].Value = accounts
			}
			p, err := standing(plan, &scenarios.Step{Name: "all", Scenario: plan.Scenario}, set...)
			if err != nil {
				t.Fatal(err)
			}
			run, err := Run(t.Context(), p, Options{})
			if err != nil {
				t.Fatal(err)
			}
			c, err := Check(run, "", limits)
			if err != nil {
				t.Fatal(err)
			}
			if cost := run.Steps[0].Cost.MonthUSD; c.Exceeded == 0 && (best == nil || cost < *best) {
				best = &cost
			}
		}
	}
	return best
}

// promised runs the winner's own scenario: it gives the promised figures.
func promised(t *testing.T, winner *scenarios.Scenario, mix *result.Mix) {
	t.Helper()
	text, err := winner.Text()
	if err != nil {
		t.Fatal(err)
	}
	again, err := scenarios.Parse("plan.toml", text)
	if err != nil {
		t.Fatal(err)
	}
	p, err := scenarios.NewPlan(again, catalogOf(t), scenarios.Pick{})
	if err != nil {
		t.Fatal(err)
	}
	run, err := Run(t.Context(), p, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if x := run.Steps[0]; x.Cost.MonthUSD != mix.MonthUSD || *x.ServedShare != *mix.ServedShare {
		t.Errorf("the written scenario costs %v and serves %v, promised %v and %v", x.Cost.MonthUSD, *x.ServedShare, mix.MonthUSD, *mix.ServedShare)
	}
}

// What an infeasible plan says of each limit is true: with the value named, and
// none below, a mix meets the objective; where none is named, no value does.
func TestRemediesMakeAMixFeasible(t *testing.T) {
	plan := presetWith(t, "brain", scenarios.Pick{Names: []string{"1", "2", "3", "4", "5"}}, "horizon=1d")
	unserved, budget := 0.001, 10.0
	answer := func(unserved, budget float64) *result.Plan {
		p, _, err := Plan(t.Context(), plan, Options{}, Limits{Unserved: &unserved, MonthUSD: &budget}, nil)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	p := answer(unserved, budget)
	if p.Winner != nil || len(p.Remedies) != 2 {
		t.Fatalf("winner %v, remedies %+v", p.Winner, p.Remedies)
	}
	least := p.Remedies[1].Least
	if p.Remedies[1].Figure != "month_usd" || least == nil {
		t.Fatalf("no budget is named: %+v", p.Remedies[1])
	}
	if got := answer(unserved, *least); got.Winner == nil || got.Winner.MonthUSD != *least {
		t.Errorf("a budget of $%v does not do: %s", *least, got.Verdict)
	}
	if got := answer(unserved, *least-0.01); got.Winner != nil {
		t.Errorf("a budget below the one named does, too: %s", got.Verdict)
	}
	if r := p.Remedies[0]; r.Least != nil || answer(1, budget).Winner != nil {
		t.Errorf("of unserved requests %+v is said", r)
	}
	for _, gone := range []string{"no mix in the space is cheaper", "left out"} {
		if strings.Contains(p.Method, gone) {
			t.Errorf("infeasible, and the method says %q: %s", gone, p.Method)
		}
	}
}

// A purchase is made, and paid, in every Region of the accounts that make it.
func TestFeesOfEveryRegion(t *testing.T) {
	cat := catalogOf(t)
	of := func(set ...string) float64 {
		plan := presetWith(t, "brain", scenarios.Pick{Names: []string{"1"}}, append(set, "provisioned.kind=reserved", "provisioned.model=frontier", `provisioned.accounts=["a0"]`)...)
		run := runOf(t, plan, Options{})
		var paid float64
		for _, l := range run.Steps[0].Cost.Lines {
			if l.Item == "reserved-hours" {
				paid += float64(l.AmountNUSD) / 1e9 * 730 * 3600 / run.Scenario.HorizonS
			}
		}
		fee := fees(plan.Steps[0].Spec, cat, 1)
		if math.Abs(fee-paid) > 1e-6*paid {
			t.Errorf("%q: fees of $%.2f a month, billed $%.2f", set, fee, paid)
		}
		return fee
	}
	if one, two := of(), of(`accounts.regions=["us-east-1","us-west-2"]`); one == 0 || two != 2*one {
		t.Errorf("one Region costs $%.2f, two $%.2f", one, two)
	}
}
