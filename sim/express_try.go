package sim

import (
	"quotawall/sim/cache"
	"quotawall/sim/unit"
)

// attempt offers an errand to its lane. What it works out stays in the errand.
func (x *express) attempt(r *errand, ref int32, now unit.Time) {
	if r.hosted {
		if x.askHost(r, ref, now) {
			return
		}
		if !r.falls {
			x.passEnded(r, ref, Capacity)
			return
		}
		x.counters.passedOn++
	}
	t := r.track
	var place *cache.Place
	switch {
	case !x.prefix:
	case r.input < t.cacheMin:
		r.read, r.write = 0, 0
	default:
		place = x.e.cache.Place(now, r.key)
		r.read, r.write = place.Split(now, r.key, r.input, r.shared, t.cacheMin)
	}
	paid := r.input - r.read
	r.charge, r.final = paid+r.reserve+r.read&x.reads, paid+r.output*t.burndown
	if m := t.meter; m != nil {
		if now >= m.turn {
			m.roll(now)
		}
		if !m.fits(r.charge) {
			by := m.refuse(now, x.e.utcDay(), r.charge, r.final)
			x.passEnded(r, ref, by.cap.Limit)
			return
		}
		m.take(r.charge, r.final)
		if t.settles {
			end := now + r.duration
			x.next = min(x.next, end)
			m.hold(x.ends.add(end), end, r.charge, r.final)
		}
	}
	x.serve(r, t, place, now)
	x.drop(ref)
}

// serve is the admission: what it puts into the cache, brings the client and
// counts for.
func (x *express) serve(r *errand, t *track, place *cache.Place, now unit.Time) {
	e := x.e
	if place != nil && r.read+r.write > 0 {
		if !place.Holds(r.key) {
			place = e.cache.Occupy(now, place, r.key)
		}
		place.Keep(cache.Use{Now: now, TTL: x.ttls[r.class], Readable: now + min(t.ready, r.duration)}, r.input)
	}
	if x.costs[throttled] > 0 {
		x.answered(r)
	}
	end := now + r.duration
	if end > x.cut {
		x.inFlight(r, t)
		return
	}
	if end != now {
		e.lastEnd = max(e.lastEnd, end)
	}
	x.counters.serve(&e.ledger, r, t.home, now-r.arrival)
}

// answered gives the retry quota what a served call brings it.
func (x *express) answered(r *errand) {
	x.quotas[r.sender] = min(retryQuotaFull, x.quotas[r.sender]+max(1, int64(r.cost)))
}

// inFlight counts a call that the cut leaves running: neither served nor billed.
func (x *express) inFlight(r *errand, t *track) {
	x.e.ledger.inFlight(r.class, t.home)
	x.counters.putOff(r, t.home)
	if t.meter != nil {
		x.e.ledger.hold(&x.e.pools[t.pool], r.charge)
	}
}

// passEnded counts an attempt that was refused and schedules the next, if there
// is one.
func (x *express) passEnded(r *errand, ref int32, by Limit) {
	why := throttled
	if by == Capacity {
		why = noCapacity
	}
	x.counters.refused++
	x.counters.putOff(r, r.track.home)
	r.attempts++
	if at, again := x.nextAttempt(r, why); again {
		x.keep(ref)
		x.tries.push(at, ref, r.attempts)
		x.next = min(x.next, at)
		return
	}
	x.e.ledger.unserve(x.counters.hour, r.class, r.track.home, by)
	x.drop(ref)
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
