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
	slots []entry // length a power of two
	spare []entry // the slots before the last rebuild
	used  int
}

// keptSpare is the largest table whose memory is kept for the next rebuild.
const (
	firstSlots = 1 << 8
	keptSpare  = 1 << 16
)

// find returns the slot of key: its entry, or one where it belongs, free or of an
// entry that is dead at now. A key's search begins at a pair of slots, which fill
// a line of the processor's cache; nearly every key is in its own pair, so which
// of the two it is is found without a branch.
func (t *table) find(now unit.Time, key uint64) *entry {
	slots := t.slots
	if len(slots) == 0 {
		slots = t.begin()
	}
	i := key & uint64(len(slots)-1) &^ 1
	other := slots[i|1].key ^ key
	i |= 1 - (other|-other)>>63 // 1 where it is zero
	if s := &slots[i]; s.key == key {
		return s
	}
	return t.search(now, key)
}

// search is find, slot by slot.
func (t *table) search(now unit.Time, key uint64) *entry {
	var dead *entry
	for i := key &^ 1; ; i++ {
		switch s := &t.slots[i&uint64(len(t.slots)-1)]; {
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

// begin makes the first slots.
func (t *table) begin() []entry {
	t.slots = make([]entry, firstSlots)
	return t.slots
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
		if t.used >= len(t.slots)/4*3 {
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
	old, live := t.slots, 0
	for i := range old {
		if old[i].key != 0 && now <= old[i].expires {
			live++
		}
	}
	size := firstSlots
	for size < 2*live {
		size *= 2
	}
	if len(t.spare) == size {
		clear(t.spare)
	} else {
		t.spare = make([]entry, size)
	}
	t.slots, t.spare, t.used = t.spare, nil, live
	if len(old) <= keptSpare {
		t.spare = old
	}
	for i := range old {
		if old[i].key != 0 && now <= old[i].expires {
			*t.find(now, old[i].key) = old[i]
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
