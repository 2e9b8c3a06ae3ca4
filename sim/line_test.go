package sim

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestLine: a line is what a slice is with insertions at both ends.
func TestLine(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var l line[int32]
		var twin []int32
		for range rapid.IntRange(1, 200).Draw(t, "steps") {
			ref := rapid.Int32().Draw(t, "ref")
			switch rapid.IntRange(0, 3).Draw(t, "verb") {
			case 0, 1:
				l.push(ref)
				twin = append(twin, ref)
			case 2:
				l.pushFront(ref)
				twin = append([]int32{ref}, twin...)
			default:
				if len(twin) > 0 {
					if *l.front() != twin[0] {
						t.Fatalf("front %d, want %d", *l.front(), twin[0])
					}
					l.pop()
					twin = twin[1:]
				}
			}
			if l.len() != len(twin) || !slices.Equal(l.all(), twin) {
				t.Fatalf("%v, want %v", l.all(), twin)
			}
		}
	})
}

// A call that comes back goes behind those before it.
func TestLineInsert(t *testing.T) {
	var l line[int32]
	for _, ref := range []int32{1, 3, 5} {
		l.push(ref)
	}
	for _, ref := range []int32{4, 0, 6} {
		l.insert(ref, func(a, b int32) bool { return a < b })
	}
	if want := []int32{0, 1, 3, 4, 5, 6}; !slices.Equal(l.all(), want) {
		t.Fatalf("%v, want %v", l.all(), want)
	}
}
