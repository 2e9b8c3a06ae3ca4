package quota

import "quotawall/sim/unit"

// FixedLimit is a Limit of fixed windows whose refunds go to their own window.
// It is the same limit with the same verbs, short enough for the compiler to
// put them into the loop that uses them.
type FixedLimit Limit

// Fixed is the limit as a FixedLimit, which the caller knows that it is.
func (l *Limit) Fixed() *FixedLimit {
	if l.shape != Fixed || l.current {
		panic("quota: the limit has no fixed windows, or refunds to the current one")
	}
	return (*FixedLimit)(l)
}

// Endless returns a limit that is no limit: it never refuses and its window
// never ends.
func Endless() *FixedLimit { return &FixedLimit{value: 1 << 62, end: unit.Never} }

// End is where the present window ends.
func (l *FixedLimit) End() unit.Time { return l.end }

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

// Settle is Limit.Settle of what is refunded, less than zero for an excess; it
// reports whether the window of ticket is still open.
func (l *FixedLimit) Settle(now unit.Time, ticket Ticket, charge, refund int64) (open bool) {
	l.Roll(now)
	open = int64(ticket) == l.index
	if open {
		l.open -= charge
		l.slack -= refund
	}
	if refund < 0 {
		l.Charge(-refund)
	} else if open {
		l.used -= refund
	}
	return open
}
