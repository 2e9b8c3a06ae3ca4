package result

// CompareSchema names the JSON contract of Compare.
const CompareSchema = "quotawall.compare/v1"

// Compare sets capacity paid by the hour against on-demand for one step's traffic.
type Compare struct {
	Schema   string       `json:"schema"`
	Scenario string       `json:"scenario"`
	Step     string       `json:"step"`
	Account  string       `json:"account"` // the one that buys
	Model    string       `json:"model"`   // the one that is bought for
	Scope    string       `json:"scope"`
	OnDemand OnDemandCost `json:"on_demand"`
	Options  []Option     `json:"options"`
	Curve    []CurvePoint `json:"curve"` // Reserved tier: cost by size, closed form beside simulation
	// Reserved tier at its best size: cost by load.
	Loads   []LoadPoint   `json:"loads"`
	Hosting []HostingLoad `json:"hosting"`
	Verdict string        `json:"verdict"`
	Notes   []string      `json:"notes"`
}

// OnDemandCost is the step without any capacity paid by the hour.
type OnDemandCost struct {
	MonthUSD         float64  `json:"month_usd"`
	ServedShare      *float64 `json:"served_share"`
	ServedTokenShare *float64 `json:"served_token_share"`
	// What a million tokens that reserved capacity would carry cost on demand:
	// fresh input and cache writes together, and output.
	InputUSD  float64 `json:"input_usd_per_million"`
	OutputUSD float64 `json:"output_usd_per_million"`
	InputTPM  Demand  `json:"input_tpm"`
	OutputTPM Demand  `json:"output_tpm"`
}

// Option is one way to pay by the hour, at its best size for this traffic.
type Option struct {
	Kind string   `json:"kind"` // reserved | model-units | self-hosted
	Term string   `json:"term"`
	Size string   `json:"size"`
	Set  Settings `json:"set"` // the keys that make it

	FeeMonthUSD    float64  `json:"fee_month_usd"`
	ClosedMonthUSD *float64 `json:"closed_form_month_usd"`
	MonthUSD       float64  `json:"month_usd"`        // simulated, all of the step's bill
	SavingUSD      float64  `json:"saving_month_usd"` // against on-demand
	ServedShare    *float64 `json:"served_share"`
	// BreakEvenUse is the share of its capacity that must be used for it to cost
	// what on-demand costs; above 1 it never does. Use is what this traffic uses.
	BreakEvenUse float64 `json:"break_even_utilisation"`
	Use          float64 `json:"utilisation"`
	// BreakEvenLoad is the multiple of this traffic's every minute from which the
	// size pays, by closed form; null where no load does.
	BreakEvenLoad *float64 `json:"break_even_load"`
}

// CurvePoint is a size of reserved capacity.
type CurvePoint struct {
	Quantile       string  `json:"quantile"` // of the minutes' demand, or "smallest sold"
	InputTPM       int64   `json:"input_tpm"`
	OutputTPM      int64   `json:"output_tpm"`
	ClosedMonthUSD float64 `json:"closed_form_month_usd"` // 1-month term
	MonthUSD       float64 `json:"month_usd"`
	MonthUSD3      float64 `json:"month_usd_3_months"` // the same at the 3-month rate
	Use            float64 `json:"input_utilisation"`
}

// LoadPoint is what this traffic costs at a multiple of it, by closed form.
type LoadPoint struct {
	Load         float64  `json:"load"`
	OnDemandUSD  float64  `json:"on_demand_month_usd"`
	Reserved1USD *float64 `json:"reserved_1_month_usd"` // null where that term is not sold
	Reserved3USD *float64 `json:"reserved_3_months_usd"`
}

// HostingLoad is the step with and without its endpoint at a multiple of its
// traffic.
type HostingLoad struct {
	Load        float64 `json:"load"`
	OnDemandUSD float64 `json:"on_demand_month_usd"`
	HostedUSD   float64 `json:"self_hosted_month_usd"`
	ServedShare float64 `json:"self_hosted_served_share"`
}
