package sim

import (
	"math/big"

	"quotawall/sim/quota"
	"quotawall/sim/unit"
)

// oracleLimit is a limit as the design words it: a list of charges, summed anew
// at each question.
type oracleLimit struct {
	limit   Limit
	shape   quota.Shape
	length  unit.Time
	value   int64
	epoch   unit.Time
	starts  unit.Time
	current bool
	charges []*oracleCharge
	level   *big.Rat // buckets
	at      unit.Time

	first, spent               unit.Time
	byReservation              bool
	refused, also, byRes, days int64
	lastDay                    unit.Time
	peak                       int64
}

type oracleCharge struct {
	at              unit.Time
	amount          int64 // what counts now
	reserved, final int64
	open            bool
}

func newOracleLimit(cfg *Config, limit Limit, value int64) *oracleLimit {
	l := &oracleLimit{
		limit: limit, shape: cfg.Quota.Minute, length: unit.Minute, value: value, epoch: cfg.Epoch, current: cfg.Quota.Current,
		level: big.NewRat(value, 1), first: None, spent: None, lastDay: None,
	}
	if limit == TokensPerDay || limit == TokensPerDayAccount {
		l.shape, l.length, l.starts = cfg.Quota.Day, unit.Day, cfg.Quota.DayStarts
	}
	return l
}

// counts reports whether a charge's window is open at now.
func (l *oracleLimit) counts(c *oracleCharge, now unit.Time) bool {
	switch l.shape {
	case quota.Fixed:
		return (l.epoch+c.at-l.starts+l.length)/l.length == (l.epoch+now-l.starts+l.length)/l.length
	case quota.Sliding:
		return c.at > now-l.length
	case quota.Rolling:
		return (l.epoch+c.at)/unit.Minute > (l.epoch+now)/unit.Minute-1440
	}
	return true
}

// refill brings a bucket's level to now.
func (l *oracleLimit) refill(now unit.Time) {
	gain := new(big.Rat).Mul(big.NewRat(l.value, int64(l.length)), big.NewRat(int64(now-l.at), 1))
	l.at = now
	l.credit(gain)
}

func (l *oracleLimit) credit(gain *big.Rat) {
	l.level.Add(l.level, gain)
	if top := big.NewRat(l.value, 1); l.level.Cmp(top) > 0 {
		l.level = top
	}
}

// sums are the use, the open reservations in it, and those at their final charge.
func (l *oracleLimit) sums(now unit.Time) (used, open, finals int64) {
	for _, c := range l.charges {
		if l.counts(c, now) {
			used += c.amount
			if c.open {
				open, finals = open+c.reserved, finals+c.final
			}
		}
	}
	if l.shape == quota.Bucket {
		l.refill(now)
		used = l.value - new(big.Int).Div(l.level.Num(), l.level.Denom()).Int64()
	}
	return used, open, finals
}

func (l *oracleLimit) fits(now unit.Time, charge int64) bool {
	used, _, _ := l.sums(now)
	return used+charge <= l.value
}

func (l *oracleLimit) take(now unit.Time, reserved, final int64, open bool) *oracleCharge {
	c := &oracleCharge{at: now, amount: reserved, reserved: reserved, final: final, open: open}
	l.charges = append(l.charges, c)
	l.refill(now)
	l.level.Sub(l.level, big.NewRat(reserved, 1))
	used, _, _ := l.sums(now)
	l.peak = max(l.peak, used)
	return c
}

// settle ends a reservation and returns what was credited and dropped.
func (l *oracleLimit) settle(now unit.Time, c *oracleCharge) (credited, dropped int64) {
	l.refill(now)
	c.open = false
	refund := c.reserved - c.final
	switch {
	case refund < 0:
		l.take(now, -refund, 0, false)
	case l.shape == quota.Bucket:
		l.credit(big.NewRat(refund, 1))
		return refund, 0
	case l.current:
		left := refund
		for i := len(l.charges) - 1; i >= 0; i-- {
			if x := l.charges[i]; l.counts(x, now) {
				off := min(left, x.amount)
				x.amount, left = x.amount-off, left-off
			}
		}
		return refund - left, left
	case l.counts(c, now):
		c.amount -= refund
		return refund, 0
	default:
		return 0, refund
	}
	return 0, 0
}

// refusedCall notes a refusal of a call; by says whether this limit refused it.
func (l *oracleLimit) refusedCall(now unit.Time, charge, final int64, by, after bool) {
	used, open, finals := l.sums(now)
	if after && used+charge > l.value {
		l.also++
	}
	if l.spent == None && final <= l.value && max(0, used-open)+final > l.value {
		l.spent = now
	}
	if !by {
		return
	}
	fits := max(0, used-open+finals)+charge <= l.value
	if l.first == None {
		l.first, l.byReservation = now, fits
	}
	l.refused++
	if fits {
		l.byRes++
	}
	if day := (l.epoch + now) / unit.Day; day != l.lastDay {
		l.lastDay = day
		l.days++
	}
}

// nextWindow is when a session may hope again.
func (l *oracleLimit) nextWindow(known unit.Time) unit.Time {
	if l.shape != quota.Fixed {
		return None
	}
	return known + l.length - (l.epoch+known-l.starts+l.length)%l.length
}
