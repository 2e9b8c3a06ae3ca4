package scan

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"
)

// Lines are those of the standard library, however the stream comes in.
func TestLines(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOfN(rapid.SampledFrom([]string{"", "a", "\r", "bc", strings.Repeat("x", 300), strings.Repeat("y", firstBuffer)}), 0, 6).Draw(t, "parts")
		end := rapid.SampledFrom([]string{"\n", "\r\n"}).Draw(t, "end")
		text := strings.Join(parts, end)
		if rapid.Bool().Draw(t, "last newline") {
			text += end
		}
		r := io.Reader(strings.NewReader(text))
		if rapid.Bool().Draw(t, "half reads") {
			r = iotest.HalfReader(r)
		}
		l := NewLines("t", r)
		var got []string
		for {
			line, err := l.Next()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, string(line))
			if l.Line() != int64(len(got)) || l.At(2).Column != 3 {
				t.Fatal("position")
			}
		}
		var want []string
		for line := range strings.Lines(text) {
			want = append(want, strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r"))
		}
		if !slices.Equal(got, want) {
			t.Fatalf("%.200q:\ngot  %.200q\nwant %.200q", text, got, want)
		}
	})
}

func TestLinesErrors(t *testing.T) {
	l := NewLines("t", io.MultiReader(strings.NewReader("a\nb"), iotest.ErrReader(errors.New("broken pipe"))))
	_, _ = l.Next()
	if _, err := l.Next(); err == nil || err.Error() != "t:2: broken pipe" {
		t.Errorf("got %v", err)
	}
	l = NewLines("t", io.LimitReader(zeroReader{}, 3*MaxLine))
	if _, err := l.Next(); err == nil || !strings.Contains(err.Error(), "t:1: the line is longer than 64 MiB") {
		t.Errorf("got %v", err)
	}
}

type zeroReader struct{}

func (zeroReader) Read(b []byte) (int, error) { return len(b), nil }

func drawCSV(t *rapid.T) string {
	return rapid.StringOfN(rapid.SampledFrom([]rune{',', '"', '\n', 'a', 'b', ' ', 'é'}), 1, 30, -1).Draw(t, "csv")
}

// rowsOf splits all of text into fields that begin with the given room; false where a row has a fault.
func rowsOf(text string, comma byte, fields []Field) (out [][]string, ok bool) {
	data := []byte(text)
	var scratch []byte
	for len(data) > 0 {
		var used int
		var fault Fault
		fields, scratch, used, fault, _ = Row(data, comma, fields[:0], scratch[:0])
		if fault != Fine {
			return out, false
		}
		var row []string
		for _, f := range fields {
			row = append(row, string(f.Text))
		}
		if len(row) > 1 || row[0] != "" || data[0] == '"' {
			out = append(out, row)
		}
		data = data[used:]
	}
	return out, true
}

// Rows are those of the standard library, faults included.
func TestRowTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := drawCSV(t)
		if !strings.HasSuffix(text, "\n") {
			text += "\n"
		}
		comma := rapid.SampledFrom([]byte{',', ';', '\t'}).Draw(t, "comma")
		text = strings.ReplaceAll(text, ",", string(comma))
		std := csv.NewReader(strings.NewReader(text))
		std.FieldsPerRecord, std.Comma = -1, rune(comma)
		want, err := std.ReadAll()
		got, ok := rowsOf(text, comma, make([]Field, 0, rapid.IntRange(0, 4).Draw(t, "room")))
		if ok != (err == nil) {
			t.Fatalf("%q: %v, the standard library says %v", text, ok, err)
		}
		if ok && !slices.EqualFunc(got, want, slices.Equal[[]string]) {
			t.Fatalf("%q:\ngot  %q\nwant %q", text, got, want)
		}
	})
}

func TestAppendCell(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cell := drawCSV(t)
		line := append(AppendCell(nil, []byte(cell)), ",x\n"...)
		got, ok := rowsOf(string(line), ',', nil)
		if !ok || len(got) != 1 || len(got[0]) != 2 || got[0][0] != cell {
			t.Fatalf("%q became %q and %q", cell, line, got)
		}
	})
}

// walk reads any value with the scanner and builds what encoding/json would.
func walk(j *JSON) any {
	switch c := j.Peek(); c {
	case '{':
		m := map[string]any{}
		j.Open('{')
		for key, ok := j.Key(); ok; key, ok = j.Key() {
			k := string(key)
			m[k] = walk(j)
		}
		return m
	case '[':
		list := []any{}
		j.Open('[')
		for j.Elem() {
			list = append(list, walk(j))
		}
		return list
	case '"':
		return string(j.Text())
	case 'n':
		j.Skip()
		return nil
	case 't', 'f':
		j.Skip()
		return c == 't'
	}
	return json.Number(j.Number())
}

func value(depth int) *rapid.Generator[any] {
	leaves := []*rapid.Generator[any]{
		rapid.Just[any](nil), rapid.Just[any](true), rapid.Just[any](false),
		rapid.Map(rapid.String(), func(s string) any { return s }),
		rapid.Map(rapid.Int64(), func(n int64) any { return n }),
		rapid.Map(rapid.Float64Range(-1e9, 1e9), func(f float64) any { return f }),
	}
	if depth > 0 {
		leaves = append(leaves,
			rapid.Map(rapid.SliceOfN(rapid.Deferred(func() *rapid.Generator[any] { return value(depth - 1) }), 0, 4), func(l []any) any { return l }),
			rapid.Map(rapid.MapOfN(rapid.String(), rapid.Deferred(func() *rapid.Generator[any] { return value(depth - 1) }), 0, 4), func(m map[string]any) any { return m }))
	}
	return rapid.OneOf(leaves...)
}

// Whatever encoding/json writes is read as encoding/json reads it, and skipping
// it ends where it ends.
func TestJSONTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text, err := json.Marshal(value(3).Draw(t, "value"))
		if err != nil {
			t.Fatal(err)
		}
		if rapid.Bool().Draw(t, "indent") {
			var b bytes.Buffer
			_ = json.Indent(&b, text, " ", "\t")
			text = b.Bytes()
		}
		var want any
		d := json.NewDecoder(bytes.NewReader(text))
		d.UseNumber()
		if err := d.Decode(&want); err != nil {
			t.Fatal(err)
		}
		var j JSON
		j.Reset(text)
		got := walk(&j)
		j.End()
		a, _ := json.Marshal(got)
		b, _ := json.Marshal(want)
		if j.Err() != Fine || !bytes.Equal(a, b) {
			t.Fatalf("%s:\ngot  %s %q\nwant %s", text, a, j.Err(), b)
		}
		j.Reset(text)
		j.Skip()
		j.End()
		if j.Err() != Fine {
			t.Fatalf("skipping %s: %q at %d", text, j.Err(), j.Offset())
		}
		for cut := range len(text) {
			j.Reset(text[:cut])
			walk(&j)
			j.End()
			if j.Err() == Fine && !json.Valid(text[:cut]) && bytes.ContainsAny(text[:1], "{[\"") {
				t.Fatalf("%s cut to %q is taken", text, text[:cut])
			}
		}
	})
}

func FuzzJSON(f *testing.F) {
	f.Add([]byte(`{"a":[1,2.5,"x\u00e9\ud83d\ude00\n",null,{"b":true}]}`))
	f.Add([]byte(`[18446744073709551615,"1", 3]`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var j JSON
		j.Reset(text)
		walk(&j)
		j.End()
		if json.Valid(text) && j.Err() != Fine && !bytes.Contains(text, []byte("\\u")) {
			t.Errorf("%q is refused: %q at %d", text, j.Err(), j.Offset())
		}
		j.Reset(text)
		j.IDs(nil, func([]byte) uint64 { return 0 })
		if j.Offset() > len(text) {
			t.Errorf("%q: offset %d", text, j.Offset())
		}
	})
}

// An array that continues an earlier one is read as if it were read whole.
func TestIDsAfter(t *testing.T) {
	hash := func(b []byte) uint64 { return uint64(len(b)) + 1000 }
	rapid.Check(t, func(t *rapid.T) {
		item := rapid.SampledFrom([]string{"1", "2", "25", "250", `"a"`, `"b"`, "18446744073709551615"})
		blank := rapid.SampledFrom([]string{"", " "}).Draw(t, "blank")
		draw := func(name string, atMost int) []string { return rapid.SliceOfN(item, 0, atMost).Draw(t, name) }
		first := draw("first", 5)
		second := slices.Concat(first[:rapid.IntRange(0, len(first)).Draw(t, "keep")], draw("more", 5))
		array := func(items []string) []byte { return []byte("[" + strings.Join(items, ","+blank) + blank + "]") }

		var j JSON
		j.Reset(array(first))
		ids := j.IDs(nil, hash)
		known := j.Inner(0)
		j.Reset(array(second))
		want := j.IDs(nil, hash)
		if j.Err() != Fine || len(want) != len(second) {
			t.Fatalf("%s: %v %q", array(second), want, j.Err())
		}
		j.Reset(array(second))
		if !j.Continues(known) {
			if len(first) > 0 && len(second) >= len(first) && slices.Equal(first, second[:len(first)]) && len(second) > len(first) {
				t.Fatalf("%s does not continue %s", array(second), known)
			}
			return
		}
		got := j.IDsAfter(known, slices.Clip(ids), hash)
		if j.Err() != Fine || !slices.Equal(got, want) || string(j.Inner(0)) != strings.TrimSuffix(strings.TrimSpace(string(array(second))), blank+"]") {
			t.Fatalf("%s after %s: got %v %q, want %v", array(second), known, got, j.Err(), want)
		}
	})
}

// TestBrokenObjects has objects whose keys do not follow one another as they
// should: they are mistakes read either way.
func TestBrokenObjects(t *testing.T) {
	for _, text := range []string{
		`{"a";1}`, `{"a" 1}`, `{"a"1}`, `{"a":1"b":2}`, `{"a":1 "b":2}`, `{"a":1;"b":2}`, `{"a":1;`, `{"a":1,;"b":2}`, `{,"a":1}`, `{"a":1,  `, `{"a":1,`, `{"a`, `{"a"`, `{"a":1,"b"`,
	} {
		for _, guess := range []string{"", KeyText([]byte("b")), KeyText([]byte("a"))} {
			var j Fields
			j.Reset([]byte(text + strings.Repeat(" ", 16))) // enough to look at in words
			j.Open('{')
			for ok := true; ok; {
				if ok = j.Follows(guess); !ok {
					_, ok = j.NextKey()
				}
				if ok {
					j.Skip()
				}
			}
			if j.Err() == Fine {
				t.Errorf("%s is read as if it were fine", text)
			}
		}
	}
	if text := KeyText([]byte(`a"b`)) + KeyText([]byte(`a\`)); text != "" {
		t.Errorf("a key that needs escapes is to follow as %s", text)
	}
}
