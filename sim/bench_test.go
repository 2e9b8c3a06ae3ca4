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

func cpuPerRequest(b *testing.B, run func()) {
	b.ReportAllocs()
	begun := cpuTime()
	for b.Loop() {
		run()
	}
	b.ReportMetric(float64((cpuTime()-begun)/time.Nanosecond)/float64(b.N)/benchRows, "cpu-ns/request")
}

// BenchmarkStep is one step of the reference progression without reading the
// trace: attempts, retries and settlement of a request.
func BenchmarkStep(b *testing.B) {
	rows := w1Rows(benchRows, 1)
	for _, client := range w1Clients() {
		for i, cfg := range w1Steps(client.change) {
			b.Run(fmt.Sprintf("%s/S%d", client.name, i), func(b *testing.B) {
				cpuPerRequest(b, func() { runW1(b, newW1(cfg), rows) })
			})
		}
	}
}

// BenchmarkProgression is all six steps, fed block by block.
func BenchmarkProgression(b *testing.B) {
	rows := w1Rows(benchRows, 1)
	for _, client := range w1Clients() {
		b.Run(client.name, func(b *testing.B) {
			cpuPerRequest(b, func() { runW1(b, newW1(w1Steps(client.change)...), rows) })
		})
	}
}
