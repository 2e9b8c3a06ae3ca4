package sim

import (
	"fmt"
	"math/rand/v2"

	"quotawall/sim/cache"
	"quotawall/sim/trace"
	"quotawall/sim/unit"
)

// Engine runs one step of a scenario over requests in order of time. Feed it
// blocks of arrivals, in a closed loop those of a tape that it has loaded, then Finish.
type Engine struct {
	cfg      Config
	horizon  unit.Time
	now      unit.Time
	allReady unit.Time // from then on every account can be used
	order    uint64    // of the event being handled
	lastEnd  unit.Time // of the calls whose end is no event
	eager    bool      // every end is an event
	place    int64     // arrivals offered so far

	events   events
	calls    slots[call]
	flights  slots[flight]
	grounded int32 // flight that newFlight gave last, else None
	// progress follows the flights whose charge is adjusted on the way; empty otherwise.
	progress []progress
	pools    []pool
	books    []events // by pool: ends of calls that only settle
	cache    cache.Store
	prompt   cache.Prompt // of the latest offer with blocks
	plans    plans
	senders  []sender
	// mixShares are the parts of the routing mix, in its order.
	mixShares []float64
	mixTo     []int32 // by wished model

	modelOf, classOf []int32 // by the trace's names

	jitter, losses, routes, faults *rand.Rand
	drew                           bool

	ledger   ledger
	sessions sessions
	endpoint *endpoint
	bought   *bought
	queue    *queue
	batch    *batch
	ramp     ramp
	express  *express // runs this step, where it is simple enough; else nil
}

// New returns an engine for a compiled scenario.
func New(cfg Config) *Engine {
	e := &Engine{
		cfg:      cfg,
		horizon:  cfg.Horizon,
		jitter:   unit.Stream(cfg.Seed, "jitter"),
		losses:   unit.Stream(cfg.Seed, "cache-loss"),
		routes:   unit.Stream(cfg.Seed, "routing"),
		faults:   unit.Stream(cfg.Seed, "faults"),
		grounded: None,
		senders:  make([]sender, max(1, cfg.Client.Instances)),
	}
	if c := &e.cfg.Client; c.Attempts == 0 || c.Profile == NoRetry {
		c.Attempts = c.Profile.DefaultAttempts()
	}
	for i := range e.senders {
		e.senders[i] = sender{quota: retryQuotaFull}
	}
	for i := range cfg.Accounts {
		e.allReady = max(e.allReady, cfg.Accounts[i].Ready)
	}
	e.pools = newPools(&e.cfg)
	e.events = newEvents(spanBits, wheelSpans)
	e.books = make([]events, len(e.pools))
	for i := range e.books {
		e.books[i] = newEvents(bookBits, bookSpans)
	}
	e.plans = newPlans(len(cfg.Models))
	for _, part := range cfg.Routing.Mix {
		e.mixShares = append(e.mixShares, part.Share.Float())
	}
	if len(cfg.Routing.Mix) > 0 {
		e.mixTo = newMixTo(&e.cfg)
	}
	e.ledger = newLedger(&e.cfg)
	if cfg.Endpoint != nil {
		e.endpoint = newEndpoint(&e.cfg, &e.events.seq)
	}
	if cfg.Provisioned != nil {
		e.bought = newBought(&e.cfg)
	}
	if cfg.Queue != nil {
		e.queue = newQueue(&e.cfg)
		if cfg.Queue.Batch != nil {
			e.batch = newBatch(&e.cfg)
		}
	}
	e.express = newExpress(e)
	return e
}

// Bind says which alias and which class the trace's names stand for; it is
// called before the first Feed and again when names were added.
func (e *Engine) Bind(modelOf, classOf []int32) { e.modelOf, e.classOf = modelOf, classOf }

// Feed offers the next arrivals. Requests at or after the horizon are not offered.
func (e *Engine) Feed(requests []trace.Request) {
	if e.express != nil {
		e.express.feed(requests)
		return
	}
	if e.sessions.tape != nil {
		e.sessions.play(e, len(requests))
		return
	}
	for i := range requests {
		r := &requests[i]
		if r.At >= e.horizon {
			return
		}
		order := uint64(arrival)<<kindShift | uint64(e.place)
		e.runUntil(r.At, order)
		e.clock(r.At, order)
		var c call
		e.fill(&c, r)
		e.place++
		e.arrive(&c)
	}
}

// runUntil handles the events before (at, order).
func (e *Engine) runUntil(at unit.Time, order uint64) {
	if !e.cfg.Drain && at >= e.horizon {
		at, order = e.horizon, 0
	}
	if e.express != nil {
		e.express.finish(at)
		return
	}
	for {
		first := event{at: at, order: order}
		hosted := e.endpoint != nil && e.endpoint.next.before(at, order)
		if hosted {
			first = e.endpoint.next
		}
		if ev, ok := e.events.popBefore(first.at, first.order); ok {
			e.handle(ev)
		} else if hosted {
			e.runEndpoint()
		} else {
			return
		}
	}
}

// clock moves time on; going back would be a bug.
func (e *Engine) clock(at unit.Time, order uint64) {
	e.goTo(at)
	e.order = order
}

func (e *Engine) goTo(at unit.Time) {
	if at < e.now {
		e.wentBack(at)
	}
	e.now = at
}

// wentBack stays out of goTo, which is put into the loops that call it.
//
//go:noinline
func (e *Engine) wentBack(at unit.Time) {
	panic(fmt.Sprintf("sim: the clock went back from %d to %d", e.now, at))
}

func (e *Engine) handle(ev event) {
	e.clock(ev.at, ev.order)
	switch ev.kind() {
	case completion:
		e.complete(ev.ref)
	case release:
		e.release(ev.ref)
	case retry:
		e.retry(ev.ref)
	case arrival:
		e.sessionArrival(ev.ref)
	}
}

// Finish ends the run: what is under way is drained, or cut at the horizon.
// horizon replaces a horizon that was unit.Never. It returns the counts, or an
// error naming the conservation law that does not hold, which is our bug.
func (e *Engine) Finish(horizon unit.Time) (*Result, error) {
	if e.horizon == unit.Never {
		e.horizon = horizon
		if e.endpoint != nil {
			e.endpoint.horizon = horizon
		}
	}
	e.runUntil(unit.Never, 0)
	e.settleRest()
	e.cut()
	if e.express != nil {
		e.express.fold()
	}
	r := e.result()
	return r, e.check(r)
}

// cut counts what is still under way after a run that was not drained.
func (e *Engine) cut() {
	e.events.each(func(ev event) {
		switch ev.kind() {
		case retry:
			e.ledger.queuedCall(e.calls.at(ev.ref))
		case completion:
			if then := e.flights.at(ev.ref).then; then != None {
				e.ledger.inFlightCall(e.calls.at(then))
			}
		}
	})
	e.cutSessions()
	e.cutQueue()
	e.cutEndpoint()
}

// lane numbers an account and a model.
func (e *Engine) lane(account, model int32) int32 {
	return account*int32(len(e.cfg.Models)) + model
}
