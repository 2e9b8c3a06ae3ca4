package scenarios

import (
	"fmt"
	"math"
	"strconv"
)

// Grown are the values under which a scenario has factor times its demand.
// Synthesized classes get that many more sessions or calls, the same sizes and
// shapes; a trace is superposed as often as the factor's whole part wants, each
// copy thinned by sessions to make the factor exact on average. Factor is
// above 0.
func (s *Spec) Grown(factor float64) []Assignment {
	if factor == 1 {
		return nil
	}
	if len(s.Traffic) == 0 {
		copies := int64(math.Ceil(factor))
		keep := s.Trace.Keep.Float() * factor / float64(copies)
		return []Assignment{to("trace.scale", copies*s.Trace.Scale), to("trace.keep", percent(keep))}
	}
	var out []Assignment
	for i := range s.Traffic {
		w := &s.Traffic[i]
		at := "traffic." + strconv.Itoa(i)
		switch {
		case w.After.Class != "": // follows the class it belongs to
		case w.Rate > 0:
			out = append(out, to(at+".rate", perDay(w.Rate*factor)))
		default:
			out = append(out, to(at+".sessions_per_day", w.SessionsPerDay*factor))
		}
	}
	return out
}

// perDay writes a rate a second as calls a day.
func perDay(rate float64) string { return fmt.Sprintf("%.6f/d", rate*86400) }
