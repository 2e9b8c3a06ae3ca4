package synth

import (
	"fmt"
	"io"
	"math"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"quotawall/sim/trace"
	"quotawall/sim/unit"
)

func TestStretchTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows, open := anyRows(t), 0
		halves := rapid.IntRange(1, 9).Draw(t, "halves")
		want := []plain{}
		for _, p := range rows {
			// Half a microsecond is rounded up, away from 0.
			p.At = (p.At*unit.Time(halves) + 1) / 2
			want = append(want, p)
		}
		opened, _ := source(rows, "", 4, &open)()
		r, err := Stretch(opened, float64(halves)/2)
		if err != nil {
			t.Fatal(err)
		}
		if diff := gocmp.Diff(want, plainRows(t, r)); diff != "" {
			t.Fatal(diff)
		}
		if err := r.(io.Closer).Close(); err != nil || open != 0 {
			t.Fatalf("%v, %d readers left open", err, open)
		}
	})
}

func TestStretchRefuses(t *testing.T) {
	for _, f := range []float64{0, -1, 2e6, math.NaN(), math.Inf(1)} {
		if _, err := Stretch(nil, f); err == nil {
			t.Errorf("factor %g is taken", f)
		}
	}
	open := 0
	late, _ := source([]plain{{At: unit.Never / 2}}, "", 1, &open)()
	r, err := Stretch(late, 3)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Read(make([]trace.Request, 1)); err == nil {
		t.Error("a time beyond the clock is handed out")
	}
}

// many is a trace of n sessions of three rows each, and as many single rows.
func many(n int) []plain {
	var rows []plain
	for i := range n {
		for k := range 3 {
			rows = append(rows, plain{At: unit.Time(len(rows)), Input: 1, Session: fmt.Sprintf("s%d", i), Shared: int64(k)})
		}
		rows = append(rows, plain{At: unit.Time(len(rows)), Input: 2})
	}
	return rows
}

func thin(t *testing.T, rows []plain, share float64, by Keep, seed uint64) []plain {
	t.Helper()
	open := 0
	opened, _ := source(rows, "", 5, &open)()
	r, err := Thin(opened, share, by, seed)
	if err != nil {
		t.Fatal(err)
	}
	return readAllPlain(t, r)
}

// Of 20,000 sessions and as many single rows a share of 0.3 is kept within five
// standard deviations, 0.0032 each; sessions whole.
func TestThinKeepsSessionsWhole(t *testing.T) {
	const n = 20_000
	rows := many(n)
	sessions, singles := map[string]int{}, 0
	for _, p := range thin(t, rows, 0.3, KeepSessions, 7) {
		if p.Session == "" {
			singles++
		} else {
			sessions[p.Session]++
		}
	}
	for id, calls := range sessions {
		if calls != 3 {
			t.Fatalf("session %s keeps %d of 3 calls", id, calls)
		}
	}
	near(t, "share of sessions", float64(len(sessions))/n, 0.3, 0.0163)
	near(t, "share of single rows", float64(singles)/n, 0.3, 0.0163)
	again := thin(t, rows, 0.3, KeepSessions, 7)
	if diff := gocmp.Diff(again, thin(t, rows, 0.3, KeepSessions, 7)); diff != "" {
		t.Error("the same seed keeps other rows")
	}
	if gocmp.Equal(again, thin(t, rows, 0.3, KeepSessions, 8)) {
		t.Error("another seed keeps the same rows")
	}
}

func TestThinRequests(t *testing.T) {
	rows := many(20_000)
	kept := thin(t, rows, 0.3, KeepRequests, 7)
	near(t, "share of rows", float64(len(kept))/float64(len(rows)), 0.3, 0.0082)
	for _, p := range kept {
		if p.Shared != trace.Unknown {
			t.Fatalf("%+v still says what it shares with a row that may be gone", p)
		}
	}
}

func TestThinEnds(t *testing.T) {
	rows := many(20)
	for _, by := range []Keep{KeepSessions, KeepRequests} {
		if got := len(thin(t, rows, 0, by, 1)); got != 0 {
			t.Errorf("share 0 keeps %d rows", got)
		}
		if got := len(thin(t, rows, 1, by, 1)); got != len(rows) {
			t.Errorf("share 1 keeps %d of %d rows", got, len(rows))
		}
	}
	for _, share := range []float64{-0.1, 1.1, math.NaN()} {
		if _, err := Thin(nil, share, KeepSessions, 1); err == nil {
			t.Errorf("share %g is taken", share)
		}
	}
}
