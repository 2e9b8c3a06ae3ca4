package stats

import (
	"quotawall/sim/trace"
	"quotawall/sim/unit"
)

// ttls is how many lifetimes of cache entries are looked at.
const ttls = 4

// TTLs are the names of the lifetimes, longest first.
func TTLs() [ttls]string { return [ttls]string{"none", "1h", "5m", "1m"} }

func lifetimes() [ttls]unit.Time {
	return [ttls]unit.Time{unit.Never, unit.Hour, 5 * unit.Minute, unit.Minute}
}

// ttlIndex is the place of a lifetime, or -1.
func ttlIndex(name string) int {
	for i, t := range TTLs() {
		if t == name {
			return i
		}
	}
	return -1
}

// prefixes is an ideal prefix cache of every lifetime at once: when a block was
// touched last does not depend on the lifetime.
type prefixes struct {
	data    bool                 // some row says what it repeats
	last    map[uint64]unit.Time // of each session's last request
	threads map[uint64]*thread   // by session, or under 0 for the whole trace
}

// thread are the blocks of one scope of ids. The last prompt's blocks were all
// touched with it; for every other block seen says when it was.
type thread struct {
	blocks []uint64 // of the last prompt
	at     unit.Time
	seen   map[uint64]mark
}

// mark is where a block stands first in the last prompt or, where place is -1,
// when it was touched last.
type mark struct {
	place int32
	at    unit.Time
}

func newPrefixes() *prefixes {
	return &prefixes{last: map[uint64]unit.Time{}, threads: map[uint64]*thread{}}
}

// hits are the tokens of r's prompt that the cache holds, for each lifetime;
// then the whole prompt is in the cache.
func (p *prefixes) hits(r *trace.Request, scope trace.BlockScope, blockTokens int64) (hits [ttls]int64) {
	own := len(r.SessionID) == 0
	p.data = p.data || len(r.Blocks) > 0 || r.Shared >= 0
	if len(r.Blocks) > 0 && !(own && scope == trace.SessionScope) {
		key := uint64(0)
		if scope == trace.SessionScope {
			key = r.Session
		}
		t := p.threads[key]
		if t == nil {
			t = &thread{seen: map[uint64]mark{}}
			p.threads[key] = t
		}
		for i, n := range t.touch(r.Blocks, r.At) {
			hits[i] = min(n*blockTokens, r.Input)
		}
	}
	if r.Shared >= 0 && len(r.Blocks) == 0 {
		if last, ok := p.last[r.Session]; ok && !own {
			for i, ttl := range lifetimes() {
				if r.At-last <= ttl {
					hits[i] = min(r.Shared, r.Input)
				}
			}
		}
	}
	if !own {
		p.last[r.Session] = r.At
	}
	return hits
}

// touch counts the blocks at the front of ids that are live, for each lifetime,
// and touches all of them.
func (t *thread) touch(ids []uint64, now unit.Time) (live [ttls]int64) {
	same := 0
	for same < len(ids) && same < len(t.blocks) && ids[same] == t.blocks[same] {
		same++
	}
	longest := lifetimes()
	open := 0 // lifetimes whose prefix is not broken yet: the first ones
	for open < ttls && (same == 0 || now-t.at <= longest[open]) {
		open++
	}
	for i := range open {
		live[i] = int64(same)
	}
	t.leave(same)
	for _, id := range ids[same:] {
		at, ok := t.touched(id)
		if !ok {
			open = 0
		}
		for open > 0 && now-at > longest[open-1] {
			open--
		}
		if open == 0 {
			break
		}
		for k := range open {
			live[k]++
		}
	}
	t.enter(ids[same:], same)
	t.at = now
	return live
}

// leave takes the blocks from place same on out of the last prompt.
func (t *thread) leave(same int) {
	for i := same; i < len(t.blocks); i++ {
		if m := t.seen[t.blocks[i]]; m.place == int32(i) {
			t.seen[t.blocks[i]] = mark{place: -1, at: t.at}
		}
	}
	t.blocks = t.blocks[:same]
}

// touched is when a block was touched last, if it ever was.
func (t *thread) touched(id uint64) (unit.Time, bool) {
	m, ok := t.seen[id]
	if m.place >= 0 {
		return t.at, ok
	}
	return m.at, ok
}

// enter appends blocks to the last prompt.
func (t *thread) enter(ids []uint64, place int) {
	for i, id := range ids {
		if m, ok := t.seen[id]; !ok || m.place < 0 {
			t.seen[id] = mark{place: int32(place + i)}
		}
	}
	t.blocks = append(t.blocks, ids...)
}
