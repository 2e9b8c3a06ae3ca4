package synth

import (
	"fmt"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/stat/distuv"

	"quotawall/sim/unit"
)

// process places arrivals of one class in time. It is immutable; what changes
// from arrival to arrival is in a state.
type process struct {
	kind    Process
	clock   clock
	horizon float64
	mean    float64 // microseconds of work between arrivals
	shape   float64 // gamma and weibull
	scale   float64 // of a unit mean: gamma's rate, weibull's scale
	// onoff: work per unit rate in a burst and between bursts, and their mean
	// lengths in microseconds.
	gap, length [2]float64
	onShare     float64
}

// state is where one arrival process stands.
type state struct {
	at      float64 // microseconds
	changes float64 // onoff: the end of the current state
	slow    float64 // stretches the gaps of a user who sends less than the mean
	quiet   bool    // onoff: between bursts
}

// newProcess compiles checked arrivals of perSecond a second.
func newProcess(a *Arrivals, perSecond float64, c clock, horizon unit.Time) *process {
	p := &process{kind: a.Process, clock: c, horizon: float64(horizon), mean: float64(unit.Second) / perSecond}
	cv := a.cv()
	switch {
	case p.kind == OnOff:
		p.bursts(a, cv)
	case cv == 1 || p.kind == "":
		p.kind = Poisson
	case p.kind == Gamma:
		p.shape = 1 / (cv * cv)
		p.scale = p.shape
	case p.kind == Weibull:
		p.shape = weibullShape(cv)
		p.scale = 1 / math.Gamma(1+1/p.shape)
	}
	return p
}

func (a *Arrivals) cv() float64 {
	if a.CV == 0 {
		return 1
	}
	return a.CV
}

// bursts sets the two states. With all arrivals in bursts, a share d of time in
// bursts of mean length L and a mean rate m, the squared CV of the gaps is
// 1 + 2 m L (1-d)^2 / d (Kuczura, "The interrupted Poisson process as an
// overflow process", Bell Syst. Tech. J. 52(3), 1973).
func (p *process) bursts(a *Arrivals, cv float64) {
	d := a.OnShare
	on := (1 - float64((1-d)*a.OffRate)) / d // rate in bursts over the mean rate
	p.onShare = d
	p.gap = [2]float64{p.mean / on, math.Inf(1)}
	if a.OffRate > 0 {
		p.gap[1] = p.mean / a.OffRate
	}
	length := float64(a.Burst)
	if a.Burst == 0 {
		length = (cv*cv - 1) * d * p.mean / (2 * (1 - d) * (1 - d))
	}
	p.length = [2]float64{length, length * (1 - d) / d}
}

// weibullShape is the shape k whose CV is cv: 1 + cv^2 = G(1+2/k) / G(1+1/k)^2.
func weibullShape(cv float64) float64 {
	low, high := 0.05, 50.0
	for range 80 {
		k := math.Sqrt(low * high)
		a, _ := math.Lgamma(1 + 2/k)
		b, _ := math.Lgamma(1 + 1/k)
		if a-2*b > math.Log1p(cv*cv) {
			low = k
		} else {
			high = k
		}
	}
	return low
}

// first places the first arrival of a process that has gone on for ever: the
// residual of a length-biased gap, so that many users do not begin in step.
func (p *process) first(s *state, r *rand.Rand, src rand.Source) {
	switch p.kind {
	case Gamma:
		s.at = p.clock.after(0, r.Float64()*distuv.Gamma{Alpha: p.shape + 1, Beta: p.scale, Src: src}.Rand()*p.mean*s.slow, p.horizon)
	case Weibull:
		y := distuv.Gamma{Alpha: 1 + 1/p.shape, Beta: 1, Src: src}.Rand()
		s.at = p.clock.after(0, r.Float64()*p.scale*math.Pow(y, 1/p.shape)*p.mean*s.slow, p.horizon)
	case OnOff:
		s.quiet = r.Float64() >= p.onShare
		s.changes = r.ExpFloat64() * p.length[state01(s.quiet)] * s.slow
		p.next(s, r, src)
	default:
		p.next(s, r, src)
	}
}

// next places the arrival after the one at s.at; it is +Inf or beyond the
// horizon where there is none.
func (p *process) next(s *state, r *rand.Rand, src rand.Source) {
	switch p.kind {
	case Gamma:
		s.at = p.clock.after(s.at, distuv.Gamma{Alpha: p.shape, Beta: p.scale, Src: src}.Rand()*p.mean*s.slow, p.horizon)
	case Weibull:
		s.at = p.clock.after(s.at, p.scale*math.Pow(r.ExpFloat64(), 1/p.shape)*p.mean*s.slow, p.horizon)
	case OnOff:
		p.nextOnOff(s, r)
	default:
		s.at = p.clock.after(s.at, r.ExpFloat64()*p.mean*s.slow, p.horizon)
	}
}

// nextOnOff spends one exponential draw of expected arrivals, state after
// state: states last in real time, the profile modulates the rate in them.
func (p *process) nextOnOff(s *state, r *rand.Rand) {
	want := r.ExpFloat64()
	for s.at < p.horizon {
		gap := p.gap[state01(s.quiet)] * s.slow
		at := math.Inf(1)
		if !math.IsInf(gap, 1) {
			at = p.clock.after(s.at, want*gap, min(p.horizon, s.changes))
		}
		if at < s.changes {
			s.at = at
			return
		}
		if !math.IsInf(gap, 1) {
			want -= p.clock.work(s.at, s.changes) / gap
			want = max(want, 0)
		}
		s.at = s.changes
		s.quiet = !s.quiet
		s.changes += r.ExpFloat64() * p.length[state01(s.quiet)] * s.slow
	}
	s.at = math.Inf(1)
}

func state01(quiet bool) int {
	if quiet {
		return 1
	}
	return 0
}

func (a *Arrivals) mistakes(name string, list []string) []string {
	bad := func(format string, args ...any) { list = append(list, name+": "+fmt.Sprintf(format, args...)) }
	switch a.Process {
	case "", Poisson:
		if a.CV != 0 && a.CV != 1 {
			bad("cv %g with a Poisson process, whose cv is 1: choose gamma, weibull or onoff", a.CV)
		}
	case Gamma, Weibull:
		if a.CV != 0 && !(a.CV >= 0.05 && a.CV <= 20) {
			bad("cv %g is not between 0.05 and 20", a.CV)
		}
	case OnOff:
		if !(a.OnShare > 0 && a.OnShare < 1) {
			bad("on_share %g: want a share above 0 and below 1", a.OnShare)
		}
		if !(a.OffRate >= 0 && a.OffRate < 1) {
			bad("off_rate %g: want a share of the mean rate, below 1", a.OffRate)
		}
		switch {
		case a.Burst < 0:
			bad("burst %v is negative", a.Burst)
		case a.Burst == 0 && !(a.CV > 1 && a.CV <= 100):
			bad("cv %g: give a cv above 1 (at most 100) or the mean length of a burst", a.CV)
		}
	default:
		bad("unknown process %q (known: poisson, gamma, weibull, onoff)", a.Process)
	}
	return list
}
