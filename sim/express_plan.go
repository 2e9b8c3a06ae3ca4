package sim

import (
	"math"

	"quotawall/sim/cache"
	"quotawall/sim/trace"
	"quotawall/sim/unit"
)

// errand is a request on its way to its only lane: what stays the same at all
// of its attempts, and how many there were.
type errand struct {
	arrival  unit.Time
	key      uint64 // of its session in the cache
	input    int64  // tokens, in the tokenizer of the lane's model
	output   int64  // likewise, cut at max_tokens
	reserve  int64  // quota that max_tokens takes
	shared   int64  // prefix cache: what it shares with the session's last prompt
	duration unit.Time
	asked    int64 // input + uncut output, in the requested model's tokens

	// At the latest attempt: what of the prompt is read from the cache and written
	// to it, and what the call takes from the quota, at first and in the end.
	read, write   int64
	charge, final int64

	lane, class, sender int32
	cell                int32
	attempts            int16
	cut, degraded       bool
	_                   int64 // two lines of the processor's cache
}

// road is what is the same for all requests for one model that ask another, or
// the same.
type road struct {
	model    *Model
	longest  int64 // prompt that the model asked takes
	most     int64 // largest max_tokens that is as the request says
	scaled   bool  // tokens differ
	degraded bool
}

func newRoads(cfg *Config) []road {
	n := len(cfg.Models)
	roads := make([]road, n*n)
	for i := range roads {
		own, m := &cfg.Models[i/n], &cfg.Models[i%n]
		roads[i] = road{model: m, longest: m.longest(int32(i / n)), most: math.MaxInt64, degraded: m.Tier < own.Tier}
		for _, top := range [...]int64{own.MaxOutput, m.MaxOutput} {
			if top > 0 {
				roads[i].most = min(roads[i].most, top)
			}
		}
		if f := m.TokensFrom; f != nil {
			roads[i].scaled = f[i/n].Num != f[i/n].Den
		}
	}
	return roads
}

// arrive is the arrival of a new request.
func (x *express) arrive(q *trace.Request) {
	e := x.e
	model, class := e.modelOf[q.Model], e.classOf[q.Class]
	home := int32(0)
	if len(e.cfg.Accounts) > 1 {
		home = e.homeOf(q)
	}
	x.counters.offer(e, q, class, home)
	to := e.policy(model, class, false)
	d := &x.roads[int(model)*len(e.cfg.Models)+int(to)]
	if q.Input > d.longest {
		to, d = model, &x.roads[int(model)*(len(e.cfg.Models)+1)]
		if q.Input > d.longest {
			e.maxOf(q, model, class) // for what it counts
			e.ledger.unserve(e.ledger.at(e.now), class, home, TooLong)
			return
		}
	}
	ref := x.take()
	r := &x.errands[ref]
	r.arrival, r.asked, r.class, r.lane, r.attempts = q.At, q.Input+q.Output, class, e.lane(home, to), 0
	x.measure(r, q, d, model, to)
	x.cached(r, q, d.model, model)
	r.cell = x.counters.cellOf(r, d.model)
	if x.cost > 0 {
		r.sender = modulo(q.Session, uint64(len(x.quotas)))
	}
	x.attempt(r, ref, q.At)
}

// measure sets an errand's tokens and its time.
func (x *express) measure(r *errand, q *trace.Request, d *road, model, to int32) {
	e, m := x.e, d.model
	r.input, r.output, r.cut = q.Input, q.Output, false
	most := q.Max
	if d.scaled || most < 0 || most > d.most || e.cfg.Classes[r.class].Max > 0 {
		given, exact := e.maxOf(q, model, r.class)
		r.input = m.scale(model, q.Input)
		most, r.output, r.cut = m.answer(model, given, exact, m.scale(model, q.Output))
	} else if r.output > most {
		r.output, r.cut = most, true
	}
	r.degraded = d.degraded
	r.reserve = e.reserve(m, most)
	if e.cfg.LoggedDurations && model == to && q.Duration >= 0 {
		r.duration = q.Duration
	} else {
		r.duration = m.FirstToken + unit.Time(r.output)*m.PerToken
	}
}

// cached says what of a prompt is cached, where that does not change with time.
func (x *express) cached(r *errand, q *trace.Request, m *Model, model int32) {
	if c := &x.e.cfg.Cache; x.prefix {
		r.key = cache.SessionKey(x.tracks[r.lane].domain, q.Session)
		if r.shared = q.Shared; r.shared > 0 {
			r.shared = m.scale(model, r.shared)
		}
	} else if c.Mode != CacheOff {
		s := c.known(m, model, r.input, q.CacheRead, q.CacheWrite)
		r.read, r.write = s.Read, s.Write
	} else {
		r.read, r.write = 0, 0
	}
}

// take is a free errand.
func (x *express) take() int32 {
	if n := len(x.free); n > 0 {
		ref := x.free[n-1]
		x.free = x.free[:n-1]
		return ref
	}
	x.errands = append(x.errands, errand{})
	return int32(len(x.errands) - 1)
}
