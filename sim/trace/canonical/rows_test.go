package canonical

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"quotawall/sim/trace"
	"quotawall/sim/trace/scan"
	"quotawall/sim/unit"
)

// plain is a request with its names as text, for comparison.
type plain struct {
	trace.Request
	SessionText                 string
	ModelText, ClassText        string
	UserText, AccountText, Info string
}

// all reads a trace to its end.
func all(r trace.Reader, size int) (out []plain, err error) {
	block := make([]trace.Request, size)
	for {
		n, err := r.Read(block)
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			return out, err
		}
		if n == 0 {
			return out, errors.New("no rows and no error")
		}
		names := r.Info().Names
		for _, q := range block[:n] {
			p := plain{
				Request: q, SessionText: string(q.SessionID), ModelText: names.Models.Text(q.Model), ClassText: names.Classes.Text(q.Class),
				UserText: names.Users.Text(q.User), AccountText: names.Accounts.Text(q.Account),
				Info: strings.TrimSpace(FirstLine(r.Info())),
			}
			p.SessionID, p.Model, p.Class, p.User, p.Account = nil, 0, 0, 0, 0
			p.Blocks = slices.Clone(q.Blocks)
			out = append(out, p)
		}
	}
}

func csvRows(text string, opt trace.ReadOptions) ([]plain, error) {
	r, err := NewReader("t.csv", strings.NewReader(text), opt)
	if err != nil {
		return nil, err
	}
	return all(r, 7)
}

func parquetRows(data []byte, opt trace.ReadOptions) ([]plain, error) {
	r, err := OpenParquet("t.parquet", bytes.NewReader(data), int64(len(data)), opt)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return all(r, 7)
}

const sample = `# start=2026-11-02T09:00:00Z block_tokens=64 block_scope=session dialogues=yes max_tokens=32000
t_us,input_tokens,output_tokens,model,max_tokens,session,user,class,cache_read_tokens,cache_write_tokens,shared_tokens,blocks,duration_us,account,status
0,1200,220,claude-opus-4-6,4096,s1,u1,chat,1000,100,0,1 2 18446744073709551615,2000000,a0,
0,0,0,,,,,,,,,,,,
5,70,1,"with, comma and ""quotes""",unset,'=s2,,title,,,,,0,,429
`

func TestReadSample(t *testing.T) {
	rows, err := csvRows(sample, trace.ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	info := "# start=2026-11-02T09:00:00Z block_tokens=64 block_scope=session dialogues=yes max_tokens=32000"
	want := []plain{
		{
			Request: trace.Request{Input: 1200, Output: 220, Max: 4096, Session: unit.HashString("s1"), Duration: 2 * unit.Second,
				CacheRead: 1000, CacheWrite: 100, Shared: 0, Blocks: []uint64{1, 2, 1<<64 - 1}},
			SessionText: "s1", ModelText: "claude-opus-4-6", ClassText: "chat", UserText: "u1", AccountText: "a0", Info: info,
		},
		{
			Request: trace.Request{Max: trace.MaxUnknown, Duration: trace.Unknown, CacheRead: trace.Unknown, CacheWrite: trace.Unknown, Shared: trace.Unknown},
			Info:    info,
		},
		{
			Request: trace.Request{At: 5, Input: 70, Output: 1, Max: trace.MaxUnset, Session: unit.HashString("=s2"),
				CacheRead: trace.Unknown, CacheWrite: trace.Unknown, Shared: trace.Unknown, Status: 429},
			SessionText: "=s2", ModelText: `with, comma and "quotes"`, ClassText: "title", Info: info,
		},
	}
	if d := cmp.Diff(want, rows); d != "" {
		t.Error(d)
	}
}

// What is written is read back the same, as CSV and as Parquet.
func roundTrip(t rapid.TB, text string) {
	rows, err := csvRows(text, trace.ReadOptions{})
	if err != nil {
		return
	}
	reread := func(what string, again []plain, err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("%s of %q: %v", what, text, err)
		}
		if d := cmp.Diff(rows, again); d != "" {
			t.Fatalf("%s of %q: %s", what, text, d)
		}
	}
	write := func(w func(io.Writer, trace.Reader) (int64, error)) []byte {
		r, err := NewReader("t.csv", strings.NewReader(text), trace.ReadOptions{})
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if n, err := w(&b, r); err != nil || n != int64(len(rows)) {
			t.Fatalf("wrote %d of %d rows: %v", n, len(rows), err)
		}
		return b.Bytes()
	}
	again, err := csvRows(string(write(Write)), trace.ReadOptions{})
	reread("CSV", again, err)
	again, err = parquetRows(write(WriteParquet), trace.ReadOptions{})
	reread("Parquet", again, err)
}

func TestRoundTrip(t *testing.T) {
	roundTrip(t, sample)
	rapid.Check(t, func(t *rapid.T) { roundTrip(t, drawTrace(t)) })
}

// drawTrace makes a canonical trace with any of its columns.
func drawTrace(t *rapid.T) string {
	names := rapid.Permutation(Columns()).Draw(t, "columns")
	names = slices.DeleteFunc(names, func(n string) bool {
		return !slices.Contains(Columns()[:3], n) && rapid.Bool().Draw(t, "without "+n)
	})
	var b strings.Builder
	b.WriteString("# block_tokens=16 block_scope=trace\n" + strings.Join(names, ",") + "\n")
	at := int64(0)
	word := rapid.SampledFrom([]string{"", "a", "b b", "=c", "'", "'=d", "-", "é", "x,y", "\"", "line\nbreak", "0", " "})
	for range rapid.IntRange(1, 40).Draw(t, "rows") {
		at += rapid.Int64Range(0, 1000).Draw(t, "gap")
		input := rapid.Int64Range(0, 3000).Draw(t, "input")
		for i, n := range names {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(drawCell(t, n, at, input, word))
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func drawCell(t *rapid.T, name string, at, input int64, word *rapid.Generator[string]) string {
	number := func(high int64) string {
		if rapid.Bool().Draw(t, "empty") {
			return ""
		}
		return fmt.Sprint(rapid.Int64Range(0, high).Draw(t, name))
	}
	switch name {
	case "t_us":
		return fmt.Sprint(at)
	case "input_tokens":
		return fmt.Sprint(input)
	case "output_tokens":
		return fmt.Sprint(rapid.Int64Range(0, trace.MaxCount).Draw(t, name))
	case "cache_read_tokens", "cache_write_tokens":
		return number(input / 2)
	case "shared_tokens":
		return number(input)
	case "max_tokens":
		return rapid.SampledFrom([]string{"", "unset", "0", "4096"}).Draw(t, name)
	case "duration_us":
		return number(int64(trace.MaxTime))
	case "status":
		return rapid.SampledFrom([]string{"", "200", "429", "999"}).Draw(t, name)
	case "blocks":
		ids := rapid.SliceOfN(rapid.Uint64(), 0, 5).Draw(t, name)
		return strings.Trim(fmt.Sprint(ids), "[]")
	}
	w := word.Draw(t, name)
	return `"` + strings.ReplaceAll(w, `"`, `""`) + `"`
}

func FuzzRead(f *testing.F) {
	f.Add(sample)
	f.Add("t_us,input_tokens,output_tokens\r\n1,2,3\r\n4,5,6")
	f.Add("t_us,input_tokens,output_tokens\n\"1\",2,3\n\n4,5,\"6\n")
	f.Add("t_us,input_tokens,output_tokens,model,session\n12345678,123456789,1,abcdefg,abcdefgh\n1234567890123456,1,,a b,'=\n12345678901234567,1,1,,\n")
	f.Fuzz(func(t *testing.T, text string) {
		roundTrip(t, text)
		sameSlowly(t, text, len(text)%5)
		if _, err := csvRows(text, trace.ReadOptions{SkipBadRows: true, Unordered: true, Head: 3}); err != nil && !strings.HasPrefix(err.Error(), "t.csv") {
			t.Errorf("an error without a place: %v", err)
		}
	})
}

func TestMistakes(t *testing.T) {
	const head = "t_us,input_tokens,output_tokens,model,status\n"
	cases := []struct{ name, text, want string }{
		{"empty", "", "t.csv: the trace is empty"},
		{"only a header", head, "t.csv: the trace has no rows after its header"},
		{"missing column", "t_us,input_tokens\n1,2\n", `t.csv:1:1: the header is not understood: the header has no column "output_tokens"`},
		{"unknown column", "t_us,input_token,output_tokens\n", `t.csv:1:1: the header is not understood: column 2, "input_token", is not known (did you mean "input_tokens"?)`},
		{"twice", "t_us,t_us,input_tokens,output_tokens\n", `t.csv:1:1: the header is not understood: column "t_us" comes twice`},
		{"negative", head + "1,2,3,,\n1,-2,3,,\n", `t.csv:3:3: column input_tokens is negative: "-2"`},
		{"too large", head + "1,2,3000000000,,\n", `t.csv:2:5: column output_tokens is too large (at most 1000000000): "3000000000"`},
		{"a time too large", head + "100000000000000001,2,3,,\n", `t.csv:2:1: column t_us is too large (at most 100000000000000000): "100000000000000001"`},
		{"overflow", head + "1,99999999999999999999999,3,,\n", `t.csv:2:3: column input_tokens is too large (at most 1000000000): "99999999999999999999999"`},
		{"fraction", head + "1.5,2,3,,\n", `t.csv:2:1: column t_us is not a whole number: "1.5"`},
		{"no number", head + "1,2,x,,\n", `t.csv:2:5: column output_tokens is not a whole number: "x"`},
		{"nothing", head + "1,,3,,\n", `t.csv:2:3: column input_tokens is empty: ""`},
		{"status", head + "1,2,3,,1000\n", `t.csv:2:8: column status is not an HTTP status: "1000"`},
		{"back", head + "5,2,3,,\n4,2,3,,\n", "t.csv:3:1: the trace is out of time order: t_us 4 comes after 5; --sort puts the rows in order"},
		{"short row", head + "1,2,3\n", "t.csv:2:5: the row has not as many fields as the header: 3 instead of 5"},
		{"open quote", head + "1,2,3,\"x,\n", "t.csv:2:7: a quote is not closed"},
		{"control", head + "1,2,\x1b[31m,,\n", `t.csv:2:5: column output_tokens is not a whole number: "\x1b[31m"`},
		{"key", "# colour=red\n" + head + "1,2,3,,\n", `t.csv:1:1: "colour"= is not known in the first line: start, block_tokens, block_scope, dialogues, max_tokens`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			for _, text := range []string{c.text, strings.ReplaceAll(c.text, "\n", "\r\n")} {
				_, err := csvRows(text, trace.ReadOptions{})
				if err == nil || err.Error() != c.want {
					t.Errorf("got  %v\nwant %s", err, c.want)
				}
			}
		})
	}
}

func TestEndings(t *testing.T) {
	const want = 2
	for _, text := range []string{
		"t_us,input_tokens,output_tokens\n1,2,3\n4,5,6\n",
		"t_us,input_tokens,output_tokens\n1,2,3\n4,5,6",
		"t_us,input_tokens,output_tokens\r\n1,2,3\r\n4,5,6",
		"\xef\xbb\xbft_us,input_tokens,output_tokens\n1,2,3\n\n4,5,6\n\n",
	} {
		rows, err := csvRows(text, trace.ReadOptions{})
		if err != nil || len(rows) != want || rows[1].At != 4 || rows[1].Output != 6 {
			t.Errorf("%q: %d rows, %v", text, len(rows), err)
		}
	}
}

func TestSkipBadRows(t *testing.T) {
	text := "t_us,input_tokens,output_tokens\n1,2,3\nx,2,3\n2,-1,3\n2,-2,3\n4,5,6\n"
	r, err := NewReader("t.csv", strings.NewReader(text), trace.ReadOptions{SkipBadRows: true})
	if err != nil {
		t.Fatal(err)
	}
	rows, err := all(r, 7)
	want := trace.Summary{Rows: 2, Skipped: 3, Span: 3, Files: 1, Reasons: []trace.Reason{
		{Text: "column t_us is not a whole number", Count: 1, First: "t.csv:3:1", Bad: true},
		{Text: "column input_tokens is negative", Count: 2, First: "t.csv:4:3", Bad: true},
	}}
	if d := cmp.Diff(want, *r.Summary()); err != nil || len(rows) != 2 || d != "" {
		t.Error(len(rows), err, d)
	}
}

// A line longer than the bound is refused without being kept.
func TestLongLine(t *testing.T) {
	text := io.MultiReader(strings.NewReader("t_us,input_tokens,output_tokens\n"), io.LimitReader(zeros{}, 2*scan.MaxLine))
	r, err := NewReader("t.csv", text, trace.ReadOptions{})
	if err == nil {
		_, err = all(r, 7)
	}
	if err == nil || !strings.Contains(err.Error(), "t.csv:2: the line is longer than") {
		t.Error(err)
	}
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = '0'
	}
	return len(b), nil
}
