package sim

// classify sends a request's prompt to the classifier first; the request goes
// on with the classifier's answer when that call ends. A refused classifier is
// not waited for: the request then goes to its own model, which is reported by
// returning false.
func (e *Engine) classify(c *call) bool {
	cl := e.cfg.Routing.Classifier
	leg := *c
	leg.leg, leg.owner, leg.exact = classifier, None, false
	leg.input, leg.output, leg.max = cl.Input, cl.Output, cl.Output
	if cl.Whole {
		leg.input += c.input
	}
	leg.read, leg.write, leg.shared, leg.blocks = 0, 0, 0, nil
	leg.chain = chain{}
	leg.chain.append(cl.Model)
	leg.at, leg.hop, leg.duration = 0, 0, -1
	if !e.fits(&leg, cl.Model) {
		return false
	}
	account := e.account(&leg)
	if account == None {
		return false
	}
	var o offer
	e.offerTo(&o, &leg, account)
	f := e.newFlight(o.lane)
	if e.admit(&o, f) != NoLimit {
		e.ledger.refuse(e.now)
		return false
	}
	f.then = e.keep(c)
	e.serve(&leg, &o, f)
	return true
}

// goOn continues a kept call after the leg before it has ended.
func (e *Engine) goOn(ref int32) {
	c := e.calls.at(ref)
	if c.leg == whole {
		c.routed = e.classified(c)
		e.dispatch(c)
	} else {
		e.start(c)
	}
	e.letGo(c)
}

// classified draws which alias the classifier answered: the right one is the
// requested alias where the classifier knows it, and it errs at its stated rates.
func (e *Engine) classified(c *call) int32 {
	cl := e.cfg.Routing.Classifier
	right := None
	u := e.draw(&e.routes)
	for i, share := range cl.Right {
		if u < share.Float() {
			right = i
			break
		}
		u -= share.Float()
	}
	if right == None {
		return c.model
	}
	u = e.draw(&e.routes)
	for j, share := range cl.Confusion[right] {
		if u < share.Float() {
			return cl.Aliases[j]
		}
		u -= share.Float()
	}
	return cl.Aliases[right]
}

// escalate makes a call the second leg of a cascade after its first answer.
func (c *call) escalate(draft *offer) {
	c.leg, c.attempts, c.draft, c.draftCut, c.onDemand = escalated, 0, draft.tokens(), draft.cut, false
}

// escalates draws whether a cascade's first answer is not good enough.
func (e *Engine) escalates(c *call, o *offer) bool {
	r := e.cfg.Routing.Cascade
	return r != nil && c.asks() == r.First && c.model != r.First && e.draw(&e.routes) < r.Escalate.Float()
}
