package logs

import (
	"cmp"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"quotawall/sim/trace"
)

// answerLine is an assistant line as the twin knows it.
type answerLine struct {
	Second, Message, Request, Output int
	Side, Speed                      bool
}

func (l answerLine) text() string {
	speed := ""
	if l.Speed {
		speed = `,"speed":"x"`
	}
	return claudeAnswer(l.Second, fmt.Sprint("m", l.Message), fmt.Sprint("r", l.Request), l.Side, l.Output, speed)
}

// twinClaude applies the rules for repeated lines the slow way: it asks of each
// pair of message and request which line stands, and of each side chain's
// message whether the main chain has it.
func twinClaude(all []answerLine) []string {
	var out []string
	var kept []answerLine
	for i, l := range all {
		if slices.ContainsFunc(all[:i], func(o answerLine) bool { return o.Message == l.Message && o.Request == l.Request }) {
			continue
		}
		best, begin := l, l.Second
		for _, o := range all[i+1:] {
			if o.Message != l.Message || o.Request != l.Request {
				continue
			}
			begin = min(begin, o.Second)
			if better := cmp.Or(-cmp.Compare(number(o.Side), number(best.Side)), cmp.Compare(o.Output, best.Output), cmp.Compare(number(o.Speed), number(best.Speed))); better > 0 {
				best = o
			}
		}
		best.Second = begin
		kept = append(kept, best)
	}
	for _, l := range kept {
		if l.Side && slices.ContainsFunc(all, func(o answerLine) bool { return o.Message == l.Message && !o.Side }) {
			continue
		}
		class := "main"
		if l.Side {
			class = "subagent"
		}
		out = append(out, fmt.Sprintf("%02d 1/%d %s", l.Second, l.Output, class))
	}
	slices.Sort(out)
	return out
}

func number(b bool) int {
	if b {
		return 1
	}
	return 0
}

func TestClaudeAgainstTwin(t *testing.T) {
	f := format(t, "claude-code", 0)
	rapid.Check(t, func(rt *rapid.T) {
		all := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) answerLine {
			return answerLine{rapid.IntRange(0, 59).Draw(t, "s"), rapid.IntRange(0, 3).Draw(t, "m"), rapid.IntRange(0, 2).Draw(t, "r"),
				rapid.IntRange(0, 3).Draw(t, "o"), rapid.Bool().Draw(t, "side"), rapid.Bool().Draw(t, "speed")}
		}), 1, 12).Draw(rt, "lines")
		files := make([]string, 2)
		for i, l := range all {
			k := 0
			if i >= len(all)/2 {
				k = 1
			}
			files[k] += l.text() + "\n"
		}
		r, err := many(f, trace.ReadOptions{}, []string{"a", "b"}, files...)
		if err != nil {
			rt.Fatal(err)
		}
		block := make([]trace.Request, len(all))
		n, err := r.Read(block)
		if err != nil {
			rt.Fatal(err)
		}
		var got []string
		for _, q := range block[:n] {
			second := r.Info().Start.Add(time.Duration(q.At) * time.Microsecond).Second()
			got = append(got, fmt.Sprintf("%02d %d/%d %s", second, q.Input, q.Output, r.Info().Names.Classes.Text(q.Class)))
		}
		slices.Sort(got)
		if want := twinClaude(all); !slices.Equal(got, want) {
			rt.Fatalf("got %q\nwant %q", got, want)
		}
	})
}

// tableRow is a row as every layout has it; body is for the JSON ones alone.
type tableRow struct {
	Time    int64  `json:"timestamp"`
	Input   int64  `json:"input_tokens"`
	Output  int64  `json:"output_tokens"`
	Session string `json:"session"`
	Class   string `json:"class"`
	Body    any    `json:"body"`
}

// drawRows makes rows in time order, of texts that csv and json can both hold.
func drawRows(rt *rapid.T) []tableRow {
	text := rapid.StringN(0, 8, 20)
	line := rapid.Custom(func(t *rapid.T) string { return strings.ReplaceAll(text.Draw(t, "text"), "\r", "") })
	rows := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) tableRow {
		return tableRow{1791190801000 + rapid.Int64Range(0, 1000).Draw(t, "at"), rapid.Int64Range(0, trace.MaxCount).Draw(t, "in"), rapid.Int64Range(0, trace.MaxCount).Draw(t, "out"),
			line.Draw(t, "session"), line.Draw(t, "class"), map[string]any{"input_tokens": "}" + text.Draw(t, "body"), "x": []any{1, text.Draw(t, "more"), nil}}}
	}), 1, 8).Draw(rt, "rows")
	slices.SortStableFunc(rows, func(a, b tableRow) int { return cmp.Compare(a.Time, b.Time) })
	return rows
}

// written is a table in one layout.
type written struct{ format, text string }

// allLayouts writes rows as CSV and as JSON in every layout.
func allLayouts(rows []tableRow) []written {
	var objects, indented []string
	var sheet strings.Builder
	w := csv.NewWriter(&sheet)
	w.Write([]string{"timestamp", "input_tokens", "output_tokens", "session", "class"})
	for _, r := range rows {
		w.Write([]string{fmt.Sprint(r.Time), fmt.Sprint(r.Input), fmt.Sprint(r.Output), r.Session, r.Class})
		a, _ := json.Marshal(r)
		b, _ := json.MarshalIndent(r, "", "\t")
		objects, indented = append(objects, string(a)), append(indented, string(b))
	}
	w.Flush()
	return []written{
		{"csv", sheet.String()},
		{"jsonl", strings.Join(objects, "\n")},
		{"jsonl", strings.Join(objects, " ")},
		{"jsonl", strings.Join(indented, "\n")},
		{"jsonl", "[" + strings.Join(objects, ",") + "]"},
		{"jsonl", "[\n" + strings.Join(indented, ",\n") + "\n]\n"},
		{"jsonl", `{"a":{"b":["]"]},"data":[` + strings.Join(objects, ",\n") + `],"rest":[{"x":"}"}]}`},
	}
}

// readBack is a row as lines tells it, at a time after the first row's.
func (r tableRow) readBack(first int64) string {
	line := fmt.Sprintf("%d %d/%d", (r.Time-first)*1000, r.Input, r.Output)
	if r.Session != "" {
		line += " session=" + r.Session
	}
	if r.Class != "" {
		line += " class=" + r.Class
	}
	return line
}

// TestTablesAgree writes the same rows as CSV with encoding/csv and as JSON in
// every layout with encoding/json: all must read the same, and as they are.
func TestTablesAgree(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		rows := drawRows(rt)
		var want []string
		for _, r := range rows {
			want = append(want, r.readBack(rows[0].Time))
		}
		for _, c := range allLayouts(rows) {
			r, err := format(t, c.format, 0).Open("log", strings.NewReader(c.text), trace.ReadOptions{})
			if err != nil {
				rt.Fatalf("%v in %q", err, c.text)
			}
			got, err := lines(t, r)
			if err != nil {
				rt.Fatalf("%v in %q", err, c.text)
			}
			if !slices.Equal(got, want) {
				rt.Fatalf("got %q\nwant %q\nof %q", got, want, c.text)
			}
		}
	})
}
