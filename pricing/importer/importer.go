// Package importer turns price lists and quota lists that users can get into
// overlays for the catalog: AWS's bulk price lists, LiteLLM's price file, the
// output of Service Quotas, and overlays written by hand. It takes a row only
// where it understands it whole, and says what it left out and why.
package importer

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"math/big"
	"slices"
	"strings"

	"quotawall/pricing"
)

// Options of an import.
type Options struct {
	Name    string           // what the file is called in sources and mistakes
	AsOf    pricing.Date     // the day it was read; a file's own date is used where empty
	Account string           // quotas: the scenario's name of the account; "" = all
	Catalog *pricing.Catalog // what it is compared with
}

// Result is what a file holds for the catalog.
type Result struct {
	Rows      []pricing.Row // what an overlay made of it holds
	AsOf      pricing.Date
	Read      int // rows of the file
	Conflicts []Conflict
	Skipped   []Skip
	Notes     []string
}

// Conflict is a price that differs from the catalog's by more than 1 %.
type Conflict struct {
	What         string // row and field
	Theirs, Ours string
	Apart        string // their distance, in percent of ours
	Kept         string // whose price holds when the overlay is used
}

// Skip is a reason why rows were left out.
type Skip struct {
	Why      string
	Count    int
	Examples []string // at most three
}

// conflictAbove is the share of a price by which two sources may differ unremarked.
const conflictAbove = 1 // percent

// TOML is the overlay.
func (r *Result) TOML() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %d rows, as of %s.\n", len(r.Rows), r.AsOf)
	for _, row := range r.Rows {
		b.WriteString("\n" + row.TOML())
	}
	return b.String()
}

// Import reads a file of a format into a result. A file of which nothing comes
// into the overlay is an error that says why.
func Import(name string, r io.Reader, o Options) (*Result, error) {
	f, err := formatOf(name)
	if err != nil {
		return nil, err
	}
	br := bufio.NewReaderSize(r, lookAt)
	if err := f.fits(o.Name, br); err != nil {
		return nil, err
	}
	out, err := f.read(br, o)
	if err != nil {
		return nil, err
	}
	return out, out.empty(o.Name)
}

// empty is an error where nothing came of a file.
func (r *Result) empty(file string) error {
	if len(r.Rows) > 0 {
		return nil
	}
	text := fmt.Sprintf("%s: nothing to import: %d rows read, none for the overlay", file, r.Read)
	for _, s := range r.Skipped {
		text += fmt.Sprintf("\n  %d x %s: %s", s.Count, s.Why, strings.Join(s.Examples, ", "))
	}
	return errors.New(text)
}

// skip counts a row that was left out.
func (r *Result) skip(example, format string, args ...any) {
	why := fmt.Sprintf(format, args...)
	i := slices.IndexFunc(r.Skipped, func(s Skip) bool { return s.Why == why })
	if i < 0 {
		i = len(r.Skipped)
		r.Skipped = append(r.Skipped, Skip{Why: why})
	}
	s := &r.Skipped[i]
	s.Count++
	if len(s.Examples) < 3 && !slices.Contains(s.Examples, example) {
		s.Examples = append(s.Examples, example)
	}
}

// finish puts the result in an order that does not depend on the file's.
func (r *Result) finish() {
	slices.SortStableFunc(r.Rows, func(a, b pricing.Row) int {
		return cmp.Or(cmp.Compare(tableOrder(a.Table), tableOrder(b.Table)), cmp.Compare(a.Key, b.Key))
	})
	slices.SortStableFunc(r.Conflicts, func(a, b Conflict) int { return cmp.Compare(a.What, b.What) })
	slices.SortStableFunc(r.Skipped, func(a, b Skip) int { return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Why, b.Why)) })
}

func tableOrder(table string) int { return slices.Index(pricing.Tables(), table) }

// compare notes a conflict between a price of the file and the catalog's.
func (r *Result) compare(what string, theirs, ours pricing.Rate, kept string) {
	apart := ours.Apart(theirs)
	if apart == nil || apart.Cmp(big.NewRat(conflictAbove, 100)) <= 0 {
		return
	}
	percent := apart.Mul(apart, big.NewRat(100, 1)).FloatString(1) + "%"
	r.Conflicts = append(r.Conflicts, Conflict{What: what, Theirs: theirs.String(), Ours: ours.String(), Apart: percent, Kept: kept})
}

// Overlay reads an overlay written by hand: its rows with models by their
// catalog ids, and where it departs from the catalog.
func Overlay(r io.Reader, o Options) (*Result, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxOverlay+1))
	if err != nil {
		return nil, err
	}
	if len(text) > maxOverlay {
		return nil, fmt.Errorf("%s: longer than %d bytes, which is no overlay", o.Name, maxOverlay)
	}
	rows, err := o.Catalog.ReadOverlay(o.Name, string(text))
	if err != nil {
		return nil, err
	}
	out := &Result{Rows: rows, Read: len(rows), AsOf: o.AsOf}
	for _, row := range rows {
		out.AsOf = max(out.AsOf, row.AsOf)
	}
	out.compareRows(o.Catalog)
	return out, nil
}

const maxOverlay = 16 << 20

// compareRows compares the money of rows with the catalog's rows for the same thing.
func (r *Result) compareRows(c *pricing.Catalog) {
	ours := map[string]pricing.Row{}
	for _, row := range c.Rows("") {
		if _, taken := ours[row.Table+row.Key]; !taken {
			ours[row.Table+row.Key] = row
		}
	}
	for _, row := range r.Rows {
		old, ok := ours[row.Table+row.Key]
		if !ok {
			continue
		}
		for _, f := range row.Fields {
			theirs, bad := pricing.ParseRate(f.Text, 1)
			mine, none := pricing.ParseRate(old.Get(f.Name), 1)
			if f.Money && bad == nil && none == nil {
				r.compare(row.Table+" "+row.Key+" "+f.Name, theirs, mine, "overlay")
			}
		}
	}
}
