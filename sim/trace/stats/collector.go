package stats

import (
	"math"
	"math/big"
	"math/bits"

	"quotawall/sim/trace"
	"quotawall/sim/unit"
)

// collector measures requests that come in order of time.
type collector struct {
	opt    *Options
	origin unit.Time // UTC time of day of time 0

	n, failed   int64
	first, last unit.Time
	gaps        squares

	minute, clock, second, tokens peak
	rolling                       rolling
	input, output                 sizes
	hits                          [ttls]int64
	cap                           running
}

func newCollector(opt *Options, origin unit.Time) *collector {
	return &collector{opt: opt, origin: origin}
}

func (c *collector) add(r *trace.Request, hits [ttls]int64) {
	if c.n == 0 {
		c.first = r.At
	} else {
		c.gaps.add(uint64(r.At - c.last))
	}
	c.n++
	c.last = r.At
	if r.Failed() {
		c.failed++
	}
	since := r.At - c.first
	c.minute.add(since/unit.Minute, 1)
	c.second.add(since/unit.Second, 1)
	c.tokens.add(since/unit.Minute, r.Input+r.Output)
	c.clock.add((c.origin+r.At)/unit.Minute, 1)
	c.rolling.add(r.At)
	c.input.add(r.Input)
	c.output.add(r.Output)
	for i := range hits {
		c.hits[i] += hits[i]
	}
	if c.opt.Cap > 0 {
		charge := r.Input + c.opt.Burndown*r.Output
		if i := ttlIndex(c.opt.CacheTTL); i >= 0 {
			charge -= hits[i]
		}
		c.cap.add(charge, c.opt.Cap, since, c.n)
	}
}

func (c *collector) figures(prefix bool) Figures {
	span := c.last - c.first
	f := Figures{
		Requests: c.n, Failed: c.failed, SpanS: span.Seconds(),
		RPM: PerMinute{
			Mean: quotient(c.n, int64(unit.Minute), int64(span)),
			Max:  c.minute.max, MaxClock: c.clock.max, MaxRolling: c.rolling.max,
		},
		RPS:    Rate{Mean: quotient(c.n, int64(unit.Second), int64(span)), Max: c.second.max},
		CV:     c.gaps.cv(c.n - 1),
		Input:  c.input.tokens(),
		Output: c.output.tokens(),
		TPM:    Max{c.tokens.max},
	}
	if prefix {
		hit := func(i int) Hit { return Hit{c.hits[i], quotient(c.hits[i], 1, c.input.total)} }
		f.Prefix = &PrefixHit{NoExpiry: hit(0), Hour: hit(1), Five: hit(2), One: hit(3)}
	}
	if c.opt.Cap > 0 {
		f.Cap = c.cap.result(c.opt)
	}
	return f
}

// quotient is the float64 nearest to a x b / divisor; nil where the divisor is 0.
func quotient(a, b, divisor int64) *float64 {
	if divisor == 0 {
		return nil
	}
	product := new(big.Int).Mul(big.NewInt(a), big.NewInt(b))
	f, _ := new(big.Rat).SetFrac(product, big.NewInt(divisor)).Float64()
	return &f
}

// peak is the largest sum within one period; periods come in order.
type peak struct {
	period   unit.Time
	sum, max int64
}

func (p *peak) add(period unit.Time, amount int64) {
	if period != p.period {
		p.period, p.sum = period, 0
	}
	p.sum += amount
	p.max = max(p.max, p.sum)
}

// rolling is the largest number of requests in any half-open minute. It keeps
// the different times of the last minute.
type rolling struct {
	times      []moment // a ring
	head, size int
	count, max int64
}

type moment struct {
	at    unit.Time
	count int64
}

func (w *rolling) add(at unit.Time) {
	for w.size > 0 && w.times[w.head].at <= at-unit.Minute {
		w.count -= w.times[w.head].count
		w.head = (w.head + 1) & (len(w.times) - 1)
		w.size--
	}
	w.count++
	w.max = max(w.max, w.count)
	if w.size > 0 {
		if last := &w.times[(w.head+w.size-1)&(len(w.times)-1)]; last.at == at {
			last.count++
			return
		}
	}
	if w.size == len(w.times) {
		w.grow()
	}
	w.times[(w.head+w.size)&(len(w.times)-1)] = moment{at, 1}
	w.size++
}

func (w *rolling) grow() {
	bigger := make([]moment, max(16, 2*len(w.times)))
	n := copy(bigger, w.times[w.head:])
	copy(bigger[n:], w.times[:w.head])
	w.times, w.head = bigger, 0
}

// squares sums gaps and their squares exactly, in 128 and 192 bits.
type squares struct {
	sum           uint64
	low, mid, top uint64
}

func (s *squares) add(gap uint64) {
	s.sum += gap
	hi, lo := bits.Mul64(gap, gap)
	var carry uint64
	s.low, carry = bits.Add64(s.low, lo, 0)
	s.mid, carry = bits.Add64(s.mid, hi, carry)
	s.top += carry
}

// cv is the population standard deviation of n gaps over their mean:
// sqrt(n x sum of squares - sum^2) / sum; nil where it is not defined.
func (s *squares) cv(n int64) *float64 {
	if n < 1 || s.sum == 0 {
		return nil
	}
	total := new(big.Int).SetUint64(s.top)
	for _, word := range []uint64{s.mid, s.low} {
		total.Lsh(total, 64)
		total.Add(total, new(big.Int).SetUint64(word))
	}
	sum := new(big.Int).SetUint64(s.sum)
	total.Mul(total, big.NewInt(n))
	total.Sub(total, new(big.Int).Mul(sum, sum))
	root := new(big.Float).SetPrec(128).SetInt(total)
	root.Sqrt(root)
	cv, _ := root.Quo(root, new(big.Float).SetInt(sum)).Float64()
	return &cv
}

// running is a sum of charges against a cap.
type running struct {
	total int64
	spent bool
	at    unit.Time
	place int64
}

func (s *running) add(charge, limit int64, at unit.Time, place int64) {
	if s.total > math.MaxInt64-charge {
		s.total = math.MaxInt64
	} else {
		s.total += charge
	}
	if !s.spent && s.total > limit {
		s.spent, s.at, s.place = true, at, place
	}
}

func (s *running) result(opt *Options) *Cap {
	c := &Cap{Limit: opt.Cap, Burndown: opt.Burndown, TotalCharge: s.total}
	if opt.CacheTTL != "" {
		c.CacheTTL = &opt.CacheTTL
	}
	if s.spent {
		seconds := s.at.Seconds()
		c.ExhaustedS, c.ExhaustedRequest = &seconds, &s.place
	}
	return c
}
