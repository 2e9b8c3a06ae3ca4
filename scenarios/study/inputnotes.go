package study

import (
	"fmt"
	"slices"
	"strings"

	"quotawall/scenarios"
	"quotawall/scenarios/result"
)

// inputNotes say what became of the input before and beside the simulation:
// assumed max_tokens, a horizon from which a month is scaled, rows and calls left
// out, prices that stand in for others. Every study of the run carries them. bill
// is the priced run; nil where a study has no prices.
func inputNotes(plan *scenarios.Plan, rep *replication, bill *result.Run) []string {
	var out []string
	say := func(format string, args ...any) {
		if line := fmt.Sprintf(format, args...); !slices.Contains(out, line) {
			out = append(out, line)
		}
	}
	if text := assumedMax(rep); text != "" {
		say("%s", text)
	}
	for _, n := range shortHorizon(rep, bill != nil) {
		say("%s", n)
	}
	if n := rep.steps[0].CappedMax; n > 0 {
		say("%d requests asked for more max_tokens than their model can produce; capped to its maximum", n)
	}
	if s := rep.tally.summary; s != nil {
		for _, r := range s.Reasons {
			say("%s", leftOut(r))
		}
		if s.Failed > 0 && plan.Base.Trace.Failed == "skip" {
			say("left out: %d calls that the log says failed (trace.failed = \"replay\" plays them)", s.Failed)
		}
	}
	if bill == nil {
		return out
	}
	for _, n := range pricedElsewhere(bill) {
		say("%s", n)
	}
	if list := undated(plan, rep); len(list) > 0 {
		say("prices read after the day that they are used for, since when they hold is not known: %s", strings.Join(list, ", "))
	}
	return out
}

// assumedMax says what rows got that do not say their max_tokens, "" where all do.
func assumedMax(rep *replication) string {
	n := rep.steps[0].MaxAssumed
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("max_tokens: %d of %d requests do not say theirs; %s", n, rep.steps[0].Offered, maxText(rep.compiled[0].Config.Max))
}

// gather adds the notes of a study's next run: what an earlier run said of the
// same thing, with other figures, is not said again.
func gather(out, next []string) []string {
	known := map[string]bool{}
	for _, n := range out {
		known[subject(n)] = true
	}
	for _, n := range next {
		if !known[subject(n)] {
			out = append(out, n)
		}
	}
	return out
}

// subject is what a note is on: its text up to a colon or its first figure.
func subject(note string) string {
	if i := strings.IndexAny(note, ":0123456789"); i >= 0 {
		return note[:i]
	}
	return note
}
