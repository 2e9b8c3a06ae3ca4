package sim

import (
	"testing"

	"quotawall/sim/trace"
	"quotawall/sim/unit"
)

// Twelve requests worked out by hand. 4 requests and 10,000 tokens a clock
// minute; max_tokens 1,000; output counts 5; calls take 10 s; a refused call
// tries once more, 5 s later. A call charges input + 1,000 at its start and
// input + 5 x output at its end.
//
//	    s  input output
//	r1   0  2000   100  used 3000; ends at 10: charge 2500, 500 back
//	r2   2  3000   300  used 7000; ends at 12: charge 4500, 500 more
//	r3   4  2500     0  7000 + 3500 is too much; at 9, 9000 + 3500 too: unserved
//	r4   5  1000     0  used 9000; ends at 15: charge 1000, 1000 back
//	r5   6   500    10  9000 + 1500 is too much, though with r1, r2, r4 at their
//	                    final 2500 + 4500 + 1000 it would fit: by reservation.
//	                    At 11, 8500 + 1500 fits; ends at 21: charge 550, 950 back
//	         at 12 r2's excess makes it 10500: above the limit, the peak
//	r6  13   100     1  the fifth request; tokens are full too (10500 + 1100).
//	                    At 18 likewise (9500 + 1100): unserved by requests
//	r7  60 12000     0  larger than the limit itself, twice: unserved
//	r8  61  8000   200  used 9000; ends at 71: charge 9000, nothing to settle
//	r9  62   500     0  9000 + 1500 is too much, at 67 too: unserved
//	r10 72  1500     0  9000 + 2500 is too much, and 1500 beside the 9000 that
//	                    are settled too: spent. At 77 again: unserved
//	r11 119  300   100  9000 + 1300 is too much; at 124, in the next minute, used
//	                    1300; ends at 134: charge 800, 500 back
//	r12 179  200    10  used 2000; ends at 189, a minute later: 950 dropped
//
// Rules: R2 R3 R5 R6 R7 R24.
func TestTwelveRequestsByHand(t *testing.T) {
	s := unit.Second
	rows := []trace.Request{
		ask(0, 2000, 100), ask(2*s, 3000, 300), ask(4*s, 2500, 0), ask(5*s, 1000, 0), ask(6*s, 500, 10), ask(13*s, 100, 1),
		ask(60*s, 12000, 0), ask(61*s, 8000, 200), ask(62*s, 500, 0), ask(72*s, 1500, 0), ask(119*s, 300, 100), ask(179*s, 200, 10),
	}
	r := run(t, world(limited(4, 10_000, None), plain(2, 5*s)), rows)
	want(t, "totals", r.Totals, Totals{Offered: 12, Served: 7, Unserved: 5})
	want(t, "unserved by tokens", r.UnservedBy[TokensPerMinute], 4)
	want(t, "unserved by requests", r.UnservedBy[RequestsPerMinute], 1)
	want(t, "refusals", r.Refusals, 12)
	want(t, "throttled attempts", r.Throttled, 12)
	want(t, "retries", r.Retries, 7)
	want(t, "quota tokens", r.Quota, QuotaTokens{Reserved: 22_000, Excess: 500, Settled: 18_600, Credited: 2950, Dropped: 950})
	want(t, "tokens", r.Tokens, Tokens{Input: 15_000, Fresh: 15_000, Output: 720})
	want(t, "requests", capOf(t, r, 0, RequestsPerMinute), Cap{
		Limit: RequestsPerMinute, Value: 4, FirstRefused: 13 * s, Spent: 13 * s, Refused: 2, RefusedDays: 1, PeakUse: 4,
	})
	want(t, "tokens a minute", capOf(t, r, 0, TokensPerMinute), Cap{
		Limit: TokensPerMinute, Value: 10_000, FirstRefused: 4 * s, Spent: 72 * s, Refused: 10, AlsoFull: 2,
		RefusedByReservation: 1, TooLarge: 2, RefusedDays: 1, PeakUse: 10_500,
	})
	median, _ := r.Waits.Quantile(1, 2)
	longest, _ := r.Waits.Quantile(1, 1)
	want(t, "median wait", median, 0)
	want(t, "longest wait", longest, 5*s)
	want(t, "last event", r.Last, 189*s)
}

// What a cut at 15 s leaves of the same calls: r6 waits for its retry, r5 is
// under way with its 1,500 tokens held; neither is served or billed.
func TestTwelveRequestsCut(t *testing.T) {
	s := unit.Second
	rows := []trace.Request{
		ask(0, 2000, 100), ask(2*s, 3000, 300), ask(4*s, 2500, 0), ask(5*s, 1000, 0), ask(6*s, 500, 10), ask(13*s, 100, 1), ask(60*s, 1, 1),
	}
	r := run(t, world(limited(4, 10_000, None), plain(2, 5*s), func(c *Config) { c.Horizon, c.Drain = 15*s, false }), rows)
	// r4 ends at 15 s, which is the cut: it is still under way.
	want(t, "totals", r.Totals, Totals{Offered: 6, Served: 2, Unserved: 1, Queued: 1, InFlight: 2})
	want(t, "quota tokens", r.Quota, QuotaTokens{Reserved: 10_500, Excess: 500, Settled: 7000, Credited: 500, Held: 3500})
	want(t, "retries", r.Retries, 2)
	var billed int64
	for _, u := range r.Usage {
		billed += u.Quantity
	}
	want(t, "billed tokens", billed, 2000+100+3000+300)
}
