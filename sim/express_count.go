package sim

import (
	"quotawall/sim/trace"
	"quotawall/sim/unit"
)

// counters are few sums that are as fine as they must be; the ledger's follow
// from them at the end.
type counters struct {
	cells   []cell // by price period, band, class and lane
	period  int    // cells of one price period
	lanes   int32
	offered []offered // by class and home
	refused int64
}

// cell is what was served, and fills one line of the processor's cache.
type cell struct {
	served, input, read, write, output int64
	asked                              int64 // input + uncut output, in the requested models' tokens
	atOnce                             int64 // served without a wait
	_                                  int64
}

type offered struct{ requests, tokens int64 }

func newCounters(cfg *Config) counters {
	n := 2 * len(cfg.Classes) * len(cfg.Lanes)
	return counters{cells: make([]cell, n*(len(cfg.Periods)+1)), period: n, lanes: int32(len(cfg.Lanes)), offered: make([]offered, len(cfg.Classes)*len(cfg.Accounts))}
}

// cellOf is the number of an errand's cell in the first price period.
func (n *counters) cellOf(r *errand, m *Model) int32 {
	i := r.class*n.lanes + r.lane
	if m.LongAbove > 0 && r.input > m.LongAbove {
		i += int32(n.period / 2)
	}
	return i
}

// offer counts an arrival.
func (n *counters) offer(e *Engine, q *trace.Request, class, home int32) {
	o := &n.offered[int(class)*len(e.cfg.Accounts)+int(home)]
	o.requests++
	o.tokens += q.Input + q.Output
	e.ledger.totals.Offered++
	e.ledger.at(e.now).Offered++
}

// serve counts a served request.
func (n *counters) serve(l *ledger, r *errand, t *track, now unit.Time) {
	at := int(r.cell)
	if len(l.cfg.Periods) > 0 {
		at += l.periodOf(now) * n.period
	}
	c := &n.cells[at]
	c.served++
	c.input += r.input
	c.read += r.read
	c.write += r.write
	c.output += r.output
	c.asked += r.asked
	h := l.at(now)
	h.Served++
	h.Reserved += r.charge
	h.Settled += r.final
	h.Input += r.input
	h.Output += r.output
	if wait := now - r.arrival; wait == 0 {
		c.atOnce++
	} else {
		l.classes[r.class].Waits.Add(wait)
	}
	if r.cut || r.degraded {
		for _, x := range [...]*Totals{&l.totals, &l.classes[r.class].Totals, &l.homes[t.home]} {
			x.mark(r.degraded, r.cut, false)
		}
	}
}

// fold adds the sums to the ledger.
func (n *counters) fold(e *Engine, tracks []track) {
	l := &e.ledger
	l.refusals, l.throttled = l.refusals+n.refused, l.throttled+n.refused
	if e.cfg.Gateway != nil {
		l.gateway = l.totals.Offered
	}
	accounts, classes, lanes := len(e.cfg.Accounts), len(e.cfg.Classes), len(tracks)
	for i, o := range n.offered {
		l.offeredTokens += o.tokens
		l.classes[i/accounts].Offered += o.requests
		l.homes[i%accounts].Offered += o.requests
	}
	for i := range n.cells {
		class, lane := i/lanes%classes, i%lanes
		band, period := i/lanes/classes%2, i/n.period
		c := &l.counts[((lane*int(wayCount)+int(onDemand))*(len(e.cfg.Periods)+1)+period)*2+band]
		l.fold(&n.cells[i], c, int32(class), tracks[lane].home, e.ttl(int32(class)))
		if k := &n.cells[i]; k.read+k.write > 0 {
			by := l.cachedOf(int32(class), int32(lane), band == 1)
			by.Read += k.read
			by.Write += k.write
		}
	}
}

func (l *ledger) fold(n *cell, c *counted, class, home int32, ttl unit.Time) {
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
	r := &l.classes[class]
	r.Tokens.add(Tokens{Input: n.input, Fresh: fresh, Read: n.read, Write: n.write, Output: n.output})
	r.Waits.addZero(n.atOnce)
	l.totals.Served += n.served
	r.Served += n.served
	l.homes[home].Served += n.served
}
