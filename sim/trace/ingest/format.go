package ingest

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"quotawall/sim/trace"
	"quotawall/sim/trace/canonical"
	"quotawall/sim/trace/logs"
	"quotawall/sim/trace/public"
	"quotawall/sim/trace/scan"
)

// format is a way to write traffic down.
type format struct {
	name string
	// sniff tells by a file's name and first bytes whether it is in this format.
	sniff func(name string, head []byte) bool
	// fixed marks a format whose columns are what they are: a mapping of
	// columns makes no sense for it.
	fixed bool
	open  func(s *stream, opt trace.ReadOptions) (trace.Reader, error)
	// join, where there is one, reads many files as if they were one; next
	// opens the next of them or says io.EOF.
	join func(next func() (string, io.Reader, error), opt trace.ReadOptions) (trace.Reader, error)
	// all, where there is one, reads many files as one trace by itself.
	all func(names []string, open func(i int) (io.ReadCloser, error), opt trace.ReadOptions) (trace.Reader, error)
}

// text is an opener of formats that need nothing but a stream of text.
func text(open func(string, io.Reader, trace.ReadOptions) (trace.Reader, error)) func(*stream, trace.ReadOptions) (trace.Reader, error) {
	return func(s *stream, opt trace.ReadOptions) (trace.Reader, error) { return open(s.name, s.text, opt) }
}

// formats lists what is known, in the order in which files are tried.
func formats() []format {
	out := []format{
		{name: "parquet", sniff: func(_ string, head []byte) bool { return canonical.SniffParquet(head) }, open: openParquet},
		{name: "canonical", sniff: func(_ string, head []byte) bool { return canonical.Sniff(head) }, open: text(canonical.Open)},
		{name: "azure", sniff: func(_ string, head []byte) bool { return public.SniffAzure(head) }, open: text(public.OpenAzure)},
		{name: "mooncake", sniff: func(_ string, head []byte) bool { return public.SniffMooncake(head) }, open: text(public.OpenMooncake)},
		{name: "kv-cache-tester", sniff: func(_ string, head []byte) bool { return public.SniffSessions(head) }, join: public.OpenSessions},
		{name: "servegen", sniff: func(_ string, head []byte) bool { return sniffTar(head) }, open: openServeGen},
	}
	for i := range out {
		out[i].fixed = true
	}
	for _, f := range logs.Formats() {
		out = append(out, format{name: f.Name, sniff: f.Sniff, open: text(f.Open), all: f.OpenAll})
	}
	return out
}

// Formats are the names of the known formats.
func Formats() []string {
	var out []string
	for _, f := range formats() {
		out = append(out, f.name)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func names() string { return strings.Join(Formats(), ", ") }

// find is the format of a name; of two with one name, that which knows the text.
func find(name, file string, head []byte) *format {
	var found *format
	for _, f := range formats() {
		if f.name != name {
			continue
		}
		if f.sniff(file, head) {
			return &f
		}
		if found == nil {
			found = &f
		}
	}
	return found
}

// wish is what the user says of the format.
type wish struct {
	name  string // empty: detect it
	table bool   // columns are mapped, so an unknown text is a table
}

// detect finds the stream's format, or takes the one that is forced.
func (s *stream) detect(w wish) (*format, error) {
	if len(bytes.TrimSpace(s.head)) == 0 {
		return nil, empty(s.name, "the trace is empty")
	}
	if w.name != "" {
		return find(w.name, s.name, s.head), nil
	}
	for _, f := range formats() {
		if f.sniff(s.name, s.head) {
			return &f, nil
		}
	}
	if w.table && bytes.HasPrefix(bytes.TrimSpace(s.head), []byte{'{'}) {
		return find("jsonl", s.name, s.head), nil
	}
	if w.table {
		return find("csv", s.name, s.head), nil
	}
	return nil, &scan.Error{
		Position: scan.Position{File: s.name}, Reason: "the format is not recognised",
		Detail: fmt.Sprintf("the text begins with %s\n  known: %s\n  --trace-format forces one; csv and jsonl take any table with --map", scan.Quote(firstWords(s.head)), names()),
	}
}

// firstWords is the beginning of the first line that is not empty.
func firstWords(head []byte) []byte {
	line, _, _ := bytes.Cut(bytes.TrimSpace(head), []byte{'\n'})
	return line[:min(len(line), 60)]
}
