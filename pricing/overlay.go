package pricing

import (
	"fmt"
	"maps"
	"slices"

	"quotawall/pricing/tomlpos"
)

// Clone is a catalog of its own: overlays on it do not change c.
func (c *Catalog) Clone() *Catalog {
	out := *c
	out.sources = maps.Clone(c.sources)
	out.byName = maps.Clone(c.byName)
	return &out
}

// Overlay lays the rows of a TOML text over the catalog: where both have a row,
// the overlay's is used. name stands in mistakes; on a mistake nothing changes.
func (c *Catalog) Overlay(name, text string) error {
	return c.read(name, text, c.layers+1)
}

// ReadOverlay reads the rows of an overlay on c, models by their catalog ids,
// without laying them over it.
func (c *Catalog) ReadOverlay(name, text string) ([]Row, error) {
	rows, err := c.decode(name, text, true)
	if err != nil {
		return nil, err
	}
	return rows.Rows(""), nil
}

// modelRefs lists where rows name a model, each with its path in the file.
func (c *Catalog) modelRefs() []modelRef {
	var refs []modelRef
	add := func(table string, i int, model *string) {
		refs = append(refs, modelRef{fmt.Sprintf("%s[%d].model", table, i), model})
	}
	for i := range c.prices {
		add("price", i, &c.prices[i].Model)
	}
	for i := range c.tiers {
		add("tier", i, &c.tiers[i].Model)
	}
	for i := range c.reserved {
		add("reserved", i, &c.reserved[i].Model)
	}
	for i := range c.units {
		add("model_unit", i, &c.units[i].Model)
	}
	for i := range c.quotas {
		add("quota", i, &c.quotas[i].Model)
	}
	for i := range c.mantle {
		add("mantle", i, &c.mantle[i].Model)
	}
	for i := range c.discounts {
		add("discount", i, &c.discounts[i].Model)
	}
	for i := range c.applied {
		add("applied", i, &c.applied[i].Model)
	}
	for i, r := range c.rulesets {
		for j := range r.own {
			add(fmt.Sprintf("ruleset[%d].quota", i), j, &r.own[j].Model)
		}
	}
	return refs
}

type modelRef struct {
	path  string
	model *string
}

// Mentions reports whether a row of the catalog is for a model of this name,
// known by a [[model]] row or not (a quota for a model's 1M context, say).
func (c *Catalog) Mentions(model string) bool { return c.mentioned()[model] }

func (c *Catalog) mentioned() map[string]bool {
	out := map[string]bool{}
	for _, ref := range c.modelRefs() {
		out[*ref.model] = true
	}
	return out
}

// nameModels puts catalog ids for the names that rows give their models; a name
// that neither the rows nor the catalog know is a mistake.
func (c *Catalog) nameModels(rows *Catalog, m *tomlpos.Mistakes) {
	known := Catalog{models: slices.Concat(rows.models, c.models)}
	known.index()
	mentioned := c.mentioned()
	for _, ref := range rows.modelRefs() {
		if *ref.model == "*" || *ref.model == "" || mentioned[*ref.model] {
			continue
		}
		id, _, ok := known.ResolveModel(*ref.model)
		if !ok {
			hint := "add a [[model]] row for it"
			if near := known.Suggest(*ref.model); near != "" {
				hint = fmt.Sprintf("did you mean %q? Otherwise %s", near, hint)
			}
			m.Add(ref.path, hint, "model %q is not in the catalog", *ref.model)
			continue
		}
		*ref.model = id
	}
}

// noTwice notes rows that a file has twice, of which only the first would be
// used, and prices of one model whose intervals overlap.
func (c *Catalog) noTwice(m *tomlpos.Mistakes) {
	for _, table := range Tables() {
		seen := map[string]bool{}
		if table == "ruleset" {
			continue // its quotas refine each other
		}
		for i, row := range c.rowsOf(table) {
			if seen[row.Key] {
				m.Add(fmt.Sprintf("%s[%d]", table, i), "leave one of them out", "a second %s row for %s", table, row.Key)
			}
			seen[row.Key] = true
		}
	}
	group := map[[4]string][]Interval{}
	for i, p := range c.prices {
		key := [4]string{p.Model, p.Scope, p.Geo, p.Region}
		for _, v := range group[key] {
			if v != p.Valid && v.overlaps(p.Valid) {
				m.Add(fmt.Sprintf("price[%d]", i), "let one end where the other begins", "two prices of %s, scope %s, hold at the same time", p.Model, p.Scope)
				break
			}
		}
		group[key] = append(group[key], p.Valid)
	}
}
