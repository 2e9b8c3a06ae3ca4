package sim

import (
	"quotawall/sim/trace"
	"quotawall/sim/unit"
)

// hosted is what the endpoint makes of an errand.
type hosted struct {
	job            job
	cell, degraded int32
	cut            bool
}

// askHostFirst is the arrival of a request of a class that asks the endpoint
// first; it is done where it can go nowhere else.
func (x *express) askHostFirst(r *errand, q *trace.Request, d *road, model, home int32) (done bool) {
	if q.Input > d.longest && !x.e.fitsContext(model, d.to, q.Input) {
		x.host.result.TooLong++
		return false
	}
	if !x.host.cfg.Overflow {
		x.onlyHost(r, q, d, model, home)
		return true
	}
	x.forHost(r, q, d, model, home)
	r.falls = true
	return false
}

// onlyHost is the arrival of a request that goes to the endpoint or nowhere.
//
//go:noinline
func (x *express) onlyHost(r *errand, q *trace.Request, d *road, model, home int32) {
	most := x.forHost(r, q, d, model, home)
	x.e.noteMax(q, model, most)
	r.falls, r.track = false, &x.tracks[home*x.models+d.to]
	x.counters.putOff(r, home)
	if x.askHost(x.here, q.At) || x.again(r, x.here, Capacity) {
		x.keep()
	}
}

// forHost works out what the present arrival is on the endpoint, and returns the
// max_tokens it is sent with.
func (x *express) forHost(r *errand, q *trace.Request, d *road, model, home int32) int64 {
	r.hosted = true
	most, exact := x.e.maxOf(q, r.class)
	h := &x.hosted[x.here]
	h.cell, h.degraded = home*x.models+d.cell, d.degraded
	h.job, h.cut = job{call: x.here, prompt: q.Input, output: q.Output}, false
	if d.most < 0 || q.Output > d.most || uint64(q.Output) > uint64(most) { // an unset most is no bound
		h.job.prompt = d.model.scale(model, q.Input)
		_, h.job.output, h.cut = d.model.answer(model, most, exact, d.model.scale(model, q.Output))
	}
	if h.job.prompt > d.longAbove {
		h.cell += d.longCell - d.cell
	}
	return most
}

// askHost offers an errand to the endpoint, which takes it or has no capacity.
//
//go:noinline
func (x *express) askHost(ref int32, now unit.Time) (taken bool) {
	place := x.host.place(now)
	if taken = place != nowhere; taken {
		x.host.put(now, place, &x.hosted[ref].job)
	}
	x.next = min(x.next, x.host.next.at)
	return taken
}

// runHost handles the endpoint's next event, and counts the requests that have
// their answer from it.
//
//go:noinline
func (x *express) runHost() {
	p, ev := x.host, x.host.next
	x.e.goTo(ev.at)
	done := p.ended(ev)
	if len(done) > 0 && ev.at >= x.counters.turn {
		x.turn(ev.at)
	}
	for i := range done {
		call := &done[i]
		r, h := &x.errands[call.call], &x.hosted[call.call]
		x.counters.serveHosted(&x.e.ledger, r, h, call.started-r.arrival)
		x.free = append(x.free, call.call)
	}
	p.goOn(ev)
}

// foldHost counts what the cut leaves on the endpoint.
func (x *express) foldHost() {
	if x.host == nil {
		return
	}
	for i := range x.host.instances {
		for _, call := range x.host.instances[i].running {
			r := &x.errands[call.call]
			x.e.ledger.inFlight(r.class, r.track.home)
		}
	}
	for _, j := range x.host.waiting.all() {
		r := &x.errands[j.call]
		x.e.ledger.queued(r.class, r.track.home)
	}
}
