package sim

import "quotawall/sim/unit"

// scaleEvery is how often target tracking looks at its metric: CloudWatch's
// minute (AWS SageMaker developer guide, endpoint-auto-scaling, 2026).
const scaleEvery = unit.Minute

// begin arms the first look at an endpoint that is larger than it must be: it
// may be scaled in before its first call.
func (p *endpoint) begin(e *Engine) {
	if p.count() > p.cfg.Min {
		p.tick(e)
	}
}

// changed counts calls that came or went.
func (p *endpoint) changed(e *Engine, calls int64) {
	p.load += p.calls * int64(e.now-p.counted)
	p.counted = e.now
	p.calls += calls
}

// tick arms the next look at the endpoint's load.
func (p *endpoint) tick(e *Engine) {
	if p.ticking || p.cfg.Target == 0 && p.cfg.Min > 0 {
		return
	}
	p.changed(e, 0)
	p.ticking, p.load = true, 0
	e.events.push(e.now+scaleEvery, release, endpointTick)
}

// scale is one look of the autoscaler: the wanted number keeps the concurrent
// calls of an instance, on average since the last look, at the target. Calls
// that failed are not in that average.
func (p *endpoint) scale(e *Engine) {
	p.ticking = false
	p.dispatch(e)
	p.changed(e, 0)
	wanted := int64(p.count())
	if p.cfg.Target > 0 {
		full := p.cfg.Target * int64(scaleEvery)
		wanted = (p.load*1000 + full - 1) / full
	} else if p.load == 0 {
		wanted = 0
	}
	n := int(min(max(wanted, int64(p.cfg.Min)), int64(p.cfg.Max)))
	switch {
	case n > p.count() && e.now-p.scaledOut >= p.cfg.ScaleOut:
		p.scaleTo(e, n)
	case n < p.count() && e.now-p.stands >= p.cfg.ScaleIn:
		p.shrinkTo(e, n)
	}
	if p.calls > 0 || p.count() > p.cfg.Min && e.now < e.horizon {
		p.tick(e)
	}
}

// scaleTo starts instances until n are up or starting; they are billed from
// now and take calls after their start-up, and not before that does the cooldown
// for scaling in begin.
func (p *endpoint) scaleTo(e *Engine, n int) {
	p.scaledOut, p.stands = e.now, e.now+p.cfg.Startup
	for p.count() < n {
		p.result.Starts++
		p.instances = append(p.instances, instance{up: true, started: e.now, ready: e.now + p.cfg.Startup, last: e.now})
		e.events.push(e.now+p.cfg.Startup, release, endpointReady)
	}
}

// shrinkTo stops idle instances, the youngest first, until n are up; one that is
// starting is not idle.
func (p *endpoint) shrinkTo(e *Engine, n int) {
	for i := len(p.instances) - 1; i >= 0 && p.count() > n; i-- {
		if x := &p.instances[i]; x.up && x.ready <= e.now && len(x.running) == 0 {
			x.up = false
			p.result.Allocated += min(e.now, e.horizon) - min(x.started, e.horizon)
			p.stands = e.now
		}
	}
}

// finish adds the time of the instances that are still up, or busy, at the horizon.
func (p *endpoint) finish(horizon unit.Time) *EndpointResult {
	r := p.result
	for i := range p.instances {
		if x := &p.instances[i]; x.up {
			r.Allocated += horizon - min(x.started, horizon)
			if len(x.running) > 0 {
				r.Busy += horizon - min(x.last, horizon)
			}
		}
	}
	return &r
}
