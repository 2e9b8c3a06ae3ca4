package importer

import (
	"fmt"

	"quotawall/pricing"
	"quotawall/sim/unit"
)

// group is what becomes one row of the catalog.
type group struct{ model, scope, region, tier string }

// assemble makes rows of the prices that were found.
func (a *awsImport) assemble() {
	prices := map[group]*pricing.Price{}
	reserved := map[group]*pricing.ReservedPrice{}
	units := map[group]*pricing.UnitPrice{}
	var tiers []slot
	for _, s := range a.slots() {
		g, rate := group{model: s.model, scope: s.scope, region: s.region}, a.found[s].rate
		switch {
		case s.what == instanceMeter:
			a.instance(s, rate)
		case s.what == reservedMeter:
			g.region = ""
			a.reserve(entry(reserved, g, func() *pricing.ReservedPrice { return &pricing.ReservedPrice{Rates: map[string]pricing.Rate{}} }), s, rate)
		case s.what == unitMeter:
			u := entry(units, g, func() *pricing.UnitPrice { return &pricing.UnitPrice{Rates: map[string]pricing.Rate{}} })
			u.Rates[s.term] = rate
		case s.tier != "":
			tiers = append(tiers, s)
		default:
			p := entry(prices, g, func() *pricing.Price {
				return &pricing.Price{Rates: map[unit.Kind]pricing.Rate{}, Long: map[unit.Kind]pricing.Rate{}}
			})
			if s.long {
				p.Long[s.kind] = rate
			} else {
				p.Rates[s.kind] = rate
			}
		}
	}
	a.priceRows(prices)
	a.tierRows(tiers, prices)
	a.reservedRows(reserved)
	a.unitRows(units)
}

func entry[T any](m map[group]*T, g group, blank func() *T) *T {
	if m[g] == nil {
		m[g] = blank()
	}
	return m[g]
}

// groups lists the keys of a map in a fixed order.
func groups[T any](m map[group]*T) []group {
	byText := map[string]group{}
	for g := range m {
		byText[fmt.Sprint(g)] = g
	}
	var out []group
	for _, key := range sorted(byText) {
		out = append(out, byText[key])
	}
	return out
}

// region is a Region where a group's price holds, for comparing.
func (g group) place() string {
	if g.region == "" {
		return "us-east-1"
	}
	return g.region
}

func (a *awsImport) priceRows(prices map[group]*pricing.Price) {
	for _, g := range groups(prices) {
		p := prices[g]
		p.Model, p.Scope, p.Geo, p.Provenance = g.model, "regional", g.region, a.source()
		if g.scope == "global" {
			p.Scope = "global"
		}
		if !a.paired(g, p) {
			continue
		}
		a.longBand(g, p)
		if a.compareKinds(g, p) {
			a.out.Rows = append(a.out.Rows, p.Row())
		}
	}
}

// paired insists on input and output: lists run days behind a launch and have
// one without the other. Models without output, as embeddings, have only input.
func (a *awsImport) paired(g group, p *pricing.Price) bool {
	if !p.Rates[unit.Input].Known() {
		a.out.skip(g.text(), "prices without an input price")
		return false
	}
	if p.Rates[unit.Output].Known() {
		return true
	}
	ours, ok := a.o.Catalog.Price(g.model, g.scopeText(), g.place(), a.out.AsOf)
	if ok && !ours.Rates[unit.Output].Known() {
		return true
	}
	a.out.skip(g.text(), "an input price without an output price")
	return false
}

func (g group) text() string { return g.model + " " + g.scopeText() + " " + g.region }

// scopeText is a scenario's scope that the group's prices hold for.
func (g group) scopeText() string {
	if g.scope == "global" {
		return "global"
	}
	return "geo"
}

// longBand takes over from which length on long prompts are repriced: the list
// does not say.
func (a *awsImport) longBand(g group, p *pricing.Price) {
	if len(p.Long) == 0 {
		return
	}
	ours, _ := a.o.Catalog.Price(g.model, g.scopeText(), g.place(), a.out.AsOf)
	if ours.LongAbove == 0 {
		a.out.skip(g.text(), "long-prompt prices of a model whose limit the catalog does not know (long_above)")
		p.Long = nil
		return
	}
	p.LongAbove = ours.LongAbove
}

// compareKinds notes conflicts with the catalog; what an overlay says stands, so
// its kinds are taken out. It reports whether anything is left.
func (a *awsImport) compareKinds(g group, p *pricing.Price) bool {
	for _, k := range kinds() {
		for _, b := range []unit.Band{unit.Base, unit.Long} {
			rates := p.Rates
			if b == unit.Long {
				rates = p.Long
			}
			theirs := rates[k]
			ours, row, ok := a.o.Catalog.TokenRate(g.model, g.scopeText(), g.place(), k, b, a.out.AsOf)
			if !theirs.Known() || !ok {
				continue
			}
			kept := "AWS list"
			if row.Overlay {
				kept = "overlay"
				delete(rates, k)
			}
			a.out.compare(fmt.Sprintf("price %s %s %s", g.text(), b, k), theirs, ours, kept)
		}
	}
	if len(p.Long) == 0 {
		p.LongAbove = 0
	}
	return len(p.Rates)+len(p.Long) > 0
}

func kinds() []unit.Kind {
	return []unit.Kind{unit.Input, unit.Output, unit.CacheWrite5m, unit.CacheWrite1h, unit.CacheRead}
}

// tierRows makes rows of batch, flex and priority prices. The catalog has one a
// model, for the Region's own scope; what follows from the on-demand price by
// the rule that the bill applies needs none.
func (a *awsImport) tierRows(slots []slot, prices map[group]*pricing.Price) {
	tiers := map[group]*pricing.Tier{}
	for _, s := range slots {
		rate := a.found[s].rate
		half := prices[group{model: s.model, scope: s.scope, region: s.region}]
		model, _ := a.o.Catalog.Model(s.model)
		switch {
		case s.tier == "batch" && model.Batch && half != nil && half.Rates[s.kind].Known() && half.Rates[s.kind].Times(1, 2).String() == rate.String():
			a.out.skip(a.found[s].usage, "a batch price of half the on-demand price, which the bill applies by itself")
		case s.scope == "global":
			a.out.skip(a.found[s].usage, "a tier's price in the global scope: the catalog keeps one a model, the Region's own")
		case s.long || s.kind != unit.Input && s.kind != unit.Output:
			a.out.skip(a.found[s].usage, "a tier's price of cached or long prompts: the catalog keeps input and output")
		default:
			t := entry(tiers, group{model: s.model, tier: s.tier, region: s.region}, func() *pricing.Tier { return &pricing.Tier{} })
			if s.kind == unit.Input {
				t.Input = rate
			} else {
				t.Output = rate
			}
		}
	}
	written := map[group]bool{}
	for _, g := range groups(tiers) {
		t := tiers[g]
		t.Model, t.Tier, t.Provenance = g.model, g.tier, a.source()
		once := group{model: g.model, tier: g.tier}
		switch {
		case written[once]:
			a.out.skip(g.model+" "+g.tier+" "+g.region, "a tier's price in a further Region: the catalog keeps one a model")
		case !t.Input.Known() || !t.Output.Known():
			a.out.skip(g.model+" "+g.tier+" "+g.region, "a tier's price without its input or output")
		default:
			written[once] = true
			a.out.Rows = append(a.out.Rows, t.Row())
		}
	}
}

func (a *awsImport) reserve(r *pricing.ReservedPrice, s slot, rate pricing.Rate) {
	key := string(s.kind) + " " + s.term
	if old := r.Rates[key]; old.Known() && old.String() != rate.String() {
		a.out.skip(a.found[s].usage, "a reserved price that differs by Region: the catalog keeps one a scope")
		return
	}
	r.Rates[key] = rate
}

func (a *awsImport) reservedRows(reserved map[group]*pricing.ReservedPrice) {
	for _, g := range groups(reserved) {
		r := reserved[g]
		r.Model, r.Scope, r.Provenance = g.model, "regional", a.source()
		if g.scope == "global" {
			r.Scope = "global"
		}
		if ours, ok := a.o.Catalog.Reserved(g.model, g.scopeText()); ok {
			if !a.keep("reserved "+g.text(), r.Rates, ours.Rates, ours.Overlay) {
				continue
			}
		}
		a.out.Rows = append(a.out.Rows, r.Row())
	}
}

func (a *awsImport) unitRows(units map[group]*pricing.UnitPrice) {
	for _, g := range groups(units) {
		u := units[g]
		u.Model, u.Region, u.Provenance = g.model, g.region, a.source()
		if g.region == "" {
			a.out.skip(g.model, "a model unit's price without a Region")
			continue
		}
		if ours, ok := a.o.Catalog.ModelUnit(g.model, g.region); ok && !a.keep("model unit "+g.text(), u.Rates, ours.Rates, ours.Overlay) {
			continue
		}
		a.out.Rows = append(a.out.Rows, u.Row())
	}
}

// keep compares the prices of a row with the catalog's and reports whether the
// list's row is to be used.
func (a *awsImport) keep(what string, theirs, ours map[string]pricing.Rate, overlay bool) bool {
	kept := "AWS list"
	if overlay {
		kept = "overlay"
	}
	for _, term := range sorted(ours) {
		if r, ok := theirs[term]; ok {
			a.out.compare(what+" "+term, r, ours[term], kept)
		}
	}
	return !overlay
}

func (a *awsImport) instance(s slot, rate pricing.Rate) {
	row := pricing.Instance{Type: s.model, Region: s.region, Hourly: rate, Provenance: a.source()}
	if ours, ok := a.o.Catalog.InstanceIn(s.model, s.region); ok {
		row.GPUs = ours.GPUs
		if ours.Region == s.region {
			rates := map[string]pricing.Rate{"": rate}
			if !a.keep("instance "+s.model+" "+s.region, rates, map[string]pricing.Rate{"": ours.Hourly}, ours.Overlay) {
				return
			}
		}
	}
	a.out.Rows = append(a.out.Rows, row.Row())
}
