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
	for _, t := range []*Table{planHead(p), feasibleTable(p), rejectedTable(p)} {
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
		limit, unit := o.Limit, o.Unit
		if unit == "share" {
			limit, unit = 100*limit, "%"
		}
		stated = append(stated, fmt.Sprintf("%s at most %.6g %s", o.Figure, limit, unit))
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
			regret = None().Note(fmt.Sprintf("misses the objective at %v times the demand", m.FailsAt))
		}
		shownRow(t, i, Str(levers(m)), Num(m.MonthUSD), Opt(m.ServedShare), Opt(m.ServedTokenShare), Num(m.DegradedShare), Opt(m.WaitP95S), regret)
	}
	if len(p.Demand) > 0 {
		t.Note(fmt.Sprintf("regret: the most that a mix costs a month above the cheapest that meets the objective, at %v times the demand; tried for the cheapest few", p.Demand))
	}
	if n := len(p.Feasible) - mostMixes; n > 0 {
		t.Notef("%d more; csv and json list them", n)
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
			found, limit, unit := f.Found, f.Limit, f.Unit
			if unit == "share" {
				found, limit, unit = 100*found, 100*limit, "%"
			}
			by = append(by, fmt.Sprintf("%s %.4g %s (limit %.4g)", f.Figure, found, unit, limit))
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
