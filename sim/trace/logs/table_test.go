package logs

import (
	"slices"
	"strings"
	"testing"

	"quotawall/sim/trace"
)

func TestBurstGPT(t *testing.T) {
	f := format(t, "burstgpt", 0)
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"six columns, seconds": {
			"Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type\n5,ChatGPT,472,18,490,Conversation log\n45,GPT-4,1087,0,1087,API log\n",
			[]string{"0 472/18 model=ChatGPT class=Conversation log", "40000000 1087/0 model=GPT-4 class=API log status=500"},
		},
		"eight columns, decimals": {
			"Timestamp,Session ID,Elapsed time,Model,Request tokens,Response tokens,Total tokens,Log Type\n10500000.25,conv_1,3.5,ChatGPT,10,20,30,Conversation log\n10500001.5,,0.125,GPT-4,1,2,3,API log",
			[]string{"0 10/20 model=ChatGPT session=conv_1 class=Conversation log took=3500000", "1250000 1/2 model=GPT-4 class=API log took=125000"},
		},
		"without fails, CRLF, no last newline": {
			"Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type\r\n5,ChatGPT,472,18,490,Conversation log\r\n5,ChatGPT,1,1,2,Conversation log",
			[]string{"0 472/18 model=ChatGPT class=Conversation log", "0 1/1 model=ChatGPT class=Conversation log"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			if got := detected("BurstGPT_1.csv", c.text); got != "burstgpt" {
				t.Errorf("detected as %q", got)
			}
			r := expect(t, f, c.text, trace.ReadOptions{}, c.want...)
			if r.Info().Dated {
				t.Error("dated")
			}
		})
	}
	head := "Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type\n"
	refuse(t, f, head+"5,ChatGPT,1,1,2,x\n4,ChatGPT,1,1,2,x\n", trace.ReadOptions{}, "log:3:1", "out of time order", "1 s before")
	refuse(t, f, head+"5,ChatGPT,one,1,2,x\n", trace.ReadOptions{}, `log:2:11: the input count is not a whole number: "one"`)
	refuse(t, f, head+"5,ChatGPT,1,1,2\n", trace.ReadOptions{}, "log:2:1", "not as many fields")
	refuse(t, f, head+"5,\"ChatGPT,1,1,2,x\n", trace.ReadOptions{}, "log:2:3", "quote is not closed")
	refuse(t, f, head, trace.ReadOptions{}, "no call")
	refuse(t, f, "", trace.ReadOptions{}, "no call")
	r := expect(t, f, head+"5,a,1,1,2,x\n6,a,-1,1,2,x\n7,a,1,\n8,a,2,2,4,x\n", trace.ReadOptions{SkipBadRows: true}, "0 1/1 model=a class=x", "3000000 2/2 model=a class=x")
	if summary(r).Skipped != 2 {
		t.Errorf("summary %+v", summary(r))
	}
}

func TestLiteLLM(t *testing.T) {
	f := format(t, "litellm", 0)
	csv := `request_id,call_type,api_key,spend,total_tokens,prompt_tokens,completion_tokens,startTime,endTime,model,model_group,user,team_id,end_user,session_id,status,cache_hit,metadata
r2,acompletion,h,0.1,120,100,20,2026-10-05 09:00:05.500,2026-10-05 09:00:07,bedrock/us.anthropic.claude-opus-4-6-v1,opus,u,team,e1,s1,success,False,"{""usage_object"": {""cache_read_input_tokens"": 60, ""cache_creation_input_tokens"": 10}, ""note"": ""x""}"
r1,acompletion,h,0,7,7,0,2026-10-05 09:00:01,2026-10-05 09:00:01.25,m,,u,,,,failure,None,{}
r1,acompletion,h,0,7,7,0,2026-10-05 09:00:01,2026-10-05 09:00:01.25,m,,u,,,,failure,None,{}
r0,acompletion,h,0,9,9,0,2026-10-05 09:00:00,2026-10-05 09:00:00,m,,u,,,,success,True,{}
`
	json := `[{"request_id":"r2","call_type":"acompletion","prompt_tokens":100,"completion_tokens":20,"startTime":"2026-10-05T09:00:05.500Z","endTime":"2026-10-05T09:00:07Z","model":"bedrock/us.anthropic.claude-opus-4-6-v1","user":"u","team_id":"team","end_user":"e1","session_id":"s1","status":"success","cache_hit":"False","messages":{"a":[1,2]},"metadata":{"usage_object":{"cache_read_input_tokens":60,"cache_creation_input_tokens":10}}},
{"request_id":"r1","call_type":"acompletion","prompt_tokens":7,"completion_tokens":0,"startTime":"2026-10-05T09:00:01Z","endTime":"2026-10-05T09:00:01.25Z","model":"m","user":"u","team_id":null,"status":"failure","cache_hit":null,"metadata":"{}"},
{"request_id":"r0","call_type":"acompletion","prompt_tokens":9,"completion_tokens":0,"startTime":"2026-10-05T09:00:00Z","model":"m","cache_hit":true}]`
	want := []string{
		"0 7/0 model=m user=u took=250000 status=500",
		"4500000 100/20 model=bedrock/us.anthropic.claude-opus-4-6-v1 session=s1 user=e1 class=team read=60 write=10 took=1500000",
	}
	for name, text := range map[string]string{"csv": csv, "json": json, "in data": `{"data":` + json + `,"total":3}`} {
		t.Run(name, func(t *testing.T) {
			if got := detected("spend", text); got != "litellm" {
				t.Errorf("detected as %q", got)
			}
			r := expect(t, f, text, trace.ReadOptions{}, want...)
			if reason(r, "own cache") != 1 {
				t.Errorf("reasons %+v", summary(r).Reasons)
			}
		})
	}
	refuse(t, f, strings.Replace(csv, "120,100,20", "120,60,20", 1), trace.ReadOptions{}, "log:2:", "exclusive")
	r := expect(t, f, strings.Replace(csv, "120,100,20", "120,60,20", 1), trace.ReadOptions{Inclusive: trace.Exclusive}, want[0],
		strings.Replace(want[1], "100/", "130/", 1))
	_ = r
	r = expect(t, f, strings.Replace(csv, `"{""usage_object""`, `"{'usage_object'`, 1), trace.ReadOptions{}, want[0], strings.Replace(want[1], " read=60 write=10", "", 1))
	if !strings.Contains(notes(r), `"metadata" are not valid JSON`) {
		t.Errorf("notes: %s", notes(r))
	}
}

func TestLangfuse(t *testing.T) {
	f := format(t, "langfuse", 0)
	text := `{"data":[{"id":"o2","traceId":"t","type":"GENERATION","name":"title","startTime":"2026-10-05T09:00:02Z","endTime":"2026-10-05T09:00:03.5Z","model":"claude-opus-4-6","modelParameters":{"max_tokens":"256"},"usageDetails":{"input":10,"output":3,"cache_read_input_tokens":90,"total":103},"input":{"text":"never kept"},"level":"DEFAULT","userId":"u","sessionId":"s"},
{"id":"o1","traceId":"t","type":"SPAN","startTime":"2026-10-05T09:00:00Z"},
{"id":"o3","traceId":"t","type":"GENERATION","startTime":"2026-10-05T09:00:01Z","model":"m","usage":{"input":4,"output":null,"total":4},"level":"ERROR"}],"meta":{"page":1}}`
	if got := detected("x.json", text); got != "langfuse" {
		t.Errorf("detected as %q", got)
	}
	r := expect(t, f, text, trace.ReadOptions{},
		"0 4/0 model=m status=500",
		"1000000 100/3 model=claude-opus-4-6 max=256 session=s user=u class=title read=90 took=1500000")
	if reason(r, "no generation") != 1 {
		t.Errorf("reasons %+v", summary(r).Reasons)
	}
	generation := `{"id":"o1","traceId":"t","type":"GENERATION","startTime":"2026-10-05T09:00:02Z","model":"m","usageDetails":{"input":10,"output":3}}`
	for name, span := range map[string]string{
		"a span first":                 `{"id":"o0","traceId":"t","type":"SPAN","startTime":"2026-10-05T09:00:00Z"}` + "\n",
		"spans beyond what is sniffed": strings.Repeat(`{"id":"o0","traceId":"t","parentObservationId":null,"type":"SPAN","startTime":"2026-10-05T09:00:00Z"}`+"\n", 60),
	} {
		if got := detected("x.jsonl", span+generation); got != "langfuse" {
			t.Errorf("%s: detected as %q", name, got)
		}
		r := expect(t, f, span+generation, trace.ReadOptions{}, "0 10/3 model=m")
		if first := summary(r).Reasons[0].First; first != "log:1:1" {
			t.Errorf("%s: the first is at %s", name, first)
		}
	}
	csv := "id,traceId,type,startTime,endTime,model,usageDetails,level\no,t,GENERATION,2026-10-05T09:00:02Z,,m,\"{\"\"input\"\":10,\"\"output\"\":3}\",DEFAULT\n"
	if got := detected("x.csv", csv); got != "langfuse" {
		t.Errorf("detected as %q", got)
	}
	expect(t, f, csv, trace.ReadOptions{}, "0 10/3 model=m")
}

func TestHelicone(t *testing.T) {
	f := format(t, "helicone", 0)
	json := `{"request_id":"b","request_created_at":"2026-10-05T09:00:02.000Z","response_status":200,"delay_ms":1250,"request_model":"claude-opus-4-6","prompt_tokens":10,"completion_tokens":5,"prompt_cache_read_tokens":90,"prompt_cache_write_tokens":0,"request_user_id":"u","request_properties":{"Helicone-Session-Id":"s","App":"web"},"request_body":{"messages":[{"content":"never kept"}]}}
{"request_id":"a","request_created_at":"2026-10-05T09:00:01.000Z","response_status":429,"delay_ms":10,"request_model":"claude-opus-4-6","prompt_tokens":null,"completion_tokens":null}`
	want := []string{
		"0 0/0 model=claude-opus-4-6 took=10000 status=429",
		"1000000 100/5 model=claude-opus-4-6 session=s user=u class=web read=90 write=0 took=1250000 status=200",
	}
	csv := "request_id,request_created_at,response_status,delay_ms,model,prompt_tokens,completion_tokens\n" +
		"b,2026-10-05T09:00:02.000Z,200,1250,m,10,5\na,2026-10-05T09:00:01.000Z,429,10,m,,\n"
	for _, text := range []string{json, "[" + strings.ReplaceAll(json, "\n", ",") + "]", csv} {
		if got := detected("x", text); got != "helicone" {
			t.Errorf("detected as %q", got)
		}
	}
	expect(t, f, json, trace.ReadOptions{}, want...)
	expect(t, f, csv, trace.ReadOptions{}, "0 0/0 model=m took=10000 status=429", "1000000 10/5 model=m took=1250000 status=200")
}

func TestFlattenedSpans(t *testing.T) {
	f := format(t, "otel", 1)
	csv := "span_id,start_time,duration_ms,attributes.gen_ai.operation.name,attributes.gen_ai.request.model,attributes.gen_ai.usage.input_tokens,attributes.gen_ai.usage.output_tokens,attributes.gen_ai.usage.cache_read.input_tokens,attributes.gen_ai.conversation.id,attributes.error.type\n" +
		"b,2026-10-05T09:00:02Z,1500,chat,m,100,5,90,c1,\na,2026-10-05T09:00:01Z,20,chat,m,7,,,,ThrottlingException\nx,2026-10-05T09:00:01Z,20,invoke_agent,m,107,5,,,\n"
	json := `{"spanId":"b","startTimeUnixNano":"1791190802000000000","endTimeUnixNano":"1791190803500000000","attributes":{"gen_ai.operation.name":"chat","gen_ai.request.model":"m","gen_ai.usage.input_tokens":100,"gen_ai.usage.output_tokens":5,"gen_ai.usage.cache_read.input_tokens":90,"gen_ai.conversation.id":"c1"}}
{"spanId":"a","startTimeUnixNano":"1791190801000000000","endTimeUnixNano":"1791190801020000000","attributes":{"gen_ai.operation.name":"chat","gen_ai.request.model":"m","gen_ai.usage.input_tokens":7,"error.type":"ThrottlingException"}}
{"spanId":"x","startTimeUnixNano":"1791190801000000000","attributes":{"gen_ai.operation.name":"execute_tool","gen_ai.usage.input_tokens":9}}`
	for name, text := range map[string]string{"csv": csv, "json": json} {
		t.Run(name, func(t *testing.T) {
			if got := detected("x", text); got != "otel" {
				t.Errorf("detected as %q", got)
			}
			r := expect(t, f, text, trace.ReadOptions{}, "0 7/0 model=m took=20000 status=429", "1000000 100/5 model=m session=c1 read=90 took=1500000")
			if got := r.Info().Start.Format("2006-01-02 15:04:05"); got != "2026-10-05 09:00:01" {
				t.Errorf("starts at %s", got)
			}
		})
	}
}

func TestPlainTables(t *testing.T) {
	csv, jsonl := format(t, "csv", 0), format(t, "jsonl", 0)
	for name, c := range map[string]struct {
		f    Format
		text string
		opt  trace.ReadOptions
		note string
		want []string
	}{
		"stamps":                     {csv, "timestamp,prompt_tokens,completion_tokens,model\n2026-10-05T09:00:00+02:00,5,6,m\n2026-10-05T07:00:00.0000005Z,7,8,m\n", trace.ReadOptions{}, "dates and times", []string{"0 5/6 model=m", "0 7/8 model=m"}},
		"epoch seconds":              {csv, "time,input_tokens,output_tokens\n1791190801.5,5,6\n1791190802,7,8\n", trace.ReadOptions{}, "seconds since 1970", []string{"0 5/6", "500000 7/8"}},
		"epoch milliseconds":         {csv, "time,input_tokens,output_tokens\n1791190801500,5,6\n1791190802000,7,8\n", trace.ReadOptions{}, "milliseconds since 1970", []string{"0 5/6", "500000 7/8"}},
		"epoch microseconds":         {csv, "time,input_tokens,output_tokens\n1791190801500000,5,6\n1791190802000000,7,8\n", trace.ReadOptions{}, "microseconds since 1970", []string{"0 5/6", "500000 7/8"}},
		"microseconds of 1998":       {csv, "time,input_tokens,output_tokens\n900000000000000,5,6\n", trace.ReadOptions{}, "microseconds since 1970", []string{"0 5/6"}},
		"epoch nanoseconds":          {csv, "time,input_tokens,output_tokens\n1791190801500000000,5,6\n1791190802000000999,7,8\n", trace.ReadOptions{}, "nanoseconds since 1970", []string{"0 5/6", "500001 7/8"}},
		"relative seconds":           {csv, "time,input_tokens,output_tokens\n0.25,5,6\n1e3,7,8\n", trace.ReadOptions{}, "seconds since the trace's own begin", []string{"0 5/6", "999750000 7/8"}},
		"relative, unit in the name": {csv, "ts_ms,input_tokens,output_tokens,latency_ms\n250,5,6,10\n251,7,8,\n", trace.ReadOptions{}, "milliseconds since the trace's own begin", []string{"0 5/6 took=10000", "1000 7/8"}},
		"tabs":                       {csv, "time\tinput_tokens\toutput_tokens\n1\t5\t6\n", trace.ReadOptions{}, "", []string{"0 5/6"}},
		"semicolons and quotes":      {csv, "\"time\";\"input_tokens\";\"output_tokens\";\"session\"\n1;\"5\";6;\"a;\"\"b\"\"\nc\"\n", trace.ReadOptions{}, "", []string{"0 5/6 session=a;\"b\"\nc"}},
		"all columns": {csv, "start,end,in,out,model,max_tokens,session,user,class,cached_tokens,cache_write,account,status\n1,3.5,50,6,m,100,s,u,c,20,10,a,429\n", trace.ReadOptions{}, "",
			[]string{"0 50/6 model=m max=100 session=s user=u class=c read=20 write=10 took=2500000 account=a status=429"}},
		"exclusive":     {csv, "start,in,out,cached_tokens\n1,50,6,20\n", trace.ReadOptions{Inclusive: trace.Exclusive}, "", []string{"0 70/6 read=20"}},
		"mapped":        {csv, "When It Began,Tokens sent,got back,secs_ms\n2026-10-05,5,6,7\n", trace.ReadOptions{Map: map[string]string{"at": "When It Began", "input": "Tokens sent", "output": "got back", "duration": "secs_ms"}}, "", []string{"0 5/6 took=7000"}},
		"lines of JSON": {jsonl, `{"timestamp":"2026-10-05T09:00:00Z","input_tokens":5,"output_tokens":"6","x":{"input_tokens":9}}` + "\n", trace.ReadOptions{}, "", []string{"0 5/6"}},
		"mapped id":     {csv, "time,input_tokens,output_tokens,key\n1,5,6,a\n1,5,6,a\n2,7,8,b\n2,7,8,a\n", trace.ReadOptions{Map: map[string]string{"id": "key"}}, "", []string{"0 5/6", "1000000 7/8"}},
		"mapped paths":  {jsonl, `{"req":{"start":1791190801.5,"usage":{"in":5,"out":6}},"tags":{"who":"u"}}`, trace.ReadOptions{Map: map[string]string{"at": "req.start", "input": "req.usage.in", "output": "req.usage.out", "user": "tags.who"}}, "", []string{"0 5/6 user=u"}},
	} {
		t.Run(name, func(t *testing.T) {
			r := expect(t, c.f, c.text, c.opt, c.want...)
			if !strings.Contains(notes(r), c.note) {
				t.Errorf("notes do not say %q: %s", c.note, notes(r))
			}
			if len(c.opt.Map) == 0 && detected("x", c.text) != c.f.Name {
				t.Errorf("detected as %q", detected("x", c.text))
			}
		})
	}
}

func TestPlainTableMistakes(t *testing.T) {
	csv, jsonl := format(t, "csv", 0), format(t, "jsonl", 0)
	for _, c := range []struct {
		name  string
		f     Format
		text  string
		m     map[string]string
		parts []string
	}{
		{"no known time", csv, "foo,input_tokens\n1,2\n", nil, []string{"log:1:1", "the time", "--map"}},
		{"no known input", csv, "time,foo\n1,2\n", nil, []string{"the input tokens"}},
		{"column not there", csv, "time,foo\n1,2\n", map[string]string{"input": "bar"}, []string{`no column`, `bar`}},
		{"field not known", csv, "time,foo\n1,2\n", map[string]string{"inputs": "foo"}, []string{`"inputs" is not understood`, "cache_read"}},
		{"bad time", csv, "time,input_tokens\nsoon,2\n", nil, []string{"log:2:1", "neither a date and time nor a number", `"soon"`}},
		{"stamp after number", csv, "time,input_tokens\n1,2\n2026-10-05,2\n", nil, []string{"log:3:1", "is not a number"}},
		{"number after stamp", csv, "time,input_tokens\n2026-10-05,2\n1,2\n", nil, []string{"log:3:1", "not a date and time"}},
		{"column after a line end in a field", csv, "session,time,input_tokens\n\"a\nb\",1,x\n", nil, []string{"log:3:6", "not a whole number"}},
		{"time is missing", csv, "time,input_tokens\n,2\n", nil, []string{"log:2:1", "no time"}},
		{"no input", jsonl, `{"time":1}`, nil, []string{"log:1:1", "no input count"}},
		{"a list", jsonl, `[[1,2]]`, nil, []string{"not a JSON object"}},
		{"not JSON", jsonl, `time,input`, nil, []string{"not JSON"}},
		{"control characters", csv, "time,input_tokens\n1,\x1b[31m\n", nil, []string{`"\x1b[31m"`}},
	} {
		t.Run(c.name, func(t *testing.T) { refuse(t, c.f, c.text, trace.ReadOptions{Map: c.m}, c.parts...) })
	}
	for _, text := range []string{"foo,bar\n1,2\n", "hello", `{"foo":1}`, ""} {
		if got := detected("x", text); got != "" {
			t.Errorf("%q is detected as %s", text, got)
		}
	}
}

// TestLineEndsOfTables has the same rows with the line ends of two systems.
func TestLineEndsOfTables(t *testing.T) {
	text := "time,input_tokens,output_tokens,session\n1,10,2,a\n2,11,3,b c\n3,12,4,\n4,13,5,d\n"
	var all [2][]string
	for i, text := range []string{text, strings.ReplaceAll(text, "\n", "\r\n")} {
		r, err := format(t, "csv", 0).Open("log", strings.NewReader(text), trace.ReadOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if all[i], err = lines(t, r); err != nil {
			t.Fatal(err)
		}
	}
	if !slices.Equal(all[0], all[1]) || len(all[0]) != 4 {
		t.Fatalf("%q\nwith the other line ends %q", all[0], all[1])
	}
}
