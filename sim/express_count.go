package sim

import (
	"quotawall/sim/unit"
)

// counters are few sums that are as fine as they must be; the ledger's follow
// from them: those of an hour when it is over, the others at the end.
type counters struct {
	turn            unit.Time // the hour or the price period ends then
	cells           []cell    // by price period, band, class and lane
	period          int       // cells of one price period
	first           int       // of the present price period
	lanes, accounts int32
	late            []offered   // by class and home: what was offered and, so far, not served by Bedrock
	refused         int64       // passes that ended without room
	passedOn        int64       // calls that went from the endpoint to Bedrock in the same pass
	delays          []unit.Time // between attempts, where they are fixed
	waits           []int64     // then: what was served, by class and attempts before
	hour            *Hour
	before          Hour // sums when the hour began
}

// cell is what was served.
type cell struct {
	served, input, read, write, output int64
	asked                              int64 // input + uncut output, in the requested models' tokens
	reserved                           int64
	degraded                           int64 // served by a lesser model
	truncated                          int64
	burndown                           int64 // of the model's output: what is settled follows from it
	hosted                             bool  // by the endpoint: offered is counted with what was put off
}

type offered struct{ requests, tokens int64 }

func (o *offered) add(requests, tokens int64) {
	o.requests += requests
	o.tokens += tokens
}

func newCounters(cfg *Config, delays []unit.Time) counters {
	n := 2 * len(cfg.Classes) * len(cfg.Lanes)
	cells := make([]cell, n*(len(cfg.Periods)+1))
	for i := range cells {
		m := &cfg.Models[i%len(cfg.Models)]
		cells[i].burndown, cells[i].hosted = m.Burndown, m.SelfHosted
	}
	return counters{
		cells: cells, period: n, lanes: int32(len(cfg.Lanes)), accounts: int32(len(cfg.Accounts)),
		late: make([]offered, len(cfg.Classes)*len(cfg.Accounts)), hour: &Hour{},
		delays: delays, waits: make([]int64, len(cfg.Classes)*(len(delays)+1)),
	}
}

// begin turns to the hour and the price period of now.
func (n *counters) begin(l *ledger, now unit.Time) {
	n.closeHour()
	n.hour = l.at(now)
	period := l.periodOf(now)
	n.first, n.turn = period*n.period, l.hourEnd
	if period < len(l.cfg.Periods) {
		n.turn = min(n.turn, l.cfg.Periods[period])
	}
}

// closeHour gives the present hour what was counted since it began.
func (n *counters) closeHour() {
	var sum Hour
	for i := range n.late {
		sum.Offered += n.late[i].requests
	}
	for i := range n.cells {
		c := &n.cells[i]
		if !c.hosted {
			sum.Offered += c.served
			sum.Settled += c.input - c.read + c.output*c.burndown
		}
		sum.Served += c.served
		sum.Reserved += c.reserved
		sum.Input += c.input
		sum.Output += c.output
	}
	sum.Refusals = n.refused + n.passedOn
	h, b := n.hour, &n.before
	h.Offered += sum.Offered - b.Offered
	h.Served += sum.Served - b.Served
	h.Refusals += sum.Refusals - b.Refusals
	h.Reserved += sum.Reserved - b.Reserved
	h.Settled += sum.Settled - b.Settled
	h.Input += sum.Input - b.Input
	h.Output += sum.Output - b.Output
	n.before = sum
}

// putOff counts an errand that its first attempt does not serve.
func (n *counters) putOff(r *errand, home int32) { n.lateOf(r, home).add(1, r.asked) }

func (n *counters) lateOf(r *errand, home int32) *offered { return &n.late[r.class*n.accounts+home] }

// serve counts a served request: what of its prompt is read from the cache and
// written to it, and what it took from the quota at first.
func (n *counters) serve(r *errand, read, write, charge int64) {
	c := &n.cells[n.first+int(r.cell)]
	c.served++
	c.input += r.input
	c.read += read
	c.write += write
	c.output += r.output
	c.asked += r.asked
	c.reserved += charge
	c.degraded += int64(r.degraded)
	if r.cut {
		c.truncated++
	}
}

// serveLate counts also that a served request had been put off, and waited.
func (n *counters) serveLate(l *ledger, r *errand, home int32, wait unit.Time) {
	n.lateOf(r, home).add(-1, -r.asked)
	if len(n.delays) > 0 {
		n.waits[int(r.class)*(len(n.delays)+1)+int(r.attempts)]++
	} else {
		l.waited(r.class, wait)
	}
}

// serveHosted is serve for a request that the endpoint served.
func (n *counters) serveHosted(l *ledger, r *errand, h *hosted, wait unit.Time) {
	c := &n.cells[n.first+int(h.cell)]
	c.served++
	c.input += h.job.prompt
	c.output += h.job.output
	c.asked += r.asked
	c.degraded += int64(h.degraded)
	if h.cut {
		c.truncated++
	}
	l.waited(r.class, wait)
}

// waited counts the wait of a served request, but for those that had none.
func (l *ledger) waited(class int32, wait unit.Time) {
	if wait > 0 {
		l.classes[class].Waits.Add(wait)
	}
}

// fold adds the sums to the ledger.
func (n *counters) fold(e *Engine) {
	n.closeHour()
	l := &e.ledger
	l.refusals, l.throttled = l.refusals+n.refused+n.passedOn, l.throttled+n.refused
	accounts, classes, lanes := len(e.cfg.Accounts), len(e.cfg.Classes), int(n.lanes)
	for i, o := range n.late {
		l.offered(int32(i/accounts), int32(i%accounts), o)
	}
	if e.cfg.Gateway != nil {
		l.gateway = l.totals.Offered
	}
	for i := range n.cells {
		class, lane := i/lanes%classes, i%lanes
		band, period := i/lanes/classes%2, i/n.period
		home, at, way := lane/len(e.cfg.Models), lane, onDemand
		if model := lane % len(e.cfg.Models); e.cfg.Models[model].SelfHosted {
			at, way = model, selfHosted
		}
		c := &l.counts[((at*int(wayCount)+int(way))*(len(e.cfg.Periods)+1)+period)*2+band]
		l.fold(&n.cells[i], c, int32(class), int32(home), e.ttl(int32(class)))
		if k := &n.cells[i]; k.read+k.write > 0 {
			by := l.cachedOf(int32(class), int32(lane), band == 1)
			by.Read += k.read
			by.Write += k.write
		}
	}
	for i := range l.classes {
		c := &l.classes[i]
		if each := len(n.delays) + 1; each > 1 {
			c.Waits.addRetried(n.delays, n.waits[i*each:(i+1)*each])
		}
		c.Waits.addMany(0, c.Served-c.Waits.Count()) // those that were served at once
	}
}

// addRetried counts requests that were served after so many attempts and the
// delays between them.
func (w *Waits) addRetried(delays []unit.Time, served []int64) {
	wait := unit.Time(0)
	for i, d := range delays {
		wait += d
		w.addMany(wait, served[i+1])
	}
}

func (l *ledger) offered(class, home int32, o offered) {
	l.offeredTokens += o.tokens
	l.classes[class].Offered += o.requests
	l.homes[home].Offered += o.requests
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
	if !n.hosted {
		l.offered(class, home, offered{n.served, n.asked})
	}
	r := &l.classes[class]
	r.Tokens.add(Tokens{Input: n.input, Fresh: fresh, Read: n.read, Write: n.write, Output: n.output})
	for _, x := range [...]*Totals{&l.totals, &r.Totals, &l.homes[home]} {
		x.Served += n.served
		x.Degraded += n.degraded
		x.Truncated += n.truncated
	}
}
