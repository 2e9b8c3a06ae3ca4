package reports

import (
	"bytes"
	"fmt"
	"io"
	"strings"
)

// WriteMarkdown writes tables as GitHub reads them, footnotes below each.
func WriteMarkdown(w io.Writer, tables ...*Table) error {
	return whole(w, tables, func(b *bytes.Buffer, t *Table) error {
		t.markdown(b)
		return nil
	})
}

func (t *Table) markdown(b *bytes.Buffer) {
	if t.title != "" {
		fmt.Fprintf(b, "### %s\n\n", markdownText(t.title))
	}
	scales, cols := t.scales(), t.shown()
	group := t.groupColumn()
	if group >= 0 {
		cols = append([]int{group}, cols...)
	}
	t.markdownHead(b, cols, scales)
	notes, last := t.numbering(cols), ""
	for i, r := range t.visibleRows() {
		for _, c := range cols {
			s := markdownText(scales[c].format(r.cells[c]))
			if c == group {
				if i > 0 && r.cells[c].exact == last {
					s = ""
				}
				last = r.cells[c].exact
			}
			if marks := notes.marks(r.marks[c]); len(marks) > 0 {
				s += " " + superscript(marks)
			}
			b.WriteString("| " + s + " ")
		}
		b.WriteString("|\n")
	}
	t.markdownNotes(b, notes.texts)
}

func (t *Table) markdownHead(b *bytes.Buffer, cols []int, scales []scale) {
	for _, c := range cols {
		b.WriteString("| " + markdownText(headline(t.cols[c].label(), scales[c].unit)) + " ")
	}
	b.WriteString("|\n")
	for _, c := range cols {
		if t.cols[c].Kind.numeric() {
			b.WriteString("|---:")
		} else {
			b.WriteString("|---")
		}
	}
	b.WriteString("|\n")
}

func (t *Table) markdownNotes(b *bytes.Buffer, foot []string) {
	var lines []string
	for i, n := range foot {
		lines = append(lines, superscript([]int{i + 1})+" "+markdownText(n))
	}
	for _, n := range t.notes {
		lines = append(lines, EscapeMarkdown(n))
	}
	if len(lines) > 0 {
		b.WriteString("\n" + strings.Join(lines, "  \n") + "\n")
	}
}

// headline is a column's name and unit on one line.
func headline(name, unit string) string {
	if unit == "" {
		return name
	}
	return name + " (" + unit + ")"
}
