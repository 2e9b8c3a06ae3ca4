package tomlpos

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// plain reads the part of TOML that catalogs and scenarios are mostly written
// in, many times faster than the full decoder: bare table headers, one key a
// line, texts without escapes, plain numbers, dates, lists and inline tables. ok
// is false for everything else, mistakes too: that is for the full decoder.
func plain(text string) (tree map[string]any, ok bool) {
	for i := range len(text) {
		if c := text[i]; c < ' ' && c != '\n' && c != '\t' || c == 0x7f {
			return nil, false
		}
	}
	if !utf8.ValidString(text) {
		return nil, false
	}
	p := plainReader{text: text, root: map[string]any{}, headers: map[string]header{}}
	p.table = p.root
	for p.blank(); p.i < len(p.text); p.blank() {
		if !p.statement() || !p.lineEnd() {
			return nil, false
		}
	}
	return p.root, true
}

// header is what table headers have made of a path.
type header byte

const (
	untold   header = iota
	implied         // a table that only holds others so far
	single          // [path]
	repeated        // [[path]]
)

type plainReader struct {
	text        string
	i           int
	root, table map[string]any
	headers     map[string]header // by path, of the latest elements
	looked      int               // headers looked at by forget
}

func (p *plainReader) at(c byte) bool { return p.i < len(p.text) && p.text[p.i] == c }

// take passes a byte if it comes next.
func (p *plainReader) take(c byte) bool {
	if !p.at(c) {
		return false
	}
	p.i++
	return true
}

func (p *plainReader) spaces() {
	for p.at(' ') || p.at('\t') {
		p.i++
	}
}

// blank passes white space, ends of lines and comments.
func (p *plainReader) blank() {
	for p.spaces(); p.at('\n') || p.at('#'); p.spaces() {
		p.comment()
		p.take('\n')
	}
}

func (p *plainReader) comment() {
	if !p.at('#') {
		return
	}
	if end := strings.IndexByte(p.text[p.i:], '\n'); end >= 0 {
		p.i += end
	} else {
		p.i = len(p.text)
	}
}

// lineEnd reports whether nothing more stands in the line.
func (p *plainReader) lineEnd() bool {
	p.spaces()
	p.comment()
	return p.i == len(p.text) || p.at('\n')
}

func (p *plainReader) statement() bool {
	if p.take('[') {
		return p.header()
	}
	return p.pair(p.table)
}

// header reads a table's header after its first bracket and moves to the table.
func (p *plainReader) header() bool {
	many := p.take('[')
	end := strings.IndexAny(p.text[p.i:], "]\n")
	if end < 0 {
		return false
	}
	path := p.text[p.i : p.i+end]
	p.i += end
	if !p.take(']') || many && !p.take(']') {
		return false
	}
	table, from := p.root, 0
	for n := range path {
		if path[n] == '.' {
			if table = p.enter(table, path[:n], path[from:n], implied); table == nil {
				return false
			}
			from = n + 1
		}
	}
	kind := single
	if many {
		kind = repeated
	}
	p.table = p.enter(table, path, path[from:], kind)
	return p.table != nil
}

// enter is the table that a part of a header leads to from its parent; nil where
// the part is no bare key or stands for something else already.
func (p *plainReader) enter(parent map[string]any, path, part string, kind header) map[string]any {
	if part == "" || strings.ContainsFunc(part, notBare) {
		return nil
	}
	was := p.headers[path]
	if _, taken := parent[part]; taken && was == untold {
		return nil
	}
	switch {
	case kind == repeated && (was == untold || was == repeated):
		list, _ := parent[part].([]map[string]any)
		keys := 0
		if len(list) > 0 {
			keys = len(list[len(list)-1])
		}
		table := make(map[string]any, keys)
		parent[part] = append(list, table)
		if was == repeated && !p.forget(path) {
			return nil
		}
		p.headers[path] = repeated
		return table
	case kind == implied && was == repeated:
		list := parent[part].([]map[string]any)
		return list[len(list)-1]
	case was == untold:
		parent[part] = map[string]any{}
		p.headers[path] = kind
	case kind == single && was == implied:
		p.headers[path] = single
	case kind != implied:
		return nil
	}
	return parent[part].(map[string]any)
}

// forget drops what headers made of the paths below one. It gives up where looking
// for them takes long: a text of many other headers is for the full decoder.
func (p *plainReader) forget(path string) bool {
	if p.looked += len(p.headers); p.looked > 1000+8*len(p.text) {
		return false
	}
	for below := range p.headers {
		if strings.HasPrefix(below, path) && len(below) > len(path) && below[len(path)] == '.' {
			delete(p.headers, below)
		}
	}
	return true
}

func notBare(r rune) bool {
	return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_' || r == '-')
}

// pair reads key = value into a table that has no such key yet.
func (p *plainReader) pair(table map[string]any) bool {
	key, ok := p.key()
	if _, taken := table[key]; !ok || taken {
		return false
	}
	p.spaces()
	if !p.take('=') {
		return false
	}
	p.spaces()
	table[key], ok = p.value()
	return ok
}

func (p *plainReader) key() (key string, ok bool) {
	if p.at('"') {
		return p.quoted()
	}
	start := p.i
	for p.i < len(p.text) && !notBare(rune(p.text[p.i])) {
		p.i++
	}
	return p.text[start:p.i], p.i > start
}

// quoted reads a text of one line without escapes.
func (p *plainReader) quoted() (text string, ok bool) {
	start := p.i + 1
	n := strings.IndexByte(p.text[start:], '"')
	if n < 0 {
		return "", false
	}
	text = p.text[start : start+n]
	p.i = start + n + 1
	escaped, long := strings.IndexByte(text, '\\') >= 0, text == "" && p.at('"')
	return text, !escaped && !long && strings.IndexByte(text, '\n') < 0
}

func (p *plainReader) value() (v any, ok bool) {
	switch {
	case p.at('"'):
		return p.quoted()
	case p.take('['):
		return p.list()
	case p.take('{'):
		return p.inlineTable()
	}
	end := strings.IndexAny(p.text[p.i:], " \t\n,]}#")
	if end < 0 {
		end = len(p.text) - p.i
	}
	word := p.text[p.i : p.i+end]
	p.i += end
	return scalar(word)
}

// list reads a list after its bracket.
func (p *plainReader) list() (v any, ok bool) {
	list := make([]any, 0, 2)
	for {
		if p.blank(); p.take(']') {
			return list, true
		}
		if v, ok = p.value(); !ok {
			return nil, false
		}
		list = append(list, v)
		if p.blank(); !p.take(',') && !p.at(']') {
			return nil, false
		}
	}
}

// inlineTable reads an inline table of one line after its brace.
func (p *plainReader) inlineTable() (v any, ok bool) {
	table := map[string]any{}
	if p.spaces(); p.take('}') {
		return table, true
	}
	for {
		if p.spaces(); !p.pair(table) {
			return nil, false
		}
		if p.spaces(); p.take('}') {
			return table, true
		}
		if !p.take(',') {
			return nil, false
		}
	}
}

// scalar reads a truth value, a number without sign or exponent, or a date.
func scalar(word string) (v any, ok bool) {
	if word == "true" || word == "false" {
		return word == "true", true
	}
	whole, fraction, decimal := strings.Cut(word, ".")
	switch {
	case len(word) == len(time.DateOnly) && word[4] == '-' && word[7] == '-':
		return date(word)
	case !digits(whole) || len(word) > 18 || len(whole) > 1 && whole[0] == '0':
		return nil, false
	case !decimal:
		n, err := strconv.ParseInt(word, 10, 64)
		return n, err == nil
	case !digits(fraction):
		return nil, false
	}
	f, err := strconv.ParseFloat(word, 64)
	return f, err == nil
}

func digits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// date reads a date as the full decoder does, which takes it for the midnight of
// a zone of this name; how far from UTC that is, is the machine's there.
func date(word string) (v any, ok bool) {
	t, err := time.ParseInLocation(time.DateOnly, word, time.FixedZone("date-local", 0))
	return t, err == nil
}
