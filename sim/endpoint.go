package sim

import (
	"math"

	"quotawall/sim/unit"
)

// endpoint is a self-hosted model: instances that share their measured
// throughput among the calls they run (processor sharing), behind one
// first-come queue, scaled by target tracking.
//
// Each instance keeps a virtual clock of the output a single call has produced,
// in tokens x 1e9, which runs at speed(c)/c with c calls running. A call ends
// when that clock has advanced by its own work, so a change of concurrency
// costs one new end and not one for every call.
//
// It knows of a request no more than its job. Whoever runs it looks at next, and
// when that has come takes the answers (ended) and lets it go on (goOn).
type endpoint struct {
	cfg        *Endpoint
	horizon    unit.Time // busy and paid time is counted up to it
	firstToken int64     // work until a call's first token
	shares     []int64   // speed of each of so many calls on an instance, as far as known
	instances  []instance
	waiting    line[job] // first come first served
	done       []running // of the latest end, to be used again
	calls      int64     // running and waiting
	load       int64     // calls x time since the last look at it, up to counted
	counted    unit.Time // when calls last changed
	scaledOut  unit.Time
	stands     unit.Time // the number of instances that take calls has not changed since
	result     EndpointResult

	seq    *uint64     // numbers the run's events
	next   event       // the first of its own: ref is an instance, or one of these
	look   event       // at its load
	starts line[event] // of instances, the first to be ready first
}

// Events of an endpoint that are not the end of an instance's call.
const (
	lookAtLoad    int32 = -1
	instanceReady int32 = -2
)

// noEvent is after all events.
var noEvent = event{at: unit.Never, order: math.MaxUint64}

type instance struct {
	up      bool
	started unit.Time // billed from then
	ready   unit.Time // takes calls from then
	running []running // small: at most the endpoint's concurrency
	clock   int64     // virtual, tokens x 1e9
	last    unit.Time // when the clock was last advanced
	busy    unit.Time // it runs calls since then, if it does
	end     event     // of the call that ends next
}

// job is a call as an endpoint sees it: tokens in its model's tokenizer, the
// output no longer than it may get.
type job struct {
	call           int32 // kept
	prompt, output int64
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

func newEndpoint(cfg *Config, seq *uint64) *endpoint {
	p := &endpoint{cfg: cfg.Endpoint, horizon: cfg.Horizon, scaledOut: longAgo, seq: seq, next: noEvent, look: noEvent}
	p.firstToken = int64(cfg.Models[p.cfg.Model].FirstToken) * p.speed(1)
	for range p.cfg.Instances {
		p.add(instance{up: true})
	}
	p.begin()
	return p
}

// add adds an instance.
func (p *endpoint) add(x instance) {
	x.end = noEvent
	x.end.ref = int32(len(p.instances))
	p.instances = append(p.instances, x)
}

// event is an event of its own, after all of its time and kind that are there.
func (p *endpoint) event(at unit.Time, k kind, what int32) event {
	*p.seq++
	return event{at: at, order: uint64(k)<<kindShift | *p.seq, ref: what}
}

// seek finds the first of its events.
func (p *endpoint) seek() {
	next := p.look
	if p.starts.len() > 0 && p.starts.front().before(next.at, next.order) {
		next = *p.starts.front()
	}
	for i := range p.instances {
		if end := &p.instances[i].end; end.before(next.at, next.order) {
			next = *end
		}
	}
	p.next = next
}

// endChanged is seek where only an instance's end has changed.
func (p *endpoint) endChanged(x *instance) {
	if x.end.before(p.next.at, p.next.order) {
		p.next = x.end
	} else if p.next.ref == x.end.ref {
		p.seek()
	}
}

// Where an endpoint puts a call that does not run at once.
const (
	inLine = -1 - iota
	nowhere
)

// place is where a call goes now: the instance with the fewest calls, the line,
// or nowhere for lack of capacity. The endpoint's queue stands before instances:
// while none takes calls they fail (AWS: NoCapacityInvocationFailures, 2024-12).
func (p *endpoint) place(now unit.Time) int {
	p.tick(now)
	i, inService := p.free(now)
	if i >= 0 {
		return i
	}
	if inService && p.waiting.len() < p.cfg.Waiting {
		return inLine
	}
	p.result.Refused++
	if p.count() == 0 {
		p.scaleTo(now, 1)
	}
	return nowhere
}

// put puts a job where place has found room for it.
func (p *endpoint) put(now unit.Time, place int, j *job) {
	p.changed(now, 1)
	if place >= 0 {
		x := &p.instances[place]
		p.run(now, x, j)
		p.plan(now, x)
		p.endChanged(x)
		return
	}
	p.waiting.push(*j)
	p.result.MaxQueue = max(p.result.MaxQueue, int64(p.waiting.len()))
}

// free is the ready instance with the fewest calls and room for one, or -1, and
// whether any instance takes calls.
func (p *endpoint) free(now unit.Time) (best int, inService bool) {
	best, fewest := -1, p.cfg.Concurrency
	for i := range p.instances {
		x := &p.instances[i]
		if !x.up || x.ready > now {
			continue
		}
		if inService = true; len(x.running) < fewest {
			best, fewest = i, len(x.running)
		}
	}
	return best, inService
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

// room says whether the endpoint would run a job now, or has to be woken by
// asking it, and how long the answer takes if no further call joins it.
func (p *endpoint) room(now unit.Time, j *job) (room, unit.Time) {
	answer, n := noRoom, int64(1)
	if i, _ := p.free(now); i >= 0 {
		answer, n = hasRoom, int64(len(p.instances[i].running)+1)
	} else if p.count() == 0 {
		answer = hasRoom
	}
	share := p.share(n)
	return answer, unit.Time((p.work(j, n) + share - 1) / share)
}

// run starts a job on an instance.
func (p *endpoint) run(now unit.Time, x *instance, j *job) {
	if len(x.running) > 0 {
		p.advance(now, x)
	} else {
		x.clock, x.last, x.busy = 0, now, now
	}
	work := p.work(j, int64(len(x.running)+1))
	x.running = append(x.running, running{call: j.call, ends: x.clock + work, started: now})
}

// work is the virtual work of a job that makes n calls run: its output, the
// first token's time alone on an instance, and the reading of its prompt, which
// takes the whole instance its time however many calls there are: n of them take
// n times as long, each at one share of the speed.
func (p *endpoint) work(j *job, n int64) int64 {
	work := min(j.output, int64(unit.Never)/tokenWork/2)*tokenWork + p.firstToken
	if p.cfg.Prefill > 0 {
		speed := p.share(n) * n
		work += min(j.prompt*tokenWork/p.cfg.Prefill, int64(unit.Never)/4/speed) * speed
	}
	return work
}

// advance brings the virtual clock of an instance that runs calls to now.
func (p *endpoint) advance(now unit.Time, x *instance) {
	x.clock += int64(now-x.last) * p.share(int64(len(x.running)))
	x.last = now
}

// since is the time from then to now within the horizon: what is paid for, and
// busy, is counted up to it, but calls may run on.
func (p *endpoint) since(then, now unit.Time) unit.Time {
	return min(now, p.horizon) - min(then, p.horizon)
}

// share is the speed of each of n calls that run together, at least one token
// per 1,000 s.
func (p *endpoint) share(n int64) int64 {
	if n < int64(len(p.shares)) {
		return p.shares[n]
	}
	return p.shareUpTo(n)
}

// shareUpTo is share of more calls than it was asked for so far.
func (p *endpoint) shareUpTo(n int64) int64 {
	for i := int64(len(p.shares)); i <= n; i++ {
		p.shares = append(p.shares, max(1, p.speed(i)/max(1, i)))
	}
	return p.shares[n]
}

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

// plan sets when the next call of a busy instance ends.
func (p *endpoint) plan(now unit.Time, x *instance) {
	least := int64(math.MaxInt64)
	for i := range x.running {
		least = min(least, x.running[i].ends)
	}
	share := p.share(int64(len(x.running)))
	x.end = p.event(now+unit.Time((max(0, least-x.clock)+share-1)/share), completion, x.end.ref)
}

// ended takes the calls off an instance that end with one of the endpoint's
// events. It returns them in the order in which they began; the next call that
// starts there and the next event overwrite them.
func (p *endpoint) ended(ev event) []running {
	if ev.ref < 0 {
		return nil
	}
	x := &p.instances[ev.ref]
	done := x.running
	if len(done) == 1 {
		x.running = x.running[:0]
	} else {
		p.advance(ev.at, x)
		p.done, x.running = x.split(p.done[:0])
		done = p.done
	}
	if x.end.at = unit.Never; len(x.running) == 0 {
		p.result.Busy += p.since(x.busy, ev.at)
	}
	p.changed(ev.at, -int64(len(done)))
	p.result.Served += int64(len(done))
	return done
}

// split adds the calls that have their output by now to done, and returns the others.
func (x *instance) split(done []running) (ended, kept []running) {
	kept = x.running[:0]
	for _, r := range x.running {
		if r.ends <= x.clock {
			done = append(done, r)
		} else {
			kept = append(kept, r)
		}
	}
	return done, kept
}

// goOn is what the endpoint does at an event when its answers have been taken.
func (p *endpoint) goOn(ev event) {
	switch ev.ref {
	case lookAtLoad:
		p.scale(ev.at)
	case instanceReady:
		p.starts.pop()
		p.dispatch(ev.at)
	default:
		p.refill(ev.at, &p.instances[ev.ref])
	}
	p.seek()
}

// dispatch starts waiting calls on free instances.
func (p *endpoint) dispatch(now unit.Time) {
	for p.waiting.len() > 0 {
		i, _ := p.free(now)
		if i < 0 {
			return
		}
		x := &p.instances[i]
		p.run(now, x, p.waiting.front())
		p.plan(now, x)
		p.waiting.pop()
	}
}

// refill is dispatch after an instance's calls have ended. Where calls wait, no
// other instance is free, but for one that is ready this instant. What came to the
// instance while the answers were taken may have set its end.
func (p *endpoint) refill(now unit.Time, x *instance) {
	if p.starts.len() > 0 {
		p.dispatch(now)
	}
	for p.waiting.len() > 0 && len(x.running) < p.cfg.Concurrency {
		p.run(now, x, p.waiting.front())
		p.waiting.pop()
		x.end.at = unit.Never
	}
	if x.end.at == unit.Never && len(x.running) > 0 {
		p.plan(now, x)
	}
}
