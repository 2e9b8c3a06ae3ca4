package scenarios

import (
	"slices"

	"quotawall/pricing"
	"quotawall/sim"
	"quotawall/sim/trace"
	"quotawall/sim/unit"
)

// classes makes one class of each name in the trace; the first has none.
func (c *compiler) classes() {
	s := c.spec
	for _, name := range c.traffic.Classes {
		x := sim.Class{Name: name, Max: c.traffic.RightSize[name]}
		x.SelfHosted = slices.Contains(s.SelfHost.Classes, name)
		x.Deferrable = slices.Contains(s.Queue.Classes, name)
		x.Batch = slices.Contains(s.Queue.Batch.Classes, name)
		if t := s.Caching.TTLs[name]; t != nil && *t != s.Caching.TTL {
			x.TTL = *t
		}
		if x.Deferrable || x.Batch {
			x.Deadline = s.Queue.Deadline
		}
		if own := s.Classes[name]; own != nil {
			x.Patience = own.Patience
			if own.Deadline > 0 {
				x.Deadline = own.Deadline
			}
			if own.MaxTokens > 0 && (x.Max == 0 || own.MaxTokens < x.Max) {
				x.Max = own.MaxTokens
			}
		}
		c.cfg.Classes = append(c.cfg.Classes, x)
	}
}

// profiles maps the names of client profiles.
func profiles() map[string]sim.Profile {
	return map[string]sim.Profile{"go-v2": sim.GoV2, "aws-2026": sim.AWS2026, "botocore-legacy": sim.BotocoreLegacy,
		"botocore-standard": sim.BotocoreStandard, "adaptive": sim.Adaptive, "plain": sim.Plain, "none": sim.NoRetry}
}

func (c *compiler) client() {
	cl := &c.spec.Client
	profile := profiles()[cl.Profile]
	attempts := int(cl.Attempts)
	if attempts == 0 || profile == sim.NoRetry {
		attempts = profile.DefaultAttempts()
	}
	c.cfg.Client = sim.Client{
		Profile: profile, Attempts: attempts, Base: cl.Base, Cap: cl.Cap, Factor: cl.Factor, Patience: cl.Patience,
		Closed: c.spec.Closed(c.traffic.Info), ResumeAfter: cl.ResumeAfter, DailyAware: cl.DailyAware, RefusalLatency: cl.RefusalLatency, Instances: int(cl.Instances),
		Resume: map[string]sim.Resume{"reset": sim.ResumeReset, "never": sim.ResumeNever, "duration": sim.ResumeDuration}[cl.Resume],
	}
}

// Closed reports whether sessions wait for their answers.
func (s *Spec) Closed(info *trace.Info) bool {
	if s.Client.Loop == "" {
		return info.Dialogues
	}
	return s.Client.Loop == "closed"
}

func (c *compiler) caching() {
	x := &c.spec.Caching
	c.cfg.Cache = sim.Cache{
		Mode: map[string]sim.CacheMode{"off": sim.CacheOff, "rate": sim.CacheRate, "prefix": sim.CachePrefix, "observed": sim.CacheObserved}[x.Mode],
		TTL:  x.TTL, ReadShare: x.ReadShare, WriteShare: x.WriteShare, Loss: x.Loss,
		Readable:    map[string]sim.Readable{"first-byte": sim.FromFirstByte, "admission": sim.FromAdmission, "completion": sim.FromCompletion}[x.ReadableFrom],
		BlockTokens: c.traffic.Info.BlockTokens, BlockScope: c.traffic.Info.BlockScope,
		Checkpoints: int(x.Checkpoints), Lookback: int(x.Lookback),
	}
}

func (c *compiler) routing() {
	r := &c.spec.Routing
	out := &c.cfg.Routing
	for _, name := range r.Fallback {
		out.Fallback = append(out.Fallback, c.number(name))
	}
	out.FallUp = r.FallUp
	if r.Policy != "as-requested" && len(r.Classes) > 0 {
		out.ClassTo = slices.Repeat([]int32{sim.None}, len(c.cfg.Classes))
		for i, class := range c.cfg.Classes {
			if to := r.Classes[class.Name]; to != nil {
				out.ClassTo[i] = c.number(*to)
			}
		}
	}
	switch r.Policy {
	case "map":
		out.To = slices.Repeat([]int32{sim.None}, len(c.cfg.Models))
		for _, from := range sortedKeys(r.Map) {
			out.To[c.number(from)] = c.number(*r.Map[from])
		}
	case "mix":
		for _, name := range sortedKeys(r.Mix) {
			out.Mix = append(out.Mix, sim.MixPart{Model: c.number(name), Share: *r.Mix[name]})
		}
	case "classifier":
		out.Classifier = c.classifier()
	case "cascade":
		out.Cascade = &sim.Cascade{First: c.number(r.Cascade.First), Escalate: r.Cascade.Escalate}
	}
}

func (c *compiler) classifier() *sim.Classifier {
	x := &c.spec.Routing.Classifier
	names := sortedKeys(x.Right)
	out := &sim.Classifier{Model: c.number(x.Model), Input: x.Input, Whole: x.Whole, Output: x.Output}
	for _, name := range names {
		out.Aliases = append(out.Aliases, c.number(name))
		out.Right = append(out.Right, *x.Right[name])
		row := make([]unit.Ratio, len(names))
		for j, to := range names {
			if share := x.Confusion[name][to]; share != nil {
				row[j] = *share
			}
		}
		out.Confusion = append(out.Confusion, row)
	}
	return out
}

// served is the name of the self-hosted model.
func (h *SelfHostSpec) served(cat *pricing.Catalog) string {
	if h.Model != "" {
		return h.Model
	}
	if x, ok := cat.Curve(h.Curve); ok {
		return x.Model
	}
	return "self-hosted"
}

func (c *compiler) selfHost() {
	if !c.spec.hosts() {
		return
	}
	h := &c.spec.SelfHost
	points := h.points(c.cat)
	concurrency := h.Concurrency
	if concurrency == 0 {
		concurrency = points[len(points)-1].Concurrency
	}
	instance := h.Instance
	if x, ok := c.cat.Curve(h.Curve); ok {
		instance = orText(instance, x.Instance)
		if longest := h.longest(c.cat); x.Context > 0 && (longest == 0 || longest > x.Context) {
			c.note("selfhost.context is longer than the %d tokens of %s, which curve %s was measured with", x.Context, x.Model, x.Name)
		}
	}
	low, high := h.bounds()
	c.cfg.Endpoint = &sim.Endpoint{
		Model: int32(len(c.cfg.Models) - 1), Instance: instance, Region: c.spec.Region, Quality: h.Quality, Instances: int(h.Instances),
		Min: int(low), Max: int(high), Concurrency: int(concurrency), Curve: points, Prefill: h.prefill(points), Waiting: int(h.Waiting), Target: h.Target.Num,
		ScaleOut: h.ScaleOut, ScaleIn: h.ScaleIn, Startup: h.Startup, Overflow: h.Overflow,
	}
}

// curveContext stands for the context of the curve's model.
const curveContext = -1

// longest is the longest prompt that the endpoint takes; 0 is no bound.
func (h *SelfHostSpec) longest(cat *pricing.Catalog) int64 {
	if h.Context != curveContext {
		return h.Context
	}
	x, _ := cat.Curve(h.Curve)
	return x.Context
}

// promptsPerOutput is how many prompt tokens an instance is assumed to read in
// the time of one output token at its best concurrency. Reading is bound by
// arithmetic, writing by memory. A 7B model takes 14 GFLOP a token: half of an
// A10G's 70 TFLOPS read 2,500 a second, 8 times the 313 that were measured to be
// written; servers interleave both, so the round figure is kept.
const promptsPerOutput = 10

// prefill is the prompt tokens that an instance reads in 1,000 seconds.
func (h *SelfHostSpec) prefill(points []sim.CurvePoint) int64 {
	if h.Prefill > 0 {
		return max(1, int64(h.Prefill*1000+0.5))
	}
	var best int64
	for _, p := range points {
		best = max(best, p.Speed)
	}
	return max(1, promptsPerOutput*best)
}

// points is the serving curve, by rising concurrency.
func (h *SelfHostSpec) points(cat *pricing.Catalog) []sim.CurvePoint {
	var out []sim.CurvePoint
	if len(h.Points) > 0 {
		for _, k := range sortedKeys(h.Points) {
			n, _ := whole(1, 100_000).parse(ParseValue(k))
			out = append(out, sim.CurvePoint{Concurrency: n, Speed: int64(*h.Points[k]*1000 + 0.5)})
		}
	} else {
		x, _ := cat.Curve(h.Curve)
		for i, n := range x.Concurrency {
			out = append(out, sim.CurvePoint{Concurrency: n, Speed: x.Speed[i]})
		}
	}
	slices.SortFunc(out, func(a, b sim.CurvePoint) int { return int(a.Concurrency - b.Concurrency) })
	return out
}

func (c *compiler) provisioned() {
	p := &c.spec.Provisioned
	if p.Kind == "none" {
		return
	}
	name := orText(p.Model, c.spec.topAlias(c.cat))
	out := &sim.Provision{
		Model: c.number(name), Term: p.Term, Schedule: p.Schedule, ReserveOutput: p.ReserveOutput, BurndownOut: p.BurndownOut, BillReads: p.BillReads, Overflow: p.Kind == "reserved",
	}
	if p.Overflow != nil {
		out.Overflow = *p.Overflow
	}
	for i, a := range c.cfg.Accounts {
		if len(p.Accounts) == 0 || slices.Contains(p.Accounts, a.Name) {
			out.Accounts = append(out.Accounts, int32(i))
		}
	}
	if p.Kind == "model-units" {
		out.Lane, out.InputTPM, out.OutputTPM = unit.ModelUnits, p.Units*p.UnitInput, p.Units*p.UnitOutput
		out.Bought = []sim.Bought{{Count: p.Units}}
	} else {
		out.Lane, out.InputTPM, out.OutputTPM = unit.Reserved, p.InputTPM, p.OutputTPM
		out.Bought = []sim.Bought{{Kind: unit.Input, Count: p.InputTPM / 1000}, {Kind: unit.Output, Count: p.OutputTPM / 1000}}
	}
	c.cfg.Provisioned = out
	c.boughtTwice(out)
}

// boughtTwice tells of accounts that buy in several Regions, and at what price.
func (c *compiler) boughtTwice(p *sim.Provision) {
	names := map[string]bool{}
	for _, a := range p.Accounts {
		names[c.cfg.Accounts[a].Name] = true
	}
	if len(p.Accounts) == len(names) {
		return
	}
	var hourly float64
	model := &c.cfg.Models[p.Model]
	for _, a := range p.Accounts {
		for _, x := range p.Bought {
			rate, _, _ := c.cat.ReservedRate(model.ID, model.Scope, x.Kind, p.Term)
			if p.Lane == unit.ModelUnits {
				rate, _, _ = c.cat.UnitRate(model.ID, c.cfg.Accounts[a].Region, p.Term)
			}
			if rate.Known() {
				micro, _ := rate.MicroUSD()
				hourly += float64(micro) / 1e6 * float64(x.Count)
			}
		}
	}
	c.note("provisioned: each account has %d Regions and buys in every one: %d purchases, $%.2f a month of 730 hours in all", len(p.Accounts)/len(names), len(p.Accounts), 730*hourly)
}

func (c *compiler) queue() {
	q := &c.spec.Queue
	if len(q.Classes)+len(q.Batch.Classes) == 0 {
		return
	}
	c.cfg.Queue = &sim.Queue{
		Headroom: q.Headroom, DailyShare: q.DailyShare, Window: q.Window, Interval: q.Interval, PerMinute: q.PerMinute, Visibility: q.Visibility, Service: q.Service,
	}
	for _, name := range q.Classes {
		if i := slices.Index(c.traffic.Classes, name); i >= 0 {
			c.cfg.Queue.Order = append(c.cfg.Queue.Order, int32(i))
		}
	}
	if len(q.Batch.Classes) > 0 {
		c.cfg.Queue.Batch = &sim.Batch{Records: q.Batch.Records, Turnaround: q.Batch.Turnaround}
	}
}

// prices sets the price periods.
func (c *compiler) prices() {
	day := c.priceDay()
	c.out.PricedOn = func(int) pricing.Date { return day }
	if !c.spec.PricedByTraffic {
		return
	}
	days := []pricing.Date{day}
	ids := make([]string, len(c.aliases))
	for i, a := range c.aliases {
		ids[i] = a.model.ID
	}
	for _, t := range c.cat.Periods(ids, c.spec.Scope, c.spec.Region, c.traffic.Start, unit.Time(c.traffic.Span).At(c.traffic.Start)) {
		c.cfg.Periods = append(c.cfg.Periods, unit.Time(t.Sub(c.traffic.Start).Microseconds()))
		days = append(days, pricing.DateOf(t))
	}
	c.out.PricedOn = func(i int) pricing.Date { return days[i] }
}

// bind says which alias and class each name of the trace stands for.
func (c *compiler) bind() {
	own := c.number(orText(c.spec.Trace.Model, c.spec.topAlias(c.cat)))
	for _, name := range c.traffic.Models {
		to := c.aliasOf(name)
		switch {
		case name == "":
			to = own
		case to < 0:
			c.out.Unknown = append(c.out.Unknown, name)
			to = own
		}
		c.out.ModelOf = append(c.out.ModelOf, to)
	}
	for i := range c.traffic.Classes {
		c.out.ClassOf = append(c.out.ClassOf, int32(i))
	}
}

// aliasOf finds the alias of a model name in the trace: as mapped, by alias
// name, or by catalog model.
func (c *compiler) aliasOf(name string) int32 {
	if to := c.spec.Trace.Models[name]; to != nil {
		return c.number(*to)
	}
	if i := c.index(name); i >= 0 {
		return int32(i)
	}
	if id, _, ok := c.cat.ResolveModel(name); ok {
		return int32(c.indexOfModel(id))
	}
	return -1
}
