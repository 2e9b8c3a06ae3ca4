package reports

import (
	"strings"

	"github.com/olekukonko/tablewriter/pkg/twwidth"
)

// gap is the number of blanks between columns.
const gap = 2

// longWord is the width above which a word may break before any column goes;
// shortWord is what a column needs for its text to be read at all.
const longWord, shortWord = 48, 8

// thrift is how far wrapping columns are narrowed before a column goes.
type thrift int

const (
	wholeWords thrift = iota // down to the widest word, long ones aside
	toWrap                   // down to Wrap
	toHead                   // down to the header
	thrifts
)

// layout is a table cut for a width: which columns, how wide, and their text.
type layout struct {
	cols  []int          // columns of the table that are shown
	width []int          // of each shown column
	least [thrifts][]int // what each could be narrowed to
	head  [][]string     // lines of each header
	rows  [][]string     // texts, not wrapped
	foot  []string       // texts of the numbered footnotes
	left  []string       // names of the columns left out
}

// newLayout picks columns and widths so that no line is longer than width.
func newLayout(t *Table, width int) *layout {
	l := &layout{cols: t.shown()}
	scales := t.scales()
	var texts [][]string
	for fits := false; !fits; {
		notes := t.numbering(l.cols)
		texts, l.foot = t.texts(scales, notes), notes.texts
		l.measure(t, scales, texts)
		fits = l.fit(t, width)
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

// fit narrows columns to a width; where that is not enough, it leaves one
// column out and returns false.
func (l *layout) fit(t *Table, width int) bool {
	for how := range thrifts {
		if l.total() <= width || l.shrink(t, width, l.least[how]) {
			return true
		}
		if i := l.expendable(t, how); i >= 0 {
			l.drop(t, i)
			return false
		}
	}
	l.width[0] = max(1, width)
	return true
}

// texts are the cells of the visible rows as they are read, footnote marks
// included; marks hang, so that digits stay aligned.
func (t *Table) texts(scales []scale, notes numbering) [][]string {
	rows := t.visibleRows()
	out := make([][]string, len(rows))
	hang := make([]int, len(t.cols))
	for _, r := range rows {
		for c, marks := range r.marks {
			hang[c] = max(hang[c], twwidth.Width(superscript(notes.marks(marks))))
		}
	}
	for i, r := range rows {
		for c, cell := range r.cells {
			s := Visible(scales[c].format(cell))
			mark := superscript(notes.marks(r.marks[c]))
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

// measure sets the natural and the least widths.
func (l *layout) measure(t *Table, scales []scale, texts [][]string) {
	n := len(l.cols)
	l.width = make([]int, n)
	for how := range l.least {
		l.least[how] = make([]int, n)
	}
	for i, c := range l.cols {
		head := twwidth.Width(Visible(scales[c].unit))
		for _, word := range headWords(t.cols[c].Name) {
			head = max(head, twwidth.Width(word))
		}
		wrap := max(head, t.cols[c].Wrap)
		natural, words := head, wrap
		for _, r := range texts {
			natural = max(natural, twwidth.Width(r[c]))
			for _, word := range strings.Fields(r[c]) {
				if w := twwidth.Width(word); w <= longWord {
					words = max(words, w)
				}
			}
		}
		l.width[i], l.least[wholeWords][i], l.least[toWrap][i], l.least[toHead][i] = natural, words, wrap, max(head, shortWord)
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
func (l *layout) shrink(t *Table, width int, least []int) bool {
	for l.total() > width {
		widest := -1
		for i, c := range l.cols {
			if t.cols[c].Wrap > 0 && l.width[i] > least[i] && (widest < 0 || l.width[i] > l.width[widest]) {
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

// expendable is the shown column to leave out after so much thrift, -1 where
// all must stay: first those with a rank, then the last that does not wrap and
// does not name the row, in the end the one that names it.
func (l *layout) expendable(t *Table, how thrift) int {
	best, last := -1, len(l.cols)-1
	switch {
	case last == 0:
		return -1
	case how == toHead && t.cols[l.cols[0]].Wrap > 0:
		return last
	case how == toHead:
		return 0
	}
	for i, c := range l.cols {
		col := t.cols[c]
		if how == wholeWords && col.Drop > 0 && (best < 0 || col.Drop >= t.cols[l.cols[best]].Drop) ||
			how == toWrap && col.Wrap == 0 && i > 0 {
			best = i
		}
	}
	return best
}

func (l *layout) drop(t *Table, i int) {
	l.left = append(l.left, t.cols[l.cols[i]].label())
	l.cols = append(l.cols[:i:i], l.cols[i+1:]...)
}

// headLines breaks a header at blanks to the column's width; the unit has a
// line of its own.
func headLines(name, unit string, width int) []string {
	lines := wrapHead(name, width)
	if unit != "" {
		lines = append(lines, wrapText(Visible(unit), width)...)
	}
	return lines
}

// softHyphen in a column's name marks where a word may break.
const softHyphen = "\u00ad"

// headWords are the pieces that a header cannot break further; after a dot, as
// in the name of a key, a break needs no hyphen.
func headWords(name string) []string {
	var out []string
	for _, word := range strings.Fields(name) {
		parts := strings.Split(word, softHyphen)
		for i, p := range parts {
			if i < len(parts)-1 && !strings.HasSuffix(p, ".") {
				p += "-"
			}
			out = append(out, Visible(p))
		}
	}
	return out
}

// wrapHead breaks a header at blanks, and at soft hyphens where a word is
// wider than the column.
func wrapHead(name string, width int) []string {
	var words []string
	for _, word := range strings.Fields(name) {
		if plain := strings.ReplaceAll(word, softHyphen, ""); twwidth.Width(Visible(plain)) <= width {
			words = append(words, Visible(plain))
			continue
		}
		words = append(words, headWords(word)...)
	}
	return wrapText(strings.Join(words, " "), width)
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
