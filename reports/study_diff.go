package reports

import (
	"io"
	"strings"

	"quotawall/scenarios/result"
)

// WriteDiff writes what changed between two runs.
func WriteDiff(w io.Writer, d *result.Diff, format string, width int, color bool) error {
	if format == "json" {
		return WriteResultJSON(w, d)
	}
	return Write(w, format, width, color, diffTables(d)...)
}

func diffTables(d *result.Diff) []*Table {
	head := NewTable(d.Old+" against "+d.New, Column{Name: "what"}, Column{Name: "verdict", Wrap: 24}).SetKey("diff")
	verdict := "nothing changed"
	if !d.Equal {
		verdict = "something changed"
	}
	head.Row(Str("results"), Str(verdict))
	if d.CatalogMoved {
		head.Row(Str("catalog"), Str("moved: a change of cost need not be one of traffic"))
	}
	if len(d.Added) > 0 {
		head.Row(Str("steps added"), Str(strings.Join(d.Added, ", ")))
	}
	if len(d.Removed) > 0 {
		head.Row(Str("steps removed"), Str(strings.Join(d.Removed, ", ")))
	}
	out := []*Table{head}
	for _, t := range []*Table{figureTable(d), changedTable("inputs that changed", "inputs", d.Inputs), changedTable("prices that changed", "prices", d.Prices), stepTextTable(d)} {
		if t.Len() > 0 {
			out = append(out, t)
		}
	}
	return out
}

func figureTable(d *result.Diff) *Table {
	t := NewTable("figures that changed", Column{Name: "step", Group: true}, Column{Name: "figure"}, Column{Name: "old", Kind: Decimal}, Column{Name: "new", Kind: Decimal},
		Column{Name: "change", Kind: Decimal}, Column{Name: "percent", Kind: Decimal}).SetKey("figures")
	for _, s := range d.Steps {
		for _, f := range s.Figures {
			t.Row(Str(s.Step), Str(f.Figure), briefOpt(f.Old), briefOpt(f.New), briefOpt(f.Change), briefOpt(f.Percent))
		}
	}
	return t
}

func changedTable(title, key string, list []result.Changed) *Table {
	t := NewTable(title, Column{Name: "what", Wrap: 20}, Column{Name: "old", Wrap: 20}, Column{Name: "new", Wrap: 20}).SetKey(key)
	for _, c := range list {
		t.Row(Str(c.What), Str(c.Old), Str(c.New))
	}
	return t
}

func stepTextTable(d *result.Diff) *Table {
	t := NewTable("settings and caps that changed", Column{Name: "step", Group: true}, Column{Name: "what", Wrap: 20}, Column{Name: "old", Wrap: 20}, Column{Name: "new", Wrap: 20}).SetKey("caps")
	for _, s := range d.Steps {
		for _, c := range append(append([]result.Changed(nil), s.Set...), s.Caps...) {
			t.Row(Str(s.Step), Str(c.What), Str(c.Old), Str(c.New))
		}
	}
	return t
}
