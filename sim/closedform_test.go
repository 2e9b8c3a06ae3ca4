package sim

import (
	"fmt"
	"math"
	"testing"

	"gonum.org/v1/gonum/stat"

	"quotawall/sim/trace"
	"quotawall/sim/unit"
)

// servers is a scenario in which an endpoint of c single-call instances serves
// everything, 1,000 output tokens a second each, behind an unbounded queue.
func servers(c int) Config {
	return world(func(cfg *Config) {
		cfg.Max, cfg.Horizon = trace.MaxUnset, unit.Never/4
		cfg.Models[0] = Model{Alias: "own", ID: "m0", SelfHosted: true}
		cfg.Classes[0].SelfHosted = true
		cfg.Endpoint = &Endpoint{
			Instances: c, Min: c, Max: c, Concurrency: 1, Waiting: math.MaxInt,
			Curve: []CurvePoint{{Concurrency: 1, Speed: 1_000_000}},
		}
	})
}

// poisson is calls at a rate a second whose output draws from tokens.
func poisson(name string, calls int, rate float64, tokens func(u float64) int64) []trace.Request {
	gaps, sizes := unit.Stream(3, name+" gaps"), unit.Stream(3, name+" sizes")
	rows := make([]trace.Request, calls)
	at := 0.0
	for i := range rows {
		at += gaps.ExpFloat64() / rate
		rows[i] = ask(unit.Time(at*1e6), 1, tokens(sizes.ExpFloat64()))
	}
	return rows
}

// meanWait is the mean over all served calls, in seconds; buckets round the waits
// in them down by 0.1 % at most.
func meanWait(t testing.TB, w *Waits) float64 {
	t.Helper()
	sum := 0.0
	for _, d := range keptWaits(w) {
		sum += d.Seconds()
	}
	for i, n := range w.buckets {
		sum += float64(n) * bucketFloor(i).Seconds()
	}
	return sum / float64(w.count)
}

// erlangC is the chance to wait in M/M/c at an offered load of a Erlang.
func erlangC(c int, a float64) float64 {
	blocked := 1.0
	for k := 1; k <= c; k++ {
		blocked = a * blocked / (float64(k) + a*blocked)
	}
	rho := a / float64(c)
	return blocked / (1 - rho + rho*blocked)
}

// sample is what replications say of one figure.
type sample []float64

// agrees fails where the closed form is further from the mean of the
// replications than four of its standard errors and 2 % for the empty start,
// or where the error is so large (8 %) that agreement would mean nothing.
func (s sample) agrees(t testing.TB, what string, closed float64) {
	t.Helper()
	mean, sd := stat.MeanStdDev(s, nil)
	se := sd / math.Sqrt(float64(len(s)))
	if math.Abs(mean-closed) > 4*se+0.02*closed || se > 0.08*closed {
		t.Errorf("%s: %.5g with a standard error of %.2g, the closed form says %.5g", what, mean, se, closed)
	}
}

// M/M/c against Erlang C: the share of calls that wait, the mean wait and the
// 99th percentile, over loads up to 0.95, in 8 replications of 100,000 calls.
func TestMMcAgainstErlangC(t *testing.T) {
	const mean, replications = 10.0, 8 // seconds of service
	for _, c := range [...]int{1, 5, 20} {
		for _, load := range [...]float64{0.7, 0.85, 0.95} {
			rate := load * float64(c) / mean
			var share, wait, p99 sample
			for i := range replications {
				rows := poisson(fmt.Sprint("mmc", c, load, i), 100_000, rate, func(u float64) int64 { return int64(u*mean*1000 + 0.5) })
				r := run(t, servers(c), rows)
				share = append(share, 1-float64(r.Waits.zero)/float64(r.Waits.count))
				wait = append(wait, meanWait(t, &r.Waits))
				q, _ := r.Waits.Quantile(99, 100)
				p99 = append(p99, q.Seconds())
			}
			name := fmt.Sprintf("c=%d load=%v", c, load)
			chance, drain := erlangC(c, load*float64(c)), float64(c)/mean-rate
			share.agrees(t, name+": share that waits", chance)
			wait.agrees(t, name+": mean wait", chance/drain)
			p99.agrees(t, name+": 99th percentile", math.Log(chance/0.01)/drain)
		}
	}
}

// near fails where got is further from want than the share tolerance of it.
func near(t testing.TB, what string, got, want, tolerance float64) {
	t.Helper()
	if math.Abs(got-want) > tolerance*want {
		t.Errorf("%s: got %.5g, the closed form says %.5g (tolerance %.1f %%)", what, got, want, 100*tolerance)
	}
}

// M/D/1 against Pollaczek and Khinchine: mean wait = load x service / (2 (1 - load)).
func TestMD1AgainstPollaczekKhinchine(t *testing.T) {
	const service = 10.0
	for _, load := range [...]float64{0.5, 0.8, 0.95} {
		rows := poisson(fmt.Sprint("md1", load), 250_000, load/service, func(float64) int64 { return service * 1000 })
		r := run(t, servers(1), rows)
		near(t, fmt.Sprintf("load %v: mean wait", load), meanWait(t, &r.Waits), load*service/(2*(1-load)), 0.03+0.002/(1-load))
	}
}

// D/D/1: n calls of 10 s at once are done after n x 10 s, and the last waited
// for the n - 1 before it; exactly.
func TestDD1Drain(t *testing.T) {
	const n = 500
	var rows []trace.Request
	for range n {
		rows = append(rows, ask(0, 1, 10_000))
	}
	r := run(t, servers(1), rows)
	want(t, "drained at", r.Last, n*10*unit.Second)
	longest, _ := r.Waits.Quantile(1, 1)
	want(t, "longest wait", longest, (n-1)*10*unit.Second)
	median, _ := r.Waits.Quantile(1, 2)
	want(t, "median wait", median, (n/2-1)*10*unit.Second)
	want(t, "busy", r.Endpoint.Busy, n*10*unit.Second)
}

// A cap of 2,592,000 tokens a day at 2,000,000 tokens a minute is spent after
// 77.76 s, whatever the shape of the day; in general after cap / rate.
func TestCapOverRate(t *testing.T) {
	const call, gap = 1000, 30 * unit.Millisecond // 2,000,000 a minute
	for _, limit := range [...]int64{2_592_000, 1_000_000, 123_000} {
		for name, shape := range dayShapes() {
			cfg := world(limited(None, None, limit), func(c *Config) {
				c.Max, c.Quota.Day, c.Models[0].FirstToken = 0, shape, 10*unit.Millisecond
			})
			var rows []trace.Request
			for i := range 5000 {
				rows = append(rows, ask(unit.Time(i)*gap, call, 0))
			}
			c := capOf(t, run(t, cfg, rows), 0, TokensPerDay)
			spent := unit.Time(limit/call) * gap
			if name == "bucket" { // refilled meanwhile at limit / day
				refill := float64(limit) / float64(unit.Day) * float64(gap)
				spent = unit.Time(math.Ceil((float64(limit)-call)/(call-refill)+1e-9)) * gap
			}
			want(t, fmt.Sprintf("%d a day, %s: first refused", limit, name), c.FirstRefused, spent)
			want(t, fmt.Sprintf("%d a day, %s: spent", limit, name), c.Spent, spent)
			want(t, "by reservation", c.FirstByReservation, false)
		}
	}
	want(t, "77.76 s", unit.Time(2_592_000/call)*gap, 77*unit.Second+760*unit.Millisecond)
}
