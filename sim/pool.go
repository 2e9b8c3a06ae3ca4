package sim

import (
	"math/bits"

	"quotawall/sim/quota"
	"quotawall/sim/unit"
)

// pool is a quota pool at work.
type pool struct {
	limits  [4]*gate // requests a minute, tokens a minute, tokens a day, cross-model tokens a day; nil = none
	mantle  [2]*gate // input and output tokens a minute
	changes []PoolChange
	unit    PoolUnit
	reserve bool
}

// gate is a limit with what became of it.
type gate struct {
	quota.Limit
	cap     Cap
	lastDay int64
	perUnit int64
}

// indices into pool.limits.
const (
	rpm = iota
	tpm
	tpd
	cross
)

func newPools(cfg *Config) []pool {
	pools := make([]pool, len(cfg.Pools))
	for i := range cfg.Pools {
		p := &cfg.Pools[i]
		w := &pools[i]
		w.changes, w.unit, w.reserve = p.Changes, p.Unit, p.ReserveMax
		if p.Model == None {
			w.limits[cross] = newGate(cfg, i, TokensPerDayAccount, p.TPD, max(1, p.PerUnit))
			continue
		}
		w.limits[rpm] = newGate(cfg, i, RequestsPerMinute, p.RPM, 1)
		w.limits[tpm] = newGate(cfg, i, TokensPerMinute, p.TPM, 1)
		w.limits[tpd] = newGate(cfg, i, TokensPerDay, p.TPD, 1)
		w.mantle[0] = newGate(cfg, i, InputTokensPerMinute, p.InputTPM, 1)
		w.mantle[1] = newGate(cfg, i, OutputTokensPerMinute, p.OutputTPM, 1)
	}
	for i := range cfg.Pools {
		if with := cfg.Pools[i].DayWith; with > 0 {
			pools[i].limits[tpd] = pools[with-1].limits[tpd]
		}
	}
	return pools
}

// newGate returns the gate of a limit, or nil where the limit is none.
func newGate(cfg *Config, pool int, limit Limit, value, perUnit int64) *gate {
	if value < 0 {
		return nil
	}
	c := quota.Config{Shape: cfg.Quota.Minute, Value: saturated(value, perUnit), Length: unit.Minute, Epoch: cfg.Epoch, Current: cfg.Quota.Current}
	if limit == TokensPerDay || limit == TokensPerDayAccount {
		c.Shape, c.Length, c.Starts = cfg.Quota.Day, unit.Day, cfg.Quota.DayStarts
	}
	return &gate{
		Limit: *quota.New(c), lastDay: None, perUnit: perUnit,
		cap: Cap{Limit: limit, Pool: int32(pool), Value: value, FirstRefused: None, Spent: None},
	}
}

// saturated is a x b, or the largest int64 less a margin for the sums made with it.
func saturated(a, b int64) int64 {
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	if hi > 0 || lo > Lifted {
		return Lifted
	}
	return int64(lo)
}

// apply replaces the values of a pool that changed by now.
func (p *pool) apply(now unit.Time) {
	for len(p.changes) > 0 && p.changes[0].At <= now {
		ch := p.changes[0]
		p.changes = p.changes[1:]
		for i, v := range [...]int64{ch.RPM, ch.TPM, ch.TPD} {
			if v != None && p.limits[i] != nil {
				p.limits[i].Roll(now)
				p.limits[i].SetValue(v)
				if v < Lifted {
					p.limits[i].cap.Value = v
				}
			}
		}
	}
}

// roomier reports whether lane a has more free tokens than lane b: the larger
// free share of tokens a minute, then of tokens a day, the model's before the
// account's.
func (e *Engine) roomier(a, b int32) bool {
	for _, i := range [...]int{tpm, tpd, cross} {
		switch cmpShare(e.free(a, i), e.free(b, i)) {
		case 1:
			return true
		case -1:
			return false
		}
	}
	return false
}

// free is the free share of a lane's limit; 1/1 where there is none.
func (e *Engine) free(lane int32, limit int) unit.Ratio {
	at := e.cfg.Lanes[lane].Pool
	if limit == cross {
		at = e.cfg.Lanes[lane].Cross
	}
	if at == None || e.pools[at].limits[limit] == nil {
		return unit.Ratio{Num: 1, Den: 1}
	}
	e.settleDue(&e.cfg.Lanes[lane])
	e.pools[at].apply(e.now)
	g := e.pools[at].limits[limit]
	g.Roll(e.now)
	if g.Value() == 0 {
		return unit.Ratio{Num: 0, Den: 1}
	}
	return unit.Ratio{Num: max(0, g.Headroom()), Den: g.Value()}
}

// cmpShare compares two shares exactly.
func cmpShare(a, b unit.Ratio) int {
	ah, al := bits.Mul64(uint64(a.Num), uint64(b.Den))
	bh, bl := bits.Mul64(uint64(b.Num), uint64(a.Den))
	switch {
	case ah > bh || ah == bh && al > bl:
		return 1
	case ah < bh || ah == bh && al < bl:
		return -1
	}
	return 0
}

// refused counts a refusal of a call by this gate: whether it would fit had every
// open reservation been at its final charge, and whether it alone exceeds the
// limit.
func (g *gate) refused(now unit.Time, utcDay int64, fitsSettled, large bool) {
	c := &g.cap
	if c.FirstRefused == None {
		c.FirstRefused, c.FirstByReservation, c.FirstTooLarge = now, fitsSettled, large
	}
	c.Refused++
	if fitsSettled {
		c.RefusedByReservation++
	}
	if large {
		c.TooLarge++
	}
	if utcDay != g.lastDay {
		g.lastDay = utcDay
		c.RefusedDays++
	}
}

// spent marks the first refusal, by whatever limit, of a call whose final
// charge would fit in an empty window but no longer beside settled use.
func (g *gate) spent(now unit.Time, settled, final int64) {
	if g.cap.Spent == None && final <= g.Value() && settled+final > g.Value() {
		g.cap.Spent = now
	}
}
