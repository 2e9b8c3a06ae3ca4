package sim

import (
	"fmt"

	"quotawall/sim/unit"
)

// result collects what the run counted.
func (e *Engine) result() *Result {
	l := &e.ledger
	r := &Result{
		Horizon: e.horizon, Last: e.now, Totals: l.totals, UnservedBy: l.reasons, AbandonedBy: l.paused,
		Refusals: l.refusals, Throttled: l.throttled, Retries: l.retries,
		OfferedTokens: l.offeredTokens, ServedTokens: l.servedTokens, Quota: l.quota, DayQuota: l.dayQuota,
		Classes: l.classes, Homes: l.homes, Hours: l.hours,
		Random: e.drew, CappedMax: l.cappedMax, MaxAssumed: l.maxAssumed,
	}
	for i := range l.classes {
		l.classes[i].Cached = l.cachedBy(i)
		r.Tokens.add(l.classes[i].Tokens)
		r.Waits.Merge(&l.classes[i].Waits)
	}
	for i := range e.pools {
		r.Caps = append(r.Caps, e.pools[i].caps(int32(i))...)
	}
	r.Lanes = e.laneResults()
	r.Usage = e.usage()
	if e.queue != nil {
		r.Queue = &e.queue.result
	}
	if e.endpoint != nil {
		r.Endpoint = e.endpoint.finish()
	}
	if e.bought != nil {
		r.Bought = e.bought.finish(e.horizon, e.cfg.Epoch)
	}
	return r
}

// caps lists a pool's limits in the order in which they are asked.
func (p *pool) caps(index int32) []Cap {
	var cs []Cap
	for _, g := range append(p.limits[:], p.mantle[:]...) {
		if g == nil || g.cap.Pool != index {
			continue // none, or listed with the pool that holds it
		}
		c := g.cap
		c.PeakUse, _ = unit.Share(g.Peak(), g.perUnit)
		cs = append(cs, c)
	}
	return cs
}

// laneResults sums the counted tokens over periods and bands.
func (e *Engine) laneResults() []LaneResult {
	var out []LaneResult
	per := (len(e.cfg.Periods) + 1) * 2
	for i := 0; i < len(e.ledger.counts); i += per {
		var served int64
		var t Tokens
		for _, n := range e.ledger.counts[i : i+per] {
			served += n.served
			t.add(Tokens{Input: n.fresh + n.read + n.write5m + n.write1h, Fresh: n.fresh, Read: n.read, Write: n.write5m + n.write1h, Output: n.output})
		}
		if served == 0 {
			continue
		}
		lane := i / per / int(wayCount)
		out = append(out, LaneResult{
			Account: int32(lane / len(e.cfg.Models)), Model: int32(lane % len(e.cfg.Models)),
			Way: ways()[i/per%int(wayCount)], Served: served, Tokens: t,
		})
	}
	return out
}

// usage is what is to be priced, one entry a bill line, sorted.
func (e *Engine) usage() []unit.Usage {
	var us []unit.Usage
	periods := len(e.cfg.Periods) + 1
	for i, n := range e.ledger.counts {
		band, rest := unit.Base, i/2
		if i%2 == 1 {
			band = unit.Long
		}
		period, lane, way := rest%periods, rest/periods/int(wayCount), ways()[rest/periods%int(wayCount)]
		a, m := &e.cfg.Accounts[lane/len(e.cfg.Models)], &e.cfg.Models[lane%len(e.cfg.Models)]
		u := unit.Usage{Item: unit.Tokens, Lane: way, Account: a.Name, Region: a.Region, Scope: m.Scope, Model: m.ID, Band: band, Period: period, Per: 1}
		for _, k := range [...]struct {
			kind unit.Kind
			n    int64
		}{{unit.Input, n.fresh}, {unit.CacheRead, n.read}, {unit.CacheWrite5m, n.write5m}, {unit.CacheWrite1h, n.write1h}, {unit.Output, n.output}} {
			if k.n > 0 && e.billed(way, k.kind) {
				u.Kind, u.Quantity = k.kind, k.n
				us = append(us, u)
			}
		}
	}
	us = append(us, e.boughtUsage()...)
	us = append(us, e.endpointUsage()...)
	us = append(us, e.routingUsage()...)
	us = merge(us)
	unit.SortUsage(us)
	return us
}

// billed reports whether tokens of a way are paid by the token: those inside
// bought capacity are not, but for cache reads where that is set.
func (e *Engine) billed(way unit.Lane, kind unit.Kind) bool {
	switch way {
	case unit.Reserved:
		return kind == unit.CacheRead && e.cfg.Provisioned.BillReads
	case unit.ModelUnits, unit.SelfHosted:
		return false
	}
	return true
}

// merge adds up entries of one tuple: two aliases may stand for one model.
func merge(us []unit.Usage) []unit.Usage {
	at := map[unit.Usage]int{}
	var out []unit.Usage
	for _, u := range us {
		key := u
		key.Quantity = 0
		if i, ok := at[key]; ok {
			out[i].Quantity += u.Quantity
			continue
		}
		at[key] = len(out)
		out = append(out, u)
	}
	return out
}

// check asserts the conservation laws of DESIGN 2.8.
func (e *Engine) check(r *Result) error {
	if err := conserved("run", r.Totals); err != nil {
		return err
	}
	var classes, homes Totals
	for i := range r.Classes {
		if err := conserved(fmt.Sprintf("class %q", r.Classes[i].Name), r.Classes[i].Totals); err != nil {
			return err
		}
		classes.add(r.Classes[i].Totals)
	}
	for i := range r.Homes {
		if err := conserved("account "+e.cfg.Accounts[i].Name, r.Homes[i]); err != nil {
			return err
		}
		homes.add(r.Homes[i])
	}
	if classes != r.Totals || homes != r.Totals {
		return fmt.Errorf("sim: totals %+v, by class %+v, by account %+v differ", r.Totals, classes, homes)
	}
	for i, q := range [...]QuotaTokens{r.Quota, r.DayQuota} {
		if q.Reserved+q.Excess != q.Settled+q.Credited+q.Dropped+q.Held {
			return fmt.Errorf("sim: quota tokens a %s are not conserved: %+v", [...]string{"minute", "day"}[i], q)
		}
	}
	if err := e.settledLimits(); err != nil {
		return err
	}
	if t := r.Tokens; t.Fresh+t.Read+t.Write != t.Input {
		return fmt.Errorf("sim: fresh + read + write is not the input: %+v", t)
	}
	var unserved int64
	for _, n := range r.UnservedBy {
		unserved += n
	}
	if unserved != r.Unserved {
		return fmt.Errorf("sim: %d unserved, %d by reason", r.Unserved, unserved)
	}
	return nil
}

// settledLimits checks, limit by limit, that a drained run holds nothing open.
func (e *Engine) settledLimits() error {
	if !e.cfg.Drain {
		return nil
	}
	for i := range e.pools {
		p := &e.pools[i]
		for _, g := range append(p.limits[:], p.mantle[:]...) {
			if g != nil && g.Open() != 0 {
				return fmt.Errorf("sim: %s of pool %d holds %d open after the run", g.cap.Limit, i, g.Open())
			}
		}
	}
	return nil
}

func conserved(what string, t Totals) error {
	if t.Offered != t.Served+t.Unserved+t.Queued+t.InFlight {
		return fmt.Errorf("sim: requests of %s are not conserved: %+v", what, t)
	}
	return nil
}

func (t *Totals) add(o Totals) {
	t.Offered += o.Offered
	t.Served += o.Served
	t.Unserved += o.Unserved
	t.Queued += o.Queued
	t.InFlight += o.InFlight
	t.Deferred += o.Deferred
	t.Degraded += o.Degraded
	t.Truncated += o.Truncated
}
