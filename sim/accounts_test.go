package sim

import (
	"fmt"
	"testing"

	"quotawall/sim/trace"
	"quotawall/sim/unit"
)

func accounts(n int, assign Assign, failover bool) func(*Config) {
	return func(c *Config) {
		c.Accounts = nil
		for i := range n {
			c.Accounts = append(c.Accounts, Account{Name: fmt.Sprint("a", i)})
		}
		c.Assign, c.Failover = assign, failover
	}
}

// servedBy is the number of calls each (account, model) served.
func servedBy(cfg Config, r *Result) []int64 {
	out := make([]int64, len(cfg.Lanes))
	for _, l := range r.Lanes {
		out[int(l.Account)*len(cfg.Models)+int(l.Model)] += l.Served
	}
	return out
}

func wantServed(t testing.TB, what string, cfg Config, r *Result, counts ...int64) {
	t.Helper()
	want(t, what, fmt.Sprint(servedBy(cfg, r)), fmt.Sprint(counts))
}

// Sticky deals sessions out by first appearance, hash by FNV-1a of the id,
// round-robin calls by arrival.
//
// Rules: R1 R33.
func TestAssignment(t *testing.T) {
	rows := merged(in("x", ask(0, 1, 1), ask(3, 1, 1)), in("y", ask(1, 1, 1)), in("z", ask(2, 1, 1), ask(4, 1, 1)))
	cfg := world(accounts(2, Sticky, false))
	wantServed(t, "sticky", cfg, run(t, cfg, rows), 4, 1)
	cfg = world(accounts(2, RoundRobin, false))
	wantServed(t, "round-robin", cfg, run(t, cfg, rows), 3, 2)
	cfg = world(accounts(2, Hashed, false))
	byHash := []int64{0, 0}
	for session, calls := range map[string]int64{"x": 2, "y": 1, "z": 2} {
		byHash[unit.HashString(session)%2] += calls
	}
	wantServed(t, "hash", cfg, run(t, cfg, rows), byHash...)
}

// FNV-1a 64 has published vectors.
func TestHashVectors(t *testing.T) {
	for text, hash := range map[string]uint64{"": 0xcbf29ce484222325, "a": 0xaf63dc4c8601ec8c, "foobar": 0x85944171f73967e8} {
		want(t, text, unit.HashString(text), hash)
	}
}

// Failover asks all accounts before the next model, cyclically from home, each
// answer one refusal, the whole pass one throttled attempt.
func TestFailoverOrder(t *testing.T) {
	cfg := world(twoModels, accounts(3, Sticky, true), limited(1, None, None), func(c *Config) {
		c.Routing.Fallback = []int32{1}
		c.Client.RefusalLatency = 100 * unit.Millisecond
	})
	// Four calls of the session whose home is account 1.
	rows := merged(in("first", ask(0, 1, 1)), in("second", ask(1, 1, 1), ask(2, 1, 1), ask(3, 1, 1), ask(4, 1, 1)))
	r := run(t, cfg, rows)
	// Account 0 has served the first session; 1 and 2 take one each, then
	// the fallback model in the order 1, 2.
	wantServed(t, "by lane", cfg, r, 1, 0, 1, 1, 1, 1)
	// second call: 1; third: 1, 2, 0 -> fallback on 1; fourth: likewise, and on 1, then 2.
	want(t, "refusals", r.Refusals, 1+3+3+1)
	want(t, "throttled attempts", r.Throttled, 0)
	want(t, "degraded", r.Degraded, 2)
	longest, _ := r.Waits.Quantile(1, 1)
	want(t, "longest wait: four refusals known", longest, 400*unit.Millisecond)
}

// Without failover the fallback is asked in the home account only.
func TestFallbackWithoutFailover(t *testing.T) {
	cfg := world(twoModels, accounts(2, Sticky, false), limited(1, None, None), func(c *Config) { c.Routing.Fallback = []int32{1} })
	r := run(t, cfg, in("one", ask(0, 1, 1), ask(1, 1, 1), ask(2, 1, 1)))
	wantServed(t, "by lane", cfg, r, 1, 1, 0, 0)
	want(t, "unserved", r.UnservedBy[RequestsPerMinute], 1)
	want(t, "refusals", r.Refusals, 1+2)
	want(t, "throttled attempts", r.Throttled, 1)
}

// The account with the largest free share of tokens a minute is asked first,
// then of tokens a day, and the first of equals.
func TestMostHeadroom(t *testing.T) {
	cfg := world(accounts(2, MostHeadroom, false), limited(None, 10_000, None))
	cfg.Pools[1].TPM = 20_000
	rows := []trace.Request{ask(0, 1000, 1), ask(1, 1000, 1), ask(2, 1000, 1), ask(3, 1000, 1)}
	// free shares: 1/1 = 1/1 -> a0; 8/10 < 20/20 -> a1; 8/10 < 18/20 -> a1; 8/10 = 16/20 -> a0
	r := run(t, cfg, rows)
	wantServed(t, "by minute", cfg, r, 2, 2)
	cfg = world(accounts(2, MostHeadroom, false), limited(None, None, 10_000))
	cfg.Pools[1].TPD = 20_000
	wantServed(t, "by day", cfg, run(t, cfg, rows), 2, 2)
	cfg = world(accounts(2, MostHeadroom, false))
	crossPool(&cfg, 10_000, SettledTokens, 1, true)
	cfg.Pools[3].TPD = 20_000
	wantServed(t, "by the account's day", cfg, run(t, cfg, rows), 2, 2)
}

// An account that is not ready is passed over, and asked once it is.
func TestReadyDate(t *testing.T) {
	cfg := world(accounts(2, Sticky, false), func(c *Config) { c.Accounts[0].Ready = unit.Hour })
	wantServed(t, "by account", cfg, run(t, cfg, in("one", ask(0, 1, 1), ask(unit.Hour-1, 1, 1), ask(unit.Hour, 1, 1))), 1, 2)
}

// Fallbacks above the wished tier are skipped unless fall_up is set.
func TestFallUp(t *testing.T) {
	for _, up := range []bool{false, true} {
		cfg := world(twoModels, limited(1, None, None), func(c *Config) {
			c.Routing.Fallback, c.Routing.FallUp = []int32{0}, up
		})
		rows := each(in("one", ask(0, 1, 1), ask(1, 1, 1)), func(r *trace.Request) { r.Model = 1 })
		r := run(t, cfg, rows)
		want(t, fmt.Sprintf("fall_up %v: served", up), r.Served == 2, up)
		want(t, "served above is not degraded", r.Degraded, 0)
	}
}

// A prompt too long for its target stays on its own model, one too long for a
// fallback passes it over, one too long for all is never attempted.
func TestTooLong(t *testing.T) {
	cfg := world(twoModels, limited(1, None, None), func(c *Config) {
		c.Models[0].Context, c.Models[1].Context = 1000, 100
		c.Routing.To, c.Routing.Fallback = []int32{1, None}, []int32{0}
	})
	r := run(t, cfg, []trace.Request{ask(0, 100, 1), ask(1, 101, 1), ask(2, 101, 1), ask(3, 1001, 1)})
	wantServed(t, "by model", cfg, r, 1, 1)
	want(t, "too long", r.UnservedBy[TooLong], 1)
	want(t, "refused", r.UnservedBy[RequestsPerMinute], 1)
	want(t, "attempts refused", r.Throttled, 1)
}
