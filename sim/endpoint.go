package sim

import (
	"slices"

	"quotawall/sim/trace"
	"quotawall/sim/unit"
)

// endpoint is a self-hosted model: instances that share their measured
// throughput among the calls they run (processor sharing), behind one
// first-come queue, scaled by target tracking.
//
// Each instance keeps a virtual clock of the output a single call has produced,
// in tokens x 1e9, which runs at speed(c)/c with c calls running. A call ends
// when that clock has advanced by its own work, so a change of concurrency
// costs one new event and not one for every call.
type endpoint struct {
	cfg       *Endpoint
	instances []instance
	waiting   line      // first come first served
	done      []running // of the latest end, to be used again
	calls     int64     // running and waiting
	ticking   bool
	load      int64     // calls x time since the last look at it, up to counted
	counted   unit.Time // when calls last changed
	scaledOut unit.Time
	stands    unit.Time // the number of instances that take calls has not changed since
	result    EndpointResult
}

type instance struct {
	up      bool
	started unit.Time // billed from then
	ready   unit.Time // takes calls from then
	running []running // small: at most the endpoint's concurrency
	clock   int64     // virtual, tokens x 1e9
	last    unit.Time // when the clock was last advanced
	version int64     // of the scheduled completion
}

// running is one call on an instance.
type running struct {
	call    int32 // kept
	ends    int64 // virtual clock at its end
	started unit.Time
}

// tokenWork is the virtual work of one output token: speeds are tokens per
// 1,000 s, that is per 1e9 microseconds.
const tokenWork = 1_000_000_000

// longAgo is before every cooldown; a difference to it does not overflow.
const longAgo = -unit.Never / 2

func newEndpoint(cfg *Endpoint) *endpoint {
	p := &endpoint{cfg: cfg, scaledOut: longAgo}
	for range cfg.Instances {
		p.instances = append(p.instances, instance{up: true})
	}
	return p
}

// ask runs a call on the instance with the fewest calls, or queues it, or
// refuses it for lack of capacity. The endpoint's queue stands before instances:
// while none takes calls they fail (AWS: NoCapacityInvocationFailures, 2024-12).
func (p *endpoint) ask(e *Engine, c *call) Limit {
	p.tick(e)
	if i := p.free(e.now); i >= 0 {
		p.changed(e, 1)
		p.run(e, i, e.keep(c))
		return NoLimit
	}
	if p.waiting.len() >= p.cfg.Waiting || !p.inService(e.now) {
		p.result.Refused++
		e.ledger.refuse(e.now)
		if p.count() == 0 {
			p.scaleTo(e, 1)
		}
		return Capacity
	}
	p.changed(e, 1)
	p.waiting.push(e.keep(c))
	p.result.MaxQueue = max(p.result.MaxQueue, int64(p.waiting.len()))
	return NoLimit
}

// free is the ready instance with the fewest calls and room for one, or -1.
func (p *endpoint) free(now unit.Time) int {
	best := -1
	for i := range p.instances {
		x := &p.instances[i]
		if x.up && x.ready <= now && len(x.running) < p.cfg.Concurrency && (best < 0 || len(x.running) < len(p.instances[best].running)) {
			best = i
		}
	}
	return best
}

// count is the number of instances that are up or starting.
func (p *endpoint) count() int {
	n := 0
	for i := range p.instances {
		if p.instances[i].up {
			n++
		}
	}
	return n
}

// inService reports whether any instance takes calls.
func (p *endpoint) inService(now unit.Time) bool {
	return slices.ContainsFunc(p.instances, func(x instance) bool { return x.up && x.ready <= now })
}

// room says whether the endpoint would run a call now, or has to be woken by
// asking it, and how long the answer takes if no further call joins it.
func (p *endpoint) room(e *Engine, c *call) (room, unit.Time) {
	answer, n := noRoom, int64(1)
	if i := p.free(e.now); i >= 0 {
		answer, n = hasRoom, int64(len(p.instances[i].running)+1)
	} else if p.count() == 0 {
		answer = hasRoom
	}
	share := p.share(n)
	return answer, unit.Time((p.work(e, c, n) + share - 1) / share)
}

// run starts a kept call on an instance.
func (p *endpoint) run(e *Engine, i int, ref int32) {
	x := &p.instances[i]
	p.advance(e, x)
	work := p.work(e, e.calls.at(ref), int64(len(x.running)+1))
	x.running = append(x.running, running{call: ref, ends: x.clock + work, started: e.now})
	p.plan(e, i)
}

// work is the virtual work of a call that makes n calls run: its output, the
// first token's time alone on an instance, and the reading of its prompt, which
// takes the whole instance its time however many calls there are: n of them take
// n times as long, each at one share of the speed.
func (p *endpoint) work(e *Engine, c *call, n int64) int64 {
	m := &e.cfg.Models[p.cfg.Model]
	work := min(m.scale(c.model, c.output), e.outputBound(c, m))*tokenWork + int64(m.FirstToken)*p.speed(1)
	if p.cfg.Prefill > 0 {
		speed := p.share(n) * n
		work += min(m.scale(c.model, c.input)*tokenWork/p.cfg.Prefill, int64(unit.Never)/4/speed) * speed
	}
	return work
}

// outputBound is the most that a call may produce on a model.
func (e *Engine) outputBound(c *call, m *Model) int64 {
	bound := c.max
	if c.exact {
		bound = m.scale(c.model, bound)
	}
	if bound == trace.MaxUnset || m.MaxOutput > 0 && bound > m.MaxOutput {
		bound = m.MaxOutput
	}
	if bound <= 0 && c.max == trace.MaxUnset {
		return int64(unit.Never) / tokenWork / 2
	}
	return bound
}

// advance brings an instance's virtual clock to now. Like what is paid for, busy
// time is counted within the horizon: calls may run on after it.
func (p *endpoint) advance(e *Engine, x *instance) {
	if n := int64(len(x.running)); n > 0 {
		x.clock += int64(e.now-x.last) * p.share(n)
		p.result.Busy += min(e.now, e.horizon) - min(x.last, e.horizon)
	} else {
		x.clock = 0
	}
	x.last = e.now
}

// share is the speed of one of n calls running together, at least one token per 1,000 s.
func (p *endpoint) share(n int64) int64 { return max(1, p.speed(n)/n) }

// speed is the measured throughput at a concurrency, interpolated linearly
// between points and constant beyond the last.
func (p *endpoint) speed(n int64) int64 {
	curve := p.cfg.Curve
	if n <= curve[0].Concurrency {
		return curve[0].Speed * n / curve[0].Concurrency
	}
	for i := 1; i < len(curve); i++ {
		if a, b := curve[i-1], curve[i]; n <= b.Concurrency {
			return a.Speed + (b.Speed-a.Speed)*(n-a.Concurrency)/(b.Concurrency-a.Concurrency)
		}
	}
	return curve[len(curve)-1].Speed
}

// plan schedules the next end of a call on an instance.
func (p *endpoint) plan(e *Engine, i int) {
	x := &p.instances[i]
	x.version++
	if len(x.running) == 0 {
		return
	}
	least := x.running[0].ends
	for _, r := range x.running[1:] {
		least = min(least, r.ends)
	}
	share := p.share(int64(len(x.running)))
	wait := (max(0, least-x.clock) + share - 1) / share
	f := e.newFlight(None)
	f.charge, f.final = x.version, int64(i)
	e.schedule(e.now+unit.Time(wait), f)
}

// completed ends the calls of an instance whose work is done.
func (p *endpoint) completed(e *Engine, f *flight) {
	x := &p.instances[f.final]
	if x.version != f.charge {
		return
	}
	p.advance(e, x)
	kept := x.running[:0]
	p.done = p.done[:0]
	for _, r := range x.running {
		if r.ends <= x.clock {
			p.done = append(p.done, r)
		} else {
			kept = append(kept, r)
		}
	}
	x.running = kept
	for _, r := range p.done {
		p.finish1(e, r)
	}
	p.dispatch(e)
	p.plan(e, int(f.final))
}

// finish1 counts a call that has its answer.
func (p *endpoint) finish1(e *Engine, r running) {
	c := e.taken(r.call)
	m := &e.cfg.Models[p.cfg.Model]
	var o offer
	o.lane, o.model, o.way = e.lane(0, p.cfg.Model), m, selfHosted
	o.input, o.output = m.scale(c.model, c.input), m.scale(c.model, c.output)
	if bound := e.outputBound(&c, m); o.output > bound {
		o.output, o.cut = bound, true
	}
	p.changed(e, -1)
	p.result.Served++
	if c.deferred && e.late(&c, e.now) { // calls that joined later made it slower
		e.queue.miss(e, &c)
		return
	}
	escalate := c.leg == whole && e.escalates(&c, &o)
	if escalate {
		c.leg = draft
	}
	e.ledger.serveAfter(e.now, r.started-c.arrival, &c, &o, e.ttl(c.class))
	if escalate {
		c.leg, c.attempts = escalated, 0
		e.start(&c)
		return
	}
	if c.owner != None {
		e.sessionServed(c.owner)
	}
}

// dispatch starts waiting calls on free instances.
func (p *endpoint) dispatch(e *Engine) {
	for p.waiting.len() > 0 {
		i := p.free(e.now)
		if i < 0 {
			return
		}
		ref := p.waiting.front()
		p.waiting.pop()
		p.run(e, i, ref)
	}
}

// cutEndpoint counts what the cut leaves on the endpoint.
func (e *Engine) cutEndpoint() {
	if e.endpoint == nil {
		return
	}
	for i := range e.endpoint.instances {
		for _, r := range e.endpoint.instances[i].running {
			e.ledger.inFlightCall(e.calls.at(r.call))
		}
	}
	for _, ref := range e.endpoint.waiting.waiting() {
		e.ledger.queuedCall(e.calls.at(ref))
	}
}

// endpointUsage is the endpoint's allocated time, idle or not.
func (e *Engine) endpointUsage() []unit.Usage {
	if e.endpoint == nil {
		return nil
	}
	return []unit.Usage{{
		Item: unit.InstanceHours, Lane: unit.SelfHosted, Account: e.cfg.Accounts[0].Name, Region: e.cfg.Endpoint.Region,
		Model: e.cfg.Endpoint.Instance, Quantity: int64(e.endpoint.finish(e.horizon).Allocated), Per: unit.MicrosPerHour,
	}}
}
