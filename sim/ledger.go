package sim

import (
	"quotawall/sim/unit"
)

// ledger counts: tokens per lane, way, period and band for the bill, requests
// per class, home account and hour for the tables. It never sees money.
type ledger struct {
	cfg      *Config
	totals   Totals
	reasons  [limits]int64
	paused   [limits]int64 // abandoned, by what paused the session
	classes  []ClassResult
	homes    []Totals
	counts   []counted
	cached   []Cached // by class, model and band
	hours    []Hour
	hour     *Hour
	hourEnd  unit.Time
	period   int
	quota    QuotaTokens
	dayQuota QuotaTokens

	offeredTokens, servedTokens  int64
	refusals, throttled, retries int64
	cappedMax, maxAssumed        int64
	gateway                      int64 // calls through the routing layer
}

// counted is the tokens of one (lane, way, period, band), by kind.
type counted struct{ served, fresh, read, write5m, write1h, output int64 }

// way is the lane in which tokens are counted.
type way uint8

const (
	onDemand way = iota
	reservedTier
	modelUnits
	batched
	selfHosted
	wayCount
)

// ways are the bill's names of the lanes, in their order.
func ways() [wayCount]unit.Lane {
	return [...]unit.Lane{onDemand: unit.OnDemand, reservedTier: unit.Reserved, modelUnits: unit.ModelUnits, batched: unit.Batch, selfHosted: unit.SelfHosted}
}

func wayOf(lane unit.Lane) way {
	for i, l := range ways() {
		if l == lane {
			return way(i)
		}
	}
	panic("sim: no tokens are counted in lane " + string(lane))
}

func newLedger(cfg *Config) ledger {
	l := ledger{
		cfg:     cfg,
		classes: make([]ClassResult, len(cfg.Classes)),
		homes:   make([]Totals, len(cfg.Accounts)),
		counts:  make([]counted, len(cfg.Lanes)*int(wayCount)*(len(cfg.Periods)+1)*2),
	}
	for i := range l.classes {
		l.classes[i].Name = cfg.Classes[i].Name
	}
	if cfg.Cache.Mode != CacheOff {
		l.cached = make([]Cached, len(cfg.Classes)*len(cfg.Models)*2)
	}
	return l
}

// cachedOf is what a class's calls on a lane and in a band read and wrote.
func (l *ledger) cachedOf(class, lane int32, long bool) *Cached {
	models := int32(len(l.cfg.Models))
	i := (class*models + lane%models) * 2
	if long {
		i++
	}
	return &l.cached[i]
}

// cachedBy lists what a class read from the cache and wrote to it.
func (l *ledger) cachedBy(class int) []Cached {
	if l.cached == nil {
		return nil
	}
	var out []Cached
	n := len(l.cfg.Models) * 2
	for i, c := range l.cached[class*n : (class+1)*n] {
		if c.Read+c.Write > 0 {
			c.Model, c.Long = int32(i/2), i%2 == 1
			out = append(out, c)
		}
	}
	return out
}

// countOf is the counter of a lane, way and band in the price period of now.
func (l *ledger) countOf(now unit.Time, lane int32, way way, long bool) *counted {
	i := ((int(lane)*int(wayCount)+int(way))*(len(l.cfg.Periods)+1) + l.periodOf(now)) * 2
	if long {
		i++
	}
	return &l.counts[i]
}

// periodOf is the price period of now, which never goes back.
func (l *ledger) periodOf(now unit.Time) int {
	for l.period < len(l.cfg.Periods) && now >= l.cfg.Periods[l.period] {
		l.period++
	}
	return l.period
}

// at returns the hour of now, which never goes back.
func (l *ledger) at(now unit.Time) *Hour {
	if now >= l.hourEnd {
		l.turn(now)
	}
	return l.hour
}

func (l *ledger) turn(now unit.Time) {
	l.hour, l.hourEnd = l.hourOf(now), (now/unit.Hour+1)*unit.Hour
}

// hourOf returns the hour of any time; what at gave before is no longer valid.
func (l *ledger) hourOf(t unit.Time) *Hour {
	n := int(t / unit.Hour)
	for len(l.hours) <= n {
		l.hours = append(l.hours, Hour{})
	}
	return &l.hours[n]
}

func (l *ledger) offer(hour *Hour, class, home int32, tokens int64) {
	l.totals.Offered++
	l.classes[class].Offered++
	l.homes[home].Offered++
	l.offeredTokens += tokens
	hour.Offered++
}

// serve counts an admitted call: its tokens for the bill, and, unless it is
// only a leg of its request, the request as served.
func (l *ledger) serve(now unit.Time, c *call, o *offer, ttl unit.Time) {
	l.serveAfter(now, now-c.arrival, c, o, ttl)
}

// serveAfter is serve for a call whose wait ended before now.
func (l *ledger) serveAfter(now, wait unit.Time, c *call, o *offer, ttl unit.Time) {
	long := o.model.LongAbove > 0 && o.input > o.model.LongAbove
	n := l.countOf(now, o.lane, o.way, long)
	fresh := o.input - o.split.Read - o.split.Write
	n.served++
	n.fresh += fresh
	n.read += o.split.Read
	if ttl > 5*unit.Minute {
		n.write1h += o.split.Write
	} else {
		n.write5m += o.split.Write
	}
	n.output += o.output
	h := l.at(now)
	if o.way == onDemand {
		h.Reserved += o.charge
		h.Settled += o.final
		if o.split.Read+o.split.Write > 0 {
			k := l.cachedOf(c.class, o.lane, long)
			k.Read += o.split.Read
			k.Write += o.split.Write
		}
	}
	h.Input += o.input
	h.Output += o.output
	if c.leg == classifier || c.leg == draft {
		return
	}
	l.served(now, wait, c, o.model.Tier, o.cut, o.tokens())
}

// served counts a request that has its answer.
func (l *ledger) served(now, wait unit.Time, c *call, tier int, cut bool, t Tokens) {
	class, home := &l.classes[c.class], &l.homes[c.home]
	l.totals.Served++
	class.Served++
	home.Served++
	degraded := tier < l.cfg.Models[c.model].Tier
	if degraded || cut || c.deferred {
		for _, x := range [...]*Totals{&l.totals, &class.Totals, home} {
			x.mark(degraded, cut, c.deferred)
		}
	}
	class.Tokens.add(t)
	l.servedTokens += c.input + c.output
	class.Waits.Add(wait)
	l.at(now).Served++
}

// mark counts what is to be said of a served request.
func (t *Totals) mark(degraded, cut, deferred bool) {
	if degraded {
		t.Degraded++
	}
	if cut {
		t.Truncated++
	}
	if deferred {
		t.Deferred++
	}
}

func (t *Tokens) add(o Tokens) {
	t.Input += o.Input
	t.Fresh += o.Fresh
	t.Read += o.Read
	t.Write += o.Write
	t.Output += o.Output
}

func (l *ledger) refuse(now unit.Time) {
	l.refusals++
	l.at(now).Refusals++
}

func (l *ledger) unserve(hour *Hour, class, home int32, why Limit) {
	l.reasons[why]++
	l.totals.Unserved++
	l.classes[class].Unserved++
	l.homes[home].Unserved++
	hour.Unserved++
}

// abandon counts a request that its session never made, in the hour of its own
// arrival in the trace.
func (l *ledger) abandon(now unit.Time, c *call, by Limit) {
	hour := l.hourOf(c.arrival)
	l.offer(hour, c.class, c.home, c.input+c.output)
	l.paused[by]++
	l.unserve(hour, c.class, c.home, Abandoned)
	l.turn(now)
}

func (l *ledger) queued(class, home int32) {
	l.totals.Queued++
	l.classes[class].Queued++
	l.homes[home].Queued++
}

func (l *ledger) inFlight(class, home int32) {
	l.totals.InFlight++
	l.classes[class].InFlight++
	l.homes[home].InFlight++
}

func (l *ledger) queuedCall(c *call)   { l.queued(c.class, c.home) }
func (l *ledger) inFlightCall(c *call) { l.inFlight(c.class, c.home) }

// hold counts the reservations of a call that the cut leaves running.
func (l *ledger) hold(p *pool, charge int64) {
	if p.limits[tpm] != nil {
		l.quota.Held += charge
	}
	if p.limits[tpd] != nil {
		l.dayQuota.Held += charge
	}
}

// keepDraft serves a request with its cascade's first answer after all.
func (l *ledger) keepDraft(now unit.Time, c *call) {
	first := l.cfg.Routing.Cascade.First
	l.served(now, now-c.arrival, c, l.cfg.Models[first].Tier, c.draftCut, c.draft)
}
