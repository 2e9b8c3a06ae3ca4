package sim

import (
	"quotawall/sim/trace"
	"quotawall/sim/unit"
)

// chainMax bounds the models one attempt asks: endpoint, routed, own and fallbacks.
const chainMax = 8

// call is a request under way: as it was asked, and where its attempts stand.
type call struct {
	arrival  unit.Time
	input    int64 // tokens, in the tokenizer of the requested model
	output   int64
	max      int64 // max_tokens, or trace.MaxUnset
	duration unit.Time
	session  uint64
	read     int64 // what the log says of the cached part
	write    int64
	shared   int64
	blocks   []uint64
	place    int64
	cost     int64 // retry quota held by retries that have not succeeded yet

	model, class, home int32 // requested alias, class, home account
	owner              int32 // closed loop: session, else None
	leg                leg   // which part of a request this call is

	chain    [chainMax]int32
	length   int32 // models in the chain
	at       int32 // model of the chain being asked
	hop      int32 // accounts of it already asked
	head     int32 // account asked first for it
	asked    int32 // lane asked last
	attempts int32
	routed   int32 // alias the classifier answered, else None
	deferred bool
	exact    bool // max is the output itself, in the requested model's tokens
	hopeless bool // deferred, and too large for what the queue may ever use
}

// leg is the part of a request that a call plays.
type leg uint8

const (
	whole      leg = iota
	classifier     // asks which model the request needs
	draft          // a cascade's first answer, to be escalated
	escalated      // the second answer after a draft
)

// fill copies what a request asks into a call.
func (e *Engine) fill(c *call, r *trace.Request) {
	*c = call{
		arrival: r.At, input: r.Input, output: r.Output, max: r.Max, duration: r.Duration,
		session: r.Session, read: r.CacheRead, write: r.CacheWrite, shared: r.Shared, blocks: r.Blocks,
		place: e.place, model: e.modelOf[r.Model], class: e.classOf[r.Class], owner: None, routed: None,
	}
	switch {
	case r.Max != trace.MaxUnknown:
	case e.cfg.Max == MaxFromOutput:
		c.max, c.exact = r.Output, true
		e.ledger.maxAssumed++
	default:
		c.max = e.cfg.Max
		e.ledger.maxAssumed++
	}
	if right := e.cfg.Classes[c.class].Max; right > 0 && (c.max < 0 || c.max > right) {
		c.max, c.exact = right, false
	}
	if top := e.cfg.Models[c.model].MaxOutput; top > 0 && c.max > top {
		e.ledger.cappedMax++
	}
	c.home = e.homeOf(r)
}

// homeOf is the account a request belongs to.
func (e *Engine) homeOf(r *trace.Request) int32 {
	n := uint64(len(e.cfg.Accounts))
	if n == 1 {
		return 0
	}
	switch e.cfg.Assign {
	case Hashed:
		return int32(r.Session % n)
	case RoundRobin:
		return int32(uint64(e.ledger.totals.Offered) % n)
	case MostHeadroom:
		return 0
	default:
		return int32(uint64(r.Ordinal) % n)
	}
}

// arrive is the arrival of a new request.
func (e *Engine) arrive(c *call) {
	e.ledger.offer(e.now, c)
	class := &e.cfg.Classes[c.class]
	if e.cfg.Gateway != nil {
		e.ledger.gateway++
	}
	if class.Batch && e.batch != nil {
		c.deferred = true
		e.batch.add(e, e.keep(c))
		return
	}
	if class.Deferrable && e.queue != nil {
		c.deferred = true
		e.queue.add(e, e.keep(c))
		return
	}
	if e.cfg.Routing.Classifier != nil && e.classify(c) {
		return
	}
	e.start(c)
}

// start plans a request's models and makes the first attempt.
func (e *Engine) start(c *call) {
	if !e.plan(c) {
		e.unserved(c, TooLong, e.now)
		return
	}
	if wait := e.sendDelay(c); wait > 0 {
		e.wait(c, e.now+wait)
		return
	}
	e.try(c)
}

// keep moves a call into a slot, with a copy of what the reader owns.
func (e *Engine) keep(c *call) int32 {
	i := e.calls.take()
	slot := &e.calls.items[i]
	blocks := append(slot.blocks[:0], c.blocks...)
	*slot = *c
	slot.blocks = blocks
	if len(c.blocks) == 0 {
		slot.blocks = blocks[:0]
	}
	return i
}

// wait schedules the next attempt, or the next candidate, of a call.
func (e *Engine) wait(c *call, at unit.Time) { e.events.push(at, retry, e.keep(c)) }

// retry is a kept call whose wait is over: a further attempt, or the next
// candidate of the same one.
func (e *Engine) retry(ref int32) {
	c := e.calls.items[ref]
	if c.attempts > 0 && c.at == 0 && c.hop == 0 {
		e.ledger.retries++
	}
	e.try(&c)
	e.calls.give(ref)
}
