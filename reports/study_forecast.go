package reports

import (
	"fmt"
	"io"

	"quotawall/scenarios/result"
)

// WriteForecast writes what growth does to each step.
func WriteForecast(w io.Writer, f *result.Forecast, format string, width int, color bool) error {
	if format == "json" {
		return WriteResultJSON(w, f)
	}
	return Write(w, format, width, color, outgrownTable(f), forecastTable(f), capMonthTable(f))
}

// outgrownTable is the answer: when each step is outgrown and what it buys.
func outgrownTable(f *result.Forecast) *Table {
	last, both := f.Months[len(f.Months)-1], ranged(f)
	t := NewTable(fmt.Sprintf("forecast: %s, %s over %d months", f.Scenario, growthText(f), last.Month), Column{Name: "step", Wrap: 16}, Column{Name: "outgrown"},
		Column{Name: "at low growth", Drop: 2, Exact: !both}, Column{Name: "at high growth", Drop: 1, Exact: !both}, Column{Name: "months bought", Kind: Count},
		Column{Name: "cost per month now", Kind: Money}, Column{Name: "in the last month", Key: "last_month_usd", Kind: Money}).SetKey("forecast")
	for _, s := range f.Steps {
		buys := None()
		if s.Buys != nil {
			buys = Int(*s.Buys)
		}
		t.Row(Str(s.Name), Str(monthText(f, s.Holds[1])), Str(monthText(f, s.Holds[0])), Str(monthText(f, s.Holds[2])), buys,
			Num(s.Points[0].MonthUSD[1]), Num(s.Points[len(s.Points)-1].MonthUSD[1]))
	}
	t.Caveats(f.Notes...)
	return t
}

// ranged reports whether low and high are other than what is expected, by growth
// or by the intervals of replications.
func ranged(f *result.Forecast) bool {
	for _, m := range f.Months {
		if m.Factor[0] != m.Factor[2] {
			return true
		}
	}
	for _, s := range f.Steps {
		for _, p := range s.Points {
			if p.MonthUSD[0] != p.MonthUSD[2] {
				return true
			}
		}
	}
	return false
}

func growthText(f *result.Forecast) string {
	low, mid, high := 100*f.Growth[0], 100*f.Growth[1], 100*f.Growth[2]
	last := f.Months[len(f.Months)-1].Factor
	switch {
	case mid == 0 && last[1] != 1:
		return fmt.Sprintf("%.3g times the demand", last[1])
	case low != high:
		return fmt.Sprintf("%.4g %% growth a month (%.4g to %.4g %%)", mid, low, high)
	}
	return fmt.Sprintf("%.4g %% growth a month", mid)
}

func monthText(f *result.Forecast, month *int) string {
	if month == nil {
		return "not by " + f.Months[len(f.Months)-1].Date[:7]
	}
	return fmt.Sprintf("%s (month %d)", f.Months[*month].Date[:7], *month)
}

func forecastTable(f *result.Forecast) *Table {
	t := NewTable("month by month, at expected growth", Column{Name: "step", Group: true}, Column{Name: "month"}, Column{Name: "demand", Kind: Decimal}, Column{Name: "served req.", Kind: Share},
		Column{Name: "served tokens", Kind: Share}, Column{Name: "cost per month", Kind: Money}, Column{Name: "low", Kind: Money, Drop: 2, Exact: !ranged(f)}, Column{Name: "high", Kind: Money, Drop: 1, Exact: !ranged(f)}).SetKey("months")
	for _, s := range f.Steps {
		for _, p := range s.Points {
			m := f.Months[p.Month]
			t.Row(Str(s.Name), Str(m.Date[:7]), brief(m.Factor[1]), Num(p.ServedShare[1]), Num(p.ServedTokenShare[1]), Num(p.MonthUSD[1]), Num(p.MonthUSD[0]), Num(p.MonthUSD[2]))
		}
	}
	return t
}

func capMonthTable(f *result.Forecast) *Table {
	t := NewTable("when each limit is first hit", Column{Name: "step", Group: true}, Column{Name: "model"}, Column{Name: "account"}, Column{Name: "limit"}, Column{Name: "value", Kind: Count},
		Column{Name: "first hit"}, Column{Name: "at low growth", Drop: 2, Exact: !ranged(f)}, Column{Name: "at high growth", Drop: 1, Exact: !ranged(f)}).SetKey("caps")
	for _, s := range f.Steps {
		for _, c := range s.Caps {
			t.Row(Str(s.Name), Str(c.Model), Str(c.Account), Str(limitShort(c.Limit)), Int(c.Value), Str(monthText(f, c.Month[1])), Str(monthText(f, c.Month[0])), Str(monthText(f, c.Month[2])))
		}
	}
	if t.Len() == 0 {
		t.Note("no limit refuses a call in these months")
	}
	return t
}
