package reports

import (
	"bytes"
	"encoding/csv"
	"io"
	"slices"
	"strconv"
	"strings"
)

// TablesSchema names the JSON form of tables.
const TablesSchema = "quotawall.tables/v1"

// WriteCSV writes exact values under one header row of keys; footnotes stand
// in a last column "notes", caveats of the table in its first row. Several tables are separated by an empty line, each
// under a row with its key alone.
func WriteCSV(w io.Writer, tables ...*Table) error {
	return whole(w, tables, func(b *bytes.Buffer, t *Table) error {
		out := csv.NewWriter(b)
		if len(tables) > 1 {
			if err := out.Write([]string{csvText(t.key)}); err != nil {
				return err
			}
		}
		if err := out.WriteAll(t.records()); err != nil {
			return err
		}
		return out.Error()
	})
}

// records are the header and the rows of a table in CSV.
func (t *Table) records() [][]string {
	var head []string
	for _, c := range t.cols {
		head = append(head, csvText(c.key()))
	}
	rows := t.exactRows()
	noted := len(t.told) > 0 || slices.ContainsFunc(rows, func(r row) bool { return len(t.notesOf(r)) > 0 })
	if noted {
		head = append(head, "notes")
	}
	out := [][]string{head}
	for i, r := range rows {
		var rec []string
		for _, c := range r.cells {
			s := c.exact
			if c.is == text {
				s = csvText(s)
			}
			rec = append(rec, s)
		}
		if noted {
			notes := t.notesOf(r)
			if i == 0 {
				notes = append(notes, t.told...)
			}
			rec = append(rec, csvText(strings.Join(notes, "; ")))
		}
		out = append(out, rec)
	}
	return out
}

// notesOf are the texts of a row's footnotes that no cell of it holds as well.
func (t *Table) notesOf(r row) []string {
	var out []string
	for _, marks := range r.marks {
		for _, m := range marks {
			if note := t.foot[m-1]; !slices.ContainsFunc(r.cells, func(c Cell) bool { return c.exact == note }) {
				out = append(out, note)
			}
		}
	}
	return out
}

// WriteJSON writes tables with columns, exact values, footnotes and notes.
func WriteJSON(w io.Writer, tables ...*Table) error {
	var b bytes.Buffer
	b.WriteString(`{"schema":` + jsonText(TablesSchema) + `,"tables":[`)
	for i, t := range tables {
		if err := t.check(); err != nil {
			return err
		}
		if i > 0 {
			b.WriteByte(',')
		}
		t.json(&b)
	}
	b.WriteString("\n]}\n")
	_, err := w.Write(b.Bytes())
	return err
}

func (t *Table) json(b *bytes.Buffer) {
	b.WriteString("\n {\"key\":" + jsonText(t.key) + `,"title":` + jsonText(t.title) + ",\n  \"columns\":[")
	for i, c := range t.cols {
		comma(b, i)
		b.WriteString(`{"key":` + jsonText(c.key()) + `,"name":` + jsonText(c.label()) +
			`,"kind":` + jsonText(c.Kind.String()) + `,"unit":` + jsonText(exactUnit(c)) + `}`)
	}
	b.WriteString("],\n  \"rows\":[")
	for i, r := range t.exactRows() {
		comma(b, i)
		b.WriteString("\n   {")
		for j, c := range r.cells {
			comma(b, j)
			b.WriteString(jsonText(t.cols[j].key()) + ":" + c.json())
		}
		if marks := marksText(r); marks != "" {
			b.WriteString(`,"_footnotes":[` + marks + `]`)
		}
		b.WriteByte('}')
	}
	b.WriteString("],\n  \"footnotes\":" + jsonList(t.foot) + ",\n  \"notes\":" + jsonList(t.notes) + "}")
}

func (c Cell) json() string {
	switch c.is {
	case undefined:
		return "null"
	case number:
		return c.exact
	}
	return jsonText(c.exact)
}

// exactUnit is the unit of the exact values.
func exactUnit(c Column) string {
	switch {
	case c.Unit != "":
		return c.Unit
	case c.Kind == Money:
		return "USD"
	case c.Kind == Duration:
		return "s"
	case c.Kind == Tokens:
		return "tokens"
	case c.Kind == Share:
		return "1"
	}
	return ""
}

func marksText(r row) string {
	var parts []string
	for _, marks := range r.marks {
		for _, m := range marks {
			parts = append(parts, strconv.Itoa(m))
		}
	}
	return strings.Join(parts, ",")
}

func jsonList(texts []string) string {
	parts := make([]string, len(texts))
	for i, s := range texts {
		parts[i] = jsonText(s)
	}
	return "[" + strings.Join(parts, ",") + "]"
}

func comma(b *bytes.Buffer, i int) {
	if i > 0 {
		b.WriteByte(',')
	}
}
