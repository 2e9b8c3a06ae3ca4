package scan

import (
	"fmt"
	"strconv"
	"strings"
)

// Position is a place in an input. Line and Column are 1-based; Column counts
// bytes; 0 of either means that it is not known.
type Position struct {
	File   string
	Line   int64
	Column int
}

// String is "file:line:column" without what is not known.
func (p Position) String() string {
	s := Printable(p.File)
	if p.Line > 0 {
		s += ":" + strconv.FormatInt(p.Line, 10)
		if p.Column > 0 {
			s += ":" + strconv.Itoa(p.Column)
		}
	}
	return s
}

// Error is a mistake at a place of an input.
type Error struct {
	Position
	// Reason is the mistake without the row's own values, so that equal
	// mistakes can be counted together.
	Reason string
	// Detail is the row's own value or the advice; may be empty.
	Detail string
	// Row marks a mistake of one row: the rows after it can still be read.
	Row bool
	// Empty marks a trace without a single request.
	Empty bool
}

// Error is "file:line:column: reason: detail".
func (e *Error) Error() string {
	s := e.Position.String() + ": " + e.Reason
	if e.Detail != "" {
		s += ": " + e.Detail
	}
	return s
}

// Quote is text for an error message: quoted, escaped and cut to a length that
// a person can read.
func Quote[T []byte | string](text T) string {
	const longest = 40
	if len(text) > longest {
		return fmt.Sprintf("%q...", string(text[:longest]))
	}
	return fmt.Sprintf("%q", string(text))
}

// Printable is s where it has no control characters, and s quoted otherwise.
func Printable(s string) string {
	if strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 }) {
		return strconv.Quote(s)
	}
	return s
}
