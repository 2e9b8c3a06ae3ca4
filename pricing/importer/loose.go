package importer

import (
	"encoding/json"
	"fmt"
)

// loose is a value of JSON as text, whatever its type; null is empty. A number
// that is none can so be named, rather than spoil what stands around it.
type loose string

// UnmarshalJSON takes a text without its quotes, anything else as it is written.
func (l *loose) UnmarshalJSON(raw []byte) error {
	var text string
	switch {
	case string(raw) == "null":
	case json.Unmarshal(raw, &text) != nil:
		text = string(raw)
	}
	*l = loose(text)
	return nil
}

// shown is the value for a message, cut where it is long.
func (l loose) shown() string {
	if len(l) > 40 {
		return fmt.Sprintf("%.40q...", string(l))
	}
	return fmt.Sprintf("%q", string(l))
}

// most is how many lines of one kind are listed before they are only counted.
const most = 20

// shortened cuts a list of lines, and says how many more there are.
func shortened(lines []string) []string {
	if len(lines) <= most {
		return lines
	}
	return append(lines[:most:most], fmt.Sprintf("and %d more", len(lines)-most))
}
