package sim

import (
	"cmp"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"quotawall/sim/unit"
)

// TestRail: near and far stops, those pushed into the span that is being
// handled, crowded spans, long gaps: a rail hands out what a sorted slice does.
func TestRail(t *testing.T) {
	const span = 1 << railBits
	rapid.Check(t, func(t *rapid.T) {
		reach := rapid.SampledFrom([]int64{0, 3, span, 40 * span, 3 * railSpans * span}).Draw(t, "reach")
		q := newRail()
		var sorted []event
		now := unit.Time(0)
		until := func(by unit.Time) {
			for at, ref, ok := q.pop(by); ok; at, ref, ok = q.pop(by) {
				if len(sorted) == 0 || at != sorted[0].at || ref != sorted[0].ref || at > by {
					t.Fatalf("by %d: got %d at %d of %+v", by, ref, at, sorted)
				}
				sorted = sorted[1:]
			}
			if len(sorted) > 0 && (sorted[0].at <= by || q.next > sorted[0].at) {
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
			q.push(at, int32(n))
			ev := event{at: at, order: q.seq, ref: int32(n)}
			i, _ := slices.BinarySearchFunc(sorted, ev, func(a, b event) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.order, b.order)) })
			sorted = slices.Insert(sorted, i, ev)
		}
		left := 0
		q.each(func(*stop) { left++ })
		if left != len(sorted) {
			t.Fatalf("%d stops are left, not %d", left, len(sorted))
		}
		until(unit.Never)
		if len(sorted) > 0 {
			t.Fatalf("%d stops never came", len(sorted))
		}
	})
}
