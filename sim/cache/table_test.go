package cache

import (
	"testing"

	"pgregory.net/rapid"

	"quotawall/sim/unit"
)

// The table holds what a map holds, but for entries that are dead: keys of one
// group and one tag, groups that overflow into the next and around the end, and
// rebuilds on the way.
func TestTableAgainstMap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var s table
		twin := map[uint64]entry{}
		groups := rapid.SampledFrom([]int{1, 4, 1 << 12}).Draw(t, "groups")
		first := rapid.SampledFrom([]uint64{0, firstGroups - 1}).Draw(t, "first group")
		tags := rapid.SampledFrom([]int{1, 3, 1 << tagBits}).Draw(t, "tags")
		now := unit.Time(0)
		for range rapid.SampledFrom([]int{10, 300, 3000}).Draw(t, "steps") {
			now += unit.Time(rapid.IntRange(0, 3).Draw(t, "gap"))
			key := uint64(rapid.IntRange(0, 5).Draw(t, "high"))<<40 |
				(first+uint64(rapid.IntRange(0, groups-1).Draw(t, "group")))<<tagBits | uint64(rapid.IntRange(1, tags).Draw(t, "tag")-1)
			key = max(key, 1)
			want, there := twin[key]
			there = there && now <= want.expires
			if e := s.live(now, key); there != (e != nil) || there && *e != want {
				t.Fatalf("at %d: key %x is %v, want %v %v", now, key, e, there, want)
			}
			if rapid.Bool().Draw(t, "put") {
				twin[key] = entry{key: key, expires: now + unit.Time(rapid.SampledFrom([]int{0, 100, 400, 900}).Draw(t, "ttl")), tokens: int64(now)}
				s.put(now, twin[key])
			}
		}
		used := 0
		for _, tags := range s.tags {
			used += taken(tags)
		}
		if used != s.used {
			t.Fatalf("%d slots are in use, not %d", used, s.used)
		}
	})
}

// What one look-up found is not taken for another session's, nor for that of a
// session which was stored since.
func TestSessionsTakeTurns(t *testing.T) {
	var s Store
	u := Use{Now: 0, Readable: 0, TTL: unit.Minute}
	s.Session(0, 0, 1, 100, -1, 0)
	s.Session(0, 0, 2, 200, -1, 0)
	s.StoreSession(u, 0, 1, 100)
	s.StoreSession(u, 0, 2, 200)
	s.StoreSession(u, 0, 2, 250)
	s.StoreSession(u, 0, 1, 150)
	for session, tokens := range map[uint64]int64{1: 150, 2: 250} {
		if got := s.Session(1, 0, session, 1000, -1, 0); got.Read != tokens {
			t.Errorf("session %d reads %d tokens, want %d", session, got.Read, tokens)
		}
	}
	if s.sessions.used != 2 {
		t.Errorf("%d places are in use, not 2", s.sessions.used)
	}
}
