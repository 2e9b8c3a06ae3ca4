package pricing

import (
	"fmt"
	"strconv"
	"strings"

	"quotawall/sim/tomltext"
)

// Row is one row of the catalog as plain text: what lists print, diffs compare
// and overlays are written from.
type Row struct {
	Table  string // the TOML table: "price", "model" ...
	Key    string // what tells the row from others of its table
	Fields []Field
	Provenance
}

// Field is one value of a row.
type Field struct {
	Name, Text string
	Money      bool // Text is a price
	toml       string
}

// row collects the fields of a row; what is empty is left out, as in the files.
type rowOf struct{ Row }

func newRow(table string, p Provenance, key ...string) *rowOf {
	var parts []string
	for _, k := range key {
		if k != "" {
			parts = append(parts, k)
		}
	}
	return &rowOf{Row{Table: table, Key: strings.Join(parts, " "), Provenance: p}}
}

func (r *rowOf) add(name, text, toml string) *rowOf {
	r.Fields = append(r.Fields, Field{Name: name, Text: text, toml: toml})
	return r
}

func (r *rowOf) text(name, s string) *rowOf {
	if s == "" {
		return r
	}
	return r.add(name, s, tomltext.Quoted(s))
}

func (r *rowOf) number(name string, n int64) *rowOf {
	if n == 0 {
		return r
	}
	return r.add(name, strconv.FormatInt(n, 10), strconv.FormatInt(n, 10))
}

func (r *rowOf) flag(name string, b bool) *rowOf {
	return r.add(name, strconv.FormatBool(b), strconv.FormatBool(b))
}

func (r *rowOf) rate(name string, x Rate) *rowOf {
	if !x.Known() {
		return r
	}
	r.add(name, x.String(), tomltext.Quoted(x.String()))
	r.Fields[len(r.Fields)-1].Money = true
	return r
}

func (r *rowOf) date(name string, d Date) *rowOf {
	if d == "" {
		return r
	}
	return r.add(name, string(d), string(d))
}

func (r *rowOf) list(name string, list []string) *rowOf {
	if len(list) == 0 {
		return r
	}
	return r.add(name, strings.Join(list, ", "), quotedList(list))
}

func (r *rowOf) numbers(name string, list []int64) *rowOf {
	var texts []string
	for _, n := range list {
		texts = append(texts, strconv.FormatInt(n, 10))
	}
	return r.add(name, strings.Join(texts, ", "), "["+strings.Join(texts, ", ")+"]")
}

func (r *rowOf) limit(name string, l Limit) *rowOf {
	switch l {
	case Absent:
		return r
	case NoLimit:
		return r.add(name, "none", `"none"`)
	}
	return r.add(name, l.String(), l.String())
}

// Get is the text of a field, or "".
func (r Row) Get(name string) string {
	for _, f := range r.Fields {
		if f.Name == name {
			return f.Text
		}
	}
	return ""
}

// TOML writes the row as an overlay may hold it.
func (r Row) TOML() string {
	var b strings.Builder
	fmt.Fprintf(&b, "[[%s]]\n", r.Table)
	for _, f := range r.Fields {
		fmt.Fprintf(&b, "%s = %s\n", f.Name, f.toml)
	}
	if r.AsOf != "" {
		fmt.Fprintf(&b, "as_of = %s\n", r.AsOf)
	}
	if r.Confidence != "" {
		fmt.Fprintf(&b, "confidence = %s\n", tomltext.Quoted(r.Confidence))
	}
	if len(r.Source) > 0 {
		fmt.Fprintf(&b, "source = %s\n", quotedList(r.Source))
	}
	if r.Note != "" {
		fmt.Fprintf(&b, "note = %s\n", tomltext.Quoted(r.Note))
	}
	return b.String()
}

func quotedList(list []string) string {
	var out []string
	for _, s := range list {
		out = append(out, tomltext.Quoted(s))
	}
	return "[" + strings.Join(out, ", ") + "]"
}
