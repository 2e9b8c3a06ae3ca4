package sim

import (
	"cmp"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"quotawall/sim/quota"
	"quotawall/sim/trace"
	"quotawall/sim/unit"
)

// The express path counts exactly what the plain path counts, in random
// scenarios of which most have nothing that the express path leaves to the
// plain one, and the others one such thing or a few.
func TestExpressIsExact(t *testing.T) {
	var taken, refused, retried, tries, days, held, hosted, turnedAway, scaled, tooLong int
	check := func(rt rapid.TB, seed uint64) {
		d := roll(seed)
		cfg := d.expressScenario()
		if own := roll(^seed); cfg.Endpoint != nil && own.yes() {
			cfg.Models[cfg.Endpoint.Model].Context = 1000 + own.Int64N(20_000)
		}
		got, express := bothWays(rt, cfg, d.busy(&cfg), seed)
		tries++
		if express {
			taken++
			refused, retried = refused+min(1, int(got.Refusals)), retried+min(1, int(got.Retries))
			held += min(1, int(got.Quota.Held))
			if p := got.Endpoint; p != nil {
				hosted, turnedAway, scaled = hosted+min(1, int(p.Served)), turnedAway+min(1, int(p.Refused)), scaled+min(1, int(p.Starts))
				tooLong += min(1, int(p.TooLong))
			}
			for _, c := range got.Caps {
				days += min(1, int(c.RefusedDays/2))
			}
		}
	}
	check(t, 475530389) // a prompt fits by the rounding of its tokens only
	rapid.Check(t, func(rt *rapid.T) {
		first := rapid.Uint64().Draw(rt, "first scenario")
		for i := range uint64(20) {
			check(rt, first+i)
		}
	})
	if testing.Short() {
		return // too few scenarios to tell
	}
	if taken < tries/2 || refused < taken/2 || retried < taken/3 || days == 0 || held == 0 {
		t.Errorf("of %d scenarios %d took the express path: %d with refusals, %d with retries, %d limits refused on two days, %d cut with calls in flight",
			tries, taken, refused, retried, days, held)
	}
	if hosted < taken/8 || turnedAway < taken/20 || scaled < taken/20 || tooLong < taken/50 {
		t.Errorf("of %d scenarios on the express path the endpoint served in %d, refused in %d, was scaled in %d, had too long prompts in %d",
			taken, hosted, turnedAway, scaled, tooLong)
	}
}

// bothWays runs rows on the express path, if the scenario takes it, and on the
// plain one, which give the same.
func bothWays(tb rapid.TB, cfg Config, rows []trace.Request, seed uint64) (r *Result, express bool) {
	e, plain := New(cfg), New(cfg)
	plain.express = nil
	got, want := runAll(tb, e, rows), runAll(tb, plain, rows)
	sortWaits(got)
	sortWaits(want)
	if !reflect.DeepEqual(got, want) {
		tb.Fatalf("scenario %d: the express path gives\n%s\nthe plain one\n%s", seed, everything(tb, got), everything(tb, want))
	}
	return got, e.express != nil
}

// Calls shorter than a span, which end while it is open and before others that
// began earlier: their tokens come back in time to be used again, and the run
// keeps no more errands and ends than are under way at once.
func TestShortCallsComeBackInTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.Uint64().Draw(t, "seed")
		d := roll(seed)
		cfg := world(limited(None, 15_000+d.Int64N(10_000), None), func(cfg *Config) { // 15 to 25 calls of 1,000 at once
			cfg.Client.Profile, cfg.Client.Attempts, cfg.Client.Base, cfg.Client.Cap = Plain, 3, 20*unit.Millisecond, unit.Second
			cfg.LoggedDurations = true
		})
		var rows []trace.Request
		at := unit.Time(0)
		for range 2000 {
			at += d.upTo(20 * unit.Millisecond)
			r := ask(at, 1, d.Int64N(5))
			r.Duration = d.upTo(one[unit.Time](d, 100, 200, 800) * unit.Millisecond)
			rows = append(rows, r)
		}
		if r, express := bothWays(t, cfg, rows, seed); !express || r.Refusals == 0 {
			t.Fatalf("express %v, %d refusals", express, r.Refusals)
		}
		e := New(cfg)
		runAll(t, e, rows)
		if errands, ends := len(e.express.errands), len(e.express.ends.all); errands > 150 || ends > 150 {
			t.Fatalf("%d errands and %d ends are kept", errands, ends)
		}
	})
}

// A call that ends in the last microsecond before the horizon is served, one that
// ends later is left running; both ways say so.
func TestCutIsExact(t *testing.T) {
	for past, served := range [...]int64{1, 0} {
		cfg := world(func(cfg *Config) { cfg.Horizon, cfg.Drain, cfg.LoggedDurations = unit.Hour, false, true })
		r := ask(unit.Minute, 1, 1)
		r.Duration = cfg.Horizon - 1 - r.At + unit.Time(past)
		got, express := bothWays(t, cfg, []trace.Request{r}, 0)
		if !express || got.Served != served || got.InFlight != 1-served {
			t.Errorf("%d past the cut: express %v, %d served, %d in flight", past, express, got.Served, got.InFlight)
		}
	}
}

// A call with an empty prompt leaves what its session has cached as it is, also
// where no prompt is too short for the cache.
func TestEmptyPromptIsExact(t *testing.T) {
	s := unit.Second
	cfg := world(prefixed(0))
	got, express := bothWays(t, cfg, in("one", ask(0, 5000, 1), ask(10*s, 0, 1), ask(20*s, 6000, 1)), 0)
	if !express || got.Tokens.Read != 5000 || got.Tokens.Write != 6000 {
		t.Errorf("express %v, %d read, %d written; want 5,000 and 6,000", express, got.Tokens.Read, got.Tokens.Write)
	}
}

// Whether a prompt fits the endpoint's context is decided on its scaled tokens,
// rounded down: 2,335 x 3/7 is 1,000.7.
func TestEndpointContextIsExact(t *testing.T) {
	cfg := servers(1)
	cfg.Models[0].Context, cfg.Models[0].TokensFrom = 1000, []Scale{{3, 7}}
	var rows []trace.Request
	for i := range 20 {
		rows = append(rows, ask(unit.Time(i)*unit.Second, 2325+int64(i), 1))
	}
	got, express := bothWays(t, cfg, rows, 0)
	if !express || got.Served != 11 || got.Endpoint.TooLong != 9 {
		t.Errorf("express %v, %d served, %d too long; want 11 and 9", express, got.Served, got.Endpoint.TooLong)
	}
}

// rarely is true often enough that each thing it decides is met in a test.
func (d dice) rarely() bool { return d.IntN(60) == 0 }

// expressScenario is a random scenario from which nearly everything was taken
// that needs the plain path; each of these stays now and then.
func (d dice) expressScenario() Config {
	cfg := d.scenario()
	keep := d.scenario() // what stays of these levers is random, too
	q, c, r := &cfg.Quota, &cfg.Client, &cfg.Routing
	for _, drop := range []func(){
		func() { cfg.Provisioned = nil }, func() { cfg.Queue = nil }, func() { cfg.Faults = Faults{} },
		func() { c.Closed = false }, func() { c.DailyAware = false }, func() { c.RefusalLatency = 0 },
		func() { c.Profile = one(d, NoRetry, Plain, Plain, GoV2, AWS2026, BotocoreLegacy, BotocoreStandard) },
		func() { r.Fallback = nil }, func() { r.Classifier = nil }, func() { r.Cascade = nil },
		func() { cfg.Failover = false }, func() { cfg.Assign = one(d, Sticky, Hashed, RoundRobin) },
		func() { q.Minute = quota.Fixed }, func() { q.Day = quota.Fixed }, func() { q.Current = false }, func() { q.Adjust = 0 },
		func() { cfg.Cache.Loss = unit.Ratio{} }, func() { cfg.Cache.BlockScope = trace.NoBlocks },
		func() {
			for i := range cfg.Accounts {
				cfg.Accounts[i].Ready = 0
			}
		},
		func() {
			for i := range cfg.Lanes {
				cfg.Lanes[i].Cross = None
			}
		},
		func() {
			for i := range cfg.Pools {
				p := &cfg.Pools[i]
				p.Changes, p.InputTPM, p.OutputTPM = nil, None, None
			}
		},
	} {
		if !d.rarely() {
			drop()
		}
	}
	if d.rarely() {
		q.Adjust = unit.Second + d.upTo(20*unit.Second)
	}
	if len(keep.Models) == len(cfg.Models) && len(keep.Classes) == len(cfg.Classes) && r.Mix == nil {
		r.To, r.ClassTo = keep.Routing.To, keep.Routing.ClassTo
	}
	if d.yes() {
		cfg.Horizon = unit.Hour + d.upTo(4*unit.Day)
	}
	if cfg.Drain && d.yes() {
		cfg.Horizon = unit.Never
	}
	if d.seldom() {
		cfg.Periods = []unit.Time{d.upTo(unit.Hour), unit.Hour + d.upTo(unit.Day)}
	}
	return cfg
}

// busy is traffic in bursts, some of them days apart, so that limits fill, calls
// end in other windows than they began in, and cached prompts expire.
func (d dice) busy(cfg *Config) []trace.Request {
	within := *cfg
	within.Horizon = one(d, 2*unit.Minute, 20*unit.Minute, 3*unit.Hour)
	rows := d.traffic(&within)
	for range d.IntN(4) {
		at := one(d, 0, d.upTo(unit.Hour), d.upTo(3*unit.Day))
		for _, r := range d.traffic(&within) {
			r.At += at
			rows = append(rows, r)
		}
	}
	slices.SortStableFunc(rows, func(a, b trace.Request) int { return cmp.Compare(a.At, b.At) })
	if d.yes() {
		coarse(cfg, rows)
		slices.SortStableFunc(rows, func(a, b trace.Request) int { return cmp.Compare(a.At, b.At) })
	}
	return rows
}

// runAll runs rows on an engine in blocks, in the loop that its clients ask for.
func runAll(tb rapid.TB, e *Engine, rows []trace.Request) *Result {
	tape, err := trace.Record(&rowsReader{rows: rows})
	if err != nil {
		tb.Fatal(err)
	}
	models := []int32{0, int32(1 % len(e.cfg.Models)), int32(2 % len(e.cfg.Models))}
	classes := []int32{0, int32(1 % len(e.cfg.Classes)), int32(2 % len(e.cfg.Classes))}
	e.Bind(models, classes)
	if e.cfg.Client.Closed {
		e.Load(tape)
	}
	for rows := range tape.Blocks() {
		for part := range slices.Chunk(rows, 7) {
			e.Feed(part)
		}
	}
	r, err := e.Finish(rows[len(rows)-1].At + 1)
	if err != nil {
		tb.Fatal(err)
	}
	return r
}
