package trace

import (
	"io"
	"slices"
)

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
