package reports

import (
	"strings"

	"github.com/olekukonko/tablewriter/pkg/twwidth"
)

const (
	gap        = 2  // blanks between columns
	wrapAt     = 24 // a wrapping column is not made narrower while others can be left out
	wrapAtMost = 10 // nor narrower than this at all
)

// layout is a table cut for a width: which columns, how wide, and their text.
type layout struct {
	cols  []int      // columns of the table that are shown
	width []int      // of each shown column
	head  [][]string // lines of each header
	rows  [][]string // texts, not wrapped
	left  []string   // names of the columns left out
}

// newLayout picks columns and widths so that no line is longer than width.
func newLayout(t *Table, width int) *layout {
	l := &layout{cols: t.shown()}
	scales := t.scales()
	texts := t.texts(scales)
	for {
		l.measure(t, scales, texts)
		if l.total() <= width || l.shrink(t, width, wrapAt) {
			break
		}
		if drop := l.expendable(t); drop >= 0 {
			l.drop(t, drop)
			continue
		}
		if l.shrink(t, width, wrapAtMost) {
			break
		}
		if len(l.cols) == 1 {
			l.width[0] = max(1, width)
			break
		}
		l.drop(t, len(l.cols)-1)
	}
	for i, c := range l.cols {
		l.head = append(l.head, headLines(t.cols[c].Name, scales[c].unit, l.width[i]))
	}
	for r := range texts {
		row := make([]string, len(l.cols))
		for i, c := range l.cols {
			row[i] = texts[r][c]
		}
		l.rows = append(l.rows, row)
	}
	return l
}

// texts are the cells of the visible rows as they are read, footnote marks
// included; marks hang, so that digits stay aligned.
func (t *Table) texts(scales []scale) [][]string {
	rows := t.visibleRows()
	out := make([][]string, len(rows))
	hang := make([]int, len(t.cols))
	for _, r := range rows {
		for c, marks := range r.marks {
			hang[c] = max(hang[c], twwidth.Width(superscript(marks)))
		}
	}
	for i, r := range rows {
		for c, cell := range r.cells {
			s := Visible(scales[c].format(cell))
			mark := superscript(r.marks[c])
			switch {
			case mark != "" && t.cols[c].Kind.numeric():
				s += " " + mark + blanks(hang[c]-twwidth.Width(mark))
			case mark != "":
				s += " " + mark
			case hang[c] > 0 && t.cols[c].Kind.numeric():
				s += blanks(hang[c] + 1)
			}
			out[i] = append(out[i], s)
		}
	}
	return out
}

// measure sets the natural widths.
func (l *layout) measure(t *Table, scales []scale, texts [][]string) {
	l.width = make([]int, len(l.cols))
	for i, c := range l.cols {
		l.width[i] = twwidth.Width(Visible(scales[c].unit))
		for _, word := range strings.Fields(Visible(t.cols[c].Name)) {
			l.width[i] = max(l.width[i], twwidth.Width(word))
		}
		for _, r := range texts {
			l.width[i] = max(l.width[i], twwidth.Width(r[c]))
		}
	}
}

func (l *layout) total() int {
	sum := gap * (len(l.width) - 1)
	for _, w := range l.width {
		sum += w
	}
	return sum
}

// shrink narrows wrapping columns, the widest first, and tells whether the
// table then fits.
func (l *layout) shrink(t *Table, width, least int) bool {
	for l.total() > width {
		widest := -1
		for i, c := range l.cols {
			if t.cols[c].Wrap && l.width[i] > least && (widest < 0 || l.width[i] > l.width[widest]) {
				widest = i
			}
		}
		if widest < 0 {
			return false
		}
		l.width[widest]--
	}
	return true
}

// expendable is the shown column to leave out first, -1 where all must stay.
func (l *layout) expendable(t *Table) int {
	best := -1
	for i, c := range l.cols {
		if d := t.cols[c].Drop; d > 0 && (best < 0 || d >= t.cols[l.cols[best]].Drop) {
			best = i
		}
	}
	return best
}

func (l *layout) drop(t *Table, i int) {
	l.left = append(l.left, t.cols[l.cols[i]].Name)
	l.cols = append(l.cols[:i:i], l.cols[i+1:]...)
}

// headLines breaks a header at blanks to the column's width; the unit has a
// line of its own.
func headLines(name, unit string, width int) []string {
	lines := wrapText(Visible(name), width)
	if unit != "" {
		lines = append(lines, wrapText(Visible(unit), width)...)
	}
	return lines
}

// wrapText breaks a text at blanks, and a longer word anywhere; never empty.
func wrapText(s string, width int) []string {
	if twwidth.Width(s) <= width {
		return []string{s}
	}
	var lines []string
	line := ""
	for _, word := range strings.Fields(s) {
		if line != "" && twwidth.Width(line)+1+twwidth.Width(word) <= width {
			line += " " + word
			continue
		}
		if line != "" {
			lines = append(lines, line)
		}
		for twwidth.Width(word) > width {
			cut := cutAt(word, width)
			lines = append(lines, word[:cut])
			word = word[cut:]
		}
		line = word
	}
	return append(lines, line)
}

// cutAt is the length in bytes of the longest start of a word that is not
// wider than width, at least one rune.
func cutAt(word string, width int) int {
	cut := 0
	for i, r := range word {
		if i > 0 && twwidth.Width(word[:i+len(string(r))]) > width {
			break
		}
		cut = i + len(string(r))
	}
	return cut
}

func blanks(n int) string { return strings.Repeat(" ", max(0, n)) }
