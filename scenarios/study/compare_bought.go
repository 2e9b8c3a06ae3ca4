package study

import (
	"context"
	"fmt"
	"slices"

	"quotawall/pricing"
	"quotawall/scenarios"
	"quotawall/scenarios/result"
	"quotawall/sim/unit"
)

// size is a purchase of the Reserved tier in tokens a minute.
type size struct {
	name          string
	input, output int64
}

// reservedTier sizes and simulates the Reserved tier for both terms.
func (c *comparison) reservedTier() error {
	price, ok := c.plan.Catalog.Reserved(c.model.ID, c.model.Scope)
	row, _ := c.plan.Catalog.Model(c.model.ID)
	if !ok || !row.Reserved {
		c.out.Notes = append(c.out.Notes, fmt.Sprintf("AWS sells no Reserved tier for %s", c.model.ID))
		return nil
	}
	smallest := size{"smallest sold", price.MinInputTPM, price.MinOutputTPM}
	if n := len(c.step.Spec.Accounts.Regions); n > 1 {
		c.out.Notes = append(c.out.Notes, fmt.Sprintf("a purchase of account %s is made in each of its %d Regions: simulated costs have all of them, fees and closed forms one", c.home.Name, n))
	}
	for _, term := range []string{"1-month", "3-months"} {
		in, ok1 := c.hourly(unit.Input, term)
		out, ok2 := c.hourly(unit.Output, term)
		if !ok1 || !ok2 {
			continue
		}
		if err := c.reservedOption(term, in, out, smallest); err != nil {
			return err
		}
	}
	return c.reservedCurve(smallest)
}

// hourly is the price of 1,000 reserved tokens a minute for an hour.
func (c *comparison) hourly(kind unit.Kind, term string) (float64, bool) {
	r, _, ok := c.plan.Catalog.ReservedRate(c.model.ID, c.model.Scope, kind, term)
	if !ok {
		return 0, false
	}
	micro, _ := r.MicroUSD()
	return float64(micro) / 1e6, true
}

// breakEven is the utilisation at which an hourly price for 1,000 tokens a
// minute equals what 60,000 tokens cost on demand.
func breakEven(hourly, perMillion float64) float64 { return hourly / (60_000 * perMillion / 1e6) }

// reservedOption finds the size that is best by closed form: in each direction
// up to the level that demand exceeds in a share r of all minutes, r being the
// break-even utilisation (the newsvendor's critical ratio), at least what AWS
// sells.
func (c *comparison) reservedOption(term string, in, out float64, smallest size) error {
	o := &c.out.OnDemand
	rIn, rOut := breakEven(in, o.InputUSD), breakEven(out, o.OutputUSD)
	s := size{
		input:  max(smallest.input, thousands(c.exceededIn(rIn, func(m *minuteDraw) int64 { return m.paid }))),
		output: max(smallest.output, thousands(c.exceededIn(rOut, func(m *minuteDraw) int64 { return m.output }))),
	}
	fee := 730 * (float64(s.input)*in + float64(s.output)*out) / 1000
	closed := c.base.Cost.MonthUSD - c.carried() + c.overflow(s.input, s.output) + fee
	run, err := c.run(c.step, c.reserve(s, term)...)
	if err != nil {
		return err
	}
	x := run.Steps[0]
	full := 730 * 60 * (float64(s.input)*o.InputUSD + float64(s.output)*o.OutputUSD) / 1e6
	use := (c.carried() - c.overflow(s.input, s.output)) / full
	opt := result.Option{
		Kind: "reserved", Term: term, Size: fmt.Sprintf("%s input and %s output tokens a minute", digits(s.input), digits(s.output)), Set: settings(c.reserve(s, term)),
		FeeMonthUSD: fee, ClosedMonthUSD: &closed, MonthUSD: x.Cost.MonthUSD, SavingUSD: c.base.Cost.MonthUSD - x.Cost.MonthUSD, ServedShare: x.ServedShare,
		BreakEvenUse: fee / full, Use: use,
	}
	opt.BreakEvenLoad = c.loadToPay(s.input, s.output, fee)
	c.sizes = append(c.sizes, soldSize{term, s.input, s.output, fee})
	c.out.Options = append(c.out.Options, opt)
	return nil
}

// exceededIn is the level of a minute's demand that a share r of all minutes of
// the horizon exceeds; 0 where r is 1 or more.
func (c *comparison) exceededIn(r float64, of func(*minuteDraw) int64) int64 {
	var values []int64
	for _, m := range c.draw.minutes {
		values = append(values, of(m))
	}
	slices.Sort(values)
	above := int(r * c.hours * 60) // minutes that may lie above; quiet ones are all below
	if above >= len(values) {
		return 0
	}
	return values[len(values)-1-above]
}

// thousands rounds up to what is sold.
func thousands(n int64) int64 { return (n + 999) / 1000 * 1000 }

// reserve are the keys of a purchase.
func (c *comparison) reserve(s size, term string) []scenarios.Assignment {
	set := func(key string, v any) scenarios.Assignment {
		return scenarios.Assignment{Key: key, Value: v, Origin: "compare"}
	}
	return []scenarios.Assignment{
		set("provisioned.kind", "reserved"), set("provisioned.model", c.model.Alias), set("provisioned.accounts", []any{c.home.Name}),
		set("provisioned.input_tpm", s.input), set("provisioned.output_tpm", s.output), set("provisioned.term", term),
	}
}

// reservedCurve simulates sizes from the smallest to the peak, once each: the
// fee is all that a term changes.
func (c *comparison) reservedCurve(smallest size) error {
	in1, _ := c.hourly(unit.Input, "1-month")
	out1, _ := c.hourly(unit.Output, "1-month")
	in3, _ := c.hourly(unit.Input, "3-months")
	out3, _ := c.hourly(unit.Output, "3-months")
	sizes := []size{smallest}
	for _, q := range []int{50, 75, 90, 95, 99, 100} {
		s := size{fmt.Sprintf("p%d", q), c.quantile(q, func(m *minuteDraw) int64 { return m.paid }), c.quantile(q, func(m *minuteDraw) int64 { return m.output })}
		s.input, s.output = max(smallest.input, thousands(s.input)), max(smallest.output, thousands(s.output))
		if last := sizes[len(sizes)-1]; s.input != last.input || s.output != last.output {
			sizes = append(sizes, s)
		}
	}
	points := make([]result.CurvePoint, len(sizes))
	err := each(c.ctx, c.opt.Workers, len(sizes), func(_ context.Context, i int) error {
		s := sizes[i]
		run, err := c.run(c.step, c.reserve(s, "1-month")...)
		if err != nil {
			return err
		}
		fee := func(in, out float64) float64 { return 730 * (float64(s.input)*in + float64(s.output)*out) / 1000 }
		points[i] = result.CurvePoint{
			Quantile: s.name, InputTPM: s.input, OutputTPM: s.output, MonthUSD: run.Steps[0].Cost.MonthUSD,
			ClosedMonthUSD: c.base.Cost.MonthUSD - c.carried() + c.overflow(s.input, s.output) + fee(in1, out1),
			MonthUSD3:      run.Steps[0].Cost.MonthUSD - fee(in1, out1) + fee(in3, out3),
		}
		if r := run.Steps[0].Reserved; r != nil {
			points[i].Use = r.InputShare
		}
		return nil
	})
	c.out.Curve = points
	return err
}

// quantile is a percentile of the minutes with traffic, nearest rank.
func (c *comparison) quantile(percent int, of func(*minuteDraw) int64) int64 {
	var values []int64
	for _, m := range c.draw.minutes {
		values = append(values, of(m))
	}
	slices.Sort(values)
	return values[(len(values)*percent+99)/100-1]
}

// modelUnits simulates one model unit where the scenario says what one carries
// and AWS sells them.
func (c *comparison) modelUnits() error {
	p := &c.step.Spec.Provisioned
	price, lacking := c.unitPrice()
	if lacking != "" {
		c.out.Notes = append(c.out.Notes, lacking)
		return nil
	}
	for _, term := range sortedNames(price.Rates) {
		set := []scenarios.Assignment{
			{Key: "provisioned.kind", Value: "model-units"}, {Key: "provisioned.model", Value: c.model.Alias}, {Key: "provisioned.accounts", Value: []any{c.home.Name}},
			{Key: "provisioned.term", Value: term}, {Key: "provisioned.overflow", Value: true},
		}
		run, err := c.run(c.step, set...)
		if err != nil {
			return err
		}
		micro, _ := price.Rates[term].MicroUSD()
		fee := 730 * float64(micro) / 1e6 * float64(p.Units)
		in, out := p.Units*p.UnitInput, p.Units*p.UnitOutput
		full := 730 * 60 * (float64(in)*c.out.OnDemand.InputUSD + float64(out)*c.out.OnDemand.OutputUSD) / 1e6
		closed := c.base.Cost.MonthUSD - c.carried() + c.overflow(in, out) + fee
		o := result.Option{
			Kind: "model-units", Term: term, Size: fmt.Sprintf("%d units", p.Units), Set: settings(set), FeeMonthUSD: fee, ClosedMonthUSD: &closed, MonthUSD: run.Steps[0].Cost.MonthUSD,
			SavingUSD: c.base.Cost.MonthUSD - run.Steps[0].Cost.MonthUSD, ServedShare: run.Steps[0].ServedShare,
			BreakEvenUse: fee / full, Use: (c.carried() - c.overflow(in, out)) / full,
		}
		o.BreakEvenLoad = c.loadToPay(in, out, fee)
		c.out.Options = append(c.out.Options, o)
	}
	return nil
}

// unitPrice is the price of a model unit, or why there is nothing to compare.
func (c *comparison) unitPrice() (price pricing.UnitPrice, lacking string) {
	row, _ := c.plan.Catalog.Model(c.model.ID)
	price, ok := c.plan.Catalog.ModelUnit(c.model.ID, c.home.Region)
	p := &c.step.Spec.Provisioned
	switch {
	case !row.ModelUnits:
		lacking = fmt.Sprintf("AWS sells no model units for %s", c.model.ID)
	case !ok:
		lacking = fmt.Sprintf("model units are left out: the catalog has no price for those of %s in %s; give one by a [[model_unit]] row in an overlay (--catalog FILE)", c.model.ID, c.home.Region)
	case p.UnitInput == 0 || p.UnitOutput == 0:
		lacking = "model units are left out: AWS does not publish how many tokens a minute one carries; give provisioned.unit_input_tpm and unit_output_tpm"
	}
	return price, lacking
}
