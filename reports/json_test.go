package reports

import (
	"bytes"
	"strings"
	"testing"

	"quotawall/scenarios/result"
)

// The contract's lists are lists: a consumer that walks them meets no null.
func TestListsAreNeverNull(t *testing.T) {
	for _, v := range []any{
		&result.Run{Steps: []result.Step{{}}}, &result.Compare{}, &result.Plan{Rejected: []result.Mix{{}}}, &result.Sweep{Rows: []result.SweepRow{{}}},
		&result.Forecast{Steps: []result.ForecastStep{{}}}, &result.Sensitivity{Inputs: []result.Input{{}}}, &result.QuotaRequest{Models: []result.ModelDemand{{}}},
		&result.Check{}, &result.Diff{Steps: []result.StepDiff{{}}}, &result.Why{}, &result.Explain{}, &result.ScenarioCheck{},
	} {
		var b bytes.Buffer
		if err := WriteResultJSON(&b, v); err != nil {
			t.Fatal(err)
		}
		for _, list := range []string{"steps", "caps", "lines", "notes", "input_notes", "assumptions", "options", "curve", "hosting", "feasible", "rejected", "objective", "levers", "demand",
			"rows", "keys", "values", "months", "points", "inputs", "models", "limits", "prices", "added", "removed", "figures", "set", "refused", "hours", "moved", "changes", "quotas", "ambiguities", "mistakes"} {
			if list == "set" {
				if _, isDiff := v.(*result.Diff); !isDiff {
					continue
				}
			}
			if strings.Contains(b.String(), `"`+list+`": null`) {
				t.Errorf("%T: %q is null in\n%s", v, list, b.String())
			}
		}
	}
}
