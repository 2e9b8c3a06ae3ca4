package sim

import (
	"quotawall/sim/cache"
	"quotawall/sim/unit"
)

// outcome is what came of an attempt.
type outcome uint8

const (
	served      outcome = iota
	leftRunning         // admitted, and cut off by the horizon: neither served nor billed
	atHost              // the endpoint has it
	refused
)

// first is the first attempt of the present arrival.
func (x *express) first(t *track, now unit.Time) {
	r := x.present
	what, by := x.attempt(r, t, x.here, now)
	if what == served {
		return
	}
	r.track = t
	x.counters.putOff(r, t.home)
	if what == atHost || what == refused && x.again(r, x.here, by) {
		x.keep()
	}
}

// further is an attempt of an errand that was put off.
func (x *express) further(ref int32, now unit.Time) {
	r := &x.errands[ref]
	switch what, by := x.attempt(r, r.track, ref, now); what {
	case served:
		x.counters.serveLate(&x.e.ledger, r, r.track.home, now-r.arrival)
	case atHost:
		return
	case refused:
		if x.again(r, ref, by) {
			return
		}
	}
	x.free = append(x.free, ref)
}

// attempt offers an errand to its lane, and says which limit refuses it.
//
//go:noinline
func (x *express) attempt(r *errand, t *track, ref int32, now unit.Time) (outcome, Limit) {
	if r.hosted {
		if x.askHost(ref, now) {
			return atHost, NoLimit
		}
		if !r.falls {
			return refused, Capacity
		}
		x.counters.passedOn++
	}
	read, write := r.read, r.write
	var place *cache.Place
	if r.input >= t.cacheMin {
		place = x.e.cache.Place(r.key)
		read, write = place.Split(now, r.input, r.shared, t.cacheMin)
	}
	paid := r.input - read
	charge, final := paid+r.reserve+read&x.reads, paid+r.output*t.burndown
	if m := t.meter; m != nil {
		if now >= m.turn {
			m.roll(now)
		}
		if !m.fits(charge) {
			by := m.refuse(now, x.e.utcDay(), charge, final)
			return refused, by.cap.Limit
		}
		m.take(charge, final)
		if t.settles {
			end := now + r.duration
			x.next = min(x.next, end)
			m.hold(x.ends.add(end), end, charge, final)
		}
	}
	if r.input >= t.cacheMin {
		if place == nil {
			place = x.e.cache.New(now, r.key)
		}
		place.Keep(cache.Use{Now: now, TTL: x.ttls[r.class], Readable: now + min(t.ready, r.duration)}, r.input)
	}
	return x.serve(r, t, now, read, write, charge), NoLimit
}

// serve is the admission: what it brings the client and counts for.
func (x *express) serve(r *errand, t *track, now unit.Time, read, write, charge int64) outcome {
	if x.costs[throttled] > 0 {
		x.answered(r)
	}
	end := now + r.duration
	if end > x.cut {
		x.inFlight(r, t, charge)
		return leftRunning
	}
	if end != now {
		x.lastEnd = max(x.lastEnd, end)
	}
	x.counters.serve(r, read, write, charge)
	return served
}

// answered gives the retry quota what a served call brings it.
func (x *express) answered(r *errand) {
	x.quotas[r.sender] = min(retryQuotaFull, x.quotas[r.sender]+max(1, int64(r.cost)))
}

// inFlight counts a call that the cut leaves running.
func (x *express) inFlight(r *errand, t *track, charge int64) {
	x.e.ledger.inFlight(r.class, t.home)
	if t.meter != nil {
		x.e.ledger.hold(&x.e.pools[t.pool], charge)
	}
}

// again counts an attempt that was refused and schedules the next, if there is
// one.
//
//go:noinline
func (x *express) again(r *errand, ref int32, by Limit) bool {
	why := throttled
	if by == Capacity {
		why = noCapacity
	}
	x.counters.refused++
	r.attempts++
	at, again := x.nextAttempt(r, why)
	if again {
		x.tries.push(at, ref, r.attempts)
		x.next = min(x.next, at)
	} else {
		x.e.ledger.unserve(x.counters.hour, r.class, r.track.home, by)
	}
	return again
}

// nextAttempt is when the client tries again, if it does.
func (x *express) nextAttempt(r *errand, why refusal) (at unit.Time, again bool) {
	e := x.e
	cl := &e.cfg.Client
	if int(r.attempts) >= cl.Attempts {
		return 0, false
	}
	if x.delays != nil {
		at = e.now + x.delays[r.attempts-1]
	} else {
		at = e.now + cl.backoff(int(r.attempts)-1, why, e.random(&e.jitter))
	}
	patience := cl.Patience
	if p := e.cfg.Classes[r.class].Patience; p > 0 {
		patience = p
	}
	if at-r.arrival > patience {
		return 0, false
	}
	if cost := x.costs[why]; cost > 0 {
		if x.quotas[r.sender] < cost {
			return 0, false
		}
		x.quotas[r.sender] -= cost
		r.cost = int16(cost)
	}
	return at, true
}
