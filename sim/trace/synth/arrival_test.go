package synth

import (
	"math"
	"slices"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
	"pgregory.net/rapid"

	"quotawall/sim/unit"
)

// bare is a class of single calls of one token at a rate.
func bare(perSecond float64, a Arrivals) Workload {
	return Workload{Class: "bare", Rate: perSecond, Arrivals: a, Prompt: Const(1), Output: Const(1)}
}

// Tolerances are about four standard errors: of a rate CV / sqrt(n) of it.
func TestArrivalsHaveRateAndCV(t *testing.T) {
	for _, c := range []struct {
		name        string
		a           Arrivals
		calls       float64
		wantCV      float64
		rateTol, cv float64 // relative
	}{
		{"poisson", Arrivals{}, 2e5, 1, 0.01, 0.01},
		{"gamma regular", Arrivals{Process: Gamma, CV: 0.3}, 2e5, 0.3, 0.003, 0.02},
		{"gamma", Arrivals{Process: Gamma, CV: 2.28}, 2e5, 2.28, 0.02, 0.03},
		{"weibull regular", Arrivals{Process: Weibull, CV: 0.5}, 2e5, 0.5, 0.005, 0.02},
		{"weibull", Arrivals{Process: Weibull, CV: 2}, 4e5, 2, 0.02, 0.04},
		{"onoff", Arrivals{Process: OnOff, CV: 4, OnShare: 0.3}, 1e6, 4, 0.02, 0.04},
		{"onoff silent", Arrivals{Process: OnOff, CV: 13.15, OnShare: 0.27}, 2e6, 13.15, 0.04, 0.06},
	} {
		t.Run(c.name, func(t *testing.T) {
			const perSecond = 20
			span := unit.Time(c.calls / perSecond * float64(unit.Second))
			rows := synthesize(t, span, 3, bare(perSecond, c.a))
			near(t, "rate", float64(len(rows))/span.Seconds(), perSecond, c.rateTol*perSecond)
			near(t, "cv", cv(gapsOf(rows)), c.wantCV, c.cv*c.wantCV)
		})
	}
}

// The gaps' law by a second implementation: Kolmogorov-Smirnov at the 0.1 %
// level, 1.95 / sqrt(n). Times are whole microseconds, hence the slow rate.
func TestGapsFollowTheirLaw(t *testing.T) {
	shape := weibullShape(1.7)
	for _, c := range []struct {
		a   Arrivals
		cdf func(float64) float64
	}{
		{Arrivals{}, distuv.Exponential{Rate: 0.1}.CDF},
		{Arrivals{Process: Gamma, CV: 1.7}, distuv.Gamma{Alpha: 1 / (1.7 * 1.7), Beta: 0.1 / (1.7 * 1.7)}.CDF},
		{Arrivals{Process: Weibull, CV: 1.7}, distuv.Weibull{K: shape, Lambda: 10 / math.Gamma(1+1/shape)}.CDF},
	} {
		gaps := gapsOf(synthesize(t, 5*unit.Day, 5, bare(0.1, c.a)))
		slices.Sort(gaps)
		worst, n := 0.0, float64(len(gaps))
		for i, g := range gaps {
			p := c.cdf(g)
			worst = max(worst, math.Abs(p-float64(i)/n), math.Abs(float64(i+1)/n-p))
		}
		if limit := 1.95 / math.Sqrt(n); worst > limit {
			t.Errorf("%s: distance %.4f, more than %.4f", c.a.Process, worst, limit)
		}
	}
}

// In bursts the rate is the mean's (1 - (1-d) off) / d, between them off times
// the mean: with long states the two show in minutes far from the mean.
func TestOnOffRates(t *testing.T) {
	rows := synthesize(t, 2*unit.Day, 2, bare(5, Arrivals{Process: OnOff, OnShare: 0.25, OffRate: 0.2, Burst: unit.Hour}))
	perMinute := make([]float64, 2*24*60)
	for _, r := range rows {
		perMinute[r.At/unit.Minute]++
	}
	slices.Sort(perMinute)
	near(t, "median minute, between bursts", perMinute[len(perMinute)*2/5], 60, 5)
	near(t, "busy minute, in a burst", perMinute[len(perMinute)*19/20], 5*60*(1-0.75*0.2)/0.25, 60)
}

// Hour by hour the counts lie within five standard deviations of the weights.
func TestProfileShape(t *testing.T) {
	daily := make([]float64, 24)
	for i := range daily {
		daily[i] = float64(1 + i%7)
	}
	hours := func(h int) float64 {
		if h >= 9 && h < 18 {
			return 1
		}
		return 0.05
	}
	weekly := []float64{1, 1, 2, 1, 1, 0.2, 0}
	for _, c := range []struct {
		name    string
		profile Profile
		weight  func(day, hour int) float64 // of a local hour
		offset  int
	}{
		{"daily", Profile{Daily: daily}, func(_, h int) float64 { return daily[h] }, 0},
		{"weekly", Profile{Weekly: weekly}, func(d, _ int) float64 { return weekly[d] }, 0},
		{"hours", Profile{HoursFrom: 9 * unit.Hour, HoursTo: 18 * unit.Hour, OffHours: 0.05, Weekly: weekly, Offset: -5 * unit.Hour},
			func(d, h int) float64 { return hours(h) * weekly[d] }, -5},
	} {
		t.Run(c.name, func(t *testing.T) {
			const weeks, perHour = 4, 400.0
			w := bare(perHour/3600, Arrivals{})
			w.Profile = c.profile
			counts := make([]float64, 7*24)
			for _, r := range synthesize(t, weeks*7*unit.Day, 4, w) {
				counts[int(r.At/unit.Hour)%len(counts)]++
			}
			day := 0.0
			for h := range 24 {
				day += c.weight(0, h) / c.weight(0, 12) * 1 / 24
			}
			for i, got := range counts {
				local := (i + c.offset + 7*24) % (7 * 24)
				want := weeks * perHour * c.weight(local/24, local%24) / c.weight(0, 12) / day
				if math.Abs(got-want) > 5*math.Sqrt(want)+1e-9 {
					t.Errorf("hour %d has %g calls, want %g", i, got, want)
				}
			}
		})
	}
}

func TestPeakOverMean(t *testing.T) {
	for _, peak := range []float64{1.2, 2.7, 5} {
		p := Profile{Peak: peak, PeakAt: 15 * unit.Hour}
		day := p.day()
		near(t, "mean weight", mean(day), 1, 1e-9)
		near(t, "peak", slices.Max(day), peak, 0.01*peak)
		near(t, "weight at the peak's time", day[15*4], slices.Max(day), 1e-9)
	}
}

// A profile changes time, not the process: in the time of its integral the
// gaps keep their CV.
func TestProfileKeepsCV(t *testing.T) {
	w := bare(2, Arrivals{Process: Gamma, CV: 2.28})
	w.Profile = consumer()
	c := newClock(&w.Profile, monday)
	rows := synthesize(t, 2*unit.Day, 6, w)
	var gaps []float64
	for i := 1; i < len(rows); i++ {
		gaps = append(gaps, c.work(float64(rows[i-1].At), float64(rows[i].At)))
	}
	near(t, "cv", cv(gaps), 2.28, 0.06)
}

func TestClockInverts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := Profile{Daily: rapid.SliceOfN(rapid.Float64Range(0, 5), 4, 4).Draw(t, "daily"), Offset: unit.Time(rapid.IntRange(-12, 12).Draw(t, "offset")) * unit.Hour}
		p.Daily[rapid.IntRange(0, 3).Draw(t, "some")] = 1
		c := newClock(&p, monday)
		from := rapid.Float64Range(0, 1e12).Draw(t, "from")
		work := rapid.Float64Range(1, 1e11).Draw(t, "work")
		to := c.after(from, work, 1e15)
		if got := c.work(from, to); math.Abs(got-work) > 1e-6*work+1 {
			t.Fatalf("from %g, %g of work end at %g, where %g are done", from, work, to, got)
		}
	})
}

func TestWeibullShape(t *testing.T) {
	for _, cv := range []float64{0.05, 0.5, 1, 2, 10, 20} {
		d := distuv.Weibull{K: weibullShape(cv), Lambda: 1}
		near(t, "cv", d.StdDev()/d.Mean(), cv, 1e-6*cv)
	}
}
