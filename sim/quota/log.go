package quota

import "quotawall/sim/unit"

// entry is one charge of a sliding window.
type entry struct {
	at                unit.Time
	used, open, slack int64
}

// log is a growing ring of charges in order of time. A charge keeps its number
// for good, so that a ticket finds it in one step.
type log struct {
	ring  []entry // length a power of two
	first int64   // number of the oldest charge
	next  int64   // number of the next charge
}

func (g *log) len() int64 { return g.next - g.first }

func (g *log) slot(n int64) *entry { return &g.ring[n&int64(len(g.ring)-1)] }

func (g *log) oldest() *entry { return g.slot(g.first) }

// at is the charge of a number, or nil once it has expired.
func (g *log) at(n int64) *entry {
	if n < g.first {
		return nil
	}
	return g.slot(n)
}

func (g *log) push(e entry) int64 {
	if g.len() == int64(len(g.ring)) {
		g.grow()
	}
	n := g.next
	*g.slot(n) = e
	g.next++
	return n
}

func (g *log) pop() entry {
	e := *g.oldest()
	g.first++
	return e
}

func (g *log) grow() {
	bigger := make([]entry, max(16, 2*len(g.ring)))
	for n := g.first; n < g.next; n++ {
		bigger[n&int64(len(bigger)-1)] = *g.slot(n)
	}
	g.ring = bigger
}

// reduceNewest takes amount off the newest charges and returns what was left
// when all were at zero.
func (g *log) reduceNewest(amount int64) (left int64) {
	left = amount
	for n := g.next - 1; left > 0 && n >= g.first; n-- {
		e := g.slot(n)
		off := min(left, e.used)
		e.used, left = e.used-off, left-off
	}
	return left
}
