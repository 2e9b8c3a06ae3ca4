// Package tomlpos finds where keys stand in a TOML source, which the decoder
// does not tell for keys it does not know, and shapes mistakes for people:
// file:line:column, what, why and what to do.
package tomlpos

import (
	"errors"
	"fmt"
	"sort"
	"strings"
	"sync"

	"github.com/BurntSushi/toml"
)

// Position is a place in a source, both numbers from 1.
type Position struct{ Line, Column int }

// Source is a TOML text and where its keys stand. Paths are dotted, elements of
// arrays of tables numbered: "step[1].set.caching.mode".
type Source struct {
	Name string
	at   func() map[string]Position // found when the first is asked for
}

// Mistake is one mistake of an input.
type Mistake struct {
	Position
	Path, What, Hint string
}

// Mistakes collects all mistakes of a source.
type Mistakes struct {
	Source *Source
	list   []Mistake
}

// Decode parses text into a tree and locates its keys. A syntax error names
// its line and column.
func Decode(name, text string) (map[string]any, *Source, error) {
	source := &Source{Name: name, at: sync.OnceValue(func() map[string]Position { return locate(text) })}
	if at := tooDeep(text); at >= 0 {
		p := positionAt(text, at)
		return nil, nil, fmt.Errorf("%s:%d:%d: more than %d brackets are open here", name, p.Line, p.Column, deepest)
	}
	if tree, ok := plain(text); ok {
		return tree, source, nil
	}
	tree := map[string]any{}
	if _, err := toml.Decode(text, &tree); err != nil {
		var parse toml.ParseError
		if errors.As(err, &parse) {
			p := positionAt(text, parse.Position.Start)
			return nil, nil, fmt.Errorf("%s:%d:%d: %s", name, p.Line, p.Column, oneLine(parse.Message, err))
		}
		return nil, nil, fmt.Errorf("%s: %w", name, err)
	}
	return tree, source, nil
}

// deepest bounds the brackets that are open at once, so that no text can exhaust
// the stack of its reader. Those in texts and comments count, too.
const deepest = 10_000

// tooDeep is where a text opens more brackets than that, or -1.
func tooDeep(text string) int {
	if strings.Count(text, "[")+strings.Count(text, "{") <= deepest {
		return -1
	}
	open := 0
	for i := range len(text) {
		switch text[i] {
		case '[', '{':
			if open++; open > deepest {
				return i
			}
		case ']', '}':
			open = max(0, open-1)
		}
	}
	return -1
}

// positionAt is the place of a byte; the decoder's own line is one too far where
// what it stumbled on is a line's end.
func positionAt(text string, offset int) Position {
	before := text[:min(max(0, offset), len(text))]
	return Position{1 + strings.Count(before, "\n"), len(before) - strings.LastIndex(before, "\n")}
}

func oneLine(message string, err error) string {
	if message == "" {
		message = err.Error()
	}
	return strings.Join(strings.Fields(message), " ")
}

// At is where a path stands, or where its nearest known parent does.
func (s *Source) At(path string) Position {
	at := s.at()
	for path != "" {
		if p, ok := at[path]; ok {
			return p
		}
		cut := strings.LastIndexAny(path, ".[")
		if cut < 0 {
			break
		}
		path = path[:cut]
	}
	return Position{1, 1}
}

// Add notes a mistake at a path.
func (m *Mistakes) Add(path, hint, format string, args ...any) {
	var p Position
	if m.Source != nil {
		p = m.Source.At(path)
	}
	m.list = append(m.list, Mistake{Position: p, Path: path, What: fmt.Sprintf(format, args...), Hint: hint})
}

// listed is how many mistakes an error lists before it only counts them.
const listed = 20

// List is an error of many lines, a mistake each with its hints below it: the
// first twenty, then how many more; nil without any.
func List(mistakes []string) error {
	switch n := len(mistakes); {
	case n == 0:
		return nil
	case n > listed:
		return fmt.Errorf("%s\nand %d more mistakes", strings.Join(mistakes[:listed], "\n"), n-listed)
	}
	return errors.New(strings.Join(mistakes, "\n"))
}

// Err is an error that lists the mistakes in their order in the source, or nil.
func (m *Mistakes) Err() error { return List(m.Lines()) }

// Lines are the mistakes in their order in the source, each with where it
// stands and its hint on a line below.
func (m *Mistakes) Lines() []string {
	sort.SliceStable(m.list, func(i, j int) bool {
		a, b := m.list[i], m.list[j]
		return a.Line < b.Line || a.Line == b.Line && a.Column < b.Column
	})
	var lines []string
	for _, x := range m.list {
		line := x.What
		switch {
		case m.Source == nil || m.Source.Name == "":
		case x.Line == 0:
			line = fmt.Sprintf("%s: %s", m.Source.Name, x.What)
		default:
			line = fmt.Sprintf("%s:%d:%d: %s", m.Source.Name, x.Line, x.Column, x.What)
		}
		if x.Hint != "" {
			line += "\n  " + x.Hint
		}
		lines = append(lines, line)
	}
	return lines
}
