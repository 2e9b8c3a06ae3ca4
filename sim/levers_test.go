package sim

import (
	"fmt"
	"testing"

	"quotawall/sim/trace"
	"quotawall/sim/unit"
)

func reserved(change func(*Provision)) func(*Config) {
	return func(c *Config) {
		c.Provisioned = &Provision{
			Model: 0, Lane: unit.Reserved, Accounts: []int32{0}, InputTPM: 2000, OutputTPM: 500, Overflow: true,
			Bought: []Bought{{unit.Input, 2}, {unit.Output, 1}}, Term: "1-month",
		}
		change(c.Provisioned)
	}
}

// quantity is what the bill counts of an item in a lane.
func quantity(r *Result, item unit.Item, lane unit.Lane) int64 {
	var n int64
	for _, u := range r.Usage {
		if u.Item == item && u.Lane == lane {
			n += u.Quantity
		}
	}
	return n
}

// The Reserved tier counts input + cache write, without burndown; what does not
// fit draws on the on-demand quota, and nothing inside it is paid by the token.
//
// Rules: R15 R17.
func TestReservedTier(t *testing.T) {
	cfg := world(limited(None, 100_000, None), reserved(func(*Provision) {}), func(c *Config) { c.Cache.Mode = CacheObserved })
	row := ask(0, 3000, 100)
	row.CacheRead, row.CacheWrite = 2000, 400 // counts 600 + 400
	rows := each([]trace.Request{row, row, row}, func(*trace.Request) {})
	for i := range rows {
		rows[i].At = unit.Time(i)
	}
	r := run(t, cfg, rows)
	want(t, "served inside", r.Bought.Served, 2)
	want(t, "overflowed", r.Bought.Overflowed, 1)
	want(t, "input counted", r.Bought.Input, 2000)
	want(t, "output counted", r.Bought.Output, 200)
	want(t, "on-demand quota", r.Quota.Reserved, 1000+1000)
	want(t, "billed by the token", quantity(r, unit.Tokens, unit.OnDemand), 3100)
	want(t, "paid for the time", quantity(r, unit.ReservedHours, unit.Reserved), 3*int64(cfg.Horizon))

	strict := world(limited(None, 100_000, None), reserved(func(p *Provision) { p.Overflow = false }), func(c *Config) { c.Cache.Mode = CacheObserved })
	full := run(t, strict, rows)
	want(t, "without overflow", full.UnservedBy[InputTokensPerMinute], 1)
	want(t, "refused by the bought input", full.Bought.Refused, [2]int64{1, 0})
	want(t, "spent", full.Bought.Spent, [2]unit.Time{2, None})
}

// Output may be held against max_tokens, and may count times the burndown (A16).
func TestReservedOutput(t *testing.T) {
	rows := []trace.Request{ask(0, 100, 40), ask(11*unit.Second, 100, 40), ask(22*unit.Second, 100, 40)}
	for _, x := range []struct {
		hold, burndown bool
		inside         int64
	}{{false, false, 3}, {false, true, 3}, {true, false, 3}, {true, true, 2}} {
		cfg := world(reserved(func(p *Provision) { p.ReserveOutput, p.BurndownOut = x.hold, x.burndown }), func(c *Config) { c.Max = 60 })
		r := run(t, cfg, rows)
		// Held times 5: 300 of 500, then 200 settled + 300, then 400 + 300 is too much.
		want(t, fmt.Sprintf("%+v: served inside", x), r.Bought.Served, x.inside)
	}
}

// Model units count input + 1.25 cache write + 0.1 cache read + output.
//
// Rules: R18.
func TestModelUnits(t *testing.T) {
	cfg := world(reserved(func(p *Provision) { p.Lane = unit.ModelUnits }), func(c *Config) { c.Cache.Mode = CacheObserved })
	row := ask(0, 1000, 100)
	row.CacheRead, row.CacheWrite = 500, 300 // 200 + 375 + 50
	r := run(t, cfg, []trace.Request{row})
	want(t, "input counted", r.Bought.Input, 625)
	want(t, "output counted", r.Bought.Output, 100)
}

// A batch job takes at least its records, comes back together, uses neither
// quota nor cache, and is billed in its own lane.
//
// Rules: R29.
func TestBatchJobs(t *testing.T) {
	cfg := world(limited(None, 0, None), prefixed(0), func(c *Config) {
		c.Classes[0].Batch, c.Queue = true, &Queue{Interval: unit.Second, Batch: &Batch{Records: 100, Turnaround: unit.Hour}}
	})
	var rows []trace.Request
	for i := range 250 {
		rows = append(rows, ask(unit.Time(i)*unit.Second, 10, 1))
	}
	r := run(t, cfg, in("one", rows...))
	want(t, "totals", r.Totals, Totals{Offered: 250, Served: 200, Queued: 50, Deferred: 200})
	want(t, "tokens", r.Tokens, Tokens{Input: 2000, Fresh: 2000, Output: 200})
	want(t, "last answer", r.Last, 199*unit.Second+unit.Hour)
	want(t, "billed as batch", quantity(r, unit.Tokens, unit.Batch), 2200)
	want(t, "refusals", r.Refusals, 0)
}

func batchedWorld(change ...func(*Config)) Config {
	return world(append([]func(*Config){limited(None, 0, None), twoModels, func(c *Config) {
		c.Classes[0].Batch, c.Queue = true, &Queue{Interval: unit.Second, Batch: &Batch{Records: 100, Turnaround: unit.Hour}}
	}}, change...)...)
}

func hundred() []trace.Request {
	var rows []trace.Request
	for i := range 100 {
		rows = append(rows, ask(unit.Time(i)*unit.Second, 10, 1))
	}
	return in("one", rows...)
}

// An answer that a batch job gives after the deadline is paid for and is no
// answer: the first call has waited 99 s for its job to fill.
func TestBatchDeadline(t *testing.T) {
	r := run(t, batchedWorld(func(c *Config) { c.Classes[0].Deadline = unit.Hour + 50*unit.Second }), hundred())
	want(t, "totals", r.Totals, Totals{Offered: 100, Served: 51, Unserved: 49, Deferred: 51})
	want(t, "unserved by the deadline", r.UnservedBy[Deadline], 49)
	want(t, "misses", r.Queue.DeadlineMisses, 49)
	want(t, "billed all the same", quantity(r, unit.Tokens, unit.Batch), 1100)
}

// A cascade's drafts go on to a job of the second model; a classifier is asked
// before a request joins its job.
func TestBatchLegs(t *testing.T) {
	r := run(t, batchedWorld(func(c *Config) {
		c.Routing.Cascade = &Cascade{First: 1, Escalate: unit.Ratio{Num: 1, Den: 1}}
	}), hundred())
	want(t, "cascade", r.Totals, Totals{Offered: 100, Served: 100, Deferred: 100})
	want(t, "both answers billed", quantity(r, unit.Tokens, unit.Batch), 2200)
	want(t, "last answer: two turnarounds", r.Last, 99*unit.Second+2*unit.Hour)

	all := unit.Ratio{Num: 1, Den: 1}
	cfg := batchedWorld(limited(None, 1<<40, None), func(c *Config) {
		c.Routing.Classifier = &Classifier{Model: 1, Input: 200, Output: 5, Aliases: []int32{1}, Right: []unit.Ratio{all}, Confusion: [][]unit.Ratio{{{Num: 0, Den: 1}}}}
	})
	r = run(t, cfg, hundred())
	want(t, "classified", r.Totals, Totals{Offered: 100, Served: 100, Deferred: 100, Degraded: 100})
	want(t, "classifier's calls", quantity(r, unit.Tokens, unit.OnDemand), 100*205)
}

// The queue leaves interactive calls their share of the minute, drains as the
// minutes allow, and costs three requests a message.
//
// Rules: R32.
func TestQueueSmooths(t *testing.T) {
	cfg := world(limited(10, None, None), func(c *Config) {
		c.Classes = []Class{{Deferrable: true}, {}}
		c.Queue = &Queue{Headroom: unit.Ratio{Num: 3, Den: 10}, Interval: unit.Second, Service: "sqs"}
	})
	var rows []trace.Request
	for range 20 {
		rows = append(rows, ask(0, 10, 1))
	}
	for range 3 {
		r := ask(30*unit.Second, 10, 1)
		r.Class = 1
		rows = append(rows, r)
	}
	r := run(t, cfg, rows)
	want(t, "totals", r.Totals, Totals{Offered: 23, Served: 23, Deferred: 20})
	longest, _ := r.Waits.Quantile(1, 1)
	want(t, "longest wait: seven a minute", longest, 2*unit.Minute)
	want(t, "interactive calls wait", r.Classes[1].Waits.zero, 3)
	want(t, "queue requests", quantity(r, unit.QueueRequests, unit.Queue), 60)
}

// A message that misses its deadline is unserved by it; one that no minute can
// ever hold is not waited for, and none outlives 14 days.
//
// Rules: R32.
func TestQueueEnds(t *testing.T) {
	queue := func(c *Config) {
		c.Classes[0].Deferrable, c.Queue = true, &Queue{Interval: unit.Minute}
	}
	late := world(limited(1, None, None), queue, func(c *Config) { c.Classes[0].Deadline = 90 * unit.Second })
	r := run(t, late, []trace.Request{ask(0, 1, 1), ask(0, 1, 1), ask(0, 1, 1)})
	want(t, "served before the deadline", r.Served, 2)
	want(t, "unserved by the deadline", r.UnservedBy[Deadline], 1)

	large := world(limited(None, 1500, None), queue)
	r = run(t, large, []trace.Request{ask(0, 5000, 1), ask(1, 10, 1)})
	want(t, "served after one that never fits", r.Served, 1)
	want(t, "unserved by its size", r.UnservedBy[TokensPerMinute], 1)
	want(t, "too large", capOf(t, r, 0, TokensPerMinute).TooLarge, 1)

	shut := world(limited(None, None, 2000), queue, func(c *Config) { c.Quota.DayStarts, c.Queue.DailyShare = 0, unit.Ratio{Num: 1, Den: 2} })
	shut.Accounts[0].Ready = 100 * unit.Day
	r = run(t, shut, []trace.Request{ask(0, 10, 1)})
	want(t, "given up after 14 days", r.UnservedBy[Deadline], 1)
	if r.Last < 14*unit.Day || r.Last > 14*unit.Day+2*unit.Minute {
		t.Errorf("given up at %s", r.Last)
	}
}

// A cascade's first answer may come from the endpoint; the escalated share goes
// to the model that was asked for, and both are counted.
func TestCascadeFromEndpoint(t *testing.T) {
	cfg := servers(2)
	cfg.Models = append(cfg.Models, Model{Alias: "asked", ID: "m1", Tier: 3, FirstToken: unit.Second, Burndown: 5})
	cfg.Lanes = append(cfg.Lanes, Lane{Pool: None, Cross: None})
	cfg.Classes[0].SelfHosted = false
	cfg.Routing.Cascade = &Cascade{First: 0, Escalate: unit.Ratio{Num: 1, Den: 1}}
	rows := each([]trace.Request{ask(0, 10, 1000)}, func(r *trace.Request) { r.Model = 1 })
	r := run(t, cfg, rows)
	wantServed(t, "calls by model", cfg, r, 1, 1)
	want(t, "totals", r.Totals, Totals{Offered: 1, Served: 1})
	want(t, "last answer", r.Last, 2*unit.Second)
}
