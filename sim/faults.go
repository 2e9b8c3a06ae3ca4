package sim

import "quotawall/sim/unit"

// ramp watches how fast each account's rate grows, for the capacity faults
// that come with a steep ramp (ambiguity A19).
type ramp struct {
	minute     unit.Time
	calls      []int64 // this minute, by account
	callsPrior []int64 // the minute before
}

// faulty draws whether a call inside quota meets a lack of shared capacity (503).
func (e *Engine) faulty(account int32) bool {
	f := &e.cfg.Faults
	if f.RampFactor > 0 && e.ramp.steep(e.now, int(account), len(e.cfg.Accounts), f.RampFactor) {
		return true
	}
	return f.Rate.Num > 0 && e.draw(&e.faults) < f.Rate.Float()
}

// rampFloor is the rate a minute below which no ramp counts as steep.
const rampFloor = 10

// steep counts a call and reports whether its minute has grown beyond
// factor/1000 times the minute before.
func (r *ramp) steep(now unit.Time, account, accounts int, factor int64) bool {
	if r.calls == nil {
		r.calls, r.callsPrior = make([]int64, accounts), make([]int64, accounts)
	}
	if minute := now / unit.Minute; minute != r.minute {
		r.calls, r.callsPrior = r.callsPrior, r.calls
		clear(r.calls)
		if minute != r.minute+1 {
			clear(r.callsPrior)
		}
		r.minute = minute
	}
	if (r.calls[account]+1)*1000 > max(rampFloor, r.callsPrior[account])*factor {
		return true
	}
	r.calls[account]++
	return false
}
