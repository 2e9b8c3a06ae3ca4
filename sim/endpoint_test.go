package sim

import (
	"testing"

	"quotawall/sim/trace"
	"quotawall/sim/unit"
)

// scaling is an endpoint that tracks one call an instance.
func scaling(change func(*Endpoint)) Config {
	cfg := servers(1)
	e := cfg.Endpoint
	e.Max, e.Target, e.ScaleOut, e.ScaleIn, e.Startup = 4, 1000, unit.Minute, 5*unit.Minute, 2*unit.Minute
	change(e)
	return cfg
}

// Target tracking adds instances that are billed at once and take calls after
// their start-up, and removes idle ones after the cooldown.
func TestAutoscaling(t *testing.T) {
	cfg := scaling(func(*Endpoint) {})
	cfg.Horizon = unit.Hour
	var rows []trace.Request
	for range 4 {
		rows = append(rows, ask(0, 1, 600_000)) // 10 minutes each
	}
	r := run(t, cfg, rows)
	want(t, "instances started", r.Endpoint.Starts, 3)
	// The first look, at 60 s, starts three; they are ready at 180 s.
	longest, _ := r.Waits.Quantile(1, 1)
	want(t, "longest wait", longest, 3*unit.Minute)
	want(t, "busy", r.Endpoint.Busy, 40*unit.Minute)
	// Idle from 13 min on: the look at 13 or 14 min takes them down to one.
	up := r.Endpoint.Allocated - unit.Hour
	if up < 3*12*unit.Minute || up > 3*14*unit.Minute {
		t.Errorf("the three were up for %s together", up)
	}
}

// From zero instances the first call is refused and wakes one; with a fallback
// it is served elsewhere.
func TestScaleToZero(t *testing.T) {
	cfg := scaling(func(e *Endpoint) { e.Instances, e.Min = 0, 0 })
	cfg.Horizon = unit.Hour
	r := run(t, cfg, []trace.Request{ask(0, 1, 1000), ask(3*unit.Minute, 1, 1000)})
	want(t, "refused asleep", r.UnservedBy[Capacity], 1)
	want(t, "served awake", r.Served, 1)
	want(t, "starts", r.Endpoint.Starts, 1)
	if a := r.Endpoint.Allocated; a >= unit.Hour || a < 3*unit.Minute {
		t.Errorf("allocated for %s", a)
	}
}

// However often it sleeps and wakes, an endpoint keeps no instance that was stopped.
func TestStoppedInstancesAreForgotten(t *testing.T) {
	cfg := scaling(func(e *Endpoint) { e.Instances, e.Min = 0, 0 })
	cfg.Horizon = unit.Never / 4
	e := New(cfg)
	e.Bind([]int32{0}, []int32{0})
	for i := range unit.Time(50) {
		e.Feed([]trace.Request{ask(i*unit.Day, 1, 1000), ask(i*unit.Day+3*unit.Minute, 1, 1000)})
	}
	r, err := e.Finish(unit.Never / 4)
	if err != nil {
		t.Fatal(err)
	}
	want(t, "starts", r.Endpoint.Starts, 50)
	want(t, "instances that are kept", len(e.endpoint.instances), 0)
}

// Calls on one instance share its measured throughput.
func TestServingCurve(t *testing.T) {
	cfg := servers(1)
	cfg.Endpoint.Concurrency = 2
	cfg.Endpoint.Curve = []CurvePoint{{1, 10_000}, {2, 16_000}} // 10 and 16 tokens a second
	// 100 tokens alone take 10 s. A second of 100 at 5 s: both at 8 a second; the
	// first has 50 left, done at 11.25 s; the second has 50 left, alone 5 s more.
	r := run(t, cfg, []trace.Request{ask(0, 1, 100), ask(5*unit.Second, 1, 100)})
	want(t, "last answer", r.Last, 16_250*unit.Millisecond)
}

// While nothing is in service calls fail, those that come during the start-up
// too: one a second over 20 minutes, 8 of which pass before the first answer.
func TestColdStartFailsCalls(t *testing.T) {
	cfg := scaling(func(e *Endpoint) { e.Instances, e.Min, e.Max, e.Startup = 0, 0, 1, 8*unit.Minute })
	cfg.Horizon = unit.Hour
	var rows []trace.Request
	for i := range 1200 {
		rows = append(rows, ask(unit.Time(i)*unit.Second, 1, 700)) // 0.7 s each
	}
	r := run(t, cfg, rows)
	want(t, "refused", r.UnservedBy[Capacity], 480)
	want(t, "served", r.Served, 720)
	want(t, "starts", r.Endpoint.Starts, 1)
	// Busy in every minute until 20:00; the look at 21:00 is the first that finds
	// an idle one.
	want(t, "allocated", r.Endpoint.Allocated, 21*unit.Minute)
}

// A start-up longer than the cooldown is not cut short: woken at 0 s, ready
// after 8 min, and not stopped before the 5 min of cooldown from then are over.
func TestStartingIsNotIdle(t *testing.T) {
	cfg := scaling(func(e *Endpoint) { e.Instances, e.Min, e.Max, e.Startup = 0, 0, 1, 8*unit.Minute })
	cfg.Horizon = unit.Hour
	r := run(t, cfg, []trace.Request{ask(0, 1, 1), ask(10*unit.Minute, 1, 1)})
	want(t, "served", r.Served, 1)
	want(t, "starts", r.Endpoint.Starts, 1)
	want(t, "allocated", r.Endpoint.Allocated, 13*unit.Minute)
}

// An endpoint that may go down to zero does so before its first call, too.
func TestScalesInBeforeTheFirstCall(t *testing.T) {
	cfg := scaling(func(e *Endpoint) { e.Instances, e.Min, e.Target = 1, 0, 0 })
	cfg.Horizon = unit.Day
	r := run(t, cfg, []trace.Request{ask(20*unit.Hour, 1, 1)})
	want(t, "refused asleep", r.UnservedBy[Capacity], 1)
	// 5 minutes at the start; from 20 h 2 minutes of start-up and 5 of cooldown.
	want(t, "allocated", r.Endpoint.Allocated, 12*unit.Minute)
}

// Hours are those of the horizon, paid and busy alike: two calls of 10 minutes
// one after the other under a horizon of 15 minutes, drained or cut.
func TestBusyWithinTheHorizon(t *testing.T) {
	for _, drain := range [...]bool{true, false} {
		cfg := servers(1)
		cfg.Horizon, cfg.Drain = 15*unit.Minute, drain
		r := run(t, cfg, []trace.Request{ask(0, 1, 600_000), ask(0, 1, 600_000)})
		want(t, "allocated", r.Endpoint.Allocated, 15*unit.Minute)
		want(t, "busy", r.Endpoint.Busy, 15*unit.Minute)
	}
}

// Prompts are read at 200 tokens a second of the whole instance: alone 1,000
// tokens take 5 s and 100 of output 10 s more, and another prompt read beside
// them takes its 5 s of the instance, too.
func TestPromptsAreRead(t *testing.T) {
	cfg := servers(1)
	cfg.Endpoint.Concurrency, cfg.Endpoint.Prefill = 2, 200_000
	cfg.Endpoint.Curve = []CurvePoint{{1, 10_000}, {2, 16_000}}
	r := run(t, cfg, []trace.Request{ask(0, 1000, 100)})
	want(t, "alone", r.Last, 15*unit.Second)
	want(t, "busy alone", r.Endpoint.Busy, 15*unit.Second)
	// The first starts alone: of its 150 tokens of work, 50 are its prompt's. The
	// second's are 80 + 100. At 8 a second the first is done at 18.75 s; the 30
	// that the second has left take 3 s alone.
	r = run(t, cfg, messages(2, 1000, 100))
	want(t, "together", r.Last, 21_750*unit.Millisecond)
}

// A new instance takes two that wait at once, the shorter of which is done first:
// one of 1 minute of work beside one of 10, ready at 3 minutes, each at half the
// speed, ends 2 minutes later and lets the last one in.
func TestNewInstanceFillsUp(t *testing.T) {
	cfg := scaling(func(e *Endpoint) { e.Max, e.Concurrency = 2, 2 })
	cfg.Horizon = unit.Hour
	var rows []trace.Request
	for _, minutes := range [...]int64{100, 100, 10, 1, 1} {
		rows = append(rows, ask(0, 1, minutes*60_000))
	}
	r := run(t, cfg, rows)
	longest, _ := r.Waits.Quantile(1, 1)
	want(t, "longest wait", longest, 5*unit.Minute)
}

// What is stopped after the horizon, while the rest drains, was paid up to it: one
// of two instances has a call of 20 minutes, and the horizon is 3.
func TestStoppedAfterTheHorizon(t *testing.T) {
	cfg := scaling(func(e *Endpoint) { e.Instances, e.Target = 2, 2000 })
	cfg.Horizon = 3 * unit.Minute
	r := run(t, cfg, []trace.Request{ask(0, 1, 1_200_000)})
	want(t, "allocated", r.Endpoint.Allocated, 6*unit.Minute)
	want(t, "busy", r.Endpoint.Busy, 3*unit.Minute)
	want(t, "last answer", r.Last, 20*unit.Minute)
}
