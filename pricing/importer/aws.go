package importer

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"quotawall/pricing"
	"quotawall/sim/unit"
)

const perMillion = 1_000_000

// AWS reads an AWS price list (AmazonBedrock, AmazonBedrockFoundationModels or
// AmazonSageMaker; bulk JSON or CSV, or the answer of GetProducts) into an
// overlay. Its rows go before the catalog's own, but not before an overlay's.
func AWS(r io.Reader, o Options) (*Result, error) {
	a := awsImport{o: o, names: newNames(o.Catalog), grammar: newGrammar(), out: &Result{}, found: map[slot]value{}}
	l, err := readList(o.Name, r, a.offer)
	if err != nil {
		return nil, err
	}
	if l.seen == 0 {
		return nil, fmt.Errorf("%s: no products: is this an AWS price list?", o.Name)
	}
	a.out.AsOf = o.AsOf
	if a.out.AsOf == "" && len(l.published) >= len("2006-01-02") {
		a.out.AsOf, _ = pricing.ParseDate(l.published[:len("2006-01-02")])
	}
	if a.out.AsOf == "" {
		return nil, fmt.Errorf("%s: no publication date\n  say the day it was read with --as-of", o.Name)
	}
	a.assemble()
	a.out.finish()
	return a.out, nil
}

// slot is what one price of a list is for. Meters that repeat a slot must agree.
type slot struct {
	what   meterKind
	model  string // catalog id, or instance type
	scope  string // "global", or "" for the Region's own
	region string
	tier   string
	long   bool
	kind   unit.Kind
	term   string
}

type value struct {
	rate   pricing.Rate
	usage  string
	broken bool // two prices that differ
}

type awsImport struct {
	o       Options
	names   *names
	grammar grammar
	out     *Result
	found   map[slot]value
}

// offer takes one price of the list, or notes why not.
func (a *awsImport) offer(p offer) {
	a.out.Read++
	m := a.grammar.read(p.usage)
	if m.why != "" {
		a.out.skip(p.usage, "%s", m.why)
		return
	}
	if p.from != "" && p.from != "0" {
		a.out.skip(p.usage, "a price for volumes beyond the first")
		return
	}
	model, ok := m.model, true
	if m.what != instanceMeter {
		model, ok = a.model(p, m)
	}
	if !ok {
		a.out.skip(p.usage, "a model that the catalog does not know: %s", modelText(p, m))
		return
	}
	rate, why := m.rate(p)
	if why != "" {
		a.out.skip(p.usage, "%s", why)
		return
	}
	s := slot{what: m.what, model: model, scope: m.scope, region: p.region, tier: m.tier, long: m.long, kind: m.kind, term: m.term}
	if m.scope == "global" {
		s.region = ""
	}
	old, taken := a.found[s]
	if taken && old.rate.String() != rate.String() {
		a.out.skip(p.usage, "two prices for one thing: %s says %s, %s says %s", old.usage, old.rate, p.usage, rate)
		rate = old.rate
		old.broken = true
	}
	a.found[s] = value{rate: rate, usage: p.usage, broken: old.broken}
}

// model is the catalog id of the model that a price is for.
func (a *awsImport) model(p offer, m meter) (string, bool) {
	for _, name := range []string{p.model, m.model, p.service} {
		if name == "" {
			continue
		}
		if id, ok := a.names.find(name); ok {
			return id, true
		}
	}
	return "", false
}

func modelText(p offer, m meter) string {
	for _, s := range []string{p.model, p.service, m.model} {
		if s != "" {
			return s
		}
	}
	return "no name given"
}

// rate is the price in the catalog's unit, or why it cannot be used.
func (m meter) rate(p offer) (pricing.Rate, string) {
	num, den, why := m.scale(p)
	if why != "" {
		return pricing.Rate{}, why
	}
	per := int64(1)
	if m.what == tokenMeter {
		per = perMillion
	}
	r, err := pricing.ParseRate(strings.TrimSpace(p.usd), per)
	if err != nil {
		return pricing.Rate{}, "no price in dollars"
	}
	free := m.kind == unit.CacheWrite5m || m.kind == unit.CacheWrite1h
	if r.Zero() && (m.what != tokenMeter || !free) {
		return pricing.Rate{}, "a price of 0, which is a placeholder"
	}
	return r.Times(num, den), ""
}

// scale is what a price is multiplied by for its unit; units that are not known
// are refused.
func (m meter) scale(p offer) (num, den int64, why string) {
	u, about := strings.ToLower(strings.TrimSpace(p.unit)), strings.ToLower(p.about)
	switch m.what {
	case tokenMeter:
		switch {
		case u == "1k tokens":
			return 1000, 1, ""
		case u == "1m tokens", u == "units" && strings.Contains(about, "million"):
			return 1, 1, ""
		}
	case reservedMeter: // the unit field says 1M TPM Hour where the price is for 1K
		switch {
		case strings.Contains(about, "1k tpm"), strings.Contains(about, "1k tokens per minute"), strings.Contains(about, "1,000 tokens per minute"):
			return 1, 1, ""
		case strings.Contains(about, "1m tpm"):
			return 1, 1000, ""
		}
		return 0, 0, "a reserved price whose description does not say for how many tokens a minute"
	case unitMeter, instanceMeter:
		if u == "hour" || u == "hours" || u == "hrs" || u == "hr" {
			return 1, 1, ""
		}
	}
	return 0, 0, fmt.Sprintf("a unit that is not known: %q", p.unit)
}

// slots lists what was found in a fixed order, without what contradicts itself.
func (a *awsImport) slots() []slot {
	out := make([]slot, 0, len(a.found))
	for s, v := range a.found {
		if !v.broken {
			out = append(out, s)
		}
	}
	slices.SortFunc(out, func(x, y slot) int { return strings.Compare(x.String(), y.String()) })
	return out
}

func (s slot) String() string {
	return fmt.Sprint(s.what, " ", s.model, " ", s.scope, " ", s.region, " ", s.tier, " ", s.long, " ", s.kind, " ", s.term)
}

// source is where the rows of a list are from.
func (a *awsImport) source() pricing.Provenance {
	return pricing.Provenance{AsOf: a.out.AsOf, Confidence: "high", Source: []string{"AWS price list " + a.o.Name}}
}
