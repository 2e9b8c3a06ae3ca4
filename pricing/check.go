package pricing

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// staleAfter is how many days a row may lie before Check doubts it.
const staleAfter = 90

// Warning is a doubt about a row.
type Warning struct {
	Kind  string // one of WarningKinds
	Table string
	Key   string
	AsOf  Date
	What  string
}

// WarningKinds lists the kinds of warnings.
func WarningKinds() []string { return []string{"no-price", "retired", "stale", "unverified"} }

// Check lists what in the catalog is doubtful on a day: rows read more than 90
// days before, models out of service, rows and fields that no public text
// confirms, and models that nothing prices.
func (c *Catalog) Check(on Date) []Warning {
	var out []Warning
	for _, row := range c.Rows("") {
		add := func(kind, format string, args ...any) {
			out = append(out, Warning{Kind: kind, Table: row.Table, Key: row.Key, AsOf: row.AsOf, What: fmt.Sprintf(format, args...)})
		}
		if age := days(row.AsOf, on); age > staleAfter {
			add("stale", "read %d days before %s", age, on)
		}
		if row.Confidence == "unverified" || row.Confidence == "low" {
			add("unverified", "confidence is %s", row.Confidence)
		}
		if fields := row.Get("unverified"); fields != "" {
			add("unverified", "no public text confirms %s", fields)
		}
		if d := Date(row.Get("retired")); d != "" && d <= on {
			add("retired", "out of service since %s", d)
		}
	}
	out = append(out, c.unpriced(on)...)
	slices.SortStableFunc(out, func(a, b Warning) int { return strings.Compare(a.Kind, b.Kind) })
	return out
}

// unpriced warns of models in service that no row prices.
func (c *Catalog) unpriced(on Date) []Warning {
	sold := map[string]bool{}
	for _, table := range []string{"price", "tier", "model_unit"} {
		for _, row := range c.Rows(table) {
			sold[row.Get("model")] = true
		}
	}
	var out []Warning
	for _, m := range c.Models() {
		if !sold[m.ID] && (m.Retired == "" || on < m.Retired) {
			out = append(out, Warning{Kind: "no-price", Table: "model", Key: m.ID, AsOf: m.AsOf, What: "nothing prices it: a run that uses it needs an overlay"})
		}
	}
	return out
}

// days is how long b is after a.
func days(a, b Date) int { return int(b.Time().Sub(a.Time()) / (24 * time.Hour)) }

// Change is a difference between two catalogs.
type Change struct {
	Kind  string // added | removed | changed
	Table string
	Key   string
	Field string // changed: which
	Old   string
	New   string
}

// Diff lists what the rows of b have otherwise than those of a: values, and as_of.
func Diff(a, b *Catalog) []Change {
	old := map[string]Row{}
	for _, r := range a.inForce() {
		old[r.Table+" "+r.Key] = r
	}
	var out []Change
	kept := map[string]bool{}
	for _, r := range b.inForce() {
		id := r.Table + " " + r.Key
		kept[id] = true
		if was, ok := old[id]; ok {
			out = append(out, changes(was, r)...)
		} else {
			out = append(out, Change{Kind: "added", Table: r.Table, Key: r.Key, New: r.summary()})
		}
	}
	for _, r := range a.inForce() {
		if !kept[r.Table+" "+r.Key] {
			out = append(out, Change{Kind: "removed", Table: r.Table, Key: r.Key, Old: r.summary()})
		}
	}
	return out
}

// inForce lists the rows that lookups find: of rows for the same thing the
// overlay's, with the prices that it leaves out from the row below.
func (c *Catalog) inForce() []Row {
	at := map[string]int{}
	var out []Row
	for _, r := range c.Rows("") {
		id := r.Table + " " + r.Key
		i, known := at[id]
		if !known {
			at[id] = len(out)
			out = append(out, r)
			continue
		}
		for _, f := range r.Fields {
			if f.Money && slices.Contains([]string{"price", "reserved", "model_unit"}, r.Table) && out[i].Get(f.Name) == "" {
				out[i].Fields = append(slices.Clone(out[i].Fields), f)
			}
		}
	}
	return out
}

func changes(was, is Row) []Change {
	var out []Change
	add := func(field, from, to string) {
		if from != to {
			out = append(out, Change{Kind: "changed", Table: is.Table, Key: is.Key, Field: field, Old: from, New: to})
		}
	}
	for _, f := range is.Fields {
		add(f.Name, was.Get(f.Name), f.Text)
	}
	for _, f := range was.Fields {
		if is.Get(f.Name) == "" {
			add(f.Name, f.Text, "")
		}
	}
	add("as_of", string(was.AsOf), string(is.AsOf))
	return out
}

// summary is the row's values in one line.
func (r Row) summary() string {
	var parts []string
	for _, f := range r.Fields {
		parts = append(parts, f.Name+" "+f.Text)
	}
	return strings.Join(parts, ", ")
}
