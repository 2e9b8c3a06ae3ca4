package sim

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"

	"quotawall/sim/unit"
)

// Near and far events, those scheduled into the span that is open, long gaps:
// whether the wheel or the heap holds an event, the order is that of a sort.
func TestWheelAgainstSortedSlice(t *testing.T) {
	for seed := range uint64(300) {
		rng := rand.New(rand.NewPCG(seed, 3))
		reach := []int64{3, 1 << spanBits, 40 << spanBits, 3 * wheelSpans << spanBits}[rng.IntN(4)]
		q := newEvents(spanBits, wheelSpans)
		var sorted []event
		now := unit.Time(0)
		for range 600 {
			if rng.IntN(3) == 0 {
				now = popAll(t, &q, &sorted, now+unit.Time(rng.Int64N(reach+1)))
			}
			at, k := now+unit.Time(rng.Int64N(reach+1)), kind(rng.IntN(3))
			q.push(at, k, int32(q.seq))
			ev := event{at: at, order: uint64(k)<<kindShift | q.seq, ref: int32(q.seq - 1)}
			i, _ := slices.BinarySearchFunc(sorted, ev, func(a, b event) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.order, b.order)) })
			sorted = slices.Insert(sorted, i, ev)
		}
		left := 0
		q.each(func(event) { left++ })
		if left != len(sorted) {
			t.Fatalf("seed %d: %d events are left, not %d", seed, left, len(sorted))
		}
		popAll(t, &q, &sorted, unit.Never)
		if len(sorted) > 0 {
			t.Fatalf("seed %d: %d events never came", seed, len(sorted))
		}
	}
}

// popAll takes what is before until from both and compares.
func popAll(t *testing.T, q *events, sorted *[]event, until unit.Time) unit.Time {
	for {
		got, ok := q.popBefore(until, 0)
		if want := len(*sorted) > 0 && (*sorted)[0].before(until, 0); ok != want {
			t.Fatalf("an event before %d: %v, not %v", until, ok, want)
		}
		if !ok {
			return until
		}
		if want := (*sorted)[0]; got != want {
			t.Fatalf("got %+v, the sorted slice says %+v", got, want)
		}
		*sorted = (*sorted)[1:]
	}
}

func BenchmarkEvents(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 1))
	delays := make([]unit.Time, 4096)
	for i := range delays {
		delays[i] = unit.Time(rng.ExpFloat64() * 5e6)
	}
	q := newEvents(spanBits, wheelSpans)
	for i := range 100 {
		q.push(delays[i], completion, 0)
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		ev, _ := q.popBefore(unit.Never, 0)
		q.push(ev.at+delays[i&4095], completion, 0)
	}
}
