package reports

import (
	"io"

	"quotawall/scenarios/result"
)

// WriteSensitivity writes which input moves the answer most.
func WriteSensitivity(w io.Writer, s *result.Sensitivity, format string, width int, color bool) error {
	if format == "json" {
		return WriteResultJSON(w, s)
	}
	return Write(w, format, width, color, sensitivityTable(s))
}

func sensitivityTable(s *result.Sensitivity) *Table {
	t := NewTable("sensitivity: "+s.Scenario+", step "+s.Step, Column{Name: "input", Wrap: 24}, Column{Name: "value"}, Column{Name: "unserved", Kind: Share},
		Column{Name: "cost per month", Kind: Money}, Column{Name: "against the step", Key: "change_usd", Kind: Money}).SetKey("sensitivity")
	t.Row(Str("(the step as it is)"), Str(""), Num(s.UnservedShare), Num(s.MonthUSD), None())
	t.Caveats(s.Notes...)
	still := 0
	for _, x := range s.Inputs {
		if x.Unserved[0] == x.Unserved[1] && x.MonthUSD[0] == x.MonthUSD[1] {
			still++
		}
		for _, v := range x.Values {
			name := x.Name
			if x.Ambiguity != "" {
				name = x.Ambiguity + " " + name
			}
			row := []Cell{Str(name), Str(v.Value), Num(v.UnservedShare), Num(v.MonthUSD), Num(v.MonthUSD - s.MonthUSD)}
			if x.Unserved[0] == x.Unserved[1] && x.MonthUSD[0] == x.MonthUSD[1] {
				t.ExactRow(row...)
			} else {
				t.Row(row...)
			}
		}
	}
	t.Note("one input at a time, with the same seed, sorted by effect on what is unserved, then on cost; A1 to A20 are what AWS's text leaves open")
	if still > 0 {
		t.Notef("%d more inputs move nothing; csv and json list them", still)
	}
	return t
}
