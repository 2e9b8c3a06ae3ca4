package main

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"quotawall/pricing"
	"quotawall/reports"
)

func newCatalogCmd(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "catalog",
		Short: "List, show, check, import and compare prices, quotas and models",
		Args:  takes(0, 0),
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newCatalogListCmd(a), newCatalogShowCmd(a), newCatalogCheckCmd(a), newCatalogImportCmd(a), newCatalogDiffCmd(a))
	return cmd
}

func newCatalogListCmd(a *app) *cobra.Command {
	var doc document
	var overlays []string
	cmd := &cobra.Command{
		Use:   "list [" + strings.Join(listingNames(), "|") + "]",
		Short: "List the rows of one table of the catalog (default: models)",
		Long: `List the rows of one table: what it says, the day it was read, how sure it is and the ids of its sources
('quotawall catalog list sources'). Rows of overlays stand first and are found first.`,
		Args:    takes(0, 1),
		Example: "  quotawall catalog list\n  quotawall catalog list prices --format csv\n  quotawall catalog list quotas --catalog mine.toml",
		RunE: func(_ *cobra.Command, args []string) error {
			name := "models"
			if len(args) > 0 {
				name = args[0]
			}
			cat, paths, err := a.catalog(overlays)
			if err != nil {
				return err
			}
			if name == "sources" {
				return a.tables(&doc, paths, sourceTable("sources", cat.Sources()))
			}
			l, ok := listingOf(name)
			if !ok {
				return bad(fmt.Errorf("there is no list of %q\n  lists: %s", name, strings.Join(listingNames(), ", ")))
			}
			t := l.of(cat.Rows(l.table))
			t.Notef("catalog of %s; %s", cat.AsOf(), l.note)
			return a.tables(&doc, paths, t)
		},
	}
	addCatalogFlag(cmd, &overlays)
	addDocument(cmd, &doc, tableFormats()...)
	return cmd
}

func newCatalogCheckCmd(a *app) *cobra.Command {
	var doc document
	var overlays []string
	var on string
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Warn of rows that are old, unconfirmed, or of models out of service",
		Long: `Warn of rows that were read more than 90 days before a day, of models out of service then, of rows and fields that no
public text confirms, and of models that nothing prices. Warnings are data: the exit code is 0.`,
		Args:    takes(0, 0),
		Example: "  quotawall catalog check\n  quotawall catalog check --on 2027-03-01 --format csv",
		RunE: func(*cobra.Command, []string) error {
			day, err := pricing.ParseDate(cmp.Or(on, string(pricing.DateOf(a.now()))))
			if err != nil {
				return bad(fmt.Errorf("--on: %w", err))
			}
			cat, paths, err := a.catalog(overlays)
			if err != nil {
				return err
			}
			return a.tables(&doc, paths, checkTables(cat, day)...)
		},
	}
	cmd.Flags().StringVar(&on, "on", "", "the `day` to check for, year-month-day (default: today)")
	addCatalogFlag(cmd, &overlays)
	addDocument(cmd, &doc, tableFormats()...)
	return cmd
}

func checkTables(cat *pricing.Catalog, day pricing.Date) []*reports.Table {
	warnings := cat.Check(day)
	counts := map[string]int64{}
	t := reports.NewTable(fmt.Sprintf("warnings on %s", day),
		reports.Column{Name: "kind"}, reports.Column{Name: "table"}, reports.Column{Name: "row", Wrap: 20},
		reports.Column{Name: "as of", Drop: 1}, reports.Column{Name: "what", Wrap: 24})
	t.SetKey("warnings")
	for _, w := range warnings {
		counts[w.Kind]++
		t.Row(reports.Str(w.Kind), reports.Str(w.Table), reports.Str(w.Key), reports.Str(string(w.AsOf)), reports.Str(w.What))
	}
	sum := reports.NewTable("warnings by kind", reports.Column{Name: "kind"}, reports.Column{Name: "rows", Kind: reports.Count})
	for _, kind := range pricing.WarningKinds() {
		sum.Row(reports.Str(kind), reports.Int(counts[kind]))
	}
	sum.Notef("%d rows in the catalog of %s", len(cat.Rows("")), cat.AsOf())
	return []*reports.Table{sum, t}
}

func newCatalogDiffCmd(a *app) *cobra.Command {
	var doc document
	var overlays []string
	cmd := &cobra.Command{
		Use:   "diff OLD NEW",
		Short: "Compare two catalogs: what an overlay adds and changes",
		Long: `Compare two catalogs row by row. OLD and NEW are overlay files, each laid over the embedded catalog (and over those of
--catalog); the word embedded stands for no overlay.`,
		Args:    takes(2, 2),
		Example: "  quotawall catalog diff embedded mine.toml\n  quotawall catalog diff september.toml october.toml --format json",
		RunE: func(_ *cobra.Command, args []string) error {
			var cats []*pricing.Catalog
			var paths []string
			for _, name := range args {
				files := overlays
				if name != "embedded" {
					files = append(append([]string(nil), overlays...), name)
				}
				cat, read, err := a.catalog(files)
				if err != nil {
					return err
				}
				cats, paths = append(cats, cat), append(paths, read...)
			}
			return a.tables(&doc, paths, diffTable(args, pricing.Diff(cats[0], cats[1])))
		},
	}
	addCatalogFlag(cmd, &overlays)
	addDocument(cmd, &doc, tableFormats()...)
	return cmd
}

func diffTable(args []string, changes []pricing.Change) *reports.Table {
	t := reports.NewTable("changes",
		reports.Column{Name: "kind"}, reports.Column{Name: "table"}, reports.Column{Name: "row", Wrap: 20}, reports.Column{Name: "field"},
		reports.Column{Name: "old", Wrap: 20}, reports.Column{Name: "new", Wrap: 20})
	for _, c := range changes {
		t.Row(reports.Str(c.Kind), reports.Str(c.Table), reports.Str(c.Key), reports.Str(c.Field), reports.Str(c.Old), reports.Str(c.New))
	}
	t.Notef("%d changes from %s to %s", len(changes), args[0], args[1])
	return t
}
