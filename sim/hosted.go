package sim

import "quotawall/sim/unit"

// askEndpoint offers a call to the endpoint, which runs it, queues it or refuses
// it for lack of capacity.
func (e *Engine) askEndpoint(c *call) Limit {
	p := e.endpoint
	place := p.place(e.now)
	if place == nowhere {
		e.ledger.refuse(e.now)
		return Capacity
	}
	j := e.jobOf(c)
	j.call = e.keep(c)
	p.put(e.now, place, &j)
	return NoLimit
}

// jobOf is a call as the endpoint sees it; who asks is left open.
func (e *Engine) jobOf(c *call) job {
	m := &e.cfg.Models[e.cfg.Endpoint.Model]
	_, output, _ := m.answerTo(c)
	return job{prompt: m.scale(c.model, c.input), output: output}
}

// runEndpoint handles the endpoint's next event.
func (e *Engine) runEndpoint() {
	p, ev := e.endpoint, e.endpoint.next
	e.clock(ev.at, ev.order)
	for _, r := range p.ended(ev) {
		e.hosted(r)
	}
	p.goOn(ev)
}

// hosted counts a call that has its answer from the endpoint.
func (e *Engine) hosted(r running) {
	c := e.taken(r.call)
	m := &e.cfg.Models[e.cfg.Endpoint.Model]
	o := offer{lane: e.lane(0, e.cfg.Endpoint.Model), model: m, way: selfHosted, input: m.scale(c.model, c.input)}
	_, o.output, o.cut = m.answerTo(&c)
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

// cutEndpoint counts what the cut leaves on the endpoint.
func (e *Engine) cutEndpoint() {
	if e.endpoint == nil || e.express != nil {
		return
	}
	for i := range e.endpoint.instances {
		for _, r := range e.endpoint.instances[i].running {
			e.ledger.inFlightCall(e.calls.at(r.call))
		}
	}
	for _, j := range e.endpoint.waiting.all() {
		e.ledger.queuedCall(e.calls.at(j.call))
	}
}

// endpointUsage is the endpoint's allocated time, idle or not.
func (e *Engine) endpointUsage() []unit.Usage {
	if e.endpoint == nil {
		return nil
	}
	return []unit.Usage{{
		Item: unit.InstanceHours, Lane: unit.SelfHosted, Account: e.cfg.Accounts[0].Name, Region: e.cfg.Endpoint.Region,
		Model: e.cfg.Endpoint.Instance, Quantity: int64(e.endpoint.finish().Allocated), Per: unit.MicrosPerHour,
	}}
}
