package reports

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/pkg/twwidth"
	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"
)

// DefaultWidth is the width of a document that goes to no terminal, columns.
const DefaultWidth = 100

// Terminal attributes; used only with color.
const (
	bold  = "\x1b[1m"
	dim   = "\x1b[2m"
	red   = "\x1b[31m"
	green = "\x1b[32m"
	reset = "\x1b[0m"
)

// WriteText writes tables for a terminal of a width (0 or less: DefaultWidth).
// No line is wider; columns that do not fit are left out by priority and named.
func WriteText(w io.Writer, width int, color bool, tables ...*Table) error {
	if width <= 0 {
		width = DefaultWidth
	}
	return whole(w, tables, func(b *bytes.Buffer, t *Table) error {
		return t.text(b, width, color)
	})
}

func (t *Table) text(b *bytes.Buffer, width int, color bool) error {
	paint := func(code, s string) string {
		if !color || s == "" {
			return s
		}
		return code + s + reset
	}
	if t.title != "" {
		for _, line := range wrapText(Visible(t.title), width) {
			b.WriteString(paint(bold, line) + "\n")
		}
	}
	l := newLayout(t, width)
	if len(l.rows) > 0 {
		lines, heights, err := l.draw(t, color)
		if err != nil {
			return err
		}
		t.splice(b, l, lines, heights, func(s string) string { return paint(bold, s) }, width)
	}
	for _, line := range t.noteLines(l, width) {
		b.WriteString(paint(dim, line) + "\n")
	}
	return nil
}

// draw renders the grid and returns its lines, and how many each row takes.
func (l *layout) draw(t *Table, color bool) (lines []string, heights []int, err error) {
	var grid bytes.Buffer
	out := tablewriter.NewTable(&grid, l.options(t)...)
	out.Header(l.header())
	rows := t.visibleRows()
	for r, cells := range l.rows {
		drawn := make([]string, len(cells))
		height := 1
		for i, s := range cells {
			wrapped := wrapText(s, l.width[i])
			height = max(height, len(wrapped))
			drawn[i] = strings.Join(toned(wrapped, rows[r].cells[l.cols[i]].tone, color), "\n")
		}
		heights = append(heights, height)
		if err := out.Append(drawn); err != nil {
			return nil, nil, err
		}
	}
	if err := out.Render(); err != nil {
		return nil, nil, err
	}
	return strings.Split(strings.TrimSuffix(grid.String(), "\n"), "\n"), heights, nil
}

// header is the header cells, all of one height, text at the bottom.
func (l *layout) header() []string {
	height := 0
	for _, lines := range l.head {
		height = max(height, len(lines))
	}
	out := make([]string, len(l.head))
	for i, lines := range l.head {
		pad := make([]string, height-len(lines))
		for p := range pad {
			pad[p] = " "
		}
		out[i] = strings.Join(append(pad, lines...), "\n")
	}
	return out
}

// options set the drawing up: no borders, no wrapping and no renaming of its
// own, widths from the layout whatever the locale says.
func (l *layout) options(t *Table) []tablewriter.Option {
	align := make([]tw.Align, len(l.cols))
	for i, c := range l.cols {
		align[i] = tw.AlignLeft
		if t.cols[c].Kind.numeric() {
			align[i] = tw.AlignRight
		}
	}
	widths := tw.NewMapper[int, int]()
	for i, w := range l.width {
		widths.Set(i, w)
	}
	none := tw.CellPadding{Global: tw.PaddingNone}
	cell := tw.CellConfig{Alignment: tw.CellAlignment{PerColumn: align}, Padding: none,
		Formatting: tw.CellFormatting{AutoWrap: tw.WrapNone, AutoFormat: tw.Off}}
	return []tablewriter.Option{
		tablewriter.WithRenderer(renderer.NewBlueprint(tw.Rendition{
			Borders: tw.BorderNone,
			Symbols: tw.NewSymbolCustom("quotawall").WithColumn(blanks(gap)).WithRow("─").WithCenter("──"),
			Settings: tw.Settings{
				Lines:      tw.Lines{ShowHeaderLine: tw.On},
				Separators: tw.Separators{ShowHeader: tw.On, BetweenRows: tw.Off, BetweenColumns: tw.On},
			},
		})),
		tablewriter.WithHeaderConfig(cell),
		tablewriter.WithRowConfig(cell),
		tablewriter.WithHeaderAutoFormat(tw.Off),
		tablewriter.WithTrimSpace(tw.Off),
		tablewriter.WithEastAsian(tw.Off),
		tablewriter.WithColumnWidths(widths),
	}
}

// toned colours the lines of a cell.
func toned(lines []string, tone Tone, color bool) []string {
	if !color || tone == Plain {
		return lines
	}
	code := green
	if tone == Bad {
		code = red
	}
	out := make([]string, len(lines))
	for i, s := range lines {
		out[i] = code + s + reset
	}
	return out
}

// splice writes the drawn lines, with a heading line before each group.
func (t *Table) splice(b *bytes.Buffer, l *layout, lines []string, heights []int, heading func(string) string, width int) {
	head := len(lines)
	for _, h := range heights {
		head -= h
	}
	put := func(lines []string) {
		for _, s := range lines {
			b.WriteString(strings.TrimRight(s, " ") + "\n")
		}
	}
	put(lines[:head])
	group, last, at := t.groupColumn(), "", head
	for i, r := range t.visibleRows() {
		if group >= 0 && (i == 0 || r.cells[group].exact != last) {
			last = r.cells[group].exact
			for _, line := range wrapText("── "+Visible(last), width) {
				b.WriteString(heading(line) + "\n")
			}
		}
		put(lines[at : at+heights[i]])
		at += heights[i]
	}
}

// noteLines are footnotes, notes and what was left out, wrapped.
func (t *Table) noteLines(l *layout, width int) []string {
	var out []string
	add := func(mark, s string) {
		indent := twwidth.Width(mark)
		if width <= indent+1 {
			indent = 0
		}
		for i, line := range wrapText(Visible(s), width-indent) {
			if i == 0 && indent > 0 {
				out = append(out, mark+line)
			} else {
				out = append(out, blanks(indent)+line)
			}
		}
	}
	for i, n := range l.foot {
		add(superscript([]int{i + 1})+" ", n)
	}
	for _, n := range t.notes {
		add("", n)
	}
	if len(l.left) > 0 {
		add("", fmt.Sprintf("(too narrow for: %s; csv and json have all)", strings.Join(l.left, ", ")))
	}
	return out
}
