package trace

import (
	"io"
	"slices"
	"strconv"

	"quotawall/sim/unit"
)

// Numberer gives every request its session: it names those without one
// "row:<index in the trace>" and numbers sessions by first appearance. Its
// memory is eight bytes and a little for each session seen.
type Numberer struct {
	row   int64
	next  uint32
	slots []numbered
	used  int
	name  []byte
}

type numbered struct {
	session uint64
	ordinal uint32
	taken   bool
}

// Number fills Session and Ordinal of the next rows of a trace.
func (n *Numberer) Number(block []Request) {
	for i := range block {
		r := &block[i]
		if len(r.SessionID) == 0 {
			n.name = strconv.AppendInt(append(n.name[:0], "row:"...), n.row, 10)
			r.Session, r.Ordinal = unit.Hash(n.name), n.next
			n.next++
		} else {
			r.Ordinal = n.ordinal(r.Session)
		}
		n.row++
	}
}

func (n *Numberer) ordinal(session uint64) uint32 {
	if n.used >= len(n.slots)/4*3 {
		n.grow()
	}
	s := n.find(session)
	if !s.taken {
		*s = numbered{session: session, ordinal: n.next, taken: true}
		n.next++
		n.used++
	}
	return s.ordinal
}

func (n *Numberer) find(session uint64) *numbered {
	mask := uint64(len(n.slots) - 1)
	for i := (session ^ session>>32) & mask; ; i = (i + 1) & mask {
		if s := &n.slots[i]; !s.taken || s.session == session {
			return s
		}
	}
}

func (n *Numberer) grow() {
	old := n.slots
	n.slots = make([]numbered, max(1024, 2*len(old)))
	for i := range old {
		if old[i].taken {
			*n.find(old[i].session) = old[i]
		}
	}
}

// Tape is a whole trace in memory, for a closed loop: there a session's next
// request depends on when the last one ended, so it may come earlier or later
// than it stands in the trace.
type Tape struct {
	Rows []Request
	// Next is the row of the same session that follows a row, or Unknown.
	Next []int32
	// First marks the first row of each session.
	First []bool
}

// Record reads a numbered trace to its end. Blocks that continue the prompt of
// the session's previous row share its memory.
func Record(r Reader, keep func(*Request) bool) (*Tape, error) {
	t := &Tape{}
	last := map[uint64]int32{}
	var number Numberer
	block := make([]Request, 1024)
	for {
		n, err := r.Read(block)
		if err == io.EOF {
			return t, nil
		}
		if err != nil {
			return nil, err
		}
		number.Number(block[:n])
		for i := range block[:n] {
			if keep(&block[i]) {
				t.add(block[i], last)
			}
		}
	}
}

func (t *Tape) add(r Request, last map[uint64]int32) {
	row := int32(len(t.Rows))
	prev, known := last[r.Session]
	var before []uint64
	if known {
		t.Next[prev] = row
		before = t.Rows[prev].Blocks
	}
	r.Blocks = continued(before, r.Blocks)
	r.SessionID = nil
	t.Rows = append(t.Rows, r)
	t.Next = append(t.Next, Unknown)
	t.First = append(t.First, !known)
	last[r.Session] = row
}

// continued copies ids, appending to before where they continue it: only the
// last row of a session is ever continued, so what follows it is free.
func continued(before, ids []uint64) []uint64 {
	if len(ids) == 0 {
		return nil
	}
	if n := len(before); n > 0 && n <= len(ids) && slices.Equal(before, ids[:n]) {
		return append(before, ids[n:]...)
	}
	return slices.Clone(ids)
}
