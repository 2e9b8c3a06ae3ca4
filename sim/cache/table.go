package cache

import (
	"math/bits"

	"quotawall/sim/unit"
)

// entry is a cached prefix. It is live while now <= expires and readable from
// the first byte of the call that wrote it.
type entry struct {
	key      uint64 // 0 marks a free slot
	expires  unit.Time
	readable unit.Time
	tokens   int64 // session entries: length of the cached prompt
}

// table is an open-addressed hash table of entries. A new entry takes the place of
// a dead one where it can, and the dead ones are forgotten when the table is full,
// so its size follows the live entries and not the trace; it is kept small because
// a run's tables share the processor's cache.
type table struct {
	pairs []pair // of slots; length a power of two
	spare []pair // those before the last rebuild
	used  int    // slots
}

// pair is two slots, which fill a line of the processor's cache.
type pair [2]entry

// keptSpare is the largest table whose memory is kept for the next rebuild.
const (
	firstPairs = 1 << 7
	keptSpare  = 1 << 15
)

// find returns the slot of key: its entry, or one where it belongs, free or of an
// entry that is dead at now. A key's search begins at a pair; nearly every key is
// in its own, so which of the two slots it is is found without a branch.
func (t *table) find(now unit.Time, key uint64) *entry {
	pairs := t.pairs
	if len(pairs) == 0 {
		pairs = t.begin()
	}
	p := &pairs[key>>1&uint64(len(pairs)-1)]
	other := p[1].key ^ key
	i := 1 - (other|-other)>>63 // 1 where it is zero
	if s := &p[i&1]; s.key == key {
		return s
	}
	return t.search(now, key)
}

// search is find, slot by slot.
func (t *table) search(now unit.Time, key uint64) *entry {
	var dead *entry
	for i := key &^ 1; ; i++ {
		switch s := &t.pairs[i>>1&uint64(len(t.pairs)-1)][i&1]; {
		case s.key == key:
			return s
		case s.key == 0 && dead != nil:
			return dead
		case s.key == 0:
			return s
		case dead == nil && now > s.expires:
			dead = s
		}
	}
}

// begin makes the first pairs.
func (t *table) begin() []pair {
	t.pairs = make([]pair, firstPairs)
	return t.pairs
}

// live returns the entry of key if it is live at now.
func (t *table) live(now unit.Time, key uint64) *entry {
	if e := t.find(now, key); e.key == key && now <= e.expires {
		return e
	}
	return nil
}

// put stores an entry, replacing the one of the same key.
func (t *table) put(now unit.Time, e entry) {
	slot := t.find(now, e.key)
	if slot.key != e.key {
		slot = t.occupy(now, slot, e.key)
	}
	*slot = e
}

// occupy gives the slot that find has just returned for a key to that key; the
// slot may be another then.
func (t *table) occupy(now unit.Time, slot *entry, key uint64) *entry {
	if slot.key == 0 {
		if t.used >= len(t.pairs)/2*3 {
			t.rebuild(now)
			slot = t.find(now, key)
		}
		t.used++
	}
	slot.key = key
	return slot
}

// rebuild drops the dead entries and leaves at least half of the slots free.
func (t *table) rebuild(now unit.Time) {
	old, live := t.pairs, 0
	for i := range old {
		for j := range old[i] {
			if e := &old[i][j]; e.key != 0 && now <= e.expires {
				live++
			}
		}
	}
	size := firstPairs
	for size < live {
		size *= 2
	}
	if len(t.spare) == size {
		clear(t.spare)
	} else {
		t.spare = make([]pair, size)
	}
	t.pairs, t.spare, t.used = t.spare, nil, live
	if len(old) <= keptSpare {
		t.spare = old
	}
	for i := range old {
		for j := range old[i] {
			if e := &old[i][j]; e.key != 0 && now <= e.expires {
				*t.find(now, e.key) = *e
			}
		}
	}
}

// mix folds two words into a key that is never 0. The multiplication is the
// 64 x 64 -> 128 bit fold of wyhash (public domain, Wang Yi, 2019).
func mix(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a^0xa0761d6478bd642f, b^0xe7037ed1a0b428db)
	key := hi ^ lo
	if key == 0 {
		key = 1
	}
	return key
}
