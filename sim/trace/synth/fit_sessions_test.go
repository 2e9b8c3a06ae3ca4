package synth_test

import (
	"io"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"quotawall/sim/trace"
	"quotawall/sim/trace/ingest"
	"quotawall/sim/trace/stats"
	"quotawall/sim/trace/synth"
	"quotawall/sim/unit"
)

// The public Claude Code sessions, estimated, synthesized and measured by the
// statistics that users see.
func TestFitClaudeCodeSessions(t *testing.T) {
	dir := os.Getenv("QUOTAWALL_TRACES")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "..", "shared", "traces")
	}
	path := filepath.Join(dir, "claude_code_sessions_a.jsonl.gz")
	if _, err := os.Stat(path); err != nil {
		t.Skipf("the public sessions are not here (set QUOTAWALL_TRACES): %v", err)
	}
	open := func() trace.Reader {
		file := ingest.File{Name: path, Open: func() (io.ReadCloser, error) { return os.Open(path) }}
		r, err := ingest.Open([]ingest.File{file}, "auto", trace.ReadOptions{SessionGap: unit.Minute})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { r.Close() })
		return r
	}
	want, err := stats.Collect(open(), stats.Options{})
	if err != nil {
		t.Fatal(err)
	}
	fitted, _, err := synth.Fit(open(), "coding")
	if err != nil {
		t.Fatal(err)
	}
	// Five times the trace's span: its 355 sessions are few.
	r, err := synth.New(fitted, time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC), unit.Time(5*want.SpanS)*unit.Second, 1)
	if err != nil {
		t.Fatal(err)
	}
	got, err := stats.Collect(r, stats.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		what                 string
		got, want, tolerance float64
	}{
		{"calls", float64(got.Requests), 5 * float64(want.Requests), 0.1 * 5 * float64(want.Requests)},
		{"mean input", *got.Input.Mean, *want.Input.Mean, 0.1 * *want.Input.Mean},
		{"mean output", *got.Output.Mean, *want.Output.Mean, 0.05 * *want.Output.Mean},
		{"p50 of output", float64(got.Output.P50), float64(want.Output.P50), 0.03 * float64(want.Output.P50)},
		{"p99 of output", float64(got.Output.P99), float64(want.Output.P99), 0.08 * float64(want.Output.P99)},
		{"hit at 5 minutes", *got.Prefix.Five.Share, *want.Prefix.Five.Share, 0.03},
		{"hit at an hour", *got.Prefix.Hour.Share, *want.Prefix.Hour.Share, 0.03},
		{"hit without end", *got.Prefix.NoExpiry.Share, *want.Prefix.NoExpiry.Share, 0.03},
	} {
		if !(math.Abs(c.got-c.want) <= c.tolerance) {
			t.Errorf("%s: %.5g, want %.5g within %.3g", c.what, c.got, c.want, c.tolerance)
		}
	}
}
