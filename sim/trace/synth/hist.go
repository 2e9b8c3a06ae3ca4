package synth

import "math"

// hist counts values of at least 0 in buckets of one per cent, so that a trace
// of any length gives quantiles to half a per cent from a few kilobytes.
type hist struct {
	zeros, n   int64
	low, high  float64 // smallest and largest value
	sum        float64
	logs, logq float64 // sums of ln and its square, over values above 0
	buckets    []int64
}

const bucketWidth = 0.01

func (h *hist) add(x float64) {
	if h.n == 0 || x < h.low {
		h.low = x
	}
	h.high = max(h.high, x)
	h.n++
	h.sum += x
	if x < 1 {
		h.zeros++
		return
	}
	l := math.Log(x)
	h.logs += l
	h.logq += float64(l * l)
	i := int(l/bucketWidth + 0.5)
	for len(h.buckets) <= i {
		h.buckets = append(h.buckets, make([]int64, i+1-len(h.buckets)+64)...)
	}
	h.buckets[i]++
}

func (h *hist) mean() float64 { return h.sum / float64(max(h.n, 1)) }

// normal is mean and deviation of ln x over values above 0.
func (h *hist) normal() (mu, sigma float64) {
	n := float64(max(h.n-h.zeros, 1))
	mu = h.logs / n
	return mu, math.Sqrt(max(0, h.logq/n-float64(mu*mu)))
}

// quantile is the nearest rank, to half a per cent.
func (h *hist) quantile(p float64) float64 {
	rank := int64(math.Ceil(p * float64(h.n)))
	if rank <= max(h.zeros, 1) && (h.zeros > 0 || rank <= 1) {
		return h.low
	}
	sum := h.zeros
	for i, n := range h.buckets {
		if sum += n; sum >= rank {
			x := math.Exp(float64(i) * bucketWidth)
			if x < 100 {
				x = math.Round(x)
			}
			return min(max(x, h.low), h.high)
		}
	}
	return h.high
}

// below is the share of values below x, to a bucket.
func (h *hist) below(x float64) float64 {
	sum := h.zeros
	for i, n := range h.buckets {
		if float64(i)*bucketWidth >= math.Log(x) {
			break
		}
		sum += n
	}
	return float64(sum) / float64(max(h.n, 1))
}

// fitted is a distribution of the values divided by unit: a lognormal cut at
// the extremes where that meets the mean within 5 % and the quantiles within
// 10 %, else one through the quantiles.
func (h *hist) fitted(unit float64) Dist {
	if h.n == 0 {
		return Dist{}
	}
	if h.low == h.high {
		return Const(h.low / unit)
	}
	mu, sigma := h.normal()
	d := LogN(round(mu-math.Log(unit)), round(sigma), round(h.low/unit), round(h.high/unit))
	if h.zeros == 0 && h.agrees(&d, unit) {
		return d
	}
	return h.through(unit)
}

func (h *hist) agrees(d *Dist, unit float64) bool {
	if math.Abs(d.Mean()*unit/h.mean()-1) > 0.05 {
		return false
	}
	for _, p := range []float64{0.1, 0.25, 0.5, 0.75, 0.9, 0.99} {
		if math.Abs(d.Quantile(p)*unit/h.quantile(p)-1) > 0.1 {
			return false
		}
	}
	return true
}

// through is the distribution through the quantiles.
func (h *hist) through(unit float64) Dist {
	d := Dist{Kind: Quantiles}
	for _, p := range []float64{0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999, 1} {
		if n := float64(h.n); p > 0 && p < 1 && (p*n < 2 || (1-p)*n < 2) {
			continue // too few values to know
		}
		x := round(h.quantile(p) / unit)
		if k := len(d.X); k > 0 {
			x = max(x, d.X[k-1])
		}
		d.P, d.X = append(d.P, p), append(d.X, x)
	}
	return d
}

// round keeps four digits, which is what an estimate has at most.
func round(x float64) float64 {
	if x == 0 || math.IsInf(x, 0) || math.IsNaN(x) {
		return 0
	}
	scale := math.Pow(10, 3-math.Floor(math.Log10(math.Abs(x))))
	return math.Round(x*scale) / scale
}
