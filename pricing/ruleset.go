package pricing

import (
	"fmt"
	"strconv"
	"strings"

	"quotawall/sim/nearest"
)

// Limit is a quota value: 0 refuses everything, NoLimit limits nothing.
type Limit int64

// Values of Limit that are no numbers.
const (
	NoLimit Limit = -1 // there is no such limit
	Absent  Limit = -2 // not said here
)

// String is the value as a scenario writes it.
func (l Limit) String() string {
	switch l {
	case NoLimit:
		return "none"
	case Absent:
		return ""
	}
	return strconv.FormatInt(int64(l), 10)
}

// QuotaRow is the quota of a model in a scope, an account and source Region.
type QuotaRow struct {
	Model, Scope                 string // "*" matches all
	RPM, TPM, TPD                Limit
	RPMAdjustable, TPMAdjustable bool
	InputTPM, OutputTPM          Limit // mantle endpoint
	// RPMNote, TPMNote and TPDNote are what is to be said of one limit only.
	RPMNote, TPMNote, TPDNote string
	// Filled lists the limits that the ruleset's own source does not state and
	// that were taken from the published defaults.
	Filled []string
	Provenance
}

// Ruleset says which limits exist, dated.
type Ruleset struct {
	Name, Title string
	DailyScheme string // per-model | cross-model | both
	PoolLimit   Limit
	RPM         string // table | none: whether requests a minute are enforced at all
	ReduceRPM   Limit  // largest requests a minute of models without a row of their own
	ReduceTPD   int64  // divisor of the published tokens a day of those
	Notes       []string
	own         []QuotaRow
	published   []QuotaRow
	mantle      []QuotaRow
	Provenance
}

func (d *decoder) quotaRow(t *table) QuotaRow {
	q := QuotaRow{
		Model: t.must("model"), Scope: orStar(t.text("scope")), RPM: t.limit("rpm"), TPM: t.limit("tpm"), TPD: t.limit("tpd"),
		RPMAdjustable: t.flag("rpm_adjustable"), TPMAdjustable: t.flag("tpm_adjustable"), InputTPM: Absent, OutputTPM: Absent,
	}
	q.RPMNote, q.TPMNote, q.TPDNote = t.text("rpm_note"), t.text("tpm_note"), t.text("tpd_note")
	q.Provenance = t.provenance(d)
	return q
}

func (d *decoder) quota(t *table) { d.into.quotas = append(d.into.quotas, d.quotaRow(t)) }

func (d *decoder) mantleRow(t *table) {
	q := QuotaRow{Model: t.must("model"), Scope: "*", RPM: Absent, TPM: Absent, TPD: Absent, InputTPM: t.limit("input_tpm"), OutputTPM: t.limit("output_tpm")}
	q.Provenance = t.provenance(d)
	d.into.mantle = append(d.into.mantle, q)
}

func (d *decoder) ruleset(t *table) {
	r := Ruleset{
		Name: t.must("name"), Title: t.text("title"), DailyScheme: t.must("daily_scheme"), PoolLimit: t.limit("pool_limit"),
		RPM: t.text("rpm"), ReduceRPM: t.limit("reduce_rpm"), ReduceTPD: max(1, t.count("reduce_tpd")), Notes: t.texts("notes"),
	}
	r.Provenance = t.provenance(d)
	t.used = append(t.used, "quota")
	rows(d.Mistakes, t.tree, t.path, "quota", func(q *table) { r.own = append(r.own, d.quotaRow(q)) })
	d.into.rulesets = append(d.into.rulesets, r)
}

// Rulesets lists the rulesets by name.
func (c *Catalog) Rulesets() []Ruleset {
	seen := map[string]bool{}
	var out []Ruleset
	for _, r := range c.rulesets {
		if !seen[r.Name] {
			seen[r.Name] = true
			r.published, r.mantle = c.quotas, c.mantle
			out = append(out, r)
		}
	}
	return out
}

// Ruleset finds a ruleset; an unknown name is an error with the known ones.
func (c *Catalog) Ruleset(name string) (Ruleset, error) {
	var names []string
	for _, r := range c.Rulesets() {
		if r.Name == name {
			return r, nil
		}
		names = append(names, r.Name)
	}
	hint := nearest.DidYouMean(name, names)
	if hint != "" {
		hint += " "
	}
	return Ruleset{}, fmt.Errorf("unknown ruleset %q; %sknown: %s", name, hint, strings.Join(names, ", "))
}

func (q *QuotaRow) matches(model, scope string) bool {
	return (q.Model == "*" || q.Model == model) && (q.Scope == "*" || q.Scope == scope)
}

// Quota is the quota of a model in a scope: the ruleset's own values, then the
// published defaults. ok is false where neither knows the model.
func (r Ruleset) Quota(model, scope string) (QuotaRow, bool) {
	out := QuotaRow{Model: model, Scope: scope, RPM: Absent, TPM: Absent, TPD: Absent, InputTPM: Absent, OutputTPM: Absent}
	found := false
	for i := range r.own {
		if r.own[i].matches(model, scope) {
			out.take(&r.own[i], false)
			found = true
		}
	}
	hasOwn := len(r.own) > 0
	for i := range r.published {
		if !r.published[i].matches(model, scope) {
			continue
		}
		row := r.published[i]
		if row.TPD >= 0 {
			row.TPD = Limit(int64(row.TPD) / r.ReduceTPD)
		}
		if r.ReduceRPM >= 0 && row.RPM != Absent {
			row.RPM = r.ReduceRPM
		}
		out.take(&row, hasOwn)
		found = true
	}
	for i := range r.mantle {
		if r.mantle[i].matches(model, scope) {
			out.InputTPM, out.OutputTPM = r.mantle[i].InputTPM, r.mantle[i].OutputTPM
		}
	}
	if r.RPM == "none" {
		out.RPM = NoLimit
	}
	return out, found
}

// take fills what is still absent from another row.
func (q *QuotaRow) take(o *QuotaRow, filled bool) {
	for _, x := range []struct {
		name             string
		to, from         *Limit
		note, noteOfFrom *string
	}{{"rpm", &q.RPM, &o.RPM, &q.RPMNote, &o.RPMNote}, {"tpm", &q.TPM, &o.TPM, &q.TPMNote, &o.TPMNote}, {"tpd", &q.TPD, &o.TPD, &q.TPDNote, &o.TPDNote}} {
		if *x.to == Absent && *x.from != Absent {
			*x.to, *x.note = *x.from, *x.noteOfFrom
			if filled {
				q.Filled = append(q.Filled, x.name)
			}
			switch x.name {
			case "rpm":
				q.RPMAdjustable = o.RPMAdjustable
			case "tpm":
				q.TPMAdjustable = o.TPMAdjustable
			}
		}
	}
	if len(q.Source) == 0 {
		q.Provenance = o.Provenance
	}
}

// Rows lists a ruleset's quota rows in print order: its own, then the published.
func (r Ruleset) Rows() []QuotaRow {
	var out []QuotaRow
	seen := map[string]bool{}
	for _, list := range [][]QuotaRow{r.own, r.published} {
		for _, q := range list {
			key := q.Model + " " + q.Scope
			if seen[key] || q.Model == "*" {
				continue
			}
			seen[key] = true
			scope := q.Scope
			if scope == "*" {
				scope = "geo"
			}
			row, _ := r.Quota(q.Model, scope)
			row.Scope = q.Scope
			out = append(out, row)
		}
	}
	return out
}
