package cache

import "quotawall/sim/unit"

// Store holds the cached prefixes of every domain of a run. A domain is one
// (account, Region, scope, model), numbered by the caller.
type Store struct {
	sessions, blocks table
	// asked is the place that Session found last, or nil, for the StoreSession that
	// mostly follows, and its key; 0 = nothing is known.
	asked    *Place
	askedKey uint64
}

// Split is how a prompt falls apart at an attempt: what is read from the cache
// and what is written to it; the rest is fresh. Blocks is the number of blocks
// that Read stands for.
type Split struct {
	Read, Write int64 // tokens
	Blocks      int
}

// Use is the moment at which an admitted call uses the cache: it is admitted
// at Now, its entries are readable from Readable and live until Now + TTL.
type Use struct {
	Now, Readable, TTL unit.Time
}

// Session splits a prompt of which only the session is known: the whole prompt
// is cacheable, and what can be read is what it shares with the session's
// previous prompt. shared is that part, or negative where the trace does not
// say (then the shorter of the two prompts). minimum is the model's smallest
// cacheable prefix.
func (s *Store) Session(now unit.Time, domain int32, session uint64, input, shared, minimum int64) Split {
	if input < minimum {
		return Split{}
	}
	key := SessionKey(domain, session)
	p := s.Place(key)
	s.asked, s.askedKey = p, key
	read, write := p.Split(now, input, shared, minimum)
	return Split{Read: read, Write: write}
}

// StoreSession keeps the prompt of an admitted call for the session's next one.
func (s *Store) StoreSession(u Use, domain int32, session uint64, input int64) {
	key := SessionKey(domain, session)
	p := s.asked
	if s.askedKey != key {
		p = s.Place(key)
	}
	s.askedKey = 0
	if p == nil {
		p = s.New(u.Now, key)
	}
	p.Keep(u, input)
}

// Prompt is a prompt given by its prefix blocks, ids in order; the last may be
// partial. Scope is 0 where ids are shared by the whole trace, else the session
// they are local to.
type Prompt struct {
	IDs         []uint64
	BlockTokens int64
	Input       int64 // tokens of the whole prompt
	Scope       uint64
	Marks       Marks
}

// tokens is the length of the first blocks of a prompt.
func (p Prompt) tokens(blocks int) int64 { return min(int64(blocks)*p.BlockTokens, p.Input) }

func (p Prompt) key(domain int32, block int) uint64 {
	return mix(mix(uint64(domain)+1, p.Scope), p.IDs[block])
}

// Prefix splits a prompt of blocks: the longest readable prefix is read,
// if it and the cacheable part reach the minimum; the rest of the cacheable
// part is written.
func (s *Store) Prefix(now unit.Time, domain int32, p Prompt, minimum int64) Split {
	cacheable := p.tokens(len(p.IDs))
	if len(p.IDs) == 0 || cacheable < minimum {
		return Split{}
	}
	if p.Marks.Checkpoints > 0 {
		return s.markedPrefix(now, domain, p, minimum)
	}
	n := 0
	for n < len(p.IDs) {
		e := s.blocks.live(now, p.key(domain, n))
		if e == nil || now < e.readable {
			break
		}
		n++
	}
	if p.tokens(n) < minimum {
		n = 0
	}
	return Split{Read: p.tokens(n), Write: cacheable - p.tokens(n), Blocks: n}
}

// StorePrefix renews the blocks that an admitted call read and writes the rest.
// A write of a live entry renews it; one of a dead entry starts it anew.
func (s *Store) StorePrefix(u Use, domain int32, p Prompt, split Split) {
	if p.Marks.Checkpoints > 0 {
		s.storeMarks(u, domain, p, split)
		return
	}
	for i := range p.IDs {
		s.storeBlock(u, p.key(domain, i))
	}
}

// storeBlock renews the live entry of a key, or starts it anew.
func (s *Store) storeBlock(u Use, key uint64) {
	if e := s.blocks.live(u.Now, key); e != nil {
		e.expires = max(e.expires, u.Now+u.TTL)
		return
	}
	s.blocks.put(u.Now, entry{key: key, expires: u.Now + u.TTL, readable: u.Readable})
}
