package study

import (
	"math"
	"slices"
	"strings"
	"testing"

	"quotawall/scenarios"
	"quotawall/scenarios/result"
)

// presetWith is an embedded scenario that synthesizes its traffic, with further
// values for some keys.
func presetWith(t *testing.T, name string, pick scenarios.Pick, set ...string) *scenarios.Plan {
	t.Helper()
	s, err := scenarios.Preset(name)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range set {
		a, err := scenarios.ParseAssignment(text)
		if err == nil {
			err = s.Set(a)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	plan, err := scenarios.NewPlan(s, catalogOf(t), pick)
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

func whyOf(t *testing.T, plan *scenarios.Plan, step int) *result.Why {
	t.Helper()
	w, err := Why(t.Context(), plan, Options{}, step)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// A change that serves nothing refuses nothing at the limit that binds, and is
// no way past it.
func TestWhyDoesNotCrownWhatServesNothing(t *testing.T) {
	w := whyOf(t, presetWith(t, "brain", scenarios.Pick{Names: []string{"1"}}, `quota.applied=[{model="claude-sonnet-4-6",tpm=0}]`), 0)
	empty := 0
	for i, c := range w.Changes {
		if c.ServedShare != nil && *c.ServedShare == 0 {
			empty++
		}
		less := orOne(c.ServedShare) < orOne(w.Step.ServedShare) || orOne(c.ServedTokenShare) < orOne(w.Step.ServedTokenShare)
		if less && (c.Removes || w.Best != nil && *w.Best == i) {
			t.Errorf("%q serves less than the step and is said to remove what binds", c.Name)
		}
	}
	if empty == 0 {
		t.Error("no change serves nothing: the case is not the one to test")
	}
}

// A queue that misses deadlines since it may not use more of a limit a day: that
// limit binds, and the changes are held against the deadlines.
func TestWhyNamesWhatTheQueueWaitsFor(t *testing.T) {
	w := whyOf(t, presetWith(t, "batch-enrichment", scenarios.Pick{}), 1)
	if w.Step.Unserved == 0 || len(w.Refused) > 0 {
		t.Fatalf("%v unserved, %d limits refused: the case is not the one to test", w.Step.Unserved, len(w.Refused))
	}
	want := result.QueueHold{Keeps: "queue.daily_share", Limit: "tokens_per_day_account", Account: "a0", Region: "us-east-1", Model: "*", Value: 150_000_000, Part: 105_000_000}
	if w.Held == nil || *w.Held != want {
		t.Fatalf("held by %+v, want %+v", w.Held, want)
	}
	if w.Binds == nil || w.Binds.Limit != want.Limit {
		t.Errorf("binds: %+v", w.Binds)
	}
	if !slices.ContainsFunc(w.Changes, func(c result.Change) bool { _, raises := c.Set["queue.daily_share"]; return raises }) {
		t.Error("no change raises the queue's share of the day")
	}
	if w.Best == nil || !strings.Contains(w.Changes[*w.Best].Name, "2 accounts") || w.Changes[*w.Best].Missed > 0 {
		t.Errorf("best: %v of %+v", w.Best, w.Changes)
	}
}

// Where a limit a day holds the queue back, what its pool bills in some hours is
// a day's: a month has 730 / 24 of them.
func TestMonthOfAHeldQueue(t *testing.T) {
	plan := presetWith(t, "batch-enrichment", scenarios.Pick{Names: []string{"2"}}, "horizon=5h", "drain=false")
	run := runOf(t, plan, Options{})
	s := &run.Steps[0]
	if s.Queue == nil || s.Queue.HeldBy == nil || s.Refusals > 0 {
		t.Fatalf("queue %+v, %v refusals: the case is not the one to test", s.Queue, s.Refusals)
	}
	var tokens, other float64
	for _, l := range s.Cost.Lines {
		if l.Item == "tokens" {
			tokens += float64(l.AmountNUSD) / 1e9
		} else {
			other += float64(l.AmountNUSD) / 1e9
		}
	}
	if want := tokens*730/24 + other*730/5; math.Abs(s.Cost.MonthUSD-want) > 1e-6*want {
		t.Errorf("a month is $%.2f, want $%.2f", s.Cost.MonthUSD, want)
	}
	if !slices.ContainsFunc(run.Notes, func(n string) bool {
		return strings.HasPrefix(n, "a limit per day held the queue back: ")
	}) {
		t.Errorf("no note says so: %q", run.Notes)
	}
}
