package pricing

import (
	"embed"
	"errors"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"

	"quotawall/pricing/tomlpos"
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
	scaling     []Autoscaling
	plans       []SavingsPlan
	regions     []Regions

	byName   map[string]int   // model ids and names to models
	pricesOf map[string][]int // model ids to prices
	layers   int              // overlays read so far
	// FreeTier subtracts what AWS gives free in a month from service usage.
	FreeTier bool
}

// assembled is the day the embedded rows were put together.
const assembled Date = "2026-11-23"

// Embedded reads the catalog that the program carries. That no row of it is there
// twice and every source is known is for a test to tell, not for every start.
func Embedded() (*Catalog, error) {
	files, err := fs.Glob(embedded, "catalog/*.toml")
	if err != nil {
		return nil, err
	}
	c := &Catalog{sources: map[string]Source{}}
	parts, errs := make([]*Catalog, len(files)), make([]error, len(files))
	var decoding sync.WaitGroup
	for i, name := range files {
		decoding.Go(func() {
			var text []byte
			if text, errs[i] = embedded.ReadFile(name); errs[i] == nil {
				parts[i], errs[i] = c.decode(strings.TrimPrefix(name, "catalog/"), string(text), false)
			}
		})
	}
	decoding.Wait()
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	for _, part := range parts {
		c.merge(part, false)
	}
	c.index()
	return c, nil
}

// AsOf is the catalog's date: the latest day any of its rows was read, at least
// the day it was assembled.
func (c *Catalog) AsOf() Date {
	latest := assembled
	for _, r := range c.prices {
		latest = max(latest, r.AsOf)
	}
	return latest
}

// read decodes a file of an overlay: its rows go in front of those there are, so
// that lookups find them first.
func (c *Catalog) read(file, text string, layer int) error {
	rows, err := c.decode(file, text, true)
	if err != nil {
		return err
	}
	for i := range rows.prices {
		rows.prices[i].layer = layer
	}
	c.merge(rows, true)
	c.layers = max(c.layers, layer)
	c.index()
	return nil
}

// decode reads one file into rows of their own.
func (c *Catalog) decode(file, text string, overlay bool) (*Catalog, error) {
	tree, src, err := tomlpos.Decode(file, text)
	if err != nil {
		return nil, err
	}
	m := &tomlpos.Mistakes{Source: src}
	d := decoder{Mistakes: m, file: file, lays: overlay, tree: tree, into: &Catalog{sources: map[string]Source{}}, partial: map[string]bool{}}
	d.all()
	if overlay {
		c.nameModels(d.into, m)
		d.into.noTwice(m, d.partial)
	}
	return d.into, m.Err()
}

// merge adds the rows of another catalog.
func (c *Catalog) merge(o *Catalog, front bool) {
	maps.Copy(c.sources, o.sources)
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
	c.scaling = joined(c.scaling, o.scaling, front)
	c.plans = joined(c.plans, o.plans, front)
	c.regions = joined(c.regions, o.regions, front)
}

func joined[T any](a, b []T, front bool) []T {
	switch {
	case len(a) == 0:
		return b
	case len(b) == 0:
		return a
	case front:
		return slices.Concat(b, a)
	}
	return slices.Concat(a, b)
}

// index builds the lookups of model names, where the first row of a name wins,
// and of the price rows of a model.
func (c *Catalog) index() {
	c.byName = make(map[string]int, 4*len(c.models))
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
	c.pricesOf = make(map[string][]int, len(c.models))
	for i := range c.prices {
		model := c.prices[i].Model
		c.pricesOf[model] = append(c.pricesOf[model], i)
	}
}

// SourceText is a source's address and date for print; an id nobody knows (an
// overlay's own words) stands for itself.
func (c *Catalog) SourceText(ids []string) string {
	out := make([]string, len(ids))
	for i, id := range ids {
		if s, ok := c.sources[id]; ok {
			out[i] = s.text
		} else {
			out[i] = id
		}
	}
	return strings.Join(out, "; ")
}
