package reports

import (
	"io"
	"strings"

	"quotawall/scenarios/result"
)

// WriteExplain writes where everything that a run used comes from.
func WriteExplain(w io.Writer, x *result.Explain, format string, width int, color bool) error {
	if format == "json" {
		return WriteResultJSON(w, x)
	}
	return Write(w, format, width, color, explainTables(x)...)
}

func explainTables(x *result.Explain) []*Table {
	said := NewTable("assumptions and notes", Column{Name: "what"}, Column{Name: "text", Wrap: 24})
	for _, s := range x.Assumptions {
		said.Row(Str("assumed"), Str(s))
	}
	for _, s := range x.Notes {
		said.Row(Str("note"), Str(s))
	}
	return []*Table{usedPriceTable(x), usedQuotaTable(x), usedModelTable(x), readingsTaken(x), givenTable(x), said}
}

func usedPriceTable(x *result.Explain) *Table {
	t := NewTable("prices used, catalog of "+x.CatalogAsOf,
		Column{Name: "lane"}, Column{Name: "model"}, Column{Name: "scope", Drop: 1}, Column{Name: "kind"}, Column{Name: "USD", Wrap: 12},
		Column{Name: "as of"}, Column{Name: "conf.", Drop: 2}, Column{Name: "item", Exact: true}, Column{Name: "source", Exact: true})
	for _, p := range x.Prices {
		kind := p.Kind
		if p.Band == "long" {
			kind += " (long prompts)"
		}
		price := Str(p.Price)
		if p.Note != "" {
			price = price.Note(p.Note)
		}
		t.Row(Str(p.Lane), Str(p.Model), Str(p.Scope), Str(kind), price, sourced(p.AsOf, p.Source), Str(p.Confidence), Str(p.Item), Str(p.Source))
	}
	return t
}

// sourced is a date with where it was read below the table, which no width
// drops.
func sourced(asOf, source string) Cell {
	if source == "" {
		return Str(asOf)
	}
	return Str(asOf).Note(source)
}

func usedQuotaTable(x *result.Explain) *Table {
	t := NewTable("quotas of the first step, ruleset "+x.Ruleset,
		Column{Name: "model"}, Column{Name: "account"}, Column{Name: "region", Drop: 1}, Column{Name: "scope", Drop: 2}, Column{Name: "limit"},
		Column{Name: "value", Kind: Count}, Column{Name: "ad\u00adjust\u00adable", Drop: 3}, Column{Name: "from", Wrap: 12, Drop: 4}, Column{Name: "as of"}, Column{Name: "source", Exact: true})
	for _, q := range x.Quotas {
		yes := "no"
		if q.Adjustable {
			yes = "yes"
		}
		value := Int(q.Value)
		if q.Note != "" {
			value = value.Note(q.Note)
		}
		t.Row(Str(q.Model), Str(q.Account), Str(q.Region), Str(q.Scope), Str(q.Limit), value, Str(yes), Str(q.From), sourced(q.AsOf, q.Source), Str(q.Source))
	}
	return t
}

func usedModelTable(x *result.Explain) *Table {
	t := NewTable("models, as the simulation takes them",
		Column{Name: "alias"}, Column{Name: "model"}, Column{Name: "tier", Kind: Count}, Column{Name: "context", Kind: Count, Unit: "tokens"},
		Column{Name: "max output", Kind: Count, Unit: "tokens"}, Column{Name: "cache from", Kind: Count, Unit: "tokens", Drop: 3}, Column{Name: "burndown", Kind: Count},
		Column{Name: "first token", Kind: Duration, Drop: 1}, Column{Name: "per token", Kind: Duration, Drop: 2}, Column{Name: "as of"}, Column{Name: "source", Exact: true})
	t.Note("first token and per token are assumptions of the catalog; AWS publishes none")
	for _, m := range x.Models {
		burndown := Int(m.Burndown)
		if m.Unverified != "" {
			burndown = burndown.Note(m.Unverified)
		}
		t.Row(Str(m.Alias), Str(m.Model), Int(m.Tier), Int(m.Context), Int(m.MaxOutput), Int(m.CacheMin), burndown, Num(m.FirstTokenS), Num(m.PerTokenS), sourced(m.AsOf, m.Source), Str(m.Source))
	}
	return t
}

func readingsTaken(x *result.Explain) *Table {
	t := NewTable("what AWS leaves open, and the reading taken",
		Column{Name: "id"}, Column{Name: "question", Wrap: 24}, Column{Name: "taken", Wrap: 12}, Column{Name: "key"}, Column{Name: "readings", Wrap: 16, Drop: 1})
	for _, a := range x.Ambiguities {
		t.Row(Str(a.ID), Str(a.Question), Str(a.Taken), Str(a.Key), Str(strings.Join(a.Readings, ", ")))
	}
	return t
}

func givenTable(x *result.Explain) *Table {
	t := NewTable("keys that were given", Column{Name: "key"}, Column{Name: "value", Wrap: 20}, Column{Name: "by", Wrap: 20})
	for _, k := range x.Keys {
		t.Row(Str(k.Key), Str(k.Value), Str(k.From))
	}
	return t
}
