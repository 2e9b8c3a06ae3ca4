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
	if text := assumedMax(rep); text != "" {
		say("%s", text)
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

// notes tells what the figures do not show by themselves; of what concerns the
// input, what the assumptions do not say.
func notes(plan *scenarios.Plan, rep *replication, run *result.Run) []string {
	out := slices.DeleteFunc(slices.Clone(run.InputNotes), func(n string) bool { return n == assumedMax(rep) })
	say := func(format string, args ...any) {
		if line := fmt.Sprintf(format, args...); !slices.Contains(out, line) {
			out = append(out, line)
		}
	}
	if run.Scenario.Deterministic {
		say("nothing random was drawn: one replication is exact and needs no interval")
	}
	for _, n := range slices.Concat(rep.compiled[0].Notes, absent(plan, rep)) {
		say("%s", n)
	}
	return out
}

// shortHorizon says what follows from a horizon under a day.
func shortHorizon(rep *replication, priced bool) []string {
	switch {
	case rep.horizon >= unit.Day:
		return nil
	case !priced:
		return []string{fmt.Sprintf("the horizon is %s, under a day: the busiest day has only what falls into it", rep.horizon)}
	}
	out := []string{fmt.Sprintf("the horizon is %s, under a day: costs per month are scaled from it", rep.horizon)}
	if by := dayLimited(rep); by != "" {
		out = append(out, "a limit per day "+by+": what its pool is billed is scaled by days, since the cap admits no more in one, and shares are of the traced hours only; replay whole days with --set trace.repeat=fill --set horizon=1d")
	}
	return out
}

// leftOut tells of rows that are not replayed.
func leftOut(r trace.Reason) string {
	rows, at := "rows", ", the first at "
	if r.Count == 1 {
		rows, at = "row", ", at "
	}
	if r.First == "" {
		at = ""
	}
	return fmt.Sprintf("left out: %d %s: %s%s%s", r.Count, rows, r.Text, at, r.First)
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

// dayLimited says what a limit per day did to some step, "" where to none.
func dayLimited(rep *replication) string {
	held := false
	for i, r := range rep.steps {
		if slices.ContainsFunc(r.Caps, func(c sim.Cap) bool { return c.Refused > 0 && daily(c.Limit) }) {
			return "refused calls"
		}
		held = held || dayHeld(r, rep.compiled[i]) >= 0
	}
	return when(held, "held the queue back")
}
