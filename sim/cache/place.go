package cache

import "quotawall/sim/unit"

// Place is where the prompt of a session's last admitted call is kept, or would
// be; it is good until something is stored. Callers that know a session's key
// ask it in steps, Place and Split, then Occupy where it does not hold it and Keep; Session and StoreSession
// are these steps for those that do not.
type Place = entry

// SessionKey is the key of a session in a domain.
func SessionKey(domain int32, session uint64) uint64 { return mix(uint64(domain)+1, session) }

// Place finds the place of a key.
func (s *Store) Place(now unit.Time, key uint64) *Place { return s.sessions.find(now, key) }

// Split is what Session says of the prompt with this key, which reaches the minimum.
func (p *Place) Split(now unit.Time, key uint64, input, shared, minimum int64) (read, write int64) {
	if p.key != key || now > p.expires || now < p.readable {
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

// Holds reports whether the place found for a key keeps its prompt.
func (p *Place) Holds(key uint64) bool { return p.key == key }

// Occupy gives the place found for a key, which does not hold it, to that key; the
// place may be another then.
func (s *Store) Occupy(now unit.Time, p *Place, key uint64) *Place {
	return s.sessions.occupy(now, p, key)
}

// Keep puts the prompt of an admitted call into its place.
func (p *Place) Keep(u Use, input int64) {
	p.expires, p.readable, p.tokens = u.Now+u.TTL, u.Readable, input
}
