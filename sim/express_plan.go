package sim

import (
	"math"

	"quotawall/sim/cache"
	"quotawall/sim/trace"
	"quotawall/sim/unit"
)

// errand is a request on its way to its only lane: what stays the same at all
// of its attempts, and how many there were.
type errand struct {
	arrival  unit.Time
	key      uint64 // of its session in the cache
	input    int64  // tokens, in the tokenizer of the lane's model
	output   int64  // likewise, cut at max_tokens
	reserve  int64  // quota that max_tokens takes
	shared   int64  // prefix cache: what it shares with the session's last prompt
	duration unit.Time
	asked    int64 // input + uncut output, in the requested model's tokens

	read, write   int64 // without a prefix cache: what of the prompt is read from it and written to it
	track         *track
	class, sender int32
	cell          int32
	degraded      int32 // 1: the lane's model is of a lower tier than the one asked for
	attempts      int16
	cost          int16 // that its last retry took from the retry quota
	cut           bool
	hosted        bool // asks the endpoint
	falls         bool // asks its lane, after the endpoint if it asks that
}

// road is what is the same for all requests of a class for one model that ask
// another, or the same.
type road struct {
	model                 *Model
	to                    int32 // that model
	longest               int64 // prompt that the model asked takes in any case
	most                  int64 // largest max_tokens that is as the request says
	burndown              int64 // of a reserved token
	longAbove             int64 // prompts longer than that are counted in longCell
	firstToken, perToken  unit.Time
	cell, longCell, class int32 // cell: of the first account
	degraded              int32
	logged                bool // as the trace logs it, a request takes as long
	hosted                bool // the endpoint's model
}

// straightRoads lists the roads of what is asked for, by model and class; nil
// where the model is drawn.
func straightRoads(cfg *Config, roads []road, mixTo []int32) []*road {
	var all []*road
	r := &cfg.Routing
	for m := range cfg.Models {
		for c := range cfg.Classes {
			to := r.ofClass(int32(c))
			switch {
			case to != None:
			case r.Mix != nil:
				to = mixTo[m]
			default:
				to = r.ofModel(int32(m))
			}
			if to == drawn {
				all = append(all, nil)
			} else {
				all = append(all, roadTo(cfg, roads, m, c, to))
			}
		}
	}
	return all
}

// hostRoads lists the roads to the endpoint, by model and class; nil where a
// class does not ask it first.
func hostRoads(cfg *Config, roads []road) []*road {
	if cfg.Endpoint == nil {
		return nil
	}
	var all []*road
	for m := range cfg.Models {
		for c := range cfg.Classes {
			if cfg.Classes[c].SelfHosted {
				all = append(all, roadTo(cfg, roads, m, c, cfg.Endpoint.Model))
			} else {
				all = append(all, nil)
			}
		}
	}
	return all
}

// roadTo is the road to a model of what asks for another, or the same, in a class.
func roadTo(cfg *Config, roads []road, model, class int, to int32) *road {
	return &roads[(model*len(cfg.Classes)+class)*len(cfg.Models)+int(to)]
}

func newRoads(cfg *Config) []road {
	var roads []road
	for own := range cfg.Models {
		for class := range cfg.Classes {
			for to := range cfg.Models {
				roads = append(roads, newRoad(cfg, own, class, to))
			}
		}
	}
	return roads
}

func newRoad(cfg *Config, own, class, to int) road {
	o, m := &cfg.Models[own], &cfg.Models[to]
	d := road{
		model: m, to: int32(to), longest: m.longest(int32(own)), most: math.MaxInt64, burndown: 1, longAbove: math.MaxInt64,
		firstToken: m.FirstToken, perToken: m.PerToken, class: int32(class), logged: cfg.LoggedDurations && own == to, hosted: m.SelfHosted,
	}
	for _, top := range [...]int64{o.MaxOutput, m.MaxOutput} {
		if top > 0 {
			d.most = min(d.most, top)
		}
	}
	if f := m.TokensFrom; f != nil && f[own].Num != f[own].Den || cfg.Classes[class].Max > 0 {
		d.most = -1
	}
	if cfg.Quota.BurndownMax {
		d.burndown = m.Burndown
	}
	if m.LongAbove > 0 {
		d.longAbove = m.LongAbove
	}
	if m.Tier < o.Tier {
		d.degraded = 1
	}
	d.cell = int32(class*len(cfg.Lanes) + to)
	d.longCell = d.cell + int32(len(cfg.Classes)*len(cfg.Lanes))
	return d
}

// arrive is the arrival of a new request.
//
//go:noinline
func (x *express) arrive(q *trace.Request) {
	e := x.e
	model, class, home := e.modelOf[q.Model], e.classOf[q.Class], int32(q.Ordinal&x.mask)
	if !x.masked {
		home = e.homeOf(q)
	}
	e.ledger.totals.Offered++
	r := x.present
	r.arrival, r.asked, r.class, r.attempts, r.cost, r.hosted = q.At, q.Input+q.Output, class, 0, 0, false
	if x.costs[throttled] > 0 {
		r.sender = modulo(q.Session, uint64(len(x.quotas)))
	}
	wish := model*x.classes + class
	if x.host != nil {
		if d := x.toHost[wish]; d != nil && x.askHostFirst(r, q, d, model, home) {
			return
		}
	}
	d := x.straight[wish]
	if d == nil || q.Input > d.longest || d.hosted {
		if d = x.otherRoad(r, q, d, wish, model, home); d == nil {
			return
		}
	}
	lane := home * x.models
	t := &x.tracks[lane+d.to]
	if r.cell, r.degraded = lane+d.cell, d.degraded; x.measure(r, q, d, model) > d.longAbove {
		r.cell += d.longCell - d.cell
	}
	x.cached(r, q, t.domain, d.model, model)
	x.first(t, q.At)
}

// otherRoad is the road of an arrival whose model is drawn or may be too small for
// it, or is the endpoint's; nil where it is done.
//
//go:noinline
func (x *express) otherRoad(r *errand, q *trace.Request, d *road, wish, model, home int32) *road {
	if d == nil {
		d = &x.roads[wish*x.models+x.e.drawMix(model)]
	}
	if q.Input > d.longest && !x.e.fitsContext(model, d.to, q.Input) {
		d = &x.roads[wish*x.models+model]
		if !x.e.fitsContext(model, model, q.Input) {
			x.toNoLane(r, q, model, home)
			return nil
		}
	}
	if d.hosted {
		x.onlyHost(r, q, d, model, home)
		return nil
	}
	return d
}

// toNoLane is the arrival of a request whose prompt no model takes but, if that,
// the endpoint's.
//
//go:noinline
func (x *express) toNoLane(r *errand, q *trace.Request, model, home int32) {
	if r.hosted {
		x.onlyHost(r, q, x.toHost[model*x.classes+r.class], model, home)
		return
	}
	most, _ := x.e.maxOf(q, r.class)
	x.e.noteMax(q, model, most)
	x.counters.putOff(r, home)
	x.e.ledger.unserve(x.counters.hour, r.class, home, TooLong)
}

// measure sets the tokens of a request and its time, and returns its input.
func (x *express) measure(r *errand, q *trace.Request, d *road, model int32) int64 {
	r.input, r.output, r.cut = q.Input, q.Output, false
	if most := q.Max; uint64(most) <= uint64(d.most) && q.Output <= most && d.most >= 0 {
		r.reserve = most * d.burndown
	} else {
		given, exact := x.e.maxOf(q, d.class)
		x.e.noteMax(q, model, given)
		r.input = d.model.scale(model, q.Input)
		given, r.output, r.cut = d.model.answer(model, given, exact, d.model.scale(model, q.Output))
		r.reserve = x.e.reserve(d.model, given)
	}
	r.duration = d.firstToken + unit.Time(r.output)*d.perToken
	if d.logged && q.Duration >= 0 {
		r.duration = q.Duration
	}
	return r.input
}

// cached says what of a prompt is cached, where that does not change with time.
func (x *express) cached(r *errand, q *trace.Request, domain int32, m *Model, model int32) {
	if x.prefix {
		r.key = cache.SessionKey(domain, q.Session)
		if r.shared = q.Shared; r.shared > 0 {
			r.shared = m.scale(model, r.shared)
		}
		return
	}
	if c := &x.e.cfg.Cache; c.Mode != CacheOff {
		s := c.known(m, model, r.input, q.CacheRead, q.CacheWrite)
		r.read, r.write = s.Read, s.Write
	}
}

// keep keeps the present arrival, which goes on: the next one takes another number.
func (x *express) keep() {
	if n := len(x.free); n > 0 {
		x.goTo(x.free[n-1])
		x.free = x.free[:n-1]
		return
	}
	x.errands = append(x.errands, errand{})
	if x.host != nil {
		x.hosted = append(x.hosted, hosted{})
	}
	x.goTo(int32(len(x.errands) - 1))
}

// goTo gives the next arrival a number.
func (x *express) goTo(here int32) { x.here, x.present = here, &x.errands[here] }
