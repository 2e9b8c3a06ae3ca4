package trace

import (
	"encoding/binary"
	"testing"

	"pgregory.net/rapid"

	"quotawall/sim/unit"
)

// TestNumberer: sessions are numbered by first appearance as a map numbers them,
// however many there are and whichever of them share a place; rows without one
// are sessions of their own.
func TestNumberer(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var n Numberer
		twin := map[uint64]uint32{}
		next := uint32(0)
		random := unit.Stream(rapid.Uint64().Draw(t, "seed"), "sessions")
		most := rapid.SampledFrom([]int{1, 5, 3_000, 1 << 40}).Draw(t, "sessions")
		step := rapid.SampledFrom([]uint64{1, 1 << 20, 1 << 58, 0x9e3779b97f4a7c15}).Draw(t, "apart")
		for range rapid.IntRange(1, 40).Draw(t, "blocks") {
			block := make([]Request, rapid.IntRange(1, 500).Draw(t, "rows"))
			for i := range block {
				if random.IntN(9) > 0 {
					block[i].Session = uint64(random.IntN(most)) * step
					block[i].SessionID = binary.BigEndian.AppendUint64(nil, block[i].Session)
				}
			}
			n.Number(block)
			for i := range block {
				r := &block[i]
				want, known := twin[r.Session]
				if len(r.SessionID) == 0 || !known {
					want, next = next, next+1
				}
				if len(r.SessionID) > 0 {
					twin[r.Session] = want
				}
				if r.Ordinal != want {
					t.Fatalf("session %x is number %d, want %d", r.Session, r.Ordinal, want)
				}
			}
		}
	})
}
