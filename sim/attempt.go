package sim

import (
	"math/rand/v2"

	"quotawall/sim/unit"
)

// try asks a call's candidates from where it stands: accounts of a model, then
// the next model. With a refusal latency each answer takes its time.
func (e *Engine) try(c *call) {
	for {
		account := e.account(c)
		refused := Capacity
		if account != None {
			if refused = e.ask(c, account); refused == NoLimit {
				return
			}
		}
		if c.owner != None {
			e.sessionRefused(c.owner, refused)
		}
		more := e.next(c)
		if !more {
			e.passEnded(c, refused)
			return
		}
		if latency := e.cfg.Client.RefusalLatency; latency > 0 {
			e.wait(c, e.now+latency)
			return
		}
	}
}

// ask offers a call to one candidate and serves it there, or returns what refused.
func (e *Engine) ask(c *call, account int32) Limit {
	if e.cfg.Models[c.asks()].SelfHosted {
		return e.askEndpoint(c)
	}
	var o offer
	e.offerTo(&o, c, account)
	c.asked = o.lane
	f := e.newFlight(o.lane)
	if e.bought != nil && !c.onDemand && e.bought.covers(e, &o) {
		if limit := e.bought.admit(e, &o, f); limit == NoLimit {
			e.serve(c, &o, f)
			return NoLimit
		} else if !e.cfg.Provisioned.Overflow {
			e.ledger.refuse(e.now)
			return limit
		}
	}
	if limit := e.admit(&o, f); limit != NoLimit {
		e.ledger.refuse(e.now)
		return limit
	}
	e.serve(c, &o, f)
	return NoLimit
}

// serve starts an admitted call: cache, counts, completion.
func (e *Engine) serve(c *call, o *offer, f *flight) {
	e.remember(o, c)
	if e.cfg.Observe != nil {
		e.cfg.Observe(Admission{At: e.now, Lane: o.lane, Charge: o.charge, Final: o.final, Input: o.input, Read: o.split.Read, Output: o.output})
	}
	end := e.now + o.duration
	e.answered(c, false)
	if c.leg == whole && e.escalates(c, o) {
		c.leg = draft
		f.then = e.keep(c)
		second := e.calls.at(f.then)
		second.escalate(o)
	}
	f.owner = c.owner
	if c.leg == draft || c.leg == classifier {
		f.owner = None
	}
	// A call that a cut leaves running is neither served nor billed.
	switch {
	case !e.cfg.Drain && end >= e.horizon:
		if f.then == None {
			e.ledger.inFlight(c.class, c.home)
		}
		if p := e.cfg.Lanes[f.lane].Pool; p != None && f.held == ofPool {
			e.ledger.hold(&e.pools[p], f.charge)
		}
	default:
		e.ledger.serve(e.now, c, o, e.ttl(c.class))
	}
	e.schedule(end, f)
}

// complete is the end of a call: settlement, and whoever waited for it.
func (e *Engine) complete(ref int32) {
	if e.adjusted(ref) {
		return
	}
	f := e.flights.at(ref)
	if l := &e.cfg.Lanes[f.lane]; e.book(l) != None {
		e.settleDue(l)
	}
	e.settle(e.now, f)
	if f.then != None {
		e.goOn(f.then)
	}
	if f.owner != None {
		e.sessionServed(f.owner)
	}
	e.flights.give(ref)
}

// passEnded is the end of an attempt that every candidate refused; the client
// knows it one refusal latency later and waits from then.
func (e *Engine) passEnded(c *call, refused Limit) {
	known := e.now + e.cfg.Client.RefusalLatency
	e.ledger.throttled++
	if c.deferred && !c.hopeless && e.requeue(c, known) {
		return
	}
	cl := &e.cfg.Client
	why := throttled
	if refused == Capacity {
		why = noCapacity
	}
	c.attempts++
	e.answered(c, true)
	patience := cl.Patience
	if p := e.cfg.Classes[c.class].Patience; p > 0 {
		patience = p
	}
	if int(c.attempts) >= cl.Attempts {
		e.unserved(c, refused, known)
		return
	}
	at, again := e.nextAttempt(c, known, refused, why)
	if !again || at-c.arrival > patience {
		e.unserved(c, refused, known)
		return
	}
	if cost := cl.Profile.retryCost(why); cost > 0 {
		s := e.sender(c)
		if s.quota < cost {
			e.unserved(c, refused, known)
			return
		}
		s.quota -= cost
		c.cost = cost
	}
	c.at, c.hop = 0, 0
	e.wait(c, at)
}

// nextAttempt is when the client would try again; a daily-aware client waits
// for the day's reset instead of burning attempts.
func (e *Engine) nextAttempt(c *call, known unit.Time, refused Limit, why refusal) (unit.Time, bool) {
	if e.cfg.Client.DailyAware && (refused == TokensPerDay || refused == TokensPerDayAccount) {
		return e.resetOf(c, refused, known)
	}
	at := known + e.cfg.Client.backoff(int(c.attempts)-1, why, e.random(&e.jitter))
	if e.cfg.Client.Profile == Adaptive {
		at += unit.Time(e.sender(c).rate.delay(at.Seconds()) * float64(unit.Second))
	}
	return at, true
}

// resetOf is when the limit that refused a call opens its next window; ok is
// false where its window has no such moment.
func (e *Engine) resetOf(c *call, refused Limit, known unit.Time) (unit.Time, bool) {
	g := e.gateOf(c, refused)
	if g == nil {
		return 0, false
	}
	return g.WindowAfter(known)
}

// gateOf is the limit that refused a call at its last candidate.
func (e *Engine) gateOf(c *call, refused Limit) *gate {
	l := &e.cfg.Lanes[c.asked]
	switch {
	case refused == TokensPerDayAccount && l.Cross != None:
		return e.pools[l.Cross].limits[cross]
	case l.Pool == None:
		return nil
	}
	p := &e.pools[l.Pool]
	for _, g := range p.limits {
		if g != nil && g.cap.Limit == refused {
			return g
		}
	}
	for _, g := range p.mantle {
		if g != nil && g.cap.Limit == refused {
			return g
		}
	}
	return nil
}

// unserved ends a request that nothing served; known is when its caller knows.
func (e *Engine) unserved(c *call, why Limit, known unit.Time) {
	if c.leg == escalated {
		e.ledger.keepDraft(e.now, c)
		if c.owner != None {
			e.sessionServed(c.owner)
		}
		return
	}
	if c.leg == classifier {
		return
	}
	e.ledger.unserve(e.ledger.at(e.now), c.class, c.home, why)
	if c.owner != None {
		e.sessionUnserved(c, why, known)
	}
}

// sender is the client instance that a session's calls go through.
func (e *Engine) sender(c *call) *sender {
	return &e.senders[c.session%uint64(len(e.senders))]
}

// answered tells the client's own state of an attempt's answer: the retry
// quota gets back what a successful retry held, and one token for a clean success.
func (e *Engine) answered(c *call, refused bool) {
	p := e.cfg.Client.Profile
	if p <= Plain || p == BotocoreLegacy {
		return
	}
	s := e.sender(c)
	if p == Adaptive {
		s.rate.answer(e.now.Seconds(), refused)
	}
	if !refused {
		s.quota = min(retryQuotaFull, s.quota+max(1, c.cost))
		c.cost = 0
	}
}

// sendDelay is how long the adaptive limiter holds a first attempt back.
func (e *Engine) sendDelay(c *call) unit.Time {
	if e.cfg.Client.Profile != Adaptive {
		return 0
	}
	return unit.Time(e.sender(c).rate.delay(e.now.Seconds()) * float64(unit.Second))
}

// random is a stream about to be drawn from.
func (e *Engine) random(r **rand.Rand) *rand.Rand {
	e.drew = e.drew || e.cfg.Client.Profile > Plain
	return *r
}

// draw is a uniform draw from [0, 1).
func (e *Engine) draw(r **rand.Rand) float64 {
	e.drew = true
	return (*r).Float64()
}
