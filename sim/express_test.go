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
	var taken, refused, retried, tries, days, held, hosted, turnedAway, scaled int
	check := func(rt rapid.TB, seed uint64) {
		d := roll(seed)
		cfg := d.expressScenario()
		rows := d.busy(&cfg)
		e := New(cfg)
		tries++
		if e.express != nil {
			taken++
		}
		got := runAll(rt, e, rows)
		plain := New(cfg)
		plain.express = nil
		want := runAll(rt, plain, rows)
		sortWaits(got)
		sortWaits(want)
		if !reflect.DeepEqual(got, want) {
			rt.Fatalf("scenario %d: the express path gives\n%s\nthe plain one\n%s", seed, everything(t, got), everything(t, want))
		}
		if e.express != nil {
			refused, retried = refused+min(1, int(got.Refusals)), retried+min(1, int(got.Retries))
			held += min(1, int(got.Quota.Held))
			if p := got.Endpoint; p != nil {
				hosted, turnedAway, scaled = hosted+min(1, int(p.Served)), turnedAway+min(1, int(p.Refused)), scaled+min(1, int(p.Starts))
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
	if taken < tries/2 || refused < taken/2 || retried < taken/3 || days == 0 || held == 0 {
		t.Errorf("of %d scenarios %d took the express path: %d with refusals, %d with retries, %d limits refused on two days, %d cut with calls in flight",
			tries, taken, refused, retried, days, held)
	}
	if hosted < taken/8 || turnedAway < taken/20 || scaled < taken/20 {
		t.Errorf("of %d scenarios on the express path the endpoint served in %d, refused in %d, was scaled in %d", taken, hosted, turnedAway, scaled)
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
	tape, err := trace.Record(&rowsReader{rows: rows}, func(*trace.Request) bool { return true })
	if err != nil {
		tb.Fatal(err)
	}
	models := []int32{0, int32(1 % len(e.cfg.Models)), int32(2 % len(e.cfg.Models))}
	classes := []int32{0, int32(1 % len(e.cfg.Classes)), int32(2 % len(e.cfg.Classes))}
	e.Bind(models, classes)
	if e.cfg.Client.Closed {
		e.Play(tape)
	} else {
		for rest := tape.Rows; len(rest) > 0; rest = rest[min(7, len(rest)):] {
			e.Feed(rest[:min(7, len(rest))])
		}
	}
	r, err := e.Finish(rows[len(rows)-1].At + 1)
	if err != nil {
		tb.Fatal(err)
	}
	return r
}
