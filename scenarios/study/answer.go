package study

import (
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"

	"quotawall/pricing"
	"quotawall/scenarios"
	"quotawall/scenarios/result"
	"quotawall/sim"
	"quotawall/sim/unit"
)

// answer turns what the engines counted into the result of a run.
func answer(plan *scenarios.Plan, reps []*replication) (*result.Run, error) {
	t := newTrials(plan, Options{})
	for _, r := range reps {
		steps, err := t.answers(r)
		if err != nil {
			return nil, err
		}
		t.add(r, steps)
	}
	return t.run(), nil
}

// run is the result of all replications.
func (t *trials) run() *result.Run {
	plan, first := t.plan, t.reps[0]
	base := plan.Base
	run := &result.Run{
		Schema: result.RunSchema,
		Scenario: result.ScenarioInfo{
			Name: plan.Scenario.Name, HorizonS: first.horizon.Seconds(), Start: first.start.Format(time.RFC3339Nano),
			Seed: base.Seed, Replications: len(t.reps), Deterministic: !first.random,
			Settings: settings(plan.Scenario.Settings()),
		},
		Ruleset: base.Ruleset, CatalogAsOf: string(plan.Catalog.AsOf()),
		Assumptions: assumptions(plan, first),
		Steps:       t.steps(),
	}
	if base.Title != "" {
		run.Scenario.Name = base.Title
	}
	run.Trace = traceInfo(t.reps)
	run.InputNotes = inputNotes(plan, first, run)
	run.Notes = notes(plan, first, run)
	sayOnce(run)
	return run
}

// sayOnce drops what an earlier step's notes say of the same thing: a note's
// figures stand behind its first colon.
func sayOnce(run *result.Run) {
	said := map[string]bool{}
	for i := range run.Steps {
		run.Steps[i].Notes = slices.DeleteFunc(run.Steps[i].Notes, func(note string) bool {
			what, _, _ := strings.Cut(note, ":")
			known := said[what]
			said[what] = true
			return known
		})
	}
}

func traceInfo(reps []*replication) result.TraceInfo {
	var requests, input, output, span int64
	for _, r := range reps {
		requests += r.tally.requests
		input += r.tally.input
		output += r.tally.output
		span += int64(r.tally.span)
	}
	n := float64(len(reps))
	t := result.TraceInfo{
		Requests: result.Count(float64(requests) / n), InputTokens: result.Count(float64(input) / n), OutputTokens: result.Count(float64(output) / n),
		SpanS: float64(span) / n / float64(unit.Second), Format: reps[0].tally.format,
	}
	if s := reps[0].tally.summary; s != nil {
		t.SkippedRows = s.Skipped
	}
	return t
}

// stepAnswer is one step of one replication.
func stepAnswer(plan *scenarios.Plan, rep *replication, index int) (*result.Step, error) {
	r, c, step := rep.steps[index], rep.compiled[index], plan.Steps[index]
	x := &result.Step{
		Index: step.Index, Name: step.Name, Set: settings(step.Set),
		Offered: result.Count(r.Offered), Served: result.Count(r.Served), Unserved: result.Count(r.Unserved), Deferred: result.Count(r.Deferred),
		Degraded: result.Count(r.Degraded), Truncated: result.Count(r.Truncated), Queued: result.Count(r.Queued), InFlight: result.Count(r.InFlight),
		ServedShare: share(r.Served, r.Offered), ServedTokenShare: share(r.ServedTokens, r.OfferedTokens),
		UnservedBy: unservedBy(r), AbandonedBy: map[string]result.Count{}, Messages: map[string]string{},
		Refusals: result.Count(r.Refusals), ThrottledAttempts: result.Count(r.Throttled), Retries: result.Count(r.Retries),
		Tokens:      tokens(r.Tokens),
		QuotaTokens: quotaTokens(r.Quota),
		WaitS:       quantiles(&r.Waits),
		Intervals:   map[string][2]float64{},
		Notes:       ownNotes(rep, index),
	}
	for i, n := range r.AbandonedBy {
		if n > 0 {
			x.AbandonedBy[sim.Limit(i).String()] = result.Count(n)
		}
	}
	x.Caps = append(caps(rep, r, c), boughtCaps(rep, r, c)...)
	for i := range r.Caps {
		if l := r.Caps[i].Limit; r.Caps[i].Refused > 0 {
			x.Messages[l.String()] = l.Message()
		}
	}
	x.Classes, x.Lanes, x.Hours = classes(r), lanes(r, c), hours(r)
	parts(x, r, c, step.Spec)
	cacheEffects(plan, c, r, x)
	cost, err := bill(plan, rep, r, c, step.Spec.PricedByTraffic)
	if err != nil {
		return nil, err
	}
	x.Cost = *cost
	return x, nil
}

// ownNotes are the notes of a step that the step before does not have.
func ownNotes(rep *replication, index int) []string {
	if index == 0 {
		return nil
	}
	var out []string
	for _, n := range rep.compiled[index].Notes {
		if !slices.Contains(rep.compiled[index-1].Notes, n) {
			out = append(out, n)
		}
	}
	return out
}

func settings(set []scenarios.Assignment) result.Settings {
	out := result.Settings{}
	for _, a := range set {
		out[a.Key] = a.Value
	}
	return out
}

func share(part, whole int64) *float64 {
	f, ok := unit.Share(part, whole)
	if !ok {
		return nil
	}
	return &f
}

func tokens(t sim.Tokens) result.Tokens {
	return result.Tokens{Input: result.Count(t.Input), Fresh: result.Count(t.Fresh), CacheRead: result.Count(t.Read), CacheWrite: result.Count(t.Write), Output: result.Count(t.Output)}
}

func quotaTokens(q sim.QuotaTokens) result.QuotaTokens {
	return result.QuotaTokens{
		Reserved: result.Count(q.Reserved), Excess: result.Count(q.Excess), Settled: result.Count(q.Settled),
		Credited: result.Count(q.Credited), Dropped: result.Count(q.Dropped), Held: result.Count(q.Held),
	}
}

// unservedBy adds the limits of bought capacity and of the mantle endpoint,
// which the contract does not tell apart, to tokens a minute.
func unservedBy(r *sim.Result) result.UnservedBy {
	n := func(l sim.Limit) result.Count { return result.Count(r.UnservedBy[l]) }
	return result.UnservedBy{
		RequestsPerMinute: n(sim.RequestsPerMinute),
		TokensPerMinute:   n(sim.TokensPerMinute) + n(sim.InputTokensPerMinute) + n(sim.OutputTokensPerMinute),
		TokensPerDay:      n(sim.TokensPerDay), TokensPerDayAccount: n(sim.TokensPerDayAccount),
		TooLong: n(sim.TooLong), Capacity: n(sim.Capacity), Deadline: n(sim.Deadline), Abandoned: n(sim.Abandoned),
	}
}

func quantiles(w *sim.Waits) result.Quantiles {
	q := func(num, den int64) *float64 {
		d, ok := w.Quantile(num, den)
		if !ok {
			return nil
		}
		s := d.Seconds()
		return &s
	}
	return result.Quantiles{P50: q(1, 2), P95: q(95, 100), P99: q(99, 100), Max: q(1, 1)}
}

func classes(r *sim.Result) []result.Class {
	var out []result.Class
	for i := range r.Classes {
		x := &r.Classes[i]
		if x.Offered == 0 {
			continue
		}
		out = append(out, result.Class{
			Class: x.Name, Offered: result.Count(x.Offered), Served: result.Count(x.Served), Unserved: result.Count(x.Unserved), Queued: result.Count(x.Queued),
			InFlight: result.Count(x.InFlight), Deferred: result.Count(x.Deferred), Degraded: result.Count(x.Degraded),
			CacheRead: result.Count(x.Tokens.Read), CacheWrite: result.Count(x.Tokens.Write), Input: result.Count(x.Tokens.Input), WaitS: quantiles(&x.Waits),
		})
	}
	return out
}

func lanes(r *sim.Result, c *scenarios.Compiled) []result.Lane {
	var out []result.Lane
	for _, x := range r.Lanes {
		a := &c.Config.Accounts[x.Account]
		out = append(out, result.Lane{
			Lane: string(x.Way), Account: a.Name, Region: a.Region, Model: c.Config.Models[x.Model].ID, Calls: result.Count(x.Served),
			Input: result.Count(x.Tokens.Input), Output: result.Count(x.Tokens.Output), CacheRead: result.Count(x.Tokens.Read), CacheWrite: result.Count(x.Tokens.Write),
		})
	}
	return out
}

func hours(r *sim.Result) []result.Hour {
	var out []result.Hour
	for i, h := range r.Hours {
		out = append(out, result.Hour{
			Hour: int64(i), Offered: result.Count(h.Offered), Served: result.Count(h.Served), Unserved: result.Count(h.Unserved), Refusals: result.Count(h.Refusals),
			Settled: result.Count(h.Settled), Reserved: result.Count(h.Reserved), Input: result.Count(h.Input), Output: result.Count(h.Output),
			Queued: result.Count(h.Waiting), OldestS: h.Oldest.Seconds(),
		})
	}
	return out
}

// parts adds what the queue, the endpoint and bought capacity did.
func parts(x *result.Step, r *sim.Result, c *scenarios.Compiled, spec *scenarios.Spec) {
	if q := r.Queue; q != nil {
		x.Queue = &result.QueueInfo{Messages: result.Count(q.Messages), MaxDepth: result.Count(q.MaxDepth), MaxAgeS: q.MaxAge.Seconds(), DeadlineMisses: result.Count(q.DeadlineMisses), Batched: result.Count(q.Batched), HeldBy: holdOf(r, c)}
	}
	if p := r.Endpoint; p != nil {
		x.Endpoint = &result.EndpointInfo{
			Instance: c.Config.Endpoint.Instance, InstanceHours: float64(p.Allocated) / float64(unit.Hour), BusyHours: float64(p.Busy) / float64(unit.Hour),
			Served: result.Count(p.Served), Refused: result.Count(p.Refused), TooLong: result.Count(p.TooLong), MaxQueue: result.Count(p.MaxQueue), Starts: result.Count(p.Starts), Quality: c.Config.Endpoint.Quality,
		}
	}
	if b := r.Bought; b != nil {
		p := c.Config.Provisioned
		x.Reserved = &result.ReservedInfo{
			Kind: spec.Provisioned.Kind, Model: c.Config.Models[p.Model].ID, Served: result.Count(b.Served), Overflowed: result.Count(b.Overflowed),
			InputShare: utilisation(b.Input, p.InputTPM, b.Open), OutputShare: utilisation(b.Output, p.OutputTPM, b.Open),
		}
	}
}

// utilisation is used tokens over what tpm could carry in a time.
func utilisation(used, tpm int64, open unit.Time) float64 {
	if tpm == 0 || open == 0 {
		return 0
	}
	return float64(used) / (float64(tpm) * (float64(open) / float64(unit.Minute)))
}

// bill prices what was counted; its lines name their price period where there
// may be several.
func bill(plan *scenarios.Plan, rep *replication, r *sim.Result, c *scenarios.Compiled, periods bool) (*result.Cost, error) {
	lines, err := plan.Catalog.Bill(r.Usage, c.PricedOn)
	if err != nil {
		return nil, err
	}
	out := &result.Cost{Lines: []result.Line{}}
	if out.TotalNUSD, err = pricing.Total(lines); err != nil {
		return nil, err
	}
	capped := dailyCapped(r, c)
	short := rep.horizon < unit.Day
	var daily, spread big.Int // nano-dollars that come once a day, and that come as long as the horizon lasts
	for _, l := range lines {
		x := line(l)
		if periods {
			x.Period = string(c.PricedOn(l.Period))
		}
		out.Lines = append(out.Lines, x)
		sum := &spread
		if short && l.Item == unit.Tokens && l.Lane == unit.OnDemand && capped[capKey{l.Account, l.Region, l.Scope, l.Model}] {
			sum = &daily
		}
		sum.Add(sum, big.NewInt(l.AmountNano))
	}
	month := new(big.Rat).Mul(new(big.Rat).SetInt(&daily), big.NewRat(730, 24))
	month.Add(month, new(big.Rat).Mul(new(big.Rat).SetInt(&spread), big.NewRat(730*int64(unit.Hour), int64(rep.horizon))))
	out.TotalUSD = json.Number(fmt.Sprintf("%d.%09d", out.TotalNUSD/1_000_000_000, out.TotalNUSD%1_000_000_000))
	out.MonthUSD, _ = month.Quo(month, big.NewRat(1_000_000_000, 1)).Float64()
	out.Per1kServedUSD = per(out.TotalNUSD, 1000, r.Served)
	out.PerMillionServedTokensUSD = per(out.TotalNUSD, 1_000_000, r.Tokens.Input+r.Tokens.Output)
	return out, nil
}

// per is the dollars for a number of units of what was served.
func per(nusd, units, served int64) *float64 {
	if served == 0 {
		return nil
	}
	f, _ := new(big.Rat).Mul(big.NewRat(nusd, 1_000_000_000), big.NewRat(units, served)).Float64()
	return &f
}

func line(l pricing.Line) result.Line {
	return result.Line{
		Item: string(l.Item), Lane: string(l.Lane), Account: l.Account, Region: l.Region, Scope: l.Scope, Model: l.Model, Kind: string(l.Kind), Band: string(l.Band),
		Quantity: json.Number(l.Quantity), Unit: l.Unit, RateUSD: json.Number(l.RateUSD), AmountNUSD: l.AmountNano, Source: l.Source, AsOf: string(l.AsOf), Confidence: l.Confidence, Note: l.Note, PricedIn: l.PricedIn,
	}
}

type capKey struct{ account, region, scope, model string }

// dailyCapped lists the pools in which a limit per day refused something or held
// the queue back: what they admit in a day is all they will admit.
func dailyCapped(r *sim.Result, c *scenarios.Compiled) map[capKey]bool {
	out, held := map[capKey]bool{}, dayHeld(r, c)
	for i := range r.Caps {
		x := &r.Caps[i]
		if x.Refused == 0 && i != held || !daily(x.Limit) {
			continue
		}
		pool := &c.Config.Pools[x.Pool]
		a := &c.Config.Accounts[pool.Account]
		for _, m := range c.Config.Models {
			if pool.Model == sim.None || m.ID == c.Config.Models[pool.Model].ID && m.Scope == c.Config.Models[pool.Model].Scope {
				out[capKey{a.Name, a.Region, m.Scope, m.ID}] = true
			}
		}
	}
	return out
}
