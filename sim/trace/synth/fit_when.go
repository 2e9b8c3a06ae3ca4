package synth

import (
	"math"

	"quotawall/sim/trace"
	"quotawall/sim/unit"
)

// Thresholds of the estimates, chosen: a CV this near to 1 is Poisson, one
// this low a timer's, one this high comes from bursts; with this share of equal times the clock, not
// the traffic, makes the gaps; and a day's shape takes so much of a trace.
const (
	poissonCV  = 0.05
	evenCV     = 0.05
	burstCV    = 4.0
	equalTimes = 0.3
	dailySpan  = 2 * unit.Day
	weeklySpan = 7 * unit.Day
	dailyCalls = 480 // 20 session starts for each hour of the day
)

// when estimates rate, process and profile.
func (o *observed) when(w *Workload, info *trace.Info, span unit.Time, say func(string, ...any)) {
	seen := o.last - o.first
	if o.calls < 2 || seen == 0 {
		seen = max(span, unit.Minute)
		say("its calls come at one moment; they are spread over %v", seen)
	}
	perSecond := float64(max(o.calls-1, 1)) / seen.Seconds()
	shaped := seen >= dailySpan && o.begun >= dailyCalls
	if shaped {
		perSecond = o.profile(w, info) * float64(o.calls) / float64(o.begun)
		say("the shape of its day is that of %.3g days (UTC)", float64(seen)/float64(unit.Day))
	} else {
		say("the trace is too short for a shape of the day: it is flat")
	}
	w.Rate = round(perSecond)
	w.Arrivals = o.arrivals(shaped, say)
}

// profile estimates daily weights, and weekly ones from a week on, and returns
// the rate of session starts on a day of weight 1.
func (o *observed) profile(w *Workload, info *trace.Info) float64 {
	o.cover(weekClock(info))
	daily := make([]float64, 24)
	for h := range daily {
		var at hour
		for d := range 7 {
			at.starts += o.week[d*24+h].starts
			at.covered += o.week[d*24+h].covered
		}
		daily[h] = at.starts / max(at.covered, 1e-9)
	}
	sum := 0.0
	for _, x := range daily {
		sum += x / 24
	}
	covered := 0.0
	for h := range daily {
		daily[h] = round(daily[h] / sum)
	}
	var days [7]hour
	for i := range o.week {
		days[i/24].starts += o.week[i].starts
		days[i/24].covered += o.week[i].covered * daily[i%24]
		covered += o.week[i].covered * daily[i%24]
	}
	rate := float64(o.begun) / covered // starts per hour at weight 1
	w.Profile.Daily = daily
	if o.last-o.first >= weeklySpan {
		for _, d := range days {
			w.Profile.Weekly = append(w.Profile.Weekly, round(d.starts/max(d.covered, 1e-9)/rate))
		}
	}
	return rate / 3600
}

// cover counts how often each hour of the week lies between the class's first
// call and its last.
func (o *observed) cover(place func(unit.Time) int) {
	for i := range o.week {
		o.week[i].covered = 0
	}
	for at := o.first; at < o.last; {
		// Hours begin on the clock's hour, not on the trace's.
		end := min(o.last, at+unit.Hour)
		if place(end-1) != place(at) {
			low, high := at, end
			for high-low > 1 {
				if mid := low + (high-low)/2; place(mid) == place(at) {
					low = mid
				} else {
					high = mid
				}
			}
			end = high
		}
		o.week[place(at)].covered += float64(end-at) / float64(unit.Hour)
		at = end
	}
}

// arrivals chooses the process by the CV of the gaps: over the whole trace, or
// within hours where the rate changes over the day.
func (o *observed) arrivals(shaped bool, say func(string, ...any)) Arrivals {
	if o.starts.n < 30 {
		say("it has too few session starts for a process of arrivals: poisson is assumed")
		return Arrivals{}
	}
	equal := float64(o.starts.zeros) / float64(o.starts.n)
	cv := math.Sqrt(max(0, o.square/float64(o.starts.n)/math.Pow(o.starts.mean(), 2)-1))
	if shaped {
		cv = o.withinHours(cv)
	}
	switch {
	case equal > equalTimes:
		say("%.3g %% of its sessions start at equal times: the clock is coarse, and their gaps (cv %.3g) say nothing of arrivals: poisson is assumed", equal*100, cv)
		return Arrivals{}
	case cv < evenCV:
		say("its sessions start at even distances (cv %.3g), which no traffic does: poisson is assumed", cv)
		return Arrivals{}
	case math.Abs(cv-1) <= poissonCV:
		return Arrivals{}
	case cv < burstCV:
		return Arrivals{Process: Gamma, CV: round(cv)}
	}
	// Within a burst gaps are exponential, so their median tells its rate.
	share := o.starts.quantile(0.5) / math.Ln2 / o.starts.mean()
	return Arrivals{Process: OnOff, CV: min(round(cv), 100), OnShare: min(max(round(share), 0.005), 0.95)}
}

// withinHours is the CV of gaps about the mean of their own hour; otherwise
// where no hour has enough of them.
func (o *observed) withinHours(otherwise float64) float64 {
	sum, n := 0.0, 0.0
	for _, h := range o.hourly {
		if h.n < 5 || h.sum == 0 {
			continue
		}
		k := float64(h.n)
		m := h.sum / k
		sum += k * (h.square/k - m*m) / (m * m) * k / (k - 1)
		n += k
	}
	if n == 0 {
		return otherwise
	}
	return math.Sqrt(sum / n)
}
