package cache

import (
	"math/bits"

	"quotawall/sim/unit"
)

// entry is a cached prefix. It is live while now <= expires and readable from
// the first byte of the call that wrote it.
type entry struct {
	key      uint64 // never 0
	expires  unit.Time
	readable unit.Time
	tokens   int64 // session entries: length of the cached prompt
}

// table is a hash table of entries in groups of eight. A word of tags, a byte for
// each slot of a group, tells nearly always where in it a key is, or that it is
// not there, so that one entry is looked at, or none. The tags of some thousand
// entries fit the first cache of a processor, which the entries do not. Dead
// entries are forgotten when the table is full, so its size follows the live
// entries and not the trace.
type table struct {
	tags   []uint64 // by group, a byte for each slot: 0 = it is free, and those after it
	groups []group  // length a power of two
	used   int      // slots

	spareTags []uint64 // those before the last rebuild
	spare     []group
}

type group [8]entry

const (
	firstGroups = 1 << 5
	keptSpare   = 1 << 13 // the largest table whose entries' memory is kept for the next rebuild
)

// A tag is the low bits of a key, and the bit that tells it from a free slot's.
const (
	tagBits = 7
	inUse   = 1 << tagBits
	each    = 0x0101010101010101 // times a byte: eight of it
)

// find returns the entry of key, live or dead, or nil. A key's search begins at
// a group, and ends at one that has a free slot; nearly every key is in its own.
//
//go:noinline
func (t *table) find(key uint64) *entry {
	for i := key >> tagBits; ; i++ {
		g := i & uint64(len(t.tags)-1)
		if g >= uint64(len(t.tags)) || g >= uint64(len(t.groups)) { // no table yet
			return nil
		}
		for m := matches(t.tags[g], key); m != 0; m &= m - 1 {
			if e := &t.groups[g][bits.TrailingZeros64(m)>>3&7]; e.key == key {
				return e
			}
		}
		if free(t.tags[g]) != 0 {
			return nil
		}
	}
}

// matches has the high bit of each tag that may be that of a key: of those that
// are, and seldom of another.
func matches(tags, key uint64) uint64 {
	x := tags ^ (key&(inUse-1)|inUse)*each
	return (x - each) &^ x & (inUse * each)
}

// free has the high bit of each tag of a free slot.
func free(tags uint64) uint64 { return ^tags & (inUse * each) }

// live returns the entry of key if it is live at now.
func (t *table) live(now unit.Time, key uint64) *entry {
	if e := t.find(key); e != nil && now <= e.expires {
		return e
	}
	return nil
}

// put stores an entry, replacing the one of the same key.
func (t *table) put(now unit.Time, e entry) {
	slot := t.find(e.key)
	if slot == nil {
		slot = t.add(now, e.key)
	}
	*slot = e
}

// add gives a slot to a key that has none.
func (t *table) add(now unit.Time, key uint64) *entry {
	if t.used >= len(t.tags)*6 {
		t.rebuild(now)
	}
	t.used++
	return t.place(key)
}

// place takes the first free slot for a key.
func (t *table) place(key uint64) *entry {
	g := key >> tagBits & uint64(len(t.tags)-1)
	for free(t.tags[g]) == 0 {
		g = (g + 1) & uint64(len(t.tags)-1)
	}
	i := bits.TrailingZeros64(free(t.tags[g])) >> 3
	t.tags[g] |= (key&(inUse-1) | inUse) << (8 * i)
	e := &t.groups[g][i]
	e.key = key
	return e
}

// rebuild drops the dead entries and leaves at least half of the slots free.
func (t *table) rebuild(now unit.Time) {
	old, live := t.groups, 0
	for i, tags := range t.tags {
		for j := range taken(tags) {
			live += int(uint64(now-1-old[i][j&7].expires) >> 63) // 1 where it is live
		}
	}
	size := firstGroups
	for size*4 < live {
		size *= 2
	}
	t.tags, t.spareTags = emptied(t.spareTags, size), t.tags
	t.groups, t.used = emptied(t.spare, size), live
	if t.spare = nil; len(old) <= keptSpare {
		t.spare = old
	}
	for i, tags := range t.spareTags {
		for j := range taken(tags) {
			if e := &old[i][j&7]; now <= e.expires {
				*t.place(e.key) = *e
			}
		}
	}
}

// taken is how many slots of a group, its first, are not free.
func taken(tags uint64) int { return bits.OnesCount64(tags & (inUse * each)) }

// emptied is a slice of so many zero values, the given one where it is as long.
func emptied[T any](s []T, n int) []T {
	if len(s) != n {
		return make([]T, n)
	}
	clear(s)
	return s
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
