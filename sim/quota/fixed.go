package quota

import "quotawall/sim/unit"

// FixedLimit is a Limit of fixed windows whose refunds go to their own window.
// It is the same limit with the same verbs, short enough for the compiler to
// put them into the loop that uses them.
type FixedLimit Limit

// Fixed is the limit as a FixedLimit; ok is false where it moves in another way.
func (l *Limit) Fixed() (f *FixedLimit, ok bool) {
	if l.shape != Fixed || l.current {
		return nil, false
	}
	return (*FixedLimit)(l), true
}

// Roll is Limit.Roll.
func (l *FixedLimit) Roll(now unit.Time) {
	if now >= l.end {
		(*Limit)(l).turn(now)
	}
}

// Fits is Limit.Fits.
func (l *FixedLimit) Fits(charge int64) bool { return l.used+charge <= l.value }

// Window is the Ticket of what is taken now.
func (l *FixedLimit) Window() Ticket { return Ticket(l.index) }

// Take is Limit.Take, of a charge that the caller has just seen to fit.
func (l *FixedLimit) Take(charge, final int64) {
	l.open += charge
	l.slack += charge - final
	l.Charge(charge)
}

// Charge is Limit.Charge.
func (l *FixedLimit) Charge(charge int64) {
	l.used += charge
	l.peak = max(l.peak, l.used)
}

// Settle is Limit.Settle.
func (l *FixedLimit) Settle(now unit.Time, ticket Ticket, charge, final int64) (credited, dropped int64) {
	l.Roll(now)
	refund := charge - final
	open := int64(ticket) == l.index
	if open {
		l.open -= charge
		l.slack -= refund
	}
	switch {
	case refund < 0:
		l.Charge(-refund)
	case open:
		l.used -= refund
		return refund, 0
	}
	return 0, max(0, refund)
}
