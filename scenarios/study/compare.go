package study

import (
	"context"
	"errors"
	"fmt"

	"quotawall/scenarios"
	"quotawall/scenarios/result"
	"quotawall/sim"
)

// comparison is a step without capacity paid by the hour, and what its traffic
// would draw from such capacity.
type comparison struct {
	ctx   context.Context
	plan  *scenarios.Plan
	opt   Options
	step  *scenarios.Step // without capacity paid by the hour
	hosts *scenarios.Step // a step of the plan with an endpoint, or nil
	base  result.Step
	draw  *demand
	model *sim.Model
	home  *sim.Account
	hours float64 // of the horizon
	sizes []soldSize
	out   *result.Compare
}

// Compare sets the Reserved tier, model units and self-hosting against
// on-demand for the traffic of one step: at the size that is best for it by
// closed form, each simulated. alias is the model to buy for; empty: the one
// that draws most tokens.
func Compare(ctx context.Context, plan *scenarios.Plan, opt Options, index int, alias string) (*result.Compare, error) {
	at, err := plan.Find(index)
	if err != nil {
		return nil, err
	}
	c := &comparison{ctx: ctx, plan: plan, opt: opt.shared(), out: &result.Compare{Schema: result.CompareSchema, Scenario: plan.Scenario.Name, Step: plan.Steps[at].Name}}
	if plan.Base.Title != "" {
		c.out.Scenario = plan.Base.Title
	}
	for _, s := range plan.Steps {
		if len(s.Spec.SelfHost.Classes) > 0 && c.hosts == nil {
			c.hosts = s
		}
	}
	none := []scenarios.Assignment{{Key: "provisioned.kind", Value: "none"}, {Key: "selfhost.classes", Value: []any{}}}
	if c.step, err = plan.Steps[at].With(plan.Catalog, plan.Steps[at].Name, none); err != nil {
		return nil, err
	}
	if err := c.onDemand(alias); err != nil {
		return nil, err
	}
	for _, do := range []func() error{c.reservedTier, c.modelUnits, c.selfHosting} {
		if err := do(); err != nil {
			return nil, err
		}
	}
	c.out.Loads = c.loads()
	if plan.Base.Replications > 1 {
		c.out.Notes = append(c.out.Notes, "costs are means over the replications; closed forms, use and loads are those of the first")
	}
	c.verdict()
	return c.out, nil
}

// run answers the step with further values.
func (c *comparison) run(step *scenarios.Step, set ...scenarios.Assignment) (*result.Run, error) {
	p, err := standing(c.plan, step, set...)
	if err != nil {
		return nil, err
	}
	return Run(c.ctx, p, c.opt)
}

// onDemand runs the step as it is and finds the lane that draws most.
func (c *comparison) onDemand(alias string) error {
	run, err := c.run(c.step)
	if err != nil {
		return err
	}
	c.base, c.hours, c.out.Notes = run.Steps[0], run.Scenario.HorizonS/3600, run.InputNotes
	lanes, rep, err := demandOf(c.ctx, c.plan, c.opt, c.step)
	if err != nil {
		return err
	}
	cfg := &rep.compiled[0].Config
	for lane := range int32(len(cfg.Lanes)) {
		d, m := lanes[lane], &cfg.Models[int(lane)%len(cfg.Models)]
		if d == nil || m.SelfHosted || alias != "" && m.Alias != alias && m.ID != alias {
			continue
		}
		if c.draw == nil || d.paid()+d.output > c.draw.paid()+c.draw.output {
			c.draw, c.model, c.home = d, m, &cfg.Accounts[int(lane)/len(cfg.Models)]
		}
	}
	if c.draw == nil {
		return errors.New("no call goes to the model to compare for: name an alias that the traffic uses, or a step that sends calls to it")
	}
	o := &c.out.OnDemand
	c.out.Account, c.out.Model, c.out.Scope = c.home.Name, c.model.ID, c.model.Scope
	o.MonthUSD, o.ServedShare, o.ServedTokenShare = c.base.Cost.MonthUSD, c.base.ServedShare, c.base.ServedTokenShare
	o.InputTPM = c.draw.spread(rep.horizon, func(m *minuteDraw) int64 { return m.paid })
	o.OutputTPM = c.draw.spread(rep.horizon, func(m *minuteDraw) int64 { return m.output })
	o.InputUSD, o.OutputUSD = c.paidPrices()
	if orOne(o.ServedShare) < Serves {
		c.out.Notes = append(c.out.Notes, fmt.Sprintf("on-demand serves only %.1f %% of this traffic's requests: its cost is that of what it serves, while closed forms take all of the demand", 100*orOne(o.ServedShare)))
	}
	return nil
}

// paid is all fresh input and cache writes.
func (d *demand) paid() int64 {
	var sum int64
	for _, m := range d.minutes {
		sum += m.paid
	}
	return sum
}

// paidPrices are what a million tokens of paid input (fresh and written) and of
// output cost on demand in this traffic's own mix, from its bill; the list
// prices where it served none.
func (c *comparison) paidPrices() (input, output float64) {
	var tokens, dollars, outTokens, outDollars float64
	for _, l := range c.base.Cost.Lines {
		if l.Lane != "on-demand" || l.Model != c.model.ID || l.Account != c.home.Name || l.Region != c.home.Region {
			continue
		}
		q, _ := l.Quantity.Float64()
		switch l.Kind {
		case "input", "cache_write_5m", "cache_write_1h":
			tokens, dollars = tokens+q, dollars+float64(l.AmountNUSD)/1e9
		case "output":
			outTokens, outDollars = outTokens+q, outDollars+float64(l.AmountNUSD)/1e9
		}
	}
	base, _, _, _ := c.plan.Catalog.MicroRates(c.model.ID, c.model.Scope, c.home.Region, c.plan.Catalog.AsOf())
	input, output = float64(base["input"])/1e6, float64(base["output"])/1e6
	if tokens > 0 {
		input = dollars / tokens * 1e6
	}
	if outTokens > 0 {
		output = outDollars / outTokens * 1e6
	}
	return input, output
}

// monthly scales an amount over the horizon to a month of 730 hours.
func (c *comparison) monthly(dollars float64) float64 { return dollars * 730 / c.hours }

// overflow is what the demand above a size costs on demand a month: the part of
// each minute's tokens that does not fit.
func (c *comparison) overflow(inputTPM, outputTPM int64) float64 {
	var in, out int64
	for _, m := range c.draw.minutes {
		in += max(0, m.paid-inputTPM)
		out += max(0, m.output-outputTPM)
	}
	return c.monthly((float64(in)*c.out.OnDemand.InputUSD + float64(out)*c.out.OnDemand.OutputUSD) / 1e6)
}

// carried is what all of the demand that capacity could carry costs on demand a month.
func (c *comparison) carried() float64 { return c.overflow(0, 0) }

// refusing is the verdict where on-demand refuses much of the traffic, so that
// its bill is no yardstick; empty elsewhere.
func (c *comparison) refusing() string {
	o := &c.out.OnDemand
	if orOne(o.ServedShare) >= Serves {
		return ""
	}
	text := fmt.Sprintf("on-demand serves only %.1f %% of this traffic's requests, so its %s a month is no yardstick", 100*orOne(o.ServedShare), dollars(o.MonthUSD))
	most := -1
	for i := range c.out.Options {
		if most < 0 || orOne(c.out.Options[i].ServedShare) > orOne(c.out.Options[most].ServedShare) {
			most = i
		}
	}
	if most >= 0 {
		b := &c.out.Options[most]
		text += fmt.Sprintf("; of what is paid by the hour, %s %s (%s) serves most: %.1f %% for %s a month", b.Kind, b.Term, b.Size, 100*orOne(b.ServedShare), dollars(b.MonthUSD))
	}
	return text + "; compare a step whose limits carry the traffic"
}

// verdict is the answer in a sentence.
func (c *comparison) verdict() {
	if c.out.Verdict = c.refusing(); c.out.Verdict != "" {
		return
	}
	best := -1
	for i, o := range c.out.Options {
		if o.SavingUSD > 0 && (best < 0 || o.SavingUSD > c.out.Options[best].SavingUSD) {
			best = i
		}
	}
	if best < 0 {
		c.out.Verdict = fmt.Sprintf("on-demand at %s a month is cheapest: nothing that is paid by the hour is used enough by this traffic", dollars(c.out.OnDemand.MonthUSD))
		return
	}
	o := &c.out.Options[best]
	c.out.Verdict = fmt.Sprintf("%s %s (%s) saves %s of %s a month: it is used %.0f %% and pays from %.0f %%", o.Kind, o.Term, o.Size, dollars(o.SavingUSD), dollars(c.out.OnDemand.MonthUSD), 100*o.Use, 100*o.BreakEvenUse)
}
