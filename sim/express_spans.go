package sim

import (
	"math"
	"math/bits"
	"slices"

	"quotawall/sim/unit"
)

// spans is a queue of numbers by time, the earliest first and those of one time
// in the order in which they were pushed. Time is cut into spans; what falls into
// a span waits in no order until it is the first, and is put in order then: the
// first few numbers of a span at hand, the others in a list. A number is pushed
// again only when it has been popped.
type spans struct {
	next    unit.Time // nothing is before it
	current int64     // span that is open
	after   int64     // first later span that is not empty, or none
	start   unit.Time // where the open span begins
	first   int       // of open, that was not popped yet
	open    []uint64  // the keys of what the open span holds, in order
	waiting []waiting // those in lists, by number
	late    heap      // what was pushed into the open span, or before it; of one time, it comes after open
	far     heap      // what is beyond the reach of lists
	seq     uint64
	filled  [spanCount / 64]uint64
	few     [spanCount][fewKeys]uint64 // by span, the keys of the first in it; noKey = none
	fewer   [spanCount]uint8           // how many of them there are
	lists   [spanCount]int32           // by span, the others, latest first; 0 = none
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
	fewKeys   = 8
	noSpan    = int64(unit.Never) // later than the span of any time
)

// A key is a number's microsecond within its span, its place among what was
// pushed into that span, as far as that fits, and the number.
const (
	keyTime  = 64 - spanWidth
	keyPlace = 32
	manyOpen = 1 << (keyTime - keyPlace)
	noKey    = math.MaxUint64 // after all keys
)

func noKeys() [fewKeys]uint64 {
	return [fewKeys]uint64{noKey, noKey, noKey, noKey, noKey, noKey, noKey, noKey}
}

func newSpans() *spans {
	s := &spans{next: unit.Never, after: noSpan, open: make([]uint64, 0, fewKeys)}
	for i := range s.few {
		s.few[i] = noKeys()
	}
	return s
}

// push adds a number above 0 at a time that is not before the latest one popped.
//
//go:noinline
func (s *spans) push(at unit.Time, number int32) {
	span := int64(at) >> spanWidth
	if span < s.after {
		s.comesFirst(span, at)
	}
	if uint64(span-s.current-1) >= spanCount-1 {
		s.pushAside(span, at, number)
		return
	}
	s.put(span, at, number)
}

// comesFirst notes that a time in a span before all later ones that are not empty
// is pushed.
func (s *spans) comesFirst(span int64, at unit.Time) {
	if span <= s.current {
		s.next = min(s.next, at)
		return
	}
	s.after = span
	s.next = min(s.next, s.begins())
}

// put adds a number to a span within reach.
func (s *spans) put(n int64, at unit.Time, number int32) {
	n &= spanCount - 1
	s.filled[n>>6] |= 1 << (n & 63)
	few := s.fewer[n]
	if few == fewKeys {
		s.list(n, at, number)
		return
	}
	s.few[n][few&(fewKeys-1)] = uint64(at)<<keyTime | uint64(few)<<keyPlace | uint64(number)
	s.fewer[n] = few + 1
}

// list adds a number to the list of a span.
func (s *spans) list(n int64, at unit.Time, number int32) {
	if int(number) >= len(s.waiting) {
		s.waiting = append(s.waiting, make([]waiting, int(number)+1-len(s.waiting))...)
	}
	s.waiting[number] = waiting{at: at, next: s.lists[n]}
	s.lists[n] = number
}

// pushAside adds a number to what is open, or beyond the reach of other spans.
func (s *spans) pushAside(span int64, at unit.Time, number int32) {
	s.seq++
	ev := event{at: at, order: s.seq, ref: number}
	if span <= s.current {
		s.late.push(ev)
		return
	}
	s.far.push(ev)
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
//
//go:noinline
func (s *spans) advance() {
	span := s.after
	s.current, s.start, s.first = span, unit.Time(span<<spanWidth), 0
	for len(s.far) > 0 && int64(s.far[0].at)>>spanWidth-span < spanCount {
		ev := s.far.pop()
		s.put(int64(ev.at)>>spanWidth, ev.at, ev.ref)
	}
	n := span & (spanCount - 1)
	s.filled[n>>6] &^= 1 << (n & 63)
	s.open = s.open[:fewKeys] // its capacity is never smaller
	few := (*[fewKeys]uint64)(s.open)
	*few, s.few[n] = s.few[n], noKeys()
	switch {
	case s.lists[n] != 0:
		s.openList(n)
	case s.fewer[n] <= 4:
		sortFour((*[4]uint64)(few[:]))
		s.open = s.open[:s.fewer[n]]
	default:
		sortEight(few)
		s.open = s.open[:s.fewer[n]]
	}
	s.fewer[n] = 0
	s.after = s.following()
}

// openList adds the list of a span to the few that are open, and puts all in
// order.
func (s *spans) openList(n int64) {
	for i := s.lists[n]; i != 0; i = s.waiting[i].next {
		s.open = append(s.open, uint64(s.waiting[i].at)<<keyTime|uint64(i))
	}
	s.lists[n] = 0
	slices.Reverse(s.open[fewKeys:])
	if len(s.open) >= manyOpen {
		slices.SortStableFunc(s.open, func(a, b uint64) int { return int(a>>keyTime) - int(b>>keyTime) })
		return
	}
	for i := range s.open[fewKeys:] {
		s.open[fewKeys+i] |= uint64(fewKeys+i) << keyPlace
	}
	slices.Sort(s.open)
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
	for n, i := range s.lists {
		for _, key := range s.few[n][:s.fewer[n]] {
			f(int32(uint32(key)))
		}
		for ; i != 0; i = s.waiting[i].next {
			f(i)
		}
	}
}
