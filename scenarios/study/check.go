package study

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"quotawall/scenarios/result"
)

// Limits are the figures that a check must not exceed; nil = not stated.
type Limits struct {
	Unserved, UnservedTokens, Degraded, Refused *float64 // shares of what was offered
	MonthUSD                                    *float64
	WaitP95S                                    *float64
	DeadlineMisses                              *float64 // requests
}

// Check holds a step of a run against limits. step is a name, a number from 1,
// or empty for the last.
func Check(run *result.Run, step string, limits Limits) (*result.Check, error) {
	x, err := stepOf(run, step)
	if err != nil {
		return nil, err
	}
	out := &result.Check{Schema: result.CheckSchema, Scenario: run.Scenario.Name, Step: x.Name, Notes: run.InputNotes}
	add := func(figure, unit string, limit *float64, found float64) {
		if limit == nil {
			return
		}
		c := result.Checked{Figure: figure, Limit: *limit, Found: found, Unit: unit, Exceeded: found > *limit}
		if c.Exceeded {
			out.Exceeded++
		}
		out.Limits = append(out.Limits, c)
	}
	add("unserved_share", "share", limits.Unserved, 1-orOne(x.ServedShare))
	add("unserved_token_share", "share", limits.UnservedTokens, 1-orOne(x.ServedTokenShare))
	add("degraded_share", "share", limits.Degraded, of(x.Degraded, x.Offered))
	add("refusals_per_request", "share", limits.Refused, of(x.Refusals, x.Offered))
	add("month_usd", "USD", limits.MonthUSD, x.Cost.MonthUSD)
	wait := 0.0
	if x.WaitS.P95 != nil {
		wait = *x.WaitS.P95
	}
	add("wait_p95_s", "s", limits.WaitP95S, wait)
	missed := float64(x.UnservedBy.Deadline)
	if x.Queue != nil {
		missed = max(missed, float64(x.Queue.DeadlineMisses))
	}
	add("deadline_misses", "requests", limits.DeadlineMisses, missed)
	if len(out.Limits) == 0 {
		return nil, errors.New("no limit is stated: give at least one, as in --max-unserved 0.1% --max-cost 5000")
	}
	return out, nil
}

func orOne(f *float64) float64 {
	if f == nil {
		return 1
	}
	return *f
}

func of(part, whole result.Count) float64 {
	if whole == 0 {
		return 0
	}
	return float64(part) / float64(whole)
}

// stepOf finds a step of a run by name, by number from 1, or the last.
func stepOf(run *result.Run, name string) (*result.Step, error) {
	if name == "" || name == "last" {
		return &run.Steps[len(run.Steps)-1], nil
	}
	n, err := strconv.Atoi(name)
	var names []string
	for i := range run.Steps {
		s := &run.Steps[i]
		if strings.EqualFold(s.Name, name) || err == nil && s.Index == n-1 {
			return s, nil
		}
		names = append(names, fmt.Sprintf("%d %q", s.Index+1, s.Name))
	}
	return nil, fmt.Errorf("no step %q; steps: %s", name, strings.Join(names, ", "))
}
