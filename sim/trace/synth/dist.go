package synth

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// Kind names a distribution.
type Kind string

// Distributions.
const (
	Constant    Kind = "constant"    // Value
	Lognormal   Kind = "lognormal"   // Mu, Sigma of ln x; or P50 and P90
	Pareto      Kind = "pareto"      // scale Low > 0, index Alpha > 0
	Exponential Kind = "exponential" // Value is the mean
	Uniform     Kind = "uniform"     // from Low to High
	Table       Kind = "table"       // X[i] with weight P[i]
	Quantiles   Kind = "quantiles"   // P[i] is the probability of at most X[i]; geometric between
)

// Dist is a distribution of tokens, counts or seconds, truncated to
// [Min, Max] where Max > 0. The zero Dist is "not given".
type Dist struct {
	Kind      Kind
	Value     float64
	Mu, Sigma float64
	P50       float64
	P90       float64
	Low, High float64
	Alpha     float64
	X         []float64
	P         []float64
	Min       float64
	Max       float64
	// Redraw conditions on [Min, Max] by drawing again; otherwise what falls
	// outside is set to the bound, as a context limit does.
	Redraw bool
}

// Const is the distribution of one value.
func Const(v float64) Dist { return Dist{Kind: Constant, Value: v} }

// LogN is a lognormal with mean mu and standard deviation sigma of ln x,
// truncated to [low, high]; high 0 = no bound.
func LogN(mu, sigma, low, high float64) Dist {
	return Dist{Kind: Lognormal, Mu: mu, Sigma: sigma, Min: low, Max: high}
}

// Given reports whether the distribution was given at all.
func (d *Dist) Given() bool { return d.Kind != "" }

func (d *Dist) one() bool { return !d.Given() || d.Kind == Constant && d.Value == 1 }

// z90 is the standard normal's 90 % quantile.
const z90 = 1.2815515655446004

// normal is the lognormal's parameters.
func (d *Dist) normal() (mu, sigma float64) {
	if d.P50 > 0 {
		return math.Log(d.P50), math.Log(d.P90/d.P50) / z90
	}
	return d.Mu, d.Sigma
}

// Quantile is the smallest x with a probability of at least p at or below,
// truncation included.
func (d *Dist) Quantile(p float64) float64 {
	if d.Redraw && d.Max > 0 {
		low, high := d.cdf(math.Nextafter(d.Min, math.Inf(-1))), d.cdf(d.Max)
		p = low + float64(p*(high-low))
	}
	return d.clamp(d.raw(p))
}

func (d *Dist) clamp(x float64) float64 {
	x = max(x, d.Min)
	if d.Max > 0 {
		x = min(x, d.Max)
	}
	return x
}

// raw is the quantile without truncation.
func (d *Dist) raw(p float64) float64 {
	switch d.Kind {
	case Lognormal:
		mu, sigma := d.normal()
		return math.Exp(mu + float64(sigma*distuv.UnitNormal.Quantile(p)))
	case Pareto:
		return d.Low * math.Pow(1-p, -1/d.Alpha)
	case Exponential:
		return -d.Value * math.Log1p(-p)
	case Uniform:
		return d.Low + float64(p*(d.High-d.Low))
	case Table:
		return d.tableQuantile(p)
	case Quantiles:
		return interpolate(d.P, d.X, p)
	}
	return d.Value
}

func (d *Dist) cdf(x float64) float64 {
	low, high := 0.0, 1.0
	for range 60 {
		mid := (low + high) / 2
		if d.raw(mid) <= x {
			low = mid
		} else {
			high = mid
		}
	}
	return low
}

func (d *Dist) tableQuantile(p float64) float64 {
	total := 0.0
	for _, w := range d.P {
		total += w
	}
	sum := 0.0
	for i, w := range d.P {
		sum += w
		if sum >= p*total {
			return d.X[i]
		}
	}
	return d.X[len(d.X)-1]
}

// interpolate is the quantile at p of points (ps, xs), both rising: geometric
// between positive values, straight otherwise.
func interpolate(ps, xs []float64, p float64) float64 {
	i, _ := slices.BinarySearch(ps, p)
	switch {
	case i == 0:
		return xs[0]
	case i == len(ps):
		return xs[len(xs)-1]
	}
	f := (p - ps[i-1]) / (ps[i] - ps[i-1])
	if xs[i-1] > 0 {
		return xs[i-1] * math.Pow(xs[i]/xs[i-1], f)
	}
	return xs[i-1] + float64(f*(xs[i]-xs[i-1]))
}

// Mean is the mean, truncation included, by the midpoint rule over 2^16
// quantiles: to about 0.1 % for what token counts look like.
func (d *Dist) Mean() float64 {
	if !d.Given() {
		return 0
	}
	if d.Kind == Constant {
		return d.clamp(d.Value)
	}
	const n = 1 << 16
	sum := 0.0
	for i := range n {
		sum += d.Quantile((float64(i) + 0.5) / n)
	}
	return sum / n
}

// whole is the mean of the distribution rounded to whole numbers of at least 1.
func (d *Dist) wholeMean() float64 {
	if !d.Given() {
		return 1
	}
	const n = 1 << 14
	sum := 0.0
	for i := range n {
		sum += max(1, math.Round(d.Quantile((float64(i)+0.5)/n)))
	}
	return sum / n
}

// sampler draws from a distribution compiled to what a draw needs.
type sampler struct {
	kind      Kind
	a, b      float64
	low, high float64
	redraw    bool
	alias     *alias
	x, p      []float64
	logs      []float64 // quantiles: ln of each value over the one before
	guide     []uint8   // quantiles: the point at or before each of equal parts of [0, 1]
}

// guides is the number of equal parts.
const guides = 256

// newGuide indexes rising probabilities, at most 255 of them.
func newGuide(ps []float64) []uint8 {
	g := make([]uint8, guides)
	for i := range g {
		for int(g[i])+1 < len(ps) && ps[g[i]+1] <= float64(i)/guides {
			g[i]++
		}
	}
	return g
}

// through is the quantile at u of the points.
func (s *sampler) through(u float64) float64 {
	if u <= s.p[0] {
		return s.x[0]
	}
	i := int(s.guide[int(u*guides)]) + 1
	for i < len(s.p) && s.p[i] < u {
		i++
	}
	if i == len(s.p) {
		return s.x[i-1]
	}
	f := (u - s.p[i-1]) / (s.p[i] - s.p[i-1])
	if s.x[i-1] > 0 {
		return s.x[i-1] * math.Exp(f*s.logs[i-1])
	}
	return s.x[i-1] + float64(f*(s.x[i]-s.x[i-1]))
}

// redraws bounds the search of a truncated draw; after it the bound is taken.
const redraws = 1000

func (d *Dist) sampler() sampler {
	s := sampler{kind: d.Kind, low: d.Min, high: d.Max, redraw: d.Redraw, x: d.X, p: d.P}
	if s.high <= 0 {
		s.high = math.Inf(1)
	}
	switch d.Kind {
	case Lognormal:
		s.a, s.b = d.normal()
	case Pareto:
		s.a, s.b = d.Low, -1/d.Alpha
	case Uniform:
		s.a, s.b = d.Low, d.High-d.Low
	case Table:
		s.alias = newAlias(d.P)
	case Quantiles:
		s.guide = newGuide(d.P)
		for i := 1; i < len(d.X); i++ {
			s.logs = append(s.logs, math.Log(d.X[i]/d.X[i-1]))
		}
	default:
		s.a = d.Value
	}
	return s
}

// draw is one value.
func (s *sampler) draw(r *rand.Rand) float64 {
	x := s.once(r)
	if x >= s.low && x <= s.high {
		return x
	}
	if s.redraw {
		for range redraws {
			if x = s.once(r); x >= s.low && x <= s.high {
				return x
			}
		}
	}
	return min(max(x, s.low), s.high)
}

func (s *sampler) once(r *rand.Rand) float64 {
	switch s.kind {
	case Lognormal:
		return math.Exp(s.a + float64(s.b*r.NormFloat64()))
	case Pareto:
		return s.a * math.Pow(1-r.Float64(), s.b)
	case Exponential:
		return s.a * r.ExpFloat64()
	case Uniform:
		return s.a + float64(s.b*r.Float64())
	case Table:
		return s.x[s.alias.draw(r)]
	case Quantiles:
		return s.through(r.Float64())
	}
	return s.a
}

// count is one value rounded to a whole number of at least low.
func (s *sampler) count(r *rand.Rand, low int64) int64 {
	return max(low, int64(math.Round(s.draw(r))))
}

// mistakes appends what is wrong with the distribution called name.
func (d *Dist) mistakes(name string, list []string) []string {
	bad := func(format string, args ...any) { list = append(list, name+": "+fmt.Sprintf(format, args...)) }
	for _, v := range slices.Concat([]float64{d.Value, d.Mu, d.Sigma, d.P50, d.P90, d.Low, d.High, d.Alpha, d.Min, d.Max}, d.X, d.P) {
		if math.IsNaN(v) || math.IsInf(v, 0) || math.Abs(v) > maxValue {
			bad("a value is not between -1e15 and 1e15")
			return list
		}
	}
	if d.Max != 0 && d.Max < d.Min {
		bad("max %g is below min %g", d.Max, d.Min)
	}
	switch d.Kind {
	case "":
	case Constant, Exponential:
		if d.Value < 0 {
			bad("value %g is negative", d.Value)
		}
	case Lognormal:
		if d.P50 != 0 && (d.P50 < 0 || d.P90 < d.P50) {
			bad("p50 %g and p90 %g: want 0 < p50 <= p90", d.P50, d.P90)
		} else if mu, sigma := d.normal(); sigma < 0 || mu > 40 || sigma > 10 {
			bad("mu %g, sigma %g: want mu of at most 40 and sigma between 0 and 10", mu, sigma)
		}
	case Pareto:
		if d.Low <= 0 || d.Alpha <= 0 {
			bad("low %g and alpha %g must be positive", d.Low, d.Alpha)
		}
	case Uniform:
		if d.Low < 0 || d.High < d.Low {
			bad("low %g to high %g is no range of at least 0", d.Low, d.High)
		}
	case Table, Quantiles:
		list = d.pointMistakes(name, list)
	default:
		bad("unknown kind %q (known: constant, lognormal, pareto, exponential, uniform, table, quantiles)", d.Kind)
	}
	return list
}

// maxValue bounds every parameter, so that no draw overflows.
const maxValue = 1e15

func (d *Dist) pointMistakes(name string, list []string) []string {
	if len(d.X) == 0 || len(d.X) != len(d.P) {
		return append(list, fmt.Sprintf("%s: %d values in x and %d in p: want as many, at least one", name, len(d.X), len(d.P)))
	}
	total := 0.0
	for i := range d.X {
		total += d.P[i]
		if d.P[i] < 0 || d.X[i] < 0 {
			return append(list, name+": negative values in x or p")
		}
		if d.Kind == Quantiles && i > 0 && (d.P[i] <= d.P[i-1] || d.X[i] < d.X[i-1]) {
			return append(list, name+": p must rise and x must not fall")
		}
	}
	switch {
	case d.Kind == Table && total <= 0:
		return append(list, name+": the weights in p sum to 0")
	case d.Kind == Quantiles && d.P[len(d.P)-1] > 1:
		return append(list, name+": p lies between 0 and 1")
	case d.Kind == Quantiles && len(d.P) > 255:
		return append(list, name+": more than 255 points")
	}
	return list
}
