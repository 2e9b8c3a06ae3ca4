// Package quota holds the limits of Bedrock's quota pools: a value, a window
// and the charges in it. A limit is used with three verbs, in this order:
// Roll brings it up to now, Fits asks without effect, Take charges. A
// reservation taken with Take is given back or topped up by Settle.
//
// Model: facts as of 2026-11-23; AWS publishes neither the shape of the minute
// nor where the day begins, so both are settings of the caller.
package quota

import "quotawall/sim/unit"

// Shape is how a window moves.
type Shape uint8

// Shapes of windows.
const (
	Fixed   Shape = iota // clock minute, or a day from a stated UTC time
	Sliding              // charges younger than the window's length
	Bucket               // full at the start, refilled at value/length, capacity = value
	Rolling              // the current bin of a minute and those before it that make up the length
)

// Ticket says where a reservation was taken; Settle wants it back.
type Ticket int64

// Limit is one limit of one quota pool.
type Limit struct {
	// What every attempt looks at comes first, in one line of the processor's cache.
	value int64
	// used holds every charge of the window; open is the part of it that is
	// reserved by calls still running, and slack what those reservations exceed
	// their final charges by (negative where they fall short).
	used, open, slack int64
	peak              int64

	index int64     // fixed: window number; rolling: number of the newest bin
	end   unit.Time // fixed, rolling: where the current window or bin ends

	shape   Shape
	current bool // refunds go to the current use, whatever window they come from
	length  unit.Time
	phase   unit.Time // simulated time, in (-length, 0], at which a window began

	bins   []bin // rolling
	log    log   // sliding
	bucket bucket
}

// bin is one minute of a rolling window.
type bin struct{ used, open, slack int64 }

// rollingBin is the grain of a rolling window.
const rollingBin = unit.Minute

// Config describes a limit.
type Config struct {
	Shape  Shape
	Value  int64     // in the limit's own units: requests, tokens, or price units; 0 refuses everything
	Length unit.Time // a minute or a day
	// Epoch is the UTC instant of simulated time 0, in microseconds since 1970,
	// and Starts the time of day at which a fixed window begins.
	Epoch, Starts unit.Time
	// Current gives refunds back to whatever use there is now (ambiguity A2).
	Current bool
}

// New returns an unused limit.
func New(c Config) *Limit {
	l := &Limit{shape: c.Shape, value: c.Value, length: c.Length, current: c.Current, index: -1}
	if c.Shape == Rolling {
		l.bins = make([]bin, c.Length/rollingBin)
		l.length = rollingBin
		l.phase = -mod(c.Epoch, rollingBin)
	} else {
		l.phase = -mod(c.Epoch-c.Starts, c.Length)
	}
	l.end = -unit.Never
	if c.Shape == Bucket {
		l.bucket = bucket{whole: c.Value}
	}
	return l
}

func mod(a, b unit.Time) unit.Time { return ((a % b) + b) % b }

// Value is the limit itself.
func (l *Limit) Value() int64 { return l.value }

// Used is the use of the current window, reservations included.
func (l *Limit) Used() int64 { return l.used }

// Open is the part of Used that calls still running have reserved.
func (l *Limit) Open() int64 { return l.open }

// Peak is the largest use there ever was, reservations included.
func (l *Limit) Peak() int64 { return l.peak }

// Roll brings the limit to now, which never goes back.
func (l *Limit) Roll(now unit.Time) {
	switch l.shape {
	case Fixed:
		if now >= l.end {
			l.turn(now)
		}
	case Sliding:
		l.expire(now - l.length)
	case Bucket:
		l.bucket.refill(now, l.value, l.length)
		l.used = l.value - l.bucket.whole
	case Rolling:
		if now >= l.end {
			l.advance(int64((now - l.phase) / l.length))
		}
	}
}

// turn begins the fixed window of now.
func (l *Limit) turn(now unit.Time) {
	l.index = int64((now - l.phase) / l.length)
	l.end = l.phase + unit.Time(l.index+1)*l.length
	l.used, l.open, l.slack = 0, 0, 0
}

// Fits reports whether a charge can be admitted beside the present use.
func (l *Limit) Fits(charge int64) bool { return l.used+charge <= l.value }

// Take charges a reservation whose final charge will be final. The caller has
// rolled the limit and asked Fits; a take beyond the limit is a bug.
func (l *Limit) Take(now unit.Time, charge, final int64) Ticket {
	if l.used+charge > l.value {
		panic("quota: took a charge that does not fit")
	}
	slack := charge - final
	l.used += charge
	l.open += charge
	l.slack += slack
	if l.used > l.peak {
		l.peak = l.used
	}
	switch l.shape {
	case Sliding:
		return Ticket(l.log.push(entry{at: now, used: charge, open: charge, slack: slack}))
	case Bucket:
		l.bucket.whole -= charge
	case Rolling:
		b := l.bin(l.index)
		b.used, b.open, b.slack = b.used+charge, b.open+charge, b.slack+slack
	}
	return Ticket(l.index)
}

// Charge takes what needs no settlement: a call counted by requests, or the
// excess of a settlement. Only a settlement may exceed the limit.
func (l *Limit) Charge(now unit.Time, charge int64) {
	l.used += charge
	if l.used > l.peak {
		l.peak = l.used
	}
	switch l.shape {
	case Sliding:
		l.log.push(entry{at: now, used: charge})
	case Bucket:
		l.bucket.whole -= charge
	case Rolling:
		l.bin(l.index).used += charge
	}
}

// Settle ends a reservation at now: charge was reserved under ticket, final is
// what the call is charged. A refund is credited to the window it was taken in
// if that is still open and dropped otherwise; an excess is charged to the
// window open now, even above the limit.
func (l *Limit) Settle(now unit.Time, ticket Ticket, charge, final int64) (credited, dropped int64) {
	l.Roll(now)
	refund := charge - final
	return l.refund(now, ticket, refund, l.close(ticket, charge, refund))
}

// Adjust changes what a reservation that stays open has charged, from charge to
// next; what it gives back or takes goes where Settle would put it.
func (l *Limit) Adjust(now unit.Time, ticket Ticket, charge, next int64) (credited, dropped int64) {
	l.Roll(now)
	refund := charge - next
	return l.refund(now, ticket, refund, l.close(ticket, refund, refund))
}

// refund credits a refund to the window of ticket, if that is open, or charges
// an excess.
func (l *Limit) refund(now unit.Time, ticket Ticket, refund int64, open bool) (credited, dropped int64) {
	switch {
	case refund < 0:
		l.Charge(now, -refund)
	case refund == 0:
	case l.current:
		credited = l.giveBack(refund)
		dropped = refund - credited
	case open:
		l.credit(ticket, refund)
		credited = refund
	default:
		dropped = refund
	}
	return credited, dropped
}

// close takes a reservation off the open ones and reports whether the window
// it was taken in is still open.
func (l *Limit) close(ticket Ticket, charge, slack int64) bool {
	switch l.shape {
	case Fixed:
		if int64(ticket) != l.index {
			return false
		}
	case Sliding:
		e := l.log.at(int64(ticket))
		if e == nil {
			return false
		}
		e.open, e.slack = e.open-charge, e.slack-slack
	case Rolling:
		if int64(ticket) <= l.index-int64(len(l.bins)) {
			return false
		}
		b := l.bin(int64(ticket))
		b.open, b.slack = b.open-charge, b.slack-slack
	}
	l.open -= charge
	l.slack -= slack
	return true
}

// credit gives a refund to the open window of ticket.
func (l *Limit) credit(ticket Ticket, refund int64) {
	switch l.shape {
	case Sliding:
		l.log.at(int64(ticket)).used -= refund
	case Bucket:
		l.bucket.credit(refund, l.value)
		l.used = l.value - l.bucket.whole
		return
	case Rolling:
		l.bin(int64(ticket)).used -= refund
	}
	l.used -= refund
}

// giveBack takes a refund off the present use, newest charges first, never
// below zero, and returns what could be taken off.
func (l *Limit) giveBack(refund int64) int64 {
	left := refund
	switch l.shape {
	case Bucket:
		l.credit(0, refund)
		return refund
	case Sliding:
		left = l.log.reduceNewest(refund)
	case Rolling:
		for i := l.index; left > 0 && i > l.index-int64(len(l.bins)); i-- {
			b := l.bin(i)
			off := min(left, b.used)
			b.used, left = b.used-off, left-off
		}
	default:
		left -= min(refund, l.used)
	}
	l.used -= refund - left
	return refund - left
}

// Settled is the use that is left without the open reservations.
func (l *Limit) Settled() int64 { return max(0, l.used-l.open) }

// FitsWhenSettled reports whether charge would fit had every open reservation
// been at its final charge.
func (l *Limit) FitsWhenSettled(charge int64) bool {
	return max(0, l.used-l.slack)+charge <= l.value
}

// Headroom is the free part of the limit after now; negative after an excess.
func (l *Limit) Headroom() int64 { return l.value - l.used }

// bin returns the bin of a minute inside the window.
func (l *Limit) bin(index int64) *bin { return &l.bins[index%int64(len(l.bins))] }

// advance moves a rolling window to a later bin and forgets what falls out.
func (l *Limit) advance(index int64) {
	n := int64(len(l.bins))
	for i := max(l.index+1, index-n+1); i <= index; i++ {
		b := l.bin(i)
		l.used, l.open, l.slack = l.used-b.used, l.open-b.open, l.slack-b.slack
		*b = bin{}
	}
	l.index = index
	l.end = l.phase + unit.Time(index+1)*l.length
}

// expire forgets the charges of a sliding window up to and including before.
func (l *Limit) expire(before unit.Time) {
	for l.log.len() > 0 && l.log.oldest().at <= before {
		e := l.log.pop()
		l.used, l.open, l.slack = l.used-e.used, l.open-e.open, l.slack-e.slack
	}
}

// SetValue replaces the limit's value, at a time it has been rolled to.
func (l *Limit) SetValue(value int64) {
	if l.shape == Bucket {
		l.bucket.whole += value - l.value
	}
	l.value = value
}

// WindowAfter is when the first fixed window after now begins; ok is false for
// other shapes.
func (l *Limit) WindowAfter(now unit.Time) (at unit.Time, ok bool) {
	if l.shape != Fixed {
		return 0, false
	}
	return l.phase + ((now-l.phase)/l.length+1)*l.length, true
}
