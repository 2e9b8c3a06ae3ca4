package pricing

import (
	"slices"
	"time"

	"quotawall/sim/unit"
)

// Periods lists the instants inside (from, to), UTC midnights in order, at which
// a price row of one of the models begins or ends, or the model is released.
func (c *Catalog) Periods(models []string, scope, region string, from, to time.Time) []time.Time {
	var out []time.Time
	for i := range c.prices {
		p := &c.prices[i]
		for _, day := range []Date{p.Valid.From, p.Valid.Until} {
			at := day.Time()
			if day != "" && slices.Contains(models, p.Model) && p.covers(scope, region) && at.After(from) && at.Before(to) {
				out = append(out, at)
			}
		}
	}
	for _, name := range models {
		if m, ok := c.Model(name); ok && m.Released != "" && m.Released.Time().After(from) && m.Released.Time().Before(to) {
			out = append(out, m.Released.Time())
		}
	}
	slices.SortFunc(out, time.Time.Compare)
	return slices.CompactFunc(out, time.Time.Equal)
}

// covers reports whether the row applies to a scope and Region at any time.
func (p *Price) covers(scope, region string) bool {
	always := *p
	always.Valid = Interval{}
	return always.rank(scope, region, "") > 0
}

// MicroRates are a model's list prices in micro-dollars per million tokens, in
// both bands, for the unit of the cross-model daily quota; long is empty and
// longAbove 0 where long prompts are not priced apart. ok is false where the
// catalog has no price, or one that is no whole number of micro-dollars.
func (c *Catalog) MicroRates(model, scope, region string, on Date) (base, long map[unit.Kind]int64, longAbove int64, ok bool) {
	p, found := c.Price(model, scope, region, on)
	if !found {
		return nil, nil, 0, false
	}
	base, okBase := microRates(p.Rates)
	long, okLong := microRates(p.Long)
	return base, long, p.LongAbove, okBase && okLong
}

func microRates(rates map[unit.Kind]Rate) (map[unit.Kind]int64, bool) {
	out := map[unit.Kind]int64{}
	for _, k := range kinds() {
		r := rates[k]
		if !r.Known() {
			continue
		}
		n, whole := r.MicroUSD()
		if !whole {
			return nil, false
		}
		out[k] = n
	}
	return out, true
}
