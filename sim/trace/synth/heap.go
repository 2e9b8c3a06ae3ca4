package synth

// ordered is a value with a total order.
type ordered[T any] interface{ before(T) bool }

// heap is a 4-ary heap of values, the first at the front.
type heap[T ordered[T]] []T

func (h *heap[T]) push(v T) {
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

func (h *heap[T]) pop() T {
	s := *h
	first, last := s[0], s[len(s)-1]
	*h = s[:len(s)-1]
	if len(*h) > 0 {
		h.replace(last)
	}
	return first
}

// replace puts v in the place of the first.
func (h heap[T]) replace(v T) {
	i := 0
	for {
		child := 4*i + 1
		if child >= len(h) {
			break
		}
		for c := child + 1; c < min(child+4, len(h)); c++ {
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
