package synth

import (
	"io"
	"math"
	"slices"
	"testing"
	"time"

	"quotawall/sim/trace"
	"quotawall/sim/unit"
)

var monday = time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)

// row is a request without a reader's memory.
type row struct {
	trace.Request
	id     string
	blocks []uint64
}

// readAll reads a trace to its end and checks what every trace must hold:
// rows in order of time, no impossible counts, hashes of the session ids.
func readAll(t testing.TB, r trace.Reader) []row {
	t.Helper()
	var rows []row
	block := make([]trace.Request, 1000)
	last := unit.Time(0)
	for {
		n, err := r.Read(block)
		if err == io.EOF {
			return rows
		}
		if err != nil {
			t.Fatal(err)
		}
		for i := range block[:n] {
			q := &block[i]
			if q.At < last {
				t.Fatalf("row %d at %d after one at %d", len(rows)+i, q.At, last)
			}
			last = q.At
			if q.Input < 1 || q.Output < 0 || q.Shared > q.Input {
				t.Fatalf("row %d: input %d, output %d, shared %d", len(rows)+i, q.Input, q.Output, q.Shared)
			}
			if len(q.SessionID) > 0 && q.Session != unit.Hash(q.SessionID) {
				t.Fatalf("row %d: session %q has hash %x", len(rows)+i, q.SessionID, q.Session)
			}
			rows = append(rows, row{*q, string(q.SessionID), slices.Clone(q.Blocks)})
		}
	}
}

// synthesize reads the traffic of workloads to its end.
func synthesize(t testing.TB, horizon unit.Time, seed uint64, workloads ...Workload) []row {
	t.Helper()
	r, err := New(workloads, monday, horizon, seed)
	if err != nil {
		t.Fatal(err)
	}
	return readAll(t, r)
}

func column(rows []row, value func(*row) float64) []float64 {
	list := make([]float64, len(rows))
	for i := range rows {
		list[i] = value(&rows[i])
	}
	return list
}

func inputs(rows []row) []float64 {
	return column(rows, func(r *row) float64 { return float64(r.Input) })
}
func outputs(rows []row) []float64 {
	return column(rows, func(r *row) float64 { return float64(r.Output) })
}

// gapsOf is the seconds between successive rows.
func gapsOf(rows []row) []float64 {
	var gaps []float64
	for i := 1; i < len(rows); i++ {
		gaps = append(gaps, (rows[i].At - rows[i-1].At).Seconds())
	}
	return gaps
}

// sessionsOf groups rows by session, in order of first appearance.
func sessionsOf(rows []row) [][]row {
	place := map[string]int{}
	var list [][]row
	for _, r := range rows {
		i, ok := place[r.id]
		if !ok {
			i = len(list)
			place[r.id] = i
			list = append(list, nil)
		}
		list[i] = append(list[i], r)
	}
	return list
}

// quantile is the nearest rank: the smallest value with at least p of the
// values at or below it.
func quantile(values []float64, p float64) float64 {
	s := slices.Sorted(slices.Values(values))
	return s[max(0, int(math.Ceil(p*float64(len(s))))-1)]
}

func mean(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}

func cv(values []float64) float64 {
	m, sum := mean(values), 0.0
	for _, v := range values {
		sum += (v - m) * (v - m)
	}
	return math.Sqrt(sum/float64(len(values))) / m
}

// sessionHit is the ideal prefix hit by what sessions say they share: a prompt
// hits its shared part where the session's last call is at most ttl old.
func sessionHit(rows []row, ttl unit.Time) float64 {
	last := map[string]unit.Time{}
	hit, total := int64(0), int64(0)
	for _, r := range rows {
		total += r.Input
		if at, ok := last[r.id]; ok && r.id != "" && r.At-at <= ttl {
			hit += max(r.Shared, 0)
		}
		last[r.id] = r.At
	}
	return float64(hit) / float64(total)
}

// blockHit is the ideal prefix hit by blocks, of an unlimited cache in which a
// use renews a block.
func blockHit(rows []row, ttl unit.Time) float64 {
	last := map[uint64]unit.Time{}
	hit, total := int64(0), int64(0)
	for _, r := range rows {
		total += r.Input
		n := int64(0)
		for _, b := range r.blocks {
			if at, ok := last[b]; !ok || r.At-at > ttl {
				break
			}
			n++
		}
		hit += min(n*BlockTokens, r.Input)
		for _, b := range r.blocks {
			last[b] = r.At
		}
	}
	return float64(hit) / float64(total)
}
