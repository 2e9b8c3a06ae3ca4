package sim

import (
	"fmt"
	"testing"

	"quotawall/sim/trace"
	"quotawall/sim/unit"
)

const benchRows = 200_000

// runW1 feeds rows to an engine in blocks.
func runW1(tb testing.TB, cfg Config, rows []trace.Request) *Result {
	e := New(cfg)
	e.Bind([]int32{haiku, sonnet, opus, self}, []int32{0, 1, 2})
	for len(rows) > 0 {
		n := min(1024, len(rows))
		e.Feed(rows[:n])
		rows = rows[n:]
	}
	r, err := e.Finish(unit.Day)
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

func w1ForStep(rows []trace.Request, step int) []trace.Request {
	out := append([]trace.Request(nil), rows...)
	for i := range out {
		if step >= 3 && out[i].Model == opus && i%10 < 7 && out[i].Class == 0 {
			out[i].Class = 2
		}
	}
	return out
}

// BenchmarkStep is one step of the reference progression, without reading the
// trace: ns for each request, its attempts, retries and settlement included.
func BenchmarkStep(b *testing.B) {
	rows := w1Rows(benchRows, 1)
	for name, change := range map[string]func(*Config){
		"plain":  nil,
		"jitter": func(c *Config) { c.Client.Profile, c.Client.Instances = GoV2, 64 },
		"burndown5": func(c *Config) {
			c.Client.Profile = GoV2
			for i := range c.Models {
				c.Models[i].Burndown = 5
			}
		},
	} {
		for i, cfg := range w1Steps(change) {
			mine := w1ForStep(rows, i)
			b.Run(fmt.Sprintf("%s/S%d", name, i), func(b *testing.B) {
				b.ReportAllocs()
				begun := cpuTime()
				for b.Loop() {
					runW1(b, cfg, mine)
				}
				b.ReportMetric(float64((cpuTime()-begun).Nanoseconds())/float64(b.N)/benchRows, "cpu-ns/request")
			})
		}
	}
}
