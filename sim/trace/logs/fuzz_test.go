package logs

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"quotawall/sim/trace"
	"quotawall/sim/trace/scan"
)

// seeds gives a fuzz target the fixtures and what hostile files may hold.
func seeds(f *testing.F, own ...string) {
	files, err := filepath.Glob("testdata/*.*")
	if err != nil || len(files) == 0 {
		f.Fatal("no fixtures")
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	for _, text := range append(own, "", "[", "{", "[[[[[[[[[[", "{}{}", "null", "\"", `{"a":`, "a,b\n\"", strings.Repeat(`{"events":[`, 20), "\xef\xbb\xbf{}") {
		f.Add([]byte(text))
	}
}

// fuzz holds that nothing that can be read crashes, and that what is read says
// the same after it was written in the canonical form and read again.
func fuzz(f *testing.F, name string, which int, own ...string) {
	seeds(f, own...)
	f.Fuzz(func(t *testing.T, text []byte) {
		format := format(t, name, which)
		format.Sniff("x", text)
		roundTrip(t, format, text, trace.ReadOptions{})
		roundTrip(t, format, text, trace.ReadOptions{SkipBadRows: true, Inclusive: trace.Inclusive})
	})
}

func FuzzBedrock(f *testing.F) {
	fuzz(f, "bedrock", 0, "@timestamp,@message\n2026-10-05 09:12:31.000,\"{\"\"requestId\"\":\"\"1\"\"}\"\n")
}
func FuzzClaude(f *testing.F)   { fuzz(f, "claude-code", 0) }
func FuzzTraceLab(f *testing.F) { fuzz(f, "tracelab", 0) }
func FuzzBailian(f *testing.F) {
	fuzz(f, "bailian", 0, `{"chat_id":1,"parent_chat_id":-1,"timestamp":1.5,"input_length":33,"hash_ids":[1,"a"]}`)
}
func FuzzSpans(f *testing.F)     { fuzz(f, "otel", 0) }
func FuzzFlatSpans(f *testing.F) { fuzz(f, "otel", 1, `{"start":1,"gen_ai.usage.input_tokens":3}`) }
func FuzzBurstGPT(f *testing.F) {
	fuzz(f, "burstgpt", 0, "Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type\n5,ChatGPT,472,18,490,Conversation log\n")
}
func FuzzLiteLLM(f *testing.F) {
	fuzz(f, "litellm", 0, "startTime,prompt_tokens,completion_tokens,spend,metadata\n1,2,3,4,{}\n", `[{"startTime":1,"prompt_tokens":2,"metadata":{"usage":{"cache_read_input_tokens":1}}}]`)
}
func FuzzLangfuse(f *testing.F) {
	fuzz(f, "langfuse", 0, `{"data":[{"startTime":"2026-10-05T09:00:00Z","usageDetails":{"input":1}}]}`)
}
func FuzzHelicone(f *testing.F) {
	fuzz(f, "helicone", 0, `{"request_created_at":"2026-10-05T09:00:00Z","prompt_tokens":1}`)
}
func FuzzPlainCSV(f *testing.F)   { fuzz(f, "csv", 0, "time,input_tokens,session\n1,2,' a \n") }
func FuzzPlainJSONL(f *testing.F) { fuzz(f, "jsonl", 0, `{"time":1,"input_tokens":2,"session":"=a"}`) }

func FuzzMetrics(f *testing.F) {
	seeds(f, metricData, "Full label,Invocations\n2026/10/05 09:12:00,3\n")
	large := regexp.MustCompile(`[0-9]{5}|[eE]`)
	f.Fuzz(func(t *testing.T, text []byte) {
		if large.Match(text[min(len(text), 0):]) && !strings.Contains(string(text), "1791") {
			return // millions of calls are right, and slow
		}
		roundTrip(t, format(t, "cloudwatch", 0), text, trace.ReadOptions{Spread: trace.Poisson})
	})
}

// endless is a text without a line end.
type endless struct{ read int64 }

func (e *endless) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = 'x'
	}
	if e.read == 0 {
		copy(b, `{"a":"`)
	}
	e.read += int64(len(b))
	return len(b), nil
}

// TestEndlessLine: a line that never ends is refused once it is longer than any
// line may be.
func TestEndlessLine(t *testing.T) {
	for _, name := range []string{"bedrock", "burstgpt"} {
		var e endless
		_, err := format(t, name, 0).Open("log", &e, trace.ReadOptions{SkipBadRows: true})
		if err == nil || !strings.Contains(err.Error(), "log:1:1: the line is longer than") {
			t.Errorf("%s: %v", name, err)
		}
		if e.read > 3*scan.MaxLine {
			t.Errorf("%s: read %d bytes", name, e.read)
		}
	}
}

// TestHostileLines: a line without end is refused with a bound on memory, and
// brackets without end do not exhaust the stack.
func TestHostileLines(t *testing.T) {
	for _, f := range Formats() {
		for name, text := range map[string]string{
			"brackets":    strings.Repeat("[", 1<<20),
			"braces":      strings.Repeat(`{"resourceSpans":[{"scopeSpans":[`, 1<<15),
			"objects":     strings.Repeat(`{"message":`, 1<<16),
			"string":      `{"a":"` + strings.Repeat("x", 1<<20),
			"zeros":       strings.Repeat("\x00", 1<<16),
			"commas":      strings.Repeat(",", 1<<16) + "\n",
			"quotes":      strings.Repeat("\"\n", 1<<10),
			"backslashes": `{"a":"` + strings.Repeat(`\`, 1<<16) + `"}`,
		} {
			for _, skip := range []bool{false, true} {
				r, err := f.Open("log", strings.NewReader(text), trace.ReadOptions{SkipBadRows: skip})
				if err == nil {
					_, err = lines(t, r)
				}
				if err == nil {
					t.Errorf("%s: %s is read without a complaint", f.Name, name)
				} else if len(err.Error()) > 2000 || strings.ContainsAny(err.Error(), "\x00\x1b") {
					t.Errorf("%s: %s: an error of %d bytes: %.200q", f.Name, name, len(err.Error()), err)
				}
			}
		}
	}
}
