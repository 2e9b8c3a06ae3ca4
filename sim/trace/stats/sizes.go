package stats

import (
	"slices"

	"quotawall/sim/trace"
)

const (
	// mostLoose is how many values are kept one by one before they are counted
	// by value.
	mostLoose = 2048
	pageBits  = 10
	// directPages counts values below 2^20 without a look-up.
	directPages = 1024
	// mostPages bounds the memory of the counts to 256 MB. Values beyond it are
	// counted at the top of their page: at most 1,023 tokens too high, which
	// only a trace with millions of prompts above a million tokens reaches.
	mostPages = 32 << 10
)

// sizes counts token numbers, exactly.
type sizes struct {
	n, total, max int64
	loose         []int64
	direct        []*page
	far           map[int64]*page
	pages         int
	coarse        map[int64]int64 // top of a page -> values in it, beyond mostPages
}

type page [1 << pageBits]int64

func (s *sizes) add(v int64) {
	s.n++
	s.total += v
	s.max = max(s.max, v)
	if s.direct == nil {
		if s.loose = append(s.loose, v); len(s.loose) == mostLoose {
			s.count()
		}
		return
	}
	s.tally(v)
}

// count changes over from single values to counts.
func (s *sizes) count() {
	s.direct = make([]*page, directPages)
	for _, v := range s.loose {
		s.tally(v)
	}
	s.loose = nil
}

func (s *sizes) tally(v int64) {
	if p := s.page(v >> pageBits); p != nil {
		p[v&(1<<pageBits-1)]++
		return
	}
	if s.coarse == nil {
		s.coarse = map[int64]int64{}
	}
	s.coarse[min(v|(1<<pageBits-1), trace.MaxCount)]++
}

// page finds or begins a page; nil where there are too many.
func (s *sizes) page(i int64) *page {
	if i < directPages {
		if s.direct[i] == nil {
			s.direct[i] = new(page)
		}
		return s.direct[i]
	}
	p, ok := s.far[i]
	if !ok && s.pages < mostPages {
		if s.far == nil {
			s.far = map[int64]*page{}
		}
		p = new(page)
		s.far[i] = p
		s.pages++
	}
	return p
}

// tokens are the sizes' figures.
func (s *sizes) tokens() Tokens {
	q := s.quantiles(50, 90, 99)
	return Tokens{Total: s.total, Mean: quotient(s.total, 1, s.n), P50: q[0], P90: q[1], P99: q[2], Max: s.max}
}

// quantiles are the nearest-rank quantiles at whole, ascending percentages.
func (s *sizes) quantiles(percent ...int64) []int64 {
	out := make([]int64, len(percent))
	if s.n == 0 {
		return out
	}
	next, seen := 0, int64(0)
	s.ascend(func(value, count int64) bool {
		seen += count
		for next < len(percent) && seen >= rank(percent[next], s.n) {
			out[next] = min(value, s.max)
			next++
		}
		return next < len(percent)
	})
	return out
}

// rank is the smallest count of values that is at least percent of n.
func rank(percent, n int64) int64 {
	whole, part := n/100, n%100
	return whole*percent + (part*percent+99)/100
}

// ascend yields the values and how often each came, from the smallest on.
func (s *sizes) ascend(yield func(value, count int64) bool) {
	if s.direct == nil {
		slices.Sort(s.loose)
		for _, v := range s.loose {
			if !yield(v, 1) {
				return
			}
		}
		return
	}
	for i, p := range s.direct {
		if p != nil && !p.ascend(int64(i), 0, yield) {
			return
		}
	}
	keys := make([]int64, 0, len(s.far)+len(s.coarse))
	for i := range s.far {
		keys = append(keys, i)
	}
	for top := range s.coarse {
		keys = append(keys, top>>pageBits)
	}
	slices.Sort(keys)
	for _, i := range slices.Compact(keys) {
		p := s.far[i]
		if p == nil {
			p = new(page)
		}
		if !p.ascend(i, s.coarse[min(i<<pageBits|(1<<pageBits-1), trace.MaxCount)], yield) {
			return
		}
	}
}

// ascend yields a page's values; further values count at its top.
func (p *page) ascend(i, further int64, yield func(value, count int64) bool) bool {
	for k, count := range p {
		if k == len(p)-1 {
			count += further
		}
		if count > 0 && !yield(i<<pageBits|int64(k), count) {
			return false
		}
	}
	return true
}
