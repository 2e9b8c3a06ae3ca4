package cache

import "quotawall/sim/unit"

// Place is where the prompt of a session's last admitted call is kept; it is good
// until another is. Callers that know a session's key ask it in steps, Place and
// Split, then New where there is none and Keep; Session and StoreSession are these
// steps for those that do not.
type Place = entry

// SessionKey is the key of a session in a domain.
func SessionKey(domain int32, session uint64) uint64 { return mix(uint64(domain)+1, session) }

// Place finds the place of a key, or nil.
func (s *Store) Place(key uint64) *Place { return s.sessions.find(key) }

// Split is what Session says of a prompt that reaches the minimum and has this
// place, or none.
func (p *Place) Split(now unit.Time, input, shared, minimum int64) (read, write int64) {
	if p == nil || now > p.expires || now < p.readable {
		return 0, input
	}
	if read = min(input, p.tokens); shared >= 0 {
		read = min(read, shared)
	}
	if read < minimum {
		return 0, input
	}
	return read, input - read
}

// New gives a place to a key for which Place has found none.
func (s *Store) New(now unit.Time, key uint64) *Place { return s.sessions.add(now, key) }

// Keep puts the prompt of an admitted call into its place.
func (p *Place) Keep(u Use, input int64) {
	p.expires, p.readable, p.tokens = u.Now+u.TTL, u.Readable, input
}
