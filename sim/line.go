package sim

// line is a double-ended queue: oldest at the front, in constant time at both
// ends.
type line[T any] struct {
	refs []T
	head int
}

func (l *line[T]) len() int  { return len(l.refs) - l.head }
func (l *line[T]) front() *T { return &l.refs[l.head] }

// all are those in the line, from the oldest on.
func (l *line[T]) all() []T { return l.refs[l.head:] }

// push puts one behind the others.
func (l *line[T]) push(ref T) {
	if len(l.refs) == cap(l.refs) && l.head > len(l.refs)/2 {
		n := copy(l.refs, l.refs[l.head:])
		l.refs, l.head = l.refs[:n], 0
	}
	l.refs = append(l.refs, ref)
}

// pushFront puts one before the others: a message that comes back.
func (l *line[T]) pushFront(ref T) {
	if l.head == 0 {
		room := len(l.refs) + 16
		bigger := make([]T, room+len(l.refs), 2*room+len(l.refs))
		copy(bigger[room:], l.refs)
		l.refs, l.head = bigger, room
	}
	l.head--
	l.refs[l.head] = ref
}

// insert puts one that comes back behind those before it. It belongs near the
// front: those are few.
func (l *line[T]) insert(ref T, before func(a, b T) bool) {
	l.pushFront(ref)
	for i := l.head; i+1 < len(l.refs) && before(l.refs[i+1], ref); i++ {
		l.refs[i], l.refs[i+1] = l.refs[i+1], ref
	}
}

// pop takes the oldest off.
func (l *line[T]) pop() { l.head++ }
