package logs

import (
	"encoding/json"
	"strings"
	"testing"

	"quotawall/sim/trace"
)

// bedrockRows are the calls of testdata/bedrock.jsonl in order of time.
func bedrockRows() []string {
	return []string{
		"0 0/0 model=anthropic.claude-haiku-4-5-20251001-v1:0 max=500 read=0 write=0 account=111122223333 status=429",
		"1000000 19662/421 model=us.anthropic.claude-opus-4-6-v1 session=s-1 user=arn:aws:sts::111122223333:assumed-role/chat/u17 class=chat read=18400 write=950 account=111122223333",
		"1000000 50/7 model=arn:aws:bedrock:us-east-1:111122223333:inference-profile/global.anthropic.claude-sonnet-4-5-20250929-v1:0 max=1024 user=arn:aws:sts::111122223333:assumed-role/chat/u18 class=memory read=0 write=0 took=1834000 account=111122223333",
		"10000000 2103/9 model=us.anthropic.claude-opus-4-6-v1 max=64 read=2000 write=100 took=950000 account=111122223333",
		"11000000 3/0 model=us.anthropic.claude-opus-4-6-v1 max=unset read=0 write=0 account=111122223333",
	}
}

func TestBedrockRecords(t *testing.T) {
	text := fixture(t, "bedrock.jsonl")
	f := format(t, "bedrock", 0)
	if got := detected("x.json", text); got != "bedrock" {
		t.Errorf("detected as %q", got)
	}
	r := expect(t, f, text, trace.ReadOptions{}, bedrockRows()...)
	if got := r.Info().Start.Format("15:04:05"); got != "09:12:30" {
		t.Errorf("starts at %s", got)
	}
	if s := summary(r); s.Rows != 5 || s.Failed != 1 || s.Span != 11_000_000 || s.Files != 1 {
		t.Errorf("summary %+v", s)
	}
	for _, part := range []string{"eu-west-1, us-east-1;", "called as geo (us), global, on-demand;"} {
		if !strings.Contains(notes(r), part) {
			t.Errorf("notes do not say %q: %s", part, notes(r))
		}
	}
}

// TestBedrockLayouts reads the same records in every way in which they are
// written: the rows must be the same.
func TestBedrockLayouts(t *testing.T) {
	text := strings.TrimSpace(fixture(t, "bedrock.jsonl"))
	records := strings.Split(text, "\n")
	events := make([]string, len(records))
	insights := "@timestamp,@message\n"
	export, pretty := "", ""
	for i, rec := range records {
		quoted, _ := json.Marshal(rec)
		events[i] = `{"logStreamName":"aws/bedrock/modelinvocations","timestamp":1759655551000,"message":` + string(quoted) + `,"ingestionTime":1759655552000,"eventId":"` + string(rune('a'+i)) + `"}`
		insights += `2026-10-05 09:12:31.000,"` + strings.ReplaceAll(rec, `"`, `""`) + "\"\n"
		export += "2026-10-05T09:12:33.123Z " + rec + "\n"
		var v any
		if err := json.Unmarshal([]byte(rec), &v); err != nil {
			t.Fatal(err)
		}
		p, _ := json.MarshalIndent(v, "", "  ")
		pretty += string(p) + "\n"
	}
	timeAfter := ""
	for _, e := range events {
		timeAfter += strings.Replace(strings.Replace(e, `"timestamp":1759655551000,`, "", 1), `,"ingestionTime"`, `,"timestamp":1759655551000,"ingestionTime"`, 1) + "\n"
	}
	filtered := `{"events":[` + strings.Join(events, ",") + `],"searchedLogStreams":[],"nextToken":"x"}`
	for name, text := range map[string]string{
		"lines":             text,
		"CRLF":              strings.ReplaceAll(text, "\n", "\r\n"),
		"one line":          strings.Join(records, ""),
		"blank between":     strings.Join(records, " "),
		"array":             "[" + strings.Join(records, ",\n") + "]",
		"pretty":            pretty,
		"filter-log-events": filtered,
		"two pages":         filtered + "\n" + filtered,
		"other key first":   `{"searchedLogStreams":[{"a":[1]}],"events":[` + strings.Join(events, ",\n") + "]}",
		"events a line":     strings.Join(events, "\n"),
		"time after":        timeAfter,
		"export":            export,
		"insights":          insights,
		"byte order mark":   "\xef\xbb\xbf" + text,
	} {
		t.Run(name, func(t *testing.T) {
			if got := detected("x", strings.TrimPrefix(text, "\xef\xbb\xbf")); got != "bedrock" {
				t.Errorf("detected as %q", got)
			}
			expect(t, format(t, "bedrock", 0), text, trace.ReadOptions{}, bedrockRows()...)
		})
	}
}

func TestBedrockInsightsFields(t *testing.T) {
	text := `@timestamp,requestId,modelId,accountId,region,identity.arn,operation,errorCode,input.inputTokenCount,input.cacheReadInputTokenCount,input.inputBodyJson.inferenceConfig.maxTokens,output.outputTokenCount,output.outputBodyJson.metrics.latencyMs,requestMetadata.app,requestMetadata.conversation
2026-10-05 09:12:31.250,a,us.anthropic.claude-opus-4-6-v1,1,us-east-1,arn:x,Converse,,10,90,256,5,1500,web,c1
2026-10-05 09:12:30.000,b,us.anthropic.claude-opus-4-6-v1,1,us-east-1,,Converse,ValidationException,,,,,,,
`
	if got := detected("x.csv", text); got != "bedrock" {
		t.Errorf("detected as %q", got)
	}
	expect(t, format(t, "bedrock", 0), text, trace.ReadOptions{},
		"0 0/0 model=us.anthropic.claude-opus-4-6-v1 read=0 write=0 account=1 status=400",
		"1250000 100/5 model=us.anthropic.claude-opus-4-6-v1 max=256 session=c1 user=arn:x class=web read=90 write=0 took=1500000 account=1")
}

func TestBedrockInclusive(t *testing.T) {
	rec := `{"schemaType":"ModelInvocationLog","timestamp":"2026-10-05T09:12:31Z","requestId":"1","input":{"inputTokenCount":312,"cacheReadInputTokenCount":200},"output":{"outputTokenCount":1}}`
	f := format(t, "bedrock", 0)
	expect(t, f, rec, trace.ReadOptions{Inclusive: trace.Exclusive}, "0 512/1 read=200 write=0")
	expect(t, f, rec, trace.ReadOptions{Inclusive: trace.Inclusive}, "0 312/1 read=200 write=0")
	refuse(t, f, strings.Replace(rec, ":200", ":400", 1), trace.ReadOptions{Inclusive: trace.Inclusive}, "log:1:1", "exclusive")
}

func TestBedrockLeavesOut(t *testing.T) {
	f := format(t, "bedrock", 0)
	good := `{"schemaType":"ModelInvocationLog","timestamp":"2026-10-05T09:12:31Z","requestId":"1","input":{"inputTokenCount":3}}`
	r := expect(t, f, `{"messages":[{"role":"user","content":"a body under data/"}],"max_tokens":5}`+"\n"+good, trace.ReadOptions{}, "0 3/0 read=0 write=0")
	if reason(r, "no invocation records") != 1 {
		t.Errorf("reasons %+v", summary(r).Reasons)
	}
	// A second file with the same call, a body and the permission check.
	r, err := many(f, trace.ReadOptions{}, []string{
		"logs/AWSLogs/1/BedrockModelInvocationLogs/us-east-1/2026/10/05/09/a.json.gz",
		"logs/AWSLogs/1/BedrockModelInvocationLogs/us-east-1/2026/10/05/09/data/a_input.json.gz",
		"logs/AWSLogs/1/BedrockModelInvocationLogs/amazon-bedrock-logs-permission-check",
		"logs/AWSLogs/1/BedrockModelInvocationLogs/us-east-1/2026/10/05/08/b.json.gz",
	}, good, "not JSON at all", "nor this", strings.Replace(strings.Replace(good, `"1"`, `"0"`, 1), "09:12", "08:12", 1)+"\n"+good)
	if err != nil {
		t.Fatal(err)
	}
	got, err := lines(t, r)
	if err != nil {
		t.Fatal(err)
	}
	compare(t, got, []string{"0 3/0 read=0 write=0", "3600000000 3/0 read=0 write=0"})
	if s := summary(r); s.Files != 2 || reason(r, "by their names") != 2 || reason(r, "read before") != 1 {
		t.Errorf("summary %+v", s)
	}
}

func TestSkipPath(t *testing.T) {
	for name, want := range map[string]bool{
		"a/AWSLogs/1/BedrockModelInvocationLogs/us-east-1/2026/10/05/09/x.json.gz":            false,
		"a/AWSLogs/1/BedrockModelInvocationLogs/us-east-1/2026/10/05/09/data/x_input.json.gz": true,
		"data/AWSLogs/1/BedrockModelInvocationLogs/us-east-1/2026/10/05/09/x.json.gz":         false,
		`a\BedrockModelInvocationLogs\us-east-1\2026\10\05\09\data\x_output.json.gz`:          true,
		"a/AWSLogs/1/BedrockModelInvocationLogs/amazon-bedrock-logs-permission-check":         true,
		"data/x.json":        false,
		"data/x_output.json": true,
		"x.json":             false,
	} {
		if got := SkipPath(name); got != want {
			t.Errorf("SkipPath(%q) = %v", name, got)
		}
	}
}

func TestBedrockMapping(t *testing.T) {
	rec := `{"schemaType":"ModelInvocationLog","timestamp":"2026-10-05T09:12:31Z","requestId":"1","requestMetadata":{"feature":"f","team":"blue","who":"ann","run":7}}`
	f := format(t, "bedrock", 0)
	expect(t, f, rec, trace.ReadOptions{Map: map[string]string{"class": "team", "user": "who", "session": "run"}},
		"0 0/0 session=7 user=ann class=blue read=0 write=0")
	refuse(t, f, rec, trace.ReadOptions{Map: map[string]string{"input": "x"}}, "makes no sense")
}

func TestBedrockMistakes(t *testing.T) {
	f := format(t, "bedrock", 0)
	good := `{"schemaType":"ModelInvocationLog","timestamp":"2026-10-05T09:12:31Z","requestId":"1","input":{"inputTokenCount":3}}`
	for _, c := range []struct {
		name, text string
		parts      []string
	}{
		{"cut line", good + "\n" + good[:60], []string{"log:2:61", "ends early"}},
		{"no stamp", good + "\n" + `{"schemaType":"ModelInvocationLog","requestId":"2"}`, []string{"log:2:1", `"timestamp" is missing`}},
		{"bad stamp", `{"schemaType":"ModelInvocationLog","timestamp":"yesterday","requestId":"2"}`, []string{"log:1:48", `"timestamp" is not a date and time`}},
		{"no such day", `{"requestId":"2","timestamp":"2026-02-30T00:00:00Z"}`, []string{"no date that exists"}},
		{"fraction of a token", `{"requestId":"2","timestamp":"2026-02-03T00:00:00Z","input":{"inputTokenCount":1.5}}`, []string{"not a whole number"}},
		{"negative", `{"requestId":"2","timestamp":"2026-02-03T00:00:00Z","input":{"inputTokenCount":-5}}`, []string{"is negative"}},
		{"too large", `{"requestId":"2","timestamp":"2026-02-03T00:00:00Z","output":{"outputTokenCount":99999999999}}`, []string{"is too large (at most 1000000000)"}},
		{"bad message", `{"events":[{"message":"{\"requestId\":"}]}`, []string{"log:1:23", "cut short"}},
		{"not JSON", "hello\n", []string{"log:1:1", "not a JSON object"}},
		{"empty array", "[]", []string{"no call"}},
		{"nothing", "", []string{"no call"}},
		{"open array", "[" + good, []string{"ends early"}},
		{"control characters", "{\"\x1b[31m\":1,\"input\":{\"input\x07TokenCount\":2}}}", []string{"log:1:"}},
	} {
		t.Run(c.name, func(t *testing.T) { refuse(t, f, c.text, trace.ReadOptions{}, c.parts...) })
	}
	comma := good[:strings.Index(good, ",")+1] // breaks off where indented JSON would
	r := expect(t, f, good+"\n"+comma+"\n"+strings.Replace(good, `"1"`, `"2"`, 1), trace.ReadOptions{SkipBadRows: true},
		"0 3/0 read=0 write=0", "0 3/0 read=0 write=0")
	if s := summary(r); s.Skipped != 1 {
		t.Errorf("summary %+v", s)
	}
	r = expect(t, f, good+"\n"+good[:60]+"\n{\"requestId\":\"9\"}\n"+strings.Replace(good, `"1"`, `"2"`, 1), trace.ReadOptions{SkipBadRows: true},
		"0 3/0 read=0 write=0", "0 3/0 read=0 write=0")
	if s := summary(r); s.Skipped != 2 {
		t.Errorf("summary %+v", s)
	}
}

func TestParseModel(t *testing.T) {
	for name, want := range map[string]ModelName{
		"anthropic.claude-opus-4-6-v1":                                                          {Bare: "anthropic.claude-opus-4-6-v1", Routing: OnDemand},
		"us.anthropic.claude-opus-4-6-v1":                                                       {Bare: "anthropic.claude-opus-4-6-v1", Routing: Geo, Prefix: "us"},
		"global.anthropic.claude-sonnet-4-5-20250929-v1:0":                                      {Bare: "anthropic.claude-sonnet-4-5-20250929-v1:0", Routing: Global},
		"arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0":                      {Bare: "amazon.nova-pro-v1:0", Routing: OnDemand, Region: "us-east-1"},
		"arn:aws:bedrock:eu-west-1:1:inference-profile/eu.anthropic.claude-haiku-4-5-v1:0":      {Bare: "anthropic.claude-haiku-4-5-v1:0", Routing: Geo, Prefix: "eu", Region: "eu-west-1", Account: "1"},
		"arn:aws:bedrock:us-east-1:1:provisioned-model/abc":                                     {Bare: "abc", Routing: Provisioned, Region: "us-east-1", Account: "1"},
		"arn:aws:bedrock:us-east-1:1:application-inference-profile/xyz":                         {Bare: "xyz", Routing: Opaque, Region: "us-east-1", Account: "1"},
		"arn:aws-us-gov:bedrock:us-gov-west-1::foundation-model/anthropic.claude-sonnet-4-5-v1": {Bare: "anthropic.claude-sonnet-4-5-v1", Routing: OnDemand, Region: "us-gov-west-1"},
		"gpt-4.1": {Bare: "gpt-4.1", Routing: OnDemand},
		"":        {Routing: OnDemand},
	} {
		if got := ParseModel(name); got != want {
			t.Errorf("ParseModel(%q) = %+v, want %+v", name, got, want)
		}
	}
}
