package sim

import (
	"quotawall/sim/cache"
	"quotawall/sim/unit"
)

// attempt offers an errand to its lane. What it works out stays in the errand.
func (x *express) attempt(r *errand, ref int32, now unit.Time) {
	t := &x.tracks[r.lane]
	var place *cache.Place
	if x.prefix {
		place = x.e.cache.Place(r.key)
		r.read, r.write = place.Split(now, r.key, r.input, r.shared, t.cacheMin)
	}
	paid := r.input - r.read
	r.charge, r.final = paid+r.reserve+r.read&x.reads, paid+r.output*t.burndown
	if t.limited {
		if now >= t.turn {
			t.roll(now)
		}
		if !t.rpm.Fits(1) || !t.tpm.Fits(r.charge) || !t.tpd.Fits(r.charge) {
			x.refuse(r, ref, t)
			return
		}
		x.charge(r, t, now)
	}
	x.serve(r, t, place, now)
	x.free = append(x.free, ref)
}

// roll brings the limits of a lane up to now.
func (t *track) roll(now unit.Time) {
	t.rpm.Roll(now)
	t.tpm.Roll(now)
	t.tpd.Roll(now)
	t.turn = min(t.rpm.End(), t.tpm.End(), t.tpd.End())
}

// charge takes from every limit of an admitted call, and schedules its end
// where there is something to settle.
func (x *express) charge(r *errand, t *track, now unit.Time) {
	charge, final := r.charge, r.final
	t.rpm.Charge(1)
	t.tpm.Take(charge, final)
	t.tpd.Take(charge, final)
	t.minute.Reserved += charge
	t.day.Reserved += charge
	if t.settles {
		s := x.rail.push(now+r.duration, completion)
		s.ref, s.charge, s.final = r.lane, charge, final
		s.minute, s.day = t.tpm.Window(), t.tpd.Window()
	}
}

// land settles an admitted call.
func (x *express) land(s *stop) {
	t := &x.tracks[s.ref]
	refund := s.charge - s.final
	t.minute.settled(s.final, refund, t.tpm.Settle(s.at, s.minute, s.charge, refund))
	t.day.settled(s.final, refund, t.tpd.Settle(s.at, s.day, s.charge, refund))
}

// settled counts where the tokens of one reservation went; open says that the
// window it was taken in was still open.
func (q *QuotaTokens) settled(final, refund int64, open bool) {
	q.Settled += final
	switch {
	case refund < 0:
		q.Excess -= refund
	case open:
		q.Credited += refund
	default:
		q.Dropped += refund
	}
}

// serve is the admission: what it puts into the cache, brings the client and
// counts for.
func (x *express) serve(r *errand, t *track, place *cache.Place, now unit.Time) {
	e := x.e
	if place != nil && r.read+r.write > 0 {
		u := cache.Use{Now: now, TTL: e.ttl(r.class), Readable: now}
		switch e.cfg.Cache.Readable {
		case FromFirstByte:
			u.Readable += min(t.ready, r.duration)
		case FromCompletion:
			u.Readable += r.duration
		}
		e.cache.Keep(u, place, r.key, r.input)
	}
	if x.cost > 0 {
		x.answered(r)
	}
	end := now + r.duration
	if !e.cfg.Drain && end >= e.horizon {
		x.inFlight(r, t)
		return
	}
	if end != now {
		e.lastEnd = max(e.lastEnd, end)
	}
	x.counters.serve(&e.ledger, r, t, now)
}

// answered gives the retry quota what a served call brings it.
func (x *express) answered(r *errand) {
	held := int64(1)
	if r.attempts > 0 {
		held = x.cost
	}
	x.quotas[r.sender] = min(retryQuotaFull, x.quotas[r.sender]+held)
}

// inFlight counts a call that the cut leaves running: neither served nor billed.
func (x *express) inFlight(r *errand, t *track) {
	x.e.ledger.inFlight(r.class, t.home)
	if t.limited {
		x.e.ledger.hold(&x.e.pools[x.e.cfg.Lanes[r.lane].Pool], r.charge)
	}
}

// refuse counts a refusal and schedules the next attempt, if there is one.
func (x *express) refuse(r *errand, ref int32, t *track) {
	e := x.e
	by := rpm
	switch {
	case !t.rpm.Fits(1):
	case !t.tpm.Fits(r.charge):
		by = tpm
	default:
		by = tpd
	}
	e.refusedBy(t.gates[:], []int64{1, r.charge, r.charge}, [4]int64{1, r.final, r.final}, by)
	x.counters.refused++
	e.ledger.at(e.now).Refusals++
	r.attempts++
	if at, again := x.nextAttempt(r); again {
		x.rail.push(at, retry).ref = ref
		return
	}
	e.ledger.unserve(e.ledger.at(e.now), r.class, t.home, t.gates[by].cap.Limit)
	x.free = append(x.free, ref)
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
	if x.cost > 0 {
		if x.quotas[r.sender] < x.cost {
			return 0, false
		}
		x.quotas[r.sender] -= x.cost
	}
	return at, true
}
