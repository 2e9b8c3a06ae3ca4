package sim

import (
	"slices"
	"testing"

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

func TestNoWaits(t *testing.T) {
	if _, ok := new(Waits).Quantile(1, 2); ok {
		t.Error("a quantile of nothing")
	}
}
