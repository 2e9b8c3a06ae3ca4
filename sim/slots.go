package sim

// slots hands out small numbers for values that live for a while, and takes
// them back, without allocating in the long run. A value stays where it is
// while it is taken, so a pointer to it stays good.
type slots[T any] struct {
	chunks [][]T // of slotChunk values each
	free   []int32
}

const slotChunk = 1 << 8

// take returns the number of a free value, which holds what it was left with.
func (s *slots[T]) take() int32 {
	if n := len(s.free); n > 0 {
		i := s.free[n-1]
		s.free = s.free[:n-1]
		return i
	}
	first := int32(len(s.chunks) * slotChunk)
	s.chunks = append(s.chunks, make([]T, slotChunk))
	for i := first + slotChunk - 1; i > first; i-- {
		s.free = append(s.free, i)
	}
	return first
}

// at is the value of a number.
func (s *slots[T]) at(i int32) *T { return &s.chunks[i/slotChunk][i%slotChunk] }

func (s *slots[T]) give(i int32) { s.free = append(s.free, i) }
