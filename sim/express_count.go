package sim

import (
	"quotawall/sim/cache"
	"quotawall/sim/unit"
)

// cell is what was served of one (price period, band, class, lane), from which
// the ledger's other sums follow.
type cell struct {
	served, input, read, write, output int64
	asked                              int64 // input + uncut output, in the requested models' tokens
	cut, degraded                      int64
}

// cellOf is the number of an errand's cell in the first price period.
func (x *express) cellOf(r *errand, m *Model) int32 {
	n := r.class*int32(len(x.tracks)) + r.lane
	if m.LongAbove > 0 && r.input > m.LongAbove {
		n += int32(len(x.cells) / (len(x.e.cfg.Periods) + 1) / 2)
	}
	return n
}

// count counts a served request.
func (x *express) count(r *errand, t *track, s *cache.Split, charge, final int64) {
	l := &x.e.ledger
	at := int(r.cell)
	if len(l.cfg.Periods) > 0 {
		at += l.periodOf(x.e.now) * (len(x.cells) / (len(l.cfg.Periods) + 1))
	}
	n := &x.cells[at]
	n.served++
	n.input += r.input
	n.read += s.Read
	n.write += s.Write
	n.output += r.output
	n.asked += r.asked
	if r.cut {
		n.cut++
	}
	if r.degraded {
		n.degraded++
	}
	h := l.at(x.e.now)
	h.Reserved += charge
	h.Settled += final
	h.Input += r.input
	h.Output += r.output
	h.Served++
	l.classes[r.class].Waits.Add(x.e.now - r.arrival)
}

// fold adds what the express path counted to the ledger.
func (x *express) fold() {
	l, e := &x.e.ledger, x.e
	l.refusals += x.refused
	l.throttled += x.refused
	x.refused = 0
	classes, lanes := len(e.cfg.Classes), len(x.tracks)
	for i := range x.cells {
		n := &x.cells[i]
		if n.served == 0 {
			continue
		}
		lane, class, band, period := i%lanes, i/lanes%classes, i/lanes/classes%2, i/lanes/classes/2
		c := &l.counts[((lane*int(wayCount)+int(onDemand))*(len(e.cfg.Periods)+1)+period)*2+band]
		l.foldCell(n, c, int32(class), x.tracks[lane].home, e.ttl(int32(class)))
		*n = cell{}
	}
}

func (l *ledger) foldCell(n *cell, c *counted, class, home int32, ttl unit.Time) {
	fresh := n.input - n.read - n.write
	c.served += n.served
	c.fresh += fresh
	c.read += n.read
	c.output += n.output
	if ttl > 5*unit.Minute {
		c.write1h += n.write
	} else {
		c.write5m += n.write
	}
	l.servedTokens += n.asked
	l.classes[class].Tokens.add(Tokens{Input: n.input, Fresh: fresh, Read: n.read, Write: n.write, Output: n.output})
	for _, t := range [...]*Totals{&l.totals, &l.classes[class].Totals, &l.homes[home]} {
		t.Served += n.served
		t.Truncated += n.cut
		t.Degraded += n.degraded
	}
}
