package sim

import (
	"testing"

	"quotawall/sim/quota"
	"quotawall/sim/trace"
	"quotawall/sim/unit"
)

// Longest waits before each retry by the SDKs' sources (facts 4.2), in
// milliseconds; the Go profiles are held to the real SDK elsewhere. botocore's
// legacy mode has no cap.
//
// Rules: R26.
func TestLongestDelays(t *testing.T) {
	for profile, tops := range map[Profile][]unit.Time{
		GoV2:             {2000, 4000, 8000, 16000, 20000, 20000},
		AWS2026:          {1000, 2000, 4000, 8000, 16000, 20000},
		BotocoreLegacy:   {1000, 2000, 4000, 8000, 16000, 32000},
		BotocoreStandard: {1000, 2000, 4000, 8000, 16000, 20000},
		Adaptive:         {2000, 4000, 8000, 16000, 20000, 20000},
	} {
		c, random := Client{Profile: profile}, unit.Stream(1, "delays")
		for n, top := range tops {
			longest, sum := unit.Time(0), unit.Time(0)
			for range 20_000 {
				d := c.backoff(n, throttled, random)
				longest, sum = max(longest, d), sum+d
			}
			top *= unit.Millisecond
			if longest > top || longest < top*999/1000 {
				t.Errorf("profile %d, retry %d: longest %s, bound %s", profile, n+1, longest, top)
			}
			if mean := sum / 20_000; longest != 20*unit.Second && (mean < top*49/100 || mean > top*51/100) {
				t.Errorf("profile %d, retry %d: mean %s of a uniform draw up to %s", profile, n+1, mean, top)
			}
		}
	}
}

// Attempts of each profile when nothing is ever admitted; daily refusals are
// retried like any other, for clients cannot tell them apart.
//
// Rules: R26.
func TestDefaultAttempts(t *testing.T) {
	for profile, attempts := range map[Profile]int64{NoRetry: 1, GoV2: 3, AWS2026: 3, BotocoreLegacy: 5, BotocoreStandard: 3, Adaptive: 3} {
		r := run(t, world(limited(None, None, 0), func(c *Config) { c.Client.Profile = profile }), []trace.Request{ask(0, 1, 1)})
		want(t, "attempts", r.Throttled, attempts)
		want(t, "retries", r.Retries, attempts-1)
		want(t, "unserved", r.UnservedBy[TokensPerDay], 1)
	}
}

// Plain delays are exact: base x factor^n up to the cap.
func TestPlainDelays(t *testing.T) {
	c := Client{Profile: Plain, Base: unit.Second, Factor: Scale{3, 2}, Cap: 4 * unit.Second}
	for n, d := range []unit.Time{1_000_000, 1_500_000, 2_250_000, 3_375_000, 4_000_000, 4_000_000} {
		want(t, "delay", c.backoff(n, throttled, nil), d)
	}
}

// A next attempt that would start after the patience, counted from the arrival,
// is not made; one exactly at its end is. The refusal's latency counts.
func TestPatience(t *testing.T) {
	// Attempts at 0, 1 + 9 = 10 and 10 + 1 + 18 = 29 s.
	for patience, attempts := range map[unit.Time]int64{10*unit.Second - 1: 1, 10 * unit.Second: 2, 29*unit.Second - 1: 2, 29 * unit.Second: 3} {
		cfg := world(limited(0, None, None), plain(5, 9*unit.Second), func(c *Config) {
			c.Client.Patience, c.Client.RefusalLatency, c.Client.Cap = patience, unit.Second, unit.Minute
		})
		r := run(t, cfg, []trace.Request{ask(0, 1, 1)})
		want(t, "attempts within "+patience.String(), r.Throttled, attempts)
	}
}

// A class may be less patient than the client.
func TestPatienceOfClass(t *testing.T) {
	cfg := world(limited(0, None, None), plain(5, unit.Second), func(c *Config) { c.Classes[0].Patience = unit.Second })
	want(t, "attempts", run(t, cfg, []trace.Request{ask(0, 1, 1)}).Throttled, 2)
}

// A daily-aware client waits for the next day instead of burning attempts, as
// far as its patience reaches.
//
// Rules: R26.
func TestDailyAware(t *testing.T) {
	rows := []trace.Request{ask(0, 1000, 0), ask(23*unit.Hour, 1000, 0)}
	for _, x := range []struct {
		patience unit.Time
		served   int64
	}{{2 * unit.Hour, 2}, {30 * unit.Minute, 1}} {
		cfg := world(limited(None, None, 1000), plain(3, unit.Second), func(c *Config) {
			c.Max, c.Client.DailyAware, c.Client.Patience = 0, true, x.patience
		})
		r := run(t, cfg, rows)
		want(t, "served with patience "+x.patience.String(), r.Served, x.served)
		want(t, "attempts refused", r.Throttled, 1)
	}
}

// Each client instance has a retry quota of its own.
//
// Rules: R27.
func TestRetryQuotaPerInstance(t *testing.T) {
	var rows []trace.Request
	for i := range 300 {
		rows = append(rows, ask(unit.Time(i)*unit.Minute, 1, 1))
	}
	for instances, retries := range map[int]int64{1: 100, 2: 200} {
		cfg := world(limited(0, None, None), func(c *Config) { c.Client.Profile, c.Client.Instances = GoV2, instances })
		want(t, "retries", run(t, cfg, rows).Retries, retries)
	}
}

// A right-sized max_tokens replaces a larger or an unset one; what is longer is cut.
func TestRightSizedMax(t *testing.T) {
	cfg := world(limited(None, 100_000, None), func(c *Config) { c.Max, c.Classes[0].Max = trace.MaxUnset, 200 })
	r := run(t, cfg, []trace.Request{ask(0, 100, 150), ask(1, 100, 300)})
	want(t, "reserved", r.Quota.Reserved, 2*(100+200))
	want(t, "truncated", r.Truncated, 1)
	want(t, "output", r.Tokens.Output, 150+200)
	want(t, "tokens served, uncut", r.ServedTokens, 200+450)
}

// max_tokens above the model's maximum is capped to it and counted.
//
// Rules: R4.
func TestCappedMax(t *testing.T) {
	r := run(t, world(limited(None, 1_000_000, None), func(c *Config) { c.Max = 100_000 }), []trace.Request{ask(0, 100, 1)})
	want(t, "reserved", r.Quota.Reserved, 100+64_000)
	want(t, "rows capped", r.CappedMax, 1)
	want(t, "rows assumed", r.MaxAssumed, 1)
}

// The times of exhaustion: refused while reservations are open, by the call's
// own reservation, and spent for good.
func TestTimesOfExhaustion(t *testing.T) {
	s := unit.Second
	cfg := world(limited(None, 5000, None), func(c *Config) { c.Max = 2000 })
	// Two calls of 2,500 fill the minute at 0 s; both end at 10 s at 500 each.
	// 1 s: 2,500 more do not fit, but would had the two been at their final
	// 1,000: by reservation. 11 s: a call of 1,500 + 2,000 at 1,000 fits.
	// At 30 s 500 + 500 + 1,500 are settled and a final 2,600 is too much: spent.
	r := run(t, cfg, []trace.Request{
		ask(0, 500, 0), ask(0, 500, 0), ask(1*s, 500, 0), ask(11*s, 1500, 0), ask(30*s, 2600, 0),
	})
	c := capOf(t, r, 0, TokensPerMinute)
	want(t, "first refused", c.FirstRefused, 1*s)
	want(t, "by reservation", c.FirstByReservation, true)
	want(t, "of all", c.RefusedByReservation, 1)
	want(t, "spent", c.Spent, 30*s)
	want(t, "refused", c.Refused, 2)
}

// A bucket without its open reservations is at most full: what was refilled
// meanwhile does not count twice.
func TestBucketIsAtMostFull(t *testing.T) {
	s := unit.Second
	cfg := world(limited(None, 6000, None), shapes(quota.Bucket, quota.Fixed), func(c *Config) {
		c.Max, c.Models[0].FirstToken = 0, unit.Hour
	})
	// 6,000 at 0 s leave nothing; by 30 s half is back and 3,000 more are taken.
	// Without both reservations the bucket would be full, not at 9,000 above it:
	// a call of 6,001 never fits, one of 6,000 would.
	r := run(t, cfg, []trace.Request{ask(0, 6000, 0), ask(30*s, 3000, 0), ask(31*s, 6000, 0), ask(31*s, 6001, 0)})
	c := capOf(t, r, 0, TokensPerMinute)
	want(t, "refused", c.Refused, 2)
	want(t, "larger than the limit", c.TooLarge, 1)
	want(t, "spent", c.Spent, None)
}
