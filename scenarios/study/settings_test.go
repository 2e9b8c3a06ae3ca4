package study

import (
	"encoding/json"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"quotawall/scenarios"
	"quotawall/scenarios/result"
)

// What a result says a step sets, pasted behind --set, makes the same step:
// from memory and from JSON.
func TestSettingsCanBePasted(t *testing.T) {
	for _, name := range scenarios.Presets() {
		s, err := scenarios.Preset(name)
		if err != nil {
			t.Fatal(err)
		}
		text, err := s.Text()
		if err != nil {
			t.Fatal(err)
		}
		plan := planOf(t, text)
		for _, step := range plan.Steps {
			set := settings(step.Set)
			encoded, err := json.Marshal(set)
			if err != nil {
				t.Fatal(err)
			}
			var decoded result.Settings
			if err := json.Unmarshal(encoded, &decoded); err != nil {
				t.Fatal(err)
			}
			for key, value := range decoded.Texts() {
				if value != set.Text(key) {
					t.Errorf("%s, %s: %s is %s in memory and %s in JSON", name, step.Name, key, set.Text(key), value)
				}
				pasted, err := scenarios.ParseAssignment(key + "=" + value)
				if err != nil {
					t.Fatal(err)
				}
				x, err := step.With(plan.Catalog, step.Name, []scenarios.Assignment{pasted})
				if err != nil {
					t.Fatalf("%s, %s: %v", name, step.Name, err)
				}
				if d := gocmp.Diff(step.Spec, x.Spec); d != "" {
					t.Errorf("%s, %s: --set %s=%s changes it: %s", name, step.Name, key, value, d)
				}
			}
		}
	}
}
