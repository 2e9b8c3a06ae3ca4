package reports

import (
	"fmt"
	"math"
	"strings"

	"quotawall/scenarios/result"
)

// enough is the share of requests and of tokens from which a step counts as
// serving the traffic.
const enough = 0.999

// Verdict is the answer of a run in at most three sentences, made from its
// figures: how the first step stands, which step serves the traffic for
// least, and what that changes.
func Verdict(run *result.Run) []string {
	if len(run.Steps) == 0 {
		return nil
	}
	first := &run.Steps[0]
	out := []string{firstSentence(run, first)}
	if len(run.Steps) == 1 {
		return append(out, fmt.Sprintf("The answer rests on %d assumptions, listed below.", len(run.Assumptions)))
	}
	best, serves := bestStep(run)
	if serves {
		out = append(out, fmt.Sprintf("%s is the cheapest step that serves at least %s of requests and of tokens: %s a month for %s of requests and %s of tokens.",
			quote(best.Name), percentOf(enough), usd(best.Cost.MonthUSD), shareOf(best.ServedShare), shareOf(best.ServedTokenShare)))
	} else {
		out = append(out, fmt.Sprintf("No step serves %s of requests and of tokens; %s comes nearest, with %s of requests and %s of tokens for %s a month.",
			percentOf(enough), quote(best.Name), shareOf(best.ServedShare), shareOf(best.ServedTokenShare), usd(best.Cost.MonthUSD)))
	}
	return append(out, lastSentence(run, first, best))
}

func firstSentence(run *result.Run, s *result.Step) string {
	head := fmt.Sprintf("%s serves %s of requests and %s of tokens for %s a month", quote(s.Name), shareOf(s.ServedShare), shareOf(s.ServedTokenShare), usd(s.Cost.MonthUSD))
	c := binding(s)
	if c == nil {
		if reason := otherReason(s.UnservedBy); reason != "" {
			return head + "; what it does not serve is " + reason + "."
		}
		return head + ", and no limit refuses a call."
	}
	when, mark := capClock(c, clockOf(run, run.Scenario.HorizonS < 86400))
	name := fmt.Sprintf("%s (%s) of %s", strings.ReplaceAll(c.Limit, "_", " "), group(fmt.Sprint(c.Value)), ModelName(c.Model))
	switch {
	case when == "":
		return head + "; the limit that binds is " + name + "."
	case mark != "":
		return head + "; the limit that binds is " + name + ", which first refuses at " + when + " (" + mark + ")."
	}
	return head + "; the limit that binds is " + name + ", first spent at " + when + "."
}

// bestStep is the cheapest step that serves enough, else the one whose lower
// share is highest.
func bestStep(run *result.Run) (best *result.Step, serves bool) {
	for i := range run.Steps {
		s := &run.Steps[i]
		w := worseShare(s)
		switch {
		case best == nil:
		case serves && (w < enough || s.Cost.MonthUSD >= best.Cost.MonthUSD):
			continue
		case !serves && w < enough && w <= worseShare(best):
			continue
		}
		best, serves = s, w >= enough
	}
	return best, serves
}

// worseShare is the lower of the shares of requests and tokens served.
func worseShare(s *result.Step) float64 {
	if s.ServedShare == nil || s.ServedTokenShare == nil {
		return 0
	}
	return min(*s.ServedShare, *s.ServedTokenShare)
}

func lastSentence(run *result.Run, first, best *result.Step) string {
	var head string
	if best == first {
		head = "No later step is better"
	} else {
		head = "Against " + quote(first.Name) + " that is " + differenceText(shownUSD(best.Cost.MonthUSD)-shownUSD(first.Cost.MonthUSD), first.Cost.MonthUSD)
	}
	if best.Degraded+best.Deferred > 0 {
		head += fmt.Sprintf(", with %s requests degraded to a lower tier and %s deferred", countText(best.Degraded), countText(best.Deferred))
	}
	if cheap := cheaperThan(run, best); cheap != nil {
		head += fmt.Sprintf("; %s is cheaper, at %s, but leaves %s of requests and %s of tokens unserved", quote(cheap.Name), usd(cheap.Cost.MonthUSD),
			restOf(cheap.ServedShare), restOf(cheap.ServedTokenShare))
	}
	return head + "."
}

// cheaperThan is the cheapest step that costs less than one and serves less.
func cheaperThan(run *result.Run, best *result.Step) *result.Step {
	var cheap *result.Step
	for i := range run.Steps {
		s := &run.Steps[i]
		if s.Cost.MonthUSD < best.Cost.MonthUSD && worseShare(s) < worseShare(best) && (cheap == nil || s.Cost.MonthUSD < cheap.Cost.MonthUSD) {
			cheap = s
		}
	}
	return cheap
}

func differenceText(by, of float64) string {
	word := "more"
	if by < 0 {
		word = "less"
	}
	text := fmt.Sprintf("%s a month %s", usd(math.Abs(by)), word)
	if of > 0 {
		text += fmt.Sprintf(" (%s)", percentOf(math.Abs(by)/of))
	}
	return text
}

func quote(name string) string { return "“" + name + "”" }

// usd is dollars as text: cents below 1,000.
func usd(f float64) string {
	s := scale{div: 1}
	if math.Abs(f) < 1000 {
		s.decimals = 2
	}
	return "$" + s.format(Num(f))
}

// shownUSD is the amount that usd shows, so that a difference of two shown
// amounts is the one a reader finds.
func shownUSD(f float64) float64 {
	if math.Abs(f) < 1000 {
		return math.Round(f*100) / 100
	}
	return math.Round(f)
}

func percentOf(f float64) string {
	return scale{kind: Share, div: 0.01, decimals: 1}.format(Num(f))
}

func shareOf(p *float64) string {
	if p == nil {
		return "none"
	}
	return percentOf(*p)
}

func restOf(p *float64) string {
	if p == nil {
		return "all"
	}
	return percentOf(1 - *p)
}
