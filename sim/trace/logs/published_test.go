package logs

import (
	"os"
	"path/filepath"
	"testing"

	"quotawall/sim/trace"
)

func TestTraceLab(t *testing.T) {
	text := fixture(t, "tracelab.jsonl")
	if got := detected("x.jsonl", text); got != "tracelab" {
		t.Errorf("detected as %q", got)
	}
	f := format(t, "tracelab", 0)
	expect(t, f, text, trace.ReadOptions{},
		"0 100/1 model=claude-opus-4-8 session=claude:s1 user=p1 class=claude read=0 write=0",
		"1000000 9324/444 model=gpt-5.4 session=codex:s2 user=p2 class=codex read=6912 took=542000",
		"2935000 44901/232 model=claude-opus-4-8 session=claude:s1 user=p1 class=claude read=42874 write=1896 took=3315000")
	refuse(t, f, `{"input_tokens_total":5,"timing_events":[]}`, trace.ReadOptions{}, `"timing_events" is missing`)
	refuse(t, f, `{"input_tokens_total":5,"prefix_tokens":9,"timing_events":[{"timestamp":"2026-06-01T05:43:00Z"}]}`, trace.ReadOptions{}, "exclusive")
}

// tracesFolder is where the public traces lie, which are not part of the project.
func tracesFolder(t testing.TB, file string) string {
	t.Helper()
	folder := os.Getenv("QUOTAWALL_TRACES")
	if folder == "" {
		folder = filepath.Join("..", "..", "..", "..", "shared", "traces")
	}
	path := filepath.Join(folder, file)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("no %s: set QUOTAWALL_TRACES to the folder of the public traces", file)
	}
	return path
}

// TestTraceLabExample reads the publisher's own example: 10 calls of Claude Code
// and 9 of Codex. The sums were made with jq from the same file.
func TestTraceLabExample(t *testing.T) {
	text, err := os.ReadFile(tracesFolder(t, "tracelab_example_round_trace.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(tracesFolder(t, "tracelab_example_round_trace.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if got := detected("x.jsonl", string(text)); got != "tracelab" {
		t.Errorf("detected as %q", got)
	}
	r, err := format(t, "tracelab", 0).Open("example", file, trace.ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	block := make([]trace.Request, 100)
	n, err := r.Read(block)
	if err != nil {
		t.Fatal(err)
	}
	var input, output, read, write int64
	classes := map[string]int{}
	for _, q := range block[:n] {
		input, output = input+q.Input, output+q.Output
		read, write = read+q.CacheRead, write+max(q.CacheWrite, 0)
		classes[r.Info().Names.Classes.Text(q.Class)]++
		if q.Duration <= 0 {
			t.Errorf("a call at %s took %s", q.At, q.Duration)
		}
	}
	if n != 19 || classes["claude"] != 10 || classes["codex"] != 9 {
		t.Errorf("%d calls, %v", n, classes)
	}
	if input != 514012 || output != 11335 || read != 473556 || write != 21086 {
		t.Errorf("input %d output %d read %d write %d", input, output, read, write)
	}
}

func TestBailian(t *testing.T) {
	text := `{"chat_id": 10, "parent_chat_id": -1, "timestamp": 61.5, "input_length": 33, "output_length": 8, "type": "text", "turn": 1, "hash_ids": [1, 2, 3]}
{"chat_id": 11, "parent_chat_id": -1, "timestamp": 61.5, "input_length": 5, "output_length": 0, "type": "search", "turn": 1, "hash_ids": []}
{"chat_id": 12, "parent_chat_id": 10, "timestamp": 70.000001, "input_length": 60, "output_length": 9, "type": "text", "turn": 2, "hash_ids": [1, 2, 3, 4]}
{"chat_id": 13, "parent_chat_id": 12, "timestamp": 80, "input_length": 70, "output_length": 9, "type": "text", "turn": 3, "hash_ids": [1, 2, 3, 4, 5]}
{"chat_id": 99, "parent_chat_id": 7, "timestamp": 81, "input_length": 70, "type": "file", "turn": 3}`
	if got := detected("x.jsonl", text); got != "bailian" {
		t.Errorf("detected as %q", got)
	}
	f := format(t, "bailian", 0)
	r := expect(t, f, text, trace.ReadOptions{},
		"0 33/8 session=10 class=text blocks=[1 2 3]",
		"0 5/0 session=11 class=search",
		"8500001 60/9 session=10 class=text blocks=[1 2 3 4]",
		"18500000 70/9 session=10 class=text blocks=[1 2 3 4 5]",
		"19500000 70/0 session=7 class=file")
	if info := r.Info(); info.BlockTokens != 16 || info.BlockScope != trace.TraceScope || info.Dated || !info.Dialogues {
		t.Errorf("info %+v", info)
	}
	refuse(t, f, text+"\n"+`{"chat_id":1,"timestamp":3,"input_length":1}`, trace.ReadOptions{}, "out of time order", "log:6:1")
	expect(t, f, `{"timestamp":5,"input_length":1}`+"\n"+`{"timestamp":3,"input_length":2}`, trace.ReadOptions{Unordered: true}, "0 1/0", "-2000000 2/0")
	refuse(t, f, `{"timestamp":5}`, trace.ReadOptions{}, `"input_length" is missing`)
	expect(t, f, text, trace.ReadOptions{Head: 2}, "0 33/8 session=10 class=text blocks=[1 2 3]", "0 5/0 session=11 class=search")
}
