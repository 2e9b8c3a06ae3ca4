package scenarios

import (
	"time"

	"quotawall/pricing"
	"quotawall/sim"
	"quotawall/sim/trace/synth"
	"quotawall/sim/unit"
)

// Spec is a decoded scenario: every key with its value or its default.
type Spec struct {
	Title, Ruleset, Region, Scope string
	Start                         time.Time // zero = the default
	Horizon                       unit.Time // 0 = the default
	Drain                         bool
	Seed                          uint64
	Replications                  int64
	PricedOn                      pricing.Date // empty = the catalog's date
	PricedByTraffic               bool         // each day at the prices of its own

	Trace       TraceSpec
	Traffic     []synth.Workload
	Models      map[string]*ModelSpec
	Quota       QuotaSpec
	Client      ClientSpec
	Caching     CachingSpec
	Classes     map[string]*ClassSpec
	Routing     RoutingSpec
	Accounts    AccountsSpec
	SelfHost    SelfHostSpec
	Provisioned ProvisionedSpec
	Queue       QueueSpec
	Faults      FaultsSpec
}

// TraceSpec says what is replayed.
type TraceSpec struct {
	File, Format string
	Head         int64
	SessionGap   unit.Time
	Model        string
	Models       map[string]*string
	Durations    string
	Failed       string
	MaxTokens    int64 // trace.MaxUnset, sim.MaxFromOutput, or 0 = the default
	Scale        int64
	Repeat       int64 // RepeatFill = up to the horizon
	Background   unit.Ratio
	InputCount   string
	Map          map[string]*string
	Spread       string
	SkipBadRows  bool
	Sort         bool
	Keep         unit.Ratio
	Stretch      sim.Scale
}

// RepeatFill plays a trace again up to the horizon.
const RepeatFill = -1

// ModelSpec is one alias; zero values are the catalog's.
type ModelSpec struct {
	ID, Scope, Endpoint  string
	Tier                 int64
	FirstToken, PerToken *unit.Time
	Context, MaxOutput   int64
	CacheMin, Burndown   int64
}

// QuotaSpec is quotas and the readings of what AWS leaves open.
type QuotaSpec struct {
	Minute, Day       string
	DayStarts         unit.Time
	Refund            string
	ReserveCacheReads bool
	BurndownReserved  bool
	DailyScheme, RPM  string
	AfterIncrease     string // what a granted increase of tokens a minute does to the daily limit
	DailyCounters     string // whether on-demand and geo calls share one a day
	GlobalPool        string // whose the quota of a global profile is
	Admission         string
	Adjust            unit.Time
	AdjustUp          bool
	Pool              PoolSpec
	Applied           []AppliedSpec
	Increase          []IncreaseSpec
}

// PoolSpec is the cross-model daily pool.
type PoolSpec struct {
	Limit      pricing.Limit // Absent = the ruleset's
	Unit       string
	Reference  int64 // micro-dollars per million tokens
	ReserveMax bool
}

// AppliedSpec overrides quota values; the first match wins.
type AppliedSpec struct {
	Account, Region, Scope, Model string
	RPM, TPM, TPD                 pricing.Limit
	InputTPM, OutputTPM           pricing.Limit
}

// IncreaseSpec is a requested quota increase, granted after a lead time.
type IncreaseSpec struct {
	Account, Model string
	RPM, TPM       pricing.Limit
	After          unit.Time
}

// ClientSpec is what callers do when they are refused.
type ClientSpec struct {
	Profile        string
	Attempts       int64 // 0 = the profile's
	Base, Cap      unit.Time
	Factor         sim.Scale
	Patience       unit.Time
	Loop           string // "" = the default
	Resume         string
	ResumeAfter    unit.Time
	DailyAware     bool
	RefusalLatency unit.Time
	Instances      int64
	MaxQuantile    unit.Ratio // right-sized max_tokens: quantile of the class's real output; 0 = off
}

// CachingSpec is the prompt cache.
type CachingSpec struct {
	Mode                  string
	TTL                   unit.Time
	ReadShare, WriteShare unit.Ratio
	ReadableFrom          string
	Loss                  unit.Ratio
	Checkpoints, Lookback int64
	TTLs                  map[string]*unit.Time // by class
}

// ClassSpec is one kind of traffic.
type ClassSpec struct {
	Deadline, Patience unit.Time
	MaxTokens          int64
}

// RoutingSpec says which models a request is sent to.
type RoutingSpec struct {
	Policy     string
	Map        map[string]*string
	Classes    map[string]*string
	Mix        map[string]*unit.Ratio
	Fallback   []string
	FallUp     bool
	Classifier ClassifierSpec
	Cascade    CascadeSpec
}

// ClassifierSpec is the call that decides a request's model.
type ClassifierSpec struct {
	Model         string
	Input, Output int64
	Whole         bool
	Right         map[string]*unit.Ratio
	Confusion     map[string]map[string]*unit.Ratio
}

// CascadeSpec asks a cheap model first.
type CascadeSpec struct {
	First    string
	Escalate unit.Ratio
}

// AccountsSpec is how traffic is spread.
type AccountsSpec struct {
	Count      int64
	Names      []string
	Regions    []string
	Assign     string
	Failover   bool
	Ready      map[string]*unit.Time
	Gateway    string
	Function   string
	FunctionMB int64
	FunctionMS unit.Time
}

// SelfHostSpec is a SageMaker endpoint.
type SelfHostSpec struct {
	Classes     []string
	Model       string // what is served, for print
	Curve       string
	Points      map[string]*float64
	Instance    string
	Quality     string
	Tier        int64
	Context     int64   // curveContext = the curve's
	Prefill     float64 // prompt tokens a second; 0 = by the curve
	FirstToken  unit.Time
	Instances   int64
	Min, Max    int64
	Concurrency int64
	Waiting     int64
	Target      unit.Ratio
	ScaleOut    unit.Time
	ScaleIn     unit.Time
	Startup     unit.Time
	Overflow    bool
}

// ProvisionedSpec is capacity bought by the hour.
type ProvisionedSpec struct {
	Kind, Model         string
	Accounts            []string
	Units               int64
	UnitInput           int64 // tokens a minute one model unit carries
	UnitOutput          int64
	InputTPM, OutputTPM int64
	Term                string
	Schedule            *sim.Schedule
	Overflow            *bool
	ReserveOutput       bool
	BurndownOut         bool
	BillReads           bool
}

// QueueSpec is a queue in front of deferrable classes.
type QueueSpec struct {
	Classes    []string
	Headroom   unit.Ratio
	DailyShare unit.Ratio
	Window     *sim.Schedule
	Interval   unit.Time
	PerMinute  int64
	Visibility unit.Time
	Deadline   unit.Time
	Service    string
	Batch      BatchSpec
}

// BatchSpec is the batch API.
type BatchSpec struct {
	Classes    []string
	Records    int64
	Turnaround unit.Time
}

// FaultsSpec is refusals for lack of capacity inside quota.
type FaultsSpec struct {
	Rate       unit.Ratio
	RampFactor sim.Scale
}
