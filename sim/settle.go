package sim

import (
	"quotawall/sim/quota"
	"quotawall/sim/unit"
)

// flight is an admitted call until its completion: what it holds of the quota,
// and who waits for its end.
type flight struct {
	lane                    int32
	owner                   int32 // closed loop: session, else None
	then                    int32 // kept call that goes on at the end, else None
	held                    held
	tickets                 [4]quota.Ticket
	charge, final           int64
	crossCharge, crossFinal int64
}

// held says of which limits a flight's tickets, charge and final charge are.
type held uint8

const (
	ofPool   held = iota // tpm, tpd and cross
	ofBought             // tpm: output of bought capacity
	ofMantle             // tpm: input of a mantle pool; cross
)

// settle gives back, or tops up, what a call that ended at now held.
func (e *Engine) settle(now unit.Time, f *flight) {
	if f.held == ofBought {
		e.bought.settle(now, f)
		return
	}
	l := &e.cfg.Lanes[f.lane]
	if l.Pool != None {
		p := &e.pools[l.Pool]
		if f.held == ofMantle {
			p.mantle[0].Settle(now, f.tickets[tpm], f.charge, f.final)
		} else {
			if g := p.limits[tpm]; g != nil {
				e.ledger.quota.settle(&g.Limit, now, f.tickets[tpm], f.charge, f.final)
			}
			if g := p.limits[tpd]; g != nil {
				e.ledger.dayQuota.settle(&g.Limit, now, f.tickets[tpd], f.charge, f.final)
			}
		}
	}
	if l.Cross != None {
		e.pools[l.Cross].limits[cross].Settle(now, f.tickets[cross], f.crossCharge, f.crossFinal)
	}
}

// settle ends one reservation and counts where its tokens went.
func (q *QuotaTokens) settle(l *quota.Limit, now unit.Time, t quota.Ticket, charge, final int64) {
	credited, dropped := l.Settle(now, t, charge, final)
	q.Credited += credited
	q.Dropped += dropped
	q.Settled += final
	q.Excess += max(0, final-charge)
}

// newFlight is a flight on a lane that holds nothing yet. It goes into the air
// with schedule; until then the next newFlight replaces it.
func (e *Engine) newFlight(lane int32) *flight {
	if e.grounded == None {
		e.grounded = e.flights.take()
	}
	f := e.flights.at(e.grounded)
	*f = flight{lane: lane, owner: None, then: None}
	return f
}

// schedule puts the new flight into the air. The end of a call that nobody waits
// for does nothing but settle, and nothing but its own limits can tell: it waits
// in their book until they are asked. Every other end is an event.
func (e *Engine) schedule(end unit.Time, f *flight) {
	ref := e.grounded
	if e.eager || end == e.now || f.then != None || f.owner != None || f.held == ofBought || e.cfg.Quota.Adjust > 0 {
		e.grounded = None
		e.events.push(e.follow(ref, end, f), completion, ref)
		return
	}
	if e.cfg.Drain || end < e.horizon {
		e.lastEnd = max(e.lastEnd, end)
	}
	if book := e.book(&e.cfg.Lanes[f.lane]); book != None {
		e.grounded = None
		e.events.seq++
		e.books[book].add(event{at: end, order: uint64(completion)<<kindShift | e.events.seq, ref: ref})
	}
}

// book is the pool in whose book the ends of a lane's calls stand: all lanes
// that share a limit have the same.
func (e *Engine) book(l *Lane) int32 {
	switch {
	case l.Cross != None:
		return l.Cross
	case l.Pool == None:
		return None
	}
	if with := e.cfg.Pools[l.Pool].DayWith; with > 0 {
		return with - 1
	}
	return l.Pool
}

// settleDue settles, in the order of events, the calls of a lane's book that
// ended before the event that is being handled.
func (e *Engine) settleDue(l *Lane) { e.settleBefore(&e.books[e.book(l)], e.now, e.order) }

func (e *Engine) settleBefore(book *events, at unit.Time, order uint64) {
	for {
		ev, ok := book.popBefore(at, order)
		if !ok {
			return
		}
		e.settle(ev.at, e.flights.at(ev.ref))
		e.flights.give(ev.ref)
	}
}

// settleRest settles what ended before the run did.
func (e *Engine) settleRest() {
	until := unit.Never
	if !e.cfg.Drain {
		until = e.horizon
	}
	for i := range e.books {
		e.settleBefore(&e.books[i], until, 0)
	}
	e.now = max(e.now, e.lastEnd)
}
