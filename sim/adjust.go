package sim

import (
	"quotawall/sim/quota"
	"quotawall/sim/unit"
)

// progress is how far a running call is, where its charge is adjusted on the
// way (ambiguity A3: AWS says "periodically adjusted", not how).
type progress struct {
	begun, end              unit.Time
	reserved, crossReserved int64
}

// follow arranges the first adjustment of a flight that ends at end, and
// returns when that, or the end, is due.
func (e *Engine) follow(ref int32, end unit.Time, f *flight) unit.Time {
	if e.cfg.Quota.Adjust <= 0 || f.lane == None || f.held != ofPool {
		return end
	}
	for len(e.progress) <= int(ref) {
		e.progress = append(e.progress, progress{})
	}
	e.progress[ref] = progress{begun: e.now, end: end, reserved: f.charge, crossReserved: f.crossCharge}
	return min(end, e.now+e.cfg.Quota.Adjust)
}

// adjusted moves the charge of a flight that is still under way towards its
// final one, in proportion to the time passed. It reports false at the end.
func (e *Engine) adjusted(ref int32) bool {
	if int(ref) >= len(e.progress) || e.now >= e.progress[ref].end {
		return false
	}
	f, p := e.flights.at(ref), &e.progress[ref]
	passed := unit.Ratio{Num: int64(e.now - p.begun), Den: int64(p.end - p.begun)}
	charge := e.towards(p.reserved, f.final, passed)
	crossCharge := e.towards(p.crossReserved, f.crossFinal, passed)
	held := !e.cfg.Drain && p.end >= e.horizon
	l := &e.cfg.Lanes[f.lane]
	if l.Pool != None {
		for i, q := range [...]*QuotaTokens{tpm: &e.ledger.quota, tpd: &e.ledger.dayQuota} {
			if g := e.pools[l.Pool].limits[i]; q != nil && g != nil {
				q.adjust(&g.Limit, e.now, f.tickets[i], f.charge, charge, held)
			}
		}
	}
	if l.Cross != None {
		e.pools[l.Cross].limits[cross].Adjust(e.now, f.tickets[cross], f.crossCharge, crossCharge)
	}
	f.charge, f.crossCharge = charge, crossCharge
	e.events.push(min(p.end, e.now+e.cfg.Quota.Adjust), completion, ref)
	return true
}

// towards is the share passed of the way from reserved to final; upwards only
// where that is set.
func (e *Engine) towards(reserved, final int64, passed unit.Ratio) int64 {
	switch {
	case final <= reserved:
		return reserved - passed.Of(reserved-final)
	case e.cfg.Quota.AdjustUp:
		return reserved + passed.Of(final-reserved)
	}
	return reserved
}

// adjust moves one reservation and counts where its tokens went; held is that
// of a call which the cut leaves running.
func (q *QuotaTokens) adjust(l *quota.Limit, now unit.Time, t quota.Ticket, charge, next int64, held bool) {
	credited, dropped := l.Adjust(now, t, charge, next)
	q.Credited += credited
	q.Dropped += dropped
	q.Excess += max(0, next-charge)
	if held {
		q.Held += next - charge
	}
}
