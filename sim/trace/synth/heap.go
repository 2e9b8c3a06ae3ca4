package synth

import "quotawall/sim/unit"

// due is something that happens at a time: order breaks ties, slot says what.
type due struct {
	at    unit.Time
	order uint64
	slot  int32
}

func (a due) before(b due) bool { return a.at < b.at || a.at == b.at && a.order < b.order }

// heap is a 4-ary heap of values, the first at the front.
type heap []due

func (h *heap) push(v due) {
	*h = append(*h, v)
	s := *h
	i := len(s) - 1
	for i > 0 {
		up := (i - 1) / 4
		if !v.before(s[up]) {
			break
		}
		s[i], i = s[up], up
	}
	s[i] = v
}

func (h *heap) pop() due {
	s := *h
	first, last := s[0], s[len(s)-1]
	*h = s[:len(s)-1]
	if len(*h) > 0 {
		h.replace(last)
	}
	return first
}

// replace puts v in the place of the first.
func (h heap) replace(v due) {
	i := 0
	for {
		child := 4*i + 1
		if child >= len(h) {
			break
		}
		for c, end := child+1, min(child+4, len(h)); c < end; c++ {
			if h[c].before(h[child]) {
				child = c
			}
		}
		if !h[child].before(v) {
			break
		}
		h[i], i = h[child], child
	}
	h[i] = v
}
