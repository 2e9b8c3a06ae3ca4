package scenarios

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"quotawall/pricing"
	"quotawall/pricing/tomlpos"
	"quotawall/sim"
	"quotawall/sim/nearest"
	"quotawall/sim/trace/synth"
	"quotawall/sim/unit"
)

// defaults is the scenario without any key.
func defaults() *Spec {
	return &Spec{
		Ruleset: "seed-2026", Region: "us-east-1", Scope: "geo", Drain: true, Seed: 1, Replications: 1,
		Trace:   TraceSpec{Format: "auto", SessionGap: unit.Minute, Durations: "logged", Failed: "skip", Scale: 1, Repeat: 1, Keep: unit.Ratio{Num: 1, Den: 1}, Stretch: sim.Scale{Num: 1, Den: 1}, Spread: "uniform"},
		Models:  map[string]*ModelSpec{},
		Quota:   QuotaSpec{Minute: "fixed", Day: "fixed", Refund: "open-window", DailyScheme: "ruleset", RPM: "ruleset", AfterIncrease: "kept", DailyCounters: "scope", GlobalPool: "region", Admission: "oracle", Pool: PoolSpec{Limit: pricing.Absent, Unit: "price", Reference: 3_000_000, ReserveMax: true}},
		Client:  ClientSpec{Profile: "go-v2", Base: unit.Second, Factor: sim.Scale{Num: 2, Den: 1}, Cap: 20 * unit.Second, Patience: 10 * unit.Minute, Resume: "reset", Instances: 1},
		Caching: CachingSpec{Mode: "off", TTL: 5 * unit.Minute, ReadableFrom: "first-byte", Lookback: 20},
		Classes: map[string]*ClassSpec{},
		Routing: RoutingSpec{Policy: "as-requested", Classifier: ClassifierSpec{Input: 500, Output: 10, Whole: true}},
		Accounts: AccountsSpec{
			Count: 1, Assign: "sticky", FunctionMB: 256, FunctionMS: 50 * unit.Millisecond,
		},
		SelfHost: SelfHostSpec{
			Tier: 1, Context: curveContext, FirstToken: 500 * unit.Millisecond, Instances: 1, Min: -1, Max: -1, Waiting: 1_000_000,
			ScaleOut: 300 * unit.Second, ScaleIn: 300 * unit.Second, Startup: 8 * unit.Minute, Overflow: true,
		},
		Provisioned: ProvisionedSpec{Kind: "none", Units: 1, Term: "1-month", BillReads: true},
		Queue: QueueSpec{
			Headroom: unit.Ratio{Num: 1, Den: 5}, DailyShare: unit.Ratio{Num: 1, Den: 2}, Interval: unit.Second, Visibility: 30 * unit.Second,
			Service: "sqs_standard", Batch: BatchSpec{Records: 100, Turnaround: unit.Day},
		},
	}
}

// mistakes collects what is wrong with a scenario, each with where it stands:
// in the file, or on the command line.
type mistakes struct {
	*tomlpos.Mistakes
	s     *Scenario
	prior string // "step 2 (caching): " inside a step
	other []string
	paths []string // all that something is wrong with
}

func (s *Scenario) mistakes() *mistakes {
	return &mistakes{Mistakes: &tomlpos.Mistakes{Source: s.source}, s: s}
}

// at notes a mistake of the key at a path.
func (m *mistakes) at(path, hint, format string, args ...any) {
	m.paths = append(m.paths, path)
	what := m.prior + fmt.Sprintf(format, args...)
	origin := m.s.origin(path)
	if origin == "" && m.s.source.At(path) == (tomlpos.Position{Line: 1, Column: 1}) {
		origin = m.s.originNear(path)
	}
	if origin == "" {
		m.Add(path, hint, "%s", what)
		return
	}
	line := origin + ": " + what
	if hint != "" {
		line += "\n  " + hint
	}
	if !slices.Contains(m.other, line) {
		m.other = append(m.other, line)
	}
}

// within reports whether a mistake was noted of a key at or below a path.
func (m *mistakes) within(path string) bool {
	return slices.ContainsFunc(m.paths, func(p string) bool {
		rest, ok := strings.CutPrefix(p, path)
		return ok && (rest == "" || rest[0] == '.' || rest[0] == '[')
	})
}

// lines are all mistakes, those of the command line last.
func (m *mistakes) lines() []string { return append(m.Lines(), m.other...) }

func (m *mistakes) err() error { return tomlpos.List(m.lines()) }

// decode reads every key of the scenario, its steps left aside.
func (s *Scenario) decode(m *mistakes) *Spec {
	spec := defaults()
	d := decoder{spec: spec, m: m, keys: s.keys}
	for _, name := range sortedKeys(s.tree) {
		switch name {
		case "step":
		case "traffic":
			d.traffic(s.tree[name])
		default:
			d.walk([]string{name}, name, s.tree[name])
		}
	}
	return spec
}

type decoder struct {
	spec *Spec
	m    *mistakes
	keys *keySet
}

// walk reads the value at a path: a key's own, or a table of keys.
func (d *decoder) walk(path []string, at string, v any) {
	section := d.keys.of[path[0]]
	for i := range section {
		if names, ok := section[i].match(path); ok && section[i].set != nil {
			if err := section[i].set(d.spec, names, v); err != nil {
				d.m.at(at, "", "%s: %v", dotted(path), err)
			}
			return
		}
	}
	switch v := v.(type) {
	case map[string]any:
		if len(v) > 0 || d.table(path) {
			for _, k := range sortedKeys(v) {
				if k == "" {
					d.m.at(at, "", "%s has an empty key", dotted(path))
					continue
				}
				d.walk(append(slices.Clone(path), k), joined(at, k), v[k])
			}
			return
		}
	case []map[string]any:
		d.list(path, at, v)
		return
	case []any:
		if tables, ok := tables(v); ok && d.table(append(slices.Clone(path), "[0]")) {
			d.list(path, at, tables)
			return
		}
	}
	d.unknown(path, at)
}

func (d *decoder) list(path []string, at string, list []map[string]any) {
	for i, x := range list {
		index := "[" + strconv.Itoa(i) + "]"
		d.walk(append(slices.Clone(path), index), at+index, x)
	}
}

// table reports whether keys lie below a path.
func (d *decoder) table(path []string) bool {
	for _, k := range d.keys.of[path[0]] {
		if len(k.parts) > len(path) {
			k.parts = k.parts[:len(path)]
			if _, ok := k.match(path); ok {
				return true
			}
		}
	}
	return false
}

func tables(list []any) ([]map[string]any, bool) {
	out := make([]map[string]any, len(list))
	for i, x := range list {
		m, ok := x.(map[string]any)
		if !ok {
			return nil, false
		}
		out[i] = m
	}
	return out, true
}

// unknown reports a key that does not exist, with what may have been meant.
func (d *decoder) unknown(path []string, at string) {
	if d.table(path) {
		d.m.at(at, "", "%s is a table of keys and takes no value of its own", dotted(path))
		return
	}
	name := dotted(path)
	known := make([]string, 0, len(d.keys.all))
	for _, k := range d.keys.all {
		known = append(known, fill(k.parts, path))
	}
	d.m.at(at, nearest.DidYouMean(name, known), "unknown key %q", name)
}

// fill is a key's name with the user's own names in the places of wildcards.
func fill(parts, path []string) string {
	out := slices.Clone(parts)
	for i := range out {
		if (out[i] == "*" || out[i] == "[]") && i < len(path) {
			out[i] = path[i]
		}
	}
	return dotted(out)
}

// traffic reads the [[traffic]] blocks.
func (d *decoder) traffic(v any) {
	list, ok := v.([]map[string]any)
	if l, isList := v.([]any); isList {
		list, ok = tables(l)
	}
	if !ok {
		d.m.at("traffic", "", "traffic is a list of tables: write [[traffic]]")
		return
	}
	for i, t := range list {
		at := "traffic[" + strconv.Itoa(i) + "]"
		w := synth.FromTable(t, func(key, hint, message string) {
			d.m.at(strings.TrimSuffix(at+"."+key, "."), hint, "%s", message)
		})
		d.spec.Traffic = append(d.spec.Traffic, w)
	}
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
