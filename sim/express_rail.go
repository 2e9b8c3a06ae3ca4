package sim

import (
	"cmp"
	"math/bits"
	"slices"

	"quotawall/sim/unit"
)

// stop is the next attempt of an errand.
type stop struct {
	at    unit.Time
	order uint64 // of scheduling
	next  int32  // in its span, or of the free ones; 0 = none
	ref   int32  // errand
}

// rail is the queue of the express path: a timing wheel like that of events, in
// the same total order, but of spans so short that most hold one stop and
// nothing is copied or sorted. What is pushed into the span that is being
// handled, or beyond the wheel's reach, waits in a heap.
type rail struct {
	stops   []stop // 0 is no stop
	free    int32
	open    int32     // stops of the span that is being handled, in order
	current int64     // that span
	due     int64     // first later span with stops, or none
	next    unit.Time // no stop is before it
	lists   []int32   // by span: a power of two
	filled  []uint64
	heap    heap
	seq     uint64
	sorting []int32
}

// A span of a rail is 16 ms; 8,192 of them reach 134 s ahead, which holds nearly
// every retry.
const (
	railBits  = 14
	railSpans = 1 << 13
	noSpan    = int64(unit.Never) // later than the span of any time
)

func newRail() rail {
	return rail{due: noSpan, next: unit.Never, lists: make([]int32, railSpans), filled: make([]uint64, railSpans/64), stops: make([]stop, 1, 64)}
}

// push schedules a stop after all of its time.
func (q *rail) push(at unit.Time, ref int32) {
	i := q.free
	if i == 0 {
		i = int32(len(q.stops))
		q.stops = append(q.stops, stop{})
	} else {
		q.free = q.stops[i].next
	}
	q.seq++
	s := &q.stops[i]
	s.at, s.order, s.ref = at, q.seq, ref
	q.next = min(q.next, at)
	span := int64(at) >> railBits
	if span <= q.current || span >= q.current+railSpans {
		q.heap.push(event{at: at, order: s.order, ref: i})
		return
	}
	n := span & (railSpans - 1)
	s.next = q.lists[n]
	q.lists[n] = i
	q.filled[n>>6] |= 1 << (n & 63)
	q.due = min(q.due, span)
}

// pop takes the earliest stop up to and including a time and returns its time
// and errand, if there is one.
func (q *rail) pop(by unit.Time) (at unit.Time, ref int32, ok bool) {
	i := q.open
	if i == 0 {
		i = q.advance(by)
	}
	if len(q.heap) > 0 {
		return q.popEither(i, by)
	}
	if i == 0 {
		q.next = q.begin()
		return 0, 0, false
	}
	return q.popOpen(i, by)
}

// popOpen is pop where i is the first stop.
func (q *rail) popOpen(i int32, by unit.Time) (at unit.Time, ref int32, ok bool) {
	s := &q.stops[i]
	if s.at > by {
		q.next = s.at
		return 0, 0, false
	}
	q.open, s.next, q.free = s.next, q.free, i
	return s.at, s.ref, true
}

// begin is where the first later span with stops begins.
func (q *rail) begin() unit.Time {
	if q.due == noSpan {
		return unit.Never
	}
	return unit.Time(q.due << railBits)
}

// popEither is pop where i is the wheel's first stop and the heap is not empty.
func (q *rail) popEither(i int32, by unit.Time) (at unit.Time, ref int32, ok bool) {
	first := &q.heap[0]
	if i != 0 && !first.before(q.stops[i].at, q.stops[i].order) {
		return q.popOpen(i, by)
	}
	if first.at > by {
		q.next = min(first.at, q.begin())
		return 0, 0, false
	}
	i = q.heap.pop().ref
	s := &q.stops[i]
	s.next, q.free = q.free, i
	return s.at, s.ref, true
}

// advance opens the next span with stops if it begins by a time, and returns
// the first of them. Otherwise it moves the wheel on to just before that time,
// so that what is scheduled from then on finds it in reach.
func (q *rail) advance(by unit.Time) int32 {
	last := int64(by) >> railBits
	if q.due > last {
		if by != unit.Never {
			q.current = max(q.current, last-1)
		}
		return 0
	}
	q.current = q.due
	n := q.due & (railSpans - 1)
	i := q.lists[n]
	q.lists[n] = 0
	q.filled[n>>6] &^= 1 << (n & 63)
	q.due = q.following()
	if q.stops[i].next != 0 {
		i = q.inOrder(i)
	}
	q.open = i
	return i
}

// following is the first span after the current one that has stops, or none.
func (q *rail) following() int64 {
	from := (q.current + 1) & (railSpans - 1)
	word := from >> 6
	set := q.filled[word] >> (from & 63) << (from & 63)
	for looked := 0; set == 0; looked++ {
		if looked == len(q.filled) {
			return noSpan
		}
		word = (word + 1) & int64(len(q.filled)-1)
		set = q.filled[word]
	}
	found := word<<6 + int64(bits.TrailingZeros64(set))
	return q.current + 1 + (found-from)&(railSpans-1)
}

// inOrder links the stops of a span in their order and returns the first.
func (q *rail) inOrder(list int32) int32 {
	refs := q.sorting[:0]
	for i := list; i != 0; i = q.stops[i].next {
		refs = append(refs, i)
	}
	q.sorting = refs
	if len(refs) > 16 {
		slices.SortFunc(refs, func(a, b int32) int {
			s, t := &q.stops[a], &q.stops[b]
			return cmp.Or(cmp.Compare(s.at, t.at), cmp.Compare(s.order, t.order))
		})
	} else {
		for i := 1; i < len(refs); i++ {
			ref, j := refs[i], i
			for s := &q.stops[ref]; j > 0 && s.before(&q.stops[refs[j-1]]); j-- {
				refs[j] = refs[j-1]
			}
			refs[j] = ref
		}
	}
	next := int32(0)
	for j := len(refs) - 1; j >= 0; j-- {
		q.stops[refs[j]].next, next = next, refs[j]
	}
	return next
}

func (s *stop) before(t *stop) bool { return s.at < t.at || s.at == t.at && s.order < t.order }

// each calls f for every stop that is still scheduled, in no order.
func (q *rail) each(f func(*stop)) {
	for _, ev := range q.heap {
		f(&q.stops[ev.ref])
	}
	for i := q.open; i != 0; i = q.stops[i].next {
		f(&q.stops[i])
	}
	for _, i := range q.lists {
		for ; i != 0; i = q.stops[i].next {
			f(&q.stops[i])
		}
	}
}
