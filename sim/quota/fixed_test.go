package quota

import (
	"testing"

	"pgregory.net/rapid"

	"quotawall/sim/unit"
)

// TestFixedLimit: a FixedLimit is left as the same verbs leave a Limit.
func TestFixedLimit(t *testing.T) {
	type held struct {
		ticket, fixedTicket Ticket
		charge, final       int64
	}
	rapid.Check(t, func(t *rapid.T) {
		c := Config{
			Value: rapid.Int64Range(0, 2000).Draw(t, "value"), Length: rapid.SampledFrom([]unit.Time{unit.Minute, unit.Day}).Draw(t, "length"),
			Epoch: unit.Time(rapid.Int64Range(0, int64(unit.Day)).Draw(t, "epoch")), Starts: unit.Time(rapid.Int64Range(0, 23).Draw(t, "starts")) * unit.Hour,
		}
		l, twin := New(c), New(c)
		f := twin.Fixed()
		now := unit.Time(0)
		var open []held
		for range rapid.IntRange(1, 100).Draw(t, "steps") {
			now += unit.Time(rapid.Int64Range(0, int64(c.Length)/4).Draw(t, "gap"))
			if len(open) > 0 && rapid.Bool().Draw(t, "settle") {
				h := open[0]
				open = open[1:]
				credited, dropped := l.Settle(now, h.ticket, h.charge, h.final)
				refund := h.charge - h.final
				if kept := f.Settle(now, h.fixedTicket, h.charge, refund); refund > 0 && (kept && credited != refund || !kept && dropped != refund) {
					t.Fatalf("credited %d, dropped %d; window open: %v", credited, dropped, kept)
				}
			} else {
				charge, final := rapid.Int64Range(0, 900).Draw(t, "charge"), rapid.Int64Range(0, 1500).Draw(t, "final")
				l.Roll(now)
				f.Roll(now)
				if l.Fits(charge) != f.Fits(charge) {
					t.Fatalf("fits: %v, %v", l.Fits(charge), f.Fits(charge))
				}
				switch {
				case !l.Fits(charge):
				case rapid.Bool().Draw(t, "take"):
					f.Take(charge, final)
					open = append(open, held{l.Take(now, charge, final), f.Window(), charge, final})
				default:
					l.Charge(now, charge)
					f.Charge(charge)
				}
			}
			if l.value != f.value || l.used != f.used || l.open != f.open || l.slack != f.slack || l.peak != f.peak || l.index != f.index || l.end != f.end {
				t.Fatalf("the limit is %+v, its twin %+v", l, twin)
			}
		}
	})
}
