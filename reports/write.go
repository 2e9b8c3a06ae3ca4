package reports

import (
	"bytes"
	"fmt"
	"io"
	"strings"
)

// Formats lists what Write accepts.
func Formats() []string { return []string{"table", "csv", "markdown", "json", "html"} }

// Write writes tables in a format. Width (columns; 0 or less: 100) and color
// concern the format table only.
func Write(w io.Writer, format string, width int, color bool, tables ...*Table) error {
	switch format {
	case "table":
		return WriteText(w, width, color, tables...)
	case "csv":
		return WriteCSV(w, tables...)
	case "markdown":
		return WriteMarkdown(w, tables...)
	case "json":
		return WriteJSON(w, tables...)
	case "html":
		return WriteHTML(w, tables...)
	}
	return fmt.Errorf("unknown format %q\n  one of %s", format, strings.Join(Formats(), ", "))
}

// whole renders into memory and writes in one go, so that an error leaves
// nothing half-written.
func whole(w io.Writer, tables []*Table, render func(*bytes.Buffer, *Table) error) error {
	var b bytes.Buffer
	for i, t := range tables {
		if err := t.check(); err != nil {
			return err
		}
		if i > 0 {
			b.WriteByte('\n')
		}
		if err := render(&b, t); err != nil {
			return err
		}
	}
	_, err := w.Write(b.Bytes())
	return err
}

// scales are the columns' common scales over the rows that people see.
func (t *Table) scales() []scale {
	out := make([]scale, len(t.cols))
	for i, c := range t.cols {
		var cells []Cell
		for _, r := range t.visibleRows() {
			cells = append(cells, r.cells[i])
		}
		out[i] = scaleOf(c, cells)
	}
	return out
}

// superscript writes footnote numbers raised.
func superscript(marks []int) string {
	parts := make([]string, len(marks))
	for i, m := range marks {
		parts[i] = strings.Map(func(d rune) rune { return []rune("⁰¹²³⁴⁵⁶⁷⁸⁹")[d-'0'] }, fmt.Sprint(m))
	}
	return strings.Join(parts, ",")
}
