package sim

import (
	"quotawall/sim/cache"
	"quotawall/sim/trace"
	"quotawall/sim/unit"
)

// errand is a request on its way to its only lane: what stays the same at all
// of its attempts, and how many there were.
type errand struct {
	arrival  unit.Time
	input    int64 // tokens, in the tokenizer of the lane's model
	output   int64 // likewise, cut at max_tokens
	reserve  int64 // quota that max_tokens takes
	read     int64 // what it reads from the cache; with a prefix cache, what it shares with the prompt before it
	write    int64
	duration unit.Time
	key      uint64 // of its session in the cache
	asked    int64  // input + uncut output, in the requested model's tokens

	lane, class, sender int32
	cell                int32
	attempts            int32
	cut, degraded       bool
}

// arrive is the arrival of a new request.
func (x *express) arrive(q *trace.Request) {
	e := x.e
	model, class := e.modelOf[q.Model], e.classOf[q.Class]
	most, exact := e.maxOf(q, model, class)
	home := e.homeOf(q)
	e.ledger.offer(e.ledger.at(e.now), class, home, q.Input+q.Output)
	if e.cfg.Gateway != nil {
		e.ledger.gateway++
	}
	to := e.policy(model, class, false)
	if !e.fitsContext(model, to, q.Input) {
		if to = model; !e.fitsContext(model, to, q.Input) {
			e.ledger.unserve(e.ledger.at(e.now), class, home, TooLong)
			return
		}
	}
	r, ref := x.take()
	x.fill(r, q, model, to)
	m := &e.cfg.Models[to]
	most, r.output, r.cut = m.answer(model, most, exact, m.scale(model, q.Output))
	r.reserve, r.duration = e.reserve(m, most), e.durationOf(q.Duration, model, to, r.output)
	r.lane, r.class = e.lane(home, to), class
	x.split(r, q, m, model)
	r.cell = x.cellOf(r, m)
	x.attempt(r, ref)
}

// fill copies what a request asks.
func (x *express) fill(r *errand, q *trace.Request, model, to int32) {
	m := &x.e.cfg.Models[to]
	r.arrival, r.asked, r.attempts = q.At, q.Input+q.Output, 0
	r.input = m.scale(model, q.Input)
	r.degraded = to != model && m.Tier < x.e.cfg.Models[model].Tier
	if x.quotas {
		r.sender = modulo(q.Session, uint64(len(x.e.senders)))
	}
}

// split says what of a prompt is cached, where that does not change with time.
func (x *express) split(r *errand, q *trace.Request, m *Model, model int32) {
	c := &x.e.cfg.Cache
	r.read, r.write = 0, 0
	switch c.Mode {
	case CachePrefix:
		r.key = cache.SessionKey(x.tracks[r.lane].domain, q.Session)
		if r.read = q.Shared; r.read > 0 {
			r.read = m.scale(model, r.read)
		}
	case CacheRate, CacheObserved:
		s := c.known(m, model, r.input, q.CacheRead, q.CacheWrite)
		r.read, r.write = s.Read, s.Write
	}
}

// attempt offers an errand to its lane.
func (x *express) attempt(r *errand, ref int32) {
	e, t := x.e, &x.tracks[r.lane]
	s := cache.Split{Read: r.read, Write: r.write}
	if x.prefix {
		s = e.cache.Ask(e.now, r.key, r.input, r.read, t.cacheMin)
	}
	paid := r.input - s.Read
	charge, final := paid+r.reserve, paid+r.output*t.burndown
	if x.reads {
		charge += s.Read
	}
	if t.limited {
		if by := t.ask(e.now, charge); by >= 0 {
			x.refuse(r, ref, t, by, charge, final)
			return
		}
	}
	if x.prefix && s.Read+s.Write > 0 {
		x.remember(r, t)
	}
	x.serve(r, t, &s, charge, final)
	x.letGo(ref)
}

// ask brings the limits up to now and returns the first that refuses, or -1
// when all have taken their charge but for what is settled at the end.
func (t *track) ask(now unit.Time, charge int64) int {
	if g := t.gates[rpm]; g != nil {
		l := g.fixed()
		if l.Roll(now); !l.Fits(1) {
			return rpm
		}
	}
	if g := t.gates[tpm]; g != nil {
		l := g.fixed()
		if l.Roll(now); !l.Fits(charge) {
			return tpm
		}
	}
	if g := t.gates[tpd]; g != nil {
		l := g.fixed()
		if l.Roll(now); !l.Fits(charge) {
			return tpd
		}
	}
	return -1
}

// serve charges an admitted call, counts it and schedules its end.
func (x *express) serve(r *errand, t *track, s *cache.Split, charge, final int64) {
	e := x.e
	end := e.now + r.duration
	if t.limited {
		x.charge(r.lane, t, charge, final, end)
	}
	if x.quotas {
		x.answered(r)
	}
	if !e.cfg.Drain && end >= e.horizon {
		e.ledger.inFlight(r.class, t.home)
		if t.limited {
			e.ledger.hold(&e.pools[e.cfg.Lanes[r.lane].Pool], charge)
		}
	} else {
		x.count(r, t, s, charge, final)
		if end != e.now {
			e.lastEnd = max(e.lastEnd, end)
		}
	}
}

// charge takes from every limit of an admitted call.
func (x *express) charge(lane int32, t *track, charge, final int64, end unit.Time) {
	e := x.e
	if g := t.gates[rpm]; g != nil {
		g.fixed().Charge(1)
	}
	if !t.settles {
		return
	}
	f := x.rail.push(end, completion)
	f.ref, f.charge, f.final = lane, charge, final
	if g := t.gates[tpm]; g != nil {
		l := g.fixed()
		l.Take(charge, final)
		f.minute = l.Window()
		e.ledger.quota.Reserved += charge
	}
	if g := t.gates[tpd]; g != nil {
		l := g.fixed()
		l.Take(charge, final)
		f.day = l.Window()
		e.ledger.dayQuota.Reserved += charge
	}
}

// answered gives the retry quota what a served call brings it.
func (x *express) answered(r *errand) {
	held := int64(1)
	if r.attempts > 0 {
		held = x.e.cfg.Client.Profile.retryCost(throttled)
	}
	s := &x.e.senders[r.sender]
	s.quota = min(retryQuotaFull, s.quota+held)
}

// refuse counts a refusal and schedules the next attempt, if there is one.
func (x *express) refuse(r *errand, ref int32, t *track, by int, charge, final int64) {
	e := x.e
	e.refusedBy(t.gates[:], []int64{1, charge, charge}, [4]int64{1, final, final}, by)
	x.refused++
	e.ledger.at(e.now).Refusals++
	r.attempts++
	if at, again := x.nextAttempt(r); again {
		x.keep(ref)
		x.rail.push(at, retry).ref = ref
		return
	}
	e.ledger.unserve(e.ledger.at(e.now), r.class, t.home, t.gates[by].cap.Limit)
	x.letGo(ref)
}

// nextAttempt is when the client tries again, if it does.
func (x *express) nextAttempt(r *errand) (at unit.Time, again bool) {
	e := x.e
	cl := &e.cfg.Client
	if int(r.attempts) >= cl.Attempts {
		return 0, false
	}
	if x.delays != nil {
		at = e.now + x.delays[r.attempts-1]
	} else {
		at = e.now + cl.backoff(int(r.attempts)-1, throttled, e.random(&e.jitter))
	}
	patience := cl.Patience
	if p := e.cfg.Classes[r.class].Patience; p > 0 {
		patience = p
	}
	if at-r.arrival > patience {
		return 0, false
	}
	if x.quotas {
		s, cost := &e.senders[r.sender], cl.Profile.retryCost(throttled)
		if s.quota < cost {
			return 0, false
		}
		s.quota -= cost
	}
	return at, true
}
