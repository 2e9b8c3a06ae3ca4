// Package pricing is the price and capacity catalog, dated and sourced, and the
// bill: usage in, money out. It knows nothing of the engine.
package pricing

import (
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"
)

// Date is a calendar date, "2026-11-23".
type Date string

// ParseDate reads a date as year-month-day.
func ParseDate(s string) (Date, error) {
	if _, err := time.Parse(time.DateOnly, s); err != nil {
		return "", fmt.Errorf("%q is no date: write year-month-day, as in 2026-11-23", s)
	}
	return Date(s), nil
}

// Time is the date's midnight, UTC.
func (d Date) Time() time.Time {
	t, _ := time.Parse(time.DateOnly, string(d))
	return t
}

// DateOf is the UTC date of an instant.
func DateOf(t time.Time) Date { return Date(t.UTC().Format(time.DateOnly)) }

// Rate is an exact price: US dollars for Per units. A published decimal is kept
// as it is printed, so that nothing is lost before the one rounding of a line.
type Rate struct {
	usd *big.Rat
	Per int64
}

// ParseRate reads a decimal number of dollars for per units; it must not be
// negative.
func ParseRate(usd string, per int64) (Rate, error) {
	if n, denom, ok := plainDecimal(usd); ok {
		return Rate{usd: big.NewRat(n, denom), Per: per}, nil
	}
	if strings.Trim(usd, "0123456789.-") != "" || len(usd) > 32 {
		return Rate{}, fmt.Errorf("%q is no price: write dollars as a quoted decimal, as in \"5.50\"", usd)
	}
	r, ok := new(big.Rat).SetString(usd)
	if !ok {
		return Rate{}, fmt.Errorf("%q is no price: write dollars as a quoted decimal, as in \"5.50\"", usd)
	}
	if r.Sign() < 0 {
		return Rate{}, fmt.Errorf("price %s is negative", usd)
	}
	return Rate{usd: r, Per: per}, nil
}

// plainDecimal reads the digits, with a point among them or none, that nearly
// all prices are, as a ratio.
func plainDecimal(s string) (n, denom int64, ok bool) {
	whole, fraction, point := strings.Cut(s, ".")
	if whole == "" || point && fraction == "" || len(s) > 18 {
		return 0, 0, false
	}
	denom = 1
	for i := range len(s) {
		switch c := s[i]; {
		case i == len(whole):
			continue
		case c < '0' || c > '9':
			return 0, 0, false
		case i > len(whole):
			denom *= 10
		}
		n = 10*n + int64(s[i]-'0')
	}
	return n, denom, true
}

// Known reports whether the rate was given.
func (r Rate) Known() bool { return r.usd != nil }

// Zero reports whether the rate is given as nothing.
func (r Rate) Zero() bool { return r.usd != nil && r.usd.Sign() == 0 }

// Times is the rate times num/den, exactly.
func (r Rate) Times(num, den int64) Rate {
	return Rate{usd: new(big.Rat).Mul(r.usd, big.NewRat(num, den)), Per: r.Per}
}

// Apart is how far another rate for as many units is from r, as a share of r;
// nil where r is nothing.
func (r Rate) Apart(o Rate) *big.Rat {
	if r.Zero() {
		return nil
	}
	off := new(big.Rat).Sub(o.usd, r.usd)
	return off.Quo(off.Abs(off), r.usd)
}

// String is the dollars for Per units, as a plain decimal.
func (r Rate) String() string {
	if r.usd == nil {
		return "unknown"
	}
	return decimal(r.usd)
}

// Each is the dollars for one unit, as a plain decimal.
func (r Rate) Each() string {
	return decimal(new(big.Rat).Quo(r.usd, big.NewRat(r.Per, 1)))
}

// MicroUSD is the dollars for Per units in micro-dollars; ok is false where
// that is no whole number.
func (r Rate) MicroUSD() (int64, bool) {
	m := new(big.Rat).Mul(r.usd, big.NewRat(1_000_000, 1))
	return m.Num().Int64(), m.IsInt() && m.Num().IsInt64()
}

// mostDollars is the most that a bill, which counts in nano-dollars, can hold.
const mostDollars = math.MaxInt64 / 1_000_000_000

// Amount is quantity/per x rate in nano-dollars, rounded once, half to even.
func (r Rate) Amount(quantity, per int64) (int64, error) {
	x := big.NewInt(1_000_000_000)
	x.Mul(x, r.usd.Num())
	x.Mul(x, big.NewInt(quantity))
	y := big.NewInt(r.Per)
	y.Mul(y, r.usd.Denom())
	y.Mul(y, big.NewInt(per))
	n := halfEven(x, y)
	if !n.IsInt64() {
		return 0, fmt.Errorf("an amount of %s nano-dollars is beyond what the bill can hold, at most %d dollars", n, mostDollars)
	}
	return n.Int64(), nil
}

// halfEven is num / denom, at least 0, rounded to the nearest whole number, half
// to even.
func halfEven(num, denom *big.Int) *big.Int {
	q, rest := new(big.Int).QuoRem(num, denom, new(big.Int))
	switch rest.Lsh(rest, 1).Cmp(denom) {
	case 1:
		q.Add(q, big.NewInt(1))
	case 0:
		if q.Bit(0) == 1 {
			q.Add(q, big.NewInt(1))
		}
	}
	return q
}

// perUnit is n / d as a plain decimal.
func perUnit(n, d int64) string {
	if d > 0 && n%d == 0 {
		return strconv.FormatInt(n/d, 10)
	}
	return decimal(big.NewRat(n, d))
}

// decimal prints a ratio exactly where it has up to 18 decimals, else rounded to 18.
func decimal(r *big.Rat) string {
	if r.IsInt() {
		return r.Num().String()
	}
	if text, ok := finite(r); ok {
		return text
	}
	return strings.TrimRight(strings.TrimRight(r.FloatString(18), "0"), ".")
}

// finite prints a ratio of at least 0 with up to 18 decimals where its digits fit
// in 63 bits, as nearly all do.
func finite(r *big.Rat) (text string, ok bool) {
	if r.Sign() < 0 || !r.Num().IsInt64() || !r.Denom().IsInt64() {
		return "", false
	}
	decimals, scale := 0, int64(1)
	for scale%r.Denom().Int64() != 0 {
		if decimals == 18 {
			return "", false
		}
		decimals, scale = decimals+1, 10*scale
	}
	factor := scale / r.Denom().Int64()
	if r.Num().Int64() > math.MaxInt64/factor {
		return "", false
	}
	digits := strconv.FormatInt(r.Num().Int64()*factor, 10)
	if short := decimals + 1 - len(digits); short > 0 {
		digits = strings.Repeat("0", short) + digits
	}
	point := len(digits) - decimals
	return digits[:point] + "." + digits[point:], true
}
