package sim

import (
	"cmp"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"quotawall/sim/unit"
)

// TestSpans: near and far numbers, those pushed into the span that is open,
// crowded spans, long gaps: spans hand out what a sorted slice does.
func TestSpans(t *testing.T) {
	const span = 1 << spanWidth
	rapid.Check(t, func(t *rapid.T) {
		reach := rapid.SampledFrom([]int64{0, 3, span, 40 * span, 3 * spanCount * span}).Draw(t, "reach")
		q := newSpans()
		var sorted []event
		now := unit.Time(0)
		until := func(by unit.Time) {
			for q.next <= by {
				at, n := q.pop()
				if n == 0 {
					continue
				}
				if len(sorted) == 0 || at != sorted[0].at || n != sorted[0].ref || at > by {
					t.Fatalf("by %d: got %d at %d of %+v", by, n, at, sorted)
				}
				sorted = sorted[1:]
			}
			if len(sorted) > 0 && sorted[0].at <= by {
				t.Fatalf("by %d: %+v did not come, next says %d", by, sorted[0], q.next)
			}
		}
		for n := range rapid.IntRange(1, 300).Draw(t, "steps") {
			if rapid.IntRange(0, 3).Draw(t, "verb") == 0 {
				now += unit.Time(rapid.Int64Range(0, reach).Draw(t, "gap"))
				until(now)
				continue
			}
			at := now + unit.Time(rapid.Int64Range(0, reach).Draw(t, "delay"))
			q.push(at, int32(n+1))
			ev := event{at: at, order: uint64(n), ref: int32(n + 1)}
			i, _ := slices.BinarySearchFunc(sorted, ev, func(a, b event) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.order, b.order)) })
			sorted = slices.Insert(sorted, i, ev)
		}
		left := 0
		q.each(func(int32) { left++ })
		if left != len(sorted) {
			t.Fatalf("%d numbers are left, not %d", left, len(sorted))
		}
		until(unit.Never - 1)
		if len(sorted) > 0 {
			t.Fatalf("%d numbers never came", len(sorted))
		}
	})
}

// More numbers than a key has room to place, all in one span and many of one
// time, come in order too.
func TestCrowdedSpan(t *testing.T) {
	q := newSpans()
	const crowd = 3 * manyOpen
	for i := range int32(crowd) {
		q.push(unit.Second+unit.Time(i*7919%5), i+1)
	}
	var last event
	for range crowd {
		at, n := q.pop()
		if n == 0 {
			at, n = q.pop()
		}
		if at < last.at || at == last.at && n < last.ref {
			t.Fatalf("%d at %d came after %d at %d", n, at, last.ref, last.at)
		}
		last = event{at: at, ref: n}
	}
	if q.next != unit.Never {
		t.Errorf("something is left at %d", q.next)
	}
}

// However many numbers are pushed into the span that is open, each costs little:
// a hundred thousand of them come in order, in no time to speak of.
func TestCrowdedOpenSpan(t *testing.T) {
	const crowd = 100_000
	q, random := newSpans(), unit.Stream(1, "open span")
	for i := range int32(crowd) {
		q.push(unit.Time(random.Int64N(1<<spanWidth)), i+1)
	}
	last := unit.Time(0)
	for range crowd {
		at, n := q.pop()
		if n == 0 || at < last {
			t.Fatalf("%d at %d came after %d", n, at, last)
		}
		last = at
	}
}
