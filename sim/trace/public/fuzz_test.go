package public

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"quotawall/sim/trace"
	"quotawall/sim/trace/canonical"
	"quotawall/sim/unit"
)

// What any reader reads, the canonical form keeps.
func keeps(t *testing.T, open opener, text string) {
	opt := trace.ReadOptions{SessionGap: unit.Second}
	r, err := open("t", strings.NewReader(text), opt)
	if err != nil {
		return
	}
	want, err := texts(r, 3)
	if err != nil {
		return
	}
	again, _ := open("t", strings.NewReader(text), opt)
	var b bytes.Buffer
	if _, err := canonical.Write(&b, again); err != nil {
		t.Fatal(err)
	}
	if r.Info().BlockTokens == 0 && bytes.Contains(b.Bytes(), []byte("block_")) {
		t.Fatal("a block size from nowhere")
	}
	back, err := canonical.Open("t.csv", &b, trace.ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	got, err := texts(back, 7)
	if err != nil || !slices.Equal(got, want) {
		t.Fatalf("got %q %v, want %q", got, err, want)
	}
}

func FuzzAzure(f *testing.F) {
	f.Add("TIMESTAMP,ContextTokens,GeneratedTokens\r\n2023-11-16 18:17:03.9799600,4808,10\r\n2023-11-16 18:17:04.0320000,3180,8")
	f.Fuzz(func(t *testing.T, text string) { keeps(t, OpenAzure, text) })
}

func FuzzMooncake(f *testing.F) {
	f.Add(`{"timestamp": 0, "input_length": 513, "output_length": 5, "hash_ids": [0, 46], "session_id": "a"}` + "\n" + `{"delay": 2, "input_length": 5, "session_id": "a"}`)
	f.Fuzz(func(t *testing.T, text string) { keeps(t, OpenMooncake, text) })
}

func FuzzSessions(f *testing.F) {
	f.Add(sessionsText(`{"t":0.5,"model":"m","in":130,"out":0,"hash_ids":[1,2]},{"t":1,"type":"subagent","requests":[{"t":2,"model":"m","in":200,"out":0,"hash_ids":[1,2,3]}]}`, ``))
	f.Fuzz(func(t *testing.T, text string) { keeps(t, oneFile, text) })
}

func benchmark(b *testing.B, open opener, text string, rows int) {
	block := make([]trace.Request, 1024)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		r, err := open("t", strings.NewReader(text), trace.ReadOptions{SessionGap: unit.Minute})
		if err != nil {
			b.Fatal(err)
		}
		total := 0
		for {
			n, err := r.Read(block)
			if err == io.EOF {
				break
			}
			if err != nil {
				b.Fatal(err)
			}
			total += n
		}
		if total != rows {
			b.Fatalf("%d rows", total)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(rows), "ns/row")
}

func BenchmarkAzure(b *testing.B) {
	const rows = 100_000
	var text strings.Builder
	text.WriteString("TIMESTAMP,ContextTokens,GeneratedTokens\r\n")
	start := time.Date(2026, 10, 5, 9, 0, 0, 0, time.UTC)
	for i := range rows {
		fmt.Fprintf(&text, "%s,%d,%d\r\n", start.Add(time.Duration(i)*time.Millisecond).Format("2006-01-02 15:04:05.0000000"), i%7000, i%900)
	}
	benchmark(b, OpenAzure, text.String(), rows)
}

func BenchmarkMooncake(b *testing.B) {
	const rows = 20_000
	var text strings.Builder
	for i := range rows {
		fmt.Fprintf(&text, `{"timestamp": %d, "input_length": %d, "output_length": %d, "hash_ids": [0`, i*100, 512*24, i%900)
		for k := range 23 {
			fmt.Fprintf(&text, ", %d", i*10+k)
		}
		text.WriteString("]}\n")
	}
	benchmark(b, OpenMooncake, text.String(), rows)
}

func BenchmarkSessions(b *testing.B) {
	const sessions, steps = 20, 100
	var requests []string
	for range sessions {
		var one []string
		ids := "1"
		for i := range steps {
			for k := range 20 {
				ids += fmt.Sprintf(",%d", 2+i*20+k)
			}
			one = append(one, fmt.Sprintf(`{"t":%d.0,"type":"n","model":"claude-opus-4-5","in":%d,"out":200,"hash_ids":[%s],"input_types":["text"],"stop":"tool_use","api_time":6.5}`, i*10, 64*(1+20*(i+1)), ids))
		}
		requests = append(requests, strings.Join(one, ","))
	}
	benchmark(b, oneFile, sessionsText(requests...), sessions*steps)
}
