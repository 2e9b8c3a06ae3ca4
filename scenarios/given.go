package scenarios

import (
	"fmt"

	"quotawall/pricing/tomlpos"
)

// Given is a key that was given a value, and by what.
type Given struct{ Key, Value, From string }

// Given lists the keys of the scenario that are not at their default, its
// traffic and steps left aside, in the order of their names.
func (s *Scenario) Given() []Given {
	var out []Given
	for _, name := range sortedKeys(s.tree) {
		if name != "step" && name != "traffic" {
			out = s.given(out, name, s.tree[name])
		}
	}
	return out
}

func (s *Scenario) given(out []Given, path string, v any) []Given {
	if table, ok := v.(map[string]any); ok {
		for _, k := range sortedKeys(table) {
			out = s.given(out, joined(path, k), table[k])
		}
		return out
	}
	from := s.origin(path)
	if from == "" {
		p := s.source.At(path)
		from = fmt.Sprintf("%s:%d:%d", s.Name, p.Line, p.Column)
	}
	return append(out, Given{path, tomlpos.Text(v), from})
}
