package logs

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"quotawall/sim/trace"
	"quotawall/sim/trace/scan"
)

// crlf is lines as an editor of another system leaves them, with a mark of the
// byte order in front.
func crlf(lines ...string) string { return "\xef\xbb\xbf" + strings.Join(lines, "\r\n") + "\r\n" }

// hostileFiles are files of one log, what is to be read of them, and what is to
// be said of the rest: "count text, the first at position".
type hostileFiles struct {
	name         string
	files, texts []string
	rows         []string
	reasons      []string
}

func (h hostileFiles) check(t *testing.T, format Format) {
	t.Run(h.name, func(t *testing.T) {
		r, err := many(format, trace.ReadOptions{SkipBadRows: true}, h.files, h.texts...)
		if err != nil {
			t.Fatal(err)
		}
		got, err := lines(t, r)
		if err != nil {
			t.Fatal(err)
		}
		compare(t, got, h.rows)
		var reasons []string
		for _, x := range summary(r).Reasons {
			reasons = append(reasons, fmt.Sprintf("%d %s, the first at %s", x.Count, x.Text, x.First))
		}
		compare(t, reasons, h.reasons)
	})
}

func TestHostileClaude(t *testing.T) {
	const side, main = true, false
	user := func(second int, uuid, session, more string) string {
		return fmt.Sprintf(`{"type":"user","timestamp":"2026-10-05T09:00:%02d.000Z","uuid":%q,"sessionId":%q,"isSidechain":false%s}`, second, uuid, session, more)
	}
	after := func(line, uuid, parent string) string {
		return strings.Replace(line, `{"type"`, fmt.Sprintf(`{"uuid":%q,"parentUuid":%q,"type"`, uuid, parent), 1)
	}
	answer := after(claudeAnswer(4, "m", "r", main, 1, ""), "a", "u")
	session := []string{
		`{"type":"summary","summary":"x","leafUuid":"z"}`, user(0, "u", "s", ""), answer, after(claudeAnswer(9, "m", "r", main, 77, ""), "b", "a"),
		user(10, "v", "s", `,"toolUseResult":{"type":"assistant","usage":{"input_tokens":999999}}`),
		strings.Replace(answer, `"m","model":"m"`, `"y","model":"<synthetic>"`, 1),
		`{"type":"assistant","timestamp":"2026-10-05T09:00:11.000Z","sessionId":"s","requestId":"q","message":{"id":"n","model":"m"}}`,
		`{"type":"assistant","timestamp":"2026-10-05T09:00:12.000Z","sessionId":"s","requestId":"p","message":{"id":"o","model":"m","usage":null}}`,
		`{"type":"assistant","timestamp":"2026-10-05T09:00:13.000Z","sessionId":"s","message":null}`,
		`{"type":"progress","sessionId":"s","data":{"message":{"type":"assistant","message":{"id":"x","usage":{"input_tokens":5}}}}}`,
	}
	const first = "0 1/77 model=m session=s class=main read=0 write=0 took=9000000"
	for _, h := range []hostileFiles{
		{"what is no call", []string{"s.jsonl"}, []string{crlf(session...)}, []string{first},
			[]string{
				"1 lines that repeat a response, the first at s.jsonl:4:1",
				"1 messages that Claude Code wrote itself (<synthetic>), the first at s.jsonl:6:1",
				"2 lines of responses that do not count their tokens, the first at s.jsonl:7:1",
			}},
		{"a sub-agent and a resumed session", []string{"p/s.jsonl", "p/s/subagents/agent-a.jsonl", "p/t.jsonl", "p/sessions-index.json", "p/notes.md"},
			[]string{
				strings.Join(session[1:4], "\n"),
				strings.Join([]string{claudeAnswer(20, "m", "copy", side, 77, ""), claudeAnswer(25, "k", "l", side, 30, ""), claudeAnswer(27, "k", "l", side, 44, "")}, "\n"),
				strings.ReplaceAll(strings.Join(session[1:4], "\n"), `"sessionId":"s"`, `"sessionId":"t"`) + "\n" + strings.Replace(claudeAnswer(40, "w", "w", main, 5, ""), `"s"`, `"t"`, 1),
				"{", "#",
			},
			[]string{first, "25000000 1/44 model=m session=s class=subagent read=0 write=0", "40000000 1/5 model=m session=t class=main read=0 write=0"},
			[]string{
				"4 lines that repeat a response, the first at p/s.jsonl:3:1",
				"2 files that hold no records, by their names, the first at p/sessions-index.json",
				"1 lines of a sub-agent that replay a response of its parent, the first at p/s/subagents/agent-a.jsonl:1",
			}},
		{"a huge line and a cut one", []string{"s.jsonl"},
			[]string{user(0, "u", "s", `,"message":{"content":"`+strings.Repeat("z", 5_000_000)+`"}`) + "\n" +
				strings.Replace(answer, `{"uuid"`, `{"junk":["`+strings.Repeat(`\"`, 2_000_000)+`",{"usage":{"input_tokens":7}}],"uuid"`, 1) + "\n" + answer[:100]},
			[]string{"0 1/1 model=m session=s class=main read=0 write=0 took=4000000"},
			[]string{"1 the JSON ends early, the first at s.jsonl:3:101"}},
	} {
		h.check(t, format(t, "claude-code", 0))
	}
}

func TestHostileBedrock(t *testing.T) {
	record := func(second int, id, more string) string {
		return fmt.Sprintf(`{"schemaType":"ModelInvocationLog","timestamp":"2026-10-05T09:12:%02dZ","requestId":%q,"modelId":"m"%s}`, second, id, more)
	}
	const in, out = `,"input":{"inputTokenCount":10}`, `,"output":{"outputTokenCount":5}`
	folder := "AWSLogs/1/BedrockModelInvocationLogs/us-east-1/2026/10/05/09/"
	const said = "Permissions are correctly set for Amazon Bedrock logs."
	stamped := func(line string) string { return "2026-10-05T09:13:00.000Z " + line }
	for _, h := range []hostileFiles{
		{"a bucket", []string{folder + "a.json.gz", folder + "b.json.gz", folder + "data/a_input.json.gz", "AWSLogs/1/BedrockModelInvocationLogs/amazon-bedrock-logs-permission-check"},
			[]string{
				crlf(record(1, "a", in+out), record(2, "b", in+`,"errorCode":"ThrottlingException","output":null`), record(3, "c", in+`,"errorCode":"ValidationException"`), record(4, "d", out)),
				record(1, "a", in+out) + "\n" + record(5, "e", `,"input":{"inputTokenCount":null,"cacheReadInputTokenCount":7},"output":{}`) + "\n" +
					`{"messages":[],"max_tokens":3}` + "\n" + record(6, "f", in)[:60],
				"no JSON", said,
			},
			[]string{"0 10/5 model=m read=0 write=0", "1000000 10/0 model=m read=0 write=0 status=429", "2000000 10/0 model=m read=0 write=0 status=400",
				"3000000 0/5 model=m read=0 write=0", "4000000 7/0 model=m read=7 write=0"},
			[]string{
				"1 calls that were read before, by their ids, the first at " + folder + "b.json.gz:1:1",
				"1 they are no invocation records, the first at " + folder + "b.json.gz:3:1",
				"1 the JSON ends early, the first at " + folder + "b.json.gz:4:61",
				"2 files that hold no records, by their names, the first at " + folder + "data/a_input.json.gz",
			}},
		{"an export with the notice that logging was switched on", []string{"export"},
			[]string{crlf(stamped(said), stamped(record(1, "a", in+out)), stamped(record(1, "a", in+out)), said, stamped(record(2, "b", in+out)))},
			[]string{"0 10/5 model=m read=0 write=0", "1000000 10/5 model=m read=0 write=0"},
			[]string{"2 they are no invocation records, the first at export:1:26", "1 calls that were read before, by their ids, the first at export:3:26"}},
		{"bodies that look like records", []string{"huge"},
			[]string{record(1, "a", `,"input":{"inputBodyJson":{"requestId":"b","modelId":"n","errorCode":"X","input":{"inputTokenCount":99},"max_tokens":256,"text":"`+
				strings.Repeat("q", 5_000_000)+`"},"inputTokenCount":10,"cacheReadInputTokenCount":100}`+out) + "\n\n" + record(2, "b", in+out)},
			[]string{"0 110/5 model=m max=256 read=100 write=0", "1000000 10/5 model=m read=0 write=0"}, nil},
	} {
		h.check(t, format(t, "bedrock", 0))
	}
	f := format(t, "bedrock", 0)
	r := expect(t, f, "@timestamp,@message\n2026-10-05 09:12:00.000,"+said+"\n2026-10-05 09:12:01.000,\""+strings.ReplaceAll(record(1, "a", in), `"`, `""`)+"\"\n",
		trace.ReadOptions{}, "0 10/0 model=m read=0 write=0")
	if reason(r, "no invocation records") != 1 || strings.Contains(notes(r), "count no input") {
		t.Errorf("reasons %+v, notes %s", summary(r).Reasons, notes(r))
	}
	if r = expect(t, f, record(1, "a", out), trace.ReadOptions{}, "0 0/5 model=m read=0 write=0"); !strings.Contains(notes(r), "count no input tokens") {
		t.Errorf("notes: %s", notes(r))
	}
}

// TestPlaceInCutRecord has a mistake in a record that begins inside a line and
// ends beyond what is at hand at once.
func TestPlaceInCutRecord(t *testing.T) {
	before := `[{"time":1,"input_tokens":2,"output_tokens":3}, `
	text := "\n" + before + `{"time":1,"input_tokens":-2,` + strings.Repeat("\n", 400_000) + `"output_tokens":3}]`
	r, err := format(t, "jsonl", 0).Open("log", strings.NewReader(text), trace.ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = lines(t, r)
	bad, ok := errors.AsType[*scan.Error](err)
	if want := (scan.Position{File: "log", Line: 2, Column: len(before) + len(`{"time":1,"input_tokens":`) + 1}); !ok || bad.Position != want {
		t.Fatalf("%v, want it at %v", err, want)
	}
}
