package sim

import (
	"math"

	"quotawall/sim/unit"
)

// meter is the minute and day limits of one pool on the express path. Both token
// limits take the same charges, so one running sum serves them: what is in use of
// a window is how far the sum has risen above the window's base.
type meter struct {
	// What every call looks at fills one line of the processor's cache.
	turn           unit.Time // the first of its windows ends then
	net            int64     // charges less refunds of the minute plus excesses, of all time
	top            int64     // largest net since a base changed
	room           int64     // both token limits admit up to this net
	calls, most    int64     // requests of this minute, and how many there may be
	charged, final int64     // reservations and final charges of all calls

	ended   int64 // reservations of the calls that were settled in both their windows
	excess  int64 // of all settled calls
	busiest int64 // most calls of a minute so far

	minute, day             window
	requests, tokens, daily *gate // nil = none
}

// window is the minute or the day of a meter.
type window struct {
	value, peak   int64
	base          int64 // the meter's net at which nothing is in use
	end           unit.Time
	length, phase unit.Time

	charged, final, ended int64 // the meter's when it began
	alone                 int64 // like ended, of calls settled in this window only
	foreign               int64 // excesses of calls from earlier windows

	gaveBack, dropped int64 // of all time: refunds credited to this window only, and not to it
}

func newMeter(p *pool) *meter {
	m := &meter{turn: -unit.Never, most: math.MaxInt64, requests: p.limits[rpm], tokens: p.limits[tpm], daily: p.limits[tpd]}
	m.minute, m.day = newWindow(m.tokens), newWindow(m.daily)
	if g := m.requests; g != nil {
		m.most = g.Value()
		m.minute.clocked(g)
	}
	return m
}

func newWindow(g *gate) window {
	w := window{value: Lifted, end: unit.Never}
	if g != nil {
		w.value = g.Value()
		w.clocked(g)
	}
	return w
}

// clocked gives a window the times of a limit.
func (w *window) clocked(g *gate) {
	w.length, w.phase = g.Clock()
	w.end = -unit.Never
}

// settles: calls take tokens and give some back.
func (m *meter) settles() bool { return m.tokens != nil || m.daily != nil }

// roll turns to the windows of a time, at or after the end of one.
//
//go:noinline
func (m *meter) roll(at unit.Time) {
	m.crest()
	if at >= m.minute.end {
		m.busiest, m.calls = max(m.busiest, m.calls), 0
		m.minute.begin(m, at)
	}
	if at >= m.day.end {
		m.day.begin(m, at)
	}
	m.turn = min(m.minute.end, m.day.end)
	m.bound()
}

func (w *window) begin(m *meter, at unit.Time) {
	w.end = w.phase + ((at-w.phase)/w.length+1)*w.length
	w.base, w.charged, w.final, w.ended, w.alone, w.foreign = m.net, m.charged, m.final, m.ended, 0, 0
}

// crest brings the peaks up to now; it is called before a base changes.
func (m *meter) crest() {
	m.minute.peak = max(m.minute.peak, m.top-m.minute.base)
	m.day.peak = max(m.day.peak, m.top-m.day.base)
	m.top = m.net
}

// bound sets how far the sum may rise.
func (m *meter) bound() { m.room = min(m.minute.base+m.minute.value, m.day.base+m.day.value) }

// fits reports whether a call can be admitted now, in the present windows.
func (m *meter) fits(charge int64) bool { return m.calls < m.most && m.net+charge <= m.room }

// refuse counts a refusal of a call that does not fit, and returns the first
// limit that is full.
//
//go:noinline
func (m *meter) refuse(now unit.Time, utcDay, charge, final int64) (by *gate) {
	if m.calls >= m.most {
		by = m.requests
		by.refused(now, utcDay, false, m.most < 1)
		by.spent(now, m.calls, 1)
	}
	by = m.minute.refuse(m, m.tokens, by, now, utcDay, charge, final)
	return m.day.refuse(m, m.daily, by, now, utcDay, charge, final)
}

// refuse is meter.refuse of one token limit; by is the limit before it that is
// full.
func (w *window) refuse(m *meter, g, by *gate, now unit.Time, utcDay, charge, final int64) *gate {
	if g == nil {
		return by
	}
	used := m.net - w.base
	if g.cap.Spent == None && used+final > w.value {
		g.spent(now, max(0, used-w.open(m)), final)
	}
	if used+charge <= w.value {
		return by
	}
	if by != nil {
		g.cap.AlsoFull++
		return by
	}
	whenSettled := m.final - w.final + w.foreign
	g.refused(now, utcDay, max(0, whenSettled)+charge <= w.value, charge > w.value)
	return g
}

// open is what calls that still run have reserved of a window.
func (w *window) open(m *meter) int64 { return m.charged - w.charged - (m.ended - w.ended) - w.alone }

// take charges a call that fits.
func (m *meter) take(charge, final int64) {
	m.calls++
	m.charged += charge
	m.final += final
	m.net += charge
	m.top = max(m.top, m.net)
}

// hold fills in the end of a call that was taken in the present windows.
func (m *meter) hold(p *ending, end unit.Time, charge, final int64) {
	p.meter, p.charge, p.refund, p.inside = m, charge, charge-final, end < m.turn
	if !p.inside {
		p.minute, p.day = end < m.minute.end, end < m.day.end
	}
}

// settle gives back, or tops up, what a call that ends at a time held.
func (m *meter) settle(at unit.Time, p *ending) {
	if at >= m.turn {
		m.roll(at)
	}
	if p.refund >= 0 && p.inside {
		m.net -= p.refund
		m.ended += p.charge
		return
	}
	m.settleApart(p, max(0, -p.refund), max(0, p.refund))
}

// settleApart is settle where the call took more than it had reserved, or was
// admitted in another minute, or day.
//
//go:noinline
func (m *meter) settleApart(p *ending, excess, gave int64) {
	m.net += excess
	m.excess += excess
	m.top = max(m.top, m.net)
	if p.inside {
		m.ended += p.charge
		return
	}
	m.crest()
	if p.minute {
		m.net -= gave
		m.day.base -= gave
	} else if p.day {
		m.day.base += gave
	}
	m.top = m.net
	m.minute.settled(p.minute, p.charge, excess, gave)
	m.day.settled(p.day, p.charge, excess, gave)
	m.bound()
}

// settled counts a call that is not settled in both its windows, in this one or
// after it.
func (w *window) settled(inside bool, charge, excess, gave int64) {
	if inside {
		w.alone += charge
		w.gaveBack += gave
		return
	}
	w.foreign += excess
	w.dropped += gave
}

// show tells the limits what came of them.
func (m *meter) show() {
	m.crest()
	if g := m.requests; g != nil {
		g.Show(0, max(m.busiest, m.calls))
	}
	if g := m.tokens; g != nil {
		g.Show(m.minute.open(m), m.minute.peak)
	}
	if g := m.daily; g != nil {
		g.Show(m.day.open(m), m.day.peak)
	}
}

// fold adds what became of the meter's tokens to the ledger's sums; held is the
// final charges of the calls that were not settled.
func (m *meter) fold(l *ledger, held int64) {
	m.show()
	// What net did not keep of the charges and excesses went back to the minute.
	both := m.charged + m.excess - m.net - m.minute.gaveBack
	for _, of := range [...]struct {
		w *window
		g *gate
		q *QuotaTokens
	}{{&m.minute, m.tokens, &l.quota}, {&m.day, m.daily, &l.dayQuota}} {
		if of.g != nil {
			of.q.Reserved += m.charged
			of.q.Settled += m.final - held
			of.q.Credited += both + of.w.gaveBack
			of.q.Dropped += of.w.dropped
			of.q.Excess += m.excess
		}
	}
}

// ending is the end of an admitted call, at which its meter settles it.
type ending struct {
	charge, refund int64 // refund is below zero for an excess
	meter          *meter
	inside         bool  // the end is inside both windows of the admission
	minute, day    bool  // where it is not: inside which of them
	free           int32 // number to be used after this one
}

// ends are the ends of the calls that are not settled yet.
type ends struct {
	*spans
	all  []ending // by number; 0 is none
	free int32    // the first of the numbers to be used again
}

func newEnds() ends { return ends{spans: newSpans(), all: make([]ending, 1, 64)} }

// add adds the end of a call, which the caller fills in before the next add.
func (d *ends) add(at unit.Time) *ending {
	i := d.free
	if i == 0 {
		i = int32(len(d.all))
		d.all = append(d.all, ending{})
	}
	p := &d.all[i]
	d.free = p.free
	d.push(at, i)
	return p
}

// give takes back an end that was settled, and its number.
func (d *ends) give(p *ending, i int32) { p.free, d.free = d.free, i }

// lookOn goes on to the next end, which its caller knows is not a late one. The
// span after that of now is opened before its time: few calls are so short that
// they end in it.
func (d *ends) lookOn(now unit.Time) {
	if d.first == len(d.open) {
		d.next = d.begins()
		if d.after-int64(now)>>spanWidth > 1 {
			return
		}
		d.advance()
	}
	d.next = d.start + unit.Time(d.open[d.first]>>keyTime)
}
