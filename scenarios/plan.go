package scenarios

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"quotawall/pricing"
	"quotawall/sim/nearest"
)

// Plan is a checked scenario with its progression: what a study runs.
type Plan struct {
	Scenario *Scenario
	Catalog  *pricing.Catalog
	Base     *Spec
	Steps    []*Step
}

// Step is one row of a progression: new values for some keys, laid over the
// base and, unless it stands alone, over the steps before it.
type Step struct {
	Name     string
	Set      []Assignment
	Spec     *Spec
	Scenario *Scenario // the keys with this step's values laid over
}

// Pick says which steps of a progression to run.
type Pick struct {
	Names   []string // names or numbers from 1; nil = all
	Alone   bool     // each step over the base only
	Without string   // leave one step out, by name or number
}

// NewPlan checks a scenario and its steps against a catalog. The error lists
// all mistakes.
func NewPlan(s *Scenario, cat *pricing.Catalog, pick Pick) (*Plan, error) {
	var found mistakeList
	m := s.mistakes()
	p := &Plan{Scenario: s, Catalog: cat, Base: s.decode(m)}
	p.Base.check(m, cat)
	found.add(m)
	steps, err := s.steps()
	if err != nil {
		found.addError(err)
		return nil, found.err()
	}
	steps, err = pick.choose(steps)
	if err != nil {
		found.addError(err)
		return nil, found.err()
	}
	laid := s
	for _, x := range steps {
		if pick.Alone || laid == s {
			laid = s.Clone()
		} else {
			laid = laid.Clone()
		}
		m := laid.mistakes()
		for _, a := range x.Set {
			if err := laid.Set(a); err != nil {
				found.addError(err)
			}
		}
		m.prior = fmt.Sprintf("step %q: ", x.Name)
		x.Scenario, x.Spec = laid, laid.decode(m)
		x.Spec.check(m, cat)
		found.addSet(m)
		p.Steps = append(p.Steps, x)
	}
	return p, found.err()
}

// With is a step with further values laid over it, checked.
func (s *Step) With(cat *pricing.Catalog, name string, set []Assignment) (*Step, error) {
	laid := s.Scenario.Clone()
	for _, a := range set {
		if err := laid.Set(a); err != nil {
			return nil, err
		}
	}
	m := laid.mistakes()
	x := &Step{Name: name, Set: set, Scenario: laid, Spec: laid.decode(m)}
	x.Spec.check(m, cat)
	return x, m.err()
}

// mistakeList joins the mistakes of a base and of its steps, each once.
type mistakeList struct{ lines []string }

func (l *mistakeList) add(m *mistakes) {
	if err := m.err(); err != nil {
		l.addError(err)
	}
}

// addSet adds the mistakes that come with a step's own values; those of the
// base are listed without it.
func (l *mistakeList) addSet(m *mistakes) {
	base := len(l.lines) > 0
	for _, line := range m.other {
		if !slices.Contains(l.lines, strings.Replace(line, m.prior, "", 1)) {
			l.addText(line)
		}
	}
	if err := m.Err(); err != nil && !base {
		l.addError(err)
	}
}

func (l *mistakeList) addError(err error) { l.addText(err.Error()) }

// addText adds mistakes, each a line and the hints below it.
func (l *mistakeList) addText(s string) {
	for _, line := range strings.Split(strings.ReplaceAll(s, "\n  ", "\x00"), "\n") {
		if line = strings.ReplaceAll(line, "\x00", "\n  "); !slices.Contains(l.lines, line) {
			l.lines = append(l.lines, line)
		}
	}
}

func (l *mistakeList) err() error {
	switch n := len(l.lines); {
	case n == 0:
		return nil
	case n > listed:
		return fmt.Errorf("%s\nand %d more mistakes", strings.Join(l.lines[:listed], "\n"), n-listed)
	}
	return errors.New(strings.Join(l.lines, "\n"))
}

// listed is how many mistakes an error lists before it only counts them.
const listed = 20

// fixed lists the keys that all steps share, so that every step sees the same
// arrivals.
func fixed(key string) bool {
	for _, k := range []string{"traffic", "title", "start", "horizon", "seed", "replications", "trace.file", "trace.format", "trace.head", "trace.session_gap",
		"trace.failed", "trace.scale", "trace.repeat", "trace.keep", "trace.stretch", "trace.background", "trace.input", "trace.map", "trace.spread", "trace.skip_bad_rows", "trace.sort", "users"} {
		if key == k || strings.HasPrefix(key, k+".") {
			return true
		}
	}
	return false
}

// steps reads the scenario's [[step]] blocks, or the default progression.
func (s *Scenario) steps() ([]*Step, error) {
	raw, own := s.tree["step"]
	if !own {
		d, err := Preset(defaultProgression)
		if err != nil {
			return nil, err
		}
		return d.steps()
	}
	list, ok := raw.([]map[string]any)
	if l, isList := raw.([]any); isList {
		list, ok = tables(l)
	}
	if !ok || len(list) == 0 {
		return nil, fmt.Errorf("%s: no steps: write [[step]] blocks, or leave step out for the default progression", s.Name)
	}
	m := s.mistakes()
	var steps []*Step
	for i, t := range list {
		steps = append(steps, s.step(m, fmt.Sprintf("step[%d]", i), t, steps))
	}
	return steps, m.err()
}

func (s *Scenario) step(m *mistakes, at string, t map[string]any, before []*Step) *Step {
	x := &Step{}
	for _, k := range sortedKeys(t) {
		switch k {
		case "name":
			x.Name, _ = t[k].(string)
		case "set":
			set, ok := t[k].(map[string]any)
			if !ok {
				m.at(at+".set", "", "%s.set is no table of keys", at)
			}
			x.Set = s.assignments(m, at+".set", "", set)
		default:
			m.at(at+"."+k, nearest.DidYouMean(k, []string{"name", "set"}), "a step has no key %q", k)
		}
	}
	if x.Name == "" {
		m.at(at, "", "%s has no name", at)
	}
	if slices.ContainsFunc(before, func(b *Step) bool { return b.Name == x.Name }) {
		m.at(at+".name", "", "step %q comes twice", x.Name)
	}
	return x
}

// assignments flattens a step's table of keys, in the order of their names.
func (s *Scenario) assignments(m *mistakes, at, prefix string, set map[string]any) []Assignment {
	var out []Assignment
	for _, k := range sortedKeys(set) {
		key := joined(prefix, k)
		if nested, ok := set[k].(map[string]any); ok && section(key) {
			out = append(out, s.assignments(m, joined(at, k), key, nested)...)
			continue
		}
		if fixed(key) {
			m.at(joined(at, k), "set it in the scenario itself or with --set", "a step cannot change %s: every step sees the same arrivals", key)
			continue
		}
		p := s.source.At(joined(at, k))
		out = append(out, Assignment{Key: key, Value: set[k], Origin: fmt.Sprintf("%s:%d:%d", s.Name, p.Line, p.Column)})
	}
	return out
}

// section reports whether a key is a table of fixed keys, not one of names of
// the user's own, which a step replaces as a whole.
func section(key string) bool {
	parts := strings.Split(key, ".")
	for _, k := range Keys() {
		if len(k.parts) > len(parts) && slices.Equal(k.parts[:len(parts)], parts) {
			return k.parts[len(parts)] != "*"
		}
	}
	return false
}

// choose picks steps by name or number.
func (p Pick) choose(steps []*Step) ([]*Step, error) {
	if p.Without != "" {
		i, err := indexOf(steps, p.Without)
		if err != nil {
			return nil, err
		}
		if len(steps) == 1 {
			return nil, fmt.Errorf("--without %s leaves no step", p.Without)
		}
		steps = slices.Delete(slices.Clone(steps), i, i+1)
	}
	if p.Names == nil {
		return steps, nil
	}
	var out []*Step
	for _, name := range p.Names {
		i, err := indexOf(steps, name)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(out, steps[i]) {
			out = append(out, steps[i])
		}
	}
	return out, nil
}

func indexOf(steps []*Step, name string) (int, error) {
	name = strings.TrimSpace(name)
	if n, err := strconv.Atoi(name); err == nil && n >= 1 && n <= len(steps) {
		return n - 1, nil
	}
	var names []string
	match := -1
	for i, s := range steps {
		if strings.EqualFold(s.Name, name) {
			return i, nil
		}
		if strings.Contains(strings.ToLower(s.Name), strings.ToLower(name)) && name != "" && match < 0 {
			match = i
		}
		names = append(names, fmt.Sprintf("%d %q", i+1, s.Name))
	}
	if match >= 0 {
		return match, nil
	}
	return 0, fmt.Errorf("no step %q; steps: %s", name, strings.Join(names, ", "))
}
