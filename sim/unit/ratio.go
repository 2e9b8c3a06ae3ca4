package unit

import (
	"fmt"
	"math/big"
	"math/bits"
	"strings"
)

// Ratio is an exact share of at least 0: Num / Den, Den > 0. A mix of ratios
// can be asked whether it sums to exactly 1.
type Ratio struct {
	Num, Den int64
}

// ParseRatio reads a share as "35%", "12.5 %" or "0.35", exactly. It must be
// at least 0 and at most 1.
func ParseRatio(s string) (Ratio, error) {
	text, percent := strings.CutSuffix(strings.TrimSpace(s), "%")
	r, ok := new(big.Rat).SetString(strings.TrimSpace(text))
	if !ok || strings.ContainsAny(text, "/xXpP_") || len(text) > 24 {
		return Ratio{}, fmt.Errorf("%q is no share: write \"35%%\" or 0.35", s)
	}
	if percent {
		r.Quo(r, big.NewRat(100, 1))
	}
	if r.Sign() < 0 || r.Cmp(big.NewRat(1, 1)) > 0 {
		return Ratio{}, fmt.Errorf("share %s is not between 0 and 1", s)
	}
	if !r.Num().IsInt64() || !r.Denom().IsInt64() {
		return Ratio{}, fmt.Errorf("share %s has too many digits: at most 18 decimals, 16 of a percentage", s)
	}
	return Ratio{Num: r.Num().Int64(), Den: r.Denom().Int64()}, nil
}

// Float is the float64 nearest to the ratio; 0 where Den is 0.
func (r Ratio) Float() float64 {
	if r.Den == 0 {
		return 0
	}
	// Two floats that are exact make a quotient that is rounded once.
	if const53 := int64(1) << 53; -const53 <= r.Num && r.Num <= const53 && 0 < r.Den && r.Den <= const53 {
		return float64(r.Num) / float64(r.Den)
	}
	f, _ := new(big.Rat).SetFrac64(r.Num, r.Den).Float64()
	return f
}

// Share is the float64 nearest to part / whole, and whether it is defined.
func Share(part, whole int64) (float64, bool) {
	if whole == 0 {
		return 0, false
	}
	return Ratio{part, whole}.Float(), true
}

// Of is floor(r x n) for n >= 0.
func (r Ratio) Of(n int64) int64 {
	q, _ := r.Split(n)
	return q
}

// Split is floor(r x n) and the remainder in units of 1/Den, for n >= 0.
// The product is 128 bits wide, so nothing overflows while r is at most 1.
func (r Ratio) Split(n int64) (quotient, remainder int64) {
	if r.Den <= 0 {
		return 0, 0
	}
	hi, lo := bits.Mul64(uint64(r.Num), uint64(n))
	q, rem := bits.Div64(hi, lo, uint64(r.Den))
	return int64(q), int64(rem)
}

// Sum adds ratios exactly and reports whether the sum is exactly 1.
func Sum(rs ...Ratio) (text string, one bool) {
	total := new(big.Rat)
	for _, r := range rs {
		if r.Den != 0 {
			total.Add(total, new(big.Rat).SetFrac64(r.Num, r.Den))
		}
	}
	return total.FloatString(4), total.Cmp(big.NewRat(1, 1)) == 0
}

// String writes the ratio as a percentage: "35%".
func (r Ratio) String() string {
	if r.Den == 0 {
		return "0%"
	}
	p := new(big.Rat).Mul(new(big.Rat).SetFrac64(r.Num, r.Den), big.NewRat(100, 1))
	return strings.TrimRight(strings.TrimRight(p.FloatString(6), "0"), ".") + "%"
}
