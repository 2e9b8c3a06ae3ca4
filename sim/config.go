// Package sim is the engine: a discrete-event model of requests, quota pools,
// the prompt cache, routing, accounts, queues, endpoints and reserved capacity.
// It is pure: no clock, no files, no goroutines; a Config compiled from a
// scenario and requests in order of time go in, counts come out (DESIGN 2).
package sim

import (
	"quotawall/sim/quota"
	"quotawall/sim/trace"
	"quotawall/sim/unit"
)

// None marks a limit that does not exist, and an index that points nowhere.
const None = -1

// Config is a scenario compiled to flat tables. Models are numbered by alias,
// accounts by (account, Region), classes as the caller likes; lanes are
// numbered account x len(Models) + model.
type Config struct {
	Seed    uint64
	Epoch   unit.Time // UTC instant of time 0, microseconds since 1970
	Horizon unit.Time // arrivals at or after it are not offered; unit.Never leaves it to Finish
	Drain   bool      // after the horizon, finish what is under way

	Accounts []Account
	Assign   Assign
	Failover bool

	Models  []Model
	Lanes   []Lane // len(Accounts) x len(Models)
	Pools   []Pool
	Classes []Class // at least one

	// Max decides rows whose trace does not say max_tokens: a number,
	// trace.MaxUnset, or MaxFromOutput.
	Max int64
	// LoggedDurations uses a row's logged duration while it is served by the
	// alias it maps to.
	LoggedDurations bool

	Quota       Quota
	Client      Client
	Cache       Cache
	Routing     Routing
	Endpoint    *Endpoint  // self-hosted; nil = none
	Provisioned *Provision // reserved tier or model units; nil = none
	Queue       *Queue     // deferrable classes; nil = none
	Gateway     *Gateway   // routing layer's bill; nil = none
	Faults      Faults
	Periods     []unit.Time // when the second, third ... price period begins
	// Observe is told of every admitted Bedrock call; nil = nobody watches.
	Observe func(Admission)
}

// Admission is an admitted call as an observer sees it: when, on which lane,
// what it reserved and will settle at, and its tokens.
type Admission struct {
	At                  unit.Time
	Lane                int32
	Charge, Final       int64 // quota tokens
	Input, Read, Output int64 // tokens
}

// MaxFromOutput as Config.Max reserves exactly what the call will produce.
const MaxFromOutput int64 = -3

// Account is one account in one Region.
type Account struct {
	Name, Region string
	Ready        unit.Time // usable from then on (lead time)
}

// Assign says how a request finds its home account.
type Assign uint8

// Assignment policies (DESIGN 2.7).
const (
	Sticky       Assign = iota // sessions dealt out by first appearance
	Hashed                     // FNV-1a 64 of the session id mod N
	RoundRobin                 // by arrival
	MostHeadroom               // largest free share of TPM, then of TPD, at each attempt
)

// Model is one alias of the scenario.
type Model struct {
	Alias, ID  string
	Scope      string
	Tier       int
	Context    int64 // longest prompt; 0 = no bound known
	MaxOutput  int64
	FirstToken unit.Time
	PerToken   unit.Time
	CacheMin   int64
	Burndown   int64
	LongAbove  int64 // prompts longer than this are priced in the long band; 0 = none
	SelfHosted bool  // served by the endpoint, without quota
	// TokensFrom[m] converts token counts of rows written for alias m to this
	// model's tokenizer; nil where all tokenizers agree.
	TokensFrom []Scale
}

// Scale is an exact multiplier Num/Den; {1, 1} where nothing changes.
type Scale struct{ Num, Den int64 }

// Lane is one (account, model): where its calls draw quota and find their cache.
type Lane struct {
	Pool   int32 // index into Pools, None where nothing limits it
	Cross  int32 // index into Pools of the cross-model pool, None where there is none
	Domain int32 // cache domain
	// Rates are the prices that the cross-model pool's unit counts by, in
	// micro-dollars per million tokens (base and long band); unused otherwise.
	Rates, LongRates Rates
}

// Rates is a price per kind of token. Write is that of the cache's own TTL;
// WriteClass, where set, that of classes with a TTL of their own.
type Rates struct{ Input, Read, Write, Output, WriteClass int64 }

// Pool is a quota pool: its limits, None where a limit does not exist.
type Pool struct {
	Account, Model int32 // Model is None for a cross-model pool
	RPM, TPM, TPD  int64
	// InputTPM and OutputTPM are the mantle endpoint's limits.
	InputTPM, OutputTPM int64
	// DayWith is one more than the pool whose daily limit this one shares; 0: it
	// has its own (ambiguity A11).
	DayWith int32
	// Changes are later values (a granted increase), in order of time.
	Changes []PoolChange
	// Cross-model pools only: TPD counts in Unit.
	Unit       PoolUnit
	ReserveMax bool
	// PerUnit divides the pool's internal units into the printed ones: the
	// reference price in micro-dollars per million tokens for PricedTokens, else 1.
	PerUnit int64
}

// Lifted is the value of a limit that no longer refuses anything.
const Lifted = 1 << 62

// PoolChange replaces values of a pool from At on; None keeps a value.
type PoolChange struct {
	At            unit.Time
	RPM, TPM, TPD int64
}

// PoolUnit is what a cross-model daily pool counts (ambiguity A9).
type PoolUnit uint8

// Units of the cross-model pool.
const (
	PricedTokens  PoolUnit = iota // tokens x list price / reference price
	SettledTokens                 // the final charge
	BilledTokens                  // prompt + output
)

// Class is one kind of traffic.
type Class struct {
	Name       string
	Deferrable bool
	Deadline   unit.Time // deferrable: from arrival; 0 = none
	Patience   unit.Time // 0 = the client's
	TTL        unit.Time // cache entries of this class; 0 = the cache's
	Max        int64     // right-sized max_tokens; 0 = as the row says
	SelfHosted bool      // goes to the endpoint
	Batch      bool      // goes to the batch API
}

// Quota holds the readings of what AWS leaves open (facts of 2026-11-23).
type Quota struct {
	Minute    quota.Shape // Fixed, Sliding or Bucket (A1)
	Day       quota.Shape // Fixed, Rolling or Bucket (A7)
	DayStarts unit.Time   // time of day, UTC
	Current   bool        // refunds to the current use (A2)
	// ReserveReads counts cache reads in the reservation (A4).
	ReserveReads bool
	// BurndownMax multiplies max_tokens by the burndown in the reservation (A5).
	BurndownMax bool
	// Adjust moves the charge of a running call in equal steps this far apart
	// from its reservation to its final charge (A3); 0: settled at the end only.
	// AdjustUp lets such a step charge more than was reserved.
	Adjust   unit.Time
	AdjustUp bool
	// Pessimistic admits as if no prompt were cached: all of it is reserved, as
	// fresh input in the cross-model pool too (A6).
	Pessimistic bool
}

// Client is what callers do when they are refused.
type Client struct {
	Profile        Profile
	Attempts       int       // the first included; 0 = the profile's own
	Base, Cap      unit.Time // Plain
	Factor         Scale     // Plain
	Patience       unit.Time
	Closed         bool
	Resume         Resume
	ResumeAfter    unit.Time // ResumeDuration
	DailyAware     bool
	RefusalLatency unit.Time
	Instances      int // clients with a retry quota of their own; sessions hash onto them
}

// Resume says when a closed session goes on after an unserved request.
type Resume uint8

// Ways to resume.
const (
	ResumeReset Resume = iota
	ResumeNever
	ResumeDuration
)

// Cache is the prompt cache's settings.
type Cache struct {
	Mode                  CacheMode
	TTL                   unit.Time
	ReadShare, WriteShare unit.Ratio
	Readable              Readable
	Loss                  unit.Ratio // of hits in cross-Region scopes
	BlockTokens           int64
	BlockScope            trace.BlockScope
	// Checkpoints (at most 4 on Bedrock) and the look-back of 20 blocks, where
	// the trace has blocks (R21, R23); 0: every block is a checkpoint.
	Checkpoints, Lookback int
}

// CacheMode says how a prompt's cached part is found.
type CacheMode uint8

// Cache modes.
const (
	CacheOff CacheMode = iota
	CacheRate
	CachePrefix
	CacheObserved
)

// Readable says from when an entry can be read (ambiguity A18).
type Readable uint8

// Moments from which an entry is readable.
const (
	FromFirstByte Readable = iota
	FromAdmission
	FromCompletion
)

// Routing says which models a request is sent to.
type Routing struct {
	// To maps an alias, and ClassTo a class, to the alias asked first; None keeps it.
	To, ClassTo []int32
	Mix         []MixPart // nil = no mix
	Fallback    []int32   // tried in order on refusal
	FallUp      bool
	Classifier  *Classifier
	Cascade     *Cascade
}

// MixPart is one part of a mix.
type MixPart struct {
	Model int32
	Share unit.Ratio
}

// Classifier sends each request to one of the aliases after a call of its own.
type Classifier struct {
	Model   int32 // the alias that classifies
	Input   int64 // tokens it adds to the prompt it reads
	Whole   bool  // it reads the whole prompt besides
	Output  int64
	Aliases []int32
	// Confusion[i][j] is the chance that a request whose right alias is
	// Aliases[i] is sent to Aliases[j]; Right[i] how often i is right.
	Right     []unit.Ratio
	Confusion [][]unit.Ratio
}

// Cascade asks a cheap model first and escalates a share of the answers.
type Cascade struct {
	First    int32
	Escalate unit.Ratio
}

// Endpoint is a self-hosted model behind a first-come queue.
type Endpoint struct {
	Model       int32  // alias it serves under
	Instance    string // instance type, for the bill
	Region      string
	Quality     string
	Instances   int // at the start
	Min, Max    int // autoscaling bounds; equal = none
	Concurrency int // calls one instance runs at once
	Curve       []CurvePoint
	Prefill     int64     // prompt tokens that a whole instance reads in 1,000 seconds; 0 = in no time
	Waiting     int       // longest queue; 0 = calls that find no free place are refused
	Target      int64     // wanted concurrent calls an instance, in thousandths; 0 = no autoscaling
	ScaleOut    unit.Time // cooldowns
	ScaleIn     unit.Time
	Startup     unit.Time
	Overflow    bool // refused calls go to the request's own model
}

// CurvePoint is the measured throughput of one instance at a concurrency.
type CurvePoint struct {
	Concurrency int64
	Speed       int64 // output tokens per 1,000 seconds, all calls together
}

// Provision is bought capacity for one model in every account.
type Provision struct {
	Model         int32
	Lane          unit.Lane // unit.Reserved or unit.ModelUnits
	Accounts      []int32   // which accounts have it
	InputTPM      int64     // of all units together
	OutputTPM     int64
	Bought        []Bought
	Overflow      bool // what does not fit goes on demand
	ReserveOutput bool // hold max_tokens against the output limit
	BurndownOut   bool // output counts times the model's burndown (A16)
	BillReads     bool // cache reads are billed at the on-demand price
	Term          string
	Schedule      *Schedule // nil = always
}

// Bought is what is paid by the hour: units, or thousands of tokens a minute.
type Bought struct {
	Kind  unit.Kind
	Count int64
}

// Schedule is a weekly set of hours, UTC: bit h of Hours[weekday] (0 = Sunday).
type Schedule struct{ Hours [7]uint32 }

// Queue is an SQS-like queue in front of the deferrable classes.
type Queue struct {
	Headroom   unit.Ratio // share of the minute limits kept for interactive calls
	DailyShare unit.Ratio // share of the daily limit kept for interactive calls
	Window     *Schedule  // releases only then; nil = always
	Interval   unit.Time  // between looks at the queue, at least a millisecond
	PerMinute  int64      // releases a minute at most; 0 = no bound
	Visibility unit.Time  // a released message that is not served by then is received again
	Service    string     // price row
	Order      []int32    // classes by priority; those left out follow in their own order
	Batch      *Batch
}

// Batch is the batch API: half price, no cache, quotas of its own.
type Batch struct {
	Records    int64     // smallest job
	Turnaround unit.Time // from submission to the results
}

// Gateway is the routing layer that calls pass through.
type Gateway struct {
	Service  string // price row of the gateway; empty = none
	Function string // price row prefix of the function; empty = none
	MemoryMB int64
	PerCall  unit.Time // function time for one call
}

// Faults are refusals for lack of capacity inside quota (503; ambiguity A19).
type Faults struct {
	Rate unit.Ratio
	// Ramp refuses with a chance that rises with the growth of the rate: calls
	// of this minute beyond RampFactor x those of the minute before.
	RampFactor int64 // in thousandths; 0 = off
}
