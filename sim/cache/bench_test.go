package cache

import (
	"testing"

	"quotawall/sim/unit"
)

// BenchmarkSession is a look for the prompt of one of 800 live sessions, and its
// renewal; one in twenty looks is for a new session.
func BenchmarkSession(b *testing.B) {
	random := unit.Stream(1, "bench")
	var sessions [1 << 14]uint64
	var slots [512]uint64
	for i := range sessions {
		slot := &slots[random.IntN(len(slots))]
		if random.IntN(20) == 0 {
			*slot = random.Uint64()
		}
		sessions[i] = *slot
	}
	var s Store
	now, n := unit.Time(0), 0
	b.ReportAllocs()
	for b.Loop() {
		now += 50 * unit.Millisecond
		id := sessions[n%len(sessions)] + uint64(n/len(sessions))
		n++
		s.Session(now, 0, id, 1200, -1, 1024)
		s.StoreSession(Use{Now: now, Readable: now, TTL: 5 * unit.Minute}, 0, id, 1200)
	}
}

// BenchmarkPrefix is a prompt of twenty blocks, of which all but two are there.
func BenchmarkPrefix(b *testing.B) {
	var s Store
	ids := make([]uint64, 20)
	now, n := unit.Time(0), uint64(0)
	b.ReportAllocs()
	for b.Loop() {
		now += 50 * unit.Millisecond
		n++
		for i := range ids {
			ids[i] = uint64(i)
			if i >= 18 {
				ids[i] = n<<8 + uint64(i)
			}
		}
		p := Prompt{IDs: ids, BlockTokens: 64, Input: 20 * 64}
		s.StorePrefix(Use{Now: now, Readable: now, TTL: 5 * unit.Minute}, 0, p, s.Prefix(now, 0, p, 1024))
	}
}
