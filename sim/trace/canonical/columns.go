package canonical

import (
	"fmt"
	"strings"
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
	best, least := "", 4
	for _, k := range known {
		if d := distance(strings.ToLower(name), k, least); d < least {
			best, least = k, d
		}
	}
	if best != "" {
		return fmt.Sprintf(" (did you mean %q?)", best)
	}
	return " (known: " + strings.Join(known, ", ") + "; another layout: --trace-format csv with --map)"
}

// distance is the edit distance of a and b, or most where it is not below.
func distance(a, b string, most int) int {
	if len(a) > len(b)+most || len(b) > len(a)+most {
		return most
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			next := diagonal
			if a[i] != b[j] {
				next++
			}
			diagonal = row[j+1]
			row[j+1] = min(next, row[j]+1, row[j+1]+1)
		}
	}
	return min(row[len(b)], most)
}
