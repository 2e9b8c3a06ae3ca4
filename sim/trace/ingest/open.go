package ingest

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"quotawall/sim/trace"
	"quotawall/sim/trace/scan"
	"quotawall/sim/unit"
)

// File is a named input that can be opened again.
type File struct {
	Name string
	Open func() (io.ReadCloser, error)
	// Once marks a stream that can be opened only one time.
	Once bool
}

// Reader is a trace that was opened: it tells what it read and holds files
// open until it is closed.
type Reader interface {
	trace.Reader
	trace.Summarizer
	io.Closer
}

// Open reads one or many files as one trace in order of time; equal times
// follow the order of the files. format "" or "auto" detects each file's. With
// opt.Unordered the rows of each file are sorted in memory (MostSorted bounds
// how many). Where a bad row is not to be skipped, the error lists all of them,
// as far as the files can be opened again.
func Open(files []File, format string, opt trace.ReadOptions) (Reader, error) {
	s := strict{files: files, format: format, opt: opt}
	var err error
	if s.Reader, err = openFiles(files, format, opt); err != nil {
		return nil, s.complete(err)
	}
	if opt.SkipBadRows {
		return s.Reader, nil
	}
	return &s, nil
}

func openFiles(files []File, format string, opt trace.ReadOptions) (Reader, error) {
	if len(files) == 0 {
		return nil, errors.New("no files to read")
	}
	if format == "auto" {
		format = ""
	}
	if format != "" && !slices.Contains(Formats(), format) {
		return nil, fmt.Errorf("format %q is not known\n  known: %s", format, names())
	}
	w := wish{name: format, table: len(opt.Map) > 0}
	first, f, at, err := pick(files, w)
	if err != nil {
		return nil, err
	}
	if f.fixed && w.table {
		first.Close()
		return nil, &scan.Error{Position: scan.Position{File: first.name}, Reason: f.name + " has no columns to map", Detail: "--trace-format csv or jsonl reads any table"}
	}
	switch {
	case f.join != nil:
		return openJoined(first, f, files[at+1:], w, opt)
	case len(files) == 1:
		return openOne(first, f, opt)
	case f.all != nil:
		return openAll(first, f, files, at, w, opt)
	}
	return openMerged(first, files, w, opt)
}

// pick opens the first file, files[at], that is in a known format. Before it
// only empty files may stand, save for formats that judge their files
// themselves: a log may have files without any call.
func pick(files []File, w wish) (s *stream, f *format, at int, err error) {
	var refusal error
	for i := range files {
		s, err := openStream(files[i])
		if err != nil {
			return nil, nil, 0, err
		}
		f, err := s.detect(w)
		if err == nil && (refusal == nil || nothing(refusal) == errNothing || f.all != nil) {
			return s, f, i, nil
		}
		s.Close()
		if err == nil {
			break
		}
		if refusal == nil || nothing(refusal) == errNothing {
			refusal = err
		}
	}
	return nil, nil, 0, refusal
}

// openOne reads the rows of a single stream, which it owns from here on.
func openOne(s *stream, f *format, opt trace.ReadOptions) (Reader, error) {
	r, err := f.open(s, opt)
	if err == nil && opt.Unordered {
		r, err = sorted(r)
	}
	if err != nil {
		s.Close()
		return nil, err
	}
	return &single{Reader: r, name: s.name, file: s}, nil
}

// single is a trace of one file, or of several that are read one after another.
type single struct {
	trace.Reader
	name string
	file io.Closer

	sum   trace.Summary // for readers that do not tell themselves
	first unit.Time
}

// Read refuses a trace without a single request.
func (s *single) Read(block []trace.Request) (int, error) {
	n, err := s.Reader.Read(block)
	if err == io.EOF && s.sum.Rows == 0 {
		return 0, empty(s.name, "the trace has no request")
	}
	if n == 0 {
		return 0, err
	}
	if s.sum.Rows == 0 {
		s.first = block[0].At
	}
	s.sum.Rows += int64(n)
	s.sum.Span = block[n-1].At - s.first
	return n, err
}

func (s *single) Close() error {
	if c, ok := s.Reader.(io.Closer); ok {
		return errors.Join(c.Close(), s.file.Close())
	}
	return s.file.Close()
}

func (s *single) Summary() *trace.Summary {
	if r, ok := s.Reader.(trace.Summarizer); ok {
		return r.Summary()
	}
	s.sum.Files = 1
	return &s.sum
}

func empty(name, reason string) error {
	return &scan.Error{Position: scan.Position{File: name}, Reason: reason, Empty: true}
}
