package sim

import (
	"quotawall/sim/cache"
	"quotawall/sim/quota"
	"quotawall/sim/trace"
	"quotawall/sim/unit"
)

// express runs a step that asks for little: an open loop of calls that have one
// candidate each, under fixed windows. Such a request is worked out once, when
// it arrives; an attempt is then a look into the cache and at three counters.
// It counts exactly what the plain path counts, which a property test holds,
// and shares with it the limits, the cache, the ledger and the order of events.
type express struct {
	e      *Engine
	tracks []track // by lane
	prefix bool    // the prompt cache is asked at each attempt
	reads  bool    // cache reads are reserved
	quotas bool    // the client has a retry quota
	delays []unit.Time

	rail     rail
	errands  slots[errand]
	grounded int32 // errand that was taken last and not kept, else None
	cells    []cell
	refused  int64
}

// track is a lane on the express path.
type track struct {
	gates    [3]*gate // rpm, tpm, tpd; nil = none
	limited  bool     // one of them is there
	settles  bool     // tpm or tpd is there
	domain   int32
	burndown int64
	cacheMin int64
	first    unit.Time // first token
	model    *Model
	home     int32
}

// newExpress returns the express path of an engine, or nil where a scenario
// uses what only the plain path knows.
func newExpress(e *Engine) *express {
	cfg := &e.cfg
	if !simpleClients(cfg) || !simpleLanes(cfg) || !simpleQuota(&cfg.Quota) {
		return nil
	}
	x := &express{
		e: e, rail: newRail(), prefix: cfg.Cache.Mode == CachePrefix, reads: cfg.Quota.readsReserved(),
		quotas: cfg.Client.Profile.retryCost(throttled) > 0, grounded: None,
	}
	for i := range cfg.Lanes {
		x.tracks = append(x.tracks, newTrack(e, i))
	}
	for n := range cfg.Client.Attempts {
		if cfg.Client.Profile == Plain {
			x.delays = append(x.delays, cfg.Client.plainDelay(n))
		}
	}
	x.cells = make([]cell, (len(cfg.Periods)+1)*2*len(cfg.Classes)*len(cfg.Lanes))
	return x
}

// simpleClients: nobody waits for an answer but to try again after a time that
// is drawn without looking at anything else.
func simpleClients(cfg *Config) bool {
	c := &cfg.Client
	return !c.Closed && !c.DailyAware && c.RefusalLatency == 0 && c.Profile != Adaptive && c.Attempts <= maxExpressAttempts &&
		cfg.Queue == nil && cfg.Observe == nil
}

const maxExpressAttempts = 1 << 10

// simpleLanes: a request has one lane, whose pool never changes.
func simpleLanes(cfg *Config) bool {
	r := &cfg.Routing
	if len(r.Fallback) > 0 || r.Classifier != nil || r.Cascade != nil || cfg.Endpoint != nil || cfg.Provisioned != nil {
		return false
	}
	if n := len(cfg.Accounts); n > 1 && (cfg.Failover || cfg.Assign == MostHeadroom) {
		return false
	}
	for i := range cfg.Accounts {
		if cfg.Accounts[i].Ready > 0 {
			return false
		}
	}
	for i := range cfg.Lanes {
		if cfg.Lanes[i].Cross != None {
			return false
		}
	}
	for i := range cfg.Pools {
		if p := &cfg.Pools[i]; len(p.Changes) > 0 || p.InputTPM >= 0 || p.OutputTPM >= 0 {
			return false
		}
	}
	c := &cfg.Cache
	return cfg.Faults == Faults{} && c.Loss.Num == 0 && (c.Mode != CachePrefix || c.BlockScope == trace.NoBlocks)
}

// simpleQuota: windows are counters, and a charge stays until the call's end.
func simpleQuota(q *Quota) bool {
	return q.Minute == quota.Fixed && q.Day == quota.Fixed && !q.Current && q.Adjust == 0
}

func newTrack(e *Engine, lane int) track {
	l, m := &e.cfg.Lanes[lane], &e.cfg.Models[lane%len(e.cfg.Models)]
	t := track{domain: l.Domain, burndown: m.Burndown, cacheMin: m.CacheMin, first: m.FirstToken, model: m, home: int32(lane / len(e.cfg.Models))}
	if l.Pool == None {
		return t
	}
	copy(t.gates[:], e.pools[l.Pool].limits[:])
	t.settles = t.gates[tpm] != nil || t.gates[tpd] != nil
	t.limited = t.settles || t.gates[rpm] != nil
	return t
}

// feed is Engine.Feed.
func (x *express) feed(requests []trace.Request) {
	for i := range requests {
		q := &requests[i]
		if q.At >= x.e.horizon {
			return
		}
		x.runUntil(q.At)
		x.e.clock(q.At, 0)
		x.arrive(q)
	}
}

// runUntil handles the events up to and including a time: of one instant, all
// come before an arrival.
func (x *express) runUntil(by unit.Time) {
	e := x.e
	for {
		i := x.rail.pop(by)
		if i == 0 {
			return
		}
		s := &x.rail.stops[i]
		e.clock(s.at, s.order)
		if kind(s.order>>kindShift) == completion {
			x.land(s)
			x.rail.give(i)
			continue
		}
		ref := s.ref
		x.rail.give(i)
		e.ledger.retries++
		x.attempt(x.errands.at(ref), ref)
	}
}

// finish handles the events before a time.
func (x *express) finish(before unit.Time) {
	if before != unit.Never {
		before--
	}
	x.runUntil(before)
}

// land settles an admitted call.
func (x *express) land(s *stop) {
	e, t := x.e, &x.tracks[s.ref]
	if g := t.gates[tpm]; g != nil {
		e.ledger.quota.settleFixed(g, e.now, s.minute, s.charge, s.final)
	}
	if g := t.gates[tpd]; g != nil {
		e.ledger.dayQuota.settleFixed(g, e.now, s.day, s.charge, s.final)
	}
}

// settleFixed is settle for a fixed window.
func (q *QuotaTokens) settleFixed(g *gate, now unit.Time, t quota.Ticket, charge, final int64) {
	credited, dropped := g.fixed().Settle(now, t, charge, final)
	q.Credited += credited
	q.Dropped += dropped
	q.Settled += final
	q.Excess += max(0, final-charge)
}

// fixed is the limit of a gate that is known to have fixed windows.
func (g *gate) fixed() *quota.FixedLimit { return (*quota.FixedLimit)(&g.Limit) }

// take is a free errand and its number; until it is kept it is given again.
func (x *express) take() (*errand, int32) {
	if x.grounded == None {
		x.grounded = x.errands.take()
	}
	return x.errands.at(x.grounded), x.grounded
}

// keep leaves an errand with the event that will go on with it.
func (x *express) keep(ref int32) {
	if ref == x.grounded {
		x.grounded = None
	}
}

// letGo frees an errand.
func (x *express) letGo(ref int32) {
	if ref != x.grounded {
		x.errands.give(ref)
	}
}

// remember stores what an admitted call puts into the cache.
func (x *express) remember(r *errand, t *track) {
	now := x.e.now
	u := cache.Use{Now: now, TTL: x.e.ttl(r.class), Readable: now}
	switch x.e.cfg.Cache.Readable {
	case FromFirstByte:
		u.Readable += min(t.first, r.duration)
	case FromCompletion:
		u.Readable += r.duration
	}
	x.e.cache.Keep(u, r.key, r.input)
}

// cut counts what a run that was not drained leaves undone.
func (x *express) cut() {
	x.rail.each(func(s *stop) {
		if kind(s.order>>kindShift) == retry {
			r := x.errands.at(s.ref)
			x.e.ledger.queued(r.class, x.tracks[r.lane].home)
		}
	})
}
