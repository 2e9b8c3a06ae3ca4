package study

import (
	"math"
	"testing"

	"quotawall/scenarios/result"
)

// In two of three minutes 1,000 and 3,000 tokens are drawn, at $10 a million.
// A size of 2,000 a minute carries, of a month's 43,800 minutes, at load L
// (min(1000 L, 2000) + min(3000 L, 2000)) / 3 each.
func TestLoadToPay(t *testing.T) {
	c := &comparison{
		draw:  &demand{minutes: map[int64]*minuteDraw{0: {paid: 1000}, 1: {paid: 3000}}},
		hours: 3.0 / 60, out: &result.Compare{OnDemand: result.OnDemandCost{InputUSD: 10}},
	}
	month := func(tokensOfThreeMinutes float64) float64 { return tokensOfThreeMinutes / 3 * 43_800 * 10 / 1e6 }
	for _, x := range []struct{ fee, want float64 }{
		{month(2000), 0.5}, // 500 + 1,500
		{month(3000), 1},   // 1,000 + 2,000: the second minute is full
		{month(3500), 1.5}, // 1,500 + 2,000
	} {
		if load := c.loadToPay(2000, 0, x.fee); load == nil || math.Abs(*load-x.want) > 1e-9 {
			t.Errorf("a fee of $%v is worth it from a load of %v, want %v", x.fee, load, x.want)
		}
	}
	// Full use of all three minutes never comes: one stays empty.
	if load := c.loadToPay(2000, 0, month(4001)); load != nil {
		t.Errorf("worth it from a load of %v, want never", *load)
	}
}
