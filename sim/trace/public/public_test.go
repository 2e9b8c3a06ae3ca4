package public

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"quotawall/sim/trace"
	"quotawall/sim/unit"
)

type opener func(name string, r io.Reader, opt trace.ReadOptions) (trace.Reader, error)

// oneFile is OpenSessions for a single file.
func oneFile(name string, r io.Reader, opt trace.ReadOptions) (trace.Reader, error) {
	done := false
	return OpenSessions(func() (string, io.Reader, error) {
		if done {
			return "", nil, io.EOF
		}
		done = true
		return name, r, nil
	}, opt)
}

// texts reads a trace in blocks of size rows and writes each row as text.
func texts(r trace.Reader, size int) (out []string, err error) {
	block := make([]trace.Request, size)
	for {
		n, err := r.Read(block)
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			return out, err
		}
		for _, q := range block[:n] {
			s := fmt.Sprintf("%d %d>%d", int64(q.At), q.Input, q.Output)
			if len(q.SessionID) > 0 {
				s += " " + string(q.SessionID)
			}
			if m := r.Info().Names.Models.Text(q.Model); m != "" {
				s += " " + m
			}
			if q.Duration != trace.Unknown {
				s += fmt.Sprintf(" %dus", int64(q.Duration))
			}
			if q.Blocks != nil {
				s += fmt.Sprint(" ", q.Blocks)
			}
			if q.Max != trace.MaxUnknown || q.CacheRead != trace.Unknown || q.CacheWrite != trace.Unknown || q.Shared != trace.Unknown || q.Status != 0 {
				s += " known?"
			}
			out = append(out, s)
		}
	}
}

func read(open opener, text string, opt trace.ReadOptions) ([]string, trace.Reader, error) {
	r, err := open("t", strings.NewReader(text), opt)
	if err != nil {
		return nil, nil, err
	}
	out, err := texts(r, 2)
	return out, r, err
}

func check(t *testing.T, open opener, text string, opt trace.ReadOptions, want ...string) trace.Reader {
	t.Helper()
	got, r, err := read(open, text, opt)
	if err != nil || !slices.Equal(got, want) {
		t.Fatalf("%q:\ngot  %q %v\nwant %q", text, got, err, want)
	}
	return r
}

func TestAzure(t *testing.T) {
	const head = "TIMESTAMP,ContextTokens,GeneratedTokens\r\n"
	// CRLF, no last newline, seven decimals, no zone.
	r := check(t, OpenAzure, head+"2023-11-16 18:17:03.9799600,4808,10\r\n2023-11-16 18:17:03.9799605,1,0\r\n2023-11-16 18:17:03.9799615,2,3",
		trace.ReadOptions{}, "0 4808>10", "0 1>0", "2 2>3")
	if start := time.Date(2023, 11, 16, 18, 17, 3, 979960000, time.UTC); !r.Info().Dated || !r.Info().Start.Equal(start) {
		t.Errorf("start %v", r.Info().Start)
	}
	if r.Info().BlockScope != trace.NoBlocks || r.Info().Dialogues || r.Info().MaxTokens != 0 {
		t.Errorf("%+v", r.Info())
	}
	if notes := r.Info().Notes; len(notes) != 1 || !strings.Contains(notes[0], "UTC") {
		t.Errorf("notes %q", notes)
	}
	// The 2024 release has an offset and six decimals; columns may move and grow.
	r = check(t, OpenAzure, "GeneratedTokens,TIMESTAMP,x,ContextTokens\n8,2024-05-10 00:00:00.009930+00:00,?,2162\n1,2024-05-10 02:00:00+02:00,?,5",
		trace.ReadOptions{Unordered: true}, "0 2162>8", "-9930 5>1")
	if notes := r.Info().Notes; len(notes) != 0 {
		t.Errorf("notes %q", notes)
	}
	check(t, OpenAzure, head+"2023-11-16 18:17:03,1,1\n2023-11-16 18:17:04,2,2\n2023-11-16 18:17:05,3,3\n", trace.ReadOptions{Head: 2}, "0 1>1", "1000000 2>2")
}

func TestMooncake(t *testing.T) {
	// Milliseconds; equal stamps keep their order; ids are global; a partial last block.
	r := check(t, OpenMooncake, `{"timestamp": 0, "input_length": 513, "output_length": 5, "hash_ids": [0, 46]}
{"timestamp": 3001, "input_length": 512, "output_length": 0, "hash_ids": [0]}

{"hash_ids":[],"output_length":7,"input_length":0,"timestamp":3001}`, trace.ReadOptions{}, "0 513>5 [0 46]", "3001000 512>0 [0]", "3001000 0>7")
	if i := r.Info(); i.BlockTokens != 512 || i.BlockScope != trace.TraceScope || i.Dated || len(i.Notes) != 0 {
		t.Errorf("%+v", i)
	}
	// AIPerf and Dynamo: sessions, delays, texts, fractions of a millisecond, string ids, no output.
	r = check(t, OpenMooncake, `{"timestamp": 1.5, "input_length": 10, "session_id": "a", "text_input": "he said \"x\", [{", "messages": [{"role": "user", "content": "}"}]}
{"delay": 250, "input_length": 20, "output_length": 1, "session_id": "a", "hash_ids": ["x"], "priority": 3}
{"timestamp": 300, "input_length": 30, "session_id": 7}`, trace.ReadOptions{},
		"1500 10>0 a", fmt.Sprintf("251500 20>1 a [%d]", unit.HashString("x")), "300000 30>0 7")
	if notes := r.Info().Notes; len(notes) != 1 || !strings.Contains(notes[0], "delay") {
		t.Errorf("notes %q", notes)
	}
	// Another block size is read and noted.
	r = check(t, OpenMooncake, `{"timestamp": 0, "input_length": 64, "hash_ids": [1, 2, 3, 4]}`, trace.ReadOptions{}, "0 64>0 [1 2 3 4]")
	if notes := r.Info().Notes; len(notes) != 1 || !strings.Contains(notes[0], "t:1:1: 4 ids for a prompt of 64 tokens") {
		t.Errorf("notes %q", notes)
	}
}

func TestMistakes(t *testing.T) {
	const azure = "TIMESTAMP,ContextTokens,GeneratedTokens\r\n"
	long := strings.Repeat(`{"t":0,"requests":[`, 100)
	cases := []struct {
		name string
		open opener
		text string
		want string
	}{
		{"azure empty", OpenAzure, "", "t: the trace has no rows"},
		{"azure header only", OpenAzure, azure, "t: the trace has no rows"},
		{"azure column", OpenAzure, "TIMESTAMP,ContextTokens\n", "t:1:1: the header has no column GeneratedTokens"},
		{"azure fields", OpenAzure, azure + "2023-11-16 18:17:03,1\n", "t:2:1: the row has not as many fields as the header"},
		{"azure time", OpenAzure, azure + "2023-11-31 18:17:03,1,1\n", `t:2:1: column TIMESTAMP is no date that exists: "2023-11-31 18:17:03"`},
		{"azure negative", OpenAzure, azure + "2023-11-16 18:17:03,-1,1\n", `t:2:21: column ContextTokens is negative: "-1"`},
		{"azure overflow", OpenAzure, azure + "2023-11-16 18:17:03,1,99999999999999999999\r\n", `t:2:23: column GeneratedTokens is too large (at most 1000000000): "99999999999999999999"`},
		{"azure order", OpenAzure, azure + "2023-11-16 18:17:03,1,1\n2023-11-16 18:17:02.5,1,1\n", "t:3:1: the trace is out of time order: this row is 0.5 s before the one above it\n  --sort puts the rows in order"},
		{"mooncake order", OpenMooncake, `{"timestamp": 5, "input_length": 1}` + "\n" + `{"timestamp": 4, "input_length": 1}`, "t:2:1: the trace is out of time order"},
		{"mooncake time", OpenMooncake, `{"input_length": 1}`, `t:1:1: "timestamp" is missing`},
		{"mooncake input", OpenMooncake, `{"timestamp": 1}`, `t:1:1: "input_length" is missing`},
		{"mooncake negative", OpenMooncake, `{"timestamp": 1, "input_length": -7}`, `t:1:34: "input_length" is negative`},
		{"mooncake negative time", OpenMooncake, `{"timestamp": -1, "input_length": 7}`, `t:1:15: "timestamp" is negative`},
		{"mooncake id", OpenMooncake, `{"timestamp": 1, "input_length": 7, "hash_ids": [1, -2]}`, `t:1:53: "hash_ids" is not a whole number`},
		{"mooncake cut", OpenMooncake, `{"timestamp": 1, "input_len`, "t:1:28: the JSON ends early"},
		{"mooncake more", OpenMooncake, `{"timestamp": 1, "input_length": 7} x`, "t:1:37: the line is not valid JSON"},
		{"mooncake array", OpenMooncake, `[1]`, "t:1:1: the line is not a JSON object"},
		{"sessions empty", oneFile, "\n", "t: the trace has no requests"},
		{"sessions none", oneFile, `{"id":"x","block_size":64,"requests":[]}`, "t: the trace has no requests"},
		{"sessions lack", oneFile, `{"id":"x"}`, `t:1:1: "requests" is missing`},
		{"sessions input", oneFile, sessionsText(`{"t":0}`), `t:1:1: "in" is missing`},
		{"sessions time", oneFile, sessionsText(`{"in":0}`), `t:1:1: "t" is missing`},
		{"sessions clock", oneFile, sessionsText(`{"t":"noon","in":0}`), `t:1:100: "t" is not a number`},
		{"sessions output", oneFile, sessionsText(`{"t":1,"in":0,"out":1.5}`), `t:1:115: "out" is not a whole number`},
		{"sessions scope", oneFile, strings.Replace(sessionsText(``), "local", "lokal", 1), `t:1:59: "hash_id_scope" is neither "local" nor "global"`},
		{"sessions blocks", oneFile, `{"id":"x","requests":[{"t":1,"in":64,"hash_ids":[1]}]}`, `t:1:1: there are hash_ids, but no "block_size"`},
		{"sessions differ", oneFile, sessionsText(`{"t":1,"in":64,"hash_ids":[1]}`) + strings.Replace(sessionsText(`{"t":1,"in":64,"hash_ids":[1]}`), "64", "32", 1), "t:2:1: block_size or hash_id_scope differs"},
		{"sessions deep", oneFile, `{"requests":[` + long, `nests too deep (at most 64 levels)`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if _, _, err := read(c.open, c.text, trace.ReadOptions{}); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
		})
	}
}
