package public

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"quotawall/sim/trace"
	"quotawall/sim/unit"
)

const sessionLine = `{"id":"s%d","models":["m"],"block_size":64,"hash_id_scope":"local","tool_tokens":5,"requests":[%s],"totals":{"x":1}}`

func sessionsText(requests ...string) string {
	var b strings.Builder
	for k, r := range requests {
		fmt.Fprintf(&b, sessionLine+"\n", k, strings.NewReplacer("\n", "", "\t", "").Replace(r))
	}
	return b.String()
}

func TestSessions(t *testing.T) {
	// Full blocks only; ids local to the session; output may be 0; api_time is
	// the duration; a prompt that continues the last one shares its ids.
	r := check(t, oneFile, sessionsText(
		`{"t":0.5,"type":"s","model":"m","in":130,"out":0,"hash_ids":[1,2],"input_types":["text"],"stop":"tool_use","api_time":1.25,"ttft":0.5},
		 {"t":61.0,"type":"n","model":"n","in":200,"out":9,"hash_ids":[1,2,3],"think_time":2.0},
		 {"t":62.0,"type":"n","model":"n","in":129,"out":9,"hash_ids":[1,25]},
		 {"t":63.0,"type":"n","model":"n","in":263,"out":9,"hash_ids":[1, 2, 3, 18446744073709551615]}`,
		`{"t":0.0,"model":"m","in":1,"out":1,"hash_ids":[]}`),
		trace.ReadOptions{SessionGap: unit.Minute},
		"500000 130>0 s0 m 1250000us [1 2]",
		"60000000 1>1 s1 m",
		"61000000 200>9 s0 n [1 2 3]",
		"62000000 129>9 s0 n [1 25]",
		"63000000 263>9 s0 n [1 2 3 18446744073709551615]")
	if i := r.Info(); i.BlockTokens != 64 || i.BlockScope != trace.SessionScope || !i.Dialogues || i.MaxTokens != 32000 || i.Dated {
		t.Errorf("%+v", i)
	}
}

func TestSubagents(t *testing.T) {
	// Inner times begin at 0 with the group; groups overlap what follows them,
	// nest, and may say their own time last.
	check(t, oneFile, sessionsText(`{"t":0.0,"model":"m","in":1,"out":1},
		{"t":10.0,"type":"subagent","agent_id":"x","duration_ms":5000,"requests":[
			{"t":0.0,"model":"h","in":2,"out":1},
			{"type":"subagent","requests":[{"t":0.25,"model":"h","in":3,"out":1}],"t":1.5},
			{"t":9.0,"model":"h","in":4,"out":1}],"models":["h"],"status":"completed"},
		{"t":12.0,"model":"m","in":5,"out":1},
		{"t":19.0,"model":"m","in":6,"out":1}`),
		trace.ReadOptions{},
		"0 1>1 s0 m", "10000000 2>1 s0 h", "11750000 3>1 s0 h", "12000000 5>1 s0 m", "19000000 4>1 s0 h", "19000000 6>1 s0 m")
}

func TestSessionClock(t *testing.T) {
	one := func(t string) string { return `{"t":` + t + `,"model":"m","in":1,"out":1}` }
	text := sessionsText(one("5.0")+","+one("10.0"), one("0.0")+","+one("5.0"), one("0"))
	// At equal times the earlier line comes first.
	check(t, oneFile, text, trace.ReadOptions{SessionGap: 5 * unit.Second},
		"5000000 1>1 s0 m", "5000000 1>1 s1 m", "10000000 1>1 s0 m", "10000000 1>1 s1 m", "10000000 1>1 s2 m")
	check(t, oneFile, text, trace.ReadOptions{},
		"0 1>1 s1 m", "0 1>1 s2 m", "5000000 1>1 s0 m", "5000000 1>1 s1 m", "10000000 1>1 s0 m")
	check(t, oneFile, text, trace.ReadOptions{Head: 1, SessionGap: 5 * unit.Second}, "5000000 1>1 s0 m", "10000000 1>1 s0 m")
	// A bad line is skipped as a whole and keeps its place on the clock.
	bad := strings.Replace(text, `"id":"s1"`, `"id":"s1","block_size":0`, 1)
	r := check(t, oneFile, bad, trace.ReadOptions{SessionGap: 5 * unit.Second, SkipBadRows: true},
		"5000000 1>1 s0 m", "10000000 1>1 s0 m", "10000000 1>1 s2 m")
	if s := r.(trace.Summarizer).Summary(); s.Skipped != 1 || s.Rows != 3 || s.Reasons[0].First != "t:2:25" {
		t.Errorf("%+v", s)
	}
}

// A time is exact microseconds, also where a float would not be.
func TestDecimalTimes(t *testing.T) {
	check(t, oneFile, sessionsText(`{"t":0.0000005,"in":1},{"t":0.0000015,"in":2},{"t":1e1,"in":3},{"t":90071992547.409935,"in":4}`), trace.ReadOptions{},
		"0 1>0 s0", "2 2>0 s0", "10000000 3>0 s0", "90071992547409935 4>0 s0")
}

// twin reads sessions as their definition says, whole and with the standard
// library: outer plus inner times, session k at k x gap, sorted stably.
func twin(t rapid.TB, text string, gap unit.Time) []string {
	type item struct {
		T        json.Number
		In, Out  int64
		Model    string
		HashIDs  []uint64 `json:"hash_ids"`
		Requests []json.RawMessage
	}
	type row struct {
		at   unit.Time
		text string
	}
	var out []row
	for k, line := range strings.Split(strings.TrimSpace(text), "\n") {
		var own []row
		var walk func(raw []json.RawMessage, base unit.Time)
		walk = func(raw []json.RawMessage, base unit.Time) {
			for _, m := range raw {
				var i item
				if err := json.Unmarshal(m, &i); err != nil {
					t.Fatal(err)
				}
				seconds, _ := new(big.Rat).SetString(i.T.String())
				micros := seconds.Mul(seconds, big.NewRat(1_000_000, 1)).Num().Int64()
				at := base + unit.Time(micros)
				if i.Requests != nil {
					walk(i.Requests, at)
					continue
				}
				s := fmt.Sprintf("%d>%d s%d %s", i.In, i.Out, k, i.Model)
				if len(i.HashIDs) > 0 {
					s += fmt.Sprint(" ", i.HashIDs)
				}
				own = append(own, row{at, s})
			}
		}
		var doc struct{ Requests []json.RawMessage }
		if err := json.Unmarshal([]byte(line), &doc); err != nil {
			t.Fatal(err)
		}
		walk(doc.Requests, unit.Time(k)*gap)
		out = append(out, own...)
	}
	slices.SortStableFunc(out, func(a, b row) int { return cmp.Compare(a.at, b.at) })
	var lines []string
	for _, r := range out {
		lines = append(lines, strconv.FormatInt(int64(r.at), 10)+" "+r.text)
	}
	return lines
}

func drawSessions(t *rapid.T) string {
	var requests []string
	for range rapid.IntRange(1, 6).Draw(t, "sessions") {
		requests = append(requests, drawRequests(t, 2))
	}
	return sessionsText(requests...)
}

func drawRequests(t *rapid.T, depth int) string {
	var out []string
	last := []uint64{}
	for range rapid.IntRange(1, 6).Draw(t, "requests") {
		at := fmt.Sprintf("%d.%d", rapid.IntRange(0, 9).Draw(t, "t"), rapid.IntRange(0, 9).Draw(t, "tenths"))
		if depth > 0 && rapid.IntRange(0, 4).Draw(t, "group") == 0 {
			out = append(out, `{"t":`+at+`,"type":"subagent","requests":[`+drawRequests(t, depth-1)+`]}`)
			continue
		}
		keep := rapid.IntRange(0, len(last)).Draw(t, "keep")
		last = slices.Concat(last[:keep], rapid.SliceOfN(rapid.Uint64Range(0, 130), 0, 4).Draw(t, "more"))
		ids, _ := json.Marshal(last)
		if rapid.Bool().Draw(t, "blanks") {
			ids = bytes.ReplaceAll(ids, []byte(","), []byte(", "))
		}
		out = append(out, fmt.Sprintf(`{"t":%s,"model":"m%d","in":%d,"out":3,"hash_ids":%s}`, at, len(out)%2, len(last)*64+1, ids))
	}
	return strings.Join(out, ",")
}

func TestSessionsTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := drawSessions(t)
		gap := rapid.SampledFrom([]unit.Time{0, unit.Second, 3 * unit.Second, unit.Minute}).Draw(t, "gap")
		r, err := oneFile("t", strings.NewReader(text), trace.ReadOptions{SessionGap: gap})
		if err != nil {
			t.Fatal(err)
		}
		got, err := texts(r, rapid.IntRange(1, 50).Draw(t, "block"))
		if err != nil {
			t.Fatal(err)
		}
		want := twin(t, text, gap)
		for i := range want {
			want[i] = strings.TrimSuffix(want[i], " []")
		}
		if !slices.Equal(got, want) {
			t.Fatalf("%s\ngot  %q\nwant %q", text, got, want)
		}
	})
}
