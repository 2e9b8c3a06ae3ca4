package reports

import (
	"fmt"
	"io"

	"quotawall/scenarios/result"
)

// WriteQuotaRequest writes the sheet of a quota-increase case.
func WriteQuotaRequest(w io.Writer, q *result.QuotaRequest, format string, width int, color bool) error {
	if format == "json" {
		return WriteResultJSON(w, q)
	}
	return Write(w, format, width, color, requestedTable(q), demandTable(q), sizeTable(q))
}

func requestedTable(q *result.QuotaRequest) *Table {
	t := NewTable("quota request: "+q.Scenario+", step "+q.Step, Column{Name: "model"}, Column{Name: "account"}, Column{Name: "region", Drop: 2}, Column{Name: "scope", Drop: 1},
		Column{Name: "limit"}, Column{Name: "quota today", Kind: Count}, Column{Name: "needed", Kind: Count}, Column{Name: "request", Kind: Count}).SetKey("requested")
	for _, m := range q.Models {
		for _, l := range m.Limits {
			today, ask := Int(l.Value), Str("enough")
			switch {
			case l.Value < 0:
				today, ask = Str("none"), Str("no such limit")
			case l.Request != nil:
				ask = Int(*l.Request)
			case l.Needed > l.Value:
				ask = Str("not adjustable")
			}
			t.Row(Str(m.Model), Str(m.Account), Str(m.Region), Str(m.Scope), Str(limitShort(l.Limit)), today, Int(l.Needed), ask)
		}
	}
	t.Note("needed: " + q.Rule + "; for tokens a day, of the busiest UTC day")
	t.Caveats(q.Notes...)
	return t
}

func demandTable(q *result.QuotaRequest) *Table {
	t := NewTable("steady and peak demand a UTC minute", Column{Name: "model"}, Column{Name: "account"}, Column{Name: "what"}, Column{Name: "mean", Kind: Count}, Column{Name: "p50", Kind: Count},
		Column{Name: "p99", Kind: Count}, Column{Name: "max", Kind: Count}).SetKey("demand")
	for _, m := range q.Models {
		for _, d := range []struct {
			name string
			of   result.Demand
		}{{"requests", m.RPM}, {"tokens reserved", m.Reserved}, {"tokens settled", m.Settled}, {"the larger of both", m.Held}} {
			t.Row(Str(m.Model), Str(m.Account), Str(d.name), brief(d.of.Mean), Int(d.of.P50), Int(d.of.P99), Int(d.of.Max))
		}
	}
	t.Note("the mean is over all minutes, the quantiles over those with traffic")
	return t
}

func sizeTable(q *result.QuotaRequest) *Table {
	t := NewTable("what a request looks like", Column{Name: "model"}, Column{Name: "account"}, Column{Name: "requests", Kind: Count}, Column{Name: "input tokens, mean", Kind: Count},
		Column{Name: "output tokens, mean", Kind: Count}, Column{Name: "input over 25,000", Kind: Share}, Column{Name: "read from cache", Kind: Share}, Column{Name: "busiest day, tokens settled", Kind: Count}).SetKey("requests")
	for _, m := range q.Models {
		t.Row(Str(m.Model), Str(m.Account), Int(m.Requests), brief(m.InputMean), brief(m.OutputMean), Num(m.Over25kShare), Num(m.CacheShare), Int(m.DayPeak))
	}
	if q.Growth > 0 {
		t.Note(fmt.Sprintf("expected growth: %g %% a month", 100*q.Growth))
	}
	return t
}
