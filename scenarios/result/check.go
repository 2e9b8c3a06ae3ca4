package result

import (
	"encoding/json"
	"fmt"
	"io"
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

// ReadRun reads a saved answer of `run --format json`.
func ReadRun(name string, r io.Reader) (*Run, error) {
	var run Run
	if err := json.NewDecoder(r).Decode(&run); err != nil {
		return nil, fmt.Errorf("%s is no result of 'quotawall run --format json': %w", name, err)
	}
	if run.Schema != RunSchema {
		return nil, fmt.Errorf("%s has schema %q, want %q: save it with 'quotawall run --format json -o %s'", name, run.Schema, RunSchema, name)
	}
	if len(run.Steps) == 0 {
		return nil, fmt.Errorf("%s has no steps", name)
	}
	return &run, nil
}
