package sim

import (
	"math/bits"

	"quotawall/sim/unit"
)

// ending is the end of an admitted call, at which its meter settles it.
type ending struct {
	at             unit.Time
	charge, refund int64 // refund is below zero for an excess
	meter          int32
	next           int32 // in its span, or of the free ones; 0 = none
	minute, day    bool  // at is inside the window of the admission
}

// ends holds the ends of calls by span of time, in no order until the span's
// time has come: then it is open. Ends of one time stay in the order in which
// they were pushed.
type ends struct {
	next    unit.Time // none is before it
	current int64     // span that is open; none before it has an end
	start   unit.Time // where it begins
	first   int       // of open, that is not taken yet
	open    []uint64  // ends of the open span in order: microseconds from start, then number in all
	all     []ending  // 0 is none
	free    int32
	lists   []int32 // by span, latest first: a power of two
	filled  []uint64
	far     heap // ends beyond the reach of lists
	seq     uint64
}

// A span is 262 ms, shorter than nearly every call; 512 of them reach 134 s ahead.
const (
	endBits  = 18
	endSpans = 1 << 9
)

func newEnds() ends {
	return ends{next: unit.Never, all: make([]ending, 1, 64), lists: make([]int32, endSpans), filled: make([]uint64, endSpans/64)}
}

// push adds an end, which is not before the open span, and returns it to be
// filled in; it is good until the next push.
func (d *ends) push(at unit.Time) *ending {
	i := d.free
	if i == 0 {
		i = int32(len(d.all))
		d.all = append(d.all, ending{})
	} else {
		d.free = d.all[i].next
	}
	p := &d.all[i]
	p.at = at
	d.next = min(d.next, at)
	if ahead := int64(at)>>endBits - d.current; uint64(ahead-1) >= endSpans-1 {
		d.pushAside(i, at)
	} else {
		d.list(i, p)
	}
	return p
}

// list puts an end into the span of its time.
func (d *ends) list(i int32, p *ending) {
	n := int64(p.at) >> endBits & (endSpans - 1)
	p.next = d.lists[n]
	d.lists[n] = i
	d.filled[n>>6] |= 1 << (n & 63)
}

// pushAside puts an end into the open span, or beyond the reach of all.
func (d *ends) pushAside(i int32, at unit.Time) {
	if int64(at)>>endBits != d.current {
		d.seq++
		d.far.push(event{at: at, order: d.seq, ref: i})
		return
	}
	key := uint64(at-d.start)<<32 | uint64(i)
	d.open = append(d.open, key)
	j := len(d.open) - 1
	for ; j > d.first && d.open[j-1]>>32 > key>>32; j-- {
		d.open[j] = d.open[j-1]
	}
	d.open[j] = key
}

// pop takes the earliest end up to and including a time; nil is none. It is good
// until the next push.
func (d *ends) pop(by unit.Time) *ending {
	for d.first == len(d.open) {
		if !d.advance(by) {
			return nil
		}
	}
	key := d.open[d.first]
	if at := d.start + unit.Time(key>>32); at > by {
		d.next = at
		return nil
	}
	d.first++
	i := int32(uint32(key))
	p := &d.all[i]
	p.next, d.free = d.free, i
	return p
}

// advance opens the next span with ends if it begins by a time. Otherwise it
// opens that time's own, which is empty.
func (d *ends) advance(by unit.Time) bool {
	last := int64(by) >> endBits
	span, ok := d.following()
	if !ok {
		d.next = unit.Never
	} else {
		d.next = unit.Time(span << endBits)
	}
	if found := ok && span <= last; !found {
		if by != unit.Never {
			d.turn(max(d.current, last))
		}
		return false
	}
	d.turn(span)
	n := span & (endSpans - 1)
	list := d.lists[n]
	d.lists[n] = 0
	d.filled[n>>6] &^= 1 << (n & 63)
	for i := list; i != 0; i = d.all[i].next {
		d.insert(uint64(d.all[i].at-d.start)<<32 | uint64(i))
	}
	return true
}

// insert puts an end that was pushed before all that are open among them.
func (d *ends) insert(key uint64) {
	d.open = append(d.open, key)
	j := len(d.open) - 1
	for ; j > 0 && d.open[j-1]>>32 >= key>>32; j-- {
		d.open[j] = d.open[j-1]
	}
	d.open[j] = key
}

// turn makes a span the open one and empty, and lists the ends that are in reach
// from there.
func (d *ends) turn(span int64) {
	d.current, d.start, d.open, d.first = span, unit.Time(span<<endBits), d.open[:0], 0
	for len(d.far) > 0 && int64(d.far[0].at)>>endBits-span < endSpans {
		i := d.far.pop().ref
		d.list(i, &d.all[i])
	}
}

// following is the first span after the open one that has ends.
func (d *ends) following() (span int64, ok bool) {
	from := (d.current + 1) & (endSpans - 1)
	word := from >> 6
	set := d.filled[word] >> (from & 63) << (from & 63)
	for looked := 0; set == 0; looked++ {
		if looked == len(d.filled) {
			if len(d.far) == 0 {
				return 0, false
			}
			return int64(d.far[0].at) >> endBits, true
		}
		word = (word + 1) & int64(len(d.filled)-1)
		set = d.filled[word]
	}
	found := word<<6 + int64(bits.TrailingZeros64(set))
	return d.current + 1 + (found-from)&(endSpans-1), true
}

// each calls f for every end that was not taken, in no order.
func (d *ends) each(f func(*ending)) {
	for _, ev := range d.far {
		f(&d.all[ev.ref])
	}
	for _, key := range d.open[d.first:] {
		f(&d.all[uint32(key)])
	}
	for _, i := range d.lists {
		for ; i != 0; i = d.all[i].next {
			f(&d.all[i])
		}
	}
}
