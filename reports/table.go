package reports

import (
	"fmt"
	"slices"
	"strings"
)

// Kind says what the numbers of a column are, and so how they are shown.
type Kind int

const (
	Text     Kind = iota
	Count         // requests, calls, rows; shown whole, with thousands separated
	Tokens        // as Count, in thousands, millions or billions where all are large
	Money         // dollars
	Share         // a fraction, shown in percent
	Duration      // seconds, shown in the unit that suits the column
	Instant       // RFC 3339, UTC
	Decimal       // shown exactly as it is, for columns of unlike quantities
)

// String names the kind, as the JSON format does.
func (k Kind) String() string {
	return [...]string{"text", "count", "tokens", "money", "share", "duration", "instant", "decimal"}[k]
}

// numeric tells whether cells of the kind are numbers.
func (k Kind) numeric() bool { return k != Text && k != Instant }

// Column describes one column of a table.
type Column struct {
	Name string // what people read; breaks at blanks, and at soft hyphens (U+00AD)
	Key  string // field name in CSV and JSON; empty: Name in lower case, blanks as _
	Kind Kind
	Unit string // shown in the header; empty: the kind's own
	// Drop orders what a narrow terminal leaves out: the highest goes first,
	// 0 goes last.
	Drop int
	// Wrap lets a text column break at blanks where the table is too wide, down
	// to this width, and further before the column itself goes; 0: it does not
	// break.
	Wrap int
	// Group puts rows with an equal value under a common heading; in CSV and
	// JSON it is a column as any.
	Group bool
	// Exact keeps the column for CSV and JSON only.
	Exact bool
}

// key is the column's field name.
func (c Column) key() string {
	if c.Key != "" {
		return c.Key
	}
	return strings.Join(strings.FieldsFunc(strings.ToLower(c.label()), func(r rune) bool {
		return r != '_' && (r < 'a' || r > 'z') && (r < '0' || r > '9')
	}), "_")
}

// label is the name without soft hyphens.
func (c Column) label() string { return strings.ReplaceAll(c.Name, softHyphen, "") }

// Table is a titled grid of typed cells with footnotes.
type Table struct {
	title string
	key   string
	cols  []Column
	rows  []row
	foot  []string // texts of numbered footnotes, in order of first use
	notes []string // notes on the table as a whole
	told  []string // those of notes that CSV tells as well
}

type row struct {
	cells []Cell
	marks [][]int // per cell: numbers of its footnotes
	only  audience
}

// audience is who sees a row.
type audience int

const (
	everyone audience = iota
	machines          // only in CSV and JSON
	people            // not in CSV and JSON
)

// NewTable starts a table.
func NewTable(title string, cols ...Column) *Table {
	return &Table{title: title, key: Column{Name: title}.key(), cols: cols}
}

// Title is what stands above the table.
func (t *Table) Title() string { return t.title }

// Key names the table in CSV and JSON: the title in lower case, blanks as _.
func (t *Table) Key() string { return t.key }

// SetKey gives the table another name in CSV and JSON.
func (t *Table) SetKey(key string) *Table {
	t.key = key
	return t
}

// Len is the number of rows.
func (t *Table) Len() int { return len(t.rows) }

// Row appends a row: one cell a column, Group and Exact columns included.
func (t *Table) Row(cells ...Cell) { t.add(row{cells: cells}) }

// ExactRow appends a row for CSV and JSON only.
func (t *Table) ExactRow(cells ...Cell) { t.add(row{cells: cells, only: machines}) }

// ShownRow appends a row for people only, such as a total.
func (t *Table) ShownRow(cells ...Cell) { t.add(row{cells: cells, only: people}) }

func (t *Table) add(r row) {
	r.marks = make([][]int, len(r.cells))
	for i, c := range r.cells {
		for _, text := range c.notes {
			at := slices.Index(t.foot, text)
			if at < 0 {
				at = len(t.foot)
				t.foot = append(t.foot, text)
			}
			if !slices.Contains(r.marks[i], at+1) {
				r.marks[i] = append(r.marks[i], at+1)
			}
		}
		slices.Sort(r.marks[i])
	}
	t.rows = append(t.rows, r)
}

// Note appends a note on the table as a whole; a repeated one is dropped.
func (t *Table) Note(text string) {
	if !slices.Contains(t.notes, text) {
		t.notes = append(t.notes, text)
	}
}

// Caveats appends notes without which the figures would mislead: CSV has them
// too, beside the first row.
func (t *Table) Caveats(texts ...string) {
	for _, text := range texts {
		t.Note(text)
		t.told = append(t.told, text)
	}
}

// Notef is Note with a format.
func (t *Table) Notef(format string, args ...any) { t.Note(fmt.Sprintf(format, args...)) }

// check reports rows whose cells are not one a column.
func (t *Table) check() error {
	for i, r := range t.rows {
		if len(r.cells) != len(t.cols) {
			return fmt.Errorf("table %q, row %d: %d cells in %d columns", t.title, i+1, len(r.cells), len(t.cols))
		}
	}
	return nil
}

// groupColumn is the place of the Group column, -1 where there is none.
func (t *Table) groupColumn() int {
	return slices.IndexFunc(t.cols, func(c Column) bool { return c.Group })
}

// shown lists the columns that people see, without the Group column.
func (t *Table) shown() []int {
	var at []int
	for i, c := range t.cols {
		if !c.Exact && !c.Group {
			at = append(at, i)
		}
	}
	return at
}

// visibleRows are the rows that people see.
func (t *Table) visibleRows() []row {
	return slices.DeleteFunc(slices.Clone(t.rows), func(r row) bool { return r.only == machines })
}

// numbering gives the footnotes of visible cells in some columns new numbers,
// 1 and on in order of appearance, and their texts in that order.
type numbering struct {
	of    map[int]int // new number by old
	texts []string
}

func (t *Table) numbering(cols []int) numbering {
	n := numbering{of: map[int]int{}}
	for _, r := range t.visibleRows() {
		for _, c := range cols {
			for _, m := range r.marks[c] {
				if n.of[m] == 0 {
					n.texts = append(n.texts, t.foot[m-1])
					n.of[m] = len(n.texts)
				}
			}
		}
	}
	return n
}

// marks are a cell's footnotes by their new numbers.
func (n numbering) marks(old []int) []int {
	var out []int
	for _, m := range old {
		if k := n.of[m]; k > 0 {
			out = append(out, k)
		}
	}
	slices.Sort(out)
	return out
}

// exactRows are the rows of CSV and JSON.
func (t *Table) exactRows() []row {
	return slices.DeleteFunc(slices.Clone(t.rows), func(r row) bool { return r.only == people })
}
