package pricing

import (
	"quotawall/sim/unit"
)

// Provenance is where a row was read and when.
type Provenance struct {
	Source     []string // ids of sources
	AsOf       Date
	Confidence string // high | medium | low | unverified
	Note       string
	From       string // file or overlay that the row stands in
	Overlay    bool   // the row is the user's own
}

// Source is a page or file that facts were read from.
type Source struct {
	ID, Title, URL, Date string
	text                 string // for print
}

// Model is a model as the catalog knows it.
type Model struct {
	ID, Family                  string
	Names                       []string // what Bedrock calls it
	Tier                        int      // higher is better
	Context                     int64    // tokens of the longest prompt
	MaxOutput                   int64
	Tokenizer                   string
	CacheMin                    int64 // smallest cacheable prefix; 0 = not cacheable
	Cache1h                     bool
	Checkpoints                 int64
	Burndown                    int64 // quota tokens an output token settles at
	Batch, Reserved, ModelUnits bool
	Status                      string
	Released                    Date // it had no price before; empty = not known
	Retired                     Date
	FirstToken, PerToken        unit.Time // latency model: an assumption of the project
	Unverified                  []string  // fields that no public text confirms
	Provenance
}

// Price is one row of on-demand token prices.
type Price struct {
	Model, Scope, Geo string // scope: global | regional | single
	Region            string // where the price was read, if it was in one Region only
	Rates             map[unit.Kind]Rate
	LongAbove         int64
	Long              map[unit.Kind]Rate
	Valid             Interval
	Provenance
	layer int // 0 embedded, then the overlays in their order
}

// Interval is [From, Until); an empty date leaves that side open.
type Interval struct{ From, Until Date }

// Has reports whether a date is inside.
func (i Interval) Has(d Date) bool {
	return (i.From == "" || i.From <= d) && (i.Until == "" || d < i.Until)
}

// overlaps reports whether a day is inside both.
func (i Interval) overlaps(o Interval) bool {
	return (i.Until == "" || o.From < i.Until) && (o.Until == "" || i.From < o.Until)
}

// Tier is a price of another service tier: batch, flex or priority.
type Tier struct {
	Model, Tier   string
	Input, Output Rate
	Provenance
}

// ReservedPrice is the Reserved tier: dollars an hour for 1,000 tokens a minute.
type ReservedPrice struct {
	Model, Scope              string
	Rates                     map[string]Rate // "input 1-month" ...
	MinInputTPM, MinOutputTPM int64
	Provenance
}

// UnitPrice is a model unit: dollars an hour, by term.
type UnitPrice struct {
	Model, Region string
	Rates         map[string]Rate // "no-commit", "1-month", "6-months"
	Provenance
}

// Instance is a SageMaker real-time endpoint instance.
type Instance struct {
	Type, GPUs, Region string
	Hourly             Rate
	Provenance
}

// Curve is measured serving throughput of one instance by concurrency.
type Curve struct {
	Name, Model, Quantization, Instance, Engine string
	Context, OutputTokens                       int64 // the model's; output of a measured call
	Concurrency                                 []int64
	Speed                                       []int64 // output tokens per 1,000 s, all calls together
	Provenance
}

// Autoscaling is how an endpoint scales where a scenario does not say.
type Autoscaling struct {
	ScaleIn, ScaleOut      unit.Time // cooldowns
	Metric, HighResolution unit.Time // periods of the metrics
	FromZero               unit.Time // until the first copy serves
	Provenance
}

// SavingsPlan bounds the discount that a commitment on SageMaker can give.
type SavingsPlan struct {
	Years       []int64
	MaxDiscount unit.Ratio
	Provenance
}

// Throughput is a single published serving figure.
type Throughput struct {
	Model, Instance, Engine, Platform string
	Concurrency                       int64
	Speed                             int64 // output tokens per 1,000 s
	Provenance
}

// Service is a price of the routing layer or of storage.
type Service struct {
	Name, Unit, Region string
	Rate               Rate
	Free               int64 // units a month that AWS gives free
	Provenance
}

// TokenizerStep is how token counts change between tokenizer generations.
type TokenizerStep struct {
	From, To string
	Num, Den int64
	Provenance
}

// Discount is a negotiated discount of an overlay on a model's token prices.
type Discount struct {
	Model string
	Share unit.Ratio
	Provenance
}

// Applied is a quota value of the user's own account, from an overlay.
type Applied struct {
	Account, Region, Scope, Model string
	RPM, TPM, TPD                 Limit
	Provenance
}
