package synth

import (
	"fmt"
	"math"
	"math/rand/v2"

	"quotawall/sim/trace"
	"quotawall/sim/unit"
)

// Stretch multiplies all arrival times by factor: 2 halves the rate. Logged
// durations stay what they are.
func Stretch(r trace.Reader, factor float64) (trace.Reader, error) {
	if !(factor > 0 && factor <= 1e6) {
		return nil, fmt.Errorf("stretch %g: the factor must be above 0 and at most 1000000", factor)
	}
	return &stretched{Reader: r, factor: factor}, nil
}

type stretched struct {
	trace.Reader
	factor float64
}

func (s *stretched) Close() error { return release(s.Reader) }

func (s *stretched) Read(block []trace.Request) (int, error) {
	n, err := s.Reader.Read(block)
	for i := range block[:n] {
		r := &block[i]
		at := math.Round(float64(r.At) * s.factor)
		if at >= float64(unit.Never) {
			return 0, fmt.Errorf("a request at %v stretched by %g is beyond any clock", r.At, s.factor)
		}
		r.At = unit.Time(at)
	}
	return n, err
}

// Keep says what Thin decides about.
type Keep uint8

// Units of thinning.
const (
	KeepSessions Keep = iota // whole sessions stay or go; rows without a session one by one
	KeepRequests             // every request for itself; what it shares with the last one is unknown then
)

// Thin keeps a share of a trace, decided by the stream "thin" of seed: of a
// session by a hash of its id, so that a session is kept or dropped alike
// wherever it appears, of single requests by one draw each. Times stay as they
// are, so the first request kept may be later than 0.
func Thin(r trace.Reader, share float64, by Keep, seed uint64) (trace.Reader, error) {
	if !(share >= 0 && share <= 1) {
		return nil, fmt.Errorf("thin %g: want a share between 0 and 1", share)
	}
	rng := unit.Stream(seed, "thin")
	return &thinned{Reader: r, share: share, by: by, rng: rng, salt: rng.Uint64()}, nil
}

type thinned struct {
	trace.Reader
	share float64
	by    Keep
	rng   *rand.Rand
	salt  uint64
}

func (t *thinned) Close() error { return release(t.Reader) }

func (t *thinned) Read(block []trace.Request) (int, error) {
	for {
		n, err := t.Reader.Read(block)
		if err != nil || n == 0 {
			return n, err
		}
		kept := 0
		for i := range block[:n] {
			if t.keeps(&block[i]) {
				block[kept] = block[i]
				kept++
			}
		}
		if kept > 0 {
			return kept, nil
		}
	}
}

func (t *thinned) keeps(r *trace.Request) bool {
	if t.by == KeepSessions && len(r.SessionID) > 0 {
		return fraction(scramble(r.Session^t.salt)) < t.share
	}
	if t.by == KeepRequests {
		r.Shared = trace.Unknown
	}
	return t.rng.Float64() < t.share
}

// fraction is a hash as a number in [0, 1).
func fraction(hash uint64) float64 { return float64(hash>>11) / (1 << 53) }
