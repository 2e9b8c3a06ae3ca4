// Package scenarios turns what-if files into simulations: a scenario is a set of
// keys (DESIGN 5); a step, --set, a sweep's axis and a plan's candidate are all
// new values for some keys, and nothing else changes a scenario.
package scenarios

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/BurntSushi/toml"

	"quotawall/pricing/tomlpos"
)

// Scenario is a set of keys as it was written: values by path, and where each
// stands. It is not checked; Decode does that.
type Scenario struct {
	Name    string // file or embedded name
	tree    map[string]any
	source  *tomlpos.Source
	origins map[string]string // path -> what set it, where that is not the file
	keys    *keySet           // shared by clones
}

// Parse reads a scenario's text; only its syntax is checked.
func Parse(name, text string) (*Scenario, error) {
	tree, source, err := tomlpos.Decode(name, text)
	if err != nil {
		return nil, err
	}
	return &Scenario{Name: name, tree: tree, source: source, origins: map[string]string{}, keys: newKeySet()}, nil
}

// Clone is a copy that can be changed without changing s.
func (s *Scenario) Clone() *Scenario {
	c := &Scenario{Name: s.Name, tree: cloned(s.tree).(map[string]any), source: s.source, origins: map[string]string{}, keys: s.keys}
	for k, v := range s.origins {
		c.origins[k] = v
	}
	return c
}

func cloned(v any) any {
	switch v := v.(type) {
	case map[string]any:
		m := make(map[string]any, len(v))
		for k, x := range v {
			m[k] = cloned(x)
		}
		return m
	case []map[string]any:
		l := make([]map[string]any, len(v))
		for i, x := range v {
			l[i] = cloned(x).(map[string]any)
		}
		return l
	case []any:
		l := make([]any, len(v))
		for i, x := range v {
			l[i] = cloned(x)
		}
		return l
	}
	return v
}

// Assignment is a new value for a key, in the order in which it was given.
type Assignment struct {
	Key    string
	Value  any
	Origin string // "--set caching.mode=prefix", for errors; empty = the file
}

// ParseAssignment reads "key=value" as --set takes it. The value is TOML where
// it can be, else a text: both trace.repeat=fill and trace.repeat="fill" work.
func ParseAssignment(s string) (Assignment, error) {
	key, text, ok := cutAssignment(s)
	key = strings.TrimSpace(key)
	if !ok || key == "" {
		return Assignment{}, fmt.Errorf("--set %s: want key=value, as in --set caching.mode=prefix", s)
	}
	return Assignment{Key: key, Value: ParseValue(strings.TrimSpace(text)), Origin: "--set " + s}, nil
}

// ParseValue reads a value as TOML where it can be, else as a text.
func ParseValue(text string) any {
	var tree map[string]any
	if _, err := toml.Decode("x = "+text, &tree); err == nil && len(tree) == 1 {
		return tree["x"]
	}
	return text
}

// Set gives a key a new value. Names of list elements are their class (traffic)
// or their number; "users" stands for the users of every class with arrivals of
// its own, "cache.hit" for a flat cache rate.
func (s *Scenario) Set(a Assignment) error {
	for _, x := range expand(s, a) {
		if err := s.set(x); err != nil {
			return fmt.Errorf("%s: %w", a.where(), err)
		}
	}
	return nil
}

func (a Assignment) where() string {
	if a.Origin == "" {
		return a.Key
	}
	return a.Origin
}

// expand writes out the short names of sets of keys.
func expand(s *Scenario, a Assignment) []Assignment {
	as := func(key string, v any) Assignment { return Assignment{Key: key, Value: v, Origin: a.Origin} }
	switch a.Key {
	case "cache.hit":
		return []Assignment{as("caching.mode", "rate"), as("caching.read_share", a.Value)}
	case "users":
		var out []Assignment
		list, _ := s.tree["traffic"].([]map[string]any)
		for i, t := range list {
			if _, follows := t["after"]; !follows {
				out = append(out, as("traffic."+strconv.Itoa(i)+".users", a.Value))
			}
		}
		if len(out) > 0 {
			return out
		}
	}
	return []Assignment{a}
}

var errNoElement = errors.New("no such element")

func (s *Scenario) set(a Assignment) error {
	parts, err := splitKey(a.Key)
	if err != nil {
		return err
	}
	return s.setParts(a, parts)
}

func (s *Scenario) setParts(a Assignment, parts []string) error {
	at, path := s.tree, ""
	for i, part := range parts[:len(parts)-1] {
		path = joined(path, part)
		switch next := at[part].(type) {
		case nil:
			m := map[string]any{}
			at[part], at = m, m
		case map[string]any:
			at = next
		case []map[string]any:
			return s.setElement(a, next, path, parts[i+1:])
		default:
			return fmt.Errorf("%s is a value and has no keys below it", path)
		}
	}
	last := parts[len(parts)-1]
	at[last] = cloned(a.Value)
	s.mark(joined(path, last), a.Origin)
	return nil
}

// setElement sets a key of one element of a list of tables.
func (s *Scenario) setElement(a Assignment, list []map[string]any, path string, rest []string) error {
	i, err := strconv.Atoi(rest[0])
	if err != nil {
		i = slices.IndexFunc(list, func(m map[string]any) bool {
			return m["class"] == rest[0] || m["preset"] == rest[0] && m["class"] == nil
		})
	}
	if i < 0 || i >= len(list) || len(rest) < 2 {
		return fmt.Errorf("%s: %w %q: name a class or a number from 0 to %d, then a key", path, errNoElement, rest[0], len(list)-1)
	}
	inner := &Scenario{tree: list[i], origins: map[string]string{}}
	key := strings.Join(rest[1:], ".")
	if err := inner.setParts(Assignment{Key: key, Value: a.Value}, rest[1:]); err != nil {
		return err
	}
	s.mark(fmt.Sprintf("%s[%d].%s", path, i, key), a.Origin)
	return nil
}

// mark notes what set a path, and forgets what stood below it.
func (s *Scenario) mark(path, origin string) {
	for p := range s.origins {
		if strings.HasPrefix(p, path+".") {
			delete(s.origins, p)
		}
	}
	s.origins[path] = origin
}

// origin is what set a path or its nearest parent, "" for the file itself.
func (s *Scenario) origin(path string) string {
	for path != "" {
		if o, ok := s.origins[path]; ok {
			return o
		}
		path = path[:max(0, strings.LastIndexAny(path, ".["))]
	}
	return ""
}

// originNear is what set a key of the same section as a path that is not in
// the file, "" where nothing did.
func (s *Scenario) originNear(path string) string {
	section, _, _ := strings.Cut(path, ".")
	for _, p := range sortedKeys(s.origins) {
		if strings.HasPrefix(p, section+".") {
			return s.origins[p]
		}
	}
	return ""
}

func joined(path, part string) string {
	if path == "" {
		return part
	}
	return path + "." + part
}

// Text writes the scenario as TOML that Parse reads back.
func (s *Scenario) Text() (string, error) {
	var b strings.Builder
	e := toml.NewEncoder(&b)
	e.Indent = ""
	if err := e.Encode(s.tree); err != nil {
		return "", err
	}
	return b.String(), nil
}

// StepNames lists the names of the scenario's own steps, unchecked.
func (s *Scenario) StepNames() []string {
	list, _ := s.tree["step"].([]map[string]any)
	var names []string
	for _, t := range list {
		name, _ := t["name"].(string)
		names = append(names, name)
	}
	return names
}
