package trace

import (
	"strconv"

	"quotawall/sim/unit"
)

// Numberer gives every request its session: it names those without one
// "row:<index in the trace>" and numbers sessions by first appearance. Its
// memory is twelve bytes for each session seen, and a fifth of that for room.
type Numberer struct {
	row    int64
	next   uint32
	shards [1 << shardBits]shard
	recent [1 << recentBits]numbered // sessions that came lately, by hash
	name   []byte
}

// numbered is a session and its ordinal plus one.
type numbered struct {
	session uint64
	ordinal uint32
}

// shard is an open-addressed table of the sessions of one part of all hashes. A
// shard that is not small grows by a quarter, and for itself, so that growing takes
// little room.
type shard struct {
	sessions []uint64
	ordinals []uint32 // of the session in the same place, plus one; 0 = free
	used     int
}

const (
	shardBits  = 6
	recentBits = 11
	firstShard = 32
	// mostDoubled is up to where a shard doubles.
	mostDoubled = 1 << 10
)

// Number fills Session and Ordinal of the next rows of a trace.
func (n *Numberer) Number(block []Request) {
	for i := range block {
		r := &block[i]
		if len(r.SessionID) == 0 {
			n.name = strconv.AppendInt(append(n.name[:0], "row:"...), n.row, 10)
			r.Session, r.Ordinal = unit.Hash(n.name), n.next
			n.next++
		} else {
			r.Ordinal = n.ordinal(r.Session)
		}
		n.row++
	}
}

// ordinal is a session's number. Nearly always the session came lately.
func (n *Numberer) ordinal(session uint64) uint32 {
	hash := spread(session)
	r := &n.recent[hash>>(64-recentBits)]
	if r.session != session || r.ordinal == 0 {
		*r = numbered{session, n.seek(session, hash)}
	}
	return r.ordinal - 1
}

// seek is ordinal, plus one, among all sessions.
func (n *Numberer) seek(session, hash uint64) uint32 {
	s := &n.shards[hash>>(64-shardBits)]
	if s.used >= len(s.sessions)/8*7 {
		s.grow()
	}
	i := s.find(session, hash)
	if s.ordinals[i] == 0 {
		n.next++
		s.sessions[i], s.ordinals[i] = session, n.next
		s.used++
	}
	return s.ordinals[i]
}

// find is where a session stands, or would.
func (s *shard) find(session, hash uint64) uint64 {
	size := uint64(len(s.sessions))
	i := (hash << shardBits >> 32) * size >> 32
	for s.ordinals[i] != 0 && s.sessions[i] != session {
		if i++; i == size {
			i = 0
		}
	}
	return i
}

func (s *shard) grow() {
	sessions, ordinals := s.sessions, s.ordinals
	size := max(firstShard, 2*len(sessions))
	if size > mostDoubled {
		size = max(mostDoubled, (len(sessions)/4*5+7)/8*8)
	}
	s.sessions, s.ordinals = make([]uint64, size), make([]uint32, size)
	for i, o := range ordinals {
		if o != 0 {
			at := s.find(sessions[i], spread(sessions[i]))
			s.sessions[at], s.ordinals[at] = sessions[i], o
		}
	}
}

// spread is Fibonacci hashing (Knuth, The Art of Computer Programming 3, 6.4):
// 2^64 over the golden ratio.
func spread(session uint64) uint64 { return session * 0x9e3779b97f4a7c15 }
