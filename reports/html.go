package reports

import (
	"bytes"
	"fmt"
	"io"
	"strings"
)

// WriteHTML writes tables as fragments with captions, scoped headers and
// linked footnotes, for a page to hold. Ids derive from the tables' keys.
func WriteHTML(w io.Writer, tables ...*Table) error {
	return whole(w, tables, func(b *bytes.Buffer, t *Table) error {
		t.html(b)
		return nil
	})
}

func (t *Table) html(b *bytes.Buffer) {
	scales, cols := t.scales(), t.shown()
	fmt.Fprintf(b, "<div class=\"table\" tabindex=\"0\" role=\"region\" aria-label=\"%s\">\n<table id=\"t-%s\">\n<caption>%s</caption>\n<thead><tr>",
		htmlText(t.title), htmlText(t.key), htmlText(t.title))
	for _, c := range cols {
		unit := ""
		if scales[c].unit != "" {
			unit = "<br><small>" + htmlText(scales[c].unit) + "</small>"
		}
		fmt.Fprintf(b, "<th scope=\"col\"%s>%s%s</th>", class(t.cols[c].Kind, Plain), htmlName(t.cols[c].Name), unit)
	}
	b.WriteString("</tr></thead>\n")
	group, last := t.groupColumn(), ""
	notes := t.numbering(cols)
	if group < 0 {
		b.WriteString("<tbody>\n")
	}
	for i, r := range t.visibleRows() {
		if group >= 0 && (i == 0 || r.cells[group].exact != last) {
			last = r.cells[group].exact
			if i > 0 {
				b.WriteString("</tbody>\n")
			}
			name := htmlText(scales[group].format(r.cells[group]))
			fmt.Fprintf(b, "<tbody data-group=\"%s\">\n<tr class=\"group\"><th scope=\"rowgroup\" colspan=\"%d\">%s</th></tr>\n", name, len(cols), name)
		}
		t.htmlRow(b, r, cols, scales, notes)
	}
	if group < 0 || len(t.visibleRows()) > 0 {
		b.WriteString("</tbody>\n")
	}
	b.WriteString("</table>\n</div>\n")
	t.htmlNotes(b, notes.texts)
}

func (t *Table) htmlRow(b *bytes.Buffer, r row, cols []int, scales []scale, notes numbering) {
	b.WriteString("<tr>")
	for i, c := range cols {
		cell := r.cells[c]
		s := htmlText(scales[c].format(cell))
		for _, m := range notes.marks(r.marks[c]) {
			s += fmt.Sprintf("<sup><a href=\"#n-%s-%d\">%d</a></sup>", htmlText(t.key), m, m)
		}
		tag := "td"
		if i == 0 {
			tag = "th scope=\"row\""
		}
		exact := ""
		if cell.is == number {
			exact = " data-exact=\"" + htmlText(cell.exact) + "\""
		}
		fmt.Fprintf(b, "<%s%s%s%s data-key=\"%s\">%s</%s>", tag, class(t.cols[c].Kind, cell.tone), wrapStyle(t.cols[c]), exact,
			htmlText(t.cols[c].key()), s, strings.Fields(tag)[0])
	}
	b.WriteString("</tr>\n")
}

// wrapStyle lets a wrapping column break down to its narrowest width.
func wrapStyle(c Column) string {
	if c.Wrap == 0 {
		return ""
	}
	return fmt.Sprintf(" style=\"white-space:normal;min-width:%dch\"", c.Wrap)
}

// htmlName escapes a column's name; soft hyphens stay, for browsers know them.
func htmlName(name string) string {
	return strings.ReplaceAll(htmlText(strings.ReplaceAll(name, softHyphen, "\x00")), `\x00`, "&shy;")
}

// class is the class attribute for a kind and a tone.
func class(k Kind, tone Tone) string {
	var names []string
	if k.numeric() {
		names = append(names, "num")
	}
	switch tone {
	case Good:
		names = append(names, "good")
	case Bad:
		names = append(names, "bad")
	}
	if names == nil {
		return ""
	}
	return " class=\"" + strings.Join(names, " ") + "\""
}

func (t *Table) htmlNotes(b *bytes.Buffer, foot []string) {
	if len(foot)+len(t.notes) == 0 {
		return
	}
	b.WriteString("<div class=\"notes\">\n")
	for i, n := range foot {
		fmt.Fprintf(b, "<p id=\"n-%s-%d\"><sup>%d</sup> %s</p>\n", htmlText(t.key), i+1, i+1, htmlText(n))
	}
	for _, n := range t.notes {
		fmt.Fprintf(b, "<p>%s</p>\n", htmlText(n))
	}
	b.WriteString("</div>\n")
}
