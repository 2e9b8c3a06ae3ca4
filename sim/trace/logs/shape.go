package logs

import "quotawall/sim/trace/scan"

// shape is what was met of the members of the objects at a path. Rows are written
// alike: the key that follows is looked for first where it followed last time.
type shape struct {
	path    string           // of its members, but for their names: empty, or with a point at its end
	last    int32            // the member read last, by number
	first   int32            // the member that came first in the last object
	members []member         // by number, from 1; 0 is the one read last of those that are not remembered
	numbers map[string]int32 // by key
}

// member is a member of an object.
type member struct {
	text   string // its key as Follows wants it
	place  place  // rank 0: it is not known
	inside *shape // of objects in it with known members; nil = there are none
	then   int32  // the member that followed it last
}

// How many members a table remembers, and how long their keys may be.
const (
	mostMembers = 1 << 12
	longestKey  = 256 // bytes
)

// shapeOf is a new shape for objects at a plain path, or nil where nothing in
// them is known.
func (t *table) shapeOf(path string) *shape {
	if !t.inside[path] {
		return nil
	}
	return &shape{path: path + "."}
}

// member reads the next key of an open object; nil leaves it.
func (s *shape) member(t *table, j *fields) *member {
	guess := s.first
	if s.last > 0 {
		guess = s.members[s.last].then
	}
	if guess > 0 && j.Follows(s.members[guess].text) {
		s.last = guess
		return &s.members[guess]
	}
	key, ok := j.NextKey()
	if !ok {
		return nil
	}
	n, known := s.numbers[string(key)]
	if !known {
		n = s.meet(t, key)
	}
	if s.last > 0 {
		s.members[s.last].then = n
	} else {
		s.first = n
	}
	s.last = n
	return &s.members[n]
}

// meet looks up a key that has no number, and gives it one where there is room.
func (s *shape) meet(t *table, key []byte) (n int32) {
	if s.numbers == nil {
		s.members, s.numbers = make([]member, 1, 4), map[string]int32{}
	}
	t.path = plain(append(t.path[:0], s.path...), key)
	m := member{place: t.known[string(t.path)], inside: t.shapeOf(string(t.path))}
	if t.remembered < mostMembers && len(key) <= longestKey {
		t.remembered++
		n, m.text = int32(len(s.members)), scan.KeyText(key)
		s.members, s.numbers[string(key)] = append(s.members, member{}), n
	}
	s.members[n] = m
	return n
}
