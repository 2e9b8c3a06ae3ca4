package sim

import (
	"cmp"
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
	largest     unit.Time
	kept        [][]unit.Time // the waits that came one by one, in parts; one that is full never moves
	often       []often       // those that came many at once
	buckets     []int64       // nil while exact
}

// often is a wait that came n times.
type often struct {
	wait unit.Time
	n    int64
}

// The parts of the waits that are kept double in size, up to a largest one.
const (
	firstKept = 1 << 6
	mostKept  = 1 << 14
)

// Add counts one wait.
func (w *Waits) Add(d unit.Time) {
	w.count++
	if d == 0 {
		w.zero++
		return
	}
	w.largest = max(w.largest, d)
	if w.buckets != nil {
		w.bucket(d, 1)
		return
	}
	last := len(w.kept) - 1
	if last < 0 || len(w.kept[last]) == cap(w.kept[last]) {
		size := firstKept
		if last >= 0 {
			size = min(2*cap(w.kept[last]), mostKept)
		}
		w.kept = append(w.kept, make([]unit.Time, 0, size))
		last++
	}
	w.kept[last] = append(w.kept[last], d)
	w.bound()
}

// addMany counts n equal waits.
func (w *Waits) addMany(d unit.Time, n int64) {
	w.count += n
	switch {
	case n == 0:
	case d == 0:
		w.zero += n
	case w.buckets != nil:
		w.largest = max(w.largest, d)
		w.bucket(d, n)
	default:
		w.largest = max(w.largest, d)
		w.often = append(w.often, often{d, n})
		w.bound()
	}
}

// bound goes over to buckets where too many waits are kept.
func (w *Waits) bound() {
	if w.count-w.zero > exactWaits {
		w.spill()
	}
}

// Merge adds the waits of o, and shares its memory.
func (w *Waits) Merge(o *Waits) {
	w.zero, w.count, w.largest = w.zero+o.zero, w.count+o.count, max(w.largest, o.largest)
	for _, part := range o.kept {
		w.kept = append(w.kept, slices.Clip(part))
	}
	w.often = append(w.often, o.often...)
	if w.buckets != nil || o.buckets != nil {
		w.spill()
	}
	for i, n := range o.buckets {
		if n > 0 {
			w.grow(i)
			w.buckets[i] += n
		}
	}
	w.bound()
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
		return w.nth(n), true
	}
	for i, c := range w.buckets {
		if n -= c; n <= 0 {
			return bucketFloor(i), true
		}
	}
	return w.largest, true
}

// nth is the nth of the waits that are kept, in order of size. It counts them in
// equal ranges first, and puts in order those of one range only.
func (w *Waits) nth(n int64) unit.Time {
	const ranges = 10 // bits
	var in [1 << ranges]int64
	shift := max(0, bits.Len64(uint64(w.largest))-ranges)
	for _, part := range w.kept {
		for _, d := range part {
			in[d>>shift&(1<<ranges-1)]++
		}
	}
	for _, o := range w.often {
		in[o.wait>>shift] += o.n
	}
	which := unit.Time(0)
	for ; n > in[which]; which++ {
		n -= in[which]
	}
	var few []often
	for _, part := range w.kept {
		for _, d := range part {
			if d>>shift == which {
				few = append(few, often{d, 1})
			}
		}
	}
	for _, o := range w.often {
		if o.wait>>shift == which {
			few = append(few, o)
		}
	}
	slices.SortFunc(few, func(a, b often) int { return cmp.Compare(a.wait, b.wait) })
	for _, o := range few {
		if n -= o.n; n <= 0 {
			return o.wait
		}
	}
	return w.largest
}

// spill counts what is kept in buckets from now on.
func (w *Waits) spill() {
	if w.buckets == nil {
		w.buckets = []int64{}
	}
	for _, part := range w.kept {
		for _, d := range part {
			w.bucket(d, 1)
		}
	}
	for _, o := range w.often {
		w.bucket(o.wait, o.n)
	}
	w.kept, w.often = nil, nil
}

func (w *Waits) bucket(d unit.Time, n int64) {
	i := bucketOf(d)
	w.grow(i)
	w.buckets[i] += n
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
