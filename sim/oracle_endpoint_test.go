package sim

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"quotawall/sim/trace"
	"quotawall/sim/unit"
)

// hostTwin is an endpoint without autoscaling, microsecond by microsecond: the
// calls of an instance share its speed, and all work is done in steps of one
// microsecond.
type hostTwin struct {
	cfg       *Endpoint
	first     int64 // work until the first token
	instances []twinInstance
	line      []*twinCall
	changes   int
	EndpointResult
	last  unit.Time
	waits []unit.Time
}

type twinInstance struct {
	calls   []*twinCall
	changed int // when calls last came or went, as a count of such changes
}

type twinCall struct {
	arrival        unit.Time
	prompt, output int64
	left           int64 // work, in tokens x 1e9
}

// speed of n calls together: a line through the two points, flat beyond.
func (h *hostTwin) speed(n int64) int64 {
	a, b := h.cfg.Curve[0], h.cfg.Curve[len(h.cfg.Curve)-1]
	switch {
	case n <= a.Concurrency:
		return a.Speed * n / a.Concurrency
	case n >= b.Concurrency:
		return b.Speed
	}
	return a.Speed + (b.Speed-a.Speed)*(n-a.Concurrency)/(b.Concurrency-a.Concurrency)
}

func (h *hostTwin) share(n int) int64 { return max(1, h.speed(int64(n))/int64(n)) }

// admit starts a call on the instance with the fewest, if one has room.
func (h *hostTwin) admit(now unit.Time, c *twinCall) bool {
	best := -1
	for i := range h.instances {
		if n := len(h.instances[i].calls); n < h.cfg.Concurrency && (best < 0 || n < len(h.instances[best].calls)) {
			best = i
		}
	}
	if best < 0 {
		return false
	}
	x := &h.instances[best]
	x.calls = append(x.calls, c)
	c.left = c.output*1e9 + h.first
	if h.cfg.Prefill > 0 {
		n := len(x.calls)
		c.left += c.prompt * 1e9 / h.cfg.Prefill * h.share(n) * int64(n)
	}
	h.changes++
	x.changed = h.changes
	if now > c.arrival {
		h.waits = append(h.waits, now-c.arrival)
	}
	return true
}

// step is one microsecond: answers, then those that waited, arrivals, work.
func (h *hostTwin) step(now, horizon unit.Time, arrivals []*twinCall) {
	var ended []*twinInstance
	done := func(c *twinCall) bool { return c.left <= 0 }
	for i := range h.instances {
		if x := &h.instances[i]; slices.ContainsFunc(x.calls, done) {
			ended = append(ended, x)
		}
	}
	slices.SortFunc(ended, func(a, b *twinInstance) int { return a.changed - b.changed })
	for _, x := range ended {
		before := len(x.calls)
		x.calls = slices.DeleteFunc(x.calls, done)
		h.Served += int64(before - len(x.calls))
		h.changes++
		x.changed = h.changes
		h.last = now
		for len(h.line) > 0 && h.admit(now, h.line[0]) {
			h.line = h.line[1:]
		}
	}
	for _, c := range arrivals {
		switch {
		case h.admit(now, c):
		case len(h.line) < h.cfg.Waiting:
			h.line = append(h.line, c)
			h.MaxQueue = max(h.MaxQueue, int64(len(h.line)))
		default:
			h.Refused++
		}
	}
	for i := range h.instances {
		x := &h.instances[i]
		for _, c := range x.calls {
			c.left -= h.share(len(x.calls))
		}
		if now < horizon {
			h.Allocated++
			h.Busy += unit.Time(min(1, len(x.calls)))
		}
	}
}

func (h *hostTwin) running() (n int) {
	for _, x := range h.instances {
		n += len(x.calls)
	}
	return n
}

// What comes of an endpoint's calls is what its twin says, on the express path
// and on the plain one: answers, waits, the longest line, busy and paid time,
// drained or cut at the horizon.
func TestEndpointAgainstTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		upTo := func(most int, name string) int { return rapid.IntRange(0, most).Draw(t, name) }
		cfg := servers(1 + upTo(2, "instances"))
		p := cfg.Endpoint
		p.Concurrency, p.Waiting = 1+upTo(3, "concurrency"), rapid.SampledFrom([]int{0, 1, 3, math.MaxInt}).Draw(t, "waiting")
		p.Curve = []CurvePoint{{1, 1e8 * int64(1+upTo(9, "speed"))}}
		if upTo(1, "curve") > 0 {
			p.Curve = append(p.Curve, CurvePoint{int64(2 + upTo(2, "point")), p.Curve[0].Speed + 1e8*int64(upTo(9, "faster"))})
		}
		p.Prefill = int64(upTo(2, "prefill")) * 4e9
		cfg.Models[0].FirstToken = unit.Time(upTo(4, "first token"))
		cfg.Horizon, cfg.Drain = unit.Time(1+upTo(200, "horizon")), upTo(1, "drain") > 0
		twin := hostTwin{cfg: p, instances: make([]twinInstance, p.Instances)}
		twin.first = int64(cfg.Models[0].FirstToken) * twin.speed(1)

		var rows []trace.Request
		calls, at := map[unit.Time][]*twinCall{}, unit.Time(0)
		for range 1 + upTo(25, "calls") {
			at += unit.Time(upTo(12, "gap"))
			prompt, output := int64(upTo(20, "prompt")), int64(1+upTo(12, "output"))
			rows = append(rows, ask(at, prompt, output))
			if at < cfg.Horizon {
				calls[at] = append(calls[at], &twinCall{arrival: at, prompt: prompt, output: output})
			}
		}
		most := 0 // calls at once
		for now := unit.Time(0); now < cfg.Horizon || cfg.Drain && twin.running() > 0; now++ {
			most = max(most, twin.running()+len(twin.line)+len(calls[now]))
			twin.step(now, cfg.Horizon, calls[now])
		}
		slices.Sort(twin.waits)

		for _, plain := range [...]bool{false, true} {
			e := New(cfg)
			if plain {
				e.express = nil
			}
			r := runAll(t, e, rows)
			if !plain && len(e.express.errands) > most+2 {
				t.Fatalf("%d errands are kept for %d calls at once", len(e.express.errands), most)
			}
			if *r.Endpoint != twin.EndpointResult || r.Unserved != twin.Refused {
				t.Fatalf("plain %v: %+v and %d unserved, the twin says %+v", plain, *r.Endpoint, r.Unserved, twin.EndpointResult)
			}
			if int(r.InFlight) != twin.running() || int(r.Queued) != len(twin.line) {
				t.Fatalf("plain %v: %d in flight and %d queued, the twin says %d and %d", plain, r.InFlight, r.Queued, twin.running(), len(twin.line))
			}
			if cfg.Drain && !slices.Equal(keptWaits(&r.Waits), twin.waits) {
				t.Fatalf("plain %v: waits %v, the twin says %v", plain, keptWaits(&r.Waits), twin.waits)
			}
			if cfg.Drain && r.Served > 0 && r.Last != twin.last {
				t.Fatalf("plain %v: last answer at %d, the twin says %d", plain, r.Last, twin.last)
			}
		}
	})
}
