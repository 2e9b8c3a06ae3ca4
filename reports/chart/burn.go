package chart

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"gonum.org/v1/plot/vg/draw"

	"quotawall/reports"
	"quotawall/scenarios/result"
)

// Burn is how a daily cap is used up through one day, a line a step.
type Burn struct {
	Name, Title string
	Cap         float64 // quota tokens a day
	CapName     string
	Steps       []BurnStep
	LeftOut     []string // steps that cannot be drawn
}

// BurnStep is the use at hours of the day (0 at midnight).
type BurnStep struct {
	Name  string
	Hours []float64
	Used  []float64
	Spent *float64 // hour at which the cap was spent
	// Refused is the hour of the first refusal where nothing was spent, and Why
	// its reason in a word.
	Refused *float64
	Why     string
}

// Draw makes the picture.
func (d Burn) Draw() (*Chart, error) {
	b := newBuilder(d.Title, "time of day, UTC", "quota tokens used since midnight")
	b.plot.X.Tick.Marker = hourTicks{}
	b.plot.X.Min, b.plot.X.Max = d.span()
	b.plot.Y.Min = 0
	var said []string
	var times aboveMarks
	for i, s := range d.Steps {
		b.line(Series{s.Name, s.Hours, s.Used}, stroke(i), false, func(x, y float64) string {
			return hourLabel(x, false) + ", " + trim(y, 0) + " quota tokens"
		})
		if n := len(s.Used); n > 0 {
			b.name(s.Hours[n-1], s.Used[n-1], s.Name)
		}
		text, mark := d.event(b, s)
		said = append(said, text)
		times = append(times, mark...)
	}
	limit := wallStroke()
	b.plot.Add(level{d.Cap, limit}, times, keyRow{{name: d.CapName, line: &limit}})
	b.plot.Y.Max = max(b.plot.Y.Max, d.Cap*1.24)
	alt := "Use of " + d.CapName + " through the day: " + strings.Join(said, "; ") + "."
	if len(d.LeftOut) > 0 {
		alt += " Not drawn, since several pools serve them: " + strings.Join(d.LeftOut, ", ") + "."
	}
	return finish(d.Name, d.Title, alt, 640, 330, b)
}

// event marks where a step spent the cap, on its line; else where the cap first
// refused, on the cap. It returns that in words, and the time to write above.
func (d Burn) event(b *builder, s BurnStep) (said string, above aboveMarks) {
	switch {
	case s.Spent != nil:
		at := hourLabel(*s.Spent, false)
		b.mark(*s.Spent, along(Series{s.Name, s.Hours, s.Used}, *s.Spent), draw.CrossGlyph{}, ink(), 5, s.Name+": cap spent at "+at)
		return s.Name + " spends it at " + at, aboveMarks{{*s.Spent, d.Cap, at}}
	case s.Refused != nil:
		at := hourLabel(*s.Refused, false)
		b.mark(*s.Refused, d.Cap, draw.RingGlyph{}, ink(), 4, s.Name+": first refused at "+at+" ("+s.Why+"), never spent")
		return s.Name + " is first refused at " + at + " (" + s.Why + ") and does not spend it", aboveMarks{{*s.Refused, d.Cap, at + " " + s.Why}}
	}
	return s.Name + " does not spend it", nil
}

// reach gives the line a point where the cap was spent: between two hours, the
// use rises to the cap, or to what it is at the hour's end where that is less,
// for a call that no longer fits leaves a rest.
func (s *BurnStep) reach(limit float64) {
	for i := 1; s.Spent != nil && i < len(s.Hours); i++ {
		if at := *s.Spent; at > s.Hours[i-1] && at < s.Hours[i] {
			use := max(s.Used[i-1], min(limit, s.Used[i]))
			s.Hours, s.Used = slices.Insert(s.Hours, i, at), slices.Insert(s.Used, i, use)
			return
		}
	}
}

// span is the day, or the hours that have data where these are few.
func (d Burn) span() (from, to float64) {
	from, to = 24, 0
	for _, s := range d.Steps {
		for _, h := range s.Hours {
			from, to = min(from, math.Floor(h)), max(to, math.Ceil(h))
		}
	}
	if to-from > 6 || to <= from {
		return 0, 24
	}
	return from, to
}

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
	if at := firstMet(run, c); at != nil {
		day = int((first + *at/3600) / 24)
	}
	date := start.Truncate(24*time.Hour).AddDate(0, 0, day).Format("Mon 2 Jan 2006")
	b := Burn{Name: "burn", Cap: float64(c.Value), CapName: "daily cap " + trim(float64(c.Value), 0) + " of " + reports.ModelName(c.Model),
		Title: fmt.Sprintf("Quota tokens used on d%d (%s)", day+1, date)}
	for i := range run.Steps {
		s := &run.Steps[i]
		if pools(s) > 1 {
			b.LeftOut = append(b.LeftOut, s.Name)
			continue
		}
		shift := first - float64(day)*24
		line := burnStep(s, shift, run.Scenario.HorizonS/3600)
		line.meet(s, c, shift)
		line.reach(b.Cap)
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

// meet notes when, on the day, a step first spent a cap like c, or else was
// first refused by one; shift is as in burnStep.
func (s *BurnStep) meet(step *result.Step, c *result.Cap, shift float64) {
	onDay := func(at *float64, before *float64) bool {
		return at != nil && shift+*at/3600 >= 0 && shift+*at/3600 < 24 && (before == nil || shift+*at/3600 < *before)
	}
	spent := false
	for i := range step.Caps {
		k := &step.Caps[i]
		if !like(k, c) {
			continue
		}
		spent = spent || k.SpentS != nil
		if onDay(k.SpentS, s.Spent) {
			s.Spent = new(shift + *k.SpentS/3600)
		}
		if onDay(k.FirstRefusedS, s.Refused) {
			s.Refused, s.Why = new(shift+*k.FirstRefusedS/3600), reports.RefusedMark(k)
		}
	}
	if spent {
		s.Refused, s.Why = nil, ""
	}
}

// like tells whether two caps are one limit of one model, whoever's they are.
func like(a, b *result.Cap) bool { return a.Limit == b.Limit && a.Model == b.Model }

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

// firstMet is when a cap like c was first spent in any step, seconds; where
// none was, when one first refused.
func firstMet(run *result.Run, c *result.Cap) *float64 {
	var spent, refused *float64
	earlier := func(a, b *float64) *float64 {
		if a == nil || b != nil && *b < *a {
			return b
		}
		return a
	}
	for i := range run.Steps {
		for j := range run.Steps[i].Caps {
			if k := &run.Steps[i].Caps[j]; like(k, c) {
				spent, refused = earlier(spent, k.SpentS), earlier(refused, k.FirstRefusedS)
			}
		}
	}
	if spent != nil {
		return spent
	}
	return refused
}
