package logs

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"quotawall/sim/trace"
	"quotawall/sim/trace/canonical"
)

// format finds a format by its name; the first of two that share one.
func format(t testing.TB, name string, which int) Format {
	t.Helper()
	for _, f := range Formats() {
		if f.Name == name {
			if which == 0 {
				return f
			}
			which--
		}
	}
	t.Fatalf("no format %q", name)
	return Format{}
}

// detected is the name of the first format that knows a text.
func detected(name, text string) string {
	for _, f := range Formats() {
		if f.Sniff(name, []byte(text)) {
			return f.Name
		}
	}
	return ""
}

// fixture is a file of testdata.
func fixture(t testing.TB, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// lines renders the rows of a reader for comparison: time, input, output and
// what else is known.
func lines(t testing.TB, r trace.Reader) (out []string, err error) {
	t.Helper()
	names := r.Info().Names
	block := make([]trace.Request, 3)
	for {
		n, err := r.Read(block)
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			return out, err
		}
		for i := range block[:n] {
			out = append(out, render(&block[i], names))
		}
	}
}

func render(q *trace.Request, names *trace.Names) string {
	s := fmt.Sprintf("%d %d/%d", q.At, q.Input, q.Output)
	word := func(key, text string) {
		if text != "" {
			s += " " + key + "=" + text
		}
	}
	number := func(key string, v int64) {
		if v != trace.Unknown {
			s += fmt.Sprintf(" %s=%d", key, v)
		}
	}
	word("model", names.Models.Text(q.Model))
	switch {
	case q.Max == trace.MaxUnset:
		s += " max=unset"
	case q.Max >= 0:
		number("max", q.Max)
	}
	word("session", string(q.SessionID))
	word("user", names.Users.Text(q.User))
	word("class", names.Classes.Text(q.Class))
	number("read", q.CacheRead)
	number("write", q.CacheWrite)
	if q.Blocks != nil {
		s += fmt.Sprintf(" blocks=%v", q.Blocks)
	}
	number("took", int64(q.Duration))
	word("account", names.Accounts.Text(q.Account))
	if q.Status != 0 {
		s += fmt.Sprintf(" status=%d", q.Status)
	}
	return s
}

// expect reads text and compares its rows.
func expect(t *testing.T, f Format, text string, opt trace.ReadOptions, want ...string) trace.Reader {
	t.Helper()
	r, err := f.Open("log", strings.NewReader(text), opt)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	got, err := lines(t, r)
	if err != nil {
		t.Fatalf("read: %v", err)
	}
	compare(t, got, want)
	for _, x := range summary(r).Reasons {
		if !strings.HasPrefix(x.First, "log:") {
			t.Errorf("left out: %s: the first is at %q", x.Text, x.First)
		}
	}
	return r
}

func compare(t *testing.T, got, want []string) {
	t.Helper()
	for i := range max(len(got), len(want)) {
		g, w := "(no row)", "(no row)"
		if i < len(got) {
			g = got[i]
		}
		if i < len(want) {
			w = want[i]
		}
		if g != w {
			t.Errorf("row %d\n got %s\nwant %s", i, g, w)
		}
	}
}

// refuse reads text and expects an error with all of the parts.
func refuse(t *testing.T, f Format, text string, opt trace.ReadOptions, parts ...string) {
	t.Helper()
	r, err := f.Open("log", strings.NewReader(text), opt)
	if err == nil {
		_, err = lines(t, r)
	}
	if err == nil {
		t.Fatalf("no error for %.80q", text)
	}
	for _, p := range parts {
		if !strings.Contains(err.Error(), p) {
			t.Errorf("error %q does not say %q", err, p)
		}
	}
}

// summary is what a reader tells of itself.
func summary(r trace.Reader) *trace.Summary { return r.(trace.Summarizer).Summary() }

// reason is how often a reason to leave rows out was met.
func reason(r trace.Reader, text string) int64 {
	for _, x := range summary(r).Reasons {
		if strings.Contains(x.Text, text) {
			return x.Count
		}
	}
	return 0
}

func notes(r trace.Reader) string { return strings.Join(r.Info().Notes, "\n") }

// many opens texts as files of one trace.
func many(f Format, opt trace.ReadOptions, names []string, texts ...string) (trace.Reader, error) {
	return f.OpenAll(names, func(i int) (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(texts[i])), nil }, opt)
}

// roundTrip checks that a trace that can be read says the same once it was
// written in the canonical form and read again.
func roundTrip(t *testing.T, f Format, text []byte, opt trace.ReadOptions) {
	t.Helper()
	r, err := f.Open("log", bytes.NewReader(text), opt)
	if err != nil {
		return
	}
	var first bytes.Buffer
	rows, err := canonical.Write(&first, r)
	if err != nil || rows == 0 {
		return
	}
	back, err := canonical.NewReader("back", bytes.NewReader(first.Bytes()), trace.ReadOptions{})
	if err != nil {
		t.Fatalf("what was written cannot be read: %v\n%s", err, first.Bytes())
	}
	var second bytes.Buffer
	if _, err := canonical.Write(&second, back); err != nil {
		t.Fatalf("what was written cannot be read: %v\n%s", err, first.Bytes())
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Fatalf("not equal after reading again:\n%s\n%s", first.Bytes(), second.Bytes())
	}
}
