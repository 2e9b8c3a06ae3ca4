package study

import (
	"context"
	"fmt"
	"math"
	"strings"

	"quotawall/scenarios"
	"quotawall/scenarios/result"
)

// selfHosting compares the step with and without the endpoint that some step of
// the plan has, at several multiples of the traffic around the break-even.
func (c *comparison) selfHosting() error {
	if c.hosts == nil {
		c.out.Notes = append(c.out.Notes, "no step has an endpoint: give selfhost.classes and selfhost.curve to compare self-hosting")
		return nil
	}
	set := c.endpoint()
	with, err := c.run(c.step, set...)
	if err != nil {
		return err
	}
	x := &with.Steps[0]
	fee := instanceMonth(x, with.Scenario.HorizonS)
	moved := c.base.Cost.MonthUSD - (x.Cost.MonthUSD - fee) // on-demand cost of what left Bedrock
	o := result.Option{
		Kind: "self-hosted", Size: fmt.Sprintf("%s on %s", strings.Join(c.hosts.Spec.SelfHost.Classes, ", "), x.Endpoint.Instance), Set: settings(set),
		FeeMonthUSD: fee, MonthUSD: x.Cost.MonthUSD, SavingUSD: c.base.Cost.MonthUSD - x.Cost.MonthUSD, ServedShare: x.ServedShare,
	}
	if x.Endpoint.InstanceHours > 0 {
		o.Use = x.Endpoint.BusyHours / x.Endpoint.InstanceHours
	}
	if moved > 0 {
		load := fee / moved
		o.BreakEvenUse = o.Use * load
		if o.BreakEvenUse <= 1 {
			o.BreakEvenLoad = &load
		}
		if err := c.hostedLoads(set, load); err != nil {
			return err
		}
	}
	c.out.Options = append(c.out.Options, o)
	c.out.Notes = append(c.out.Notes, "an endpoint's break-even takes what the moved calls cost on demand against its instances; utilisation is the share of paid hours in which it runs at least one call, and grows less than the load")
	return nil
}

// endpoint are the selfhost keys of the step that has one.
func (c *comparison) endpoint() []scenarios.Assignment {
	var out []scenarios.Assignment
	for _, g := range c.hosts.Scenario.Given() {
		if strings.HasPrefix(g.Key, "selfhost.") {
			out = append(out, scenarios.Assignment{Key: g.Key, Value: scenarios.ParseValue(g.Value), Origin: "compare"})
		}
	}
	return out
}

// instanceMonth is what a step's instances cost a month.
func instanceMonth(x *result.Step, horizonS float64) float64 {
	var nusd int64
	for _, l := range x.Cost.Lines {
		if l.Item == "instance-hours" {
			nusd += l.AmountNUSD
		}
	}
	return float64(nusd) / 1e9 * 730 * 3600 / horizonS
}

// mostLoad bounds the traffic that a comparison simulates, in multiples.
const mostLoad = 64

// hostedLoads simulates both ways at multiples of the traffic around the load
// at which they should cost the same.
func (c *comparison) hostedLoads(set []scenarios.Assignment, load float64) error {
	var loads []float64
	for _, k := range []float64{0.25, 0.5, 1, 2} {
		if f := k * load; f > 0.01 && f <= mostLoad {
			loads = append(loads, f)
		}
	}
	out := make([]result.HostingLoad, len(loads))
	err := each(c.ctx, c.opt.Workers, len(loads), func(_ context.Context, i int) error {
		grown := c.plan.Base.Grown(loads[i])
		without, err := c.run(c.step, grown...)
		if err != nil {
			return err
		}
		with, err := c.run(c.step, append(grown, set...)...)
		if err != nil {
			return err
		}
		out[i] = result.HostingLoad{Load: loads[i], OnDemandUSD: without.Steps[0].Cost.MonthUSD, HostedUSD: with.Steps[0].Cost.MonthUSD, ServedShare: orOne(with.Steps[0].ServedShare)}
		return nil
	})
	c.out.Hosting = out
	return err
}

// digits writes a count with its thousands apart.
func digits(n int64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// dollars is an amount of whole dollars for a sentence.
func dollars(usd float64) string { return "$" + digits(int64(math.Round(usd))) }
