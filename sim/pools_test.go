package sim

import (
	"fmt"
	"testing"

	"quotawall/sim/quota"
	"quotawall/sim/trace"
	"quotawall/sim/unit"
)

// The daily quota of one model leaves the other alone.
//
// Rules: R1 R11.
func TestDayIsPerModel(t *testing.T) {
	cfg := world(twoModels, limited(None, None, 3000))
	rows := each([]trace.Request{ask(0, 2000, 1), ask(1, 2000, 1), ask(2, 2000, 1)}, func(r *trace.Request) { r.Model = int32(r.At / 2) })
	r := run(t, cfg, rows)
	wantServed(t, "by model", cfg, r, 1, 1)
	want(t, "refused by the first model's day", capOf(t, r, 0, TokensPerDay).Refused, 1)
	want(t, "refused by the second's", capOf(t, r, 1, TokensPerDay).Refused, 0)
}

// The cross-model day is one pool over all models of an account, in each unit,
// with and without max_tokens reserved. Rates are micro-dollars per million.
//
// Rules: R12.
func TestCrossModelDay(t *testing.T) {
	rates := Rates{Input: 5_000_000, Read: 500_000, Write: 6_250_000, Output: 25_000_000}
	// One call: 1,000 in of which 400 read, 100 written; 50 out; 200 max; burndown 5.
	for _, x := range []struct {
		name          string
		unit          PoolUnit
		reserve       bool
		start, settle float64 // printed units
	}{
		{"price", PricedTokens, true, (500*5 + 400*0.5 + 100*6.25 + 200*25) / 3.0, (500*5 + 400*0.5 + 100*6.25 + 50*25) / 3.0},
		{"price, max_tokens not reserved", PricedTokens, false, 0, (500*5 + 400*0.5 + 100*6.25 + 50*25) / 3.0},
		{"settled", SettledTokens, true, 600 + 200, 600 + 250},
		{"billed", BilledTokens, true, 1000 + 200, 1000 + 50},
		{"billed, max_tokens not reserved", BilledTokens, false, 0, 1000 + 50},
	} {
		cfg := world(twoModels, func(c *Config) { c.Cache.Mode, c.Max = CacheObserved, 200 })
		per := int64(1)
		if x.unit == PricedTokens {
			per = 3_000_000
		}
		crossPool(&cfg, 1_000_000, x.unit, per, x.reserve)
		for i := range cfg.Lanes {
			cfg.Lanes[i].Rates = rates
		}
		row := ask(0, 1000, 50)
		row.CacheRead, row.CacheWrite = 400, 100
		r := run(t, cfg, []trace.Request{row})
		near(t, x.name+": peak", capOf(t, r, 2, TokensPerDayAccount).PeakUse, max(x.start, x.settle), 1e-9)

		other := row
		other.Model, other.At = 1, unit.Hour
		last := row
		last.At = 2 * unit.Hour
		cfg.Pools[2].TPD = int64(2*x.settle + x.start - 1)
		r = run(t, cfg, []trace.Request{row, other, last})
		c := capOf(t, r, 2, TokensPerDayAccount)
		if !x.reserve { // what is not reserved cannot refuse
			continue
		}
		want(t, x.name+": the third call of two models is refused", c.FirstRefused, 2*unit.Hour)
		want(t, x.name+": unserved", r.UnservedBy[TokensPerDayAccount], 1)
	}
}

// A limit of 0 refuses everything, names itself, and every refused call is
// larger than the limit.
//
// Rules: R13.
func TestZeroQuota(t *testing.T) {
	r := run(t, world(limited(None, None, 0)), []trace.Request{ask(0, 10, 1), ask(1, 10, 1)})
	c := capOf(t, r, 0, TokensPerDay)
	want(t, "refused", c.Refused, 2)
	want(t, "too large", c.TooLarge, 2)
	want(t, "spent", c.Spent, None)
	want(t, "message", c.Limit.Message(), "ThrottlingException (429): Too many tokens per day, please wait before trying again.")
}

// Limits are asked in the order requests, tokens a minute, tokens a day, the
// account's day; later ones that are full too are counted as such.
//
// Rules: R2 R14.
func TestOrderOfLimits(t *testing.T) {
	for i, first := range []Limit{RequestsPerMinute, TokensPerMinute, TokensPerDay, TokensPerDayAccount} {
		values := [4]int64{0, 0, 0, 0}
		for k := range i {
			values[k] = None
		}
		cfg := world(limited(values[0], values[1], values[2]))
		crossPool(&cfg, values[3], BilledTokens, 1, true)
		r := run(t, cfg, []trace.Request{ask(0, 10, 1)})
		want(t, fmt.Sprint("unserved by ", first), r.UnservedBy[first], 1)
		for _, c := range r.Caps {
			want(t, fmt.Sprintf("%s first: %s also full", first, c.Limit), c.AlsoFull == 1, c.Limit > first)
		}
	}
}

// The readings of the reservation (example B's call): cache reads reserved, or
// nobody knowing of the cache, or burndown on max_tokens. The settlement is one.
func TestReadingsOfReservation(t *testing.T) {
	for _, x := range []struct {
		name  string
		quota Quota
		start int64
	}{
		{"docs", Quota{}, 36_000},
		{"A4 reads reserved", Quota{ReserveReads: true}, 40_000},
		{"A5 burndown", Quota{BurndownMax: true}, 164_000},
		{"A6 pessimistic", Quota{Pessimistic: true}, 40_000},
	} {
		cfg := world(limited(None, 1_000_000, None), func(c *Config) { c.Cache.Mode, c.Max, c.Quota = CacheObserved, 32_000, x.quota })
		row := ask(0, 8000, 1000)
		row.CacheRead, row.CacheWrite = 4000, 1000
		r := run(t, cfg, []trace.Request{row})
		want(t, x.name+": start charge", r.Quota.Reserved, x.start)
		want(t, x.name+": final charge", r.Quota.Settled, 9000)
	}
}

// A refund from a minute that is over is dropped, or, by the other reading
// (A2), taken off what is used now.
//
// Rules: R7.
func TestRefundAcrossTheMinute(t *testing.T) {
	rows := []trace.Request{ask(55*unit.Second, 100, 0), ask(61*unit.Second, 100, 0), ask(66*unit.Second, 1900, 0)}
	for current, served := range map[bool]int64{false: 2, true: 3} {
		cfg := world(limited(None, 3200, None), func(c *Config) { c.Quota.Current = current })
		r := run(t, cfg, rows)
		want(t, fmt.Sprintf("refund to current use %v: served", current), r.Served, served)
	}
}

// Adjusted on the way (A3), a call gives its reservation back step by step: at
// half its time half of the difference is free.
func TestAdjustment(t *testing.T) {
	// 1,000 + 1,000 reserved for 10 s, 1,000 final: after 5 s 1,500 are held.
	for at, served := range map[unit.Time]int64{4 * unit.Second: 1, 5 * unit.Second: 2} {
		cfg := world(limited(None, 3500, None), func(c *Config) { c.Quota.Adjust = 5 * unit.Second })
		r := run(t, cfg, []trace.Request{ask(0, 1000, 0), ask(at, 1000, 0)})
		want(t, fmt.Sprintf("second call at %s: served", at), r.Served, served)
	}
	grow := world(limited(None, 10_000, None), func(c *Config) { c.Quota.Adjust, c.Quota.AdjustUp, c.Max = 5*unit.Second, true, 1000 })
	r := run(t, grow, []trace.Request{ask(0, 1000, 1000)})
	want(t, "grown", r.Quota, QuotaTokens{Reserved: 2000, Excess: 4000, Settled: 6000})
}

// The mantle endpoint: input + max_tokens against the input limit, cache reads
// free, no burndown; a full output limit cuts the answer and refuses nobody.
//
// Rules: R20.
func TestMantle(t *testing.T) {
	cfg := world(func(c *Config) {
		p := unlimited(0)
		p.InputTPM, p.OutputTPM = 3000, 250
		c.Pools, c.Cache.Mode, c.Max = []Pool{p}, CacheObserved, 500
	})
	row := ask(0, 1000, 200)
	row.CacheRead = 600
	rows := []trace.Request{row, row, row, row}
	for i := range rows {
		rows[i].At = unit.Time(i)
	}
	r := run(t, cfg, rows)
	// 400 + 500 each: three fit into 3,000; outputs 200, 50 and 0 of 250.
	want(t, "served", r.Served, 3)
	want(t, "unserved by input", r.UnservedBy[InputTokensPerMinute], 1)
	want(t, "output", r.Tokens.Output, 250)
	want(t, "truncated", r.Truncated, 2)
}

// Two scopes of one model share a daily counter (A11): what one takes the other
// lacks, and each is settled before the other is asked.
func TestSharedDay(t *testing.T) {
	cfg := world(twoModels, limited(None, None, 10_000))
	cfg.Pools[1].DayWith = 1
	// 3,000 in and 200 out: 4,000 reserved, and settled at 3,000 + 5 x 200.
	first, second, third, fourth := ask(0, 3000, 200), ask(unit.Hour, 3000, 200), ask(2*unit.Hour, 3000, 200), ask(3*unit.Hour, 500, 200)
	second.Model, fourth.Model = 1, 1
	r := run(t, cfg, []trace.Request{first, second, third, fourth})
	want(t, "totals", r.Totals, Totals{Offered: 4, Served: 3, Unserved: 1})
	want(t, "by the day", r.UnservedBy[TokensPerDay], 1)
	days := 0
	for _, c := range r.Caps {
		if c.Limit == TokensPerDay {
			days++
		}
	}
	want(t, "listed once", days, 1)
}

// A granted increase holds from its day on.
func TestGrantedIncrease(t *testing.T) {
	cfg := world(limited(None, 1500, None))
	cfg.Pools[0].Changes = []PoolChange{{At: unit.Hour, RPM: None, TPM: 10_000, TPD: None}}
	r := run(t, cfg, []trace.Request{ask(0, 1000, 1), ask(unit.Hour, 1000, 1)})
	want(t, "served", r.Served, 1)
	want(t, "first refused", capOf(t, r, 0, TokensPerMinute).FirstRefused, 0)
}

// Capacity errors come inside quota, take nothing from it and are told apart.
//
// Rules: R25.
func TestFaultsInsideQuota(t *testing.T) {
	cfg := world(limited(1, 2000, None), func(c *Config) { c.Faults.Rate = unit.Ratio{Num: 1, Den: 1} })
	r := run(t, cfg, []trace.Request{ask(0, 10, 1), ask(1, 10, 1), ask(2, 9000, 1)})
	want(t, "for lack of capacity", r.UnservedBy[Capacity], 2)
	want(t, "by quota", r.UnservedBy[TokensPerMinute], 1)
	want(t, "reserved", r.Quota.Reserved, 0)
	want(t, "requests used", capOf(t, r, 0, RequestsPerMinute).PeakUse, 0)
}

// A rolling day is the current UTC minute and the 1,439 before it, a fixed one
// begins at its UTC time.
func TestDayWindows(t *testing.T) {
	rows := []trace.Request{ask(30*unit.Second, 1000, 0), ask(unit.Day-1, 1000, 0), ask(unit.Day, 1000, 0)}
	for name, x := range map[string]struct {
		quota   Quota
		refused unit.Time
	}{
		"fixed at 00:00": {Quota{Day: quota.Fixed}, unit.Day - 1},
		"fixed at 07:00": {Quota{Day: quota.Fixed, DayStarts: 7 * unit.Hour}, unit.Day},
		"rolling":        {Quota{Day: quota.Rolling}, unit.Day - 1},
	} {
		cfg := world(limited(None, None, 1000), func(c *Config) { c.Quota, c.Max = x.quota, 0 })
		r := run(t, cfg, rows)
		want(t, name+": served", r.Served, 2)
		want(t, name+": refused at", capOf(t, r, 0, TokensPerDay).FirstRefused, x.refused)
	}
	// One microsecond before its minute leaves the rolling day, the first call still counts.
	late := []trace.Request{rows[0], ask(unit.Day-1, 1, 0), ask(unit.Day, 1000, 0)}
	cfg := world(limited(None, None, 1000), func(c *Config) { c.Quota.Day, c.Max = quota.Rolling, 0 })
	want(t, "a rolling day later", run(t, cfg, late).Served, 2)
}
