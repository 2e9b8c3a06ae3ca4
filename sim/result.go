package sim

import "quotawall/sim/unit"

// Limit names what refused a call, or why a request stayed unserved.
type Limit uint8

// Limits in the order in which they are asked, then the other reasons.
const (
	NoLimit Limit = iota
	RequestsPerMinute
	TokensPerMinute
	TokensPerDay
	TokensPerDayAccount
	InputTokensPerMinute  // mantle, and bought capacity without overflow
	OutputTokensPerMinute // likewise
	TooLong
	Capacity
	Deadline
	Abandoned
	limits // number of limits
)

// String is the name in the JSON contract.
func (l Limit) String() string {
	return [...]string{"none", "requests_per_minute", "tokens_per_minute", "tokens_per_day", "tokens_per_day_account",
		"input_tokens_per_minute", "output_tokens_per_minute", "too_long", "capacity", "deadline", "abandoned"}[l]
}

// Result is what a run counted.
type Result struct {
	Horizon unit.Time
	Last    unit.Time // time of the last event

	Totals
	UnservedBy  [limits]int64
	AbandonedBy [limits]int64

	Refusals, Throttled, Retries int64
	Tokens                       Tokens // of served requests
	OfferedTokens, ServedTokens  int64  // input + uncut output
	Quota, DayQuota              QuotaTokens

	Caps     []Cap
	Waits    Waits
	Classes  []ClassResult
	Homes    []Totals // by home account
	Lanes    []LaneResult
	Hours    []Hour
	Usage    []unit.Usage
	Queue    *QueueResult
	Endpoint *EndpointResult
	Bought   *BoughtResult
	// Random: something random was drawn.
	Random bool
	// CappedMax counts rows whose max_tokens was above the model's maximum.
	CappedMax int64
	// MaxAssumed counts rows whose max_tokens the trace did not say.
	MaxAssumed int64
}

// Totals conserve: Offered = Served + Unserved + Queued + InFlight.
type Totals struct {
	Offered, Served, Unserved, Queued, InFlight int64
	Deferred, Degraded, Truncated               int64
}

// Tokens by what became of them; Input = Fresh + Read + Write.
type Tokens struct{ Input, Fresh, Read, Write, Output int64 }

// QuotaTokens is the flow of tokens through limits:
// Reserved + Excess = Settled + Credited + Dropped + Held.
type QuotaTokens struct{ Reserved, Excess, Settled, Credited, Dropped, Held int64 }

// Cap is what became of one limit of a pool. Times are None where nothing happened.
type Cap struct {
	Limit                Limit
	Pool                 int32
	Value                int64 // in printed units
	FirstRefused, Spent  unit.Time
	FirstByReservation   bool
	FirstTooLarge        bool
	Refused, AlsoFull    int64
	RefusedByReservation int64
	TooLarge             int64 // refusals of calls larger than the limit itself
	RefusedDays          int64
	PeakUse              float64 // in printed units
}

// ClassResult is the share of one kind of traffic.
type ClassResult struct {
	Name string
	Totals
	Tokens Tokens
	Waits  Waits
	Cached []Cached // by model and band, where caching did anything on demand
}

// Cached is what a class's on-demand calls to one model read from the prompt
// cache and wrote to it, legs of requests included.
type Cached struct {
	Model       int32
	Long        bool // calls in the long-context price band
	Read, Write int64
}

// LaneResult is what one (account, model) served, and by which way.
type LaneResult struct {
	Account, Model int32
	Way            unit.Lane
	Served         int64
	Tokens         Tokens
}

// Hour is one hour of admissions from the start.
type Hour struct {
	Offered, Served, Unserved, Refusals int64
	Reserved, Settled                   int64 // quota tokens of the calls admitted in it
	Input, Output                       int64
	Waiting                             int64     // messages in the queue at its end
	Oldest                              unit.Time // age of the oldest of them
}

// QueueResult is what became of the queue.
type QueueResult struct {
	Messages, MaxDepth, DeadlineMisses, Batched int64
	Redelivered                                 int64 // receives beyond a message's first
	MaxAge                                      unit.Time
}

// EndpointResult is the self-hosted endpoint's time: allocated against busy.
type EndpointResult struct {
	Allocated, Busy unit.Time // instance-microseconds
	Served, Refused int64
	TooLong         int64 // requests of its classes whose prompt is longer than its context
	MaxQueue        int64
	Starts          int64
}

// BoughtResult is what bought capacity served and how full it was.
type BoughtResult struct {
	Served, Overflowed int64
	Refused            [2]int64     // without overflow: by the input limit, by the output limit
	TooLarge           [2]int64     // of them, calls beyond the limit by themselves
	FirstRefused       [2]unit.Time // None where nothing was
	Spent              [2]unit.Time // the first that use left no room for; None where there is none
	Input, Output      int64        // tokens it was charged
	Open               unit.Time    // time it could be used, all accounts together
}
