package sim

import (
	"quotawall/sim/cache"
	"quotawall/sim/unit"
)

// attempt offers an errand to its lane.
func (x *express) attempt(ref int32) {
	r := &x.errands[ref]
	t, now := &x.tracks[r.lane], x.e.now
	read, write := r.read, r.write
	var place *cache.Place
	if x.prefix {
		place = x.e.cache.Place(r.key)
		read, write = place.Split(now, r.key, r.input, r.read, t.cacheMin)
	}
	paid := r.input - read
	charge, final := paid+r.reserve, paid+r.output*t.burndown
	if x.reads {
		charge += read
	}
	if t.limited {
		if by := t.ask(now, charge); by >= 0 {
			x.refuse(ref, t, by, charge, final)
			return
		}
		x.charge(r, t, charge, final)
	}
	if x.prefix && read+write > 0 {
		x.keep(r, t, place)
	}
	if x.cost > 0 {
		x.answered(r)
	}
	if end := now + r.duration; x.e.cfg.Drain || end < x.e.horizon {
		x.counters.serve(x.e, r, t, read, write, charge, final)
		if end != now {
			x.e.lastEnd = max(x.e.lastEnd, end)
		}
	} else {
		x.inFlight(r, t, charge)
	}
	x.free = append(x.free, ref)
}

// ask brings the limits up to now and returns the first that refuses, or -1.
func (t *track) ask(now unit.Time, charge int64) int {
	if l := t.rpm; l != nil {
		if l.Roll(now); !l.Fits(1) {
			return rpm
		}
	}
	if l := t.tpm; l != nil {
		if l.Roll(now); !l.Fits(charge) {
			return tpm
		}
	}
	if l := t.tpd; l != nil {
		if l.Roll(now); !l.Fits(charge) {
			return tpd
		}
	}
	return -1
}

// charge takes from every limit of an admitted call, and schedules its end
// where there is something to settle.
func (x *express) charge(r *errand, t *track, charge, final int64) {
	if l := t.rpm; l != nil {
		l.Charge(1)
	}
	if !t.settles {
		return
	}
	s := x.rail.push(x.e.now+r.duration, completion)
	s.ref, s.charge, s.final = r.lane, charge, final
	if l := t.tpm; l != nil {
		l.Take(charge, final)
		s.minute = l.Window()
		x.e.ledger.quota.Reserved += charge
	}
	if l := t.tpd; l != nil {
		l.Take(charge, final)
		s.day = l.Window()
		x.e.ledger.dayQuota.Reserved += charge
	}
}

// land settles an admitted call.
func (x *express) land(s *stop) {
	t, l := &x.tracks[s.ref], &x.e.ledger
	refund := s.charge - s.final
	if t.tpm != nil {
		l.quota.settled(s.final, refund, t.tpm.Settle(s.at, s.minute, s.charge, refund))
	}
	if t.tpd != nil {
		l.dayQuota.settled(s.final, refund, t.tpd.Settle(s.at, s.day, s.charge, refund))
	}
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

// keep stores what an admitted call puts into the cache.
func (x *express) keep(r *errand, t *track, place *cache.Place) {
	u := cache.Use{Now: x.e.now, TTL: x.e.ttl(r.class), Readable: x.e.now}
	switch x.e.cfg.Cache.Readable {
	case FromFirstByte:
		u.Readable += min(t.ready, r.duration)
	case FromCompletion:
		u.Readable += r.duration
	}
	x.e.cache.Keep(u, place, r.key, r.input)
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
func (x *express) inFlight(r *errand, t *track, charge int64) {
	x.e.ledger.inFlight(r.class, t.home)
	if t.limited {
		x.e.ledger.hold(&x.e.pools[x.e.cfg.Lanes[r.lane].Pool], charge)
	}
}

// refuse counts a refusal and schedules the next attempt, if there is one.
func (x *express) refuse(ref int32, t *track, by int, charge, final int64) {
	e, r := x.e, &x.errands[ref]
	e.refusedBy(t.gates[:], []int64{1, charge, charge}, [4]int64{1, final, final}, by)
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
