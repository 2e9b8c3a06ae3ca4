package synth

import (
	"io"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/stat/distuv"

	"quotawall/sim/trace"
	"quotawall/sim/unit"
)

// Reader is the clients' traffic, one user a client, drawn from seed: in each
// window a renewal process of the window's family, shape and rate, carried on
// from window to window, and lengths from the histograms. Time 0 is the start
// of the first window.
func (c *Clients) Reader(seed uint64) trace.Reader {
	r := &clientReader{info: trace.Info{Format: "servegen", Names: trace.NewNames(), Notes: c.Notes}}
	for i := range c.clients {
		cl := &c.clients[i]
		s := &sender{
			client: cl, user: r.info.Names.Users.InternString(cl.name),
			pace:   unit.Stream(seed, "servegen/"+cl.name+"/arrivals"),
			input:  unit.Stream(seed, "servegen/"+cl.name+"/input"),
			output: unit.Stream(seed, "servegen/"+cl.name+"/output"),
		}
		s.begin()
		r.senders = append(r.senders, s)
		r.push(int32(i))
	}
	return r
}

// sender is one client at work.
type sender struct {
	*client
	user                int32
	pace, input, output *rand.Rand
	at                  float64 // microseconds; +Inf after the last call
	window              int
}

type clientReader struct {
	info    trace.Info
	senders []*sender
	order   heap
}

func (r *clientReader) Info() *trace.Info { return &r.info }

func (r *clientReader) push(i int32) {
	if at := r.senders[i].at; !math.IsInf(at, 1) {
		r.order.push(due{at: unit.Time(at), order: uint64(i), slot: i})
	}
}

func (r *clientReader) Read(block []trace.Request) (int, error) {
	n := 0
	for n < len(block) && len(r.order) > 0 {
		d := r.order.pop()
		s := r.senders[d.slot]
		h := &s.sizes[s.windows[s.window].sizes]
		block[n] = trace.Request{
			At: d.at, Input: h.input.count(s.input, 1), Output: h.output.count(s.output, 0),
			Max: trace.MaxUnknown, Duration: trace.Unknown, User: s.user,
			CacheRead: trace.Unknown, CacheWrite: trace.Unknown, Shared: trace.Unknown,
		}
		n++
		s.next(s.windows[s.window].gap(s.pace))
		r.push(d.slot)
	}
	if n == 0 && len(block) > 0 {
		return 0, io.EOF
	}
	return n, nil
}

// begin places the first call: in a process that has gone on for ever the time
// from 0 is a random part of a length-biased gap.
func (s *sender) begin() {
	for s.window < len(s.windows) && s.windows[s.window].rate == 0 {
		s.window++
	}
	if s.window == len(s.windows) {
		s.at = math.Inf(1)
		return
	}
	s.at = float64(s.windows[s.window].start)
	s.next(s.windows[s.window].residual(s.pace))
}

// next moves on by a gap given in expected calls.
func (s *sender) next(calls float64) {
	for s.window < len(s.windows) {
		w := &s.windows[s.window]
		s.at = max(s.at, float64(w.start))
		if left := (float64(w.end) - s.at) / float64(unit.Second) * w.rate; calls >= left {
			calls -= left
			s.at = float64(w.end)
			s.window++
			continue
		}
		s.at += calls / w.rate * float64(unit.Second)
		if unit.Time(s.at) >= w.end {
			s.at = math.Nextafter(float64(w.end), 0)
		}
		return
	}
	s.at = math.Inf(1)
}

// gap is one gap in expected calls: its mean is 1.
func (w *window) gap(r *rand.Rand) float64 {
	switch w.family {
	case Gamma:
		return distuv.Gamma{Alpha: w.shape, Beta: w.shape, Src: r}.Rand()
	case Weibull:
		return w.weibull(r.ExpFloat64())
	}
	return r.ExpFloat64()
}

func (w *window) residual(r *rand.Rand) float64 {
	switch w.family {
	case Gamma:
		return r.Float64() * distuv.Gamma{Alpha: w.shape + 1, Beta: w.shape, Src: r}.Rand()
	case Weibull:
		return r.Float64() * w.weibull(distuv.Gamma{Alpha: 1 + 1/w.shape, Beta: 1, Src: r}.Rand())
	}
	return r.ExpFloat64()
}

// weibull is the gap of mean 1 whose cumulative hazard is h. In logarithms, so
// that the smallest shapes give huge gaps instead of none at all.
func (w *window) weibull(h float64) float64 {
	mean, _ := math.Lgamma(1 + 1/w.shape)
	return math.Exp(math.Log(h)/w.shape - mean)
}
