package study

import (
	"math"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"

	"quotawall/scenarios/result"
)

// confidence of every interval.
const confidence = 0.95

// halfWidth is the mean of independent samples and half the width of its 95 %
// Student-t interval; 0 where a single sample tells nothing of it.
func halfWidth(xs []float64) (mean, half float64) {
	if len(xs) < 2 {
		return stat.Mean(xs, nil), 0
	}
	mean, dev := stat.MeanStdDev(xs, nil)
	n := float64(len(xs))
	t := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: n - 1}.Quantile((1 + confidence) / 2)
	return mean, t * dev / math.Sqrt(n)
}

// series are the values of each headline figure over replications; a figure
// that is undefined in one has no series.
func series(samples []*result.Step) ([]result.Figure, [][]float64) {
	first := samples[0].Figures()
	values := make([][]float64, len(first))
	for _, s := range samples {
		for i, f := range s.Figures() {
			if f.Value != nil {
				values[i] = append(values[i], *f.Value)
			}
		}
	}
	for i := range values {
		if len(values[i]) < len(samples) {
			values[i] = nil
		}
	}
	return first, values
}

// intervals of the headline figures, cut at what is possible: nothing is below
// 0 and no share above 1.
func intervals(samples []*result.Step) map[string][2]float64 {
	out := map[string][2]float64{}
	figures, values := series(samples)
	for i, f := range figures {
		if values[i] == nil {
			continue
		}
		mean, half := halfWidth(values[i])
		low, high := max(0, mean-half), mean+half
		if f.Share {
			high = min(1, high)
		}
		out[f.Name] = [2]float64{low, high}
	}
	return out
}

// differences of a step to the one before, paired by replication: mean, low and
// high of the 95 % interval. Both saw the same arrivals, so the interval is
// narrower than that of two independent runs.
func differences(before, after []*result.Step) map[string][3]float64 {
	out := map[string][3]float64{}
	figures, from := series(before)
	_, to := series(after)
	for i, f := range figures {
		if from[i] == nil || to[i] == nil {
			continue
		}
		d := make([]float64, len(to[i]))
		for j := range d {
			d[j] = to[i][j] - from[i][j]
		}
		mean, half := halfWidth(d)
		out[f.Name] = [3]float64{mean, mean - half, mean + half}
	}
	return out
}

// precise reports whether the half-widths of cost, served requests and served
// tokens of every step are within a fraction of their means.
func precise(samples [][]*result.Step, fraction float64) bool {
	for _, step := range samples {
		figures, values := series(step)
		for i, f := range figures {
			if values[i] == nil || f.Name != "month_usd" && f.Name != "served_share" && f.Name != "served_token_share" {
				continue
			}
			if mean, half := halfWidth(values[i]); half > fraction*math.Abs(mean) {
				return false
			}
		}
	}
	return true
}
