package pricing

import (
	"slices"
	"strings"

	"quotawall/sim/unit"
)

// Instance finds a SageMaker instance type, in any Region.
func (c *Catalog) Instance(kind string) (Instance, bool) { return c.InstanceIn(kind, "") }

// InstanceIn finds a SageMaker instance type in a Region; another Region's row
// stands in where there is none.
func (c *Catalog) InstanceIn(kind, region string) (Instance, bool) {
	if i, ok := find(c.instances, func(i Instance) bool { return i.Type == kind && i.Region == region }); ok {
		return i, true
	}
	return find(c.instances, func(i Instance) bool { return i.Type == kind })
}

// Curve finds a measured serving curve by name.
func (c *Catalog) Curve(name string) (Curve, bool) {
	return find(c.curves, func(x Curve) bool { return x.Name == name })
}

// CurveNames lists the measured serving curves.
func (c *Catalog) CurveNames() []string {
	var names []string
	for _, x := range c.curves {
		names = append(names, x.Name)
	}
	return names
}

// InstanceTypes lists the SageMaker instance types.
func (c *Catalog) InstanceTypes() []string {
	var names []string
	for _, x := range c.instances {
		names = append(names, x.Type)
	}
	return names
}

// Service finds a routing-layer price, in any Region.
func (c *Catalog) Service(name string) (Service, bool) { return c.ServiceIn(name, "") }

// ServiceIn finds a routing-layer price in a Region; another Region's row stands
// in where there is none.
func (c *Catalog) ServiceIn(name, region string) (Service, bool) {
	if s, ok := find(c.services, func(s Service) bool { return s.Name == name && s.Region == region }); ok {
		return s, true
	}
	return find(c.services, func(s Service) bool { return s.Name == name })
}

// Applied lists the quota values of the user's accounts, from overlays.
func (c *Catalog) Applied() []Applied { return c.applied }

func find[T any](list []T, is func(T) bool) (T, bool) {
	if i := slices.IndexFunc(list, is); i >= 0 {
		return list[i], true
	}
	return *new(T), false
}

// priceScope is the scope of a price row for a scope of the scenario.
func priceScope(scope string) string {
	if scope == "global" {
		return "global"
	}
	return "regional"
}

// rank orders the price rows of a model for a call: an overlay before what it lies on, a row
// for the Region or its part of the world before a general one, the scope's own
// row before a single price. Another Region's row of the embedded catalog stands
// in where there is no other. 0 means that the row does not apply.
func (p *Price) rank(scope, region string, on Date) int {
	if !p.Valid.Has(on) || p.Geo != "" && !strings.HasPrefix(region, p.Geo) {
		return 0
	}
	rank := 1 + 8*p.layer
	switch {
	case p.Region == "" || p.Region == region:
		rank += 4
	case p.layer > 0:
		return 0
	}
	switch p.Scope {
	case priceScope(scope):
		rank++
	case "single":
	default:
		return 0
	}
	if p.Geo != "" || p.Region == region {
		rank += 2
	}
	return rank
}

// bestPrice finds the highest-ranked row that has what is asked for.
func (c *Catalog) bestPrice(model, scope, region string, on Date, has func(*Price) bool) (*Price, bool) {
	var best *Price
	high := 0
	for _, i := range c.pricesOf[model] {
		if r := c.prices[i].rank(scope, region, on); r > high && has(&c.prices[i]) {
			best, high = &c.prices[i], r
		}
	}
	return best, best != nil
}

// rates is the map of a row's prices in a band.
func (p *Price) rates(band unit.Band) map[unit.Kind]Rate {
	if band == unit.Long {
		return p.Long
	}
	return p.Rates
}

// TokenRate finds the list price of a kind of token and the row it stands in.
func (c *Catalog) TokenRate(model, scope, region string, kind unit.Kind, band unit.Band, on Date) (Rate, Price, bool) {
	p, ok := c.bestPrice(model, scope, region, on, func(p *Price) bool { return p.rates(band)[kind].Known() })
	if !ok {
		return Rate{}, Price{}, false
	}
	return p.rates(band)[kind], *p, true
}

// Price finds the token prices of a model in a scope and Region on a day. A row
// of an overlay need not hold all kinds: the others come from the rows below.
func (c *Catalog) Price(model, scope, region string, on Date) (Price, bool) {
	best, ok := c.bestPrice(model, scope, region, on, func(*Price) bool { return true })
	if !ok {
		return Price{}, false
	}
	out := *best
	out.Rates, out.Long = map[unit.Kind]Rate{}, map[unit.Kind]Rate{}
	for _, k := range kinds() {
		for _, band := range []unit.Band{unit.Base, unit.Long} {
			if r, _, ok := c.TokenRate(model, scope, region, k, band, on); ok {
				out.rates(band)[k] = r
			}
		}
	}
	out.LongAbove = c.LongAbove(model, scope, region, on)
	return out, true
}

// LongAbove is the longest prompt that a model's base prices hold for, 0 where
// they hold for all.
func (c *Catalog) LongAbove(model, scope, region string, on Date) int64 {
	row, ok := c.bestPrice(model, scope, region, on, func(p *Price) bool { return p.LongAbove > 0 })
	if !ok {
		return 0
	}
	return row.LongAbove
}

// ReservedRate finds the price of a kind of reserved tokens for a term and the
// row it stands in.
func (c *Catalog) ReservedRate(model, scope string, kind unit.Kind, term string) (Rate, ReservedPrice, bool) {
	row, ok := find(c.reserved, func(r ReservedPrice) bool {
		return r.Model == model && r.Scope == priceScope(scope) && r.Rates[string(kind)+" "+term].Known()
	})
	return row.Rates[string(kind)+" "+term], row, ok
}

// Reserved finds the Reserved tier's prices of a model; what an overlay's row
// leaves out comes from the rows below.
func (c *Catalog) Reserved(model, scope string) (out ReservedPrice, ok bool) {
	for _, r := range c.reserved {
		if r.Model != model || r.Scope != priceScope(scope) {
			continue
		}
		if !ok {
			out, ok = r, true
			out.Rates = map[string]Rate{}
		}
		fill(out.Rates, r.Rates)
		if out.MinInputTPM == 0 {
			out.MinInputTPM, out.MinOutputTPM = r.MinInputTPM, r.MinOutputTPM
		}
	}
	return out, ok
}

// UnitRate finds the price of a model unit for a term and the row it stands in.
func (c *Catalog) UnitRate(model, region, term string) (Rate, UnitPrice, bool) {
	row, ok := find(c.units, func(u UnitPrice) bool { return u.covers(model, region) && u.Rates[term].Known() })
	return row.Rates[term], row, ok
}

// ModelUnit finds the prices of a model unit; what an overlay's row leaves out
// comes from the rows below.
func (c *Catalog) ModelUnit(model, region string) (out UnitPrice, ok bool) {
	for _, u := range c.units {
		if !u.covers(model, region) {
			continue
		}
		if !ok {
			out, ok = u, true
			out.Rates = map[string]Rate{}
		}
		fill(out.Rates, u.Rates)
	}
	return out, ok
}

func (u *UnitPrice) covers(model, region string) bool {
	return u.Model == model && (u.Region == region || u.Region == "any")
}

// fill adds what is missing.
func fill(to, from map[string]Rate) {
	for term, r := range from {
		if !to[term].Known() {
			to[term] = r
		}
	}
}

// tier finds a model's price in another service tier.
func (c *Catalog) tier(model, name string) (Tier, bool) {
	return find(c.tiers, func(t Tier) bool { return t.Model == model && t.Tier == name })
}

// discount finds the overlay's discount on a model's token prices.
func (c *Catalog) discount(model string) (Discount, bool) {
	return find(c.discounts, func(d Discount) bool { return d.Model == model || d.Model == "*" })
}

// kinds lists the kinds of tokens a price row may have.
func kinds() []unit.Kind {
	return []unit.Kind{unit.Input, unit.Output, unit.CacheWrite5m, unit.CacheWrite1h, unit.CacheRead}
}
