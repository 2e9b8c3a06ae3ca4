package sim

import (
	"quotawall/sim/trace"
	"quotawall/sim/unit"
)

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
	cost     int64     // retry quota held by retries that have not succeeded yet
	draft    Tokens    // of a cascade's first answer, while the second is awaited
	received unit.Time // deferred: when it was taken off the queue last

	model, class, home int32 // requested alias, class, home account
	owner              int32 // closed loop: session, else None
	head               int32 // account asked first for the current model
	hop                int32 // accounts of it already asked
	asked              int32 // lane asked last
	routed             int32 // alias the classifier answered, else None
	attempts           int32
	slot               int32 // where it is kept, else None
	chain              chain
	at                 int8 // model of the chain being asked
	leg                leg  // which part of a request this call is

	deferred bool
	waits    bool // kept, and scheduled again
	exact    bool // max is the output itself, in the requested model's tokens
	draftCut bool // the first answer was cut at max_tokens
	hopeless bool // deferred, and too large for what the queue may ever use
	seen     bool // deferred, and received before
	onDemand bool // deferred, and released into what on-demand limits leave: bought capacity is not asked
}

// leg is the part of a request that a call plays.
type leg uint8

const (
	whole      leg = iota
	classifier     // asks which model the request needs
	draft          // a cascade's first answer, to be escalated
	escalated      // the second answer after a draft
)

// fill copies what a request asks into an empty call.
func (e *Engine) fill(c *call, r *trace.Request) {
	c.arrival, c.input, c.output, c.max, c.duration = r.At, r.Input, r.Output, r.Max, r.Duration
	c.session, c.read, c.write, c.shared, c.blocks = r.Session, r.CacheRead, r.CacheWrite, r.Shared, r.Blocks
	c.model, c.class = e.modelOf[r.Model], e.classOf[r.Class]
	c.owner, c.routed, c.slot = None, None, None
	c.max, c.exact = e.maxOf(r, c.class)
	e.noteMax(r, c.model, c.max)
	c.home = e.homeOf(r)
}

// maxOf is the max_tokens that a request of a class is sent with, and whether
// that is the output itself.
func (e *Engine) maxOf(r *trace.Request, class int32) (tokens int64, exact bool) {
	tokens = r.Max
	if tokens == trace.MaxUnknown {
		tokens, exact = e.cfg.Max, e.cfg.Max == MaxFromOutput
		if exact {
			tokens = r.Output
		}
	}
	if right := e.cfg.Classes[class].Max; right > 0 && (tokens < 0 || tokens > right) {
		tokens, exact = right, false
	}
	return tokens, exact
}

// noteMax counts what was unusual about the max_tokens of a request.
func (e *Engine) noteMax(r *trace.Request, model int32, tokens int64) {
	if r.Max == trace.MaxUnknown {
		e.ledger.maxAssumed++
	}
	if top := e.cfg.Models[model].MaxOutput; top > 0 && tokens > top {
		e.ledger.cappedMax++
	}
}

// homeOf is the account a request belongs to.
func (e *Engine) homeOf(r *trace.Request) int32 {
	n := uint64(len(e.cfg.Accounts))
	if n == 1 {
		return 0
	}
	switch e.cfg.Assign {
	case Hashed:
		return modulo(r.Session, n)
	case RoundRobin:
		return modulo(uint64(e.ledger.totals.Offered), n)
	case MostHeadroom:
		return 0
	default:
		return modulo(uint64(r.Ordinal), n)
	}
}

// modulo is a mod n, without a division where n is a power of two.
func modulo(a, n uint64) int32 {
	if n&(n-1) == 0 {
		return int32(a & (n - 1))
	}
	return int32(a % n)
}

// arrive is the arrival of a new request.
func (e *Engine) arrive(c *call) {
	e.ledger.offer(e.ledger.at(e.now), c.class, c.home, c.input+c.output)
	if e.cfg.Gateway != nil {
		e.ledger.gateway++
	}
	if e.cfg.Routing.Classifier != nil && e.classify(c) {
		return
	}
	e.dispatch(c)
}

// dispatch puts a request into a batch job or the queue, or starts it at once.
func (e *Engine) dispatch(c *call) {
	class := &e.cfg.Classes[c.class]
	if class.SelfHosted && e.endpoint != nil && !e.fits(c, e.cfg.Endpoint.Model) {
		e.endpoint.result.TooLong++
	}
	switch {
	case class.Batch && e.batch != nil:
		c.deferred = true
		e.batch.add(e, e.keep(c))
	case class.Deferrable && e.queue != nil:
		c.deferred = true
		e.queue.add(e, e.keep(c))
	default:
		e.start(c)
	}
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
	slot := e.calls.at(i)
	blocks := append(slot.blocks[:0], c.blocks...)
	*slot = *c
	slot.blocks, slot.slot, slot.waits = blocks, i, false
	return i
}

// taken is a kept call to go on with elsewhere; its slot is free again.
func (e *Engine) taken(ref int32) call {
	c := *e.calls.at(ref)
	c.slot = None
	e.calls.give(ref)
	return c
}

// wait schedules the next attempt, or the next candidate, of a call. One that
// is kept already stays where it is.
func (e *Engine) wait(c *call, at unit.Time) {
	ref := c.slot
	if ref == None {
		ref = e.keep(c)
	}
	e.calls.at(ref).waits = true
	e.events.push(at, retry, ref)
}

// retry is a kept call whose wait is over: a further attempt, or the next
// candidate of the same one.
func (e *Engine) retry(ref int32) {
	c := e.calls.at(ref)
	if c.attempts > 0 && c.at == 0 && c.hop == 0 {
		e.ledger.retries++
	}
	c.waits = false
	e.try(c)
	e.letGo(c)
}

// letGo frees the slot of a kept call unless it waits for a further attempt.
func (e *Engine) letGo(c *call) {
	if !c.waits {
		e.calls.give(c.slot)
	}
}
