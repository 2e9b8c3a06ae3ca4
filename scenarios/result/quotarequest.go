package result

// QuotaRequestSchema names the JSON contract of QuotaRequest.
const QuotaRequestSchema = "quotawall.quota-request/v1"

// QuotaRequest is what a quota-increase case asks for: demand as Bedrock counts
// it, before any limit, and the values to request.
type QuotaRequest struct {
	Schema   string        `json:"schema"`
	Scenario string        `json:"scenario"`
	Step     string        `json:"step"`
	Rule     string        `json:"rule"` // how a requested value follows from demand
	Growth   float64       `json:"growth_per_month"`
	Months   int           `json:"months"`
	Margin   float64       `json:"margin"`
	Models   []ModelDemand `json:"models"`
	Notes    []string      `json:"notes"`
}

// ModelDemand is the demand for one model in an account, Region and scope.
type ModelDemand struct {
	Account string `json:"account"`
	Region  string `json:"region"`
	Scope   string `json:"scope"`
	Model   string `json:"model"`

	Requests     int64   `json:"requests"`
	InputMean    float64 `json:"input_tokens_mean"`
	OutputMean   float64 `json:"output_tokens_mean"`
	Over25kShare float64 `json:"input_over_25k_share"`
	CacheShare   float64 `json:"cache_read_share"`

	RPM      Demand `json:"rpm"`
	Reserved Demand `json:"reserved_tpm"` // fresh input + cache write + max_tokens
	Held     Demand `json:"held_tpm"`     // the larger of a minute's reserved and settled tokens: what TPM must carry
	Settled  Demand `json:"settled_tpm"`  // fresh input + cache write + output x burndown
	DayPeak  int64  `json:"settled_tokens_peak_day"`

	Limits []RequestedLimit `json:"limits"`
}

// Demand is a number a UTC clock minute: over all minutes of the horizon for
// the mean, over those with traffic for the quantiles (nearest rank).
type Demand struct {
	Mean float64 `json:"mean"`
	P50  int64   `json:"p50"`
	P99  int64   `json:"p99"`
	Max  int64   `json:"max"`
}

// RequestedLimit is a quota today and the value to ask for; null where today's
// is enough or there is none.
type RequestedLimit struct {
	Limit      string `json:"limit"`
	Value      int64  `json:"value"` // -1 = no such limit
	Adjustable bool   `json:"adjustable"`
	Needed     int64  `json:"needed"`
	Request    *int64 `json:"request"`
}
