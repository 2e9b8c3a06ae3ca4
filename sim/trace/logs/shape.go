package logs

import "quotawall/sim/trace/scan"

// shape is what was met of the members of the objects at a path. Rows are written
// alike: the key that follows is looked for first where it followed last time.
type shape struct {
	path    string           // of its members, but for their names: empty, or with a point at its end
	last    int32            // the member read last, by number; 0 = none yet
	first   int32            // the member that came first in the last object
	members []member         // by number, from 1
	numbers map[string]int32 // by key
}

// member is a member of an object.
type member struct {
	text   string // its key as it is written, with quotes and colon
	place  place  // rank 0: it is not known
	inside *shape // of objects in it with known members; nil = there are none
	then   int32  // the member that followed it last
}

// mostMembers bounds the members that are remembered of a shape.
const mostMembers = 1 << 10

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

// meet numbers a key that was not met before. Beyond the most that are remembered
// all have the last number in turn.
func (s *shape) meet(t *table, key []byte) int32 {
	if s.numbers == nil {
		s.members, s.numbers = make([]member, 1, 16), map[string]int32{}
	}
	n := int32(len(s.members))
	if n > mostMembers {
		n = mostMembers
	} else {
		s.members = append(s.members, member{})
		if n < mostMembers {
			s.numbers[string(key)] = n
		}
	}
	t.path = plain(append(t.path[:0], s.path...), key)
	s.members[n] = member{text: scan.KeyText(key), place: t.known[string(t.path)], inside: t.shapeOf(string(t.path))}
	return n
}
