package scenarios

import (
	"fmt"
	"strconv"

	"quotawall/sim/tomltext"
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
	for _, a := range leaves(nil, path, v) {
		from := s.origin(a.Key)
		if from == "" {
			p := s.source.At(a.Key)
			from = fmt.Sprintf("%s:%d:%d", s.Name, p.Line, p.Column)
		}
		out = append(out, Given{a.Key, tomltext.Text(a.Value), from})
	}
	return out
}

// Settings are the keys of the scenario that are not at their default, its steps
// left aside, as Set takes them: a block of traffic is named by its class, or by
// its number where that names no single one.
func (s *Scenario) Settings() []Assignment {
	var out []Assignment
	for _, name := range sortedKeys(s.tree) {
		blocks, isList := s.tree[name].([]map[string]any)
		switch {
		case name == "step":
		case name == "traffic" && isList:
			for i := range blocks {
				out = leaves(out, joined(name, blockName(blocks, i)), blocks[i])
			}
		default:
			out = leaves(out, name, s.tree[name])
		}
	}
	return out
}

// blockName is how a key names a block of traffic.
func blockName(blocks []map[string]any, i int) string {
	class, _ := blocks[i]["class"].(string)
	for j := range blocks {
		if other, _ := blocks[j]["class"].(string); class == "" || j != i && other == class {
			return strconv.Itoa(i)
		}
	}
	return class
}

// leaves adds the values of a tree with their paths, in order.
func leaves(out []Assignment, path string, v any) []Assignment {
	table, ok := v.(map[string]any)
	if !ok {
		return append(out, Assignment{Key: path, Value: v})
	}
	for _, k := range sortedKeys(table) {
		out = leaves(out, joined(path, k), table[k])
	}
	return out
}
