package canonical

import (
	"fmt"
	"strings"

	"quotawall/sim/nearest"
)

// column is what a field of a row means.
type column uint8

const (
	colTime column = iota
	colInput
	colOutput
	colModel
	colMax
	colSession
	colUser
	colClass
	colRead
	colWrite
	colShared
	colBlocks
	colDuration
	colAccount
	colStatus
	columns
)

// Columns are the names of the canonical columns in the order they are written.
func Columns() []string {
	return []string{
		"t_us", "input_tokens", "output_tokens", "model", "max_tokens", "session", "user", "class",
		"cache_read_tokens", "cache_write_tokens", "shared_tokens", "blocks", "duration_us", "account", "status",
	}
}

// plan maps the fields of a header to columns.
func plan(names []string) ([]column, error) {
	known := Columns()
	var where [columns]bool
	out := make([]column, len(names))
	for i, name := range names {
		c := column(0)
		for c < columns && known[c] != name {
			c++
		}
		switch {
		case c == columns:
			return nil, fmt.Errorf("column %d, %.40q, is not known%s", i+1, name, suggestion(name, known))
		case where[c]:
			return nil, fmt.Errorf("column %q comes twice", name)
		}
		out[i], where[c] = c, true
	}
	for c := colTime; c <= colOutput; c++ {
		if !where[c] {
			return nil, fmt.Errorf("the header has no column %q", known[c])
		}
	}
	return out, nil
}

// suggestion names the known column nearest to name, or all of them.
func suggestion(name string, known []string) string {
	if hint := nearest.DidYouMean(strings.ToLower(name), known); hint != "" {
		return " (" + hint + ")"
	}
	return " (known: " + strings.Join(known, ", ") + "; another layout: --trace-format csv with --map)"
}
