package logs

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"quotawall/sim/trace"
)

func TestSpans(t *testing.T) {
	text := fixture(t, "spans.jsonl")
	lines := strings.Split(strings.TrimSpace(text), "\n")
	var indented strings.Builder
	for _, line := range lines {
		var v any
		if err := json.Unmarshal([]byte(line), &v); err != nil {
			t.Fatal(err)
		}
		b, _ := json.MarshalIndent(v, "", " ")
		indented.Write(append(b, '\n'))
	}
	want := []string{
		"0 7/0 model=m account=111122223333 status=429",
		"500000 100/5 model=us.anthropic.claude-opus-4-6-v1 max=4096 session=c1 user=u1 class=planner read=90 write=4 took=1500000 account=111122223333",
		"1500001 3/1 model=answered",
		"2000000 0/0 model=m status=500",
	}
	for name, text := range map[string]string{"lines": text, "indented": indented.String(), "array": "[" + strings.Join(lines, ",") + "]"} {
		t.Run(name, func(t *testing.T) {
			if got := detected("x.json", text); name == "lines" && got != "otel" {
				t.Errorf("detected as %q", got)
			}
			r := expect(t, format(t, "otel", 0), text, trace.ReadOptions{}, want...)
			if reason(r, "no model call") != 2 {
				t.Errorf("reasons %+v", summary(r).Reasons)
			}
		})
	}
	refuse(t, format(t, "otel", 0), strings.Replace(text, `{"intValue":"90"}`, `{"intValue":"190"}`, 1), trace.ReadOptions{}, "gen_ai.usage.input_tokens", "exclusive")
	refuse(t, format(t, "otel", 0), `{"resourceSpans":[{"scopeSpans":[{"spans":[{"attributes":[{"key":"gen_ai.usage.input_tokens","value":{"intValue":"1"}}]}]}]}]}`,
		trace.ReadOptions{}, "log:1:", "startTimeUnixNano")
	expect(t, format(t, "otel", 0), strings.Replace(text, `{"intValue":"90"}`, `{"intValue":"190"}`, 1), trace.ReadOptions{Inclusive: trace.Exclusive},
		want[0], strings.Replace(strings.Replace(want[1], "100/", "294/", 1), "read=90", "read=190", 1), want[2], want[3])
}

// TestPlaceOfSpanLeftOut has two spans in one record that are no model calls: the
// first one's place is told.
func TestPlaceOfSpanLeftOut(t *testing.T) {
	other := `{"name":"x","startTimeUnixNano":"1791190801000000000"}`
	call := `{"startTimeUnixNano":"1791190801000000000","attributes":[{"key":"gen_ai.usage.input_tokens","value":{"intValue":"1"}}]}`
	before := `{"resourceSpans":[{"scopeSpans":[{"spans":[`
	r := expect(t, format(t, "otel", 0), before+other+","+other+","+call+"]}]}]}", trace.ReadOptions{}, "0 1/0")
	if got := summary(r).Reasons; len(got) != 1 || got[0].Count != 2 || got[0].First != fmt.Sprintf("log:1:%d", len(before)+1) {
		t.Errorf("%+v", got)
	}
}
