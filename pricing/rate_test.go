package pricing

import (
	"math/big"
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
