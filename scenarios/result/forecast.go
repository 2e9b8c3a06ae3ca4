package result

// ForecastSchema names the JSON contract of Forecast.
const ForecastSchema = "quotawall.forecast/v1"

// Forecast is what growth does to every step of a progression, month by month.
type Forecast struct {
	Schema   string         `json:"schema"`
	Scenario string         `json:"scenario"`
	Growth   [3]float64     `json:"growth_per_month"` // low, expected, high
	Months   []ForecastTime `json:"months"`
	Steps    []ForecastStep `json:"steps"`
	Notes    []string       `json:"notes"`
}

// ForecastTime is a month of the forecast: 0 is the traffic as it is.
type ForecastTime struct {
	Month  int        `json:"month"`
	Date   string     `json:"date"` // first day of it, UTC
	Factor [3]float64 `json:"factor"`
}

// ForecastStep is one step under growth. Ranges are of low, expected and high
// growth, widened by the intervals of replications where there are several.
type ForecastStep struct {
	Name   string          `json:"name"`
	Points []ForecastPoint `json:"points"`
	Caps   []ForecastCap   `json:"caps"` // by the month in which they are first hit
	// Holds is the first month in which less than Serves of requests or tokens
	// are served, at low, expected and high growth; null where none is.
	Holds [3]*int `json:"outgrown_month"`
	// Buys is how many months longer the step holds than the one before it, at
	// expected growth; null where either outlasts the forecast.
	Buys *int `json:"buys_months"`
}

// ForecastPoint is a step in a month.
type ForecastPoint struct {
	Month            int        `json:"month"`
	MonthUSD         [3]float64 `json:"month_usd"` // low, expected, high
	ServedShare      [3]float64 `json:"served_share"`
	ServedTokenShare [3]float64 `json:"served_token_share"`
}

// ForecastCap is the month in which a limit first refuses, at low, expected and
// high growth; null where it does not.
type ForecastCap struct {
	Limit   string  `json:"limit"`
	Account string  `json:"account"`
	Region  string  `json:"region"`
	Scope   string  `json:"scope"`
	Model   string  `json:"model"`
	Value   int64   `json:"value"`
	Month   [3]*int `json:"month"`
	Date    string  `json:"date,omitempty"` // of the expected month
}
