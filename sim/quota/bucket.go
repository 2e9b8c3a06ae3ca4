package quota

import (
	"math/bits"

	"quotawall/sim/unit"
)

// bucket is the level of a token bucket: whole units and part/length of a
// further one. The level may be negative after an excess; part is never.
type bucket struct {
	whole int64
	part  int64 // in 1/length units, 0 <= part < length
	at    unit.Time
}

// refill adds value/length units per microsecond since the last refill, exactly,
// up to value.
func (b *bucket) refill(now unit.Time, value int64, length unit.Time) {
	elapsed := now - b.at
	b.at = now
	if elapsed <= 0 || b.whole >= value {
		return
	}
	hi, lo := bits.Mul64(uint64(elapsed), uint64(value))
	lo, carry := bits.Add64(lo, uint64(b.part), 0)
	hi += carry
	if hi >= uint64(length) {
		b.whole, b.part = value, 0
		return
	}
	gain, part := bits.Div64(hi, lo, uint64(length))
	if gain >= uint64(value-b.whole) {
		b.whole, b.part = value, 0
		return
	}
	b.whole, b.part = b.whole+int64(gain), int64(part)
}

// credit gives a refund back, up to the bucket's capacity.
func (b *bucket) credit(refund, value int64) {
	if refund >= value-b.whole {
		b.whole, b.part = value, 0
		return
	}
	b.whole += refund
}
