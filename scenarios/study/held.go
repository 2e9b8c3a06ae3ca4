package study

import (
	"quotawall/scenarios"
	"quotawall/scenarios/result"
	"quotawall/sim"
	"quotawall/sim/unit"
)

// fullPercent is how much of its part of a limit the queue has used where it
// waits for it: what does not fit any more is one message.
const fullPercent = 95

// holdOf says what the queue's messages waited for, nil where they hardly
// waited, or waited for nothing that is known: the engine counts no waiting by
// limit.
func holdOf(r *sim.Result, c *scenarios.Compiled) *result.QueueHold {
	q := r.Queue
	if q == nil || q.DeadlineMisses == 0 && q.MaxAge < unit.Minute && r.Queued == 0 {
		return nil
	}
	at := heldCap(r, c)
	switch {
	case at >= 0:
		x := &r.Caps[at]
		pool := &c.Config.Pools[x.Pool]
		home := &c.Config.Accounts[pool.Account]
		h := &result.QueueHold{Keeps: "queue.headroom", Limit: x.Limit.String(), Account: home.Name, Region: home.Region, Model: "*", Value: x.Value, Part: queuePart(x, c)}
		if daily(x.Limit) {
			h.Keeps = "queue.daily_share"
		}
		if pool.Model != sim.None {
			h.Model, h.Scope = c.Config.Models[pool.Model].ID, c.Config.Models[pool.Model].Scope
		}
		return h
	case c.Config.Queue.Window != nil:
		return &result.QueueHold{Keeps: "queue.window"}
	case c.Config.Queue.PerMinute > 0:
		return &result.QueueHold{Keeps: "queue.per_minute"}
	}
	return nil
}

// heldCap is the limit that the queue waited for: of those whose use reached the
// queue's part the fullest, one of a day before one of a minute, since that
// passes with the minute; -1 where none did.
func heldCap(r *sim.Result, c *scenarios.Compiled) int {
	best, most, bestDaily := -1, 0.0, false
	for i := range r.Caps {
		x := &r.Caps[i]
		part := queuePart(x, c)
		if part <= 0 {
			continue
		}
		use := x.PeakUse / float64(part)
		if use*100 < fullPercent || bestDaily && !daily(x.Limit) {
			continue
		}
		if best < 0 || use > most || daily(x.Limit) && !bestDaily {
			best, most, bestDaily = i, use, daily(x.Limit)
		}
	}
	return best
}

// queuePart is what the queue may use of a limit.
func queuePart(x *sim.Cap, c *scenarios.Compiled) int64 {
	keep := c.Config.Queue.Headroom
	if daily(x.Limit) {
		keep = c.Config.Queue.DailyShare
	}
	return x.Value - keep.Of(x.Value)
}

// daily reports whether a limit is one a day.
func daily(l sim.Limit) bool { return l == sim.TokensPerDay || l == sim.TokensPerDayAccount }

// dayHeld is the limit a day that held the queue back, -1 where none did.
func dayHeld(r *sim.Result, c *scenarios.Compiled) int {
	if holdOf(r, c) == nil {
		return -1
	}
	if i := heldCap(r, c); i >= 0 && daily(r.Caps[i].Limit) {
		return i
	}
	return -1
}
