package sim

import (
	"slices"

	"quotawall/sim/unit"
)

// References of release events that are no batch job. From visible down, they
// are messages: visible - r is the kept call r.
const (
	queueTick int32 = -1 - iota
	visible
)

// release handles what is due: a look at the queue, a message that can be
// received again, or the end of a batch job.
func (e *Engine) release(ref int32) {
	switch {
	case ref == queueTick:
		e.queue.look(e)
	case ref <= visible:
		e.queue.comeBack(e, visible-ref)
	default:
		e.batch.done(e, ref)
	}
}

// queue holds deferrable requests in an SQS-like queue, one line a class, and
// releases them where they leave interactive calls their share of the limits.
type queue struct {
	cfg     *Queue
	lines   []line[int32] // kept calls by class, oldest first
	order   []int32       // classes, the first to be released first
	depth   int64         // of what can be received
	hidden  int64         // messages that were received and wait for their visibility timeout
	ticking bool
	minute  unit.Time // rate bound: minute being counted
	sent    int64
	result  QueueResult
}

func newQueue(cfg *Config) *queue {
	q := &queue{cfg: cfg.Queue, lines: make([]line[int32], len(cfg.Classes)), order: slices.Clone(cfg.Queue.Order)}
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
	q.result.Messages++
	q.waits(e)
}

// waits counts one more message that can be received, and looks at once where
// it is the only one.
func (q *queue) waits(e *Engine) {
	q.depth++
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
			first = min(first, e.calls.at(*q.lines[class].front()).arrival+d+1)
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
// One whose answer would come too late is not sent: no later look could help it.
func (q *queue) send(e *Engine, class int32) bool {
	c := *e.calls.at(*q.lines[class].front())
	c.slot = None
	if !e.plan(&c) {
		q.remove(e, class)
		e.unserved(&c, TooLong, e.now)
		return true
	}
	room, takes := q.roomFor(e, &c)
	if e.late(&c, e.now+takes) {
		q.remove(e, class)
		q.miss(e, &c)
		return true
	}
	if room == noRoom {
		return false
	}
	c.hopeless = room == neverRoom
	if c.seen {
		q.result.Redelivered++
	}
	c.seen, c.received = true, e.now
	q.sent++
	q.result.MaxAge = max(q.result.MaxAge, e.now-c.arrival)
	q.remove(e, class)
	before := q.hidden
	e.try(&c)
	return q.hidden == before
}

// remove takes the oldest message of a class off its line.
func (q *queue) remove(e *Engine, class int32) {
	e.calls.give(*q.lines[class].front())
	q.lines[class].pop()
	q.depth--
}

// requeue hides a released message that was refused: its consumer does not
// delete it, so that it can be received again when its visibility timeout,
// counted from the receive, is over (AWS developer guide, SQS, Sep/Oct 2026). A
// consumer is taken to look no more often than once an interval.
func (e *Engine) requeue(c *call, known unit.Time) bool {
	if e.queue == nil || !e.cfg.Classes[c.class].Deferrable || e.cfg.Classes[c.class].Batch {
		return false
	}
	q := e.queue
	c.at, c.hop = 0, 0
	q.hidden++
	back := c.received + max(q.cfg.Visibility, q.cfg.Interval, unit.Millisecond)
	e.events.push(max(known, back), release, visible-e.keep(c))
	return true
}

// comeBack puts a hidden message to its place in its line.
func (q *queue) comeBack(e *Engine, ref int32) {
	q.hidden--
	q.lines[e.calls.at(ref).class].insert(ref, func(a, b int32) bool { return e.calls.at(a).arrival < e.calls.at(b).arrival })
	q.waits(e)
}

// late reports whether an answer at a time would miss its class's deadline.
func (e *Engine) late(c *call, at unit.Time) bool {
	d := e.cfg.Classes[c.class].Deadline
	return d > 0 && at-c.arrival > d
}

// miss ends a message that was not answered by its deadline.
func (q *queue) miss(e *Engine, c *call) {
	q.result.DeadlineMisses++
	e.unserved(c, Deadline, e.now)
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
			c := *e.calls.at(*q.lines[class].front())
			if e.now-c.arrival <= deadline {
				break
			}
			q.remove(e, class)
			q.miss(e, &c)
		}
	}
}

// watch notes the queue's depth and age in the ledger's hour.
func (q *queue) watch(e *Engine) {
	h := e.ledger.at(e.now)
	h.Waiting, h.Oldest = q.depth, 0
	for class := range q.lines {
		if l := &q.lines[class]; l.len() > 0 {
			h.Oldest = max(h.Oldest, e.now-e.calls.at(*l.front()).arrival)
		}
	}
}

// cutQueue counts what the cut leaves waiting.
func (e *Engine) cutQueue() {
	if e.queue == nil {
		return
	}
	for class := range e.queue.lines {
		for _, ref := range e.queue.lines[class].all() {
			e.ledger.queuedCall(e.calls.at(ref))
		}
	}
	e.events.each(func(ev event) {
		if ev.kind() == release && ev.ref <= visible {
			e.ledger.queuedCall(e.calls.at(visible - ev.ref))
		}
	})
	if e.batch != nil {
		e.batch.cut(e)
	}
}

// requestsPerMessage is what a message costs an SQS user: send, receive,
// delete (https://aws.amazon.com/sqs/pricing/, read 2026-11-23); a message that
// comes back is received once more.
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
		add(unit.QueueRequests, unit.Queue, q.cfg.Service, q.result.Messages*requestsPerMessage+q.result.Redelivered, 1)
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
