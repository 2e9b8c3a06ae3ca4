package sim

import (
	"testing"

	"quotawall/sim/trace"
	"quotawall/sim/unit"
)

// queued makes the first class deferrable behind a queue that looks every second.
func queued(change func(*Config)) func(*Config) {
	return func(c *Config) {
		c.Classes = []Class{{Deferrable: true}, {}}
		c.Queue = &Queue{Interval: unit.Second, Visibility: 30 * unit.Second, Service: "sqs"}
		change(c)
	}
}

// messages are n requests at once.
func messages(n int, input, output int64) []trace.Request {
	var rows []trace.Request
	for range n {
		rows = append(rows, ask(0, input, output))
	}
	return rows
}

// Where on demand has no room at all, messages go into bought capacity, of which
// 20 % of 2,000 tokens a minute is kept: three of 500 fit, then two.
func TestQueueUsesBoughtCapacity(t *testing.T) {
	for _, overflow := range [...]bool{true, false} {
		cfg := world(limited(None, None, 0), reserved(func(p *Provision) { p.Overflow = overflow }), queued(func(c *Config) { c.Queue.Headroom = unit.Ratio{Num: 1, Den: 5} }))
		r := run(t, cfg, messages(5, 500, 1))
		want(t, "served inside", r.Bought.Served, 5)
		want(t, "refusals", r.Refusals, 0)
		longest, _ := r.Waits.Quantile(1, 1)
		want(t, "longest wait", longest, unit.Minute)
	}
}

// What is released into on-demand room leaves bought capacity alone: of five
// messages three go inside, two beside it, and the 500 tokens that are left
// serve an interactive call of 400.
func TestQueueLeavesBoughtHeadroom(t *testing.T) {
	cfg := world(reserved(func(*Provision) {}), queued(func(c *Config) { c.Queue.Headroom = unit.Ratio{Num: 1, Den: 5} }))
	rows := append(messages(5, 500, 1), each([]trace.Request{ask(unit.Second, 400, 1)}, func(r *trace.Request) { r.Class = 1 })...)
	r := run(t, cfg, rows)
	want(t, "served inside", r.Bought.Served, 4)
	want(t, "on demand", quantity(r, unit.Tokens, unit.OnDemand), 2*501)
	want(t, "none waited", r.Waits.zero, 6)
}

// Half of mantle's 1,000 input tokens a minute is kept. A message reserves 200
// and settles at 100 after 10 s: 400 at 0 s, 200 + 200 at 10 s, 300 + 200 at
// 20 s, and no more beside 400 until the next minute. Half of 100 output tokens
// is open to messages of 30 until 60 are used.
func TestQueueHeadroomOnMantle(t *testing.T) {
	half := queued(func(c *Config) { c.Queue.Headroom = unit.Ratio{Num: 1, Den: 2} })
	for _, x := range []struct {
		out     int64
		longest unit.Time
		atOnce  int64
	}{{None, unit.Minute, 2}, {100, 2 * unit.Minute, 2}} {
		cfg := world(half, func(c *Config) {
			c.Max = 100
			p := unlimited(0)
			p.InputTPM, p.OutputTPM = 1000, x.out
			c.Pools = []Pool{p}
		})
		r := run(t, cfg, messages(5, 100, 30))
		want(t, "refusals", r.Refusals, 0)
		want(t, "released at once", r.Waits.zero, x.atOnce)
		longest, _ := r.Waits.Quantile(1, 1)
		want(t, "longest wait", longest, x.longest)
	}
}

// A message that is refused comes back when its visibility timeout ends, not at
// the next look, and each time costs one more receive. With 100 s to the
// deadline and 10 s of service the last receive is at 90 s at the latest.
//
// Rules: R32.
func TestQueueVisibility(t *testing.T) {
	for _, x := range []struct {
		visibility unit.Time
		receives   int64
		ended      unit.Time
	}{{unit.Second, 91, 91 * unit.Second}, {30 * unit.Second, 4, 2 * unit.Minute}, {12 * unit.Hour, 1, 12 * unit.Hour}, {0, 91, 91 * unit.Second}} {
		cfg := world(queued(func(c *Config) {
			c.Faults.Rate = unit.Ratio{Num: 1, Den: 1}
			c.Queue.Visibility, c.Classes[0].Deadline = x.visibility, 100*unit.Second
		}))
		r := run(t, cfg, messages(1, 10, 1))
		want(t, "asked", r.Refusals, x.receives)
		want(t, "send, receives and delete", quantity(r, unit.QueueRequests, unit.Queue), 2+x.receives)
		want(t, "missed", r.Queue.DeadlineMisses, 1)
		want(t, "known missed", r.Last, x.ended)
	}
}

// A hidden message that a cut leaves is queued.
func TestQueueCutWhileHidden(t *testing.T) {
	cfg := world(queued(func(c *Config) { c.Faults.Rate, c.Drain, c.Horizon = unit.Ratio{Num: 1, Den: 1}, false, 10*unit.Second }))
	want(t, "totals", run(t, cfg, messages(2, 10, 1)).Totals, Totals{Offered: 2, Queued: 2})
}

// The deadline is that of the answer: of two messages under one request a
// minute the second is released at 60 s and answered at 70 s.
func TestQueueDeadlineIsOfTheAnswer(t *testing.T) {
	for deadline, misses := range map[unit.Time]int64{70 * unit.Second: 0, 70*unit.Second - 1: 1, 65 * unit.Second: 1} {
		cfg := world(limited(1, None, None), queued(func(c *Config) { c.Classes[0].Deadline = deadline }))
		r := run(t, cfg, messages(2, 1, 1))
		want(t, "served by "+deadline.String(), r.Served, 2-misses)
		want(t, "misses", r.Queue.DeadlineMisses, misses)
		want(t, "unserved by the deadline", r.UnservedBy[Deadline], misses)
	}
}

// On an endpoint a call that joins makes the one before it slower: alone 10 s,
// two together at 16 tokens a second 12.5 s. An answer after the deadline is none.
func TestQueueDeadlineAtTheEndpoint(t *testing.T) {
	cfg := servers(1)
	cfg.Endpoint.Concurrency, cfg.Endpoint.Curve = 2, []CurvePoint{{1, 10_000}, {2, 16_000}}
	cfg.Classes = []Class{{SelfHosted: true, Deferrable: true, Deadline: 11 * unit.Second}}
	cfg.Queue = &Queue{Interval: unit.Second, Visibility: 30 * unit.Second}
	want(t, "alone", run(t, cfg, messages(1, 1, 100)).Served, 1)
	r := run(t, cfg, messages(2, 1, 100))
	want(t, "one alone, one that would be late", r.Totals, Totals{Offered: 2, Served: 1, Unserved: 1, Deferred: 1})
	cfg.Classes[0].Deadline = 12*unit.Second + 400*unit.Millisecond
	rows := append(messages(1, 1, 100), ask(0, 1, 90)) // the second is done at 11.25 s, the first at 12.25 s
	want(t, "both in time", run(t, cfg, rows).Served, 2)
	cfg.Classes[0].Deadline = 12 * unit.Second
	r = run(t, cfg, rows)
	want(t, "the first made late", r.Totals, Totals{Offered: 2, Served: 1, Unserved: 1, Deferred: 1})
	want(t, "misses", r.Queue.DeadlineMisses, 1)
}
