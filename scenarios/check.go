package scenarios

import (
	"fmt"
	"slices"
	"strings"

	"quotawall/pricing"
	"quotawall/sim/nearest"
	"quotawall/sim/trace/synth"
	"quotawall/sim/unit"
)

// check looks at what keys say together, and at the names they use. It fills in
// the models of a scenario that names none.
func (s *Spec) check(m *mistakes, cat *pricing.Catalog) {
	if len(s.Models) == 0 {
		s.Models = map[string]*ModelSpec{
			"frontier": {ID: "claude-opus-4-6"}, "balanced": {ID: "claude-sonnet-4-6"}, "fast": {ID: "claude-haiku-4-5"},
		}
	}
	if _, err := cat.Ruleset(s.Ruleset); err != nil {
		m.at("ruleset", "", "%v", err)
	}
	c := checker{s, m, cat}
	c.regions()
	c.models()
	c.traffic()
	c.routing()
	c.accounts()
	c.selfHost()
	c.provisioned()
	c.queue()
	c.quota()
	c.classes()
}

type checker struct {
	s   *Spec
	m   *mistakes
	cat *pricing.Catalog
}

// regions checks that every source Region exists: its prices and quotas would
// otherwise be another's.
func (c checker) regions() {
	known := c.cat.RegionIDs()
	check := func(at, region string) {
		if slices.Contains(known, region) {
			return
		}
		hint := nearest.DidYouMean(region, known)
		if hint == "" {
			hint = "as in us-east-1; 'quotawall catalog list regions' lists them"
		}
		c.m.at(at, hint+"; an overlay (--catalog FILE) can add one", "%s: unknown Region %q", at, region)
	}
	check("region", c.s.Region)
	for _, region := range c.s.Accounts.Regions {
		check("accounts.regions", region)
	}
	for i, x := range c.s.Quota.Applied {
		if x.Region != "*" {
			check(fmt.Sprintf("quota.applied[%d].region", i), x.Region)
		}
	}
}

func (c checker) models() {
	for _, name := range sortedKeys(c.s.Models) {
		at := "models." + name
		id := c.s.Models[name].ID
		if id == "" {
			c.m.at(at, `add id = "claude-opus-4-6", or another id of 'quotawall catalog list models'`, "%s has no id", at)
			continue
		}
		c.catalogModel(at+".id", id)
	}
}

func (c checker) catalogModel(at, id string) {
	if _, ok := c.cat.Model(id); !ok {
		hint := "'quotawall catalog list models' lists them; an overlay (--catalog FILE) can add one"
		if near := c.cat.Suggest(id); near != "" {
			hint = fmt.Sprintf("did you mean %q? %s", near, hint)
		}
		c.m.at(at, hint, "unknown model %q", id)
	}
}

// alias checks that a name is an alias, or a catalog id that a trace may bring.
func (c checker) alias(at, name string) {
	if _, ok := c.s.Models[name]; ok {
		return
	}
	if m, ok := c.cat.Model(name); ok && m.ID == name {
		return
	}
	known := sortedKeys(c.s.Models)
	hint := nearest.DidYouMean(name, known)
	if hint == "" {
		hint = "aliases: " + strings.Join(known, ", ")
	}
	c.m.at(at, hint, "%s: no alias %q", at, name)
}

func (c checker) traffic() {
	t := &c.s.Trace
	if t.File == "" && len(c.s.Traffic) == 0 {
		at := "trace.file"
		if _, given := c.m.s.tree["traffic"]; given {
			at = "traffic"
		}
		c.m.at(at, "give [trace] file = ..., --trace FILE, or [[traffic]] blocks", "the scenario has no traffic")
	}
	if t.File != "" && len(c.s.Traffic) > 0 {
		c.m.at("traffic", "leave one of the two out", "the scenario has both a trace and [[traffic]]")
	}
	if t.Model != "" {
		c.alias("trace.model", t.Model)
	}
	for _, name := range sortedKeys(t.Models) {
		c.alias("trace.models."+name, *t.Models[name])
	}
	if t.Keep.Num == 0 {
		c.m.at("trace.keep", "", "trace.keep is 0: nothing would be replayed")
	}
	c.workloads()
	if t.Repeat == RepeatFill && c.s.Horizon == 0 {
		c.m.at("trace.repeat", `add horizon = "1d"`, `trace.repeat = "fill" needs a horizon to fill`)
	}
}

// workloads checks each class of the traffic, where its keys could be read.
func (c checker) workloads() {
	for i := range c.s.Traffic {
		w := &c.s.Traffic[i]
		at := fmt.Sprintf("traffic[%d]", i)
		if !c.m.within(at) {
			for _, what := range synth.Mistakes(c.s.Traffic, i) {
				_, field, _ := strings.Cut(what, ": ")
				field, _, _ = strings.Cut(strings.ReplaceAll(field, ":", " "), " ")
				c.m.at(at+"."+field, "", "%s", what)
			}
		}
		if w.Model != "" {
			c.alias(at+".model", w.Model)
		}
		for _, x := range w.Models {
			c.alias(at+".models", x.Model)
		}
	}
}

func (c checker) routing() {
	r := &c.s.Routing
	for _, name := range sortedKeys(r.Map) {
		c.alias("routing.map."+name, name)
		c.alias("routing.map."+name, *r.Map[name])
	}
	for _, name := range sortedKeys(r.Classes) {
		c.alias("routing.classes."+name, *r.Classes[name])
	}
	for _, name := range r.Fallback {
		c.alias("routing.fallback", name)
	}
	c.mix("routing.mix", r.Mix, r.Policy == "mix")
	switch r.Policy {
	case "map":
		if len(r.Map)+len(r.Classes) == 0 {
			c.m.at("routing.policy", `add map = { frontier = "balanced" } or [routing.classes]`, `routing.policy is "map" and nothing is mapped`)
		}
	case "classifier":
		c.alias("routing.classifier.model", r.Classifier.Model)
		c.mix("routing.classifier.right", r.Classifier.Right, true)
		for _, from := range sortedKeys(r.Classifier.Confusion) {
			c.atMostOne("routing.classifier.confusion."+from, r.Classifier.Confusion[from])
		}
	case "cascade":
		c.alias("routing.cascade.first", r.Cascade.First)
	}
}

// mix checks that shares by alias add up to exactly 1.
func (c checker) mix(at string, mix map[string]*unit.Ratio, needed bool) {
	if len(mix) == 0 {
		if needed {
			c.m.at(at, `write { frontier = "10%", balanced = "90%" }`, "%s is missing", at)
		}
		return
	}
	var parts []string
	var shares []unit.Ratio
	for _, name := range sortedKeys(mix) {
		c.alias(at+"."+name, name)
		parts = append(parts, name+" "+mix[name].String())
		shares = append(shares, *mix[name])
	}
	if sum, one := unit.Sum(shares...); !one {
		c.m.at(at, strings.Join(parts, " + "), "%s sums to %s, want exactly 1", at, sum)
	}
}

func (c checker) atMostOne(at string, row map[string]*unit.Ratio) {
	sum := 0.0
	for _, name := range sortedKeys(row) {
		c.alias(at+"."+name, name)
		sum += row[name].Float()
	}
	if sum > 1+1e-12 {
		c.m.at(at, "", "%s sums to more than 1", at)
	}
}

func (c checker) accounts() {
	a := &c.s.Accounts
	if len(a.Names) > maxAccounts || int64(max(1, len(a.Names)))*int64(max(1, len(a.Regions))) > maxAccounts {
		c.m.at("accounts.names", "", "more than %d accounts and Regions", maxAccounts)
	}
	names := a.names()
	for _, name := range sortedKeys(a.Ready) {
		c.member("accounts.ready."+name, "account", name, names)
	}
	for _, row := range []struct{ at, name string }{{"accounts.gateway", a.Gateway}, {"accounts.function", a.Function}, {"queue.service", c.s.Queue.Service}} {
		if row.name != "" {
			if _, ok := c.cat.Service(row.name); !ok {
				c.m.at(row.at, "'quotawall catalog list services' lists them", "%s: no price row %q", row.at, row.name)
			}
		}
	}
	for _, name := range c.s.Provisioned.Accounts {
		c.member("provisioned.accounts", "account", name, names)
	}
}

func (c checker) member(at, what, name string, known []string) {
	if !slices.Contains(known, name) {
		hint := nearest.DidYouMean(name, known)
		if hint == "" && len(known) <= 20 {
			hint = "known: " + strings.Join(known, ", ")
		}
		c.m.at(at, hint, "%s: no %s %q", at, what, name)
	}
}

// names lists the accounts.
func (a *AccountsSpec) names() []string {
	if len(a.Names) > 0 {
		return a.Names
	}
	out := make([]string, a.Count)
	for i := range out {
		out[i] = fmt.Sprintf("a%d", i)
	}
	return out
}

func (c checker) selfHost() {
	h := &c.s.SelfHost
	if len(h.Classes) == 0 {
		return
	}
	switch _, known := c.cat.Curve(h.Curve); {
	case h.Curve == "" && len(h.Points) == 0:
		c.m.at("selfhost", "'quotawall catalog list curves' lists the measured ones", "selfhost needs a curve, or points of your own")
	case h.Curve != "" && !known:
		c.m.at("selfhost.curve", hintOf(h.Curve, c.cat.CurveNames()), "unknown serving curve %q", h.Curve)
	case h.Curve == "" && h.Instance == "":
		c.m.at("selfhost", `add instance = "ml.g5.2xlarge"`, "selfhost.points need an instance type for the bill")
	}
	for _, p := range sortedKeys(h.Points) {
		if _, err := whole(1, 100_000).parse(ParseValue(p)); err != nil {
			c.m.at("selfhost.points."+p, `write points = { "1" = 32.4, "10" = 220 }`, "concurrency %v", err)
		}
	}
	if _, ok := c.cat.Instance(h.Instance); h.Instance != "" && !ok {
		c.m.at("selfhost.instance", hintOf(h.Instance, c.cat.InstanceTypes()), "unknown instance type %q", h.Instance)
	}
	if low, high := h.bounds(); low > high || h.Instances < low || h.Instances > high {
		c.m.at("selfhost.instances", "", "selfhost: %d instances are not between min %d and max %d", h.Instances, low, high)
	}
}

func hintOf(name string, known []string) string {
	if hint := nearest.DidYouMean(name, known); hint != "" {
		return hint
	}
	return "known: " + strings.Join(known, ", ")
}

// bounds are the fewest and the most instances.
func (h *SelfHostSpec) bounds() (low, high int64) {
	low, high = h.Min, h.Max
	if low < 0 {
		low = min(h.Instances, max(high, h.Instances))
	}
	if high < 0 {
		high = max(h.Instances, low)
	}
	return low, high
}

func (c checker) queue() {
	q := &c.s.Queue
	for _, name := range q.Batch.Classes {
		if slices.Contains(q.Classes, name) {
			c.m.at("queue.batch.classes", "leave it in one of the two", "class %q is both queued and sent to the batch API", name)
		}
	}
}

func (c checker) quota() {
	for i, a := range c.s.Quota.Applied {
		if a.Model != "*" {
			c.quotaModel(fmt.Sprintf("quota.applied[%d].model", i), a.Model)
		}
	}
	for i, x := range c.s.Quota.Increase {
		at := fmt.Sprintf("quota.increase[%d]", i)
		if x.Model == "" {
			c.m.at(at, "", "%s has no model", at)
			continue
		}
		c.quotaModel(at+".model", x.Model)
	}
}

func (c checker) quotaModel(at, name string) {
	if _, ok := c.s.Models[name]; !ok {
		c.catalogModel(at, name)
	}
}
