package trace

import (
	"io"
	"iter"
	"slices"
	"sort"
	"unsafe"

	"quotawall/sim/unit"
)

// Tape is a whole trace in memory, for a closed loop: there a session's next
// request depends on when the last one ended, so it may come earlier or later
// than it stands in the trace. It grows by pieces, and not by moving what is there.
type Tape struct {
	pieces []piece // of pieceRows rows each, but for the last
	rows   int
}

const (
	pieceBits = 10
	pieceRows = 1 << pieceBits
)

type piece struct {
	rows  []Request
	links []link
}

// RowBytes is the memory that a row takes on a tape, besides its blocks.
const RowBytes = int64(unsafe.Sizeof(Request{}) + unsafe.Sizeof(link{}))

// link ties a row to its session.
type link struct {
	gap   unit.Time // from this row to the next
	next  int32     // row of the session, or Unknown
	first bool      // the row is the session's first
}

// Record reads a trace to its end and numbers its sessions. Blocks that continue
// the prompt of the session's previous row share its memory.
func Record(r Reader) (*Tape, error) {
	t := &Tape{}
	var last []int32 // row of each session
	var number Numberer
	for {
		room := t.room()
		n, err := r.Read(room)
		if err == io.EOF {
			t.clip()
			return t, nil
		}
		if err != nil {
			return nil, err
		}
		number.Number(room[:n])
		for i := range room[:n] {
			last = t.add(&room[i], last)
		}
	}
}

// room is where the next rows go.
func (t *Tape) room() []Request {
	if t.rows == len(t.pieces)*pieceRows {
		t.pieces = append(t.pieces, piece{make([]Request, pieceRows), make([]link, pieceRows)})
	}
	return t.pieces[len(t.pieces)-1].rows[t.rows%pieceRows:]
}

// clip gives up the room that the last piece has left.
func (t *Tape) clip() {
	p, used := &t.pieces[len(t.pieces)-1], t.rows-(len(t.pieces)-1)*pieceRows
	p.rows, p.links = slices.Clone(p.rows[:used]), slices.Clone(p.links[:used])
}

// add ties the row after the tape's last one to its session.
func (t *Tape) add(r *Request, last []int32) []int32 {
	row := int32(t.rows)
	p, i := t.at(row)
	session := int(r.Ordinal)
	first := session == len(last)
	p.links[i] = link{next: Unknown, first: first}
	if first {
		last = append(last, row)
		r.Blocks = slices.Clone(r.Blocks)
	} else {
		prev, j := t.at(last[session])
		prev.links[j].next, prev.links[j].gap = row, r.At-prev.rows[j].At
		last[session] = row
		r.Blocks = continued(prev.rows[j].Blocks, r.Blocks)
	}
	r.SessionID = nil
	t.rows++
	return last
}

// at is where a row is: in which piece, at which place.
func (t *Tape) at(row int32) (*piece, int) {
	return &t.pieces[row>>pieceBits], int(row & (pieceRows - 1))
}

// Len is the number of rows.
func (t *Tape) Len() int { return t.rows }

// Row is a row by its place in the trace.
func (t *Tape) Row(row int32) *Request {
	p, i := t.at(row)
	return &p.rows[i]
}

// Next is the row of the same session that follows a row, and how much later it
// stands in the trace; Unknown where there is none.
func (t *Tape) Next(row int32) (next int32, gap unit.Time) {
	p, i := t.at(row)
	return p.links[i].next, p.links[i].gap
}

// First reports whether a row is its session's first.
func (t *Tape) First(row int32) bool {
	p, i := t.at(row)
	return p.links[i].first
}

// Before is how many rows come before a time.
func (t *Tape) Before(at unit.Time) int {
	return sort.Search(t.rows, func(i int) bool { return t.Row(int32(i)).At >= at })
}

// End is when the last row comes; 0 where there is none.
func (t *Tape) End() unit.Time {
	if t.rows == 0 {
		return 0
	}
	return t.Row(int32(t.rows - 1)).At
}

// Blocks yields all rows in order, a block at a time.
func (t *Tape) Blocks() iter.Seq[[]Request] {
	return func(yield func([]Request) bool) {
		for _, p := range t.pieces {
			if len(p.rows) > 0 && !yield(p.rows) {
				return
			}
		}
	}
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
