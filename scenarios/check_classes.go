package scenarios

import (
	"fmt"
	"slices"
	"strings"
)

// BackgroundClass is the class of sessions taken as background work.
const BackgroundClass = "background"

// classKey is a key that names classes.
type classKey struct {
	key   string
	names []string
}

// classKeys lists the keys that name classes.
func (s *Spec) classKeys() []classKey {
	out := []classKey{{"queue.classes", s.Queue.Classes}, {"queue.batch.classes", s.Queue.Batch.Classes}, {"selfhost.classes", s.SelfHost.Classes}}
	of := func(table string, names []string) {
		for _, n := range names {
			out = append(out, classKey{table + "." + n, []string{n}})
		}
	}
	of("caching.ttls", sortedKeys(s.Caching.TTLs))
	of("routing.classes", sortedKeys(s.Routing.Classes))
	of("classes", sortedKeys(s.Classes))
	return out
}

// synthesized lists the classes of the traffic, nil where it is a trace, which
// may bring any.
func (s *Spec) synthesized() []string {
	var out []string
	for i := range s.Traffic {
		out = append(out, s.Traffic[i].Class)
	}
	if len(out) > 0 && s.Trace.Background.Num > 0 {
		out = append(out, BackgroundClass) // kept for a trace in place of the traffic
	}
	return out
}

// classes checks that the classes which keys name are those of the traffic.
// The default progression's are its own traffic's and say nothing of the user's.
func (c checker) classes() {
	known := c.s.synthesized()
	if known == nil || c.s.Trace.File != "" || c.m.within("traffic") {
		return
	}
	_, own := c.m.s.tree["step"]
	for _, x := range c.s.classKeys() {
		if !own && strings.HasPrefix(c.m.s.origin(x.key), defaultProgression+".toml:") {
			continue
		}
		for _, name := range x.names {
			c.member(x.key, "class", name, known)
		}
	}
}

// Absent says which classes that keys name are not among those that came.
func (s *Spec) Absent(came []string) []string {
	came = slices.DeleteFunc(slices.Clone(came), func(name string) bool { return name == "" })
	have := "the requests have no class"
	if len(came) > 0 {
		have = "classes that came: " + strings.Join(came, ", ")
	}
	var out []string
	for _, x := range s.classKeys() {
		missing := slices.DeleteFunc(slices.Clone(x.names), func(name string) bool {
			return slices.Contains(came, name) || slices.Contains(s.synthesized(), name)
		})
		if len(missing) > 0 {
			out = append(out, fmt.Sprintf("%s: no request is of class %s; %s", x.key, strings.Join(missing, ", "), have))
		}
	}
	return out
}
