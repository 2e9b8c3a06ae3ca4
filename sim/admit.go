package sim

import (
	"quotawall/sim/cache"
	"quotawall/sim/trace"
	"quotawall/sim/unit"
)

// offer is a call as one lane sees it at one attempt: what it would take from
// the quota, read from the cache and cost in time. Admission uses input and
// max_tokens; output is used only after it, for what the call turns out to be.
type offer struct {
	lane   int32
	model  *Model
	input  int64
	output int64 // cut at max
	cut    bool  // output was longer than max
	max    int64

	split  cache.Split
	blocks bool // split is of the engine's prompt, block by block

	charge, final           int64 // tokens a minute and a day
	crossCharge, crossFinal int64 // cross-model pool, internal units
	duration                unit.Time
	way                     way
}

// tokens are those of an answer to the offer.
func (o *offer) tokens() Tokens {
	return Tokens{Input: o.input, Fresh: o.input - o.split.Read - o.split.Write, Read: o.split.Read, Write: o.split.Write, Output: o.output}
}

// offerTo works out what a call is on a lane now.
func (e *Engine) offerTo(o *offer, c *call, account int32) {
	model := c.asks()
	m := &e.cfg.Models[model]
	o.lane, o.model, o.way = e.lane(account, model), m, onDemand
	o.input = m.scale(c.model, c.input)
	o.max, o.output, o.cut = m.answerTo(c)
	o.duration = e.durationOf(c.duration, c.model, model, o.output)
	e.split(o, c)
	fresh := o.input - o.split.Read - o.split.Write
	paid := fresh + o.split.Write
	o.charge, o.final = paid+e.reserve(m, o.max), paid+o.output*m.Burndown
	if e.cfg.Quota.readsReserved() {
		o.charge += o.split.Read
	}
	if l := &e.cfg.Lanes[o.lane]; l.Cross != None {
		e.crossCharges(o, l, fresh, e.cfg.Classes[c.class].TTL > 0)
	}
}

// answerTo is answer for a call.
func (m *Model) answerTo(c *call) (reserved, output int64, cut bool) {
	return m.answer(c.model, c.max, c.exact, m.scale(c.model, c.output))
}

// answer is the max_tokens that a call reserves on this model, the output that
// it gets within it, and whether that was cut. output is in this model's tokens.
func (m *Model) answer(from int32, reserved int64, exact bool, output int64) (int64, int64, bool) {
	if exact {
		reserved = m.scale(from, reserved)
	}
	if m.MaxOutput > 0 && (reserved == trace.MaxUnset || reserved > m.MaxOutput) {
		reserved = m.MaxOutput
	}
	if reserved >= 0 && output > reserved {
		return reserved, reserved, true
	}
	return reserved, output, false
}

// reserve is the quota that max_tokens takes at the start.
func (e *Engine) reserve(m *Model, most int64) int64 {
	if e.cfg.Quota.BurndownMax {
		return max(0, most) * m.Burndown
	}
	return max(0, most)
}

// readsReserved: what is read from the cache is reserved too.
func (q *Quota) readsReserved() bool { return q.ReserveReads || q.Pessimistic }

// crossCharges sets what a call takes from the cross-model pool.
func (e *Engine) crossCharges(o *offer, l *Lane, fresh int64, ownTTL bool) {
	p := &e.pools[l.Cross]
	reserved := int64(0)
	if p.reserve {
		reserved = max(0, o.max)
	}
	switch p.unit {
	case BilledTokens:
		o.crossCharge, o.crossFinal = o.input+reserved, o.input+o.output
	case SettledTokens:
		paid := fresh + o.split.Write
		o.crossCharge, o.crossFinal = paid+reserved, paid+o.output*o.model.Burndown
		if e.cfg.Quota.Pessimistic {
			o.crossCharge = o.input + reserved
		}
	default:
		r := &l.Rates
		if o.model.LongAbove > 0 && o.input > o.model.LongAbove {
			r = &l.LongRates
		}
		write := r.Write
		if ownTTL && r.WriteClass > 0 {
			write = r.WriteClass
		}
		paid := fresh*r.Input + o.split.Write*write + o.split.Read*r.Read
		o.crossCharge, o.crossFinal = paid+reserved*r.Output, paid+o.output*r.Output
		if e.cfg.Quota.Pessimistic {
			o.crossCharge = o.input*r.Input + reserved*r.Output
		}
	}
}

// durationOf is how long a call takes on an alias: as logged while that is the
// requested alias, else by the latency model.
func (e *Engine) durationOf(logged unit.Time, own, model int32, output int64) unit.Time {
	if e.cfg.LoggedDurations && logged >= 0 && model == own {
		return logged
	}
	m := &e.cfg.Models[model]
	return m.FirstToken + unit.Time(output)*m.PerToken
}

// split asks the cache what a call would read and write.
func (e *Engine) split(o *offer, c *call) {
	o.split = cache.Split{}
	if c.leg == classifier {
		return
	}
	switch e.cfg.Cache.Mode {
	case CacheOff:
		return
	case CacheRate, CacheObserved:
		o.split = e.cfg.Cache.known(o.model, c.model, o.input, c.read, c.write)
	case CachePrefix:
		e.prefix(o, c)
	}
	if loss := e.cfg.Cache.Loss; o.split.Read > 0 && loss.Num > 0 && o.model.Scope != "on-demand" && e.draw(&e.losses) < loss.Float() {
		o.split.Write += o.split.Read
		o.split.Read, o.split.Blocks = 0, 0
	}
}

// known is the split of a prompt that needs no look into the cache: by shares,
// or as logged in tokens of alias from.
func (c *Cache) known(m *Model, from int32, input, read, write int64) (s cache.Split) {
	if c.Mode == CacheRate {
		s.Read, s.Write = c.ReadShare.Of(input), c.WriteShare.Of(input)
	} else {
		s.Read, s.Write = m.scale(from, max(0, read)), m.scale(from, max(0, write))
		s.Read = min(s.Read, input)
	}
	s.Write = min(s.Write, input-s.Read)
	return s
}

// prefix asks the cache for the longest readable prefix of a prompt.
func (e *Engine) prefix(o *offer, c *call) {
	domain := e.cfg.Lanes[o.lane].Domain
	if e.cfg.Cache.BlockScope == trace.NoBlocks || len(c.blocks) == 0 {
		shared := c.shared
		if shared > 0 {
			shared = o.model.scale(c.model, shared)
		}
		o.split = e.cache.Session(e.now, domain, c.session, o.input, shared, o.model.CacheMin)
		return
	}
	o.blocks = true
	e.prompt = cache.Prompt{
		IDs: c.blocks, BlockTokens: o.model.scale(c.model, e.cfg.Cache.BlockTokens), Input: o.input,
		Marks: cache.Marks{Checkpoints: e.cfg.Cache.Checkpoints, Lookback: e.cfg.Cache.Lookback},
	}
	if e.cfg.Cache.BlockScope == trace.SessionScope {
		e.prompt.Scope = c.session
	}
	o.split = e.cache.Prefix(e.now, domain, e.prompt, o.model.CacheMin)
}

// remember stores what an admitted call puts into the cache.
func (e *Engine) remember(o *offer, c *call) {
	if e.cfg.Cache.Mode != CachePrefix || c.leg == classifier || o.split.Read+o.split.Write == 0 {
		return
	}
	u := cache.Use{Now: e.now, TTL: e.ttl(c.class), Readable: e.now}
	switch e.cfg.Cache.Readable {
	case FromFirstByte:
		u.Readable += min(o.model.FirstToken, o.duration)
	case FromCompletion:
		u.Readable += o.duration
	}
	domain := e.cfg.Lanes[o.lane].Domain
	if o.blocks {
		e.cache.StorePrefix(u, domain, e.prompt, o.split)
		return
	}
	e.cache.StoreSession(u, domain, c.session, o.input)
}

// ttl is how long the cache entries of a class live.
func (e *Engine) ttl(class int32) unit.Time {
	if t := e.cfg.Classes[class].TTL; t > 0 {
		return t
	}
	return e.cfg.Cache.TTL
}

// admit asks the limits of an offer's pools in their order and takes from all
// or from none. It returns the limit that refused, or NoLimit and the tickets.
func (e *Engine) admit(o *offer, f *flight) Limit {
	l := &e.cfg.Lanes[o.lane]
	if l.Pool == None && l.Cross == None {
		return e.shared(o)
	}
	e.settleDue(l)
	var gates [4]*gate
	if l.Pool != None {
		p := &e.pools[l.Pool]
		if len(p.changes) > 0 {
			p.apply(e.now)
		}
		if p.mantle[0] != nil {
			return e.admitMantle(p, o, f)
		}
		gates = p.limits
	}
	if l.Cross != None {
		gates[cross] = e.pools[l.Cross].limits[cross]
	}
	charges := [4]int64{1, o.charge, o.charge, o.crossCharge}
	for i, g := range gates {
		if g == nil {
			continue
		}
		g.Roll(e.now)
		if !g.Fits(charges[i]) {
			e.refusedBy(gates[:], charges[:], [4]int64{1, o.final, o.final, o.crossFinal}, i)
			return g.cap.Limit
		}
	}
	if e.shared(o) != NoLimit {
		return Capacity
	}
	e.takeAll(&gates, o, f)
	return NoLimit
}

// shared asks the capacity that all customers share, after the quota: a lack of
// it is no quota error and takes nothing (rule R25).
func (e *Engine) shared(o *offer) Limit {
	if f := &e.cfg.Faults; f.Rate.Num == 0 && f.RampFactor == 0 {
		return NoLimit
	}
	if e.faulty(o.lane / int32(len(e.cfg.Models))) {
		return Capacity
	}
	return NoLimit
}

// takeAll charges every limit of an admitted call.
func (e *Engine) takeAll(gates *[4]*gate, o *offer, f *flight) {
	if g := gates[rpm]; g != nil {
		g.Charge(e.now, 1)
	}
	if g := gates[tpm]; g != nil {
		f.tickets[tpm] = g.Take(e.now, o.charge, o.final)
		e.ledger.quota.Reserved += o.charge
	}
	if g := gates[tpd]; g != nil {
		f.tickets[tpd] = g.Take(e.now, o.charge, o.final)
		e.ledger.dayQuota.Reserved += o.charge
	}
	if g := gates[cross]; g != nil {
		f.tickets[cross] = g.Take(e.now, o.crossCharge, o.crossFinal)
	}
	f.charge, f.final, f.crossCharge, f.crossFinal = o.charge, o.final, o.crossCharge, o.crossFinal
}

// utcDay numbers the UTC day of now.
func (e *Engine) utcDay() int64 { return int64((e.cfg.Epoch + e.now) / unit.Day) }

// refusedBy counts a refusal by gate first: by it, by the later ones that are
// full too, and, for every limit of the call, whether it is now spent.
func (e *Engine) refusedBy(gates []*gate, charges []int64, finals [4]int64, first int) {
	for i, g := range gates {
		if g == nil {
			continue
		}
		if i > first {
			g.Roll(e.now)
			if !g.Fits(charges[i]) {
				g.cap.AlsoFull++
			}
		}
		g.spent(e.now, g.Settled(), finals[i])
	}
	e.refused(gates[first], charges[first])
}

// refused counts a refusal of a charge by a gate.
func (e *Engine) refused(g *gate, charge int64) {
	g.refused(e.now, e.utcDay(), g.FitsWhenSettled(charge), charge > g.Value())
}
