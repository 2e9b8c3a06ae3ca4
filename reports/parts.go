package reports

import (
	"math/big"
	"slices"
	"strings"

	"quotawall/scenarios/result"
)

// classTable is what became of each kind of traffic.
func classTable(run *result.Run) *Table {
	cached := false
	for _, s := range run.Steps {
		for _, c := range s.Classes {
			cached = cached || c.CacheSavedUSD != nil
		}
	}
	t := NewTable("by class of traffic",
		Column{Name: "step", Group: true},
		Column{Name: "class"},
		Column{Name: "offered", Kind: Count},
		Column{Name: "served", Key: "served_share", Kind: Share},
		Column{Name: "unserved", Kind: Count},
		Column{Name: "deferred", Kind: Count, Drop: 3},
		Column{Name: "degraded", Kind: Count, Drop: 2},
		Column{Name: "input", Key: "input_tokens", Kind: Tokens, Drop: 5},
		Column{Name: "read from cache", Key: "cache_read_share", Kind: Share, Drop: 4},
		Column{Name: "saved by cache", Key: "cache_saved_usd", Kind: Money, Drop: 3, Exact: !cached},
		Column{Name: "p95 wait", Key: "wait_p95_s", Kind: Duration, Drop: 1},
		Column{Name: "served", Kind: Count, Exact: true},
		Column{Name: "cache read tokens", Kind: Count, Exact: true},
		Column{Name: "cache write tokens", Kind: Count, Exact: true},
	).SetKey("classes")
	for _, s := range run.Steps {
		for _, c := range s.Classes {
			t.Row(Str(s.Name), Str(c.Class), Cnt(c.Offered), ratio(c.Served, c.Offered), Cnt(c.Unserved), Cnt(c.Deferred),
				Cnt(c.Degraded), Cnt(c.Input), ratio(c.CacheRead, c.Input), savedCell(c.CacheSavedUSD), Opt(c.WaitS.P95), Cnt(c.Served), Cnt(c.CacheRead), Cnt(c.CacheWrite))
		}
	}
	return t
}

// savedCell is what caching saved; a loss strikes the eye.
func savedCell(usd *float64) Cell {
	c := Opt(usd)
	if usd != nil && *usd < 0 {
		return c.Tone(Bad)
	}
	return c
}

// laneTable is where requests were served.
func laneTable(run *result.Run) *Table {
	t := NewTable("by lane, account and model",
		Column{Name: "step", Group: true},
		Column{Name: "lane"},
		Column{Name: "account", Drop: 1},
		Column{Name: "region", Drop: 3},
		Column{Name: "model"},
		Column{Name: "calls", Kind: Count},
		Column{Name: "input", Key: "input_tokens", Kind: Tokens},
		Column{Name: "output", Key: "output_tokens", Kind: Tokens},
		Column{Name: "read from cache", Key: "cache_read_share", Kind: Share, Drop: 2},
		Column{Name: "cache read tokens", Kind: Count, Exact: true},
		Column{Name: "cache write tokens", Kind: Count, Exact: true},
	).SetKey("lanes")
	for _, s := range run.Steps {
		for _, l := range s.Lanes {
			t.Row(Str(s.Name), Str(l.Lane), Str(l.Account), Str(l.Region), Str(l.Model), Cnt(l.Calls), Cnt(l.Input), Cnt(l.Output),
				ratio(l.CacheRead, l.Input), Cnt(l.CacheRead), Cnt(l.CacheWrite))
		}
	}
	return t
}

// ratio is a share of a whole, undefined where there is none.
func ratio(part, of result.Count) Cell {
	if of == 0 {
		return None()
	}
	return Num(float64(part) / float64(of))
}

// Bill is every line of every step's bill, each with its rate, source and
// date, and the totals.
func Bill(run *result.Run) *Table {
	periods := slices.ContainsFunc(run.Steps, func(s result.Step) bool {
		return slices.ContainsFunc(s.Cost.Lines, func(l result.Line) bool { return l.Period != "" })
	})
	t := NewTable("the bill, over the horizon",
		Column{Name: "step", Group: true},
		Column{Name: "model"},
		Column{Name: "what", Key: "kind", Wrap: 14},
		Column{Name: "lane", Drop: 2},
		Column{Name: "account", Drop: 3},
		Column{Name: "quantity", Kind: Decimal},
		Column{Name: "rate", Key: "rate_usd", Kind: Decimal, Unit: "USD"},
		Column{Name: "per", Key: "unit"},
		Column{Name: "amount", Key: "amount_usd", Kind: Money},
		Column{Name: "item", Exact: true},
		Column{Name: "band", Exact: true},
		Column{Name: "region", Exact: true},
		Column{Name: "scope", Exact: true},
		Column{Name: "source", Exact: true},
		Column{Name: "as of", Exact: true},
		Column{Name: "confidence", Exact: true},
		Column{Name: "prices from", Key: "period", Exact: !periods},
	).SetKey("bill")
	for i := range run.Steps {
		s := &run.Steps[i]
		for _, l := range s.Cost.Lines {
			t.billLine(s.Name, l)
		}
		if len(s.Cost.Lines) > 0 {
			blank := Str("")
			t.ShownRow(Str(s.Name), Str("total"), blank, blank, blank, blank, blank, blank,
				Nano(s.Cost.TotalNUSD), blank, blank, blank, blank, blank, blank, blank, blank)
		}
	}
	if t.Len() > 0 {
		t.Note("each line is quantity times rate, rounded once, to a nano-dollar; a total is the sum of its lines")
	}
	return t
}

func (t *Table) billLine(step string, l result.Line) {
	rate, per := rateText(l)
	t.Row(Str(step), Str(l.Model), Str(l.Kind).Show(lineText(l)), Str(l.Lane), Str(l.Account), Dec(l.Quantity),
		Dec(l.RateUSD).Show(rate).Note(sourceText(l)), Str(l.Unit).Show(per),
		Nano(l.AmountNUSD), Str(l.Item), Str(l.Band), Str(l.Region), Str(l.Scope), Str(l.Source), Str(l.AsOf), Str(l.Confidence), Str(l.Period))
}

// rateText is a line's rate in the quantity in which such a thing is priced: a
// million tokens or requests, else one unit.
func rateText(l result.Line) (rate, per string) {
	r, ok := new(big.Rat).SetString(string(l.RateUSD))
	if !ok || l.Unit != "token" && l.Unit != "request" {
		return plainDecimal(string(l.RateUSD)), l.Unit
	}
	r.Mul(r, big.NewRat(1_000_000, 1))
	return plainDecimal(r.FloatString(12)), "M " + l.Unit + "s"
}

// lineText is what a line bills.
func lineText(l result.Line) string {
	s := strings.ReplaceAll(l.Kind, "_", " ")
	if s == "" {
		s = strings.ReplaceAll(l.Item, "-", " ")
	}
	if l.Band != "" && l.Band != "base" {
		s += ", " + l.Band
	}
	return s
}

func sourceText(l result.Line) string {
	s := l.Source + ", " + l.AsOf
	if l.Confidence != "" {
		s += " (" + l.Confidence + ")"
	}
	if l.Note != "" {
		s += "; " + l.Note
	}
	return s
}

// readingTable is the headline under other readings of AWS's text.
func readingTable(run *result.Run) *Table {
	t := NewTable("under other readings of what AWS leaves open",
		Column{Name: "ambiguity"}, Column{Name: "setting", Wrap: 20}, Column{Name: "step", Wrap: 16},
		Column{Name: "served req.", Key: "served_share", Kind: Share}, Column{Name: "cost per month", Key: "month_usd", Kind: Money},
	).SetKey("readings")
	for _, r := range run.Readings {
		name := ""
		for _, s := range run.Steps {
			if s.Index == r.Step {
				name = s.Name
			}
		}
		t.Row(Str(r.Ambiguity), Str(r.Setting), Str(name), Num(r.ServedShare), Num(r.MonthUSD))
	}
	return t
}
