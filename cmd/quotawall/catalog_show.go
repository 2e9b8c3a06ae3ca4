package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"quotawall/pricing"
	"quotawall/reports"
)

func newCatalogShowCmd(a *app) *cobra.Command {
	var doc document
	var overlays []string
	cmd := &cobra.Command{
		Use:   "show [model|ruleset|instance|curve|service] NAME",
		Short: "Show all that the catalog has on a model, a ruleset, an instance, a curve or a service",
		Long: `Show all rows on one thing with their sources. NAME is the catalog's or any that Bedrock has for a model; without a word
before it, it is looked for among models, rulesets, instances, curves and services.`,
		Args:    takes(1, 2),
		Example: "  quotawall catalog show claude-opus-4-6\n  quotawall catalog show ruleset seed-2026\n  quotawall catalog show us.anthropic.claude-haiku-4-5-20251001-v1:0 --format json",
		RunE: func(_ *cobra.Command, args []string) error {
			cat, paths, err := a.catalog(overlays)
			if err != nil {
				return err
			}
			tables, err := showTables(cat, args)
			if err != nil {
				return bad(err)
			}
			return a.tables(&doc, paths, tables...)
		},
	}
	addCatalogFlag(cmd, &overlays)
	addDocument(cmd, &doc, tableFormats()...)
	return cmd
}

// showable are the kinds of things that can be shown, in the order they are looked for.
func showable() []string { return []string{"model", "ruleset", "instance", "curve", "service"} }

// nameFields are the fields in which things that can be shown have their names.
func nameFields() map[string]string {
	return map[string]string{"model": "id", "ruleset": "name", "instance": "type", "curve": "name", "service": "name"}
}

func showTables(cat *pricing.Catalog, args []string) ([]*reports.Table, error) {
	kinds, name := showable(), args[len(args)-1]
	if len(args) == 2 {
		if !slices.Contains(kinds, args[0]) {
			return nil, fmt.Errorf("%q cannot be shown\n  one of %s", args[0], strings.Join(kinds, ", "))
		}
		kinds = args[:1]
	}
	for _, kind := range kinds {
		if tables := showOne(cat, kind, name); tables != nil {
			return tables, nil
		}
	}
	err := fmt.Errorf("the catalog has no %s %q\n  see 'quotawall catalog list'", strings.Join(kinds, ", "), name)
	if near := cat.Suggest(name); near != "" && slices.Contains(kinds, "model") {
		err = fmt.Errorf("%w\n  did you mean %q?", err, near)
	} else if _, e := cat.Ruleset(name); len(kinds) == 1 && kinds[0] == "ruleset" {
		err = e
	}
	return nil, err
}

// showOne is what there is on one thing, nil where there is no such thing.
func showOne(cat *pricing.Catalog, kind, name string) []*reports.Table {
	switch kind {
	case "model":
		return showModel(cat, name)
	case "ruleset":
		return showRuleset(cat, name)
	}
	rows := matching(cat.Rows(kind), nameFields()[kind], name)
	if len(rows) == 0 {
		return nil
	}
	var tables []*reports.Table
	for _, row := range rows {
		tables = append(tables, fieldTable(kind+" "+name, row))
	}
	return append(tables, usedSources(cat, rows))
}

func matching(rows []pricing.Row, field, value string) []pricing.Row {
	return slices.DeleteFunc(slices.Clone(rows), func(r pricing.Row) bool { return r.Get(field) != value })
}

// fieldTable prints one row, a field a line.
func fieldTable(title string, row pricing.Row) *reports.Table {
	t := reports.NewTable(title, reports.Column{Name: "field"}, reports.Column{Name: "value", Wrap: 24})
	for _, f := range row.Fields {
		t.Row(reports.Str(f.Name), reports.Str(f.Text))
	}
	t.Row(reports.Str("as_of"), reports.Str(string(row.AsOf)))
	for _, x := range [][2]string{{"confidence", row.Confidence}, {"source", sourceIDs(row)}, {"note", row.Note}, {"from", row.From}} {
		if x[1] != "" {
			t.Row(reports.Str(x[0]), reports.Str(x[1]))
		}
	}
	return t
}

func showModel(cat *pricing.Catalog, name string) []*reports.Table {
	id, _, ok := cat.ResolveModel(name)
	if !ok {
		return nil
	}
	models := matching(cat.Rows("model"), "id", id)
	tables, all := []*reports.Table{fieldTable("model "+id, models[0])}, slices.Clone(models[:1])
	for _, name := range []string{"prices", "tiers", "reserved", "units", "quotas", "mantle", "applied"} {
		l, _ := listingOf(name)
		rows := matching(cat.Rows(l.table), "model", id)
		if len(rows) == 0 {
			continue
		}
		t := l.of(rows)
		t.Note(l.note)
		tables, all = append(tables, t), append(all, rows...)
	}
	if t := longTable(cat, id); t != nil {
		tables = append(tables, t)
	}
	return append(tables, usedSources(cat, all))
}

// longTable prints the prices of long prompts, nil where they have none of their own.
func longTable(cat *pricing.Catalog, id string) *reports.Table {
	l := listing{name: "prices of long prompts", cols: []reports.Column{
		words("scope", "scope", 0), number("long_above", "above tokens", 0), dollars("long_input", "input", perMTok), dollars("long_output", "output", perMTok),
		dollars("long_cache_write_5m", "write 5m", perMTok), dollars("long_cache_write_1h", "write 1h", perMTok), dollars("long_cache_read", "read", perMTok)}}
	rows := slices.DeleteFunc(matching(cat.Rows("price"), "model", id), func(r pricing.Row) bool { return r.Get("long_above") == "" })
	if len(rows) == 0 {
		return nil
	}
	t := l.of(rows)
	t.Note("the whole request is repriced where its prompt, cached parts included, is longer")
	return t
}

func showRuleset(cat *pricing.Catalog, name string) []*reports.Table {
	r, err := cat.Ruleset(name)
	if err != nil {
		return nil
	}
	l, _ := listingOf("quotas")
	t := reports.NewTable("quotas of "+name, reports.Column{Name: "model"}, reports.Column{Name: "scope"},
		limit("rpm", "requests a minute"), limit("tpm", "tokens a minute"), limit("tpd", "tokens a day"),
		reports.Column{Name: "as of", Drop: 1}, reports.Column{Name: "source", Exact: true})
	rows := []pricing.Row{r.Row()}
	for _, q := range r.Rows() {
		row := q.Row()
		cell := func(limit string) reports.Cell {
			text := row.Get(limit)
			c := fieldCell(text, reports.Count)
			if slices.Contains(q.Filled, limit) && text != "" {
				c = c.Note("not in the ruleset's source: the published default")
			}
			if note := row.Get(limit + "_note"); note != "" {
				c = c.Note(note)
			}
			return c
		}
		t.Row(reports.Str(q.Model), reports.Str(cmp.Or(q.Scope, "*")), cell("rpm"), cell("tpm"), cell("tpd"),
			reports.Str(string(q.AsOf)), reports.Str(sourceIDs(row)))
		rows = append(rows, row)
	}
	t.Note(l.note)
	t.Note("none: no such limit; -: no value is known")
	return []*reports.Table{fieldTable("ruleset "+name, rows[0]), t, usedSources(cat, rows)}
}

// usedSources lists the sources that rows name, each once, in order of id.
func usedSources(cat *pricing.Catalog, rows []pricing.Row) *reports.Table {
	used := map[string]bool{}
	for _, r := range rows {
		for _, id := range r.Source {
			used[id] = true
		}
	}
	list := slices.DeleteFunc(cat.Sources(), func(s pricing.Source) bool {
		defer delete(used, s.ID)
		return !used[s.ID]
	})
	t := sourceTable("sources of these rows", list)
	var own []string
	for id := range used {
		own = append(own, id)
	}
	slices.Sort(own)
	for _, id := range own {
		t.Row(reports.Str(id), reports.None(), reports.Str("as an overlay names it"), reports.None())
	}
	return t
}
