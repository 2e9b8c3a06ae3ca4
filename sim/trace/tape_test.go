package trace

import (
	"encoding/binary"
	"errors"
	"io"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"quotawall/sim/unit"
)

// dealer hands out rows a few at a time, in memory that it uses again.
type dealer struct {
	rows   []Request
	most   int // rows of a read
	ending error
	blocks []uint64
}

func (d *dealer) Info() *Info { return &Info{} }

func (d *dealer) Read(block []Request) (int, error) {
	n := min(len(block), len(d.rows), d.most)
	if n == 0 {
		return 0, d.ending
	}
	d.blocks = d.blocks[:0]
	for i := range n {
		block[i] = d.rows[i]
		from := len(d.blocks)
		d.blocks = append(d.blocks, d.rows[i].Blocks...)
		block[i].Blocks = d.blocks[from:]
	}
	d.rows = d.rows[n:]
	return n, nil
}

// traceOf makes rows of some sessions, in order of time; what a session asks often
// continues what it asked before.
func traceOf(t *rapid.T, rows int) []Request {
	random := unit.Stream(rapid.Uint64().Draw(t, "seed"), "tape")
	sessions := rapid.SampledFrom([]int{1, 7, 1000}).Draw(t, "sessions")
	asked := map[uint64][]uint64{}
	all := make([]Request, rows)
	at := unit.Time(0)
	for i := range all {
		at += unit.Time(random.IntN(3))
		r := &all[i]
		r.At, r.Input = at, int64(i)
		if random.IntN(9) > 0 {
			r.Session = uint64(1 + random.IntN(sessions))
			r.SessionID = binary.BigEndian.AppendUint64(nil, r.Session)
		}
		if before := asked[r.Session]; random.IntN(3) > 0 {
			r.Blocks = slices.Clone(before[:len(before)-min(len(before), random.IntN(2))])
		}
		for range random.IntN(3) {
			r.Blocks = append(r.Blocks, random.Uint64())
		}
		if asked[r.Session] = r.Blocks; len(r.Blocks) > 6 {
			asked[r.Session] = nil
		}
	}
	return all
}

// TestTape: a tape says of every row what a look through all of them says.
func TestTape(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := traceOf(t, rapid.SampledFrom([]int{0, 1, 50, pieceRows, 2*pieceRows + 3}).Draw(t, "rows"))
		tape, err := Record(&dealer{rows: rows, most: rapid.SampledFrom([]int{1, 13, 5000}).Draw(t, "most"), ending: io.EOF})
		if err != nil || tape.Len() != len(rows) {
			t.Fatalf("%d of %d rows: %v", tape.Len(), len(rows), err)
		}
		want := slices.Clone(rows)
		new(Numberer).Number(want)
		last := map[uint64]int{}
		for i := range want {
			row := int32(i)
			if next, _ := tape.Next(row); next != Unknown && (next <= row || want[next].Session != want[i].Session) {
				t.Fatalf("row %d is followed by row %d", i, next)
			}
			prev, known := last[want[i].Session]
			last[want[i].Session] = i
			if next, gap := tape.Next(int32(prev)); known && (next != row || gap != want[i].At-want[prev].At) {
				t.Fatalf("row %d is followed by %d after %d, want %d after %d", prev, next, gap, i, want[i].At-want[prev].At)
			}
			if tape.First(row) == known {
				t.Fatalf("row %d is its session's first: %v", i, !known)
			}
			want[i].SessionID = nil
			if got := *tape.Row(row); !slices.Equal(got.Blocks, want[i].Blocks) {
				t.Fatalf("row %d has the blocks %x, want %x", i, got.Blocks, want[i].Blocks)
			} else if got.Blocks = want[i].Blocks; !reflect.DeepEqual(got, want[i]) {
				t.Fatalf("row %d is %+v, want %+v", i, got, want[i])
			}
		}
		for _, i := range last {
			if next, _ := tape.Next(int32(i)); next != Unknown {
				t.Fatalf("a session's last row %d is followed by %d", i, next)
			}
		}
		n := 0
		for block := range tape.Blocks() {
			for i := range block {
				if &block[i] != tape.Row(int32(n)) {
					t.Fatalf("row %d of the blocks is another", n)
				}
				n++
			}
		}
		if n != len(rows) {
			t.Fatalf("the blocks have %d of %d rows", n, len(rows))
		}
		at := unit.Time(rapid.IntRange(0, 3000).Draw(t, "time"))
		before := 0
		for before < len(rows) && rows[before].At < at {
			before++
		}
		if got := tape.Before(at); got != before {
			t.Fatalf("%d rows before %d, want %d", got, at, before)
		}
		if n := len(rows); n > 0 && tape.End() != rows[n-1].At {
			t.Fatalf("it ends at %d, want %d", tape.End(), rows[n-1].At)
		}
	})
}

func TestTapeOfABrokenTrace(t *testing.T) {
	broken := errors.New("broken")
	if tape, err := Record(&dealer{rows: make([]Request, 3), most: 2, ending: broken}); !errors.Is(err, broken) || tape != nil {
		t.Errorf("a tape %v, error %v", tape, err)
	}
}

// TestTapeTellsRowsFromSessions: a session that is called like a row without one is
// another.
func TestTapeTellsRowsFromSessions(t *testing.T) {
	name := []byte("row:0")
	named := Request{SessionID: name, Session: unit.Hash(name)}
	tape, err := Record(&dealer{rows: []Request{{}, named, named}, most: 3, ending: io.EOF})
	if err != nil {
		t.Fatal(err)
	}
	if next, _ := tape.Next(0); next != Unknown || !tape.First(1) || tape.First(2) {
		t.Errorf("row 0 is followed by %d; firsts: %v, %v", next, tape.First(1), tape.First(2))
	}
}
