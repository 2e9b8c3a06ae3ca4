package sim

import "quotawall/sim/unit"

// scaleEvery is how often target tracking looks at its metric: CloudWatch's
// minute (AWS SageMaker developer guide, endpoint-auto-scaling, 2026).
const scaleEvery = unit.Minute

// begin arms the first look at an endpoint that is larger than it must be: it
// may be scaled in before its first call.
func (p *endpoint) begin() {
	if p.count() > p.cfg.Min {
		p.tick(0)
	}
}

// changed counts calls that came or went.
func (p *endpoint) changed(now unit.Time, calls int64) {
	p.load += p.calls * int64(now-p.counted)
	p.counted = now
	p.calls += calls
}

// tick arms the next look at the endpoint's load.
func (p *endpoint) tick(now unit.Time) {
	if p.look.at != unit.Never || p.cfg.Target == 0 && p.cfg.Min > 0 {
		return
	}
	p.changed(now, 0)
	p.load = 0
	p.look = p.event(now+scaleEvery, release, lookAtLoad)
	p.seek()
}

// scale is one look of the autoscaler: the wanted number keeps the concurrent
// calls of an instance, on average since the last look, at the target. Calls
// that failed are not in that average.
func (p *endpoint) scale(now unit.Time) {
	p.look = noEvent
	p.dispatch(now)
	p.changed(now, 0)
	wanted := int64(p.count())
	if p.cfg.Target > 0 {
		full := p.cfg.Target * int64(scaleEvery)
		wanted = (p.load*1000 + full - 1) / full
	} else if p.load == 0 {
		wanted = 0
	}
	n := int(min(max(wanted, int64(p.cfg.Min)), int64(p.cfg.Max)))
	switch {
	case n > p.count() && now-p.scaledOut >= p.cfg.ScaleOut:
		p.scaleTo(now, n)
	case n < p.count() && now-p.stands >= p.cfg.ScaleIn:
		p.shrinkTo(now, n)
	}
	if p.calls > 0 || p.count() > p.cfg.Min && now < p.horizon {
		p.tick(now)
	}
}

// scaleTo starts instances until n are up or starting; they are billed from
// now and take calls after their start-up, and not before that does the cooldown
// for scaling in begin.
func (p *endpoint) scaleTo(now unit.Time, n int) {
	ready := now + p.cfg.Startup
	p.scaledOut, p.stands = now, ready
	for p.count() < n {
		p.result.Starts++
		p.add(instance{up: true, started: now, ready: ready})
		p.starts.push(p.event(ready, release, instanceReady))
	}
	p.seek()
}

// shrinkTo stops idle instances, the youngest first, until n are up; one that is
// starting is not idle.
func (p *endpoint) shrinkTo(now unit.Time, n int) {
	for i := len(p.instances) - 1; i >= 0 && p.count() > n; i-- {
		if x := &p.instances[i]; x.up && x.ready <= now && len(x.running) == 0 {
			x.up = false
			p.result.Allocated += p.since(x.started, now)
			p.stands = now
		}
	}
	for n := len(p.instances); n > 0 && !p.instances[n-1].up; n-- {
		p.instances = p.instances[:n-1]
	}
}

// finish adds the time of the instances that are still up, or busy, at the horizon.
func (p *endpoint) finish() *EndpointResult {
	r := p.result
	for i := range p.instances {
		if x := &p.instances[i]; x.up {
			r.Allocated += p.since(x.started, p.horizon)
			if len(x.running) > 0 {
				r.Busy += p.since(x.busy, p.horizon)
			}
		}
	}
	return &r
}
