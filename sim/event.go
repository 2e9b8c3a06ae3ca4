package sim

import "quotawall/sim/unit"

// kind orders events of one instant (DESIGN 2.3).
type kind uint8

const (
	completion kind = iota
	release
	retry
	arrival
)

// event is something that happens at a time: what, and to which slot. order is
// the kind in the top bits and below it the order of scheduling (for arrivals
// the place in the trace), so that two comparisons give the total order.
type event struct {
	at    unit.Time
	order uint64
	ref   int32
}

const kindShift = 60

func (ev *event) kind() kind { return kind(ev.order >> kindShift) }

func (ev *event) before(at unit.Time, order uint64) bool {
	return ev.at < at || ev.at == at && ev.order < order
}

// events is the queue of what is scheduled. The near future is a timing wheel;
// what lies beyond its span, and what is scheduled into the span that is being
// handled, waits in a heap. The earlier of the two fronts is the next event, so
// the order is the same whichever holds an event.
type events struct {
	wheel wheel
	heap  heap
	seq   uint64
}

// Spans of the run's own queue: 67 s ahead, which holds nearly every retry; and
// of a book: as far, in fewer steps.
const (
	spanBits   = 16
	wheelSpans = 1 << 10
	bookBits   = 20
	bookSpans  = 1 << 6
)

func newEvents(bits uint8, spans int) events { return events{wheel: newWheel(bits, spans)} }

// push schedules an event after all of its time and kind that are there.
func (q *events) push(at unit.Time, k kind, ref int32) {
	q.seq++
	q.add(event{at: at, order: uint64(k)<<kindShift | q.seq, ref: ref})
}

// pushArrival schedules an arrival by its place in the trace.
func (q *events) pushArrival(at unit.Time, place int64, ref int32) {
	q.add(event{at: at, order: uint64(arrival)<<kindShift | uint64(place), ref: ref})
}

func (q *events) add(ev event) {
	if !q.wheel.push(ev) {
		q.heap.push(ev)
	}
}

// popBefore removes the earliest event if it is before (at, order).
func (q *events) popBefore(at unit.Time, order uint64) (ev event, ok bool) {
	front := q.wheel.front(at)
	if len(q.heap) > 0 && (front == nil || q.heap[0].before(front.at, front.order)) {
		if !q.heap[0].before(at, order) {
			return ev, false
		}
		return q.heap.pop(), true
	}
	if front == nil || !front.before(at, order) {
		return ev, false
	}
	q.wheel.next++
	return *front, true
}

// each calls f for every event that is still scheduled, in no order.
func (q *events) each(f func(event)) {
	for _, ev := range q.heap {
		f(ev)
	}
	q.wheel.each(f)
}

// heap is a 4-ary heap of values: the earliest event is at the front.
type heap []event

func (q *heap) push(ev event) {
	*q = append(*q, ev)
	h := *q
	i := len(h) - 1
	for i > 0 {
		parent := (i - 1) / 4
		if !ev.before(h[parent].at, h[parent].order) {
			break
		}
		h[i] = h[parent]
		i = parent
	}
	h[i] = ev
}

// pop removes the earliest event; the heap must not be empty.
func (q *heap) pop() event {
	h := *q
	first, last := h[0], h[len(h)-1]
	h = h[:len(h)-1]
	*q = h
	if len(h) == 0 {
		return first
	}
	i := 0
	for {
		child := 4*i + 1
		if child >= len(h) {
			break
		}
		least := child
		for j := child + 1; j < min(child+4, len(h)); j++ {
			if h[j].before(h[least].at, h[least].order) {
				least = j
			}
		}
		if !h[least].before(last.at, last.order) {
			break
		}
		h[i] = h[least]
		i = least
	}
	h[i] = last
	return first
}
