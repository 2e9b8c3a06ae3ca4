package pricing

import (
	"math"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestPlainDecimal: a price that is read by its digits is the ratio they stand for.
func TestPlainDecimal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[0-9]{0,3}[0-9.-]?[0-9]{0,17}`).Draw(t, "text")
		n, denom, ok := plainDecimal(text)
		if !ok {
			return
		}
		want, valid := new(big.Rat).SetString(text)
		if !valid || big.NewRat(n, denom).Cmp(want) != 0 {
			t.Fatalf("%q is read as %d/%d", text, n, denom)
		}
	})
	for _, odd := range []string{"", ".", "1.", ".5", "-1", "1e5", "1.2.3", "1234567890123456789"} {
		if _, _, ok := plainDecimal(odd); ok {
			t.Errorf("%q is taken for a plain decimal", odd)
		}
	}
}

// TestDecimal: a short way to print a ratio prints what the long one does.
func TestDecimal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		num := rapid.OneOf(rapid.Int64Range(0, 5000), rapid.Int64Range(-5, math.MaxInt64)).Draw(t, "num")
		denom := rapid.OneOf(rapid.SampledFrom([]int64{2, 8, 40, 1e6, 1e9, 1e18, 3e6, 1 << 19}), rapid.Int64Range(1, 1e6)).Draw(t, "denom")
		r := big.NewRat(num, denom)
		want := r.FloatString(18)
		if strings.Contains(want, ".") {
			want = strings.TrimRight(strings.TrimRight(want, "0"), ".")
		}
		if got := decimal(r); got != want {
			t.Fatalf("%s is printed as %s, want %s", r, got, want)
		}
	})
}
