package sim

import (
	"fmt"
	"testing"

	"quotawall/sim/trace"
	"quotawall/sim/unit"
)

func prefixed(minimum int64) func(*Config) {
	return func(c *Config) {
		c.Cache.Mode, c.Models[0].CacheMin = CachePrefix, minimum
		c.Models[0].FirstToken, c.Models[0].PerToken = 2*unit.Second, 10*unit.Millisecond
	}
}

// A second call of the same prompt reads it from the first byte of the call
// that wrote it, or from its admission or its end, by setting (A18); before
// that it writes it once more.
//
// Rules: R21.
func TestReadableFrom(t *testing.T) {
	s := unit.Second
	// 100 tokens out: first byte at 2 s, end at 3 s.
	for _, x := range []struct {
		readable Readable
		at       unit.Time
		read     int64
	}{
		{FromFirstByte, 2*s - 1, 0}, {FromFirstByte, 2 * s, 5000}, {FromAdmission, 0, 5000},
		{FromCompletion, 3*s - 1, 0}, {FromCompletion, 3 * s, 5000},
	} {
		cfg := world(prefixed(1024), func(c *Config) { c.Cache.Readable = x.readable })
		r := run(t, cfg, in("one", ask(0, 5000, 100), ask(x.at, 5000, 100)))
		want(t, fmt.Sprintf("setting %d, second call at %s: read", x.readable, x.at), r.Tokens.Read, x.read)
		want(t, "written", r.Tokens.Write, 10_000-x.read)
	}
}

// A first byte comes no later than the end: a logged duration shorter than the
// model's first token bounds it.
func TestFirstByteOfShortCall(t *testing.T) {
	cfg := world(prefixed(0), func(c *Config) { c.LoggedDurations = true })
	rows := each(in("one", ask(0, 5000, 100), ask(unit.Second, 5000, 100)), func(r *trace.Request) { r.Duration = unit.Second })
	want(t, "read", run(t, cfg, rows).Tokens.Read, 5000)
}

// Entries live for their TTL, to its last microsecond, from the start of their
// last use; a class may have its own.
//
// Rules: R21.
func TestTTL(t *testing.T) {
	ttl := 5 * unit.Minute
	for at, read := range map[unit.Time]int64{ttl: 5000, ttl + 1: 0} {
		r := run(t, world(prefixed(0)), in("one", ask(0, 5000, 1), ask(at, 5000, 1)))
		want(t, fmt.Sprintf("after %s: read", at), r.Tokens.Read, read)
	}
	renewed := in("one", ask(0, 5000, 1), ask(ttl, 5000, 1), ask(2*ttl, 5000, 1))
	want(t, "renewed by a hit", run(t, world(prefixed(0)), renewed).Tokens.Read, 10_000)
	hour := world(prefixed(0), func(c *Config) { c.Classes[0].TTL = unit.Hour })
	r := run(t, hour, in("one", ask(0, 5000, 1), ask(unit.Hour, 5000, 1)))
	want(t, "an hour's entry", r.Tokens.Read, 5000)
	for _, u := range r.Usage {
		if u.Kind == unit.CacheWrite1h {
			want(t, "billed as an hour's write", u.Quantity, 5000)
		}
	}
}

// A refused call leaves the cache as it is, and every account and model has its own.
//
// Rules: R22 R33.
func TestCacheIsChangedByAdmissionOnly(t *testing.T) {
	cfg := world(prefixed(0), limited(None, 5500, None), func(c *Config) { c.Max = 600 })
	// 5,600 do not fit; the call a minute later finds no entry and does not fit either.
	r := run(t, cfg, in("one", ask(0, 5000, 1), ask(unit.Minute, 5000, 1)))
	want(t, "unserved", r.Unserved, 2)
	two := world(prefixed(0), accounts(2, RoundRobin, false))
	r = run(t, two, in("one", ask(0, 5000, 1), ask(unit.Minute, 5000, 1), ask(2*unit.Minute, 5000, 1)))
	want(t, "read where the third finds the first's", r.Tokens.Read, 5000)
}

// What a session shares with its last prompt is read, if it reaches the minimum.
func TestSharedTokens(t *testing.T) {
	for shared, read := range map[int64]int64{trace.Unknown: 5000, 3000: 3000, 1023: 0, 9000: 5000} {
		rows := in("one", ask(0, 5000, 1), ask(unit.Minute, 6000, 1))
		rows[1].Shared = shared
		r := run(t, world(prefixed(1024)), rows)
		want(t, fmt.Sprintf("shared %d: read", shared), r.Tokens.Read, read)
	}
	r := run(t, world(prefixed(1024)), in("one", ask(0, 1023, 1), ask(unit.Minute, 1023, 1)))
	want(t, "below the minimum: cached", r.Tokens.Read+r.Tokens.Write, 0)
}

// Shares are rounded down, read first.
func TestCacheRate(t *testing.T) {
	cfg := world(func(c *Config) {
		c.Cache.Mode, c.Cache.ReadShare, c.Cache.WriteShare = CacheRate, unit.Ratio{Num: 1, Den: 3}, unit.Ratio{Num: 1, Den: 4}
	})
	want(t, "tokens", run(t, cfg, []trace.Request{ask(0, 101, 0)}).Tokens, Tokens{Input: 101, Read: 33, Write: 25, Fresh: 43})
}

// A lost hit of a cross-Region scope is written instead; in-Region scopes lose none.
//
// Rules: R22.
func TestLostHits(t *testing.T) {
	var rows []trace.Request
	for i := range 2001 {
		rows = append(rows, ask(unit.Time(i)*unit.Minute, 1000, 0))
	}
	rows = in("one", rows...)
	for scope, hits := range map[string][2]int64{"geo": {1350, 1450}, "on-demand": {2000, 2000}} {
		cfg := world(prefixed(0), func(c *Config) {
			c.Models[0].Scope, c.Cache.Loss = scope, unit.Ratio{Num: 3, Den: 10}
		})
		r := run(t, cfg, rows)
		if n := r.Tokens.Read / 1000; n < hits[0] || n > hits[1] {
			t.Errorf("%s: %d hits of 2,000 at a loss of 30 %%", scope, n)
		}
		want(t, "the rest is written", r.Tokens.Read+r.Tokens.Write, r.Tokens.Input)
	}
}

// With blocks, a checkpoint at the end and no look-back finds only the prompt itself.
//
// Rules: R23.
func TestCheckpointsInTheEngine(t *testing.T) {
	grown := func(at unit.Time, n int) trace.Request {
		r := ask(at, int64(64*n), 1)
		for i := range n {
			r.Blocks = append(r.Blocks, uint64(i+1))
		}
		return r
	}
	for lookback, read := range map[int]int64{0: 0, 20: 30 * 64} {
		cfg := world(prefixed(0), func(c *Config) {
			c.Cache.BlockTokens, c.Cache.BlockScope = 64, trace.SessionScope
			c.Cache.Checkpoints, c.Cache.Lookback = 1, lookback
		})
		r := run(t, cfg, in("one", grown(0, 30), grown(unit.Minute, 40)))
		want(t, fmt.Sprintf("look-back of %d: read", lookback), r.Tokens.Read, read)
	}
}
