package sim

import (
	"cmp"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"quotawall/sim/unit"
)

// The event queue gives back what a stably sorted slice would: by time, then
// completion, release, retry, arrival, then order of scheduling, and arrivals
// of one instant by their place in the trace.
func TestEventsAgainstSortedSlice(t *testing.T) {
	type planned struct {
		at    unit.Time
		kind  kind
		order int64 // of scheduling, or the place
		ref   int32
	}
	rapid.Check(t, func(t *rapid.T) {
		q := newEvents(1, 64)
		var sorted []planned
		now := unit.Time(0)
		for i := range rapid.IntRange(1, 200).Draw(t, "steps") {
			if len(sorted) > 0 && rapid.IntRange(0, 2).Draw(t, "pop") == 0 {
				got, _ := q.popBefore(unit.Never, 0)
				want := sorted[0]
				sorted = sorted[1:]
				now = want.at
				if got.at != want.at || got.kind() != want.kind || got.ref != want.ref {
					t.Fatalf("got %+v, the sorted slice says %+v", got, want)
				}
				continue
			}
			p := planned{at: now + unit.Time(rapid.Int64Range(0, 4).Draw(t, "after")), kind: kind(rapid.IntRange(0, 3).Draw(t, "kind")), order: int64(i), ref: int32(i)}
			if p.kind == arrival {
				p.order = int64(i) ^ 7 // places come in another order than they are scheduled
				q.pushArrival(p.at, p.order, p.ref)
			} else {
				q.push(p.at, p.kind, p.ref)
			}
			sorted = append(sorted, p)
			slices.SortStableFunc(sorted, func(a, b planned) int {
				return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.kind, b.kind), cmp.Compare(a.order, b.order))
			})
		}
	})
}

// At one instant what ended makes room before what retries and what arrives.
func TestOrderOfOneInstant(t *testing.T) {
	// One request a time fits; the first ends at 10 s. Its settlement leaves
	// room for one: the retry of the second, due at the same instant, comes
	// before the third's arrival.
	cfg := world(limited(None, 1205, None), plain(2, 10*unit.Second))
	rows := merged(in("one", ask(0, 100, 1)), in("two", ask(0, 100, 1)), in("three", ask(10*unit.Second, 100, 1)))
	r := run(t, cfg, rows)
	want(t, "served", r.Served, 2)
	want(t, "unserved", r.Unserved, 1)
	want(t, "retries", r.Retries, 2)
	longest, _ := r.Waits.Quantile(1, 1)
	want(t, "wait of the retried one", longest, 10*unit.Second)
}
