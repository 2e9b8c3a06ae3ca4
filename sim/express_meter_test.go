package sim

import (
	"cmp"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"quotawall/sim/quota"
	"quotawall/sim/unit"
)

// TestMeter: a meter admits and refuses what its limits would, each settled at
// the end of each call, and at every refusal and at the end it shows what they
// hold: use, open reservations, slack, peaks, and what became of the tokens.
func TestMeter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cfg := Config{Epoch: unit.Time(rapid.Int64Range(0, int64(unit.Day)).Draw(t, "epoch"))}
		cfg.Quota.DayStarts = unit.Time(rapid.Int64Range(0, int64(unit.Day)-1).Draw(t, "day starts"))
		value := func(name string, most int64) int64 {
			if rapid.IntRange(0, 3).Draw(t, "no "+name) == 0 {
				return None
			}
			return rapid.Int64Range(0, most).Draw(t, name)
		}
		cfg.Pools = []Pool{{RPM: value("rpm", 40), TPM: value("tpm", 9_000), TPD: value("tpd", 200_000), InputTPM: None, OutputTPM: None}}
		m, twin := newMeter(&newPools(&cfg)[0]), &eagerMeter{pool: &newPools(&cfg)[0]}
		gaps := rapid.SampledFrom([]int64{0, 1, 1_000, 300_000, 20_000_000, 400_000_000}).Draw(t, "gaps")
		lasts := rapid.SampledFrom([]int64{0, 1_000, 2_000_000, 80_000_000, 300_000_000}).Draw(t, "durations")
		now, x := unit.Time(0), express{meters: []*meter{m}, ends: newEnds()}
		for range rapid.IntRange(1, 200).Draw(t, "calls") {
			if gap := rapid.Int64Range(0, gaps).Draw(t, "gap"); rapid.IntRange(0, 40).Draw(t, "pause") == 0 {
				now += unit.Time(50 * gap)
			} else {
				now += unit.Time(gap)
			}
			charge, final := rapid.Int64Range(0, 900).Draw(t, "charge"), rapid.Int64Range(0, 1500).Draw(t, "final")
			end := now + unit.Time(rapid.Int64Range(0, lasts).Draw(t, "duration"))
			x.settle(now)
			if now >= m.turn {
				m.roll(now)
			}
			fits, by := twin.offer(now, end, charge, final)
			if m.fits(charge) != fits {
				t.Fatalf("at %d: the meter's answer to %d is not %v: %+v", now, charge, fits, m)
			}
			if !fits {
				if got := m.refuse(now, int64(now/unit.Day), charge, final); got.cap.Limit != twin.pool.limits[by].cap.Limit {
					t.Fatalf("at %d: %v refuses, not %d", now, got.cap.Limit, by)
				}
				twin.engine.now = now
				twin.engine.refusedBy(twin.pool.limits[:cross], []int64{1, charge, charge}, [4]int64{1, final, final}, by)
				continue
			}
			m.take(charge, final)
			if m.settles() {
				m.hold(x.ends.add(end), end, charge, final)
			}
		}
		x.settle(unit.Never - 1)
		twin.settle(unit.Never)
		var l ledger
		m.fold(&l, 0)
		twin.same(t, m)
		if l.quota != twin.minute || l.dayQuota != twin.day {
			t.Fatalf("tokens by minute %+v, by day %+v; the limits say %+v, %+v", l.quota, l.dayQuota, twin.minute, twin.day)
		}
	})
}

// eagerMeter is a pool's limits as the plain path uses them, each call settled
// at its end.
type eagerMeter struct {
	engine      Engine // for its clock
	pool        *pool
	calls       []eagerCall
	minute, day QuotaTokens
}

type eagerCall struct {
	end           unit.Time
	charge, final int64
	tickets       [2]quota.Ticket
}

func (e *eagerMeter) settle(upto unit.Time) {
	slices.SortStableFunc(e.calls, func(a, b eagerCall) int { return cmp.Compare(a.end, b.end) })
	for len(e.calls) > 0 && e.calls[0].end <= upto {
		c := e.calls[0]
		e.calls = e.calls[1:]
		for i, q := range [...]*QuotaTokens{&e.minute, &e.day} {
			if g := e.pool.limits[tpm+i]; g != nil {
				q.settle(&g.Limit, c.end, c.tickets[i], c.charge, c.final)
			}
		}
	}
}

func (e *eagerMeter) offer(now, end unit.Time, charge, final int64) (fits bool, by int) {
	e.settle(now)
	charges := [...]int64{1, charge, charge}
	for i, g := range e.pool.limits[:cross] {
		if g == nil {
			continue
		}
		g.Roll(now)
		if !g.Fits(charges[i]) {
			for _, g := range e.pool.limits[i:cross] {
				if g != nil {
					g.Roll(now)
				}
			}
			return false, i
		}
	}
	c := eagerCall{end: end, charge: charge, final: final}
	for i, q := range [...]*QuotaTokens{&e.minute, &e.day} {
		if g := e.pool.limits[tpm+i]; g != nil {
			c.tickets[i] = g.Take(now, charge, final)
			q.Reserved += charge
		}
	}
	if g := e.pool.limits[rpm]; g != nil {
		g.Charge(now, 1)
	}
	if e.pool.limits[tpm] != nil || e.pool.limits[tpd] != nil {
		e.calls = append(e.calls, c)
	}
	return true, 0
}

// same compares what is told of the limits.
func (e *eagerMeter) same(t *rapid.T, m *meter) {
	for i, g := range [...]*gate{m.requests, m.tokens, m.daily} {
		if w := e.pool.limits[i]; g != nil && (g.cap != w.cap || g.Open() != w.Open() || g.Peak() != w.Peak()) {
			t.Fatalf("limit %d: the meter shows %+v, %d open, peak %d; the limit says %+v, %d, %d", i, g.cap, g.Open(), g.Peak(), w.cap, w.Open(), w.Peak())
		}
	}
}
