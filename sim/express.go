package sim

import (
	"quotawall/sim/quota"
	"quotawall/sim/trace"
	"quotawall/sim/unit"
)

// express runs a step that asks for little: an open loop of calls that have one
// candidate each, under fixed windows. Such a request is worked out once, when
// it arrives; an attempt is then a look into the cache and at three counters.
// It counts exactly what the plain path counts, which a property test holds,
// and shares with it the limits, the cache and the ledger.
type express struct {
	e      *Engine
	tracks []track // by lane
	roads  []road  // by requested model and model asked
	rail   rail

	prefix bool    // the prompt cache is asked at each attempt
	reads  int64   // -1 where cache reads are reserved, else 0
	cost   int64   // of a retry in the client's retry quota; 0 = it has none
	quotas []int64 // retry quotas, by sender
	delays []unit.Time

	errands  []errand // 0 is none
	free     []int32  // errands
	counters counters
}

// track is a lane on the express path.
type track struct {
	turn          unit.Time // the first of its windows ends then
	rpm, tpm, tpd *quota.FixedLimit
	// minute and day count what becomes of the tokens of tpm and tpd; where these
	// are endless, for nobody.
	minute, day *QuotaTokens
	burndown    int64
	cacheMin    int64
	ready       unit.Time // FromFirstByte: first token
	gates       [3]*gate  // the limits that exist, else nil
	home        int32
	domain      int32
	limited     bool // there is a limit
	settles     bool // tpm or tpd is one
}

// newExpress returns the express path of an engine, or nil where a scenario
// uses what only the plain path knows.
func newExpress(e *Engine) *express {
	cfg := &e.cfg
	if !simpleClients(cfg) || !simpleLanes(cfg) || !simplePools(cfg) {
		return nil
	}
	x := &express{
		e: e, roads: newRoads(cfg), rail: newRail(), prefix: cfg.Cache.Mode == CachePrefix,
		cost: cfg.Client.Profile.retryCost(throttled), errands: make([]errand, 1, 64), counters: newCounters(cfg),
	}
	if cfg.Quota.readsReserved() {
		x.reads = -1
	}
	for i := range cfg.Lanes {
		x.tracks = append(x.tracks, newTrack(e, i))
	}
	for i := range e.senders {
		x.quotas = append(x.quotas, e.senders[i].quota)
	}
	for n := range cfg.Client.Attempts {
		if cfg.Client.Profile == Plain {
			x.delays = append(x.delays, cfg.Client.plainDelay(n))
		}
	}
	return x
}

// simpleClients: nobody waits for an answer but to try again after a time that
// is drawn without looking at anything else.
func simpleClients(cfg *Config) bool {
	c := &cfg.Client
	return !c.Closed && !c.DailyAware && c.RefusalLatency == 0 && c.Profile != Adaptive && c.Attempts <= maxExpressAttempts &&
		cfg.Queue == nil && cfg.Observe == nil
}

// maxExpressAttempts bounds the table of plain delays.
const maxExpressAttempts = 1 << 10

// simpleLanes: a request has one lane, which never fails inside its quota.
func simpleLanes(cfg *Config) bool {
	if r := &cfg.Routing; len(r.Fallback) > 0 || r.Classifier != nil || r.Cascade != nil {
		return false
	}
	if cfg.Endpoint != nil || cfg.Provisioned != nil || cfg.Faults != (Faults{}) {
		return false
	}
	if len(cfg.Accounts) > 1 && (cfg.Failover || cfg.Assign == MostHeadroom) {
		return false
	}
	for i := range cfg.Accounts {
		if cfg.Accounts[i].Ready > 0 {
			return false
		}
	}
	c := &cfg.Cache
	return c.Loss.Num == 0 && (c.Mode != CachePrefix || c.BlockScope == trace.NoBlocks)
}

// simplePools: limits are those of one model, never change and count in fixed
// windows, and a charge stays until the call's end.
func simplePools(cfg *Config) bool {
	if q := &cfg.Quota; q.Minute != quota.Fixed || q.Day != quota.Fixed || q.Current || q.Adjust != 0 {
		return false
	}
	for i := range cfg.Lanes {
		if cfg.Lanes[i].Cross != None {
			return false
		}
	}
	for i := range cfg.Pools {
		if p := &cfg.Pools[i]; len(p.Changes) > 0 || p.DayWith > 0 || p.InputTPM >= 0 || p.OutputTPM >= 0 {
			return false
		}
	}
	return true
}

func newTrack(e *Engine, lane int) track {
	l, m := &e.cfg.Lanes[lane], &e.cfg.Models[lane%len(e.cfg.Models)]
	t := track{
		domain: l.Domain, cacheMin: m.CacheMin, burndown: m.Burndown, ready: m.FirstToken, home: int32(lane / len(e.cfg.Models)),
		rpm: quota.Endless(), tpm: quota.Endless(), tpd: quota.Endless(), minute: &QuotaTokens{}, day: &QuotaTokens{},
	}
	if l.Pool == None {
		return t
	}
	copy(t.gates[:], e.pools[l.Pool].limits[:])
	if g := t.gates[rpm]; g != nil {
		t.rpm = g.Fixed()
	}
	if g := t.gates[tpm]; g != nil {
		t.tpm, t.minute, t.settles = g.Fixed(), &e.ledger.quota, true
	}
	if g := t.gates[tpd]; g != nil {
		t.tpd, t.day, t.settles = g.Fixed(), &e.ledger.dayQuota, true
	}
	t.limited = t.settles || t.gates[rpm] != nil
	t.turn = -unit.Never
	return t
}

// feed is Engine.Feed.
func (x *express) feed(requests []trace.Request) {
	for i := range requests {
		q := &requests[i]
		if q.At >= x.e.horizon {
			return
		}
		if x.rail.next <= q.At {
			x.runUntil(q.At)
		}
		x.e.goTo(q.At)
		x.arrive(q)
	}
}

// runUntil handles the events up to and including a time: of one instant, all
// come before an arrival.
func (x *express) runUntil(by unit.Time) {
	for {
		i := x.rail.pop(by)
		if i == 0 {
			return
		}
		s := &x.rail.stops[i]
		x.e.goTo(s.at)
		if s.kind() == completion {
			x.land(s)
			x.rail.give(i)
			continue
		}
		ref := s.ref
		x.rail.give(i)
		x.e.ledger.retries++
		x.attempt(&x.errands[ref], ref, x.e.now)
	}
}

// finish handles the events before a time.
func (x *express) finish(before unit.Time) {
	if before != unit.Never {
		before--
	}
	x.runUntil(before)
}

// cut counts what a run that was not drained leaves undone.
func (x *express) cut() {
	x.rail.each(func(s *stop) {
		if s.kind() == retry {
			r := &x.errands[s.ref]
			x.e.ledger.queued(r.class, x.tracks[r.lane].home)
		}
	})
}
