package pricing

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"quotawall/sim/unit"
)

// gap is a price that a bill needs and the catalog does not have.
type gap struct {
	what string
	row  string // the row that would fill it, in TOML
}

// listedGaps is how many gaps an error spells out before it only counts them.
const listedGaps = 5

// err joins what could not be priced, or is nil.
func (b *biller) err() error {
	var parts []string
	for i, g := range b.gaps {
		if i == listedGaps {
			parts = append(parts, fmt.Sprintf("and %d more missing prices", len(b.gaps)-i))
			break
		}
		text := g.what + "\n  add this row to an overlay and name it with --catalog FILE:"
		for line := range strings.Lines(g.row) {
			text += "\n    " + strings.TrimSuffix(line, "\n")
		}
		parts = append(parts, text)
	}
	parts = append(parts, b.wrong...)
	if len(parts) == 0 {
		return nil
	}
	return errors.New(strings.Join(parts, "\n"))
}

// missing notes a gap once, however many lines fall into it.
func (b *biller) missing(u unit.Usage, row *rowOf) (priced, bool) {
	row.AsOf, row.Source = b.on(u.Period), []string{"where you read it"}
	g := gap{what: b.describe(u), row: row.TOML()}
	for _, known := range b.gaps {
		if known.row == g.row {
			return priced{}, false
		}
	}
	b.gaps = append(b.gaps, g)
	return priced{}, false
}

func (b *biller) describe(u unit.Usage) string {
	what := string(u.Item)
	switch u.Item {
	case unit.Tokens:
		what = string(u.Kind) + " tokens"
		if u.Band == unit.Long {
			what += " of long prompts"
		}
		if u.Lane == unit.Batch {
			what = "batch " + what
		}
	case unit.ReservedHours:
		what = fmt.Sprintf("reserved %s capacity (%s)", u.Kind, u.Term)
	case unit.UnitHours:
		what = fmt.Sprintf("model units (%s)", u.Term)
	}
	text := fmt.Sprintf("no price for %s of %s in %s", what, u.Model, u.Region)
	if u.Scope != "" {
		text += ", scope " + u.Scope
	}
	text += ", on " + string(b.on(u.Period))
	if first := b.catalog.firstPriced(u, b.on(u.Period)); first != "" {
		text += "; the first that the catalog knows holds from " + string(first)
	}
	return text
}

// early notes, once a model and day, a usage of a model before its release.
func (b *biller) early(u unit.Usage) bool {
	m, ok := b.catalog.Model(u.Model)
	day := b.on(u.Period)
	if !ok || day >= m.Released {
		return false
	}
	text := fmt.Sprintf("%s has no price on %s: it was released on %s (%s)\n  set priced_on to %s or later, or leave it out for the catalog's date, %s",
		m.ID, day, m.Released, m.From, m.Released, b.catalog.AsOf())
	if !slices.Contains(b.wrong, text) {
		b.wrong = append(b.wrong, text)
	}
	return true
}

// firstPriced is the first day after another on which a row prices a kind of
// token, "" where none does.
func (c *Catalog) firstPriced(u unit.Usage, after Date) (first Date) {
	for _, i := range c.pricesOf[u.Model] {
		p := &c.prices[i]
		from := p.Valid.From
		if u.Item == unit.Tokens && from > after && (first == "" || from < first) && p.rank(u.Scope, u.Region, from) > 0 && p.rates(u.Band)[u.Kind].Known() {
			first = from
		}
	}
	return first
}

// blank is a price that the reader has to fill in.
func (r *rowOf) blank(name, what string) *rowOf {
	return r.add(name, "", fmt.Sprintf("%q # US dollars %s", "...", what))
}

func priceGap(u unit.Usage) *rowOf {
	key := string(u.Kind)
	if u.Band == unit.Long {
		key = "long_" + key
	}
	return newRow("price", Provenance{}).text("model", u.Model).text("scope", priceScope(u.Scope)).blank(key, "per million tokens")
}

func batchGap(u unit.Usage) *rowOf {
	return newRow("tier", Provenance{}).text("model", u.Model).text("tier", "batch").
		blank("input", "per million tokens").blank("output", "per million tokens")
}

func instanceGap(u unit.Usage) *rowOf {
	return newRow("instance", Provenance{}).text("type", u.Model).text("region", u.Region).blank("usd_per_hour", "an hour")
}

func modelUnitGap(u unit.Usage) *rowOf {
	r := newRow("model_unit", Provenance{}).text("model", u.Model).text("region", u.Region)
	for _, t := range unitTerms() {
		if t.name == u.Term {
			return r.blank(t.key, "a model unit and hour")
		}
	}
	return r
}

// MissingModelUnit is the row, in TOML, that would give model units of a model
// their price for a term.
func (c *Catalog) MissingModelUnit(model, region, term string) string {
	r := modelUnitGap(unit.Usage{Model: model, Region: region, Term: term})
	r.AsOf, r.Source = c.AsOf(), []string{"where you read it"}
	return r.TOML()
}

func reservedGap(u unit.Usage) *rowOf {
	r := newRow("reserved", Provenance{}).text("model", u.Model).text("scope", priceScope(u.Scope))
	for _, t := range reservedTerms() {
		if t.name == u.Term {
			r.blank(string(u.Kind)+t.key, "an hour for 1,000 tokens a minute")
		}
	}
	return r
}

func serviceGap(u unit.Usage) *rowOf {
	return newRow("service", Provenance{}).text("name", u.Model).text("region", u.Region).blank("usd", "per million").number("per", million)
}
