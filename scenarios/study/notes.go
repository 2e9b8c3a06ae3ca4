package study

import (
	"fmt"
	"slices"
	"strings"

	"quotawall/scenarios"
	"quotawall/scenarios/result"
	"quotawall/sim"
	"quotawall/sim/trace"
	"quotawall/sim/unit"
)

// assumptions lists what a run takes for granted, the most consequential first.
func assumptions(plan *scenarios.Plan, rep *replication) []string {
	s := plan.Base
	var out []string
	say := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	if n := rep.steps[0].MaxAssumed; n > 0 {
		say("max_tokens: %d of %d requests do not say theirs; %s", n, rep.steps[0].Offered, maxText(rep.compiled[0].Config.Max))
	}
	if s.Trace.Background.Num > 0 && slices.Contains(rep.classNames(), scenarios.BackgroundClass) {
		say("background: %s of sessions are taken as background work, since the trace has no classes (--set trace.background=0 for none)", s.Trace.Background)
	}
	loop := "open: the trace's times stand"
	if rep.compiled[0].Config.Client.Closed {
		loop = "closed: a session's next request follows the end of its last answer by its think time"
	}
	say("clients: %s; retries as %s, at most %d attempts, patience %s", loop, s.Client.Profile, rep.compiled[0].Config.Client.Attempts, s.Client.Patience)
	say("minute windows: %s (A1); day windows: %s from %s UTC (A7): AWS publishes neither", s.Quota.Minute, s.Quota.Day, clock(s.Quota.DayStarts))
	say("refunds: %s (A2); reservation: fresh input + cache write + max_tokens%s%s (A4, A5)", s.Quota.Refund, when(s.Quota.ReserveCacheReads, " + cache reads"), when(s.Quota.BurndownReserved, ", max_tokens x burndown"))
	if slices.ContainsFunc(rep.compiled[0].Config.Pools, func(p sim.Pool) bool { return p.Model == sim.None }) {
		say("cross-model pool: counts in unit %q (A9), reference price $%.2f per million tokens, max_tokens reserved: %t (A10)", s.Quota.Pool.Unit, float64(s.Quota.Pool.Reference)/1e6, s.Quota.Pool.ReserveMax)
	}
	say("latency: first token and time per output token are the catalog's assumptions where the trace has no durations")
	for i, s := range plan.Steps {
		if p := rep.compiled[i].Config.Endpoint; p != nil && s.Spec.SelfHost.Prefill == 0 {
			if text := fmt.Sprintf("self-hosting: an instance reads %s prompt tokens a second, ten times the most output of its curve (selfhost.prefill_tokens_per_second): curves measure output only", digits(p.Prefill/1000)); !slices.Contains(out, text) {
				out = append(out, text)
			}
		}
	}
	say("prices: as of %s, catalog of %s; a month is 730 hours", rep.compiled[0].PricedOn(0), plan.Catalog.AsOf())
	return append(out, rep.info.Notes...)
}

func (r *replication) classNames() []string {
	var names []string
	for _, c := range r.compiled[0].Config.Classes {
		names = append(names, c.Name)
	}
	return names
}

func maxText(n int64) string {
	switch n {
	case trace.MaxUnset:
		return "taken as unset, which reserves the model's maximum (trace.max_tokens)"
	case sim.MaxFromOutput:
		return "taken as exactly what they produce (trace.max_tokens = \"output\")"
	}
	return fmt.Sprintf("%d assumed (trace.max_tokens)", n)
}

func when(is bool, text string) string {
	if is {
		return text
	}
	return ""
}

func clock(t unit.Time) string { return fmt.Sprintf("%02d:%02d", t/unit.Hour, t%unit.Hour/unit.Minute) }

// notes tells what the figures do not show by themselves.
func notes(plan *scenarios.Plan, rep *replication, run *result.Run) []string {
	var out []string
	say := func(format string, args ...any) {
		if line := fmt.Sprintf(format, args...); !slices.Contains(out, line) {
			out = append(out, line)
		}
	}
	if rep.horizon < unit.Day {
		say("the horizon is %s, under a day: costs per month are scaled from it", rep.horizon)
		if slices.ContainsFunc(rep.steps, dayRefused) {
			say("a limit per day refused calls: what its pool is billed is scaled by days, since the cap admits no more in one, and shares are of the traced hours only; replay whole days with --set trace.repeat=fill --set horizon=1d")
		}
	}
	if n := rep.steps[0].CappedMax; n > 0 {
		say("%d requests asked for more max_tokens than their model can produce; capped to its maximum", n)
	}
	if s := rep.tally.summary; s != nil {
		for _, r := range s.Reasons {
			say("left out: %d rows: %s (first at %s)", r.Count, r.Text, r.First)
		}
		if s.Failed > 0 && plan.Base.Trace.Failed == "skip" {
			say("left out: %d calls that the log says failed (trace.failed = \"replay\" plays them)", s.Failed)
		}
	}
	for _, n := range pricedElsewhere(run) {
		say("%s", n)
	}
	if run.Scenario.Deterministic {
		say("nothing random was drawn: one replication is exact and needs no interval")
	}
	for _, n := range slices.Concat(rep.compiled[0].Notes, absent(plan, rep)) {
		say("%s", n)
	}
	if list := undated(plan, rep); len(list) > 0 {
		say("prices read after the day that they are used for, since when they hold is not known: %s", strings.Join(list, ", "))
	}
	return out
}

// absent says, step by step, which classes that keys name had no request.
func absent(plan *scenarios.Plan, rep *replication) []string {
	var out []string
	for i, r := range rep.steps {
		var came []string
		for k := range r.Classes {
			if r.Classes[k].Offered > 0 {
				came = append(came, r.Classes[k].Name)
			}
		}
		out = append(out, plan.Steps[i].Spec.Absent(came)...)
	}
	return out
}

// undated lists what a scenario prices on a day before its row was read, where
// the row does not say since when it holds.
func undated(plan *scenarios.Plan, rep *replication) []string {
	var out []string
	said := map[string]bool{}
	for i, r := range rep.steps {
		if s := plan.Steps[i].Spec; s.PricedOn == "" && !s.PricedByTraffic {
			continue
		}
		on := rep.compiled[i].PricedOn
		lines, err := plan.Catalog.Bill(r.Usage, on)
		if err != nil {
			continue // the step's own bill told it
		}
		for _, l := range lines {
			if l.Undated && !said[l.Model] {
				said[l.Model] = true
				out = append(out, fmt.Sprintf("%s (on %s, read %s)", l.Model, on(l.Period), l.AsOf))
			}
		}
	}
	return out
}

// pricedElsewhere names what is billed at another Region's price.
func pricedElsewhere(run *result.Run) []string {
	what := map[[2]string][]string{}
	for _, s := range run.Steps {
		for _, l := range s.Cost.Lines {
			at := [2]string{l.PricedIn, l.Region}
			if l.PricedIn != "" && !slices.Contains(what[at], l.Model) {
				what[at] = append(what[at], l.Model)
			}
		}
	}
	var out []string
	for at, models := range what {
		out = append(out, fmt.Sprintf("priced as in %s, since the catalog has no price for %s: %s", at[0], at[1], strings.Join(models, ", ")))
	}
	slices.Sort(out)
	return out
}

func dayRefused(r *sim.Result) bool {
	return slices.ContainsFunc(r.Caps, func(c sim.Cap) bool {
		return c.Refused > 0 && (c.Limit == sim.TokensPerDay || c.Limit == sim.TokensPerDayAccount)
	})
}
