package sim

import (
	"cmp"
	"slices"

	"quotawall/sim/unit"
)

// retries are the errands that wait for their next attempt. Where the client
// waits for fixed times, those that wait equally long stand in a line; else they
// are in spans.
type retries struct {
	next  unit.Time // nothing is before it
	spans *spans
	lines []retryLine // the longest wait first: of one time, what waits longer was there before
	first int         // the line whose front is next
	of    []int       // line, by attempts made less one
}

type retryLine struct {
	line[errandAt]
	next unit.Time // of its front
}

type errandAt struct {
	at  unit.Time
	ref int32
}

// mostLines bounds the lines that are looked at for the next attempt.
const mostLines = 8

// newRetries makes room for attempts that come after fixed delays, or after
// others where there are none.
func newRetries(delays []unit.Time) retries {
	r := retries{next: unit.Never}
	waits := slices.SortedFunc(slices.Values(delays), func(a, b unit.Time) int { return cmp.Compare(b, a) })
	if waits = slices.Compact(waits); len(waits) == 0 || len(waits) > mostLines {
		r.spans = newSpans()
		return r
	}
	for range waits {
		r.lines = append(r.lines, retryLine{next: unit.Never})
	}
	for _, d := range delays {
		r.of = append(r.of, slices.Index(waits, d))
	}
	return r
}

// push adds an errand that has made so many attempts.
func (r *retries) push(at unit.Time, ref int32, attempts int16) {
	if r.lines == nil {
		r.spans.push(at, ref)
		r.next = r.spans.next
		return
	}
	i := r.of[attempts-1]
	l := &r.lines[i]
	l.push(errandAt{at, ref})
	l.next = min(l.next, at)
	if at < r.next {
		r.next, r.first = at, i
	}
}

// pop takes the earliest errand, once next has come; 0 says that next was a bound
// only, and is later now.
func (r *retries) pop() (at unit.Time, ref int32) {
	if r.lines == nil {
		at, ref = r.spans.pop()
		r.next = r.spans.next
		return at, ref
	}
	l := &r.lines[r.first]
	e := *l.front()
	l.pop()
	l.next = unit.Never
	if l.len() > 0 {
		l.next = l.front().at
	}
	next, first := r.lines[0].next, 0
	for i := range r.lines {
		at, new := r.lines[i].next, i
		if at >= next {
			new = first
		}
		first, next = new, min(next, at)
	}
	r.next, r.first = next, first
	return e.at, e.ref
}

// each calls f for every errand that waits, in no order.
func (r *retries) each(f func(ref int32)) {
	if r.lines == nil {
		r.spans.each(f)
		return
	}
	for i := range r.lines {
		for _, e := range r.lines[i].all() {
			f(e.ref)
		}
	}
}
