package sim

import (
	"quotawall/sim/quota"
	"quotawall/sim/unit"
)

// room is whether a message may be released, from the worst answer on.
type room uint8

const (
	neverRoom room = iota // it alone exceeds the queue's part of a limit: waiting is no use
	noRoom
	hasRoom
)

// roomFor says whether a call's first candidate leaves interactive calls their
// share, bought capacity before on-demand: headroom of the minute limits, daily
// share of the day's. It also says how long the answer would take there.
func (q *queue) roomFor(e *Engine, c *call) (room, unit.Time) {
	c.onDemand = false
	account := e.account(c)
	if account == None {
		return noRoom, 0
	}
	if e.cfg.Models[c.asks()].SelfHosted {
		j := e.jobOf(c)
		return e.endpoint.room(e.now, &j)
	}
	var o offer
	e.offerTo(&o, c, account)
	answer := q.onDemandRoom(e, &o)
	if e.bought != nil && e.bought.serves(o.lane) {
		inside := q.boughtRoom(e, &o)
		if inside == hasRoom || !e.cfg.Provisioned.Overflow && e.bought.covers(e, &o) {
			return inside, o.duration
		}
		c.onDemand = answer == hasRoom
		answer = max(answer, inside)
	}
	return answer, o.duration
}

// onDemandRoom asks the limits of an offer's pools.
func (q *queue) onDemandRoom(e *Engine, o *offer) room {
	l := &e.cfg.Lanes[o.lane]
	if e.book(l) != None {
		e.settleDue(l)
	}
	var gates [4]*gate
	if l.Pool != None {
		p := &e.pools[l.Pool]
		p.apply(e.now)
		if p.mantle[0] != nil {
			return q.mantleRoom(e.now, p, o)
		}
		gates = p.limits
	}
	if l.Cross != None {
		gates[cross] = e.pools[l.Cross].limits[cross]
	}
	answer := hasRoom
	for i, charge := range [4]int64{1, o.charge, o.charge, o.crossCharge} {
		keep := q.cfg.Headroom
		if i >= tpd {
			keep = q.cfg.DailyShare
		}
		if g := gates[i]; g != nil {
			answer = min(answer, roomIn(&g.Limit, e.now, charge, keep))
		}
	}
	return answer
}

// mantleRoom asks the limits of a mantle pool; as at admission, only some room
// is needed under the output limit.
func (q *queue) mantleRoom(now unit.Time, p *pool, o *offer) room {
	answer := roomIn(&p.mantle[0].Limit, now, o.input-o.split.Read+max(0, o.max), q.cfg.Headroom)
	if out := p.mantle[1]; out != nil {
		answer = min(answer, roomIn(&out.Limit, now, 1, q.cfg.Headroom))
	}
	return answer
}

// boughtRoom asks the bought capacity that serves an offer's lane.
func (q *queue) boughtRoom(e *Engine, o *offer) room {
	b := e.bought
	answer := hasRoom
	if !b.covers(e, o) {
		answer = noRoom
	}
	for i, charge := range [2]int64{b.input(o), b.hold(o)} {
		answer = min(answer, roomIn(b.accounts[o.lane/b.models][i], e.now, charge, q.cfg.Headroom))
	}
	return answer
}

// roomIn asks one limit, less the share that is kept for interactive calls.
func roomIn(l *quota.Limit, now unit.Time, charge int64, keep unit.Ratio) room {
	l.Roll(now)
	switch part := l.Value() - keep.Of(l.Value()); {
	case charge > part:
		return neverRoom
	case l.Used()+charge > part:
		return noRoom
	}
	return hasRoom
}
