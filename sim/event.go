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

func (ev event) kind() kind { return kind(ev.order >> kindShift) }

func (ev event) before(at unit.Time, order uint64) bool {
	return ev.at < at || ev.at == at && ev.order < order
}

// events is a 4-ary heap of values: the earliest event is at the front.
type events struct {
	heap []event
	seq  uint64
}

// push schedules an event after all of its time and kind that are there.
func (q *events) push(at unit.Time, k kind, ref int32) {
	q.seq++
	q.pushOrdered(event{at: at, order: uint64(k)<<kindShift | q.seq, ref: ref})
}

// pushArrival schedules an arrival by its place in the trace.
func (q *events) pushArrival(at unit.Time, place int64, ref int32) {
	q.pushOrdered(event{at: at, order: uint64(arrival)<<kindShift | uint64(place), ref: ref})
}

func (q *events) pushOrdered(ev event) {
	q.heap = append(q.heap, ev)
	h := q.heap
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
func (q *events) pop() event {
	h := q.heap
	first, last := h[0], h[len(h)-1]
	h = h[:len(h)-1]
	q.heap = h
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

// slots hands out small numbers for values that live for a while, and takes
// them back, without allocating in the long run.
type slots[T any] struct {
	items []T
	free  []int32
}

func (s *slots[T]) take() int32 {
	if n := len(s.free); n > 0 {
		i := s.free[n-1]
		s.free = s.free[:n-1]
		return i
	}
	s.items = append(s.items, *new(T))
	return int32(len(s.items) - 1)
}

func (s *slots[T]) give(i int32) { s.free = append(s.free, i) }

func (s *slots[T]) live() int { return len(s.items) - len(s.free) }
