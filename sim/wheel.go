package sim

import (
	"cmp"
	"math/bits"
	"slices"

	"quotawall/sim/unit"
)

// wheel holds events of the near future by the span of time they fall into; a
// span is put in order when its time has come.
type wheel struct {
	bits    uint8    // a span is 2^bits microseconds
	current int64    // span that is open
	open    []event  // its events, in order
	next    int      // of open
	count   int      // events in later spans
	spans   int      // that the wheel reaches ahead: a power of two, at least 64
	lists   []int32  // by span; nil before the first push
	filled  []uint64 // spans with events
	nodes   []node   // 0 is no node
	free    int32
}

func newWheel(bits uint8, spans int) wheel {
	return wheel{bits: bits, spans: spans}
}

type node struct {
	event
	next int32
}

// push adds an event, or reports false where its span is open, past or too far ahead.
func (w *wheel) push(ev event) bool {
	span := int64(ev.at) >> (w.bits & 63)
	if span <= w.current || span >= w.current+int64(w.spans) {
		return false
	}
	if w.lists == nil {
		w.lists, w.filled = make([]int32, w.spans), make([]uint64, w.spans/64)
	}
	i := w.free
	if i == 0 {
		i = w.grow()
	} else {
		w.free = w.nodes[i].next
	}
	s := span & int64(len(w.lists)-1)
	n := &w.nodes[i]
	n.event, n.next = ev, w.lists[s]
	w.lists[s] = i
	w.filled[s>>6] |= 1 << (s & 63)
	w.count++
	return true
}

func (w *wheel) grow() int32 {
	if len(w.nodes) == 0 {
		w.nodes = append(w.nodes, node{})
	}
	w.nodes = append(w.nodes, node{})
	return int32(len(w.nodes) - 1)
}

// front is the earliest event, or nil where all are in spans later than limit's.
// The caller takes it by moving next on.
func (w *wheel) front(limit unit.Time) *event {
	if w.next < len(w.open) {
		return &w.open[w.next]
	}
	last := int64(limit) >> (w.bits & 63)
	if w.current >= last {
		return nil
	}
	if w.count == 0 {
		w.skip(limit, last)
		return nil
	}
	span := w.following()
	if span > last {
		w.skip(limit, last)
		return nil
	}
	w.openSpan(span)
	return &w.open[0]
}

// skip moves an empty stretch behind the wheel; the span of limit itself stays
// ahead, so that what is still scheduled into it finds the wheel.
func (w *wheel) skip(limit unit.Time, last int64) {
	if limit != unit.Never {
		w.current = last - 1
	}
}

// following is the first span after the current one that has events.
func (w *wheel) following() int64 {
	s := (w.current + 1) & int64(len(w.lists)-1)
	word := s >> 6
	set := w.filled[word] >> (s & 63) << (s & 63)
	for set == 0 {
		word = (word + 1) & int64(len(w.filled)-1)
		set = w.filled[word]
	}
	found := word<<6 + int64(bits.TrailingZeros64(set))
	return w.current + 1 + (found-s)&int64(len(w.lists)-1)
}

// openSpan takes a span's events out of the wheel and puts them in order.
func (w *wheel) openSpan(span int64) {
	s := span & int64(len(w.lists)-1)
	w.current, w.open, w.next = span, w.open[:0], 0
	for i := w.lists[s]; i != 0; {
		n := &w.nodes[i]
		w.open = append(w.open, n.event)
		i, n.next, w.free = n.next, w.free, i
	}
	w.lists[s] = 0
	w.filled[s>>6] &^= 1 << (s & 63)
	w.count -= len(w.open)
	sortEvents(w.open)
}

// sortEvents puts the few events of a span in order.
func sortEvents(es []event) {
	if len(es) > 16 {
		slices.SortFunc(es, func(a, b event) int {
			if c := cmp.Compare(a.at, b.at); c != 0 {
				return c
			}
			return cmp.Compare(a.order, b.order)
		})
		return
	}
	for i := 1; i < len(es); i++ {
		ev, j := es[i], i
		for ; j > 0 && ev.before(es[j-1].at, es[j-1].order); j-- {
			es[j] = es[j-1]
		}
		es[j] = ev
	}
}

func (w *wheel) each(f func(event)) {
	for _, ev := range w.open[w.next:] {
		f(ev)
	}
	for _, i := range w.lists {
		for ; i != 0; i = w.nodes[i].next {
			f(w.nodes[i].event)
		}
	}
}
