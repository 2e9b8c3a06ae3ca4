package unit

import (
	"cmp"
	"slices"
)

// Item is what a bill line counts.
type Item string

// Lane is the way by which something was served.
type Lane string

// Kind is the kind of token; empty for items that are not tokens.
type Kind string

// Band is the prompt-length band in which a request's tokens are priced.
type Band string

// The bill's vocabulary.
const (
	Tokens          Item = "tokens"
	InstanceHours   Item = "instance-hours"
	UnitHours       Item = "unit-hours"
	ReservedHours   Item = "reserved-hours"
	QueueRequests   Item = "queue-requests"
	GatewayRequests Item = "gateway-requests"
	FunctionCalls   Item = "function-calls"
	FunctionSeconds Item = "function-seconds"

	OnDemand   Lane = "on-demand"
	Reserved   Lane = "reserved"
	ModelUnits Lane = "model-units"
	SelfHosted Lane = "self-hosted"
	Batch      Lane = "batch"
	Queue      Lane = "queue"
	Routing    Lane = "routing"

	Input        Kind = "input"
	CacheRead    Kind = "cache_read"
	CacheWrite5m Kind = "cache_write_5m"
	CacheWrite1h Kind = "cache_write_1h"
	Output       Kind = "output"

	Base Band = "base"
	Long Band = "long"
)

// Usage is one counted tuple: the currency between the engine, which counts,
// and the price book, which prices. One Usage becomes one bill line.
type Usage struct {
	Item    Item
	Lane    Lane
	Account string
	Region  string
	Scope   string // on-demand | geo | global; empty where no price scope applies
	// Model is the catalog id of the model (tokens, unit-hours,
	// reserved-hours), the instance type (instance-hours) or the name of the
	// service's price row (queue, gateway and function items).
	Model  string
	Kind   Kind // tokens; for reserved-hours Input or Output (which TPM was bought)
	Band   Band
	Term   string // reserved-hours and unit-hours: "no-commit", "1-month", "3-months", "6-months"
	Period int    // index of the price period, 0 where one day prices the whole run
	// Quantity in the unit the item names, times Per: tokens and requests
	// have Per 1; hours are counted in microseconds with Per 3.6e9, reserved
	// hours in (1,000 TPM) x microseconds, function-seconds in MB x milliseconds
	// with Per 1,024,000 (GB-seconds).
	Quantity int64
	Per      int64
}

// MicrosPerHour is the Per of items counted in microseconds and priced by the hour.
const MicrosPerHour = int64(Hour)

// SortUsage orders usage by its tuple, so that a bill has one order.
func SortUsage(us []Usage) {
	slices.SortStableFunc(us, func(a, b Usage) int {
		return cmp.Or(
			cmp.Compare(a.Item, b.Item), cmp.Compare(a.Lane, b.Lane), cmp.Compare(a.Account, b.Account),
			cmp.Compare(a.Region, b.Region), cmp.Compare(a.Scope, b.Scope), cmp.Compare(a.Model, b.Model),
			cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Band, b.Band), cmp.Compare(a.Term, b.Term), cmp.Compare(a.Period, b.Period))
	})
}
