package scenarios

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"quotawall/pricing"
	"quotawall/pricing/tomlpos"
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
	Index    int // place in the scenario's progression, from 0
	Name     string
	Set      []Assignment
	Spec     *Spec
	Scenario *Scenario // the keys with this step's values laid over
}

// title names a step in a mistake.
func (s *Step) title() string {
	if s.Name == "" {
		return fmt.Sprintf("step %d", s.Index+1)
	}
	return fmt.Sprintf("step %q", s.Name)
}

// Pick says which steps of a progression to run. What a step lays over the
// base does not depend on whether the steps before it are run, too.
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
	found.add("", m.lines()...)
	steps, err := s.steps()
	found.addError(err)
	steps, picked, err := pick.choose(steps)
	found.addError(err)
	laid := s
	for _, x := range steps {
		if pick.Alone || laid == s {
			laid = s.Clone()
		} else {
			laid = laid.Clone()
		}
		for _, a := range x.Set {
			found.addError(laid.Set(a))
		}
		if !slices.Contains(picked, x) {
			continue
		}
		m := laid.mistakes()
		m.prior = x.title() + ": "
		x.Scenario, x.Spec = laid, laid.decode(m)
		x.Spec.check(m, cat)
		found.add(m.prior, m.lines()...)
		p.Steps = append(p.Steps, x)
	}
	return p, found.err()
}

// Find is the place in Steps of the step with an index in the progression.
func (p *Plan) Find(index int) (int, error) {
	var run []string
	for i, s := range p.Steps {
		if s.Index == index {
			return i, nil
		}
		run = append(run, fmt.Sprintf("%d %q", s.Index+1, s.Name))
	}
	return 0, fmt.Errorf("there is no step %d; steps: %s", index+1, strings.Join(run, ", "))
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
	x := &Step{Index: s.Index, Name: name, Set: set, Scenario: laid, Spec: laid.decode(m)}
	x.Spec.check(m, cat)
	return x, m.err()
}

// mistakeList joins the mistakes of a base and of its steps, each once: a step
// repeats those of the base and of the steps before it.
type mistakeList struct {
	lines []string
	known map[string]bool
}

func (l *mistakeList) add(prior string, lines ...string) {
	if l.known == nil {
		l.known = map[string]bool{}
	}
	for _, line := range lines {
		if what := strings.Replace(line, prior, "", 1); !l.known[what] {
			l.known[what] = true
			l.lines = append(l.lines, line)
		}
	}
}

func (l *mistakeList) addError(err error) {
	if err != nil {
		l.addText(err.Error())
	}
}

// addText adds mistakes, each a line and the hints below it.
func (l *mistakeList) addText(text string) {
	for _, line := range strings.Split(strings.ReplaceAll(text, "\n  ", "\x00"), "\n") {
		l.add("", strings.ReplaceAll(line, "\x00", "\n  "))
	}
}

func (l *mistakeList) err() error { return tomlpos.List(l.lines) }

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
		steps = append(steps, s.step(m, i, t, steps))
	}
	return steps, m.err()
}

func (s *Scenario) step(m *mistakes, index int, t map[string]any, before []*Step) *Step {
	x := &Step{Index: index}
	at := fmt.Sprintf("step[%d]", index)
	for _, k := range sortedKeys(t) {
		switch k {
		case "name":
			x.Name, _ = t[k].(string)
		case "set":
			set, ok := t[k].(map[string]any)
			if !ok {
				m.at(at+".set", "", "set of step %d is no table of keys", index+1)
			}
			x.Set = s.assignments(m, at+".set", "", set)
		default:
			m.at(at+"."+k, nearest.DidYouMean(k, []string{"name", "set"}), "a step has no key %q", k)
		}
	}
	if x.Name == "" {
		m.at(at, "", "step %d has no name", index+1)
	}
	if x.Name != "" && slices.ContainsFunc(before, func(b *Step) bool { return b.Name == x.Name }) {
		m.at(at+".name", "", "step %q comes twice", x.Name)
	}
	return x
}

// assignments flattens a step's table of keys, in the order of their names.
func (s *Scenario) assignments(m *mistakes, at, prefix string, set map[string]any) []Assignment {
	var out []Assignment
	for _, k := range sortedKeys(set) {
		key := joined(prefix, k)
		if nested, ok := set[k].(map[string]any); ok && s.section(key) {
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
func (s *Scenario) section(key string) bool {
	parts := strings.Split(key, ".")
	for _, k := range s.keys.of[parts[0]] {
		if len(k.parts) > len(parts) && slices.Equal(k.parts[:len(parts)], parts) {
			return k.parts[len(parts)] != "*"
		}
	}
	return false
}

// choose takes out the step that is left away, and picks those to run, in the
// order of the progression.
func (p Pick) choose(steps []*Step) (kept, picked []*Step, err error) {
	kept = steps
	if p.Without != "" {
		i, err := indexOf(steps, p.Without)
		if err != nil {
			return steps, steps, fmt.Errorf("--without: %w", err)
		}
		if len(steps) == 1 {
			return steps, steps, fmt.Errorf("--without %s leaves no step", p.Without)
		}
		kept = slices.Delete(slices.Clone(steps), i, i+1)
	}
	if p.Names == nil {
		return kept, kept, nil
	}
	named := map[*Step]bool{}
	var errs []error
	for _, name := range p.Names {
		i, err := indexOf(steps, name)
		switch {
		case err != nil:
			errs = append(errs, fmt.Errorf("--steps: %w", err))
		case !slices.Contains(kept, steps[i]):
			errs = append(errs, fmt.Errorf("--steps asks for step %q, which --without leaves out", steps[i].Name))
		default:
			named[steps[i]] = true
		}
	}
	picked = slices.DeleteFunc(slices.Clone(kept), func(s *Step) bool { return !named[s] })
	return kept, picked, errors.Join(errs...)
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
