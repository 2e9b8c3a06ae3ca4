package result

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// CheckSchema names the JSON contract of Check.
const CheckSchema = "quotawall.check/v1"

// Check holds a step's figures against stated limits.
type Check struct {
	Schema   string    `json:"schema"`
	Scenario string    `json:"scenario"`
	Step     string    `json:"step"`
	Limits   []Checked `json:"limits"`
	Exceeded int       `json:"exceeded"` // how many limits are
	Notes    []string  `json:"notes"`    // what became of the run's input
}

// Checked is one limit and the figure found.
type Checked struct {
	Figure   string  `json:"figure"` // unserved_share, unserved_token_share, month_usd ...
	Limit    float64 `json:"limit"`
	Found    float64 `json:"found"`
	Unit     string  `json:"unit"` // share | USD | s | requests
	Exceeded bool    `json:"exceeded"`
}

// FigureName says in words what a figure of a check is; a figure without words
// keeps its key.
func FigureName(key string) string {
	switch key {
	case "unserved_share":
		return "unserved requests"
	case "unserved_token_share":
		return "unserved tokens"
	case "degraded_share":
		return "degraded requests"
	case "refusals_per_request":
		return "refusals per request"
	case "month_usd":
		return "cost per month"
	case "wait_p95_s":
		return "p95 wait"
	case "deadline_misses":
		return "missed deadlines"
	}
	return key
}

// ReadRun reads a saved answer of `run --format json`.
func ReadRun(name string, r io.Reader) (*Run, error) {
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	var run Run
	if err := json.Unmarshal(text, &run); err != nil {
		return nil, fmt.Errorf("%s is no result of 'quotawall run --format json': %w", name, err)
	}
	if run.Schema != RunSchema {
		return nil, fmt.Errorf("%s has schema %q, want %q: save it with 'quotawall run --format json -o %s'", name, run.Schema, RunSchema, name)
	}
	if len(run.Steps) == 0 {
		return nil, fmt.Errorf("%s has no steps", name)
	}
	if list := lacking(text); len(list) > 0 {
		return nil, fmt.Errorf("%s is not a whole result: save it again with 'quotawall run --format json -o %s'\n  %s", name, name, strings.Join(list, "\n  "))
	}
	return &run, nil
}

// lacking lists the steps of a run's JSON that lack figures without which no
// limit can be held against them. A figure that is null is undefined, not
// lacking.
func lacking(text []byte) []string {
	var run struct {
		Steps []map[string]json.RawMessage `json:"steps"`
	}
	if err := json.Unmarshal(text, &run); err != nil {
		return []string{err.Error()}
	}
	var out []string
	for i, step := range run.Steps {
		names := absent(step, "", "name", "offered", "served", "unserved", "degraded", "refusals", "served_share", "served_token_share", "unserved_by", "wait_s", "cost", "caps")
		var cost map[string]json.RawMessage
		if given, ok := step["cost"]; ok {
			if err := json.Unmarshal(given, &cost); err != nil {
				return []string{err.Error()}
			}
			names = append(names, absent(cost, "cost.", "total_usd", "total_nusd", "month_usd", "lines")...)
		}
		if len(names) > 0 && len(out) < mostLacking {
			out = append(out, fmt.Sprintf("steps[%d] lacks %s", i, strings.Join(names, ", ")))
		}
	}
	return out
}

// mostLacking is how many steps are listed that lack something.
const mostLacking = 20

// absent are the keys that an object does not have.
func absent(object map[string]json.RawMessage, path string, keys ...string) []string {
	var out []string
	for _, k := range keys {
		if _, ok := object[k]; !ok {
			out = append(out, path+k)
		}
	}
	return out
}
