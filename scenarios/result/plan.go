package result

import (
	"math"
	"strconv"
)

// PlanSchema names the JSON contract of Plan.
const PlanSchema = "quotawall.plan/v1"

// Plan is the cheapest mix of levers that meets an objective.
type Plan struct {
	Schema    string      `json:"schema"`
	Scenario  string      `json:"scenario"`
	Objective []Objective `json:"objective"`
	Method    string      `json:"method"`
	Space     int         `json:"space"`     // mixes in all
	Simulated int         `json:"simulated"` // the others cost more by their fees alone
	Demand    []float64   `json:"demand"`    // factors that regret is taken over
	Winner    *Mix        `json:"winner"`    // null: nothing meets the objective
	Feasible  []Mix       `json:"feasible"`  // cheapest first, the winner included
	Rejected  []Mix       `json:"rejected"`  // nearest to the objective first
	Remedies  []Remedy    `json:"remedies"`  // one for each limit, where nothing meets the objective
	Verdict   string      `json:"verdict"`
	Notes     []string    `json:"notes"`
}

// Objective is a stated limit.
type Objective struct {
	Figure string  `json:"figure"`
	Limit  float64 `json:"limit"`
	Unit   string  `json:"unit"`
}

// Remedy is the least value of one limit, all others kept, with which a mix
// would meet the objective; null where there is none.
type Remedy struct {
	Objective
	Least    *float64 `json:"least"`
	Levers   []string `json:"levers"` // of that mix
	MonthUSD *float64 `json:"month_usd"`
}

// AtLeast writes a figure with its unit, rounded up, so that as a limit it holds
// the figure.
func AtLeast(f float64, unit string) string {
	up := func(f, steps float64) string {
		return strconv.FormatFloat(math.Ceil(f*steps)/steps, 'f', -1, 64)
	}
	switch unit {
	case "share":
		return up(100*f, 10_000) + "%"
	case "USD":
		return "$" + strconv.FormatFloat(math.Ceil(f*100)/100, 'f', 2, 64)
	}
	return up(f, 1000) + " " + unit
}

// Mix is one combination of levers, simulated.
type Mix struct {
	Levers []string `json:"levers"` // empty: the scenario as it is
	Set    Settings `json:"set"`

	MonthUSD         float64  `json:"month_usd"`
	ServedShare      *float64 `json:"served_share"`
	ServedTokenShare *float64 `json:"served_token_share"`
	DegradedShare    float64  `json:"degraded_share"`
	DeferredShare    float64  `json:"deferred_share"`
	WaitP95S         *float64 `json:"wait_p95_s"`
	DeadlineMisses   float64  `json:"deadline_misses"`

	// Why it is rejected: the figures that exceed their limits, the limit of
	// Bedrock's that binds and when it first refuses.
	Fails        []Checked `json:"fails,omitempty"`
	Binds        string    `json:"binds,omitempty"`
	FirstRefused *string   `json:"first_refused_at,omitempty"`
	// Regret is the most that it costs a month above the cheapest mix that meets
	// the objective, over the factors of demand; null where it fails at one.
	Regret *float64 `json:"regret_usd,omitempty"`
	// FailsAt are the factors of demand at which it does not meet the objective.
	FailsAt []float64 `json:"fails_at_demand,omitempty"`
}
