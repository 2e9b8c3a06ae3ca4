package logs

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"quotawall/sim/trace/scan"
)

// table reads the rows of a layout, from CSV or from JSON.
type table struct {
	*env
	layout
	known      map[string]place // by plain name
	inside     map[string]bool  // names of objects with known members
	cells      [numFields]cell
	filled     []field // the cells that are not empty
	path       []byte  // of a member
	top        shape   // of a row
	remembered int     // members of all shapes
	yes        []byte  // what a truth says
	recent     [numFields]recentName
	clock      int8 // unit of the time column, once it was told by a value
	kind       clockKind
	notJSON    bool // cells that should hold JSON and do not were noted
	mistaken   *scan.Error
}

// place is where a known column stands among those of its field.
type place struct {
	column
	rank int16 // from 1, the best
}

// recentName is the name that a field had last, and its number.
type recentName struct {
	text   []byte
	number int32
}

// cell is what a row has in the best column of a field.
type cell struct {
	text  []byte
	rank  int16 // 0: nothing
	scale int8
	at    int // offset in the row
}

// reader prepares the reading of a table.
func (l layout) reader(e *env) (maker, error) {
	t := &table{env: e, layout: l, known: map[string]place{}, inside: map[string]bool{}, yes: []byte("true")}
	columns := l.columns
	for _, name := range mapped(e.opt.Map) {
		f := fieldOf(name)
		if f == noField {
			return nil, fmt.Errorf("the mapping of %s is not understood\n  known: %s", scan.Quote(name), mapping)
		}
		given := e.opt.Map[name]
		if given == "" {
			return nil, fmt.Errorf("the mapping of %s names no column", name)
		}
		columns = without(columns, f)
		columns = append(columns, column{plainText(given), f, unitOf(given)})
	}
	for i, c := range columns {
		if _, ok := t.known[c.name]; ok || c.field == noField {
			continue
		}
		t.known[c.name] = place{c, int16(i + 1)}
		for k := range c.name {
			if c.name[k] == '.' {
				t.inside[c.name[:k]] = true
			}
		}
	}
	e.info.Dialogues = l.dialogues
	return t, nil
}

// without is columns save those of a field.
func without(columns []column, f field) []column {
	var out []column
	for _, c := range columns {
		if c.field != f {
			out = append(out, c)
		}
	}
	return out
}

// unitOf is the unit of a time by its column's name: "latency_ms", "startTimeUnixNano".
func unitOf(name string) int8 {
	lower := strings.ToLower(name)
	for _, u := range []struct {
		ending string
		scale  int8
	}{{"_ms", 3}, {"millis", 3}, {"milliseconds", 3}, {"_us", 6}, {"micros", 6}, {"microseconds", 6}, {"_ns", 9}, {"nano", 9}, {"nanos", 9}, {"nanoseconds", 9}, {"_s", 0}, {"_sec", 0}, {"seconds", 0}} {
		if strings.HasSuffix(lower, u.ending) {
			return u.scale
		}
	}
	if strings.HasSuffix(name, "Ms") {
		return 3
	}
	return guess
}

func (t *table) file(name string, r io.Reader) (source, error) {
	head, rest, err := peek(name, r)
	if err != nil {
		return nil, err
	}
	for _, n := range t.notes {
		t.note(n)
	}
	line := firstLine(head)
	if len(line) > 0 && (line[0] == '{' || line[0] == '[') {
		return &jsonTable{table: t, values: newValues(name, rest, t.wraps...)}, nil
	}
	if t.format == "jsonl" && len(line) > 0 {
		return nil, &scan.Error{Position: scan.Position{File: name, Line: 1, Column: 1}, Reason: "the text is not JSON"}
	}
	s := &csvTable{table: t, sheet: newSheet(name, rest)}
	s.sheet.comma = separator(line)
	return s, s.header()
}

// clear begins a row.
func (t *table) clear() {
	for _, f := range t.filled {
		t.cells[f] = cell{}
	}
	t.filled, t.mistaken = t.filled[:0], nil
}

// take gives a field a row's text where it has none from a better column. at is
// the text's offset in the row.
func (t *table) take(p *place, text []byte, at int) {
	c := &t.cells[p.field]
	if len(text) == 0 || c.rank != 0 && c.rank <= p.rank {
		return
	}
	if c.rank == 0 {
		t.filled = append(t.filled, p.field)
	}
	c.text, c.rank, c.scale, c.at = text, p.rank, p.scale, at
}

func (t *table) text(f field) []byte { return t.cells[f].text }

// truth reports whether a field says yes.
func (t *table) truth(f field) bool {
	switch string(bytes.ToLower(t.text(f))) {
	case "true", "t", "1", "yes", "hit":
		return true
	}
	return false
}

// members takes the members of an object that are known, those of objects in it
// too. base is the object's offset in the row.
func (t *table) members(j *fields, s *shape, base, depth int) {
	if !j.begin() {
		return
	}
	s.last = 0
	for m := s.member(t, j); m != nil; m = s.member(t, j) {
		switch c := j.Peek(); {
		case c == '{' && depth < deepest && m.inside != nil:
			t.members(j, m.inside, base, depth+1)
		case c == '"' && m.inside != nil:
			at := j.Here()
			t.nested(j.Text(), m.inside, base+at)
		case m.place.rank > 0 && c != '{' && c != '[':
			t.scalar(j, &m.place, base)
		default:
			j.Skip()
		}
	}
}

// scalar takes a member that is a string, a number or a truth.
func (t *table) scalar(j *fields, p *place, base int) {
	at := base + j.Here()
	switch c := j.Peek(); {
	case c == '"' || c == '-' || c >= '0' && c <= '9':
		t.take(p, j.name(), at)
	case c == 't':
		j.Skip()
		t.take(p, t.yes, at)
	default:
		j.Skip()
	}
}

// nested takes the members of an object that is written in a string or a cell.
func (t *table) nested(text []byte, s *shape, at int) {
	if len(text) == 0 || text[0] != '{' {
		return
	}
	var j fields
	j.Reset(text)
	t.members(&j, s, at, 1)
	if j.Err() != scan.Fine && !t.notJSON {
		t.notJSON = true
		t.note("some cells of " + scan.Quote(strings.TrimSuffix(s.path, ".")) + " are not valid JSON: what they say was not read in full")
	}
}

// csvTable is a table in a CSV file.
type csvTable struct {
	*table
	*sheet
	names   []string
	columns []tableColumn // those that say something
}

// tableColumn is a column of a CSV file that is known, or may hold objects with
// members that are.
type tableColumn struct {
	index  int   // of its field in a row
	place  place // rank 0: it is not known itself
	inside *shape
}

// header finds the columns.
func (s *csvTable) header() error {
	names, err := s.sheet.header()
	if err != nil {
		return err
	}
	s.names = names
	var there [numFields]bool
	inside := false
	for i, name := range names {
		p := plainText(name)
		c := tableColumn{i, s.known[p], s.shapeOf(p)}
		if c.place.rank > 0 || c.inside != nil {
			s.columns = append(s.columns, c)
		}
		there[c.place.field], inside = true, inside || c.inside != nil
	}
	if err := s.unmapped(there); err != nil {
		return err
	}
	for _, f := range []field{fieldAt, fieldInput} {
		if !there[f] && !(f == fieldInput && inside) {
			what := map[field]string{fieldAt: "the time", fieldInput: "the input tokens"}[f]
			return &scan.Error{Position: s.sheet.position(0), Reason: "the header has no column that is known to be " + what,
				Detail: "\n  columns: " + scan.Quote(strings.Join(names, ",")) + "\n  name it with --map at=COLUMN,input=COLUMN,output=COLUMN"}
		}
	}
	return nil
}

// unmapped refuses a mapping to a column that is not there.
func (s *csvTable) unmapped(there [numFields]bool) error {
	for _, name := range mapped(s.opt.Map) {
		given := s.opt.Map[name]
		if !there[fieldOf(name)] && !strings.Contains(given, ".") {
			return &scan.Error{Position: s.sheet.position(0), Reason: "the header has no column " + scan.Quote(given),
				Detail: "the mapping names it for " + name + "\n  columns: " + scan.Quote(strings.Join(s.names, ","))}
		}
	}
	return nil
}

func (s *csvTable) next(b *batch) error {
	row, err := s.sheet.next()
	if err != nil {
		return err
	}
	if len(row) != len(s.names) {
		return wrongWidth(s.sheet)
	}
	s.clear()
	for i := range s.columns {
		c := &s.columns[i]
		if f := &row[c.index]; c.inside != nil && len(f.Text) > 0 && f.Text[0] == '{' {
			s.nested(f.Text, c.inside, f.At)
		} else if c.place.rank > 0 {
			s.take(&c.place, f.Text, f.At)
		}
	}
	return s.finish(b, s.sheet.spot)
}

// jsonTable is a table of JSON objects.
type jsonTable struct {
	*table
	*values
	now *batch
}

func (s *jsonTable) next(b *batch) error {
	s.now = b
	return s.values.next(s.decode)
}

func (s *jsonTable) decode() error {
	s.clear()
	s.members(&s.values.fields, &s.top, 0, 0)
	if s.values.Err() != scan.Fine {
		return nil
	}
	return s.finish(s.now, s.values.spot)
}
