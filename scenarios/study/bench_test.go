package study

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"quotawall/scenarios"
	"quotawall/sim/trace/ingest"
)

const benchRows = 200_000

// w1Trace is a canonical CSV like that of the speed workload: 20 requests a
// second for three models, lognormal tokens, 512 sessions that come and go.
func w1Trace(rows int) []byte {
	rng := rand.New(rand.NewPCG(1, 2))
	var out bytes.Buffer
	out.WriteString("t_us,model,input_tokens,output_tokens,max_tokens,session\n")
	slots, fresh, at := make([]int, 512), 0, int64(0)
	for range rows {
		at += max(4, int64(rng.ExpFloat64()*50_000)&^3)
		model := [...]string{"haiku", "haiku", "haiku", "sonnet", "sonnet", "sonnet", "sonnet", "sonnet", "opus", "opus"}[rng.IntN(10)]
		slot := rng.IntN(len(slots))
		if slots[slot] == 0 || rng.IntN(20) == 0 {
			fresh++
			slots[slot] = fresh
		}
		in := min(150_000, max(16, int64(1200*math.Exp(rng.NormFloat64()))))
		answer := min(4096, max(1, int64(220*math.Exp(0.9*rng.NormFloat64()))))
		most := 4096
		if rng.IntN(2) == 0 && answer <= 1024 {
			most = 1024
		}
		fmt.Fprintf(&out, "%d,%s,%d,%d,%d,%d\n", at, model, in, answer, most, slots[slot])
	}
	return out.Bytes()
}

// w1Scenario is the speed workload's scenario.
func w1Scenario(b *testing.B) string {
	text, err := os.ReadFile("../../.ci/w1.toml")
	if err != nil {
		b.Fatal(err)
	}
	return strings.Replace(string(text), "[trace]\n", "[trace]\nfile = \"w1.csv\"\n", 1)
}

func opener(text []byte) []ingest.File {
	return []ingest.File{{Name: "w1.csv", Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(text)), nil }}}
}

// BenchmarkT6 is the six steps of the speed workload with reading the trace,
// without start-up and report.
func BenchmarkT6(b *testing.B) { t6(b, w1Scenario(b)) }

// BenchmarkClosedLoop is BenchmarkT6 with sessions that wait for their answers,
// for which the trace is kept in memory.
func BenchmarkClosedLoop(b *testing.B) {
	t6(b, strings.Replace(w1Scenario(b), `loop = "open"`, `loop = "closed"`, 1))
}

func t6(b *testing.B, scenario string) {
	plan, text := planOf(b, scenario), w1Trace(benchRows)
	b.ReportAllocs()
	for b.Loop() {
		runOf(b, plan, Options{Files: opener(text), Workers: 1})
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/benchRows, "ns/request")
}

// BenchmarkSweepPoint is one further point of a sweep, one step, over a trace
// that was read already and that nothing refuses: limits hardly do, or there are
// none.
func BenchmarkSweepPoint(b *testing.B) {
	lifted, err := scenarios.ParseAssignment(`quota.applied = [` +
		`{ model = "opus", rpm = "none", tpm = "none", tpd = "none" }, { model = "sonnet", rpm = "none", tpm = "none", tpd = "none" }, ` +
		`{ model = "haiku", rpm = "none", tpm = "none", tpd = "none" }, { model = "self", rpm = "none", tpm = "none", tpd = "none" }]`)
	if err != nil {
		b.Fatal(err)
	}
	scenario := planOf(b, w1Scenario(b))
	b.Run("limits", func(b *testing.B) { sweepPoint(b, standingOf(b, scenario)) })
	b.Run("lifted", func(b *testing.B) { sweepPoint(b, standingOf(b, scenario, lifted)) })
}

func sweepPoint(b *testing.B, plan *scenarios.Plan) {
	opt := Options{Files: opener(w1Trace(benchRows)), Workers: 1}.shared()
	runOf(b, plan, opt)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Run(context.Background(), plan, opt); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/benchRows, "ns/request")
}
