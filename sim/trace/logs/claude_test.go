package logs

import (
	"fmt"
	"strings"
	"testing"

	"quotawall/sim/trace"
)

func TestClaudeSession(t *testing.T) {
	text := fixture(t, "claude.jsonl")
	if got := detected("p/a1.jsonl", text); got != "claude-code" {
		t.Errorf("detected as %q", got)
	}
	r := expect(t, format(t, "claude-code", 0), text, trace.ReadOptions{},
		// Two blocks of a response: from the user's line to the last block's.
		"0 33987/412 model=claude-opus-4-6 session=a1 class=main read=31880 write=2104 took=6482000",
		"7000000 10/0 model=claude-opus-4-6 session=a1 class=main read=0 write=0 took=2000000",
		// Two hours after the line before it: its own time, and no duration.
		"7200000000 77/1 model=claude-opus-4-6 session=a1 class=main read=0 write=70",
		// Lines without a message id are all kept.
		"7201000000 1/1 model=claude-haiku-4-5 session=a1 class=main read=0 write=0",
		"7201000000 1/1 model=claude-haiku-4-5 session=a1 class=main read=0 write=0")
	info := r.Info()
	if !info.Dialogues || info.MaxTokens != 32000 || info.Start.Format("15:04:05.000") != "09:00:00.000" {
		t.Errorf("info %+v", info)
	}
	if reason(r, "repeat") != 1 || reason(r, "itself") != 1 {
		t.Errorf("reasons %+v", summary(r).Reasons)
	}
	for _, part := range []string{"3 calls have no line before them within 10m", "for an hour"} {
		if !strings.Contains(notes(r), part) {
			t.Errorf("notes do not say %q: %s", part, notes(r))
		}
	}
}

// claudeAnswer is one assistant line.
func claudeAnswer(second int, message, request string, side bool, out int, extra string) string {
	return fmt.Sprintf(`{"type":"assistant","timestamp":"2026-10-05T09:00:%02d.000Z","sessionId":"s","requestId":%q,"isSidechain":%v,"message":{"id":%q,"model":"m","usage":{"input_tokens":1,"output_tokens":%d%s}}}`,
		second, request, side, message, out, extra)
}

// TestClaudeDuplicates goes through the rules of which line of a response
// stands, in both orders of the lines.
func TestClaudeDuplicates(t *testing.T) {
	const side, main = true, false
	for _, c := range []struct {
		name string
		a, b string
		want []string
	}{
		{"larger total", claudeAnswer(1, "m", "r", main, 5, ""), claudeAnswer(1, "m", "r", main, 9, ""), []string{"0 1/9 model=m session=s class=main read=0 write=0"}},
		{"not of a side chain, though smaller", claudeAnswer(1, "m", "r", main, 5, ""), claudeAnswer(1, "m", "r", side, 9, ""), []string{"0 1/5 model=m session=s class=main read=0 write=0"}},
		{"one with speed", claudeAnswer(1, "m", "r", main, 5, `,"speed":"fast"`), claudeAnswer(1, "m", "r", main, 5, ""), []string{"0 1/5 model=m session=s class=main read=0 write=0"}},
		{"replay of the parent", claudeAnswer(1, "m", "r", main, 5, ""), claudeAnswer(2, "m", "other", side, 9, ""), []string{"0 1/5 model=m session=s class=main read=0 write=0"}},
		{"another response", claudeAnswer(1, "m", "r", main, 5, ""), claudeAnswer(1, "n", "r", main, 5, ""), []string{"0 1/5 model=m session=s class=main read=0 write=0", "0 1/5 model=m session=s class=main read=0 write=0"}},
		{"a side chain's own", claudeAnswer(1, "m", "r", side, 5, ""), claudeAnswer(1, "n", "q", side, 5, ""), []string{"0 1/5 model=m session=s class=subagent read=0 write=0", "0 1/5 model=m session=s class=subagent read=0 write=0"}},
		{"message without request", claudeAnswer(1, "m", "", main, 5, ""), claudeAnswer(1, "m", "", main, 6, ""), []string{"0 1/6 model=m session=s class=main read=0 write=0"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := format(t, "claude-code", 0)
			expect(t, f, c.a+"\n"+c.b+"\n", trace.ReadOptions{}, c.want...)
			expect(t, f, c.b+"\n"+c.a, trace.ReadOptions{}, c.want...)
			for _, order := range [][]string{{c.a, c.b}, {c.b, c.a}} { // across files
				r, err := many(f, trace.ReadOptions{}, []string{"p/s.jsonl", "p/s/subagents/agent-1.jsonl"}, order...)
				if err != nil {
					t.Fatal(err)
				}
				got, err := lines(t, r)
				if err != nil {
					t.Fatal(err)
				}
				compare(t, got, c.want)
			}
		})
	}
}

// TestClaudeLeftOutIsFound: what is left out says where it stands, though it is
// known only when all files were read.
func TestClaudeLeftOutIsFound(t *testing.T) {
	const side, main = true, false
	f := format(t, "claude-code", 0)
	own, replay, parent := claudeAnswer(1, "n", "q", side, 5, ""), claudeAnswer(2, "m", "other", side, 9, ""), claudeAnswer(1, "m", "r", main, 5, "")
	for _, c := range []struct {
		texts []string
		want  string
	}{
		{[]string{own + "\n" + replay, parent}, "a.jsonl:2"},
		{[]string{parent, "", own + "\n\n" + replay}, "c.jsonl:3"},
		{[]string{parent + "\n" + own, own + "\n" + strings.Replace(own, `"output_tokens":5`, `"output_tokens":7`, 1) + "\n" + replay}, "b.jsonl:3"},
	} {
		r, err := many(f, trace.ReadOptions{}, []string{"a.jsonl", "b.jsonl", "c.jsonl"}[:len(c.texts)], c.texts...)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, x := range summary(r).Reasons {
			if strings.Contains(x.Text, "replay") {
				got = x.First
			}
			if x.First == "" {
				t.Errorf("%s: no position", x.Text)
			}
		}
		if got != c.want {
			t.Errorf("the replay is at %q, want %q", got, c.want)
		}
	}
}

// TestClaudeStart: when a call began is told by the line before its first block,
// not by an earlier block of the same response.
func TestClaudeStart(t *testing.T) {
	line := func(second int, uuid, parent string) string {
		return strings.Replace(claudeAnswer(second, "m", "r", false, second, ""), `"type"`, fmt.Sprintf(`"uuid":%q,"parentUuid":%q,"type"`, uuid, parent), 1)
	}
	user := `{"type":"user","timestamp":"2026-10-05T09:00:01.000Z","uuid":"u","sessionId":"s","isSidechain":false}`
	f := format(t, "claude-code", 0)
	expect(t, f, user+"\n"+line(4, "a", "u")+"\n"+line(6, "b", "a")+"\n"+line(9, "c", "b"), trace.ReadOptions{},
		"0 1/9 model=m session=s class=main read=0 write=0 took=8000000")
	r := expect(t, f, line(4, "a", "gone")+"\n"+line(6, "b", "a"), trace.ReadOptions{}, "0 1/6 model=m session=s class=main read=0 write=0")
	if got := r.Info().Start.Second(); got != 4 {
		t.Errorf("starts at second %d", got)
	}
}

func TestClaudeFilesAreMergedByTime(t *testing.T) {
	r, err := many(format(t, "claude-code", 0), trace.ReadOptions{}, []string{"a", "b", "empty"},
		claudeAnswer(1, "a", "1", false, 1, "")+"\n"+claudeAnswer(9, "b", "2", false, 2, ""),
		claudeAnswer(5, "c", "3", true, 3, ""), "")
	if err != nil {
		t.Fatal(err)
	}
	got, err := lines(t, r)
	if err != nil {
		t.Fatal(err)
	}
	compare(t, got, []string{
		"0 1/1 model=m session=s class=main read=0 write=0",
		"4000000 1/3 model=m session=s class=subagent read=0 write=0",
		"8000000 1/2 model=m session=s class=main read=0 write=0",
	})
}

func TestClaudeBadLines(t *testing.T) {
	f := format(t, "claude-code", 0)
	good := claudeAnswer(1, "a", "1", false, 1, "")
	bad := good[:80] + "\n" + good
	refuse(t, f, good+"\n"+bad, trace.ReadOptions{}, "log:2:81", "ends early")
	r := expect(t, f, strings.Replace(good, `"a"`, `"b"`, 1)+"\n"+bad, trace.ReadOptions{SkipBadRows: true},
		"0 1/1 model=m session=s class=main read=0 write=0", "0 1/1 model=m session=s class=main read=0 write=0")
	if s := summary(r); s.Skipped != 1 || !s.Reasons[0].Bad || s.Reasons[0].First != "log:2:81" {
		t.Errorf("summary %+v", s)
	}
	refuse(t, f, `{"type":"user","sessionId":"s","isSidechain":false}`, trace.ReadOptions{}, "no call")
	refuse(t, f, strings.Replace(good, `"input_tokens":1`, `"input_tokens":"x"`, 1), trace.ReadOptions{}, `"input_tokens" is not a whole number`)
}

func TestClaudeInclusive(t *testing.T) {
	line := claudeAnswer(1, "a", "1", false, 1, `,"cache_read_input_tokens":1`)
	f := format(t, "claude-code", 0)
	expect(t, f, line, trace.ReadOptions{}, "0 2/1 model=m session=s class=main read=1 write=0")
	expect(t, f, line, trace.ReadOptions{Inclusive: trace.Inclusive}, "0 1/1 model=m session=s class=main read=1 write=0")
}
