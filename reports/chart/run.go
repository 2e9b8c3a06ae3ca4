package chart

import (
	"fmt"
	"math"
	"strings"
	"time"

	"quotawall/scenarios/result"
)

// FromRun draws what a run can fill: the use of the daily cap that binds, cost
// by component, cost against what is left unserved, and for each step of a few
// hours the flow of quota tokens and, where there is one, the queue.
func FromRun(run *result.Run) ([]*Chart, error) {
	var out []*Chart
	add := func(c *Chart, err error) error {
		if err == nil {
			out = append(out, c)
		}
		return err
	}
	if b, ok := BurnOf(run); ok {
		if err := add(b.Draw()); err != nil {
			return nil, err
		}
	}
	if costs(run) {
		if err := add(CostsOf(run).Draw()); err != nil {
			return nil, err
		}
	}
	if f := FrontierOf(run); len(f.Points) > 0 {
		if err := add(f.Draw()); err != nil {
			return nil, err
		}
	}
	for i := range run.Steps {
		if len(run.Steps[i].Hours) < fewHours {
			continue
		}
		if err := add(RatesOf(run, i).Draw()); err != nil {
			return nil, err
		}
		if q, ok := QueueOf(run, i); ok {
			if err := add(q.Draw()); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// costs tells whether any step costs something.
func costs(run *result.Run) bool {
	for _, s := range run.Steps {
		if s.Cost.TotalNUSD > 0 {
			return true
		}
	}
	return false
}

// origin is the start of a run as hours after its UTC midnight.
func origin(run *result.Run) (start time.Time, hour float64) {
	start, err := time.Parse(time.RFC3339Nano, run.Scenario.Start)
	if err != nil {
		return time.Time{}, 0
	}
	start = start.UTC()
	return start, start.Sub(start.Truncate(24 * time.Hour)).Hours()
}

// fewHours is the number of hourly figures that make a course worth drawing.
const fewHours = 4

// pools is how many on-demand pools served a step: its hours add them up.
func pools(s *result.Step) int {
	n := 0
	for _, l := range s.Lanes {
		if l.Lane == "on-demand" && l.Calls > 0 {
			n++
		}
	}
	return n
}

// RatesOf is the flow of quota tokens of a step.
func RatesOf(run *result.Run, step int) Rates {
	s := &run.Steps[step]
	_, first := origin(run)
	d := Rates{Name: fmt.Sprintf("rates-%d", step), Step: step, Title: s.Name + ": quota tokens a minute (mean of each hour; single minutes are higher)"}
	width := 1.0
	for _, h := range s.Hours {
		width = 1
		if left := run.Scenario.HorizonS/3600 - float64(h.Hour); left > 0 && left < 1 {
			width = left // the horizon ends within the hour
		}
		d.Hours = append(d.Hours, first+float64(h.Hour))
		d.Reserved = append(d.Reserved, float64(h.Reserved)/60/width)
		d.Settled = append(d.Settled, float64(h.Settled)/60/width)
	}
	if n := len(d.Hours); n > 0 { // the last hour has a width too
		d.Hours = append(d.Hours, d.Hours[n-1]+width)
		d.Reserved, d.Settled = append(d.Reserved, d.Reserved[n-1]), append(d.Settled, d.Settled[n-1])
	}
	if c, others := minuteCap(s); c != nil {
		d.Limit, d.LimitName, d.Peak = float64(c.Value), "limit "+trim(float64(c.Value), 0)+" of "+c.Model, float64(c.PeakUse)
		d.Met = c.Refused > 0
		if others {
			d.LimitName += " in " + c.Account
		}
	}
	return d
}

// minuteCap is the limit of tokens a minute that refused most calls; without
// refusals, the one used most; others tells whether there are more in use.
func minuteCap(s *result.Step) (best *result.Cap, others bool) {
	used := 0
	for i := range s.Caps {
		c := &s.Caps[i]
		if c.Limit != "tokens_per_minute" || c.Value <= 0 {
			continue
		}
		if c.PeakUse > 0 {
			used++
		}
		if best == nil || c.Refused > best.Refused || c.Refused == best.Refused && c.PeakUse > best.PeakUse {
			best = c
		}
	}
	return best, used > 1
}

// QueueOf is the queue of a step; false where nothing ever waited.
func QueueOf(run *result.Run, step int) (Queue, bool) {
	s := &run.Steps[step]
	_, first := origin(run)
	d := Queue{Name: fmt.Sprintf("queue-%d", step), Step: step, Title: s.Name + ": the queue"}
	for _, h := range s.Hours {
		d.Hours = append(d.Hours, first+float64(h.Hour)+1)
		d.Depth = append(d.Depth, float64(h.Queued))
		d.OldestH = append(d.OldestH, h.OldestS/3600)
	}
	return d, highest(d.Depth) > 0
}

// CostsOf is the bill by component, scaled to a month as the run's total is.
func CostsOf(run *result.Run) Costs {
	d := Costs{Name: "cost", Title: "Cost per month by component, beside what is served"}
	sums := make([]map[string]float64, len(run.Steps))
	for i, s := range run.Steps {
		sums[i] = map[string]float64{}
		for _, l := range s.Cost.Lines {
			name := component(l)
			if _, seen := find(d.Components, name); !seen {
				d.Components = append(d.Components, name)
			}
			sums[i][name] += float64(l.AmountNUSD) / 1e9
		}
	}
	d.Components = mostly(d.Components, sums)
	for _, s := range run.Steps {
		scale := 0.0
		if s.Cost.TotalNUSD != 0 {
			scale = s.Cost.MonthUSD / (float64(s.Cost.TotalNUSD) / 1e9)
		}
		bar := CostStep{Name: s.Name, MonthUS: make([]float64, len(d.Components))}
		for _, l := range s.Cost.Lines {
			at, named := find(d.Components, component(l))
			if !named {
				at = len(d.Components) - 1
			}
			bar.MonthUS[at] += float64(l.AmountNUSD) / 1e9 * scale
		}
		if s.ServedShare != nil && s.ServedTokenShare != nil {
			bar.Note = fmt.Sprintf(", serves %s / %s", share(*s.ServedShare), share(*s.ServedTokenShare))
			d.Title = "Cost per month by component, and the shares of requests / tokens served"
		}
		d.Steps = append(d.Steps, bar)
	}
	return d
}

// component groups bill lines for a picture.
func component(l result.Line) string {
	if l.Item != "tokens" {
		return strings.ReplaceAll(l.Item, "-", " ")
	}
	switch l.Kind {
	case "cache_write_5m", "cache_write_1h":
		return "cache write"
	}
	return strings.ReplaceAll(l.Kind, "_", " ")
}

// mostly keeps the five largest components and puts the rest under "other".
func mostly(names []string, sums []map[string]float64) []string {
	const keep = 5
	if len(names) <= keep+1 {
		return names
	}
	peak := func(name string) float64 {
		out := 0.0
		for _, s := range sums {
			out = math.Max(out, s[name])
		}
		return out
	}
	kept := append([]string(nil), names...)
	for len(kept) > keep {
		least := 0
		for i := range kept {
			if peak(kept[i]) < peak(kept[least]) {
				least = i
			}
		}
		kept = append(kept[:least], kept[least+1:]...)
	}
	return append(kept, "other")
}

func find(names []string, name string) (int, bool) {
	for i, n := range names {
		if n == name {
			return i, true
		}
	}
	return -1, false
}

// share never writes some as none, nor nearly all as all.
func share(f float64) string {
	switch {
	case f > 0.999 && f < 1:
		return ">99.9%"
	case f > 0 && f < 0.001:
		return "<0.1%"
	}
	return trim(f*100, 1) + "%"
}

// FrontierOf is cost against what each step leaves unserved.
func FrontierOf(run *result.Run) Frontier {
	d := Frontier{Name: "frontier", Title: "Cost against what is left unserved"}
	for _, s := range run.Steps {
		if s.ServedShare == nil || s.ServedTokenShare == nil {
			continue
		}
		d.Points = append(d.Points, FrontierPoint{s.Name, s.Cost.MonthUSD, 1 - *s.ServedShare, 1 - *s.ServedTokenShare})
	}
	return d
}
