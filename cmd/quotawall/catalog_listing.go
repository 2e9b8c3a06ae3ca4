package main

import (
	"encoding/json"
	"slices"

	"quotawall/pricing"
	"quotawall/reports"
)

// listing says how the rows of one table of the catalog are printed.
type listing struct {
	name, table, note string
	cols              []reports.Column // Key names the row's field
}

// of prints rows: the listing's columns, then where each row is from.
func (l listing) of(rows []pricing.Row) *reports.Table {
	cols := append(slices.Clone(l.cols),
		reports.Column{Name: "as of", Drop: 2}, reports.Column{Name: "conf.", Key: "confidence", Drop: 3},
		reports.Column{Name: "source", Exact: true}, reports.Column{Name: "note", Exact: true}, reports.Column{Name: "from", Exact: true})
	t := reports.NewTable(l.name, cols...)
	for _, row := range rows {
		var cells []reports.Cell
		for _, c := range l.cols {
			cells = append(cells, fieldCell(row.Get(c.Key), c.Kind))
		}
		t.Row(append(cells, reports.Str(string(row.AsOf)), orNone(row.Confidence), reports.Str(sourceIDs(row)), orNone(row.Note), reports.Str(row.From))...)
	}
	return t
}

func fieldCell(text string, kind reports.Kind) reports.Cell {
	switch {
	case text == "":
		return reports.None()
	case kind == reports.Text:
		return reports.Str(text)
	case kind == reports.Money:
		return reports.Dec(json.Number(text)).Show(text) // a price as it is published, not to a common scale
	}
	return reports.Dec(json.Number(text))
}

func orNone(s string) reports.Cell {
	if s == "" {
		return reports.None()
	}
	return reports.Str(s)
}

func sourceIDs(row pricing.Row) string {
	var out string
	for i, id := range row.Source {
		if i > 0 {
			out += "; "
		}
		out += id
	}
	return out
}

func words(key, name string, drop int) reports.Column {
	return reports.Column{Name: name, Key: key, Drop: drop}
}

func dollars(key, name, unit string) reports.Column {
	return reports.Column{Name: name, Key: key, Kind: reports.Money, Unit: unit}
}

func number(key, name string, drop int) reports.Column {
	return reports.Column{Name: name, Key: key, Kind: reports.Count, Drop: drop}
}

func exact(keys ...string) []reports.Column {
	var out []reports.Column
	for _, k := range keys {
		out = append(out, reports.Column{Name: k, Key: k, Exact: true})
	}
	return out
}

// perMTok is the unit of token prices; the column's head keeps it short.
const perMTok = "$/MTok"

// listings are the tables that can be listed, in the order of the help.
func listings() []listing {
	return []listing{
		{"models", "model", "context and output in tokens; cache: smallest cacheable prompt; burndown: quota tokens an output token", append([]reports.Column{
			words("id", "model", 0), number("tier", "tier", 5), number("context", "context", 0), number("max_output", "max output", 0),
			number("cache_min", "cache", 4), number("burndown", "burn\u00addown", 0), words("batch", "batch", 1), words("reserved", "re\u00adserved", 1),
			words("model_units", "model units", 1), words("retired", "retired", 0)}, exact("family", "names", "tokenizer", "cache_1h", "checkpoints", "status", "released", "first_token", "per_token", "unverified")...)},
		{"prices", "price", "dollars a million tokens; regional also holds for geo profiles, single for any scope", append([]reports.Column{
			words("model", "model", 0), words("scope", "scope", 0), words("geo", "only in", 6), dollars("input", "input", perMTok), dollars("output", "output", perMTok),
			dollars("cache_write_5m", "write 5m", perMTok), dollars("cache_write_1h", "write 1h", perMTok), dollars("cache_read", "read", perMTok), words("from", "from", 2), words("until", "until", 1)},
			exact("region", "long_above", "long_input", "long_output", "long_cache_write_5m", "long_cache_write_1h", "long_cache_read")...)},
		{"tiers", "tier", "dollars a million tokens", []reports.Column{words("model", "model", 0), words("tier", "tier", 0), dollars("input", "input", perMTok), dollars("output", "output", perMTok)}},
		{"quotas", "quota", "an account and source Region; a ruleset says which apply: 'quotawall catalog show ruleset NAME'", []reports.Column{
			words("model", "model", 0), words("scope", "scope", 0), limit("rpm", "requests a minute"), limit("tpm", "tokens a minute"), limit("tpd", "tokens a day"),
			words("rpm_adjustable", "requests adjustable", 5), words("tpm_adjustable", "tokens adjustable", 5),
			{Name: "rpm_note", Key: "rpm_note", Exact: true}, {Name: "tpm_note", Key: "tpm_note", Exact: true}, {Name: "tpd_note", Key: "tpd_note", Exact: true}}},
		{"rulesets", "ruleset", "which limits are in force, by date", []reports.Column{
			words("name", "ruleset", 0), {Name: "what it is", Key: "title", Wrap: 24}, words("daily_scheme", "daily", 0), limit("pool_limit", "pool a day"), words("rpm", "requests a minute", 1), {Name: "notes", Key: "notes", Exact: true}}},
		{"reserved", "reserved", "dollars an hour for 1,000 tokens a minute", []reports.Column{
			words("model", "model", 0), words("scope", "scope", 0), dollars("input_1_month", "in 1 month", "$/h"), dollars("input_3_months", "in 3 months", "$/h"),
			dollars("output_1_month", "out 1 month", "$/h"), dollars("output_3_months", "out 3 months", "$/h"), number("min_input_tpm", "least in", 1), number("min_output_tpm", "least out", 1)}},
		{"units", "model_unit", "dollars an hour for a model unit; AWS does not publish how many tokens a minute it carries", []reports.Column{
			words("model", "model", 0), words("region", "Region", 0), dollars("usd_no_commit", "no commitment", "$/h"), dollars("usd_1_month", "1 month", "$/h"), dollars("usd_6_months", "6 months", "$/h")}},
		{"instances", "instance", "SageMaker real-time endpoints, dollars an hour", []reports.Column{
			words("type", "type", 0), dollars("usd_per_hour", "price", "$/h"), words("gpus", "GPUs", 0), words("region", "Region", 0)}},
		{"curves", "curve", "measured output tokens a second of the whole endpoint, by concurrent calls", []reports.Column{
			words("name", "curve", 0), words("engine", "engine", 1), words("concurrency", "concurrency", 0), {Name: "tokens a second", Key: "tokens_per_second"}, {Name: "model", Key: "model", Exact: true}, {Name: "instance", Key: "instance", Exact: true}}},
		{"services", "service", "routing layer and storage", []reports.Column{
			words("name", "service", 0), dollars("usd", "price", "$"), number("per", "for", 0), {Name: "unit", Key: "unit", Wrap: 20}, words("region", "Region", 1), number("free", "free a month", 0)}},
		{"applied", "applied", "quotas of accounts, from overlays; they go before a ruleset's", []reports.Column{
			words("account", "account", 0), words("region", "Region", 1), words("scope", "scope", 0), words("model", "model", 0), limit("rpm", "requests a minute"), limit("tpm", "tokens a minute"), limit("tpd", "tokens a day")}},
		{"regions", "region", "source Regions; an overlay may add others", []reports.Column{{Name: "Regions", Key: "ids", Wrap: 72}}},
		{"discounts", "discount", "discounts on token prices, from overlays", []reports.Column{words("model", "model", 0), words("share", "share", 0)}},
		{"mantle", "mantle", "the mantle endpoint's quotas, which count input and output apart", []reports.Column{
			words("model", "model", 0), limit("input_tpm", "input tokens a minute"), limit("output_tpm", "output tokens a minute")}},
		{"tokenizers", "tokenizer", "how token counts of one text change between tokenizers", []reports.Column{words("from", "from", 0), words("to", "to", 0), words("ratio", "ratio", 0)}},
		{"throughputs", "throughput", "single published serving figures, output tokens a second", []reports.Column{
			{Name: "model", Key: "model", Wrap: 20}, {Name: "instance", Key: "instance", Wrap: 14}, {Name: "engine", Key: "engine", Wrap: 20}, number("concurrency", "calls", 0), words("tokens_per_second", "tokens a second", 0), words("platform", "platform", 1)}},
	}
}

// limit is a quota's column: a number, or "none" for no such limit.
func limit(key, name string) reports.Column {
	return reports.Column{Name: name, Key: key, Kind: reports.Count}
}

func listingOf(name string) (listing, bool) {
	list := listings()
	i := slices.IndexFunc(list, func(l listing) bool { return l.name == name })
	if i < 0 {
		return listing{}, false
	}
	return list[i], true
}

func listingNames() []string {
	var out []string
	for _, l := range listings() {
		out = append(out, l.name)
	}
	return append(out, "sources")
}

func sourceTable(title string, list []pricing.Source) *reports.Table {
	t := reports.NewTable(title, reports.Column{Name: "id"}, reports.Column{Name: "date", Wrap: 12},
		reports.Column{Name: "title", Wrap: 24}, reports.Column{Name: "where", Key: "url", Drop: 1})
	t.SetKey("sources")
	for _, s := range list {
		t.Row(reports.Str(s.ID), reports.Str(s.Date), reports.Str(s.Title), reports.Str(s.URL))
	}
	return t
}
