package ingest

import (
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"testing"

	"quotawall/sim/trace"
	"quotawall/sim/unit"
)

// publicTrace is a file of the public traces, which are not part of the
// repository.
func publicTrace(t testing.TB, name string) File {
	t.Helper()
	dir := os.Getenv("QUOTAWALL_TRACES")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "..", "shared", "traces")
	}
	path := filepath.Join(dir, name)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("public trace %s is not here (set QUOTAWALL_TRACES): %v", name, err)
	}
	return File{Name: name, Open: func() (io.ReadCloser, error) { return os.Open(path) }}
}

// totals are the sums of a whole trace, and its rows are checked on the way.
type totals struct {
	Requests int64   `json:"requests"`
	Span     float64 `json:"span_s"`
	Input    int64   `json:"input_tokens"`
	Output   int64   `json:"output_tokens"`
}

func sum(t testing.TB, r trace.Reader) (s totals, format string) {
	t.Helper()
	block := make([]trace.Request, 1000)
	var first, last unit.Time
	for {
		n, err := r.Read(block)
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		for i := range block[:n] {
			q := &block[i]
			if s.Requests == 0 {
				first, last = q.At, q.At
			}
			if q.At < last {
				t.Fatalf("request %d at %v comes after %v", s.Requests, q.At, last)
			}
			last = q.At
			s.Requests++
			s.Input += q.Input
			s.Output += q.Output
		}
	}
	s.Span = (last - first).Seconds()
	return s, r.Info().Format
}

func TestPublicTotals(t *testing.T) {
	cases := []struct {
		file, format, expected string
		opt                    trace.ReadOptions
	}{
		{"AzureLLMInferenceTrace_code.csv.gz", "azure", "01-azure-code-seed-exact", trace.ReadOptions{}},
		{"AzureLLMInferenceTrace_conv.csv.gz", "azure", "04-azure-conv-fixed-midnight", trace.ReadOptions{}},
		{"mooncake_conversation_trace.jsonl.gz", "mooncake", "08-conversation-seed-no-cache", trace.ReadOptions{}},
		{"claude_code_sessions_a.jsonl.gz", "kv-cache-tester", "24-claude-a-rate-cache-day-at-7", trace.ReadOptions{Head: 40, SessionGap: unit.Minute}},
		{"claude_code_sessions_a.jsonl.gz", "kv-cache-tester", "31-claude-a-haiku-route-closed", trace.ReadOptions{Head: 40, SessionGap: unit.Hour}},
	}
	for _, c := range cases {
		t.Run(c.expected, func(t *testing.T) {
			f := publicTrace(t, c.file)
			want := expectedTotals(t, c.expected)
			r, err := Open([]File{f}, "", c.opt)
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			got, format := sum(t, r)
			if got != want || format != c.format {
				t.Errorf("%s: got %+v, want %+v", format, got, want)
			}
			if s := r.Summary(); s.Rows != got.Requests || s.Span.Seconds() != got.Span {
				t.Errorf("summary %+v", s)
			}
		})
	}
}

// expectedTotals are those of an independent implementation.
func expectedTotals(t *testing.T, name string) totals {
	t.Helper()
	path := filepath.Join("..", "..", "..", "..", "shared", "cases", "expected", name+".json")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Skipf("the worked cases are not here: %v", err)
	}
	var doc struct{ Trace totals }
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	return doc.Trace
}

func BenchmarkSessions(b *testing.B) {
	f := publicTrace(b, "claude_code_sessions_a.jsonl.gz")
	for b.Loop() {
		r, err := Open([]File{f}, "", trace.ReadOptions{SessionGap: unit.Minute})
		if err != nil {
			b.Fatal(err)
		}
		got, _ := sum(b, r)
		if got.Requests != 24015 {
			b.Fatal(got)
		}
		r.Close()
	}
	b.SetBytes(229465388)
}
