package reports

import (
	"io"

	"quotawall/scenarios/result"
)

// WriteCompare writes what capacity by the hour costs against on-demand.
func WriteCompare(w io.Writer, c *result.Compare, format string, width int, color bool) error {
	if format == "json" {
		return WriteResultJSON(w, c)
	}
	var out []*Table
	for _, t := range []*Table{optionTable(c), curveTable(c), hostingTable(c)} {
		if t.Len() > 0 {
			out = append(out, t)
		}
	}
	return Write(w, format, width, color, out...)
}

func optionTable(c *result.Compare) *Table {
	t := NewTable("compare: "+c.Scenario+", step "+c.Step+", for "+c.Model+" in account "+c.Account, Column{Name: "way"}, Column{Name: "term", Drop: 1}, Column{Name: "size", Wrap: 18},
		Column{Name: "cost per month", Kind: Money}, Column{Name: "by closed form", Key: "closed_form_usd", Kind: Money, Drop: 3}, Column{Name: "saves", Kind: Money}, Column{Name: "served req.", Kind: Share, Drop: 4},
		Column{Name: "used", Kind: Share}, Column{Name: "pays from", Key: "break_even_utilisation", Kind: Share}, Column{Name: "load to pay", Key: "break_even_load", Kind: Decimal}).SetKey("options")
	t.Row(Str("on-demand"), Str(""), Str(""), Num(c.OnDemand.MonthUSD), None(), None(), Opt(c.OnDemand.ServedShare), None(), None(), None())
	for _, o := range c.Options {
		load := Str("never")
		if o.BreakEvenLoad != nil {
			load = brief(*o.BreakEvenLoad)
		}
		t.Row(Str(o.Kind), Str(o.Term), Str(o.Size), Num(o.MonthUSD), Opt(o.ClosedMonthUSD), Num(o.SavingUSD), Opt(o.ServedShare), Num(o.Use), Num(o.BreakEvenUse), load)
	}
	t.Note("verdict: " + c.Verdict)
	t.Note("used: share of the capacity that this traffic uses; pays from: the share from which it costs no more than on-demand (above 100 %: never); load to pay: the multiple of every minute's traffic from which the size does; minutes without any stay empty")
	t.Caveats(c.Notes...)
	return t
}

func curveTable(c *result.Compare) *Table {
	t := NewTable("Reserved tier by size", Column{Name: "size"}, Column{Name: "input a minute", Kind: Count}, Column{Name: "output a minute", Kind: Count},
		Column{Name: "closed form, 1 month", Key: "closed_form_usd", Kind: Money}, Column{Name: "simulated, 1 month", Key: "month_usd", Kind: Money}, Column{Name: "3 months", Key: "month_usd_3_months", Kind: Money}, Column{Name: "input used", Kind: Share}).SetKey("curve")
	for _, p := range c.Curve {
		t.Row(Str(p.Quantile), Int(p.InputTPM), Int(p.OutputTPM), Num(p.ClosedMonthUSD), Num(p.MonthUSD), Num(p.MonthUSD3), Num(p.Use))
	}
	t.Note("sizes are percentiles of the minutes with traffic; closed form: fee + what each minute's tokens exceed the size by, at on-demand prices; the simulation moves whole calls")
	return t
}

func hostingTable(c *result.Compare) *Table {
	t := NewTable("self-hosting by load", Column{Name: "load", Kind: Decimal}, Column{Name: "on-demand", Kind: Money}, Column{Name: "with the endpoint", Kind: Money}, Column{Name: "served with it", Kind: Share}).SetKey("hosting")
	for _, h := range c.Hosting {
		t.Row(brief(h.Load), Num(h.OnDemandUSD), Num(h.HostedUSD), Num(h.ServedShare))
	}
	t.Note("load: multiple of this traffic; costs per month")
	return t
}
