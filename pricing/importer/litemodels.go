package importer

import (
	"strconv"
	"strings"

	"quotawall/pricing"
)

// unit takes a commitment row: one model unit by the second. Input and output
// repeat the same price; it is paid once.
func (l *liteImport) unit(key, region, term, id string, perSecond loose) {
	rate, ok := rateOf(perSecond, 3600, 2, 1)
	if perSecond != "" && !ok {
		l.wrong(key, "input_cost_per_second is "+perSecond.shown())
		return
	}
	if !ok || rate.Zero() {
		l.out.skip(key, "no price, or one of 0, which is a placeholder")
		return
	}
	model, _, known := l.o.Catalog.ResolveModel(id)
	if !known {
		l.out.skip(key, "a model unit of a model that the catalog does not know")
		return
	}
	if region == "*" {
		region = "any"
	}
	if ours, row, ok := l.o.Catalog.UnitRate(model, region, term); ok {
		kept := "catalog"
		if row.Overlay {
			kept = "overlay"
		}
		l.out.compare("model unit "+model+" "+region+" "+term, rate, ours, kept)
		l.out.skip(key, "prices that the catalog has")
		return
	}
	at := [2]string{model, region}
	if l.units[at] == nil {
		l.units[at] = &pricing.UnitPrice{Model: model, Region: region, Rates: map[string]pricing.Rate{}, Provenance: l.source()}
	}
	l.units[at].Rates[term] = rate
}

func (l *liteImport) unitRows() {
	rows := map[string]pricing.Row{}
	for _, u := range l.units {
		row := u.Row()
		rows[row.Key] = row
	}
	for _, key := range sorted(rows) {
		l.out.Rows = append(l.out.Rows, rows[key])
	}
}

// model adds a row for a model that the catalog does not know, once.
func (l *liteImport) model(key, model, id string, e *entryOf) bool {
	if model == "" {
		l.out.skip(key, "a spelling that is not read")
		return false
	}
	if l.added["model "+model] {
		return true
	}
	l.added["model "+model] = true
	m := pricing.Model{
		ID: model, Names: []string{id}, Tier: 1, Context: whole(e.Context), MaxOutput: whole(e.MaxOutput), CacheMin: whole(e.CacheMin), Burndown: 1,
		Unverified: []string{"tier", "burndown", "tokenizer", "batch", "reserved", "model_units", "first_token", "per_token"}, Provenance: l.source(),
	}
	l.out.Rows = append(l.out.Rows, m.Row())
	return true
}

func whole(n loose) int64 {
	i, err := strconv.ParseInt(string(n), 10, 64)
	if err != nil || i < 0 {
		return 0
	}
	return i
}

// shortName is the catalog's manner of naming a model: without provider, date and version.
func shortName(id string) string {
	if _, rest, ok := strings.Cut(id, "."); ok {
		id = rest
	}
	id, _, _ = strings.Cut(strings.ToLower(id), ":")
	id, _, _ = strings.Cut(id, "@")
	if i := strings.LastIndex(id, "-v"); i > 0 && strings.Trim(id[i+2:], "0123456789") == "" {
		id = id[:i]
	}
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' {
			return r
		}
		return '-'
	}, id)
}
