package synth

import (
	"cmp"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"quotawall/sim/unit"
)

// The heap gives what a sorted list gives, whatever is pushed, popped and put in the first's place.
func TestHeapAgreesWithSortedList(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var h heap
		var twin []due
		for order := range rapid.IntRange(1, 300).Draw(t, "operations") {
			v := due{at: unit.Time(rapid.Int64Range(0, 50).Draw(t, "at")), order: uint64(order)}
			switch rapid.IntRange(0, 3).Draw(t, "operation") {
			case 0:
				if len(twin) > 0 {
					if got := h.pop(); got != twin[0] {
						t.Fatalf("popped %v, the list has %v first", got, twin[0])
					}
					twin = twin[1:]
				}
			case 1:
				if len(twin) > 0 {
					if h[0] != twin[0] {
						t.Fatalf("%v is in front, the list has %v first", h[0], twin[0])
					}
					h.replace(v)
					twin = append(twin[1:], v)
				}
			default:
				h.push(v)
				twin = append(twin, v)
			}
			slices.SortFunc(twin, func(a, b due) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.order, b.order)) })
		}
	})
}
