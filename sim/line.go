package sim

// line is a double-ended queue of kept calls: oldest at the front, in constant
// time at both ends.
type line struct {
	refs []int32
	head int
}

func (l *line) len() int     { return len(l.refs) - l.head }
func (l *line) front() int32 { return l.refs[l.head] }

// waiting are the calls from the oldest on.
func (l *line) waiting() []int32 { return l.refs[l.head:] }

// push puts a call behind the others.
func (l *line) push(ref int32) {
	if l.head > 0 && len(l.refs) == cap(l.refs) {
		n := copy(l.refs, l.refs[l.head:])
		l.refs, l.head = l.refs[:n], 0
	}
	l.refs = append(l.refs, ref)
}

// pushFront puts a call before the others: a message that comes back.
func (l *line) pushFront(ref int32) {
	if l.head == 0 {
		room := len(l.refs) + 16
		bigger := make([]int32, room+len(l.refs), 2*room+len(l.refs))
		copy(bigger[room:], l.refs)
		l.refs, l.head = bigger, room
	}
	l.head--
	l.refs[l.head] = ref
}

// insert puts a call that comes back behind those before it. It belongs near
// the front: those are few.
func (l *line) insert(ref int32, before func(a, b int32) bool) {
	l.pushFront(ref)
	for i := l.head; i+1 < len(l.refs) && before(l.refs[i+1], ref); i++ {
		l.refs[i], l.refs[i+1] = l.refs[i+1], ref
	}
}

// pop takes the oldest call off.
func (l *line) pop() { l.head++ }
