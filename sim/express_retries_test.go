package sim

import (
	"cmp"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"quotawall/sim/unit"
)

// TestRetries: lines hand errands out by time, and those of one time in the order
// in which they came, also where some waits are equal.
func TestRetries(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		delays := rapid.SliceOfN(rapid.Map(rapid.Int64Range(0, 6), func(d int64) unit.Time { return unit.Time(d) }), 1, 10).Draw(t, "delays")
		r := newRetries(delays)
		if lines := len(slices.Compact(slices.Sorted(slices.Values(delays)))); (r.lines != nil) != (lines <= mostLines) {
			t.Fatalf("%d waits, lines %d", lines, len(r.lines))
		}
		var waiting []event
		now := unit.Time(0)
		for n := range int32(rapid.IntRange(1, 100).Draw(t, "steps")) {
			if rapid.Bool().Draw(t, "go on") {
				now += unit.Time(rapid.Int64Range(0, 3).Draw(t, "gap"))
				for r.next <= now {
					at, ref := r.pop()
					if ref == 0 {
						continue
					}
					if at != waiting[0].at || ref != waiting[0].ref {
						t.Fatalf("%d at %d came, want %+v", ref, at, waiting[0])
					}
					waiting = waiting[1:]
				}
				if len(waiting) > 0 && waiting[0].at <= now {
					t.Fatalf("%+v did not come by %d", waiting[0], now)
				}
			}
			attempts := 1 + rapid.IntRange(0, len(delays)-1).Draw(t, "attempts")
			at := now + delays[attempts-1]
			r.push(at, n+1, int16(attempts))
			waiting = append(waiting, event{at: at, ref: n + 1})
			slices.SortStableFunc(waiting, func(a, b event) int { return cmp.Compare(a.at, b.at) })
		}
		left := 0
		r.each(func(int32) { left++ })
		if left != len(waiting) {
			t.Fatalf("%d are left, want %d", left, len(waiting))
		}
	})
}
