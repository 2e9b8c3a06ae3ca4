package logs

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"quotawall/sim/trace"
)

// memberTexts are keys as they may be written: known, unknown, of objects with
// known members, with escapes, and some that look like the others' ends.
var memberTexts = []string{
	`"input_tokens"`, `"output_tokens"`, `"session"`, `"\u0069nput_tokens"`, `"Input Tokens"`, `"x"`, `"x\""`, `"x""`, `"x\\"`, `""`,
	`"a"`, `"a.b"`, `"b"`, `"\"b"`, `"usagedetails"`, `"input"`, `"output"`, `"model"`,
}

// drawObject writes an object of drawn members, with or without blanks.
func drawObject(t *rapid.T, first string, depth int) string {
	members := []string{first}
	for range rapid.IntRange(0, 5).Draw(t, "members") {
		value := rapid.SampledFrom([]string{`7`, `"8"`, `9.0`, `null`, `"a\"b"`, `[{"input_tokens":3}]`, `{}`}).Draw(t, "value")
		if depth > 0 && rapid.Bool().Draw(t, "inside") {
			value = drawObject(t, `"b":4`, depth-1)
		}
		colon := rapid.SampledFrom([]string{":", ":", ":", ": ", " :", ";"}).Draw(t, "colon")
		members = append(members, rapid.SampledFrom(memberTexts).Draw(t, "key")+colon+value)
	}
	return "{" + strings.Join(members, rapid.SampledFrom([]string{",", ",", ", ", " ,", ";"}).Draw(t, "comma")) + "}"
}

// TestShapesChangeNothing reads rows after one another, where the keys of those
// before are remembered, and each alone.
func TestShapesChangeNothing(t *testing.T) {
	f := format(t, "jsonl", 0)
	opt := trace.ReadOptions{SkipBadRows: true, Map: map[string]string{"output": "a.b"}}
	rapid.Check(t, func(rt *rapid.T) {
		rows := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) string { return drawObject(t, `"time":1,"output_tokens":2`, 2) }), 1, 12).Draw(rt, "rows")
		var want []string
		for _, row := range rows {
			if r, err := f.Open("log", strings.NewReader(row), opt); err == nil {
				got, _ := lines(t, r)
				want = append(want, got...)
			}
		}
		var got []string
		if r, err := f.Open("log", strings.NewReader(strings.Join(rows, "\n")), opt); err == nil {
			got, _ = lines(t, r)
		}
		if !slices.Equal(got, want) {
			rt.Fatalf("together %q\nalone    %q", got, want)
		}
	})
}

// TestMoreMembersThanRemembered has known members behind more unknown ones than
// a shape remembers.
func TestMoreMembersThanRemembered(t *testing.T) {
	var row strings.Builder
	row.WriteString(`{"time":1`)
	for i := range mostMembers + 10 {
		fmt.Fprintf(&row, `,"k%d":%d`, i, i)
	}
	row.WriteString(`,"input_tokens":5,"k":1,"output_tokens":6}` + "\n")
	r, err := format(t, "jsonl", 0).Open("log", strings.NewReader(strings.Repeat(row.String(), 3)), trace.ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	got, err := lines(t, r)
	if want := slices.Repeat([]string{"0 5/6"}, 3); err != nil || !slices.Equal(got, want) {
		t.Fatalf("got %q, %v, want %q", got, err, want)
	}
}
