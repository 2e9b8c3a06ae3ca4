package reports

import (
	"fmt"
	"io"
	"strings"

	"quotawall/scenarios/result"
)

// mostMixes is how many mixes a table shows of each kind; csv and json have all.
const mostMixes = 8

// WritePlan writes the cheapest mix and why the others are not it.
func WritePlan(w io.Writer, p *result.Plan, format string, width int, color bool) error {
	if format == "json" {
		return WriteResultJSON(w, p)
	}
	var out []*Table
	for _, t := range []*Table{planHead(p), remedyTable(p), feasibleTable(p), rejectedTable(p)} {
		if t.Len() > 0 {
			out = append(out, t)
		}
	}
	return Write(w, format, width, color, out...)
}

func planHead(p *result.Plan) *Table {
	t := NewTable("plan: "+p.Scenario, Column{Name: "what"}, Column{Name: "text", Wrap: 24}).SetKey("plan")
	var stated []string
	for _, o := range p.Objective {
		_, limit, unit := readable(result.Checked{Limit: o.Limit, Unit: o.Unit})
		stated = append(stated, result.FigureName(o.Figure)+" at most "+unitText(limit, unit))
	}
	t.Row(Str("objective"), Str(strings.Join(stated, "; ")))
	t.Row(Str("verdict"), Str(p.Verdict))
	t.Row(Str("method"), Str(p.Method))
	for _, n := range p.Notes {
		t.Row(Str("note"), Str(n))
	}
	return t
}

// levers is a mix's name.
func levers(m *result.Mix) string {
	if len(m.Levers) == 0 {
		return "(as it is)"
	}
	return strings.Join(m.Levers, " + ")
}

func feasibleTable(p *result.Plan) *Table {
	t := NewTable("mixes that meet the objective, cheapest first", Column{Name: "levers", Wrap: 30}, Column{Name: "cost per month", Kind: Money}, Column{Name: "served req.", Kind: Share}, Column{Name: "served tokens", Kind: Share},
		Column{Name: "degraded", Kind: Share}, Column{Name: "p95 wait", Kind: Duration, Drop: 2}, Column{Name: "regret", Kind: Money, Drop: 1}).SetKey("feasible")
	for i := range p.Feasible {
		m := &p.Feasible[i]
		regret := Opt(m.Regret)
		if len(m.FailsAt) > 0 {
			regret = None().Note("misses the objective at " + timesText(m.FailsAt) + " the demand")
		}
		shownRow(t, i, Str(levers(m)), Num(m.MonthUSD), Opt(m.ServedShare), Opt(m.ServedTokenShare), Num(m.DegradedShare), Opt(m.WaitP95S), regret)
	}
	if len(p.Demand) > 0 {
		t.Note("regret: the most that a mix costs a month above the cheapest that meets the objective, at " + timesText(p.Demand) + " the demand; tried for the cheapest few")
	}
	if n := len(p.Feasible) - mostMixes; n > 0 {
		t.Notef("%d more; csv and json list them", n)
	}
	return t
}

// timesText lists factors: "0.5, 1 and 2 times".
func timesText(factors []float64) string {
	parts := make([]string, len(factors))
	for i, f := range factors {
		parts[i] = briefText(f)
	}
	last := len(parts) - 1
	if last > 0 {
		parts[last-1] += " and " + parts[last]
		parts = parts[:last]
	}
	return strings.Join(parts, ", ") + " times"
}

// remedyTable is which limit would have to be how high.
func remedyTable(p *result.Plan) *Table {
	t := NewTable("the least value of each limit alone with which a mix would do", Column{Name: "limit"}, Column{Name: "held to", Kind: Decimal}, Column{Name: "least", Kind: Decimal}, Column{Name: "unit", Exact: true},
		Column{Name: "levers", Wrap: 24}, Column{Name: "cost per month", Kind: Money}).SetKey("remedies")
	for _, r := range p.Remedies {
		_, limit, unit := readable(result.Checked{Limit: r.Limit, Unit: r.Unit})
		least, mix := None().Show("none alone"), None()
		if r.Least != nil {
			found, _, _ := readable(result.Checked{Found: *r.Least, Unit: r.Unit})
			least, mix = Num(found).Show(result.AtLeast(*r.Least, r.Unit)), Str(levers(&result.Mix{Levers: r.Levers}))
		}
		t.Row(Str(r.Figure).Show(result.FigureName(r.Figure)), Num(limit).Show(unitText(limit, unit)), least, Str(unit), mix, Opt(r.MonthUSD))
	}
	return t
}

// shownRow adds a row to people's table only while it is short.
func shownRow(t *Table, i int, cells ...Cell) {
	if i < mostMixes {
		t.Row(cells...)
	} else {
		t.ExactRow(cells...)
	}
}

func rejectedTable(p *result.Plan) *Table {
	t := NewTable("mixes that do not, nearest first", Column{Name: "levers", Wrap: 24}, Column{Name: "cost per month", Kind: Money}, Column{Name: "served req.", Kind: Share, Drop: 2}, Column{Name: "fails by", Wrap: 24}, Column{Name: "binds", Wrap: 18, Drop: 1}).SetKey("rejected")
	for i := range p.Rejected {
		m := &p.Rejected[i]
		var by []string
		for _, f := range m.Fails {
			found, limit, unit := readable(f)
			by = append(by, fmt.Sprintf("%s %s (at most %s)", result.FigureName(f.Figure), unitText(found, unit), unitText(limit, unit)))
		}
		binds := Str(m.Binds)
		if m.FirstRefused != nil {
			binds = Str(m.Binds + ", from " + *m.FirstRefused)
		}
		shownRow(t, i, Str(levers(m)), Num(m.MonthUSD), Opt(m.ServedShare), Str(strings.Join(by, "; ")), binds)
	}
	if n := len(p.Rejected) - mostMixes; n > 0 {
		t.Notef("%d more; csv and json list them", n)
	}
	t.Note("a mix would do if each limit that it fails by were as high as what was found")
	return t
}
