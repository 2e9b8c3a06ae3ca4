package study

import (
	"fmt"
	"strconv"
	"strings"

	"quotawall/scenarios/result"
)

// conclude names the winner, or what would make a mix feasible, and says so in a
// sentence.
func (s *search) conclude() {
	s.out.Method = s.method()
	switch {
	case len(s.out.Feasible) > 0:
		s.out.Winner = &s.out.Feasible[0]
		s.out.Verdict = wonText(s.out.Winner)
	case len(s.out.Rejected) == 0:
		s.out.Verdict = "infeasible: no mix can be made"
	default:
		s.out.Remedies = remedies(s.out)
		s.out.Verdict = "infeasible: no mix meets the objective. " + remedyText(s.out)
	}
}

func (s *search) method() string {
	all := fmt.Sprintf("exhaustive: all %d mixes of the scenario's own steps were simulated over the same arrivals", s.out.Space)
	left := s.out.Space - s.out.Simulated
	switch {
	case len(s.out.Feasible) == 0:
		return all + "; for this traffic and seed none meets the objective"
	case left == 0:
		return all + "; for this traffic and seed no mix in the space is cheaper"
	}
	return fmt.Sprintf("exhaustive: of %d mixes of the scenario's own steps %d were simulated over the same arrivals and %d left out, since their fees alone cost more than a mix that meets the objective; for this traffic and seed no mix in the space is cheaper", s.out.Space, s.out.Simulated, left)
}

// wonText says what the winner costs and serves, and how.
func wonText(w *result.Mix) string {
	text := fmt.Sprintf("%s meets the objective at $%.2f a month, serving %.2f %% of requests and %.2f %% of tokens", titled(w.Levers), w.MonthUSD, 100*orOne(w.ServedShare), 100*orOne(w.ServedTokenShare))
	var how []string
	if w.DegradedShare > 0 {
		how = append(how, fmt.Sprintf("%.1f %% of requests degraded to a lower tier", 100*w.DegradedShare))
	}
	if w.DeferredShare > 0 {
		how = append(how, fmt.Sprintf("%.1f %% deferred", 100*w.DeferredShare))
	}
	if len(how) > 0 {
		text += ", with " + strings.Join(how, " and ")
	}
	return text
}

// remedies are, for each limit of the objective, the least value of it alone
// with which a mix would be feasible.
func remedies(p *result.Plan) []result.Remedy {
	var out []result.Remedy
	for _, o := range p.Objective {
		r := result.Remedy{Objective: o}
		for i := range p.Rejected {
			m := &p.Rejected[i]
			if len(m.Fails) != 1 || m.Fails[0].Figure != o.Figure {
				continue
			}
			if found := m.Fails[0].Found; r.Least == nil || found < *r.Least || found == *r.Least && m.MonthUSD < *r.MonthUSD {
				r.Least, r.Levers, r.MonthUSD = &found, m.Levers, &m.MonthUSD
			}
		}
		out = append(out, r)
	}
	return out
}

// remedyText says which limits would do with another value.
func remedyText(p *result.Plan) string {
	var would, wouldNot []string
	for _, r := range p.Remedies {
		name := result.FigureName(r.Figure)
		if r.Least == nil {
			wouldNot = append(wouldNot, name)
			continue
		}
		would = append(would, fmt.Sprintf("%s at most %s instead of %s (%s, $%.2f a month)", name, result.AtLeast(*r.Least, r.Unit), stated(r.Limit, r.Unit), titled(r.Levers), *r.MonthUSD))
	}
	if len(would) > 0 {
		text := "It takes " + strings.Join(would, ", or ")
		if len(wouldNot) > 0 {
			text += "; no other value of " + strings.Join(wouldNot, " or of ") + " alone would do"
		}
		return text
	}
	near := &p.Rejected[0]
	var relax []string
	for _, f := range near.Fails {
		relax = append(relax, fmt.Sprintf("%s at most %s instead of %s", result.FigureName(f.Figure), result.AtLeast(f.Found, f.Unit), stated(f.Limit, f.Unit)))
	}
	return fmt.Sprintf("No limit alone is to blame. The nearest is %s at $%.2f a month; it takes %s", titled(near.Levers), near.MonthUSD, strings.Join(relax, " and "))
}

// stated writes a limit as it was given.
func stated(f float64, unit string) string {
	switch unit {
	case "share":
		return fmt.Sprintf("%.6g %%", 100*f)
	case "USD":
		return "$" + strconv.FormatFloat(f, 'f', -1, 64)
	}
	return strconv.FormatFloat(f, 'f', -1, 64) + " " + unit
}

func titled(levers []string) string {
	if len(levers) == 0 {
		return "the scenario as it is"
	}
	return strings.Join(levers, " + ")
}
