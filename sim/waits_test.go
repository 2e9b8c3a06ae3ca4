package sim

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"quotawall/sim/unit"
)

// nearestRank is the definition: the smallest value with at least num/den of
// all at or below it.
func nearestRank(sorted []unit.Time, num, den int) unit.Time {
	rank := (len(sorted)*num + den - 1) / den
	return sorted[max(rank, 1)-1]
}

// Quantiles are the nearest rank of the sorted waits, in whatever order they
// came and however they were merged.
func TestWaitsAgainstSortedSlice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var parts [3]Waits
		var all []unit.Time
		for range rapid.IntRange(1, 200).Draw(t, "waits") {
			d := unit.Time(rapid.Int64Range(0, 1<<40).Draw(t, "wait") >> rapid.IntRange(0, 40).Draw(t, "shift"))
			part := &parts[rapid.IntRange(0, 2).Draw(t, "part")]
			n := rapid.SampledFrom([]int{1, 1, 1, 0, 3}).Draw(t, "times")
			if n == 1 {
				part.Add(d)
			} else {
				part.addMany(d, int64(n))
			}
			all = append(all, slices.Repeat([]unit.Time{d}, n)...)
		}
		w := parts[0]
		w.Merge(&parts[1])
		w.Merge(&parts[2])
		slices.Sort(all)
		if len(all) == 0 {
			return
		}
		for _, q := range [...][2]int{{1, 100}, {50, 100}, {95, 100}, {99, 100}, {1, 1}} {
			got, ok := w.Quantile(int64(q[0]), int64(q[1]))
			if want := nearestRank(all, q[0], q[1]); !ok || got != want {
				t.Fatalf("quantile %d/%d: got %d, the sorted slice says %d", q[0], q[1], got, want)
			}
		}
		if w.Count() != int64(len(all)) || !w.Exact() {
			t.Fatalf("counted %d of %d, exact %v", w.Count(), len(all), w.Exact())
		}
	})
}

// Beyond the waits kept as they are, a quantile is at most 0.1 % too small, and
// the longest stays exact.
func TestManyWaits(t *testing.T) {
	var w, half Waits
	var all []unit.Time
	random := unit.Stream(1, "waits")
	for i := range exactWaits + 50_000 {
		d := unit.Time(random.Int64N(int64(unit.Hour) << (i % 4)))
		all = append(all, d)
		switch i % 4 {
		case 1:
			half.addMany(d, 1)
		case 3:
			half.Add(d)
		default:
			w.Add(d)
		}
	}
	w.Merge(&half)
	slices.Sort(all)
	if w.Exact() {
		t.Fatal("so many waits are not kept one by one")
	}
	for _, q := range [...]int{1, 25, 50, 95, 99} {
		got, _ := w.Quantile(int64(q), 100)
		want := nearestRank(all, q, 100)
		if got > want || want-got > want/1000+1 {
			t.Errorf("p%d: got %d, want %d less at most 0.1 %%", q, got, want)
		}
	}
	longest, _ := w.Quantile(1, 1)
	want(t, "longest", longest, all[len(all)-1])
}

// The last wait that is kept is the 262,144th that is not zero, however they came.
func TestMostKeptWaits(t *testing.T) {
	for name, add := range map[string]func(w *Waits, n int){
		"one by one": func(w *Waits, n int) {
			for i := range n {
				w.Add(unit.Time(i + 1))
			}
		},
		"many at once": func(w *Waits, n int) { w.addMany(5, int64(n)) },
		"merged": func(w *Waits, n int) {
			var o Waits
			o.addMany(7, int64(n-1))
			w.Add(3)
			w.Merge(&o)
		},
	} {
		var w Waits
		w.addMany(0, 1000)
		add(&w, 262_144)
		if !w.Exact() || len(keptWaits(&w)) != 262_144 {
			t.Errorf("%s: 262,144 waits are kept: exact %v", name, w.Exact())
		}
		if w.Add(1); w.Exact() {
			t.Errorf("%s: one more is not", name)
		}
	}
}

// What is added to a merged copy does not reach the waits that it shares memory with.
func TestMergedWaitsStayApart(t *testing.T) {
	var a, b Waits
	a.Add(1)
	b.Merge(&a)
	b.Add(2)
	a.Add(3)
	if d := cmp.Diff([][]unit.Time{{1, 3}, {1, 2}}, [][]unit.Time{keptWaits(&a), keptWaits(&b)}); d != "" {
		t.Error(d)
	}
}

func TestNoWaits(t *testing.T) {
	if _, ok := new(Waits).Quantile(1, 2); ok {
		t.Error("a quantile of nothing")
	}
}
