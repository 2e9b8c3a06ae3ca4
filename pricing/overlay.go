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
	refs := slices.Concat(
		refsTo("price", c.prices, func(x *Price) *string { return &x.Model }),
		refsTo("tier", c.tiers, func(x *Tier) *string { return &x.Model }),
		refsTo("reserved", c.reserved, func(x *ReservedPrice) *string { return &x.Model }),
		refsTo("model_unit", c.units, func(x *UnitPrice) *string { return &x.Model }),
		refsTo("quota", c.quotas, func(x *QuotaRow) *string { return &x.Model }),
		refsTo("mantle", c.mantle, func(x *QuotaRow) *string { return &x.Model }),
		refsTo("discount", c.discounts, func(x *Discount) *string { return &x.Model }),
		refsTo("applied", c.applied, func(x *Applied) *string { return &x.Model }),
	)
	for i, r := range c.rulesets {
		refs = append(refs, refsTo(fmt.Sprintf("ruleset[%d].quota", i), r.own, func(q *QuotaRow) *string { return &q.Model })...)
	}
	return refs
}

// refsTo lists where the rows of a table name a model.
func refsTo[T any](table string, rows []T, model func(*T) *string) []modelRef {
	refs := make([]modelRef, len(rows))
	for i := range rows {
		refs[i] = modelRef{fmt.Sprintf("%s[%d].model", table, i), model(&rows[i])}
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
// used, and prices of one model whose intervals overlap. Rows that are partial
// may be anything.
func (c *Catalog) noTwice(m *tomlpos.Mistakes, partial map[string]bool) {
	for _, table := range Tables() {
		seen := map[string]bool{}
		if table == "ruleset" {
			continue // its quotas refine each other
		}
		for i, row := range c.rowsOf(table) {
			path := fmt.Sprintf("%s[%d]", table, i)
			if partial[path] {
				continue
			}
			if seen[row.Key] {
				m.Add(path, "leave one of them out", "a second %s row for %s", table, row.Key)
			}
			seen[row.Key] = true
		}
	}
	c.noOverlap(m, partial)
}

func (c *Catalog) noOverlap(m *tomlpos.Mistakes, partial map[string]bool) {
	group := map[[4]string][]Interval{}
	for i, p := range c.prices {
		path, key := fmt.Sprintf("price[%d]", i), [4]string{p.Model, p.Scope, p.Geo, p.Region}
		if partial[path] {
			continue
		}
		if slices.ContainsFunc(group[key], func(v Interval) bool { return v != p.Valid && v.overlaps(p.Valid) }) {
			m.Add(path, "let one end where the other begins", "two prices of %s, scope %s, hold at the same time", p.Model, p.Scope)
		}
		group[key] = append(group[key], p.Valid)
	}
}
