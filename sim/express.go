package sim

import (
	"math"

	"quotawall/sim/quota"
	"quotawall/sim/trace"
	"quotawall/sim/unit"
)

// express runs a step that asks for little: an open loop of calls that have one
// candidate each, and the endpoint before it, under fixed windows. Such a request
// is worked out once, when it arrives; an attempt is then a look into the cache and
// at its pool's meter. It counts exactly what the plain path counts, which a
// property test holds, and shares with it the endpoint, the cache and the ledger.
type express struct {
	e      *Engine
	tracks []track  // by lane
	meters []*meter // by pool
	ends   ends
	tries  retries   // errands
	next   unit.Time // nothing but arrivals comes before it

	// What a request asks for is numbered by requested model and class.
	classes, models int32
	roads           []road      // by what is asked for and model asked
	straight        []*road     // by what is asked for; nil where a model is drawn
	toHost          []*road     // by what is asked for; nil where the endpoint is not asked first
	ttls            []unit.Time // of cache entries, by class
	masked          bool        // a session's account is these bits of its number
	mask            uint32

	cut     unit.Time // calls that end later are left running
	lastEnd unit.Time // the latest of the other calls
	prefix  bool      // the prompt cache is asked at each attempt
	reads   int64     // -1 where cache reads are reserved, else 0
	costs   [2]int64  // of a retry in the client's retry quota, by what was refused; 0 = it has none
	quotas  []int64   // retry quotas, by sender
	delays  []unit.Time

	host     *endpoint // nil = none
	errands  []errand  // by number; 0 is none
	here     int32     // number of the present arrival, or of the next
	present  *errand   // that one
	hosted   []hosted  // what the endpoint makes of them, where there is one
	free     []int32   // errands
	counters counters
}

// track is a lane on the express path.
type track struct {
	meter    *meter // nil = no limit
	burndown int64
	cacheMin int64     // shorter prompts are not looked for in the prefix cache; none is where there is none
	ready    unit.Time // a call's cached prompt can be read then, at its end at the latest
	home     int32
	domain   int32
	pool     int32
	settles  bool // the meter counts tokens
}

// newExpress returns the express path of an engine, or nil where a scenario
// uses what only the plain path knows.
func newExpress(e *Engine) *express {
	cfg := &e.cfg
	if !simpleClients(cfg) || !simpleLanes(cfg) || !simplePools(cfg) {
		return nil
	}
	x := &express{
		e: e, ends: newEnds(), prefix: cfg.Cache.Mode == CachePrefix,
		classes: int32(len(cfg.Classes)), models: int32(len(cfg.Models)), roads: newRoads(cfg),
		host: e.endpoint,
	}
	x.errands, x.hosted = make([]errand, 2, 64), make([]hosted, 2)
	x.goTo(1)
	x.straight, x.toHost = straightRoads(cfg, x.roads, e.mixTo), hostRoads(cfg, x.roads)
	x.settings()
	for i := range e.pools {
		x.meters = append(x.meters, newMeter(&e.pools[i]))
	}
	for i := range cfg.Lanes {
		x.tracks = append(x.tracks, x.newTrack(i))
	}
	for i := range e.senders {
		x.quotas = append(x.quotas, e.senders[i].quota)
	}
	for n := range cfg.Client.Attempts - 1 {
		if cfg.Client.Profile == Plain {
			x.delays = append(x.delays, cfg.Client.plainDelay(n))
		}
	}
	x.counters = newCounters(cfg, x.delays)
	x.tries = newRetries(x.delays)
	return x
}

// settings works out what is the same for all requests.
func (x *express) settings() {
	cfg := &x.e.cfg
	for i := range cfg.Classes {
		x.ttls = append(x.ttls, x.e.ttl(int32(i)))
	}
	for _, why := range [...]refusal{throttled, noCapacity} {
		x.costs[why] = cfg.Client.Profile.retryCost(why)
	}
	if cfg.Quota.readsReserved() {
		x.reads = -1
	}
	if x.cut = unit.Never; !cfg.Drain {
		x.cut = x.e.horizon - 1
	}
	if cfg.Assign == Sticky && len(cfg.Accounts)&(len(cfg.Accounts)-1) == 0 {
		x.masked, x.mask = true, uint32(len(cfg.Accounts)-1)
	}
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

// simpleLanes: a request has one lane, which never fails inside its quota, and
// the endpoint at most.
func simpleLanes(cfg *Config) bool {
	if r := &cfg.Routing; len(r.Fallback) > 0 || r.Classifier != nil || r.Cascade != nil {
		return false
	}
	if cfg.Provisioned != nil || cfg.Faults != (Faults{}) {
		return false
	}
	for i := range cfg.Models {
		if cfg.Models[i].SelfHosted != (cfg.Endpoint != nil && cfg.Endpoint.Model == int32(i)) {
			return false
		}
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

func (x *express) newTrack(lane int) track {
	cfg := &x.e.cfg
	l, m := &cfg.Lanes[lane], &cfg.Models[lane%len(cfg.Models)]
	t := track{domain: l.Domain, cacheMin: math.MaxInt64, burndown: m.Burndown, home: int32(lane / len(cfg.Models)), pool: l.Pool}
	if x.prefix {
		t.cacheMin = max(1, m.CacheMin)
	}
	switch cfg.Cache.Readable {
	case FromFirstByte:
		t.ready = m.FirstToken
	case FromCompletion:
		t.ready = unit.Never
	}
	if l.Pool != None {
		t.meter = x.meters[l.Pool]
		t.settles = t.meter.settles()
	}
	return t
}

// feed is Engine.Feed.
func (x *express) feed(requests []trace.Request) {
	for i := range requests {
		q := &requests[i]
		if q.At >= x.next {
			if q.At >= x.e.horizon {
				return
			}
			x.until(q.At)
			if q.At >= x.counters.turn {
				x.turn(q.At)
			}
		}
		x.e.goTo(q.At)
		x.arrive(q)
	}
}

// until handles all that comes before the arrivals of a time: attempts, and the
// ends of calls, of one instant before the attempts.
func (x *express) until(by unit.Time) {
	for {
		if x.host != nil && x.host.next.at <= min(by, x.tries.next) {
			x.runHost()
			continue
		}
		if x.tries.next > by {
			break
		}
		at, ref := x.tries.pop()
		if ref == 0 {
			continue
		}
		x.settle(at)
		if at >= x.counters.turn {
			x.turn(at)
		}
		x.e.goTo(at)
		x.e.ledger.retries++
		x.further(ref, at)
	}
	x.settle(by)
	x.expect()
}

// expect sets what is next, the horizon at the latest.
func (x *express) expect() {
	x.next = min(x.tries.next, x.ends.next, x.counters.turn, x.e.horizon)
	if x.host != nil {
		x.next = min(x.next, x.host.next.at)
	}
}

// settle settles the calls that end up to and including a time.
//
//go:noinline
func (x *express) settle(by unit.Time) {
	d := &x.ends
	for d.next <= by {
		if len(d.late) > 0 || d.first == len(d.open) {
			x.settleNext()
			continue
		}
		i := int32(uint32(d.open[d.first]))
		p := &d.all[i]
		p.meter.settle(d.next, p)
		d.give(p, i)
		d.first++
		d.lookOn(by)
	}
}

// settleNext settles the call that ends next, once next has come.
//
//go:noinline
func (x *express) settleNext() {
	if at, i := x.ends.pop(); i != 0 {
		p := &x.ends.all[i]
		p.meter.settle(at, p)
		x.ends.give(p, i)
	}
}

// turn turns to the hour of now once the present one, or the price period, is over.
//
//go:noinline
func (x *express) turn(now unit.Time) {
	x.counters.begin(&x.e.ledger, now)
	x.expect()
}

// finish handles what happens before a time.
func (x *express) finish(before unit.Time) {
	x.until(before - 1)
	x.e.lastEnd = max(x.e.lastEnd, x.lastEnd)
}

// fold counts what a run that was not drained leaves undone, and adds all sums
// to the ledger.
func (x *express) fold() {
	x.tries.each(func(ref int32) {
		r := &x.errands[ref]
		x.e.ledger.queued(r.class, r.track.home)
	})
	x.foldHost()
	held := map[*meter]int64{}
	x.ends.each(func(i int32) { p := &x.ends.all[i]; held[p.meter] += p.charge - p.refund })
	for _, m := range x.meters {
		m.fold(&x.e.ledger, held[m])
	}
	x.counters.fold(x.e)
}
