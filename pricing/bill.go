package pricing

import (
	"fmt"
	"math/big"

	"quotawall/sim/unit"
)

// Line is one line of a bill: a quantity at a rate, rounded once.
type Line struct {
	unit.Usage        // what was counted; Quantity below is the same in Unit
	Quantity   string // in Unit, a plain decimal; hours that are no finite decimal have 18 digits
	Unit       string // token, hour, unit hour, 1,000 TPM hour, request, GB-second
	RateUSD    string // dollars for one Unit, a plain decimal
	Price      string // the rate as it is published: "5.5 per million tokens"
	AmountNano int64  // nano-dollars
	Source     string
	AsOf       Date
	Confidence string
	Note       string // what the price was reduced by, or how it was derived
	PricedIn   string // the Region whose price stands in, where the catalog has none for the usage's own
	// Undated says that the row was read after the day it is used for and does not
	// say since when it holds.
	Undated bool
}

// Total is the sum of the lines, in nano-dollars.
func Total(lines []Line) (int64, error) {
	sum := new(big.Int)
	for _, l := range lines {
		sum.Add(sum, big.NewInt(l.AmountNano))
	}
	if !sum.IsInt64() {
		return 0, fmt.Errorf("a bill of %s nano-dollars is beyond what it can hold, at most %d dollars", sum, mostDollars)
	}
	return sum.Int64(), nil
}

// Bill prices each usage as one line, in the same order: quantity x rate,
// rounded once to nano-dollars, half to even. on is the day whose prices hold in
// a price period. A price that the catalog lacks is an error; the error lists
// them all and the rows to add, and there is no bill.
func (c *Catalog) Bill(usages []unit.Usage, on func(period int) Date) ([]Line, error) {
	b := biller{catalog: c, on: on, free: map[string]int64{}}
	lines := make([]Line, 0, len(usages))
	for _, u := range usages {
		if l, ok := b.line(u); ok {
			lines = append(lines, l)
		}
	}
	if err := b.err(); err != nil {
		return nil, err
	}
	return lines, nil
}

// biller prices the usages of one bill.
type biller struct {
	catalog *Catalog
	on      func(period int) Date
	free    map[string]int64 // service to what of its free units is used up, times Per
	gaps    []gap
	wrong   []string
}

// priced is the rate of a usage, for one of what its Quantity / Per counts.
type priced struct {
	rate Rate
	unit string
	per  string // what the published price is for
	from Provenance
	note string
	in   string   // another Region whose price stands in
	days Interval // of a row that says on which days it holds
}

func (b *biller) line(u unit.Usage) (Line, bool) {
	if u.Quantity < 0 || u.Per <= 0 {
		b.wrong = append(b.wrong, fmt.Sprintf("a quantity of %d/%d of %s cannot be billed", u.Quantity, u.Per, u.Item))
		return Line{}, false
	}
	p, ok := b.price(u)
	if !ok {
		return Line{}, false
	}
	quantity := u.Quantity
	if b.catalog.FreeTier {
		quantity -= b.takeFree(u)
	}
	amount, err := p.rate.Amount(quantity, u.Per)
	if err != nil {
		b.wrong = append(b.wrong, fmt.Sprintf("%s of %s: %v", u.Item, u.Model, err))
		return Line{}, false
	}
	return Line{
		Usage: u, Quantity: perUnit(quantity, u.Per), Unit: p.unit, RateUSD: p.rate.Each(), Price: p.rate.String() + " per " + p.per,
		AmountNano: amount, Source: b.catalog.SourceText(p.from.Source), AsOf: p.from.AsOf, Confidence: p.from.Confidence, Note: p.note, PricedIn: p.in,
		Undated: p.days.From == "" && b.on(u.Period) < p.from.AsOf,
	}, true
}

// price finds the rate of a usage, or notes the gap.
func (b *biller) price(u unit.Usage) (priced, bool) {
	if b.early(u) {
		return priced{}, false
	}
	switch u.Item {
	case unit.Tokens:
		if u.Lane == unit.Batch {
			return b.batch(u)
		}
		return b.tokens(u)
	case unit.InstanceHours:
		return b.instance(u)
	case unit.UnitHours:
		return b.modelUnit(u)
	case unit.ReservedHours:
		return b.reserved(u)
	case unit.QueueRequests, unit.GatewayRequests, unit.FunctionCalls, unit.FunctionSeconds:
		return b.service(u)
	}
	b.wrong = append(b.wrong, fmt.Sprintf("no price is known for a %q", u.Item))
	return priced{}, false
}

func (b *biller) tokens(u unit.Usage) (priced, bool) {
	rate, row, ok := b.catalog.TokenRate(u.Model, u.Scope, u.Region, u.Kind, u.Band, b.on(u.Period))
	if !ok {
		return b.missing(u, priceGap(u))
	}
	p := priced{rate: rate, unit: "token", per: "million tokens", from: row.Provenance, days: row.Valid}
	return b.discounted(u.Model, elsewhere(p, row.Region, u.Region)), true
}

// batch is the model's own batch price; where it has none and the model offers
// batch, half the on-demand price (Anthropic's and AWS's published rule).
func (b *biller) batch(u unit.Usage) (priced, bool) {
	if t, ok := b.catalog.tier(u.Model, "batch"); ok && u.Band != unit.Long {
		rate := map[unit.Kind]Rate{unit.Input: t.Input, unit.Output: t.Output}[u.Kind]
		if rate.Known() {
			return b.discounted(u.Model, priced{rate: rate, unit: "token", per: "million tokens", from: t.Provenance, note: "batch price"}), true
		}
	}
	if m, ok := b.catalog.Model(u.Model); !ok || !m.Batch {
		return b.missing(u, batchGap(u))
	}
	p, ok := b.tokens(u)
	if !ok {
		return p, false
	}
	p.rate = p.rate.Times(1, 2)
	p.note = joinNotes("batch: half the on-demand price", p.note)
	return p, true
}

// discounted applies the overlay's discount to a token price.
func (b *biller) discounted(model string, p priced) priced {
	d, ok := b.catalog.discount(model)
	if !ok {
		return p
	}
	p.rate = p.rate.Times(d.Share.Den-d.Share.Num, d.Share.Den)
	p.note = joinNotes(p.note, fmt.Sprintf("%s less by a discount (%s)", d.Share, b.catalog.SourceText(d.Source)))
	return p
}

func (b *biller) instance(u unit.Usage) (priced, bool) {
	i, ok := b.catalog.InstanceIn(u.Model, u.Region)
	if !ok {
		return b.missing(u, instanceGap(u))
	}
	return elsewhere(priced{rate: i.Hourly, unit: "hour", per: "hour", from: i.Provenance}, i.Region, u.Region), true
}

func (b *biller) modelUnit(u unit.Usage) (priced, bool) {
	rate, row, ok := b.catalog.UnitRate(u.Model, u.Region, u.Term)
	if !ok {
		return b.missing(u, modelUnitGap(u))
	}
	return priced{rate: rate, unit: "unit hour", per: "model unit and hour", from: row.Provenance}, true
}

func (b *biller) reserved(u unit.Usage) (priced, bool) {
	rate, row, ok := b.catalog.ReservedRate(u.Model, u.Scope, u.Kind, u.Term)
	if !ok {
		return b.missing(u, reservedGap(u))
	}
	return priced{rate: rate, unit: "1,000 TPM hour", per: "1,000 tokens a minute and hour", from: row.Provenance}, true
}

func (b *biller) service(u unit.Usage) (priced, bool) {
	s, ok := b.catalog.ServiceIn(u.Model, u.Region)
	if !ok {
		return b.missing(u, serviceGap(u))
	}
	name := "request"
	if u.Item == unit.FunctionSeconds {
		name = "GB-second"
	}
	p := priced{rate: s.Rate, unit: name, per: fmt.Sprintf("%d %ss", s.Rate.Per, name), from: s.Provenance}
	if s.Rate.Per == 1 {
		p.per = name
	}
	if b.catalog.FreeTier && s.Free > 0 {
		p.note = fmt.Sprintf("first %d of a month free", s.Free)
	}
	return elsewhere(p, s.Region, u.Region), true
}

// takeFree is how much of a usage is free: a month's allowance of its service,
// once for the whole bill, as AWS gives it to the payer of an organization.
func (b *biller) takeFree(u unit.Usage) int64 {
	s, ok := b.catalog.ServiceIn(u.Model, u.Region)
	if u.Lane != unit.Queue && u.Lane != unit.Routing || !ok {
		return 0
	}
	allowed := new(big.Int).Mul(big.NewInt(s.Free), big.NewInt(u.Per))
	allowed.Sub(allowed, big.NewInt(b.free[s.Name]))
	if allowed.Cmp(big.NewInt(u.Quantity)) > 0 {
		allowed.SetInt64(u.Quantity)
	}
	b.free[s.Name] += allowed.Int64()
	return allowed.Int64()
}

// elsewhere marks a price that is another Region's.
func elsewhere(p priced, from, region string) priced {
	if from != "" && region != "" && from != region {
		p.in = from
		p.from.Confidence = "low"
	}
	return p
}

func joinNotes(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "; " + b
}
