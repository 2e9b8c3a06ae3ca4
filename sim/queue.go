package sim

import (
	"slices"

	"quotawall/sim/unit"
)

// References of release events that are no batch job.
const (
	queueTick int32 = -1 - iota
	endpointTick
	endpointReady
)

// release handles what is due: a look at the queue, at the endpoint, or the end
// of a batch job.
func (e *Engine) release(ref int32) {
	switch ref {
	case queueTick:
		e.queue.look(e)
	case endpointTick:
		e.endpoint.scale(e)
	case endpointReady:
		e.endpoint.dispatch(e)
	default:
		e.batch.done(e, ref)
	}
}

// queue holds deferrable requests in an SQS-like queue, one line a class, and
// releases them where they leave interactive calls their share of the limits.
type queue struct {
	cfg     *Queue
	lines   []line  // kept calls by class, oldest first
	order   []int32 // classes, the first to be released first
	depth   int64
	ticking bool
	minute  unit.Time // rate bound: minute being counted
	sent    int64
	retries int64 // receives beyond the first
	result  QueueResult
}

func newQueue(cfg *Config) *queue {
	q := &queue{cfg: cfg.Queue, lines: make([]line, len(cfg.Classes)), order: slices.Clone(cfg.Queue.Order)}
	for class := range int32(len(cfg.Classes)) {
		if !slices.Contains(q.order, class) {
			q.order = append(q.order, class)
		}
	}
	return q
}

// add puts a kept call into its class's line.
func (q *queue) add(e *Engine, ref int32) {
	class := e.calls.at(ref).class
	q.lines[class].push(ref)
	q.depth++
	q.result.Messages++
	q.result.MaxDepth = max(q.result.MaxDepth, q.depth)
	if q.depth == 1 {
		q.look(e)
		return
	}
	q.tick(e)
}

// tick arms the next look at the queue.
func (q *queue) tick(e *Engine) {
	if q.ticking || q.depth == 0 {
		return
	}
	q.ticking = true
	at := e.now + max(q.cfg.Interval, unit.Millisecond)
	if q.cfg.Window != nil && !q.cfg.Window.open(e.cfg.Epoch+at) {
		at = max(at, min(q.cfg.Window.nextOpen(e.cfg.Epoch+at)-e.cfg.Epoch, q.nextDeadline(e)))
	}
	e.events.push(at, release, queueTick)
}

// nextDeadline is when the first message misses its deadline.
func (q *queue) nextDeadline(e *Engine) unit.Time {
	first := unit.Never
	for class := range q.lines {
		if d := e.cfg.Classes[class].Deadline; d > 0 && q.lines[class].len() > 0 {
			first = min(first, e.calls.at(q.lines[class].front()).arrival+d+1)
		}
	}
	return first
}

// look releases what may go, class by class by priority, oldest first.
func (q *queue) look(e *Engine) {
	q.ticking = false
	q.expire(e)
	if q.cfg.Window.open(e.cfg.Epoch + e.now) {
		for _, class := range q.order {
			for q.lines[class].len() > 0 && q.mayRelease(e) && q.send(e, class) {
			}
		}
	}
	q.watch(e)
	q.tick(e)
}

// mayRelease counts releases against the rate bound.
func (q *queue) mayRelease(e *Engine) bool {
	if q.cfg.PerMinute == 0 {
		return true
	}
	if minute := e.now / unit.Minute; minute != q.minute {
		q.minute, q.sent = minute, 0
	}
	return q.sent < q.cfg.PerMinute
}

// send tries to serve the oldest message of a class and reports whether it went.
func (q *queue) send(e *Engine, class int32) bool {
	c := *e.calls.at(q.lines[class].front())
	c.slot = None
	if !e.plan(&c) {
		q.remove(e, class)
		e.unserved(&c, TooLong, e.now)
		return true
	}
	if room := q.roomFor(e, &c); room == noRoom {
		return false
	} else if room == neverRoom {
		c.hopeless = true
	}
	q.sent++
	q.result.MaxAge = max(q.result.MaxAge, e.now-c.arrival)
	q.remove(e, class)
	before := q.depth
	e.try(&c)
	return q.depth == before
}

// remove takes the oldest message of a class off its line.
func (q *queue) remove(e *Engine, class int32) {
	e.calls.give(q.lines[class].front())
	q.lines[class].pop()
	q.depth--
}

// room is whether a message may be released.
type room uint8

const (
	noRoom room = iota
	hasRoom
	neverRoom // it alone exceeds the queue's part of a limit: waiting is no use
)

// roomFor says whether a call's first candidate leaves interactive calls
// their share: headroom of the minute limits, daily share of the day's.
func (q *queue) roomFor(e *Engine, c *call) room {
	account := e.account(c)
	if account == None {
		return noRoom
	}
	if e.cfg.Models[c.asks()].SelfHosted {
		if e.endpoint.free(e.now) >= 0 || e.endpoint.count() == 0 { // asking wakes an endpoint at zero
			return hasRoom
		}
		return noRoom
	}
	var o offer
	e.offerTo(&o, c, account)
	l := &e.cfg.Lanes[o.lane]
	if l.book() != None {
		e.settleDue(l)
	}
	var gates [4]*gate
	if l.Pool != None {
		e.pools[l.Pool].apply(e.now)
		gates = e.pools[l.Pool].limits
	}
	if l.Cross != None {
		gates[cross] = e.pools[l.Cross].limits[cross]
	}
	return q.roomIn(e.now, &gates, [4]int64{1, o.charge, o.charge, o.crossCharge})
}

// roomIn asks a lane's limits, less what is kept for interactive calls.
func (q *queue) roomIn(now unit.Time, gates *[4]*gate, charges [4]int64) room {
	answer := hasRoom
	for i, g := range gates {
		if g == nil {
			continue
		}
		g.Roll(now)
		keep := q.cfg.Headroom
		if i >= tpd {
			keep = q.cfg.DailyShare
		}
		switch part := g.Value() - keep.Of(g.Value()); {
		case charges[i] > part:
			return neverRoom
		case g.Used()+charges[i] > part:
			answer = noRoom
		}
	}
	return answer
}

// requeue puts a released message that was refused back to the head of its
// line; it is received again after the visibility timeout at the latest.
func (e *Engine) requeue(c *call, known unit.Time) bool {
	if e.queue == nil || !e.cfg.Classes[c.class].Deferrable || e.cfg.Classes[c.class].Batch {
		return false
	}
	q := e.queue
	q.retries++
	c.at, c.hop = 0, 0
	ref := e.keep(c)
	q.lines[c.class].pushFront(ref)
	q.depth++
	q.tick(e)
	return true
}

// retention is how long SQS keeps a message at most (rule R32; AWS docs, Sep/Oct
// 2026); it is the deadline of classes that have none.
const retention = 14 * unit.Day

// expire ends the messages whose deadline has passed.
func (q *queue) expire(e *Engine) {
	for class := range int32(len(q.lines)) {
		deadline := e.cfg.Classes[class].Deadline
		if deadline == 0 {
			deadline = retention
		}
		for q.lines[class].len() > 0 {
			c := *e.calls.at(q.lines[class].front())
			if e.now-c.arrival <= deadline {
				break
			}
			q.remove(e, class)
			q.result.DeadlineMisses++
			e.unserved(&c, Deadline, e.now)
		}
	}
}

// watch notes the queue's depth and age in the ledger's hour.
func (q *queue) watch(e *Engine) {
	h := e.ledger.at(e.now)
	h.Waiting, h.Oldest = q.depth, 0
	for class := range q.lines {
		if l := &q.lines[class]; l.len() > 0 {
			h.Oldest = max(h.Oldest, e.now-e.calls.at(l.front()).arrival)
		}
	}
}

// cutQueue counts what the cut leaves waiting.
func (e *Engine) cutQueue() {
	if e.queue == nil {
		return
	}
	for class := range e.queue.lines {
		for _, ref := range e.queue.lines[class].waiting() {
			e.ledger.queuedCall(e.calls.at(ref))
		}
	}
	if e.batch != nil {
		e.batch.cut(e)
	}
}

// requestsPerMessage is what a message costs an SQS user: send, receive,
// delete (https://aws.amazon.com/sqs/pricing/, read 2026-11-23).
const requestsPerMessage = 3

// routingUsage is the bill of the queue and of the routing layer.
func (e *Engine) routingUsage() []unit.Usage {
	var us []unit.Usage
	home := e.cfg.Accounts[0]
	add := func(item unit.Item, lane unit.Lane, row string, quantity, per int64) {
		if quantity > 0 {
			us = append(us, unit.Usage{Item: item, Lane: lane, Account: home.Name, Region: home.Region, Model: row, Quantity: quantity, Per: per})
		}
	}
	if q := e.queue; q != nil {
		add(unit.QueueRequests, unit.Queue, q.cfg.Service, q.result.Messages*requestsPerMessage+q.retries, 1)
	}
	if g := e.cfg.Gateway; g != nil {
		calls := e.ledger.gateway
		if g.Service != "" {
			add(unit.GatewayRequests, unit.Routing, g.Service, calls, 1)
		}
		if g.Function != "" {
			add(unit.FunctionCalls, unit.Routing, "lambda_requests", calls, 1)
			add(unit.FunctionSeconds, unit.Routing, g.Function, calls*g.MemoryMB*int64(g.PerCall/unit.Millisecond), 1024*1000)
		}
	}
	return us
}
