package scenarios

import (
	"fmt"
	"slices"
	"time"

	"quotawall/pricing"
	"quotawall/sim"
	"quotawall/sim/trace"
	"quotawall/sim/unit"
)

// Traffic is what a compilation must know of the arrivals.
type Traffic struct {
	Info    *trace.Info
	Start   time.Time
	Horizon unit.Time // unit.Never where it is not known yet
	Span    unit.Time // of the traffic to price, for price periods
	Models  []string  // names in the trace so far, the first ""
	Classes []string
	Seed    uint64
	// RightSize is max_tokens by class where client.max_tokens_quantile asks for it.
	RightSize map[string]int64
}

// Compiled is a step ready to run.
type Compiled struct {
	Config sim.Config
	// ModelOf and ClassOf bind the trace's names to aliases and classes.
	ModelOf, ClassOf []int32
	// PricedOn is the day whose prices a price period has.
	PricedOn func(period int) pricing.Date
	Notes    []string
	Unknown  []string // names in the trace that nobody knows
	// CapNotes tell by pool what is to be said of its values.
	CapNotes []CapNote
}

// CapNote is what the ruleset says of a pool.
type CapNote struct {
	RPMAdjustable, TPMAdjustable bool
	Filled                       []string
	Note                         string             // on the pool as a whole
	RPMNote, TPMNote, TPDNote    string             // on one limit of it
	Row                          pricing.Provenance // of the ruleset's values
	Applied                      bool               // the user's own values stand over them
}

// On is what is to be said of a limit of the pool.
func (n *CapNote) On(limit sim.Limit) string {
	own := map[sim.Limit]string{sim.RequestsPerMinute: n.RPMNote, sim.TokensPerMinute: n.TPMNote, sim.TokensPerDay: n.TPDNote}[limit]
	if own == "" || n.Note == "" {
		return own + n.Note
	}
	return own + "; " + n.Note
}

type alias struct {
	name  string
	spec  ModelSpec
	model pricing.Model
	scope string
}

type compiler struct {
	spec    *Spec
	cat     *pricing.Catalog
	rules   pricing.Ruleset
	traffic *Traffic
	aliases []alias
	out     *Compiled
	cfg     *sim.Config
	pools   map[poolKey]int32
	domains map[domainKey]int32
}

type poolKey struct {
	account  int
	scope    string
	model    string
	endpoint string
}

type domainKey struct {
	account int
	scope   string
	model   string
}

// Compile turns a step into flat tables for the engine. Names of the trace that
// no alias and no catalog model has are returned in Unknown.
func (s *Spec) Compile(cat *pricing.Catalog, t *Traffic) (*Compiled, error) {
	rules, err := cat.Ruleset(s.Ruleset)
	if err != nil {
		return nil, err
	}
	out := &Compiled{}
	c := &compiler{spec: s, cat: cat, rules: rules, traffic: t, out: out, cfg: &out.Config, pools: map[poolKey]int32{}, domains: map[domainKey]int32{}}
	c.findAliases()
	c.general()
	c.accounts()
	c.models()
	if err := c.lanes(); err != nil {
		return nil, err
	}
	c.classes()
	c.quota()
	c.client()
	c.caching()
	c.routing()
	c.selfHost()
	c.provisioned()
	c.queue()
	c.prices()
	c.bind()
	return out, nil
}

func (c *compiler) note(format string, args ...any) {
	line := fmt.Sprintf(format, args...)
	if !slices.Contains(c.out.Notes, line) {
		c.out.Notes = append(c.out.Notes, line)
	}
}

// findAliases lists the scenario's aliases, best first, then the catalog models
// that the trace brings.
func (c *compiler) findAliases() {
	for _, name := range sortedKeys(c.spec.Models) {
		spec := *c.spec.Models[name]
		model, _ := c.cat.Model(spec.ID)
		c.aliases = append(c.aliases, alias{name: name, spec: spec, model: model, scope: orText(spec.Scope, c.spec.Scope)})
	}
	slices.SortStableFunc(c.aliases, func(a, b alias) int { return b.tier() - a.tier() })
	for _, name := range c.traffic.Models {
		if name == "" || c.spec.Trace.Models[name] != nil || c.index(name) >= 0 {
			continue
		}
		id, _, ok := c.cat.ResolveModel(name)
		if ok && c.indexOfModel(id) < 0 {
			c.addImplicit(id)
		}
	}
	for _, id := range c.spec.mentioned() {
		if c.index(id) < 0 {
			if m, ok := c.cat.Model(id); ok && m.ID == id {
				c.addImplicit(id)
			}
		}
	}
}

func (c *compiler) addImplicit(id string) {
	model, _ := c.cat.Model(id)
	c.aliases = append(c.aliases, alias{name: id, spec: ModelSpec{ID: id}, model: model, scope: c.spec.Scope})
}

// mentioned lists the names that keys use for aliases and that may be catalog ids.
func (s *Spec) mentioned() []string {
	var out []string
	add := func(names ...string) {
		for _, n := range names {
			if n != "" && !slices.Contains(out, n) {
				out = append(out, n)
			}
		}
	}
	add(s.Trace.Model)
	for _, k := range sortedKeys(s.Trace.Models) {
		add(*s.Trace.Models[k])
	}
	for i := range s.Traffic {
		add(s.Traffic[i].Model)
		for _, x := range s.Traffic[i].Models {
			add(x.Model)
		}
	}
	for _, k := range sortedKeys(s.Routing.Map) {
		add(k, *s.Routing.Map[k])
	}
	for _, k := range sortedKeys(s.Routing.Classes) {
		add(*s.Routing.Classes[k])
	}
	add(sortedKeys(s.Routing.Mix)...)
	add(s.Routing.Fallback...)
	add(s.Routing.Classifier.Model, s.Routing.Cascade.First, s.Provisioned.Model)
	add(sortedKeys(s.Routing.Classifier.Right)...)
	return out
}

func (a alias) tier() int {
	if a.spec.Tier > 0 {
		return int(a.spec.Tier)
	}
	return a.model.Tier
}

// topAlias is the alias of the highest tier, the first by name among equals.
func (s *Spec) topAlias(cat *pricing.Catalog) string {
	best, tier := "", -1
	for _, name := range sortedKeys(s.Models) {
		m, _ := cat.Model(s.Models[name].ID)
		if t := (alias{spec: *s.Models[name], model: m}).tier(); t > tier {
			best, tier = name, t
		}
	}
	return best
}

// index is the number of an alias, -1 where there is none.
func (c *compiler) index(name string) int {
	return slices.IndexFunc(c.aliases, func(a alias) bool { return a.name == name })
}

func (c *compiler) indexOfModel(id string) int {
	return slices.IndexFunc(c.aliases, func(a alias) bool { return a.model.ID == id })
}

// number is index for names that were checked; none is sim.None.
func (c *compiler) number(name string) int32 {
	if name == "" {
		return sim.None
	}
	return int32(c.index(name))
}

func orText(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func (c *compiler) general() {
	c.cfg.Seed = c.traffic.Seed
	c.cfg.Epoch = unit.Time(c.traffic.Start.UnixMicro())
	c.cfg.Horizon = c.traffic.Horizon
	c.cfg.Drain = c.spec.Drain
	c.cfg.LoggedDurations = c.spec.Trace.Durations == "logged"
	c.cfg.Max = c.maxTokens()
}

// maxTokens is what rows get that do not say their max_tokens.
func (c *compiler) maxTokens() int64 {
	n := c.spec.Trace.MaxTokens
	if n == 0 {
		n = defaultMaxTokens
		if c.traffic.Info.MaxTokens > 0 {
			n = c.traffic.Info.MaxTokens
		}
	}
	return n
}

// defaultMaxTokens is assumed where neither trace nor scenario says (DESIGN 5).
const defaultMaxTokens = 4096

func (c *compiler) accounts() {
	a := &c.spec.Accounts
	regions := a.Regions
	if len(regions) == 0 {
		regions = []string{c.spec.Region}
	}
	for _, name := range a.names() {
		var ready unit.Time
		if t := a.Ready[name]; t != nil {
			ready = *t
		}
		for _, region := range regions {
			c.cfg.Accounts = append(c.cfg.Accounts, sim.Account{Name: name, Region: region, Ready: ready})
		}
	}
	c.cfg.Assign = map[string]sim.Assign{"sticky": sim.Sticky, "hash": sim.Hashed, "round-robin": sim.RoundRobin, "most-headroom": sim.MostHeadroom}[a.Assign]
	c.cfg.Failover = a.Failover
	if a.Gateway != "" || a.Function != "" {
		c.cfg.Gateway = &sim.Gateway{Service: a.Gateway, Function: a.Function, MemoryMB: a.FunctionMB, PerCall: a.FunctionMS}
	}
	if len(a.names()) > 1 {
		c.note("several accounts are a bridge, not a promise: AWS neither endorses nor forbids sharding to multiply quotas, and new accounts often start reduced")
	}
}

func (c *compiler) models() {
	for _, a := range c.aliases {
		c.cfg.Models = append(c.cfg.Models, c.model(a))
	}
	if c.spec.hosts() {
		h := &c.spec.SelfHost
		c.cfg.Models = append(c.cfg.Models, sim.Model{
			Alias: "self-hosted", ID: h.served(c.cat), Tier: int(h.Tier), Context: h.longest(c.cat), FirstToken: h.FirstToken, Burndown: 1, SelfHosted: true,
		})
	}
	for i := range c.aliases {
		scales, differ := make([]sim.Scale, len(c.cfg.Models)), false
		for j := range scales {
			scales[j] = sim.Scale{Num: 1, Den: 1}
			if j < len(c.aliases) {
				scales[j].Num, scales[j].Den = c.cat.TokenScale(c.aliases[j].model.ID, c.aliases[i].model.ID)
			}
			differ = differ || scales[j].Num != scales[j].Den
		}
		if differ {
			c.cfg.Models[i].TokensFrom = scales
		}
	}
}

func (c *compiler) model(a alias) sim.Model {
	m := sim.Model{
		Alias: a.name, ID: a.model.ID, Scope: a.scope, Tier: a.tier(), Context: a.model.Context, MaxOutput: a.model.MaxOutput,
		FirstToken: a.model.FirstToken, PerToken: a.model.PerToken, CacheMin: a.model.CacheMin, Burndown: a.model.Burndown,
	}
	if a.spec.FirstToken != nil {
		m.FirstToken = *a.spec.FirstToken
	}
	if a.spec.PerToken != nil {
		m.PerToken = *a.spec.PerToken
	}
	for _, x := range []struct {
		to   *int64
		from int64
	}{{&m.Context, a.spec.Context}, {&m.MaxOutput, a.spec.MaxOutput}, {&m.CacheMin, a.spec.CacheMin}, {&m.Burndown, a.spec.Burndown}} {
		if x.from > 0 {
			*x.to = x.from
		}
	}
	if a.spec.Endpoint == "mantle" {
		m.Burndown = 1
	}
	m.LongAbove = c.cat.LongAbove(a.model.ID, a.scope, c.spec.Region, c.priceDay())
	if a.model.Retired != "" && a.model.Retired <= c.priceDay() {
		c.note("%s was retired on %s: its rows stand for what it cost then", a.model.ID, a.model.Retired)
	}
	return m
}

// hosts reports whether there is an endpoint.
func (s *Spec) hosts() bool { return len(s.SelfHost.Classes) > 0 }

// priceDay is the day of the prices, or the first one.
func (c *compiler) priceDay() pricing.Date {
	switch {
	case c.spec.PricedByTraffic:
		return pricing.DateOf(c.traffic.Start)
	case c.spec.PricedOn != "":
		return c.spec.PricedOn
	}
	return c.cat.AsOf()
}
