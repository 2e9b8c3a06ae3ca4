package tomlpos

import (
	"strconv"
	"strings"
)

// locate scans a valid TOML text for its keys.
func locate(text string) map[string]Position {
	l := locator{at: map[string]Position{}, counts: map[string]int{}, text: text, line: 1, column: 1}
	for !l.end() {
		l.moving(l.statement)
	}
	return l.at
}

type locator struct {
	text         string
	i            int
	line, column int
	table        string
	at           map[string]Position
	counts       map[string]int
}

func (l *locator) end() bool  { return l.i >= len(l.text) }
func (l *locator) peek() byte { return l.text[l.i] }

func (l *locator) next() byte {
	c := l.text[l.i]
	l.i++
	if c == '\n' {
		l.line, l.column = l.line+1, 1
	} else {
		l.column++
	}
	return c
}

// moving passes a part of the text, at least one byte of it.
func (l *locator) moving(pass func()) {
	if from := l.i; !l.end() {
		if pass(); l.i == from {
			l.next()
		}
	}
}

func (l *locator) has(prefix string) bool { return strings.HasPrefix(l.text[l.i:], prefix) }

func (l *locator) skip(set string) {
	for !l.end() && strings.IndexByte(set, l.peek()) >= 0 {
		l.next()
	}
}

func (l *locator) toLineEnd() {
	for !l.end() && l.peek() != '\n' {
		l.next()
	}
}

// statement passes one line's worth: a comment, a table header or a key.
func (l *locator) statement() {
	l.skip(" \t\r\n")
	if l.end() {
		return
	}
	switch {
	case l.peek() == '#':
		l.toLineEnd()
	case l.has("[["):
		l.next()
		l.next()
		where, path := l.position(), l.key("")
		path = l.current(path)
		n := l.counts[path]
		l.counts[path] = n + 1
		l.table = path + "[" + strconv.Itoa(n) + "]"
		l.at[l.table] = where
		l.mark(path, where)
		l.toLineEnd()
	case l.peek() == '[':
		l.next()
		where := l.position()
		l.table = l.current(l.key(""))
		l.mark(l.table, where)
		l.toLineEnd()
	default:
		l.pair(l.table)
	}
}

// current puts the number of the latest element behind the arrays of tables in a path.
func (l *locator) current(path string) string {
	parts := strings.Split(path, ".")
	out := ""
	for i, p := range parts {
		out = join(out, p)
		if n := l.counts[out]; n > 0 && i < len(parts)-1 {
			out += "[" + strconv.Itoa(n-1) + "]"
		}
	}
	return out
}

func (l *locator) position() Position { return Position{l.line, l.column} }

func (l *locator) mark(path string, p Position) {
	if _, ok := l.at[path]; !ok {
		l.at[path] = p
	}
}

func join(parent, key string) string {
	if parent == "" {
		return key
	}
	return parent + "." + key
}

// key reads a dotted key and marks each of its parts under parent.
func (l *locator) key(parent string) string {
	path := parent
	for {
		l.skip(" \t")
		where := l.position()
		path = join(path, l.part())
		if parent != "" || l.i < len(l.text) && l.table == "" {
			l.mark(path, where)
		}
		l.skip(" \t")
		if l.end() || l.peek() != '.' {
			return path
		}
		l.next()
	}
}

// part reads one bare or quoted part of a key.
func (l *locator) part() string {
	if !l.end() && (l.peek() == '"' || l.peek() == '\'') {
		start := l.i + 1
		l.str()
		return l.text[start : l.i-1]
	}
	start := l.i
	for !l.end() && strings.IndexByte(" \t.=]\r\n", l.peek()) < 0 {
		l.next()
	}
	return l.text[start:l.i]
}

// pair reads key = value.
func (l *locator) pair(parent string) {
	where := l.position()
	path := l.key(parent)
	l.mark(path, where)
	l.skip(" \t")
	if !l.end() && l.peek() == '=' {
		l.next()
	}
	l.skip(" \t")
	l.value(path)
}

// value passes a value, marking the keys of inline tables.
func (l *locator) value(path string) {
	if l.end() {
		return
	}
	switch l.peek() {
	case '"', '\'':
		l.str()
	case '[':
		l.array(path)
	case '{':
		l.inlineTable(path)
	default:
		for !l.end() && strings.IndexByte(",]}#\r\n", l.peek()) < 0 {
			l.next()
		}
	}
}

// array passes an array, marking its elements by number.
func (l *locator) array(path string) {
	l.next()
	for n := 0; ; {
		l.skip(" \t\r\n,")
		if l.end() || l.peek() == ']' {
			break
		}
		if l.peek() == '#' {
			l.toLineEnd()
			continue
		}
		element := path + "[" + strconv.Itoa(n) + "]"
		l.mark(element, l.position())
		l.moving(func() { l.value(element) })
		n++
	}
	if !l.end() {
		l.next()
	}
}

// inlineTable passes an inline table, marking its keys.
func (l *locator) inlineTable(path string) {
	l.next()
	for {
		l.skip(" \t\r\n,")
		if l.end() || l.peek() == '}' {
			break
		}
		l.moving(func() { l.pair(path) })
	}
	if !l.end() {
		l.next()
	}
}

// str passes a string of any of the four kinds.
func (l *locator) str() {
	for _, long := range []string{`"""`, `'''`} {
		if l.has(long) {
			for range 3 {
				l.next()
			}
			for !l.end() && !l.has(long) {
				if l.next() == '\\' && long == `"""` && !l.end() {
					l.next()
				}
			}
			for !l.end() && l.peek() == long[0] {
				l.next()
			}
			return
		}
	}
	quote := l.next()
	for !l.end() && l.peek() != quote && l.peek() != '\n' {
		if l.next() == '\\' && quote == '"' && !l.end() {
			l.next()
		}
	}
	if !l.end() {
		l.next()
	}
}
