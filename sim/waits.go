package sim

import (
	"math/bits"
	"slices"

	"quotawall/sim/unit"
)

// exactWaits is how many non-zero waits are kept as they are. Beyond it they
// are counted in logarithmic buckets, so that memory does not follow the trace.
const exactWaits = 1 << 18

// bucketBits is the precision of a bucket: 2^-bucketBits of its value.
const bucketBits = 10

// Waits collects waits and answers nearest-rank quantiles: exactly for up to
// 262,144 non-zero waits, to 0.1 % (rounded down) beyond.
type Waits struct {
	zero, count int64
	exact       []unit.Time
	sorted      bool
	buckets     []int64 // nil while exact
	largest     unit.Time
}

// Add counts one wait.
func (w *Waits) Add(d unit.Time) {
	w.count++
	if d == 0 {
		w.zero++
		return
	}
	w.add(d)
}

// addZero counts n waits of no time.
func (w *Waits) addZero(n int64) { w.zero, w.count = w.zero+n, w.count+n }

// add counts a wait that is not zero.
func (w *Waits) add(d unit.Time) {
	w.largest = max(w.largest, d)
	if w.buckets == nil {
		w.exact, w.sorted = append(w.exact, d), false
		if len(w.exact) > exactWaits {
			w.spill()
		}
		return
	}
	w.bucket(d)
}

// Merge adds the waits of o.
func (w *Waits) Merge(o *Waits) {
	w.zero, w.count = w.zero+o.zero, w.count+o.zero
	for _, d := range o.exact {
		w.Add(d)
	}
	for i, n := range o.buckets {
		if n > 0 {
			if w.buckets == nil {
				w.spill()
			}
			w.count += n
			w.grow(i)
			w.buckets[i] += n
		}
	}
	w.largest = max(w.largest, o.largest)
}

// Count is the number of waits.
func (w *Waits) Count() int64 { return w.count }

// Exact reports whether quantiles are exact.
func (w *Waits) Exact() bool { return w.buckets == nil }

// Quantile is the smallest wait with at least num/den of all at or below it;
// ok is false where there are none.
func (w *Waits) Quantile(num, den int64) (d unit.Time, ok bool) {
	if w.count == 0 {
		return 0, false
	}
	hi, lo := bits.Mul64(uint64(w.count), uint64(num))
	rank, rest := bits.Div64(hi, lo, uint64(den))
	if rest > 0 {
		rank++
	}
	n := max(int64(rank), 1) - w.zero
	switch {
	case n <= 0:
		return 0, true
	case n == w.count-w.zero:
		return w.largest, true
	case w.buckets == nil:
		if !w.sorted {
			slices.Sort(w.exact)
			w.sorted = true
		}
		return w.exact[n-1], true
	}
	for i, c := range w.buckets {
		if n -= c; n <= 0 {
			return bucketFloor(i), true
		}
	}
	return w.largest, true
}

func (w *Waits) spill() {
	w.buckets = []int64{}
	for _, d := range w.exact {
		w.bucket(d)
	}
	w.exact = nil
}

func (w *Waits) bucket(d unit.Time) {
	i := bucketOf(d)
	w.grow(i)
	w.buckets[i]++
}

func (w *Waits) grow(i int) {
	for i >= len(w.buckets) {
		w.buckets = append(w.buckets, make([]int64, i+1-len(w.buckets))...)
	}
}

// bucketOf numbers d by its highest bucketBits+1 bits; small values are their own bucket.
func bucketOf(d unit.Time) int {
	shift := max(0, bits.Len64(uint64(d))-bucketBits-1)
	return shift<<bucketBits + int(d>>shift)
}

// bucketFloor is the smallest value of a bucket.
func bucketFloor(i int) unit.Time {
	if i < 1<<(bucketBits+1) {
		return unit.Time(i)
	}
	shift := i>>bucketBits - 1
	return unit.Time(i-shift<<bucketBits) << shift
}
