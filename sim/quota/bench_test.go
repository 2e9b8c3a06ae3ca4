package quota

import (
	"testing"

	"quotawall/sim/unit"
)

// BenchmarkAdmission is a charge that a limit is asked for, takes and settles, in
// each shape of window.
func BenchmarkAdmission(b *testing.B) {
	for name, c := range map[string]Config{
		"fixed":   {Shape: Fixed, Length: unit.Minute},
		"sliding": {Shape: Sliding, Length: unit.Minute},
		"bucket":  {Shape: Bucket, Length: unit.Minute},
		"rolling": {Shape: Rolling, Length: unit.Day},
	} {
		c.Value = 1 << 40
		b.Run(name, func(b *testing.B) {
			l, now := New(c), unit.Time(0)
			b.ReportAllocs()
			for b.Loop() {
				now += 50 * unit.Millisecond
				l.Roll(now)
				if l.Fits(1420) {
					l.Settle(now, l.Take(now, 1420, 1300), 1420, 1300)
				}
			}
		})
	}
}
