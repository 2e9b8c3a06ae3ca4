package pricing

import (
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"quotawall/pricing/tomlpos"
	"quotawall/sim/unit"
)

//go:embed catalog/*.toml
var embedded embed.FS

// Catalog is everything priced and limited that the model uses.
type Catalog struct {
	sources     map[string]Source
	models      []Model
	prices      []Price
	tiers       []Tier
	reserved    []ReservedPrice
	units       []UnitPrice
	instances   []Instance
	curves      []Curve
	throughputs []Throughput
	services    []Service
	tokenizers  []TokenizerStep
	quotas      []QuotaRow
	mantle      []QuotaRow
	rulesets    []Ruleset
	discounts   []Discount
	applied     []Applied

	byName map[string]int // model ids and names to models
	// FreeTier subtracts what AWS gives free in a month from service usage.
	FreeTier bool
}

// assembled is the day the embedded rows were put together.
const assembled Date = "2026-11-23"

// Embedded reads the catalog that the program carries.
func Embedded() (*Catalog, error) {
	c := &Catalog{sources: map[string]Source{}}
	files, err := fs.Glob(embedded, "catalog/*.toml")
	if err != nil {
		return nil, err
	}
	for _, name := range files {
		text, err := embedded.ReadFile(name)
		if err != nil {
			return nil, err
		}
		if err := c.read(strings.TrimPrefix(name, "catalog/"), string(text), false); err != nil {
			return nil, err
		}
	}
	c.index()
	return c, c.checkSources()
}

// AsOf is the catalog's date: the latest day any of its rows was read, at least
// the day it was assembled.
func (c *Catalog) AsOf() Date {
	latest := assembled
	for _, p := range c.prices {
		latest = max(latest, p.AsOf)
	}
	return latest
}

// read decodes one file into the catalog; later rows stand before earlier ones
// where overlay is set.
func (c *Catalog) read(file, text string, overlay bool) error {
	tree, src, err := tomlpos.Decode(file, text)
	if err != nil {
		return err
	}
	m := &tomlpos.Mistakes{Source: src}
	d := decoder{Mistakes: m, file: file, tree: tree, into: &Catalog{sources: c.sources}}
	d.all()
	if err := m.Err(); err != nil {
		return err
	}
	c.merge(d.into, overlay)
	return nil
}

// merge adds the rows of another catalog: in front for an overlay, so that
// lookups find them first.
func (c *Catalog) merge(o *Catalog, front bool) {
	c.models = joined(c.models, o.models, front)
	c.prices = joined(c.prices, o.prices, front)
	c.tiers = joined(c.tiers, o.tiers, front)
	c.reserved = joined(c.reserved, o.reserved, front)
	c.units = joined(c.units, o.units, front)
	c.instances = joined(c.instances, o.instances, front)
	c.curves = joined(c.curves, o.curves, front)
	c.throughputs = joined(c.throughputs, o.throughputs, front)
	c.services = joined(c.services, o.services, front)
	c.tokenizers = joined(c.tokenizers, o.tokenizers, front)
	c.quotas = joined(c.quotas, o.quotas, front)
	c.mantle = joined(c.mantle, o.mantle, front)
	c.rulesets = joined(c.rulesets, o.rulesets, front)
	c.discounts = joined(c.discounts, o.discounts, front)
	c.applied = joined(c.applied, o.applied, front)
}

func joined[T any](a, b []T, front bool) []T {
	if front {
		return slices.Concat(b, a)
	}
	return slices.Concat(a, b)
}

// index builds the lookup of model names; the first row of a name wins.
func (c *Catalog) index() {
	c.byName = map[string]int{}
	add := func(name string, i int) {
		if _, taken := c.byName[name]; !taken {
			c.byName[name] = i
		}
	}
	for i, m := range c.models {
		add(m.ID, i)
		for _, n := range m.Names {
			add(n, i)
		}
	}
}

// checkSources asserts that every source id of the embedded rows is known.
func (c *Catalog) checkSources() error {
	for _, p := range c.provenances() {
		for _, id := range p.Source {
			if _, ok := c.sources[id]; !ok {
				return fmt.Errorf("%s: unknown source %q", p.From, id)
			}
		}
	}
	return nil
}

// provenances lists where every row is from.
func (c *Catalog) provenances() []Provenance {
	var ps []Provenance
	for _, r := range c.Rows("") {
		ps = append(ps, r.Provenance)
	}
	return ps
}

// SourceText is a source's address and date for print; an id nobody knows (an
// overlay's own words) stands for itself.
func (c *Catalog) SourceText(ids []string) string {
	var out []string
	for _, id := range ids {
		if s, ok := c.sources[id]; ok {
			out = append(out, s.URL+" ("+s.Date+")")
		} else {
			out = append(out, id)
		}
	}
	return strings.Join(out, "; ")
}

// Models lists the models by id, each once.
func (c *Catalog) Models() []Model {
	seen := map[string]bool{}
	var out []Model
	for _, m := range c.models {
		if !seen[m.ID] {
			seen[m.ID] = true
			out = append(out, m)
		}
	}
	slices.SortFunc(out, func(a, b Model) int { return strings.Compare(a.ID, b.ID) })
	return out
}

// Model finds a model by its id or by any name that Bedrock or a log has for it.
func (c *Catalog) Model(name string) (Model, bool) {
	id, _, ok := c.ResolveModel(name)
	if !ok {
		return Model{}, false
	}
	return c.models[c.byName[id]], true
}

// ResolveModel finds the catalog id behind a catalog id, a Bedrock model id, an
// inference-profile id or an ARN of either, and the routing scope that a
// profile's prefix tells ("geo", "global", or "" for a bare id).
func (c *Catalog) ResolveModel(name string) (id, scope string, ok bool) {
	s := name[strings.LastIndex(name, "/")+1:]
	if prefix, rest, found := strings.Cut(s, "."); found {
		switch prefix {
		case "global":
			s, scope = rest, "global"
		case "us", "eu", "apac", "au", "jp", "in", "ca", "us-gov":
			s, scope = rest, "geo"
		}
	}
	for _, candidate := range []string{s, plainName(s)} {
		if i, found := c.byName[candidate]; found {
			return c.models[i].ID, scope, true
		}
	}
	return "", "", false
}

// plainName strips the provider, the date and the version that Bedrock and
// Anthropic put around a model's name.
func plainName(s string) string {
	if _, rest, ok := strings.Cut(s, "."); ok && !strings.HasPrefix(s, "v3.") {
		s = rest
	}
	s, _, _ = strings.Cut(s, "@")
	s, _, _ = strings.Cut(s, "[")
	if i := strings.LastIndex(s, ":"); i >= 0 {
		s = s[:i]
	}
	if i := strings.LastIndex(s, "-v"); i >= 0 && digits(s[i+2:]) {
		s = s[:i]
	}
	if i := strings.LastIndex(s, "-"); i >= 0 && len(s)-i == 9 && digits(s[i+1:]) {
		s = s[:i]
	}
	return s
}

func digits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// ModelIDs lists the ids of all models.
func (c *Catalog) ModelIDs() []string {
	var ids []string
	for _, m := range c.Models() {
		ids = append(ids, m.ID)
	}
	return ids
}

// Suggest is the nearest known model id, or "".
func (c *Catalog) Suggest(name string) string { return tomlpos.Nearest(plainName(name), c.ModelIDs()) }

// TokenScale is what token counts of one model's text are multiplied by to be
// counted in another's tokenizer.
func (c *Catalog) TokenScale(from, to string) (num, den int64) {
	a, _ := c.Model(from)
	b, _ := c.Model(to)
	for _, t := range c.tokenizers {
		switch {
		case t.From == a.Tokenizer && t.To == b.Tokenizer:
			return t.Num, t.Den
		case t.To == a.Tokenizer && t.From == b.Tokenizer:
			return t.Den, t.Num
		}
	}
	return 1, 1
}

// Instance finds a SageMaker instance type.
func (c *Catalog) Instance(kind string) (Instance, bool) {
	return find(c.instances, func(i Instance) bool { return i.Type == kind })
}

// Curve finds a measured serving curve by name.
func (c *Catalog) Curve(name string) (Curve, bool) {
	return find(c.curves, func(x Curve) bool { return x.Name == name })
}

// CurveNames lists the measured serving curves.
func (c *Catalog) CurveNames() []string {
	var names []string
	for _, x := range c.curves {
		names = append(names, x.Name)
	}
	return names
}

// InstanceTypes lists the SageMaker instance types.
func (c *Catalog) InstanceTypes() []string {
	var names []string
	for _, x := range c.instances {
		names = append(names, x.Type)
	}
	return names
}

// Service finds a routing-layer price.
func (c *Catalog) Service(name string) (Service, bool) {
	return find(c.services, func(s Service) bool { return s.Name == name })
}

// Applied lists the quota values of the user's accounts, from overlays.
func (c *Catalog) Applied() []Applied { return c.applied }

func find[T any](list []T, is func(T) bool) (T, bool) {
	if i := slices.IndexFunc(list, is); i >= 0 {
		return list[i], true
	}
	return *new(T), false
}

// priceScope is the scope of a price row for a scope of the scenario.
func priceScope(scope string) string {
	if scope == "global" {
		return "global"
	}
	return "regional"
}

// Price finds the token prices of a model in a scope and Region on a day.
func (c *Catalog) Price(model, scope, region string, on Date) (Price, bool) {
	best, score := Price{}, 0
	for _, p := range c.prices {
		if p.Model != model || !p.Valid.Has(on) || p.Geo != "" && !strings.HasPrefix(region, p.Geo) {
			continue
		}
		s := 0
		switch p.Scope {
		case priceScope(scope):
			s = 2
		case "single":
			s = 1
		}
		if s > 0 && p.Geo != "" {
			s += 2
		}
		if s > score {
			best, score = p, s
		}
	}
	return best, score > 0
}

// Reserved finds the Reserved tier's price of a model.
func (c *Catalog) Reserved(model, scope string) (ReservedPrice, bool) {
	return find(c.reserved, func(r ReservedPrice) bool { return r.Model == model && r.Scope == priceScope(scope) })
}

// ModelUnit finds the price of a model unit.
func (c *Catalog) ModelUnit(model, region string) (UnitPrice, bool) {
	if u, ok := find(c.units, func(u UnitPrice) bool { return u.Model == model && u.Region == region }); ok {
		return u, true
	}
	return find(c.units, func(u UnitPrice) bool { return u.Model == model && u.Region == "any" })
}

// discounted applies an overlay's discount to a model's token rate.
func (c *Catalog) discounted(model string, r Rate) Rate {
	if d, ok := find(c.discounts, func(d Discount) bool { return d.Model == model || d.Model == "*" }); ok {
		return r.Times(d.Share.Den-d.Share.Num, d.Share.Den)
	}
	return r
}

// kinds lists the kinds of tokens a price row may have.
func kinds() []unit.Kind {
	return []unit.Kind{unit.Input, unit.Output, unit.CacheWrite5m, unit.CacheWrite1h, unit.CacheRead}
}
