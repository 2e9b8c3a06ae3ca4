package study

import (
	"errors"
	"io"
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"quotawall/sim/trace"
	"quotawall/sim/unit"
)

// recorder is an engine that keeps what it was fed, at a pace of its own.
type recorder struct {
	got   []unit.Time
	inUse atomic.Int32
	twice *atomic.Bool
	pause time.Duration
	falls int // at this feed; 0 = never
}

func (r *recorder) Feed(rows []trace.Request) {
	if r.inUse.Add(1) != 1 {
		r.twice.Store(true)
	}
	defer r.inUse.Add(-1)
	if r.falls--; r.falls == 0 {
		panic("it falls")
	}
	for i := range rows {
		r.got = append(r.got, rows[i].At)
	}
	time.Sleep(r.pause)
	for i := range rows { // nobody may have written into the block meanwhile
		if r.got[len(r.got)-len(rows)+i] != rows[i].At {
			r.twice.Store(true)
		}
	}
}

// TestFeeder: whatever the number of workers and the room, every engine gets every
// row once, in order and by one worker at a time; progress counts each row once;
// an error of the reader, or a fall, ends it.
func TestFeeder(t *testing.T) {
	broken := errors.New("broken")
	rapid.Check(t, func(t *rapid.T) {
		var twice atomic.Bool
		engines := make([]*recorder, rapid.IntRange(1, 7).Draw(t, "engines"))
		for i := range engines {
			engines[i] = &recorder{twice: &twice, pause: time.Duration(rapid.SampledFrom([]int{0, 20, 100}).Draw(t, "pause")) * time.Microsecond}
		}
		blocks := rapid.IntRange(0, 20).Draw(t, "blocks")
		var ending error
		falls := 0
		switch rapid.IntRange(0, 3).Draw(t, "ending") {
		case 0:
			ending = broken
		case 1:
			falls = rapid.IntRange(1, 20).Draw(t, "falls")
			engines[0].falls = falls
		}
		room := make([][]trace.Request, rapid.IntRange(1, 5).Draw(t, "room"))
		f := newFeeder(engines, len(room))
		rows, read, fed := 0, 0, 0
		f.read = func(slot int) arrivals {
			if read++; read > blocks && ending != nil {
				return arrivals{err: ending}
			} else if read > blocks {
				return arrivals{err: io.EOF}
			}
			if room[slot] == nil {
				room[slot] = make([]trace.Request, 9)
			}
			block := room[slot][:1+rand.IntN(9)]
			for i := range block {
				block[i].At = unit.Time(rows)
				rows++
			}
			return arrivals{rows: block}
		}
		f.fed = func(n int) { fed += n }
		err := f.run(rapid.IntRange(1, 9).Draw(t, "workers"))
		switch fell := falls > 0 && falls <= blocks; {
		case twice.Load():
			t.Fatal("two workers were at one engine, or at one block")
		case fell != errors.As(err, new(*Broken)), !fell && !errors.Is(err, ending):
			t.Fatalf("it ended with %v; the reader with %v, an engine fell: %v", err, ending, fell)
		case err == nil && fed != rows:
			t.Fatalf("progress counted %d of %d rows", fed, rows)
		}
		for _, e := range engines {
			if !slices.IsSorted(e.got) || err == nil && len(e.got) != rows {
				t.Fatalf("%d of %d rows came (%v), in order: %v", len(e.got), rows, err, slices.IsSorted(e.got))
			}
			for i, at := range e.got {
				if at != unit.Time(i) {
					t.Fatalf("row %d came as number %d", at, i)
				}
			}
		}
	})
}
