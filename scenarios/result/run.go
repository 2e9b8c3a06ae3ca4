// Package result holds what a run or a study found, as plain data. Its JSON
// form is the program's contract; documents are made from it elsewhere.
package result

import (
	"encoding/json"
	"strconv"
)

// RunSchema names the JSON contract of Run.
const RunSchema = "quotawall.run/v1"

// Count is a count: a whole number in one replication, a mean over several.
type Count float64

// MarshalJSON writes the shortest decimal without an exponent.
func (c Count) MarshalJSON() ([]byte, error) {
	return strconv.AppendFloat(nil, float64(c), 'f', -1, 64), nil
}

// Run is the answer of `quotawall run`: every step of a progression over the
// same arrivals.
type Run struct {
	Schema      string       `json:"schema"`
	Scenario    ScenarioInfo `json:"scenario"`
	Ruleset     string       `json:"ruleset"`
	CatalogAsOf string       `json:"catalog_as_of"`
	Trace       TraceInfo    `json:"trace"`
	Steps       []Step       `json:"steps"`
	Readings    []Reading    `json:"readings,omitempty"`
	Assumptions []string     `json:"assumptions"`
	Notes       []string     `json:"notes"`
	// InputNotes are those of Assumptions and Notes that say what became of the
	// input: every study made from the run carries them.
	InputNotes []string `json:"input_notes"`
}

// ScenarioInfo says what was simulated.
type ScenarioInfo struct {
	Name         string  `json:"name"`
	HorizonS     float64 `json:"horizon_s"`
	Start        string  `json:"start"` // UTC, RFC 3339
	Seed         uint64  `json:"seed"`
	Replications int     `json:"replications"`
	// Deterministic: nothing random was drawn, so one replication is exact.
	Deterministic bool `json:"deterministic"`
	// InputHash identifies scenario, trace and catalog (sha256, hex).
	InputHash string `json:"input_hash,omitempty"`
	// Settings are the keys that the scenario and the command line give, for all
	// steps; null in results that do not say.
	Settings Settings `json:"settings"`
}

// TraceInfo counts the file or the synthesis, before any repetition.
type TraceInfo struct {
	Requests     Count   `json:"requests"`
	SpanS        float64 `json:"span_s"`
	InputTokens  Count   `json:"input_tokens"`
	OutputTokens Count   `json:"output_tokens"`
	Format       string  `json:"format,omitempty"`
	SkippedRows  int64   `json:"skipped_rows,omitempty"`
}

// Step is one row of the progression.
type Step struct {
	Index int      `json:"index"`
	Name  string   `json:"name"`
	Set   Settings `json:"set"`

	Offered   Count `json:"offered"`
	Served    Count `json:"served"`
	Unserved  Count `json:"unserved"`
	Deferred  Count `json:"deferred"`
	Degraded  Count `json:"degraded"`
	Truncated Count `json:"truncated"`
	Queued    Count `json:"queued"`
	InFlight  Count `json:"in_flight"`

	ServedShare      *float64 `json:"served_share"`
	ServedTokenShare *float64 `json:"served_token_share"`

	UnservedBy  UnservedBy       `json:"unserved_by"`
	AbandonedBy map[string]Count `json:"abandoned_by"`

	Refusals          Count `json:"refusals"`
	ThrottledAttempts Count `json:"throttled_attempts"`
	Retries           Count `json:"retries"`

	Tokens      Tokens      `json:"tokens"`
	QuotaTokens QuotaTokens `json:"quota_tokens"`
	Cost        Cost        `json:"cost"`
	Caps        []Cap       `json:"caps"`
	WaitS       Quantiles   `json:"wait_s"`

	Classes   []Class               `json:"classes,omitempty"`
	Lanes     []Lane                `json:"lanes,omitempty"`
	Hours     []Hour                `json:"hours,omitempty"`
	Queue     *QueueInfo            `json:"queue,omitempty"`
	Endpoint  *EndpointInfo         `json:"endpoint,omitempty"`
	Reserved  *ReservedInfo         `json:"reserved,omitempty"`
	Messages  map[string]string     `json:"messages,omitempty"` // AWS's message for each limit that refused
	Intervals map[string][2]float64 `json:"interval"`
	// Differences to the step before, paired by replication: mean, low and high
	// of the 95 % interval; only where there are several replications.
	Differences map[string][3]float64 `json:"difference,omitempty"`
	Notes       []string              `json:"notes,omitempty"`
}

// UnservedBy counts unserved requests by the reason that was last.
type UnservedBy struct {
	RequestsPerMinute   Count `json:"requests_per_minute"`
	TokensPerMinute     Count `json:"tokens_per_minute"`
	TokensPerDay        Count `json:"tokens_per_day"`
	TokensPerDayAccount Count `json:"tokens_per_day_account"`
	TooLong             Count `json:"too_long"`
	Capacity            Count `json:"capacity"`
	Deadline            Count `json:"deadline"`
	Abandoned           Count `json:"abandoned"`
}

// Tokens of served requests; Input is the whole prompt.
type Tokens struct {
	Input      Count `json:"input"`
	Fresh      Count `json:"fresh"`
	CacheRead  Count `json:"cache_read"`
	CacheWrite Count `json:"cache_write"`
	Output     Count `json:"output"`
}

// QuotaTokens is the flow through the limits of tokens a minute:
// reserved + excess = settled + credited + dropped + held.
type QuotaTokens struct {
	Reserved Count `json:"reserved"`
	Excess   Count `json:"excess"`
	Settled  Count `json:"settled"`
	Credited Count `json:"credited"`
	Dropped  Count `json:"dropped"`
	Held     Count `json:"held"`
}

// Cost of a step over the horizon. TotalNUSD is in nano-dollars and is the
// sum of the lines.
type Cost struct {
	TotalUSD                  json.Number `json:"total_usd"`
	TotalNUSD                 int64       `json:"total_nusd"`
	MonthUSD                  float64     `json:"month_usd"`
	Per1kServedUSD            *float64    `json:"per_1k_served_usd"`
	PerMillionServedTokensUSD *float64    `json:"per_million_served_tokens_usd"`
	Lines                     []Line      `json:"lines"`
}

// Line is one line of the bill: quantity x rate, rounded once.
type Line struct {
	Item       string      `json:"item"`
	Lane       string      `json:"lane"`
	Account    string      `json:"account"`
	Region     string      `json:"region"`
	Scope      string      `json:"scope"`
	Model      string      `json:"model"`
	Kind       string      `json:"kind"`
	Band       string      `json:"band"`
	Quantity   json.Number `json:"quantity"`
	Unit       string      `json:"unit"`
	RateUSD    json.Number `json:"rate_usd"`
	AmountNUSD int64       `json:"amount_nusd"`
	Source     string      `json:"source"`
	AsOf       string      `json:"as_of"`
	Confidence string      `json:"confidence,omitempty"`
	Note       string      `json:"note,omitempty"`      // a discount, or how the price was derived
	PricedIn   string      `json:"priced_in,omitempty"` // the Region whose price stands in
	// Period is the first day of the line's price period, where every day of the
	// traffic has its own prices; else empty: all lines have those of one day.
	Period string `json:"period,omitempty"`
}

// Cap is what became of one limit of one quota pool.
type Cap struct {
	Limit   string `json:"limit"` // requests_per_minute | tokens_per_minute | tokens_per_day | tokens_per_day_account | input_tokens_per_minute | output_tokens_per_minute
	Account string `json:"account"`
	Region  string `json:"region"`
	Scope   string `json:"scope"`
	Model   string `json:"model"` // catalog id, "*" for the cross-model pool
	Value   int64  `json:"value"`

	FirstRefusedS  *float64 `json:"first_refused_s"`
	FirstRefusedAt *string  `json:"first_refused_at"`
	// ByReservation: the first refused call would have fitted, had the open
	// reservations been at their final charge.
	ByReservation        *bool    `json:"by_reservation"`
	RefusedByReservation Count    `json:"refused_by_reservation"`
	SpentS               *float64 `json:"spent_s"`
	SpentAt              *string  `json:"spent_at"`
	RefusedDays          Count    `json:"refused_days"`
	Refused              Count    `json:"refused"`
	AlsoFull             Count    `json:"also_full"`
	PeakUse              Count    `json:"peak_use"`
	// TooLarge counts refusals of calls that exceed the limit by themselves.
	TooLarge Count `json:"too_large"`
	// FirstTooLarge: the first refused call was such a call.
	FirstTooLarge bool   `json:"first_too_large,omitempty"`
	Adjustable    bool   `json:"adjustable"`
	Note          string `json:"note,omitempty"`
}

// Quantiles of the wait from arrival to admission of served requests, seconds,
// nearest rank; null where nothing was served.
type Quantiles struct {
	P50 *float64 `json:"p50"`
	P95 *float64 `json:"p95"`
	P99 *float64 `json:"p99"`
	Max *float64 `json:"max"`
}

// Class is the part of a step that one kind of traffic had.
type Class struct {
	Class      string `json:"class"`
	Offered    Count  `json:"offered"`
	Served     Count  `json:"served"`
	Unserved   Count  `json:"unserved"`
	Queued     Count  `json:"queued"`
	InFlight   Count  `json:"in_flight"`
	Deferred   Count  `json:"deferred"`
	Degraded   Count  `json:"degraded"`
	CacheRead  Count  `json:"cache_read"`
	CacheWrite Count  `json:"cache_write"`
	Input      Count  `json:"input"`
	// CacheSavedUSD is what its cache reads save less what its writes cost more,
	// over the horizon, at the prices of the model that served most tokens;
	// negative where caching loses money, null where nothing was cached.
	CacheSavedUSD *float64  `json:"cache_saved_usd"`
	WaitS         Quantiles `json:"wait_s"`
}

// Lane is the part that one way of serving had, per account and model.
type Lane struct {
	Lane    string `json:"lane"`
	Account string `json:"account"`
	Region  string `json:"region"`
	Model   string `json:"model"`
	// Calls that were admitted: a classifier's question and a cascade's draft are
	// calls of their own beside the answer, as is a batch answer that came too late.
	Calls  Count `json:"calls"`
	Input  Count `json:"input"`
	Output Count `json:"output"`
	// CacheRead and CacheWrite tokens, to see what splitting traffic does to the cache.
	CacheRead  Count `json:"cache_read"`
	CacheWrite Count `json:"cache_write"`
}

// Hour is one hour of admissions, for pictures.
type Hour struct {
	Hour     int64   `json:"hour"` // from the start
	Offered  Count   `json:"offered"`
	Served   Count   `json:"served"`
	Unserved Count   `json:"unserved"`
	Refusals Count   `json:"refusals"`
	Settled  Count   `json:"settled"`  // quota tokens at their final charge
	Reserved Count   `json:"reserved"` // quota tokens at their start charge
	Input    Count   `json:"input"`
	Output   Count   `json:"output"`
	Queued   Count   `json:"queued"`   // messages waiting at the end of the hour
	OldestS  float64 `json:"oldest_s"` // age of the oldest waiting message then
}

// QueueInfo is what became of the deferrable classes' queue.
type QueueInfo struct {
	Messages       Count   `json:"messages"`
	MaxDepth       Count   `json:"max_depth"`
	MaxAgeS        float64 `json:"max_age_s"`
	DeadlineMisses Count   `json:"deadline_misses"`
	Batched        Count   `json:"batched"`
	// HeldBy is what messages waited for; left out where they hardly waited, or
	// it is not known.
	HeldBy *QueueHold `json:"held_by,omitempty"`
}

// QueueHold is a limit of which the queue had used up its part, or, without a
// limit, the queue's own hours or bound.
type QueueHold struct {
	Keeps   string `json:"keeps"` // the key that keeps the rest, or sets the hours or the bound
	Limit   string `json:"limit,omitempty"`
	Account string `json:"account,omitempty"`
	Region  string `json:"region,omitempty"`
	Scope   string `json:"scope,omitempty"`
	Model   string `json:"model,omitempty"`
	Value   int64  `json:"value,omitempty"`
	Part    int64  `json:"part,omitempty"` // of Value, that the queue may use
}

// EndpointInfo is the self-hosted endpoint: allocated against used time.
type EndpointInfo struct {
	Instance      string  `json:"instance"`
	InstanceHours float64 `json:"instance_hours"`
	BusyHours     float64 `json:"busy_hours"`
	Served        Count   `json:"served"`
	Refused       Count   `json:"refused"`
	TooLong       Count   `json:"too_long"` // prompts longer than its context: Bedrock's
	MaxQueue      Count   `json:"max_queue"`
	Starts        Count   `json:"starts"`
	Quality       string  `json:"quality"`
}

// ReservedInfo is reserved or provisioned capacity: bought against used.
type ReservedInfo struct {
	Kind        string  `json:"kind"` // reserved | model-units
	Model       string  `json:"model"`
	Served      Count   `json:"served"`
	Overflowed  Count   `json:"overflowed"`
	InputShare  float64 `json:"input_utilisation"`
	OutputShare float64 `json:"output_utilisation"`
}

// Reading is the headline under another reading of an ambiguity of AWS's text.
type Reading struct {
	Ambiguity   string  `json:"ambiguity"` // "A1" ...
	Setting     string  `json:"setting"`   // key=value
	Step        int     `json:"step"`
	ServedShare float64 `json:"served_share"`
	MonthUSD    float64 `json:"month_usd"`
}
