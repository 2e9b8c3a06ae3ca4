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

// BurnOf follows the daily cap that refused most, on the first day on which
// one did; false where no step can be drawn. Hours add up all pools, so only
// steps that one on-demand pool serves can be held against its cap; and a run
// of less than fewHours says too little about the course of a day.
func BurnOf(run *result.Run) (Burn, bool) {
	c := dailyCap(run)
	if c == nil {
		return Burn{}, false
	}
	start, first := origin(run)
	day := 0
	if at := firstSpent(run, c); at != nil {
		day = int((first + *at/3600) / 24)
	}
	date := start.Truncate(24*time.Hour).AddDate(0, 0, day).Format("Mon 2 Jan 2006")
	b := Burn{Name: "burn", Cap: float64(c.Value), CapName: "daily cap " + trim(float64(c.Value), 0) + " of " + c.Model,
		Title: fmt.Sprintf("Quota tokens used on d%d (%s)", day+1, date)}
	for i := range run.Steps {
		s := &run.Steps[i]
		if pools(s) > 1 {
			b.LeftOut = append(b.LeftOut, s.Name)
			continue
		}
		shift := first - float64(day)*24
		line := burnStep(s, shift, run.Scenario.HorizonS/3600)
		line.Spent = spentOn(s, c, shift)
		if len(line.Hours) > fewHours {
			b.Steps = append(b.Steps, line)
		}
	}
	return b, len(b.Steps) > 0
}

// burnStep sums a step's hours of one day; shift is the start of the run in
// hours after that day's midnight, horizon its length.
func burnStep(s *result.Step, shift, horizon float64) BurnStep {
	used := 0.0
	line := BurnStep{Name: s.Name, Hours: []float64{max(shift, 0)}, Used: []float64{0}}
	for _, h := range s.Hours {
		end := float64(h.Hour) + 1
		if float64(h.Hour) < horizon {
			end = min(end, horizon)
		}
		if end += shift; end > 0 && end <= 24 {
			used += float64(h.Settled)
			line.Hours, line.Used = append(line.Hours, end), append(line.Used, used)
		}
	}
	return line
}

// spentOn is the hour of the day at which a step first spent a cap like c.
func spentOn(s *result.Step, c *result.Cap, shift float64) *float64 {
	var out *float64
	for i := range s.Caps {
		k := &s.Caps[i]
		if k.SpentS == nil || k.Limit != c.Limit || k.Model != c.Model {
			continue
		}
		if at := shift + *k.SpentS/3600; at >= 0 && at < 24 && (out == nil || at < *out) {
			out = &at
		}
	}
	return out
}

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

// dailyCap is the limit per day that refused most calls in any step; without
// refusals, the one used most.
func dailyCap(run *result.Run) *result.Cap {
	var best *result.Cap
	for i := range run.Steps {
		for j := range run.Steps[i].Caps {
			c := &run.Steps[i].Caps[j]
			if !strings.HasPrefix(c.Limit, "tokens_per_day") || c.Value <= 0 {
				continue
			}
			if best == nil || c.Refused > best.Refused ||
				c.Refused == best.Refused && float64(c.PeakUse)/float64(c.Value) > float64(best.PeakUse)/float64(best.Value) {
				best = c
			}
		}
	}
	return best
}

// firstSpent is when a cap like c was first spent in any step, seconds.
func firstSpent(run *result.Run, c *result.Cap) *float64 {
	var out *float64
	for _, s := range run.Steps {
		for _, k := range s.Caps {
			if k.Limit == c.Limit && k.Model == c.Model && k.SpentS != nil && (out == nil || *k.SpentS < *out) {
				out = k.SpentS
			}
		}
	}
	return out
}

// RatesOf is the flow of quota tokens of a step.
func RatesOf(run *result.Run, step int) Rates {
	s := &run.Steps[step]
	_, first := origin(run)
	d := Rates{Name: fmt.Sprintf("rates-%d", step), Step: step, Title: s.Name + ": quota tokens a minute"}
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
	var pool *result.Cap
	for i := range s.Caps {
		if c := &s.Caps[i]; c.Limit == "tokens_per_minute" && c.Value > 0 && (pool == nil || c.PeakUse > pool.PeakUse) {
			pool = c
		}
	}
	if pool != nil {
		d.Limit, d.LimitName = float64(pool.Value), "limit "+trim(float64(pool.Value), 0)+" of "+pool.Model
	}
	return d
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
