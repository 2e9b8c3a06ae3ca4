// Package cache models Bedrock's prompt cache: which part of a prompt is read
// from it, which part is written, and how long an entry lives (DESIGN 2.6;
// AWS user guide, prompt-caching, as read in Sep/Oct 2026).
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

// table is an open-addressed hash table of entries that forgets the dead ones
// when it is full, so its size follows the live entries and not the trace.
type table struct {
	slots []entry // length a power of two
	used  int
}

const firstSlots = 1 << 10

// find returns the slot of key: its entry, or the free slot where it belongs.
func (t *table) find(key uint64) *entry {
	if t.slots == nil {
		t.slots = make([]entry, firstSlots)
	}
	mask := uint64(len(t.slots) - 1)
	for i := key & mask; ; i = (i + 1) & mask {
		if s := &t.slots[i]; s.key == key || s.key == 0 {
			return s
		}
	}
}

// live returns the entry of key if it is live at now.
func (t *table) live(now unit.Time, key uint64) *entry {
	if e := t.find(key); e.key == key && now <= e.expires {
		return e
	}
	return nil
}

// put stores an entry, replacing the one of the same key.
func (t *table) put(now unit.Time, e entry) {
	s := t.find(e.key)
	if s.key == 0 {
		if t.used >= len(t.slots)/8*5 {
			t.rebuild(now)
			s = t.find(e.key)
		}
		t.used++
	}
	*s = e
}

// rebuild drops the dead entries and leaves at least half of the slots free.
func (t *table) rebuild(now unit.Time) {
	old, live := t.slots, 0
	for i := range old {
		if old[i].key != 0 && now <= old[i].expires {
			live++
		}
	}
	size := firstSlots
	for size < 4*live {
		size *= 2
	}
	t.slots, t.used = make([]entry, size), live
	for i := range old {
		if old[i].key != 0 && now <= old[i].expires {
			*t.find(old[i].key) = old[i]
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
