package result

// SensitivitySchema names the JSON contract of Sensitivity.
const SensitivitySchema = "quotawall.sensitivity/v1"

// Sensitivity is how one step's cost and what it leaves unserved move when one
// input at a time is changed, the input with the largest effect first.
type Sensitivity struct {
	Schema        string   `json:"schema"`
	Scenario      string   `json:"scenario"`
	Step          string   `json:"step"`
	MonthUSD      float64  `json:"month_usd"` // as the step is
	UnservedShare float64  `json:"unserved_share"`
	Inputs        []Input  `json:"inputs"`
	Notes         []string `json:"notes"`
}

// Input is one uncertain input and the answers at its values.
type Input struct {
	Name string `json:"name"`
	// Ambiguity is the open question of AWS's text that the input is a reading
	// of; empty for inputs of the scenario.
	Ambiguity string       `json:"ambiguity,omitempty"`
	Values    []InputValue `json:"values"`
	Unserved  [2]float64   `json:"unserved_range"` // over its values and the step as it is
	MonthUSD  [2]float64   `json:"month_range"`
}

// InputValue is the answer at one value of an input.
type InputValue struct {
	Value         string  `json:"value"`
	MonthUSD      float64 `json:"month_usd"`
	UnservedShare float64 `json:"unserved_share"`
}

// Widen sets the ranges of an input: over its values and the step as it is.
func (x *Input) Widen(base *InputValue) {
	x.Unserved = [2]float64{base.UnservedShare, base.UnservedShare}
	x.MonthUSD = [2]float64{base.MonthUSD, base.MonthUSD}
	for _, v := range x.Values {
		x.Unserved = [2]float64{min(x.Unserved[0], v.UnservedShare), max(x.Unserved[1], v.UnservedShare)}
		x.MonthUSD = [2]float64{min(x.MonthUSD[0], v.MonthUSD), max(x.MonthUSD[1], v.MonthUSD)}
	}
}
