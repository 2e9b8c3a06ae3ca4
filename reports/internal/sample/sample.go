// Package sample makes a run for the tests of documents: small, invented, and
// consistent, so that every sum that a reader may try holds.
package sample

import (
	"encoding/json"
	"fmt"
	"time"

	"quotawall/scenarios/result"
)

const (
	days   = 2
	capTPD = 2592000
	start  = "2026-11-02T00:00:00Z"
)

// kind is a class of the sample's traffic: per hour, requests of a fixed size.
type kind struct {
	name          string
	perHour       int64
	from, to      int64 // hours of the day, half-open
	input, output int64
	read, write   int64 // of the input, where caching is on
}

func kinds() []kind {
	return []kind{
		{"chat", 10, 8, 23, 9000, 700, 6300, 900},
		{"memory", 12, 0, 24, 6000, 300, 0, 0},
	}
}

// step is one strategy of the sample.
type step struct {
	name    string
	set     result.Settings
	caching bool
	offload bool // memory goes to Sonnet, which counts as degraded
}

// Run is the sample: three steps over two days in which the daily cap of one
// model is spent, spent later, and not spent.
func Run() *result.Run {
	steps := []step{
		{"as is", result.Settings{}, false, false},
		{"+ prompt caching", result.Settings{"caching.mode": "prefix"}, true, false},
		{"+ background work on Sonnet", result.Settings{"routing.policy": "map", "routing.classes": map[string]any{"memory": "balanced"}}, true, true},
	}
	r := &result.Run{
		Schema: result.RunSchema,
		Scenario: result.ScenarioInfo{Name: "brain", HorizonS: days * 86400, Start: start, Seed: 1,
			Replications: 1, Deterministic: true, InputHash: "0f3c5a1e9d7b2c4860aa11bb22cc33dd44ee55ff66770123456789abcdef0123"},
		Ruleset: "seed-2026", CatalogAsOf: "2026-11-10",
		Assumptions: []string{
			"the daily window resets at 00:00 UTC (A7: AWS does not say)",
			"trace.max_tokens = 4096: the trace has no max_tokens",
		},
		Notes: []string{"invented figures, for tests of documents"},
	}
	for _, k := range kinds() {
		n := days * k.perHour * (k.to - k.from)
		r.Trace.Requests += result.Count(n)
		r.Trace.InputTokens += result.Count(n * k.input)
		r.Trace.OutputTokens += result.Count(n * k.output)
	}
	r.Trace.SpanS = days*86400 - 60
	for i, s := range steps {
		r.Steps = append(r.Steps, play(i, s))
	}
	return r
}

// tally is what a step's play counts.
type tally struct {
	st                       result.Step
	class                    map[string]*result.Class
	tokens                   map[[2]string]int64 // (model, kind)
	outOffered, outServed    int64
	inOffered                int64
	spentS, firstS           *float64
	refused, spentDays, peak int64
}

const (
	opus   = "claude-opus-4-6"
	sonnet = "claude-sonnet-4-6"
)

// play counts a step hour by hour.
func play(index int, s step) result.Step {
	t := &tally{class: map[string]*result.Class{}, tokens: map[[2]string]int64{}}
	t.st = result.Step{Index: index, Name: s.name, Set: s.set, AbandonedBy: map[string]result.Count{}, Intervals: map[string][2]float64{}}
	for _, k := range kinds() {
		t.class[k.name] = &result.Class{Class: k.name}
	}
	for day := range int64(days) {
		used, refusedToday := int64(0), false
		for hour := range int64(24) {
			h := result.Hour{Hour: day*24 + hour}
			for _, k := range kinds() {
				if hour < k.from || hour >= k.to {
					continue
				}
				for i := range k.perHour {
					at := float64((day*24+hour)*3600 + i*3600/k.perHour)
					if t.arrive(s, k, &h, &used, at) {
						refusedToday = true
					}
				}
			}
			t.st.Hours = append(t.st.Hours, h)
		}
		t.peak = max(t.peak, used)
		if refusedToday {
			t.spentDays++
		}
	}
	t.finish(s)
	return t.st
}

// arrive serves or refuses one request and tells whether it was refused.
func (t *tally) arrive(s step, k kind, h *result.Hour, used *int64, at float64) bool {
	c := t.class[k.name]
	var read, write int64
	if s.caching {
		read, write = k.read, k.write
	}
	model := opus
	if s.offload && k.name == "memory" {
		model = sonnet
	}
	c.Offered++
	h.Offered++
	t.inOffered += k.input
	t.outOffered += k.output
	charge, reserve := k.input-read+k.output*5, k.input-read+4096
	if model == opus && *used+reserve > capTPD {
		c.Unserved++
		h.Unserved++
		h.Refusals++
		t.refused++
		if t.firstS == nil {
			t.firstS, t.spentS = &at, &at
		}
		return true
	}
	if model == opus {
		*used += charge
		h.Settled += result.Count(charge)
		h.Reserved += result.Count(reserve)
	} else {
		c.Degraded++
	}
	t.serve(k, model, read, write, h)
	return false
}

// serve counts a served request and its tokens.
func (t *tally) serve(k kind, model string, read, write int64, h *result.Hour) {
	c := t.class[k.name]
	c.Served++
	h.Served++
	h.Input += result.Count(k.input)
	h.Output += result.Count(k.output)
	c.CacheRead += result.Count(read)
	c.CacheWrite += result.Count(write)
	c.Input += result.Count(k.input)
	t.outServed += k.output
	t.tokens[[2]string{model, "input"}] += k.input - read - write
	t.tokens[[2]string{model, "cache_read"}] += read
	t.tokens[[2]string{model, "cache_write_5m"}] += write
	t.tokens[[2]string{model, "output"}] += k.output
}

// finish derives totals, shares, bill and caps from the counts.
func (t *tally) finish(s step) {
	st := &t.st
	zero, p95 := 0.0, 0.25
	for _, k := range kinds() {
		c := t.class[k.name]
		c.WaitS = result.Quantiles{P50: &zero, P95: &p95, P99: &p95, Max: &p95}
		st.Offered += c.Offered
		st.Served += c.Served
		st.Unserved += c.Unserved
		st.Degraded += c.Degraded
		st.Tokens.Input += c.Input
		st.Tokens.CacheRead += c.CacheRead
		st.Tokens.CacheWrite += c.CacheWrite
		st.Classes = append(st.Classes, *c)
	}
	st.Tokens.Fresh = st.Tokens.Input - st.Tokens.CacheRead - st.Tokens.CacheWrite
	st.Tokens.Output = result.Count(t.outServed)
	st.UnservedBy.TokensPerDay = st.Unserved
	st.Refusals, st.ThrottledAttempts = st.Unserved, st.Unserved
	st.WaitS = result.Quantiles{P50: &zero, P95: &p95, P99: &p95, Max: &p95}
	share := float64(st.Served / st.Offered)
	tokenShare := float64(st.Tokens.Input+st.Tokens.Output) / float64(t.inOffered+t.outOffered)
	st.ServedShare, st.ServedTokenShare = &share, &tokenShare
	for _, h := range st.Hours {
		st.QuotaTokens.Settled += h.Settled
		st.QuotaTokens.Reserved += h.Reserved
	}
	if released := st.QuotaTokens.Reserved - st.QuotaTokens.Settled; released >= 0 {
		st.QuotaTokens.Credited = released
	} else {
		st.QuotaTokens.Excess = -released
	}
	t.bill()
	t.caps()
	t.lanes(s)
}

// rate is the sample's price in dollars per token, and the same in nano-dollars
// per thousand tokens.
type rate struct {
	model, kind, usd string
	nanoPer1k        int64
}

func (t *tally) bill() {
	c := &t.st.Cost
	for _, r := range []rate{
		{opus, "input", "0.000005", 5000000}, {opus, "cache_read", "0.0000005", 500000}, {opus, "cache_write_5m", "0.00000625", 6250000}, {opus, "output", "0.000025", 25000000},
		{sonnet, "input", "0.000003", 3000000}, {sonnet, "output", "0.000015", 15000000},
	} {
		n := t.tokens[[2]string{r.model, r.kind}]
		if n == 0 {
			continue
		}
		amount := n * r.nanoPer1k / 1000
		c.TotalNUSD += amount
		c.Lines = append(c.Lines, result.Line{Item: "tokens", Lane: "on-demand", Account: "1", Region: "us-east-1", Scope: "geo",
			Model: r.model, Kind: r.kind, Band: "base", Quantity: json.Number(fmt.Sprint(n)), Unit: "token", RateUSD: json.Number(r.usd),
			AmountNUSD: amount, Source: "https://aws.amazon.com/bedrock/pricing/", AsOf: "2026-11-10", Confidence: "published"})
	}
	c.TotalUSD = json.Number(fmt.Sprintf("%d.%09d", c.TotalNUSD/1e9, c.TotalNUSD%1e9))
	usd := float64(c.TotalNUSD) / 1e9
	c.MonthUSD = usd * 730 / (days * 24)
	per1k := usd / float64(t.st.Served) * 1000
	perM := usd / float64(t.st.Tokens.Input+t.st.Tokens.Output) * 1e6
	c.Per1kServedUSD, c.PerMillionServedTokensUSD = &per1k, &perM
}

func (t *tally) caps() {
	at := func(s *float64) *string {
		if s == nil {
			return nil
		}
		begin, err := time.Parse(time.RFC3339, start)
		if err != nil {
			return nil
		}
		text := begin.Add(time.Duration(*s * 1e9)).Format(time.RFC3339)
		return &text
	}
	pool := result.Cap{Account: "1", Region: "us-east-1", Scope: "geo", Model: opus}
	rpm, tpm, tpd := pool, pool, pool
	rpm.Limit, rpm.Value, rpm.PeakUse = "requests_per_minute", 25, 2
	tpm.Limit, tpm.Value, tpm.PeakUse, tpm.Adjustable = "tokens_per_minute", 2000000, 24000, true
	tpd.Limit, tpd.Value, tpd.PeakUse = "tokens_per_day", capTPD, result.Count(t.peak)
	tpd.FirstRefusedS, tpd.SpentS = t.firstS, t.spentS
	tpd.FirstRefusedAt, tpd.SpentAt = at(t.firstS), at(t.spentS)
	if t.firstS != nil {
		no := false
		tpd.ByReservation = &no
	}
	tpd.Refused, tpd.RefusedDays = result.Count(t.refused), result.Count(t.spentDays)
	t.st.Caps = []result.Cap{rpm, tpm, tpd}
}

func (t *tally) lanes(s step) {
	served := map[string]result.Count{}
	for _, c := range t.st.Classes {
		model := opus
		if s.offload && c.Class == "memory" {
			model = sonnet
		}
		served[model] += c.Served
	}
	for _, m := range []string{opus, sonnet} {
		if served[m] == 0 {
			continue
		}
		tok := func(kind string) result.Count { return result.Count(t.tokens[[2]string{m, kind}]) }
		t.st.Lanes = append(t.st.Lanes, result.Lane{Lane: "on-demand", Account: "1", Region: "us-east-1", Model: m, Calls: served[m],
			Input: tok("input") + tok("cache_read") + tok("cache_write_5m"), Output: tok("output"),
			CacheRead: tok("cache_read"), CacheWrite: tok("cache_write_5m")})
	}
}
