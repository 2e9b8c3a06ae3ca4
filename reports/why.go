package reports

import (
	"fmt"
	"io"
	"strings"

	"quotawall/scenarios/result"
)

// WriteWhy writes the explanation of a step.
func WriteWhy(w io.Writer, x *result.Why, format string, width int, color bool) error {
	if format == "json" {
		return WriteResultJSON(w, x)
	}
	run := &result.Run{Scenario: result.ScenarioInfo{Name: x.Scenario}, Steps: []result.Step{x.Step}}
	return Write(w, format, width, color, whyHead(x), whyRefused(x), whyHours(x), whyMoved(x), whyChanges(x), Bill(run))
}

// whyHead is the step in one row, with what binds.
func whyHead(x *result.Why) *Table {
	t := NewTable(fmt.Sprintf("why: step %d, %s", x.Step.Index+1, x.Step.Name),
		Column{Name: "offered", Kind: Count}, Column{Name: "served requests", Kind: Share}, Column{Name: "served tokens", Kind: Share},
		Column{Name: "unserved", Kind: Count}, Column{Name: "cost per month", Kind: Money}, Column{Name: "p95 wait", Kind: Duration}).SetKey("why")
	s := &x.Step
	t.Row(Cnt(s.Offered), Opt(s.ServedShare), Opt(s.ServedTokenShare), Cnt(s.Unserved), Num(s.Cost.MonthUSD), Opt(s.WaitS.P95))
	t.Note(bindText(x))
	t.Caveats(x.Notes...)
	return t
}

func bindText(x *result.Why) string {
	c := x.Binds
	if x.Held != nil {
		return "binds: " + holdText(x.Held) + "; " + countText(x.Step.UnservedBy.Deadline) + " messages missed their deadline"
	}
	if c == nil {
		return "no limit refused anything: nothing binds"
	}
	text := fmt.Sprintf("binds: %s %s of %s, account %s, %s; it refused %s calls on %s days",
		strings.ReplaceAll(c.Limit, "_", " "), Thousands(fmt.Sprint(c.Value)), c.Model, c.Account, c.Region, Thousands(fmt.Sprint(float64(c.Refused))), Thousands(fmt.Sprint(float64(c.RefusedDays))))
	switch {
	case c.Value == 0:
		return text + "; the quota is 0"
	case c.Refused > 0 && c.RefusedByReservation*2 > c.Refused:
		return text + ", most of them only because running calls hold their max_tokens"
	case c.TooLarge > 0:
		return text + fmt.Sprintf("; %s calls are larger than the limit itself", Thousands(fmt.Sprint(float64(c.TooLarge))))
	}
	return text
}

// holdText says what the queue waited for.
func holdText(h *result.QueueHold) string {
	if h.Limit == "" {
		return "the queue waits for its own " + h.Keeps
	}
	return fmt.Sprintf("%s %s of %s, account %s, %s: the queue may use %s of it (%s) and waits for more",
		strings.ReplaceAll(h.Limit, "_", " "), Thousands(fmt.Sprint(h.Value)), ModelName(h.Model), h.Account, h.Region, Thousands(fmt.Sprint(h.Part)), h.Keeps)
}

func whyRefused(x *result.Why) *Table {
	t := NewTable("limits that refused, by their first refusal",
		Column{Name: "model"}, Column{Name: "account"}, Column{Name: "limit"}, Column{Name: "value", Kind: Count}, Column{Name: "first refused", Kind: Instant},
		Column{Name: "spent", Kind: Instant}, Column{Name: "refused", Kind: Count}, Column{Name: "by reser\u00advation", Kind: Count}, Column{Name: "also full", Kind: Count, Drop: 1}).SetKey("refused")
	for _, c := range x.Refused {
		t.Row(Str(c.Model), Str(c.Account), Str(limitShort(c.Limit)), Int(c.Value), OptStr(c.FirstRefusedAt), OptStr(c.SpentAt), Cnt(c.Refused), Cnt(c.RefusedByReservation), Cnt(c.AlsoFull))
	}
	return t
}

func whyHours(x *result.Why) *Table {
	t := NewTable("the hours that hurt most", Column{Name: "hour", Kind: Count}, Column{Name: "offered", Kind: Count}, Column{Name: "unserved", Kind: Count},
		Column{Name: "refusals", Kind: Count}, Column{Name: "reserved", Kind: Tokens}, Column{Name: "settled", Kind: Tokens}).SetKey("hours")
	t.Note("hours count from the start; reserved and settled are quota tokens of the calls admitted in them")
	for _, h := range x.Hours {
		t.Row(Int(h.Hour), Cnt(h.Offered), Cnt(h.Unserved), Cnt(h.Refusals), Cnt(h.Reserved), Cnt(h.Settled))
	}
	return t
}

func whyMoved(x *result.Why) *Table {
	t := NewTable("calls by how they were served", Column{Name: "lane"}, Column{Name: "model"}, Column{Name: "step before", Kind: Count}, Column{Name: "this step", Kind: Count}).SetKey("moved")
	for _, m := range x.Moved {
		t.Row(Str(m.Lane), Str(m.Model), Cnt(m.Before), Cnt(m.Now))
	}
	return t
}

func whyChanges(x *result.Why) *Table {
	t := NewTable("single changes on top of this step, each simulated", Column{Name: "change", Wrap: 24}, Column{Name: "refused by the limit", Kind: Count}, Column{Name: "missed deadlines", Kind: Count, Exact: x.Held == nil},
		Column{Name: "served requests", Kind: Share}, Column{Name: "served tokens", Kind: Share}, Column{Name: "degraded", Kind: Count}, Column{Name: "cost per month", Kind: Money}).SetKey("changes")
	for i, c := range x.Changes {
		name := Str(c.Name)
		if x.Best != nil && i == *x.Best {
			name = name.Note("the cheapest that removes what binds and serves no less")
		}
		if c.Free {
			name = name.Note("costs nothing to ask or to set")
		}
		t.Row(name, Cnt(c.Refused), Cnt(c.Missed), Opt(c.ServedShare), Opt(c.ServedTokenShare), Cnt(c.Degraded), Num(c.MonthUSD))
	}
	return t
}
