package sim

import (
	"testing"

	"quotawall/sim/trace"
	"quotawall/sim/unit"
)

// The worked examples of AWS's pages, of its staff and of measurements (facts
// of 2026-11-23, section 1.2): what a call reserves and what it is charged.
//
// Rules: R3 R4 R5 R8 R9.
func TestWorkedExamples(t *testing.T) {
	const unset, notGiven = trace.MaxUnset, int64(-9)
	for _, x := range []struct {
		name                       string
		burndown                   int64
		input, read, write, output int64 // input without the cached part, as AWS counts it
		max                        int64
		start, final               int64
	}{
		{"A Sonnet 4", 5, 1000, 0, 0, 100, notGiven, notGiven, 1500},
		{"B large max_tokens", 5, 3000, 4000, 1000, 1000, 32000, 36000, 9000},
		{"C small max_tokens", 5, 3000, 4000, 1000, 1000, 1250, 5250, 9000},
		{"D Sonnet 4.5", 5, 1000, 0, 200, 100, notGiven, notGiven, 1700},
		{"E GPT-5.6", 10, 2000, 0, 0, 1000, notGiven, notGiven, 12000},
		{"F measured", 5, 26, 0, 0, 1203, notGiven, notGiven, 6041},
		{"G measured, reservation invisible", 5, 14, 0, 0, 4, 8000, 8014, 34},
		{"H measured, cache write", 5, 13, 0, 8814, 4, notGiven, notGiven, 8847},
		{"I measured, cache read", 5, 13, 8814, 0, 4, notGiven, notGiven, 33},
		{"J measured, uncached", 5, 8829, 0, 0, 4, notGiven, notGiven, 8849},
		{"K max_tokens unset", 5, 1000, 0, 0, 100, unset, 65000, 1500},
		{"M first", 5, 10, 0, 0, 750, notGiven, notGiven, 3760},
		{"M second", 5, 2005, 0, 0, 200, notGiven, notGiven, 3005},
		{"M third", 5, 6, 0, 0, 12, notGiven, notGiven, 66},
	} {
		t.Run(x.name, func(t *testing.T) {
			cfg := world(limited(None, 10_000_000, 10_000_000), func(c *Config) {
				c.Models[0].Burndown, c.Cache.Mode = x.burndown, CacheObserved
			})
			row := ask(0, x.input+x.read+x.write, x.output)
			row.CacheRead, row.CacheWrite, row.Max = x.read, x.write, x.max
			if x.max == notGiven {
				row.Max = x.output
			}
			r := run(t, cfg, []trace.Request{row})
			if x.start != notGiven {
				want(t, "start charge", r.Quota.Reserved, x.start)
				want(t, "start charge of the day", r.DayQuota.Reserved, x.start)
			}
			want(t, "final charge", r.Quota.Settled, x.final)
			want(t, "final charge of the day", r.DayQuota.Settled, x.final)
			want(t, "excess", r.Quota.Excess, max(0, x.final-r.Quota.Reserved))
			want(t, "given back", r.Quota.Credited, max(0, r.Quota.Reserved-x.final))
		})
	}
}

// Example L: with 2,000,000 tokens a minute, 1,333 calls of 500 tokens in can
// run at once when they ask for 1,000 tokens out, and 31 when max_tokens is
// unset. It holds for every shape of the minute.
//
// Rules: R3 R4.
func TestWorkedExampleL(t *testing.T) {
	for name, shape := range minuteShapes() {
		for maxTokens, admitted := range map[int64]int64{1000: 1333, trace.MaxUnset: 31} {
			cfg := world(limited(None, 2_000_000, None), func(c *Config) { c.Max, c.Quota.Minute = maxTokens, shape })
			var rows []trace.Request
			for range 1400 {
				rows = append(rows, ask(0, 500, 100))
			}
			r := run(t, cfg, rows)
			want(t, name+" minute: admissions", r.Served, admitted)
			want(t, name+" minute: first refusal by reservation", capOf(t, r, 0, TokensPerMinute).FirstByReservation, true)
		}
	}
}

// The second call of example C's kind finds the minute above its limit: a
// settlement above the reservation never fails its own call but blocks later ones.
//
// Rules: R6 R7.
func TestExcessBlocksLaterCalls(t *testing.T) {
	cfg := world(limited(None, 9_000, None), func(c *Config) { c.Max = 1250 })
	rows := []trace.Request{ask(0, 4000, 1000), ask(11*unit.Second, 1, 1), ask(unit.Minute, 1, 1)}
	r := run(t, cfg, rows)
	want(t, "served", r.Served, 2)
	want(t, "excess", r.Quota.Excess, 4000+5*1000-5250)
	c := capOf(t, r, 0, TokensPerMinute)
	want(t, "refused at", c.FirstRefused, 11*unit.Second)
	want(t, "spent at", c.Spent, 11*unit.Second)
	want(t, "by reservation", c.FirstByReservation, false)
}

// Burndown weighs quota and never the bill (example A bills 1,100 tokens).
//
// Rules: R10.
func TestBillIsInRawTokens(t *testing.T) {
	r := run(t, world(limited(None, 10_000, None)), []trace.Request{ask(0, 1000, 100)})
	var billed int64
	for _, u := range r.Usage {
		billed += u.Quantity
	}
	want(t, "billed tokens", billed, 1100)
	want(t, "quota tokens", r.Quota.Settled, 1500)
}

// Cache reads are free of tokens but every call is one request; a refusal takes nothing.
//
// Rules: R2 R8 R24.
func TestRequestsAreCountedApart(t *testing.T) {
	cfg := world(limited(2, 10_000, None), func(c *Config) { c.Cache.Mode = CacheObserved; c.Max = 100 })
	rows := each([]trace.Request{ask(0, 8814, 4), ask(1, 8814, 4), ask(2, 8814, 4), ask(3, 8814, 4)}, func(r *trace.Request) { r.CacheRead = 8814 })
	r := run(t, cfg, rows)
	want(t, "served", r.Served, 2)
	want(t, "refused by requests", capOf(t, r, 0, RequestsPerMinute).Refused, 2)
	want(t, "tokens reserved", r.Quota.Reserved, 200)
	want(t, "peak of requests", capOf(t, r, 0, RequestsPerMinute).PeakUse, 2)
}
