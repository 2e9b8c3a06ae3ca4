package cache

import "quotawall/sim/unit"

// Marks are the checkpoints of a prompt (rules R21, R23; AWS user guide,
// prompt-caching, Sep/Oct 2026). With none, every block is a checkpoint.
// A trace does not say where its client put them: they divide the prompt
// evenly, the last at its end. From each the service looks back Lookback
// blocks for a cached prefix.
type Marks struct{ Checkpoints, Lookback int }

// block is the number of blocks before checkpoint i (from 1) of a prompt of n blocks.
func (m Marks) block(n, i int) int { return (n*i + m.Checkpoints - 1) / m.Checkpoints }

// markedPrefix is Prefix where only checkpoints hold entries.
func (s *Store) markedPrefix(now unit.Time, domain int32, p Prompt, minimum int64) Split {
	n := len(p.IDs)
	cacheable := p.tokens(n)
	for i := p.Marks.Checkpoints; i >= 1; i-- {
		top := p.Marks.block(n, i)
		for b := top; b > 0 && b >= top-p.Marks.Lookback && p.tokens(b) >= minimum; b-- {
			if e := s.blocks.live(now, p.key(domain, b-1)); e != nil && now >= e.readable {
				return Split{Read: p.tokens(b), Write: cacheable - p.tokens(b), Blocks: b}
			}
		}
	}
	return Split{Write: cacheable}
}

// storeMarks renews the entry that was read and writes one at each checkpoint.
func (s *Store) storeMarks(u Use, domain int32, p Prompt, split Split) {
	if split.Blocks > 0 {
		s.storeBlock(u, p.key(domain, split.Blocks-1))
	}
	for i := 1; i <= p.Marks.Checkpoints; i++ {
		s.storeBlock(u, p.key(domain, p.Marks.block(len(p.IDs), i)-1))
	}
}
