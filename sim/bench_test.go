package sim

import (
	"fmt"
	"testing"
	"time"

	"quotawall/sim/trace"
	"quotawall/sim/unit"
)

const benchRows = 100_000

// newW1 makes engines for steps of the reference workload.
func newW1(steps ...Config) []*Engine {
	var es []*Engine
	for _, cfg := range steps {
		e := New(cfg)
		e.Bind([]int32{haiku, sonnet, opus, self}, []int32{0, memory, easy})
		es = append(es, e)
	}
	return es
}

// runW1 feeds rows to engines, block by block.
func runW1(tb testing.TB, es []*Engine, rows []trace.Request) {
	for len(rows) > 0 {
		n := min(1024, len(rows))
		for _, e := range es {
			e.Feed(rows[:n])
		}
		rows = rows[n:]
	}
	for _, e := range es {
		if _, err := e.Finish(unit.Day); err != nil {
			tb.Fatal(err)
		}
	}
}

// w1Clients are what the callers of the reference workload do, and models that
// burn five tokens for one of output.
func w1Clients() []struct {
	name   string
	change func(*Config)
} {
	return []struct {
		name   string
		change func(*Config)
	}{
		{"plain", nil},
		{"go-v2", func(c *Config) { c.Client.Profile, c.Client.Instances = GoV2, 512 }},
		{"burndown", func(c *Config) {
			c.Client.Profile, c.Client.Instances = GoV2, 512
			for i := range c.Models {
				c.Models[i].Burndown = 5
			}
		}},
	}
}

func cpuPerRequest(b *testing.B, requests int, run func()) {
	b.ReportAllocs()
	begun := cpuTime()
	for b.Loop() {
		run()
	}
	b.ReportMetric(float64((cpuTime()-begun)/time.Nanosecond)/float64(b.N)/float64(requests), "cpu-ns/request")
}

// BenchmarkStep is one step of the reference progression without reading the
// trace: attempts, retries and settlement of a request.
func BenchmarkStep(b *testing.B) {
	rows := w1Rows(benchRows, 1)
	for _, client := range w1Clients() {
		for i, cfg := range w1Steps(client.change) {
			b.Run(fmt.Sprintf("%s/S%d", client.name, i), func(b *testing.B) {
				cpuPerRequest(b, benchRows, func() { runW1(b, newW1(cfg), rows) })
			})
		}
	}
}

// BenchmarkProgression is all six steps, fed block by block.
func BenchmarkProgression(b *testing.B) {
	rows := w1Rows(benchRows, 1)
	for _, client := range w1Clients() {
		b.Run(client.name, func(b *testing.B) {
			cpuPerRequest(b, benchRows, func() { runW1(b, newW1(w1Steps(client.change)...), rows) })
		})
	}
}

// BenchmarkMM1 is ten million calls to one server before a queue without bound, 90 %
// busy: a call costs an arrival, an end and, mostly, a place in the line.
func BenchmarkMM1(b *testing.B) {
	const rounds = 1_000
	block := poisson("bench", 10_000, 0.09, func(u float64) int64 { return int64(u*10_000 + 0.5) })
	first, last := block[0].At, block[len(block)-1].At
	cpuPerRequest(b, rounds*len(block), func() {
		e := New(servers(1))
		e.Bind([]int32{0}, []int32{0})
		for round := range unit.Time(rounds) {
			later := round*last + first - block[0].At
			for i := range block {
				block[i].At += later
			}
			e.Feed(block)
		}
		if _, err := e.Finish(unit.Never / 4); err != nil {
			b.Fatal(err)
		}
	})
}

// BenchmarkQueue is deferrable calls that all come at once and are released as
// the minutes have room.
func BenchmarkQueue(b *testing.B) {
	rows := messages(benchRows, 500, 100)
	cpuPerRequest(b, benchRows, func() {
		e := New(world(limited(1_000, None, None), queued(func(*Config) {})))
		e.Bind([]int32{0}, []int32{0})
		runW1(b, []*Engine{e}, rows)
	})
}

// BenchmarkLedger is what counting a served request costs, on the plain path and
// on the express path.
func BenchmarkLedger(b *testing.B) {
	cfg := w1Steps(nil)[1]
	b.Run("plain", func(b *testing.B) {
		l, c := newLedger(&cfg), call{input: 1200, output: 220}
		o := offer{model: &cfg.Models[0], input: 1200, output: 220, charge: 1420, final: 1420}
		for b.Loop() {
			l.serve(unit.Second, &c, &o, 5*unit.Minute)
		}
	})
	b.Run("express", func(b *testing.B) {
		l, n := newLedger(&cfg), newCounters(&cfg, nil)
		n.begin(&l, 0)
		r := errand{input: 1200, output: 220, asked: 1420, arrival: unit.Second}
		for b.Loop() {
			n.serve(&r, 0, 0, 1420)
		}
	})
}

// BenchmarkMeter is a call that the limits of a pool admit and settle.
func BenchmarkMeter(b *testing.B) {
	cfg := w1Steps(nil)[0]
	m, now, end := newMeter(&newPools(&cfg)[0]), unit.Time(0), ending{}
	for b.Loop() {
		now += 50 * unit.Millisecond
		if now >= m.turn {
			m.roll(now)
		}
		if m.fits(1420) {
			m.take(1420, 1300)
			m.hold(&end, now, 1420, 1300)
			m.settle(now, &end)
		}
	}
}

// BenchmarkSpans is a number pushed some seconds ahead and popped when its time
// has come, among a hundred others.
func BenchmarkSpans(b *testing.B) {
	random, s := unit.Stream(1, "bench"), newSpans()
	var ahead [1 << 10]unit.Time
	for i := range ahead {
		ahead[i] = unit.Time(random.Int64N(int64(10 * unit.Second)))
	}
	for i := range int32(100) {
		s.push(ahead[i], i+1)
	}
	n := 0
	for b.Loop() {
		at, number := s.pop()
		for number == 0 {
			at, number = s.pop()
		}
		n++
		s.push(at+ahead[n%len(ahead)], number)
	}
}
