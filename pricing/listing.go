package pricing

import (
	"slices"
	"strconv"
	"strings"

	"quotawall/sim/unit"
)

// Tables lists the names of the catalog's tables, in print order.
func Tables() []string {
	return []string{
		"model", "price", "tier", "reserved", "model_unit", "instance", "curve", "throughput", "autoscaling",
		"savings_plan", "service", "tokenizer", "quota", "mantle", "ruleset", "discount", "applied", "region",
	}
}

// Rows lists the rows of a table, or of all where table is "": in the files'
// order, overlays first.
func (c *Catalog) Rows(table string) []Row {
	var out []Row
	for _, name := range Tables() {
		if table == "" || table == name {
			out = append(out, c.rowsOf(name)...)
		}
	}
	return out
}

func (c *Catalog) rowsOf(table string) []Row {
	switch table {
	case "model":
		return rowList(c.models)
	case "price":
		return rowList(c.prices)
	case "tier":
		return rowList(c.tiers)
	case "reserved":
		return rowList(c.reserved)
	case "model_unit":
		return rowList(c.units)
	case "instance":
		return rowList(c.instances)
	case "curve":
		return rowList(c.curves)
	case "throughput":
		return rowList(c.throughputs)
	case "autoscaling":
		return rowList(c.scaling)
	case "savings_plan":
		return rowList(c.plans)
	case "service":
		return rowList(c.services)
	case "tokenizer":
		return rowList(c.tokenizers)
	case "quota":
		return rowList(c.quotas)
	case "mantle":
		return retabled(rowList(c.mantle), "mantle")
	case "ruleset":
		return c.rulesetRows()
	case "discount":
		return rowList(c.discounts)
	case "applied":
		return rowList(c.applied)
	case "region":
		return rowList(c.regions)
	}
	return nil
}

func rowList[T interface{ Row() Row }](list []T) []Row {
	out := make([]Row, 0, len(list))
	for _, x := range list {
		out = append(out, x.Row())
	}
	return out
}

func retabled(rows []Row, table string) []Row {
	for i := range rows {
		rows[i].Table = table
	}
	return rows
}

// rulesetRows lists the rulesets, each followed by the quota rows of its own.
func (c *Catalog) rulesetRows() []Row {
	var out []Row
	for _, r := range c.rulesets {
		out = append(out, r.Row())
		for _, q := range r.own {
			row := q.Row()
			row.Table, row.Key = "ruleset.quota", r.Name+" "+row.Key
			out = append(out, row)
		}
	}
	return out
}

// Row is the model as text.
func (m Model) Row() Row {
	return newRow("model", m.Provenance, m.ID).
		text("id", m.ID).text("family", m.Family).list("names", m.Names).number("tier", int64(m.Tier)).
		number("context", m.Context).number("max_output", m.MaxOutput).text("tokenizer", m.Tokenizer).
		number("cache_min", m.CacheMin).flag("cache_1h", m.Cache1h).number("checkpoints", m.Checkpoints).
		number("burndown", m.Burndown).flag("batch", m.Batch).flag("reserved", m.Reserved).flag("model_units", m.ModelUnits).
		text("status", m.Status).date("released", m.Released).date("retired", m.Retired).text("first_token", span(m.FirstToken)).
		text("per_token", span(m.PerToken)).list("unverified", m.Unverified).Row
}

func span(t unit.Time) string {
	if t == 0 {
		return ""
	}
	return t.String()
}

// Row is the price as text.
func (p Price) Row() Row {
	r := newRow("price", p.Provenance, p.Model, p.Scope, p.Geo, p.Region, string(p.Valid.From)).
		text("model", p.Model).text("scope", p.Scope).text("geo", p.Geo).text("region", p.Region)
	for _, k := range kinds() {
		r.rate(string(k), p.Rates[k])
	}
	r.number("long_above", p.LongAbove)
	for _, k := range kinds() {
		r.rate("long_"+string(k), p.Long[k])
	}
	return r.date("from", p.Valid.From).date("until", p.Valid.Until).Row
}

// Row is the tier's price as text.
func (t Tier) Row() Row {
	return newRow("tier", t.Provenance, t.Model, t.Tier).
		text("model", t.Model).text("tier", t.Tier).rate("input", t.Input).rate("output", t.Output).Row
}

// Row is the Reserved tier's price as text.
func (p ReservedPrice) Row() Row {
	r := newRow("reserved", p.Provenance, p.Model, p.Scope).text("model", p.Model).text("scope", p.Scope)
	for _, k := range []unit.Kind{unit.Input, unit.Output} {
		for _, t := range reservedTerms() {
			r.rate(string(k)+t.key, p.Rates[string(k)+" "+t.name])
		}
	}
	return r.number("min_input_tpm", p.MinInputTPM).number("min_output_tpm", p.MinOutputTPM).Row
}

// Row is the model unit's price as text.
func (u UnitPrice) Row() Row {
	r := newRow("model_unit", u.Provenance, u.Model, u.Region).text("model", u.Model).text("region", u.Region)
	for _, t := range unitTerms() {
		r.rate(t.key, u.Rates[t.name])
	}
	return r.Row
}

// Row is the instance as text.
func (i Instance) Row() Row {
	return newRow("instance", i.Provenance, i.Type, i.Region).
		text("type", i.Type).rate("usd_per_hour", i.Hourly).text("gpus", i.GPUs).text("region", i.Region).Row
}

// Row is the curve as text.
func (x Curve) Row() Row {
	return newRow("curve", x.Provenance, x.Name).
		text("name", x.Name).text("model", x.Model).text("quantization", x.Quantization).text("instance", x.Instance).
		text("engine", x.Engine).number("context", x.Context).number("output_tokens_per_request", x.OutputTokens).
		numbers("concurrency", x.Concurrency).list("tokens_per_second", thousandths(x.Speed)).Row
}

// Row is the figure as text.
func (x Throughput) Row() Row {
	return newRow("throughput", x.Provenance, x.Model, x.Instance, x.Engine, strconv.FormatInt(x.Concurrency, 10)).
		text("model", x.Model).text("instance", x.Instance).text("engine", x.Engine).text("platform", x.Platform).
		number("concurrency", x.Concurrency).text("tokens_per_second", thousandths([]int64{x.Speed})[0]).Row
}

func thousandths(list []int64) []string {
	var out []string
	for _, n := range list {
		out = append(out, perUnit(n, 1000))
	}
	return out
}

// Row is the endpoint's way to scale as text.
func (a Autoscaling) Row() Row {
	return newRow("autoscaling", a.Provenance).
		text("scale_in_cooldown", span(a.ScaleIn)).text("scale_out_cooldown", span(a.ScaleOut)).text("metric_period", span(a.Metric)).
		text("high_resolution_period", span(a.HighResolution)).text("from_zero", span(a.FromZero)).Row
}

// Row is the savings plan as text.
func (p SavingsPlan) Row() Row {
	return newRow("savings_plan", p.Provenance).numbers("years", p.Years).text("max_discount", p.MaxDiscount.String()).Row
}

// Row is the service's price as text.
func (s Service) Row() Row {
	return newRow("service", s.Provenance, s.Name, s.Region).
		text("name", s.Name).text("unit", s.Unit).rate("usd", s.Rate).number("per", s.Rate.Per).
		text("region", s.Region).number("free", s.Free).Row
}

// Row is the step between tokenizers as text.
func (x TokenizerStep) Row() Row {
	return newRow("tokenizer", x.Provenance, x.From, x.To).
		text("from", x.From).text("to", x.To).text("ratio", perUnit(x.Num, x.Den)).Row
}

// Row is the quota as text.
func (q QuotaRow) Row() Row {
	r := newRow("quota", q.Provenance, q.Model, q.Scope).text("model", q.Model)
	if q.RPM != Absent || q.TPM != Absent || q.TPD != Absent {
		r.text("scope", q.Scope).limit("rpm", q.RPM)
		if q.RPM != Absent {
			r.flag("rpm_adjustable", q.RPMAdjustable).text("rpm_note", q.RPMNote)
		}
		r.limit("tpm", q.TPM)
		if q.TPM != Absent {
			r.flag("tpm_adjustable", q.TPMAdjustable).text("tpm_note", q.TPMNote)
		}
		r.limit("tpd", q.TPD).text("tpd_note", q.TPDNote)
	}
	return r.limit("input_tpm", q.InputTPM).limit("output_tpm", q.OutputTPM).Row
}

// Row is the ruleset without its quotas as text.
func (r Ruleset) Row() Row {
	out := newRow("ruleset", r.Provenance, r.Name).
		text("name", r.Name).text("title", r.Title).text("daily_scheme", r.DailyScheme).limit("pool_limit", r.PoolLimit).
		text("rpm", r.RPM).limit("reduce_rpm", r.ReduceRPM)
	if r.ReduceTPD > 1 {
		out.number("reduce_tpd", r.ReduceTPD)
	}
	return out.list("notes", r.Notes).Row
}

// Row is the discount as text.
func (d Discount) Row() Row {
	return newRow("discount", d.Provenance, d.Model).text("model", d.Model).text("share", d.Share.String()).Row
}

// Row is the applied quota as text.
func (a Applied) Row() Row {
	return newRow("applied", a.Provenance, a.Account, a.Region, a.Scope, a.Model).
		text("account", a.Account).text("region", a.Region).text("scope", a.Scope).text("model", a.Model).
		limit("rpm", a.RPM).limit("tpm", a.TPM).limit("tpd", a.TPD).Row
}

// term is a length of commitment: its name and its key in a file.
type term struct{ name, key string }

func reservedTerms() []term { return []term{{"1-month", "_1_month"}, {"3-months", "_3_months"}} }

func unitTerms() []term {
	return []term{{"no-commit", "usd_no_commit"}, {"1-month", "usd_1_month"}, {"6-months", "usd_6_months"}}
}

// Sources lists the known sources by id.
func (c *Catalog) Sources() []Source {
	out := make([]Source, 0, len(c.sources))
	for _, s := range c.sources {
		out = append(out, s)
	}
	slices.SortFunc(out, func(a, b Source) int { return strings.Compare(a.ID, b.ID) })
	return out
}
