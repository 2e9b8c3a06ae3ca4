package sim

import "quotawall/sim/unit"

// plan lists the models a request asks, in order: the endpoint for a
// self-hosted class, the model routing picks, then the fallbacks. Models whose
// context is too short are left out; it reports whether any is left.
func (e *Engine) plan(c *call) bool {
	c.at, c.hop, c.head = 0, 0, c.home
	hosted := e.endpoint != nil && c.leg != escalated && e.cfg.Classes[c.class].SelfHosted && e.fits(c, e.cfg.Endpoint.Model)
	if hosted && !e.cfg.Endpoint.Overflow {
		c.chain = chain{}
		c.chain.append(e.cfg.Endpoint.Model)
		return true
	}
	first := e.route(c)
	if p := e.plans.of(e, hosted, c.model, first); c.input <= p.longest {
		c.chain = p.chain
		return true
	}
	return e.planFitting(c, hosted, first)
}

// planFitting is plan for a prompt that may be too long for some of the models.
func (e *Engine) planFitting(c *call, hosted bool, first int32) bool {
	c.chain = chain{}
	if hosted {
		c.chain.append(e.cfg.Endpoint.Model)
	}
	if !e.fits(c, first) {
		first = c.model
	}
	if e.fits(c, first) {
		c.chain.append(first)
	}
	for _, m := range e.cfg.Routing.Fallback {
		if e.mayFall(c.model, m) && e.fits(c, m) {
			c.chain.append(m)
		}
	}
	return c.chain.length > 0
}

// mayFall reports whether a request for one model may fall back to another.
func (e *Engine) mayFall(wished, m int32) bool {
	return e.cfg.Routing.FallUp || e.cfg.Models[m].Tier <= e.cfg.Models[wished].Tier
}

// fits reports whether the prompt alone fits the model's context.
func (e *Engine) fits(c *call, model int32) bool {
	return e.fitsContext(c.model, model, c.input)
}

// fitsContext reports whether a prompt in tokens of alias from fits a model.
func (e *Engine) fitsContext(from, model int32, input int64) bool {
	m := &e.cfg.Models[model]
	return m.Context == 0 || m.scale(from, input) <= m.Context
}

// scale converts tokens of alias from into this model's tokenizer, rounded down.
func (m *Model) scale(from int32, tokens int64) int64 {
	if m.TokensFrom == nil {
		return tokens
	}
	return m.TokensFrom[from].of(tokens)
}

func (s Scale) of(tokens int64) int64 {
	if s.Num == s.Den {
		return tokens
	}
	return unit.Ratio{Num: s.Num, Den: s.Den}.Of(tokens)
}

// route is the model that the policy picks for a request.
func (e *Engine) route(c *call) int32 {
	r := &e.cfg.Routing
	if c.leg == escalated {
		return c.model
	}
	if c.routed != None {
		return c.routed
	}
	if to := r.ofClass(c.class); to != None {
		return to
	}
	if r.Mix != nil {
		if to := e.mixTo[c.model]; to != drawn {
			return to
		}
		return e.drawMix(c.model)
	}
	if r.Cascade != nil && c.leg == whole && e.cfg.Models[r.Cascade.First].Tier < e.cfg.Models[c.model].Tier {
		return r.Cascade.First
	}
	return r.ofModel(c.model)
}

// ofClass is where all requests of a class go, or None.
func (r *Routing) ofClass(class int32) int32 {
	if r.ClassTo == nil {
		return None
	}
	return r.ClassTo[class]
}

// ofModel is where requests for a model go.
func (r *Routing) ofModel(model int32) int32 {
	if r.To == nil || r.To[model] == None {
		return model
	}
	return r.To[model]
}

// drawn stands for a model that the mix draws.
const drawn int32 = -2

// newMixTo lists where the mix sends requests for each model: to the only model
// that it can, without a draw, or to a drawn one.
func newMixTo(cfg *Config) []int32 {
	var to []int32
	for wished := range int32(len(cfg.Models)) {
		only := cfg.ofMix(0, wished)
		for i := range cfg.Routing.Mix {
			if cfg.ofMix(i, wished) != only {
				only = drawn
			}
		}
		to = append(to, only)
	}
	return to
}

// ofMix is the model of a part of the mix for a request that wishes another; one
// above that tier keeps the request's own unless fall_up is set.
func (cfg *Config) ofMix(part int, wished int32) int32 {
	to := cfg.Routing.Mix[part].Model
	if !cfg.Routing.FallUp && cfg.Models[to].Tier > cfg.Models[wished].Tier {
		return wished
	}
	return to
}

// drawMix draws the model of a mix.
func (e *Engine) drawMix(wished int32) int32 {
	part := len(e.mixShares) - 1
	u := e.draw(&e.routes)
	for i, share := range e.mixShares {
		if u < share {
			part = i
			break
		}
		u -= share
	}
	return e.cfg.ofMix(part, wished)
}

// account is the account of a call's current candidate, or None where all that
// may be asked have been.
func (e *Engine) account(c *call) int32 {
	n := int32(len(e.cfg.Accounts))
	if c.hop == 0 {
		c.head = e.headOf(c)
	}
	for c.hop < n {
		a := c.head + c.hop
		if a >= n {
			a -= n
		}
		if e.cfg.Accounts[a].Ready <= e.now {
			return a
		}
		c.hop++
	}
	return None
}

// headOf is the account asked first for the current model: the home, or the
// first account after it that is ready; with most-headroom the one with the
// largest free share of tokens a minute, then of tokens a day.
func (e *Engine) headOf(c *call) int32 {
	n := int32(len(e.cfg.Accounts))
	if e.cfg.Assign != MostHeadroom {
		if e.now >= e.allReady {
			return c.home
		}
		for i := range n {
			if a := (c.home + i) % n; e.cfg.Accounts[a].Ready <= e.now {
				return a
			}
		}
		return c.home
	}
	best := int32(None)
	for a := range n {
		if e.cfg.Accounts[a].Ready <= e.now && (best == None || e.roomier(e.lane(a, c.asks()), e.lane(best, c.asks()))) {
			best = a
		}
	}
	return max(best, 0)
}

// next moves a call to its next candidate: the next account of this model, and
// after all accounts the next model. It reports whether there is one.
func (e *Engine) next(c *call) bool {
	c.hop++
	if e.cfg.Failover && !e.cfg.Models[c.asks()].SelfHosted && e.account(c) != None {
		return true
	}
	c.hop = 0
	c.at++
	return c.at < c.chain.length
}
