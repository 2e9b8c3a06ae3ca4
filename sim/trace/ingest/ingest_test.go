package ingest

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"pgregory.net/rapid"

	"quotawall/sim/trace"
	"quotawall/sim/trace/canonical"
	"quotawall/sim/unit"
)

// file is a File in memory.
func file(name string, data []byte) File {
	return File{Name: name, Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }}
}

func gzipped(text string) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	io.WriteString(z, text)
	z.Close()
	return b.Bytes()
}

func zstandard(text string) []byte {
	var b bytes.Buffer
	z, _ := zstd.NewWriter(&b)
	io.WriteString(z, text)
	z.Close()
	return b.Bytes()
}

const (
	azureText    = "TIMESTAMP,ContextTokens,GeneratedTokens\r\n2023-11-16 18:17:03.9799600,4808,10\r\n2023-11-16 18:17:04.0320000,3180,8"
	mooncakeText = `{"timestamp": 0, "input_length": 600, "output_length": 500, "hash_ids": [0, 1]}` + "\n" +
		`{"timestamp": 3000, "input_length": 512, "output_length": 5, "hash_ids": [0]}` + "\n"
	sessionText = `{"id":"s1","models":["m"],"block_size":64,"hash_id_scope":"local","requests":[{"t":0.0,"type":"n","model":"m","in":130,"out":1,"hash_ids":[1,2]}]}`
	plainText   = "t_us,input_tokens,output_tokens\n0,10,1\n7,20,2\n"
)

func rows(r trace.Reader, size int) (out []string, err error) {
	block := make([]trace.Request, size)
	for {
		n, err := r.Read(block)
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			return out, err
		}
		names := r.Info().Names
		for _, q := range block[:n] {
			out = append(out, fmt.Sprintf("%d %d>%d %s %s %v", int64(q.At), q.Input, q.Output, q.SessionID, names.Models.Text(q.Model), q.Blocks))
		}
	}
}

func open(t testing.TB, format string, opt trace.ReadOptions, files ...File) Reader {
	t.Helper()
	r, err := Open(files, format, opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

func parquetOf(t testing.TB, text string) []byte {
	t.Helper()
	r, err := canonical.NewReader("t.csv", strings.NewReader(text), trace.ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if _, err := canonical.WriteParquet(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Every format is found by its text, whatever the compression and the name.
func TestDetect(t *testing.T) {
	cases := []struct {
		format, text string
		want         []string
	}{
		{"azure", azureText, []string{"0 4808>10   []", "52040 3180>8   []"}},
		{"mooncake", mooncakeText, []string{"0 600>500   [0 1]", "3000000 512>5   [0]"}},
		{"kv-cache-tester", sessionText, []string{"0 130>1 s1 m [1 2]"}},
		{"canonical", plainText, []string{"0 10>1   []", "7 20>2   []"}},
		{"parquet", string(parquetOf(t, plainText)), []string{"0 10>1   []", "7 20>2   []"}},
	}
	for _, c := range cases {
		for kind, data := range map[string][]byte{"plain": []byte(c.text), "gzip": gzipped(c.text), "zstd": zstandard(c.text)} {
			r := open(t, "", trace.ReadOptions{}, file("x", data))
			got, err := rows(r, 1)
			if err != nil || !slices.Equal(got, c.want) || r.Info().Format != c.format {
				t.Errorf("%s %s: %s %q, %v", c.format, kind, r.Info().Format, got, err)
			}
			if s := r.Summary(); s.Rows != int64(len(c.want)) || s.Files != 1 {
				t.Errorf("%s: summary %+v", c.format, s)
			}
		}
	}
}

func TestRefused(t *testing.T) {
	cut := gzipped(strings.Repeat(azureText[41:]+"\r\n", 3000))
	header := gzipped("t_us,input_tokens,output_tokens\n" + strings.Repeat("1,2,3\n", 30000))
	cases := []struct {
		name, format string
		files        []File
		want         string
	}{
		{"none", "", nil, "no files to read"},
		{"format", "csvv", []File{file("x", nil)}, `format "csvv" is not known`},
		{"empty", "", []File{file("x.csv", nil)}, "x.csv: the trace is empty"},
		{"blank", "", []File{file("x.csv", []byte("\n \n"))}, "x.csv: the trace is empty"},
		{"empty gzip", "", []File{file("x.gz", gzipped(""))}, "x.gz: the trace is empty"},
		{"only a header", "", []File{file("x.csv", []byte("TIMESTAMP,ContextTokens,GeneratedTokens\r\n"))}, "x.csv: the trace has no rows"},
		{"a poem", "", []File{file("x.txt", []byte("Roses are \x1b[31mred"))}, `x.txt: the format is not recognised: the text begins with "Roses are \x1b[31mred"`},
		{"cut in the head", "", []File{file("x.gz", cut[:20])}, "x.gz: the gzip data is cut short: fetch the file again"},
		{"cut", "", []File{file("x.csv.gz", header[:len(header)-20])}, "the gzip data is cut short: fetch the file again"},
		{"cut zstd", "", []File{file("x.zst", zstandard(plainText)[:20])}, "x.zst: the zstd data is cut short"},
		{"damaged", "", []File{file("x.gz", append([]byte("\x1f\x8b"), "nonsense"...))}, "x.gz: the gzip data is damaged"},
		{"mixed", "", []File{file("a", []byte(sessionText)), file("b", []byte(azureText))}, "b: the files are of different formats: this one is azure, those before it are kv-cache-tester"},
		{"mixed the other way", "", []File{file("b", []byte(azureText)), file("a", []byte(sessionText))}, "a: the files are of different formats"},
		{"dated and not", "", []File{file("a", []byte(azureText)), file("b", []byte(plainText))}, "b: dated and undated files have no common clock: compared with a"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r, err := Open(c.files, c.format, trace.ReadOptions{})
			if err == nil {
				_, err = rows(r, 10)
			}
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
		})
	}
}

// A file that gzip cuts short is refused wherever the cut is.
func TestCutGzip(t *testing.T) {
	whole := gzipped("t_us,input_tokens,output_tokens\n" + strings.Repeat("1,2,3\n", 50_000))
	for cut := 1; cut < len(whole); cut += 1 + len(whole)/97 {
		r, err := Open([]File{file("x.csv.gz", whole[:cut])}, "", trace.ReadOptions{})
		if err == nil {
			_, err = rows(r, 1000)
		}
		if err == nil || !strings.Contains(err.Error(), "x.csv.gz") {
			t.Fatalf("cut at %d of %d: %v", cut, len(whole), err)
		}
	}
}

func TestMap(t *testing.T) {
	opt := trace.ReadOptions{Map: map[string]string{"at": "when", "input": "size"}}
	for _, text := range []string{"when,size\n0,5\n1,6\n", `{"when":0,"size":5}` + "\n" + `{"when":1,"size":6}`} {
		got, err := rows(open(t, "", opt, file("x", []byte(text))), 10)
		if err != nil || !slices.Equal(got, []string{"0 5>0   []", "1000000 6>0   []"}) {
			t.Errorf("%q %v", got, err)
		}
	}
	if _, err := Open([]File{file("x", []byte(azureText))}, "", opt); err == nil || !strings.Contains(err.Error(), "x: azure has no columns to map") {
		t.Errorf("got %v", err)
	}
}

// Sorting keeps the order of rows with equal times, and every row whole.
func TestSortTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := "# block_tokens=16 block_scope=trace\nt_us,input_tokens,output_tokens,session,blocks\n"
		type row struct {
			at   int64
			text string
		}
		var want []row
		for i := range rapid.IntRange(1, 60).Draw(t, "rows") {
			at := rapid.Int64Range(0, 9).Draw(t, "at")
			s := rapid.SampledFrom([]string{"", "a", "b"}).Draw(t, "session")
			ids := rapid.SliceOfN(rapid.Uint64Range(0, 99), 1, 4).Draw(t, "ids")
			text += fmt.Sprintf("%d,%d,1,%s,%s\n", at, i, s, strings.Trim(fmt.Sprint(ids), "[]"))
			want = append(want, row{at, fmt.Sprintf("%d %d>1 %s  %v", at, i, s, ids)})
		}
		slices.SortStableFunc(want, func(a, b row) int { return cmp.Compare(a.at, b.at) })
		r, err := Open([]File{file("x", []byte(text))}, "", trace.ReadOptions{Unordered: true})
		if err != nil {
			t.Fatal(err)
		}
		got, err := rows(r, rapid.IntRange(1, 70).Draw(t, "block"))
		if err != nil || len(got) != len(want) {
			t.Fatalf("%d rows, %v", len(got), err)
		}
		for i := range got {
			if got[i] != want[i].text {
				t.Fatalf("row %d: got %q, want %q", i, got[i], want[i].text)
			}
		}
	})
}

func TestSort(t *testing.T) {
	text := "t_us,input_tokens,output_tokens,session\n5,1,0,a\n3,2,0,b\n5,3,0,c\n0,4,0,d\n3,5,0,e\n"
	got, err := rows(open(t, "", trace.ReadOptions{Unordered: true}, file("x", []byte(text))), 2)
	want := []string{"0 4>0 d  []", "3 2>0 b  []", "3 5>0 e  []", "5 1>0 a  []", "5 3>0 c  []"}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%q %v", got, err)
	}
	// A dated trace begins with its earliest row.
	dated := "TIMESTAMP,ContextTokens,GeneratedTokens\n2026-10-05 10:00:00,1,1\n2026-10-05 09:00:00,2,2\n"
	r := open(t, "", trace.ReadOptions{Unordered: true}, file("x", []byte(dated)))
	got, err = rows(r, 2)
	if err != nil || !slices.Equal(got, []string{"0 2>2   []", "3600000000 1>1   []"}) || r.Info().Start.Hour() != 9 {
		t.Errorf("%q %v %v", got, r.Info().Start, err)
	}
	if s := r.Summary(); s.Span != unit.Hour || s.Rows != 2 {
		t.Errorf("%+v", s)
	}
}

func TestOnce(t *testing.T) {
	used := false
	f := File{Name: "stdin", Once: true, Open: func() (io.ReadCloser, error) {
		if used {
			return nil, errors.New("opened twice")
		}
		used = true
		return io.NopCloser(strings.NewReader(azureText)), nil
	}}
	got, err := rows(open(t, "", trace.ReadOptions{}, f, file("b", []byte(azureText))), 10)
	if err != nil || len(got) != 4 {
		t.Errorf("%q %v", got, err)
	}
}

// Sessions of many files are numbered on, as if the files were one.
func TestJoin(t *testing.T) {
	second := strings.ReplaceAll(sessionText, "s1", "s2")
	r := open(t, "", trace.ReadOptions{SessionGap: unit.Minute}, file("a", []byte(sessionText)), file("b", gzipped(second+"\n")))
	got, err := rows(r, 10)
	if err != nil || !slices.Equal(got, []string{"0 130>1 s1 m [1 2]", "60000000 130>1 s2 m [1 2]"}) {
		t.Errorf("%q %v", got, err)
	}
}

// One call that stands in two overlapping logs is one request.
func TestAll(t *testing.T) {
	record := `{"schemaType":"ModelInvocationLog","schemaVersion":"1.0","timestamp":"2026-10-05T09:12:31Z","accountId":"111122223333","region":"us-east-1","requestId":"r1","operation":"Converse","modelId":"anthropic.claude-opus-4-6-v1","input":{"inputTokenCount":312},"output":{"outputTokenCount":421}}` + "\n"
	r := open(t, "", trace.ReadOptions{}, file("a.json.gz", gzipped(record)), file("b.json.gz", gzipped(record)))
	got, err := rows(r, 10)
	if err != nil || len(got) != 1 || r.Info().Format != "bedrock" {
		t.Errorf("%q %v", got, err)
	}
}

// A log's first file may hold no call at all; a table's may not.
func TestFirstFileUnknown(t *testing.T) {
	summary := file("0.jsonl", []byte(`{"type":"summary","summary":"x"}`+"\n"))
	call := `{"type":"assistant","timestamp":"2026-10-05T09:12:31.482Z","sessionId":"a1","requestId":"r1","uuid":"u","parentUuid":null,"isSidechain":false,"message":{"id":"m1","model":"claude-opus-4-6","usage":{"input_tokens":3,"output_tokens":412}}}`
	got, err := rows(open(t, "", trace.ReadOptions{}, summary, file("empty", nil), file("1.jsonl", []byte(call))), 10)
	if err != nil || len(got) != 1 {
		t.Errorf("%q %v", got, err)
	}
	for _, text := range []string{azureText, sessionText} {
		if _, err := Open([]File{summary, file("b", []byte(text))}, "", trace.ReadOptions{}); err == nil || !strings.Contains(err.Error(), "0.jsonl: the format is not recognised") {
			t.Errorf("got %v", err)
		}
	}
	got, err = rows(open(t, "", trace.ReadOptions{}, file("empty", nil), file("b", []byte(azureText))), 10)
	if err != nil || len(got) != 2 {
		t.Errorf("%q %v", got, err)
	}
}

// Merging many files gives what sorting all their rows stably gives, whatever
// the block size, also where files are closed and opened again.
func TestMergeTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		type row struct {
			at   int64
			text string
		}
		var want []row
		var files []File
		for k := range rapid.IntRange(2, 2*mostOpen).Draw(t, "files") {
			at := rapid.Int64Range(0, 50).Draw(t, "begin")
			text := "t_us,input_tokens,output_tokens,model\n"
			for i := range rapid.IntRange(0, 4).Draw(t, "rows") {
				at += rapid.Int64Range(0, 20).Draw(t, "gap")
				model := rapid.SampledFrom([]string{"", "m1", "m2", fmt.Sprint("own", k)}).Draw(t, "model")
				text += fmt.Sprintf("%d,%d,%d,%s\n", at, k, i, model)
				want = append(want, row{at, fmt.Sprintf("%d %d>%d  %s []", at, k, i, model)})
			}
			files = append(files, file(fmt.Sprint("f", k), []byte(text)))
		}
		slices.SortStableFunc(want, func(a, b row) int { return cmp.Compare(a.at, b.at) })
		r, err := Open(files, "", trace.ReadOptions{})
		if err != nil {
			if len(want) > 0 {
				t.Fatal(err)
			}
			return
		}
		got, err := rows(r, rapid.IntRange(1, 300).Draw(t, "block"))
		if err != nil || len(got) != len(want) {
			t.Fatalf("%d of %d rows, %v", len(got), len(want), err)
		}
		for i := range got {
			if got[i] != want[i].text {
				t.Fatalf("row %d: got %q, want %q", i, got[i], want[i].text)
			}
		}
		if s := r.Summary(); s.Rows != int64(len(want)) || s.Files != len(files) {
			t.Fatalf("summary %+v", s)
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
	})
}

// Dated files stand on one clock, whichever is named first.
func TestMergeDated(t *testing.T) {
	early := "TIMESTAMP,ContextTokens,GeneratedTokens\n2026-10-05 09:00:00,1,1\n2026-10-05 11:00:00,3,3\n"
	late := "# start=2026-10-05T10:00:00Z\nt_us,input_tokens,output_tokens\n0,2,2\n"
	for _, files := range [][]File{
		{file("early", []byte(early)), file("late", []byte(late))},
		{file("late", []byte(late)), file("early", []byte(early))},
	} {
		r := open(t, "", trace.ReadOptions{}, files...)
		got, err := rows(r, 10)
		want := []string{"0 1>1   []", "3600000000 2>2   []", "7200000000 3>3   []"}
		if err != nil || !slices.Equal(got, want) || r.Info().Start.Hour() != 9 {
			t.Errorf("%q %v %v", got, r.Info().Start, err)
		}
	}
}

func FuzzOpen(f *testing.F) {
	for _, text := range []string{azureText, mooncakeText, sessionText, plainText} {
		f.Add([]byte(text))
		f.Add(gzipped(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := Open([]File{file("x", data)}, "", trace.ReadOptions{SkipBadRows: true, Unordered: true, SessionGap: unit.Second})
		if err != nil {
			return
		}
		defer r.Close()
		_, _ = rows(r, 3)
	})
}

// All bad rows are told at once, twenty at most, of every kind of file; and as
// before where the input cannot be read again.
func TestBadRowsAreListed(t *testing.T) {
	canonicalText := "t_us,input_tokens,output_tokens\n0,1,1\n1,x,1\n2,1,-1\n3,1,1\n"
	var many strings.Builder
	many.WriteString("t_us,input_tokens,output_tokens\n0,1,1\n")
	for range 25 {
		many.WriteString("5,x,1\n")
	}
	mooncake := `{"timestamp": 0, "input_length": 1, "output_length": 1, "hash_ids": []}` + "\n" + `{"timestamp": 1, "output_length": 1, "hash_ids": []}` + "\n" + `{"timestamp": 2, "input_length": -2, "output_length": 1, "hash_ids": []}`
	once := file("once", []byte(canonicalText))
	once.Once = true
	for _, c := range []struct {
		name  string
		files []File
		opt   trace.ReadOptions
		want  []string
		lines int
	}{
		{"canonical", []File{file("a.csv", []byte(canonicalText))}, trace.ReadOptions{}, []string{"a.csv:3:3: ", "a.csv:4:5: ", "--skip-bad-rows"}, 3},
		{"sorted", []File{file("a.csv", []byte(canonicalText))}, trace.ReadOptions{Unordered: true}, []string{"a.csv:3:3: ", "a.csv:4:5: "}, 3},
		{"mooncake", []File{file("m", []byte(mooncake))}, trace.ReadOptions{}, []string{"m:2:1: ", "m:3:34: "}, 3},
		{"two files", []File{file("a.csv", []byte(canonicalText)), file("b.csv", []byte(canonicalText))}, trace.ReadOptions{}, []string{"a.csv:3:3: ", "b.csv:4:5: "}, 5},
		{"many", []File{file("a.csv", []byte(many.String()))}, trace.ReadOptions{}, []string{"a.csv:22:3", "and 5 more bad rows"}, 22},
		{"once", []File{once}, trace.ReadOptions{}, []string{"once:3:3: "}, 2},
	} {
		r, err := Open(c.files, "", c.opt)
		if err == nil {
			_, err = rows(r, 10)
			r.Close()
		}
		if err == nil {
			t.Errorf("%s: taken", c.name)
			continue
		}
		for _, want := range c.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: no %q in\n%v", c.name, want, err)
			}
		}
		if n := strings.Count(err.Error(), "\n") + 1; n != c.lines {
			t.Errorf("%s: %d lines, want %d:\n%v", c.name, n, c.lines, err)
		}
	}
}
