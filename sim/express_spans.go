package sim

import (
	"math/bits"
	"slices"

	"quotawall/sim/unit"
)

// spans is a queue of numbers by time, the earliest first and those of one time
// in the order in which they were pushed. Time is cut into spans; what falls into
// a span waits in no order until it is the first, and is put in order then. A
// number is pushed again only when it has been popped.
type spans struct {
	next    unit.Time // nothing is before it
	current int64     // span that is open
	after   int64     // first later span that is not empty, or none
	start   unit.Time // where the open span begins
	first   int       // of open, that was not popped yet
	open    []uint64  // what the open span holds, in order: see openKey
	waiting []waiting // by number
	late    heap      // what was pushed into the open span; of one time, it comes after open
	far     heap      // what is beyond the reach of lists
	seq     uint64
	filled  [spanCount / 64]uint64
	lists   [spanCount]int32 // by span, latest first; 0 = none
}

type waiting struct {
	at   unit.Time
	next int32 // in its span; 0 = none
}

// A span is 131 ms, shorter than nearly every call and every retry's delay; 1,024
// of them reach 134 s ahead.
const (
	spanWidth = 17 // bits of a microsecond
	spanCount = 1 << 10
	noSpan    = int64(unit.Never) // later than the span of any time
)

// A key in open is a number's microsecond within its span, its place among what
// was pushed into that span, as far as that fits, and the number.
const (
	keyTime  = 64 - spanWidth
	keyPlace = 32
	manyOpen = 1 << (keyTime - keyPlace)
)

func newSpans() spans { return spans{next: unit.Never, after: noSpan, waiting: make([]waiting, 1, 64)} }

// push adds a number above 0 at a time that is not before the latest one popped.
func (s *spans) push(at unit.Time, number int32) {
	if int(number) >= len(s.waiting) {
		s.waiting = append(s.waiting, make([]waiting, int(number)+1-len(s.waiting))...)
	}
	w := &s.waiting[number]
	w.at = at
	s.next = min(s.next, at)
	span := int64(at) >> spanWidth
	if uint64(span-s.current-1) >= spanCount-1 {
		s.pushAside(span, at, number)
		return
	}
	n := span & (spanCount - 1)
	w.next = s.lists[n]
	s.lists[n] = number
	s.filled[n>>6] |= 1 << (n & 63)
	s.after = min(s.after, span)
}

// pushAside adds a number to the open span, or beyond the reach of the others.
func (s *spans) pushAside(span int64, at unit.Time, number int32) {
	s.seq++
	ev := event{at: at, order: s.seq, ref: number}
	if span == s.current {
		s.late.push(ev)
		return
	}
	s.far.push(ev)
	s.after = min(s.after, span)
}

// pop takes the earliest number, once next has come; 0 says that next was a
// bound only, and is later now.
func (s *spans) pop() (at unit.Time, number int32) {
	if s.first == len(s.open) && len(s.late) == 0 {
		s.advance()
	}
	head, late := s.head()
	if head > s.next {
		s.next = head
		return 0, 0
	}
	if late {
		number = s.late.pop().ref
	} else {
		number = int32(uint32(s.open[s.first]))
		s.first++
	}
	s.next, _ = s.head()
	return head, number
}

// head is when the first of the open span comes, or the next span begins where
// that is empty, and whether the first is a late one.
func (s *spans) head() (at unit.Time, late bool) {
	at = unit.Never
	if s.first < len(s.open) {
		at = s.start + unit.Time(s.open[s.first]>>keyTime)
	}
	switch {
	case len(s.late) > 0 && s.late[0].at < at:
		return s.late[0].at, true
	case at == unit.Never:
		return s.begins(), false
	}
	return at, false
}

// begins is where the first later span that is not empty begins.
func (s *spans) begins() unit.Time {
	if s.after == noSpan {
		return unit.Never
	}
	return unit.Time(s.after << spanWidth)
}

// advance opens the first later span that is not empty.
func (s *spans) advance() {
	span := s.after
	s.current, s.start, s.open, s.first = span, unit.Time(span<<spanWidth), s.open[:0], 0
	for len(s.far) > 0 && int64(s.far[0].at)>>spanWidth-span < spanCount {
		ev := s.far.pop()
		n := int64(ev.at) >> spanWidth & (spanCount - 1)
		s.waiting[ev.ref].next = s.lists[n]
		s.lists[n] = ev.ref
		s.filled[n>>6] |= 1 << (n & 63)
	}
	n := span & (spanCount - 1)
	list := s.lists[n]
	s.lists[n] = 0
	s.filled[n>>6] &^= 1 << (n & 63)
	for i := list; i != 0; i = s.waiting[i].next {
		s.open = append(s.open, uint64(s.waiting[i].at-s.start)<<keyTime|uint64(i))
	}
	s.after = s.following()
	if len(s.open) > 1 {
		s.order()
	}
}

// order puts the open span in order, of which the latest came first.
func (s *spans) order() {
	open := s.open
	if len(open) >= manyOpen {
		slices.Reverse(open)
		slices.SortStableFunc(open, func(a, b uint64) int { return int(a>>keyTime) - int(b>>keyTime) })
		return
	}
	for i := range open {
		open[i] |= uint64(len(open)-1-i) << keyPlace
	}
	if len(open) > 12 {
		slices.Sort(open)
		return
	}
	for last := len(open) - 1; last > 0; last-- { // without a branch that depends on the keys
		for i, a := range open[:last] {
			b := open[i+1]
			open[i], open[i+1] = min(a, b), max(a, b)
		}
	}
}

// following is the first span after the open one that is not empty, or none.
func (s *spans) following() int64 {
	from := (s.current + 1) & (spanCount - 1)
	word := from >> 6
	set := s.filled[word] >> (from & 63) << (from & 63)
	for looked := 0; set == 0; looked++ {
		if looked == len(s.filled) {
			if len(s.far) == 0 {
				return noSpan
			}
			return int64(s.far[0].at) >> spanWidth
		}
		word = (word + 1) & int64(len(s.filled)-1)
		set = s.filled[word]
	}
	found := word<<6 + int64(bits.TrailingZeros64(set))
	return s.current + 1 + (found-from)&(spanCount-1)
}

// each calls f for every number that was not popped, in no order.
func (s *spans) each(f func(number int32)) {
	for _, ev := range slices.Concat(s.late, s.far) {
		f(ev.ref)
	}
	for _, key := range s.open[s.first:] {
		f(int32(uint32(key)))
	}
	for _, i := range s.lists {
		for ; i != 0; i = s.waiting[i].next {
			f(i)
		}
	}
}
