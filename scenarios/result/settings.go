package result

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"

	"quotawall/sim/tomltext"
)

// Settings are keys of a scenario and the values that a step or a candidate
// gives them: texts, numbers, booleans, lists and tables, as in the scenario.
type Settings map[string]any

// UnmarshalJSON keeps every number's digits.
func (s *Settings) UnmarshalJSON(text []byte) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	return d.Decode((*map[string]any)(s))
}

// Keys are the keys in order.
func (s Settings) Keys() []string { return slices.Sorted(maps.Keys(s)) }

// Text is a key's value as --set takes it.
func (s Settings) Text(key string) string { return tomltext.Text(s[key]) }

// Texts are all values as --set takes them.
func (s Settings) Texts() map[string]string {
	out := map[string]string{}
	for k := range s {
		out[k] = s.Text(k)
	}
	return out
}
