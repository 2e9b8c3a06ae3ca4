package scenarios

import (
	"slices"
	"strings"

	"quotawall/sim/trace/synth"
)

// Key is one key of a scenario. In Name "*" stands for a name of the user's
// own, "[]" for the elements of a list of tables.
type Key struct {
	Name    string
	Want    string // accepted values
	Default string
	Doc     string
	parts   []string
	set     func(s *Spec, names []string, v any) error
}

// at is the key of a field that is found with the names in its path.
func at[T any](name, def string, p parser[T], doc string, field func(s *Spec, names []string) *T) Key {
	return Key{
		Name: name, Want: p.want, Default: def, Doc: doc, parts: strings.Split(name, "."),
		set: func(s *Spec, names []string, v any) error {
			x, err := p.parse(v)
			if err != nil {
				return err
			}
			*field(s, names) = x
			return nil
		},
	}
}

// one is the key of a field that exists once.
func one[T any](name, def string, p parser[T], doc string, field func(s *Spec) *T) Key {
	return at(name, def, p, doc, func(s *Spec, _ []string) *T { return field(s) })
}

// named is the field of a table whose keys are the user's own names.
func named[T any](m *map[string]*T, name string) *T {
	if *m == nil {
		*m = map[string]*T{}
	}
	x, ok := (*m)[name]
	if !ok {
		x = new(T)
		(*m)[name] = x
	}
	return x
}

// element is the field of a list of tables, which grows as it is filled.
func element[T any](list *[]T, index string, blank T) *T {
	i := 0
	for _, c := range index {
		i = i*10 + int(c-'0')
	}
	for len(*list) <= i {
		*list = append(*list, blank)
	}
	return &(*list)[i]
}

// Keys lists every key in the order of the sections.
func Keys() []Key {
	return slices.Concat(generalKeys(), traceKeys(), modelKeys(), quotaKeys(), clientKeys(), cachingKeys(),
		routingKeys(), accountKeys(), selfHostKeys(), provisionedKeys(), queueKeys(), trafficKeys())
}

// keySet is every key, and those of each section.
type keySet struct {
	all []Key
	of  map[string][]Key // by the first part
}

func newKeySet() *keySet {
	k := &keySet{all: Keys(), of: map[string][]Key{}}
	for _, x := range k.all {
		k.of[x.parts[0]] = append(k.of[x.parts[0]], x)
	}
	return k
}

// trafficKeys lists the keys of a [[traffic]] block, which the synthesis reads itself.
func trafficKeys() []Key {
	var keys []Key
	for _, k := range synth.Keys() {
		name := "traffic.[]." + k.Name
		keys = append(keys, Key{Name: name, Doc: k.Doc, parts: strings.Split(name, ".")})
	}
	return keys
}

// match reports whether a path is this key's, with the names that its
// wildcards stand for.
func (k *Key) match(path []string) (names []string, ok bool) {
	if len(path) != len(k.parts) {
		return nil, false
	}
	for i, p := range k.parts {
		switch {
		case p == "*" && path[i][0] != '[':
			names = append(names, path[i])
		case p == "[]" && path[i][0] == '[':
			names = append(names, strings.Trim(path[i], "[]"))
		case p != path[i]:
			return nil, false
		}
	}
	return names, true
}

// Name of a path as a user writes it.
func dotted(path []string) string {
	var b strings.Builder
	for i, p := range path {
		if i > 0 && p[0] != '[' {
			b.WriteByte('.')
		}
		b.WriteString(p)
	}
	return b.String()
}
