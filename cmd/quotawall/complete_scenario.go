package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"quotawall/pricing"
	"quotawall/pricing/tomlpos"
	"quotawall/scenarios"
	"quotawall/sim/trace/ingest"
)

// catalog is the catalog with the overlays of the command line, nil where one
// of them cannot be read.
func (t typing) catalog() *pricing.Catalog {
	overlays, _ := t.cmd.Flags().GetStringArray("catalog")
	cat, _, err := new(app).catalog(overlays)
	if err != nil {
		return nil
	}
	return cat
}

// scenarioName is the scenario that the command line names.
func (t typing) scenarioName() string {
	if len(t.args) > 0 {
		return t.args[0]
	}
	return "brain"
}

// tree is the keys of the scenario, empty where it cannot be read.
func (t typing) tree() map[string]any {
	text, err := scenarioText(t.scenarioName())
	if err != nil {
		return nil
	}
	tree, _, err := tomlpos.Decode(t.scenarioName(), text)
	if err != nil {
		return nil
	}
	return tree
}

// aliases are the scenario's names of models.
func (t typing) aliases() []string {
	named, ok := t.tree()["models"].(map[string]any)
	if !ok {
		return []string{"balanced", "fast", "frontier"}
	}
	return slices.Sorted(maps.Keys(named))
}

// classes are the scenario's classes of traffic.
func (t typing) classes() []string {
	list, _ := t.tree()["traffic"].([]map[string]any)
	var out []string
	for _, x := range list {
		name, ok := x["class"].(string)
		if !ok {
			name, ok = x["preset"].(string)
		}
		if ok && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// steps are the names of the steps of a scenario or of a saved result.
func (t typing) steps() []string {
	name := t.scenarioName()
	if strings.HasSuffix(name, ".json") {
		run, err := readResult(name)
		if err != nil {
			return nil
		}
		var out []string
		for _, s := range run.Steps {
			out = append(out, s.Name)
		}
		return out
	}
	s, _, err := readScenario(name)
	if err != nil {
		return nil
	}
	if _, own := t.tree()["step"]; !own {
		if s, err = scenarios.Preset("brain"); err != nil {
			return nil
		}
	}
	return s.StepNames()
}

func stepNames(t typing) []string {
	steps := t.steps()
	for i, name := range steps {
		steps[i] = fmt.Sprintf("%s\tstep %d", name, i+1)
	}
	return steps
}

func stepNumbers(t typing) []string {
	steps := t.steps()
	for i, name := range steps {
		steps[i] = fmt.Sprintf("%d\t%s", i+1, name)
	}
	return steps
}

// assigning completes key=value: the key, then, where it has names for them,
// its values.
func assigning(values bool) completer {
	return func(t typing) []string {
		var out []string
		if key, _, ok := strings.Cut(t.word, "="); ok {
			if values {
				out = withPrefix(key+"=", t.valuesOf(key))
			}
			return out
		}
		for _, k := range append(scenarios.Keys(), shortKeys()...) {
			for _, name := range t.spelled(k.Name) {
				out = append(out, name+"=\t"+k.Doc)
			}
		}
		return out
	}
}

// shortKeys stand for several keys at once.
func shortKeys() []scenarios.Key {
	return []scenarios.Key{{Name: "users", Doc: "users of every class with arrivals of its own"}, {Name: "cache.hit", Doc: "a flat share of prompts read from the cache"}}
}

// spelled are a key's names with the scenario's own names for its wildcards,
// none where those are not known.
func (t typing) spelled(key string) []string {
	var names []string
	prefix, rest, _ := strings.Cut(key, "*")
	switch {
	case strings.HasPrefix(key, "models.*"), key == "routing.mix.*", key == "routing.map.*":
		names = t.aliases()
	case strings.HasPrefix(key, "classes.*"), key == "routing.classes.*":
		names = t.classes()
	case strings.HasPrefix(key, "traffic.[]"):
		prefix, rest, _ = strings.Cut(key, "[]")
		names = t.classes()
	case strings.ContainsAny(key, "*["):
		return nil
	default:
		return []string{key}
	}
	var out []string
	for _, name := range names {
		out = append(out, prefix+name+rest)
	}
	return out
}

func withPrefix(prefix string, words []string) []string {
	out := slices.Clone(words)
	for i := range out {
		out[i] = prefix + out[i]
	}
	return out
}

// valuesOf are the values of a key where they are words: of the catalog, of the
// scenario, or those that the key lists.
func (t typing) valuesOf(key string) []string {
	if parts := strings.Split(key, "."); len(parts) == 3 && parts[0] == "models" && parts[2] == "id" {
		return models(t)
	}
	cat := t.catalog()
	if cat == nil {
		return nil
	}
	switch key {
	case "ruleset":
		return rulesets(t)
	case "trace.format":
		return append([]string{"auto"}, ingest.Formats()...)
	case "trace.model", "routing.classifier.model", "routing.cascade.first", "provisioned.model":
		return t.aliases()
	case "selfhost.curve":
		return cat.CurveNames()
	case "selfhost.instance":
		return rowNames(cat, "instance", "type")
	case "accounts.gateway", "accounts.function", "queue.service":
		return rowNames(cat, "service", "name")
	}
	for _, k := range scenarios.Keys() {
		if slices.Contains(t.spelled(k.Name), key) {
			return wordsOf(k.Want)
		}
	}
	return nil
}

// wordsOf are the words of what a key accepts: "off | rate", `N | "fill"`.
func wordsOf(want string) []string {
	if !strings.Contains(want, " | ") {
		return nil
	}
	var out []string
	for w := range strings.SplitSeq(want, " | ") {
		if w = strings.Trim(w, `"`); w != "N" && !strings.Contains(w, " ") {
			out = append(out, w)
		}
	}
	return out
}
