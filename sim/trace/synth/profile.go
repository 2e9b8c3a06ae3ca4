package synth

import (
	"fmt"
	"math"
	"time"

	"quotawall/sim/unit"
)

// A week's profile is held in quarters of an hour.
const (
	slot         = 15 * unit.Minute
	slotsPerDay  = int(unit.Day / slot)
	slotsPerWeek = 7 * slotsPerDay
	week         = float64(7 * unit.Day)
)

// clock turns work, which is time at weight 1, into time under a week's
// profile. It is the exact inverse of the profile's integral, so a process
// that is stationary in work keeps its law and its CV under any profile
// (thinning would wash a bursty renewal process out to CV 1; for a Poisson
// process the two agree).
type clock struct {
	flat    bool
	weights []float64 // slotsPerWeek, mean 1 over a day of weekly weight 1
	phase   float64   // microseconds into the local week at time 0
}

// newClock compiles a checked profile for a trace that starts at start.
func newClock(p *Profile, start time.Time) clock {
	local := start.UTC().Add(time.Duration(p.Offset) * time.Microsecond)
	midnight := time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, time.UTC)
	monday := (int(local.Weekday()) + 6) % 7
	c := clock{
		flat:  true,
		phase: float64(monday)*float64(unit.Day) + float64(local.Sub(midnight).Microseconds()),
	}
	day := p.day()
	c.weights = make([]float64, slotsPerWeek)
	for i := range c.weights {
		c.weights[i] = day[i%slotsPerDay]
		if p.Weekly != nil {
			c.weights[i] *= p.Weekly[i/slotsPerDay]
		}
		c.flat = c.flat && c.weights[i] == 1
	}
	return c
}

// Busy is the mean weight of the workload's profile over a trace that starts at
// start: what its mean rate is as a share of Rate.
func (w *Workload) Busy(start time.Time, horizon unit.Time) float64 {
	c := newClock(&w.Profile, start)
	whole := horizon / (7 * unit.Day)
	work := float64(whole)*c.work(0, week) + c.work(0, float64(horizon-whole*7*unit.Day))
	return work / float64(horizon)
}

// day is the day's weights, slot by slot, with mean 1.
func (p *Profile) day() []float64 {
	day := make([]float64, slotsPerDay)
	for i := range day {
		switch {
		case p.HoursTo > p.HoursFrom:
			from, to := unit.Time(i)*slot, unit.Time(i+1)*slot
			within := max(0, min(to, p.HoursTo)-max(from, p.HoursFrom))
			share := float64(within) / float64(slot)
			day[i] = share + float64((1-share)*p.OffHours)
		case p.Peak > 1:
			hours := float64(i) + 0.5 - float64(p.PeakAt)/float64(slot)
			day[i] = math.Exp(concentration(p.Peak) * math.Cos(2*math.Pi*hours/float64(slotsPerDay)))
		case p.Daily != nil:
			day[i] = p.Daily[i*len(p.Daily)/slotsPerDay]
		default:
			day[i] = 1
		}
	}
	sum := 0.0
	for _, w := range day {
		sum += w
	}
	for i := range day {
		day[i] *= float64(slotsPerDay) / sum
	}
	return day
}

// concentration is the k for which exp(k cos x) has this peak/mean ratio over
// a day.
func concentration(peak float64) float64 {
	low, high := 0.0, 20.0
	for range 60 {
		k := (low + high) / 2
		mean := 0.0
		for i := range slotsPerDay {
			mean += math.Exp(k*math.Cos(2*math.Pi*(float64(i)+0.5)/float64(slotsPerDay))) / float64(slotsPerDay)
		}
		if math.Exp(k)/mean < peak {
			low = k
		} else {
			high = k
		}
	}
	return low
}

// after is the time at which work microseconds of weight 1 have passed since t.
// It is +Inf beyond the horizon.
func (c *clock) after(t, work, horizon float64) float64 {
	if c.flat {
		return t + work
	}
	place := math.Mod(t+c.phase, week)
	i := int(place / float64(slot))
	left := float64(i+1)*float64(slot) - place
	for t < horizon {
		w := c.weights[i%slotsPerWeek]
		if done := left * w; done < work {
			work -= done
			t += left
			left = float64(slot)
			i++
			continue
		}
		return t + work/w
	}
	return math.Inf(1)
}

// work is the work between two times: the profile's integral.
func (c *clock) work(from, to float64) float64 {
	if c.flat {
		return to - from
	}
	sum := 0.0
	for from < to {
		place := math.Mod(from+c.phase, week)
		i := int(place / float64(slot))
		end := min(to, from+float64(i+1)*float64(slot)-place)
		if end <= from {
			end = math.Nextafter(from, math.Inf(1))
		}
		sum += (end - from) * c.weights[i%slotsPerWeek]
		from = end
	}
	return sum
}

func (p *Profile) mistakes(name string, list []string) []string {
	bad := func(format string, args ...any) { list = append(list, name+": "+fmt.Sprintf(format, args...)) }
	if n := len(p.Daily); n > 0 && slotsPerDay%n != 0 {
		bad("%d daily weights: their number must divide %d (24 is one an hour)", n, slotsPerDay)
	}
	if n := len(p.Weekly); n > 0 && n != 7 {
		bad("%d weekly weights: want 7, Monday first", n)
	}
	for _, weights := range [][]float64{p.Daily, p.Weekly} {
		sum := 0.0
		for _, w := range weights {
			if !(w >= 0 && w <= 1e6) {
				bad("weight %g is not between 0 and 1000000", w)
			}
			sum += w
		}
		if len(weights) > 0 && sum == 0 {
			bad("all weights are 0")
		}
	}
	return p.dayMistakes(name, list)
}

// dayMistakes appends what is wrong with the shape of the day.
func (p *Profile) dayMistakes(name string, list []string) []string {
	bad := func(format string, args ...any) { list = append(list, name+": "+fmt.Sprintf(format, args...)) }
	if p.HoursFrom < 0 || p.HoursTo > unit.Day || p.HoursTo < p.HoursFrom {
		bad("hours %v to %v do not lie in order within a day", p.HoursFrom, p.HoursTo)
	}
	if !(p.OffHours >= 0 && p.OffHours <= 1) {
		bad("off_hours %g is no share", p.OffHours)
	}
	if p.Peak != 0 && !(p.Peak >= 1 && p.Peak <= 8) {
		bad("peak %g is not between 1 and 8", p.Peak)
	}
	if p.PeakAt < 0 || p.PeakAt > unit.Day {
		bad("peak_at %v is no time of day", p.PeakAt)
	}
	if p.Offset < -14*unit.Hour || p.Offset > 14*unit.Hour {
		bad("utc_offset %v is not between -14h and 14h", p.Offset)
	}
	shapes := 0
	for _, given := range []bool{p.Daily != nil, p.HoursTo > 0, p.Peak > 1} {
		if given {
			shapes++
		}
	}
	if shapes > 1 {
		bad("daily, hours and peak each shape the day: give one of them")
	}
	return list
}
