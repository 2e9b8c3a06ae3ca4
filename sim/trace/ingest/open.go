package ingest

import (
	"errors"
	"fmt"
	"io"

	"quotawall/sim/trace"
	"quotawall/sim/trace/scan"
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
// how many).
func Open(files []File, format string, opt trace.ReadOptions) (Reader, error) {
	if len(files) == 0 {
		return nil, errors.New("no files to read")
	}
	if format == "auto" {
		format = ""
	}
	if format != "" && find(format) == nil {
		return nil, fmt.Errorf("format %q is not known\n  known: %s", format, names())
	}
	first, err := openStream(files[0])
	if err != nil {
		return nil, err
	}
	f, err := first.detect(format)
	if err != nil {
		first.Close()
		return nil, err
	}
	if f.join != nil {
		return openJoined(first, f, files[1:], format, opt)
	}
	if len(files) == 1 {
		return openOne(first, f, opt)
	}
	first.Close()
	return openMerged(files, format, opt)
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
	some bool // a request was read
}

// Read refuses a trace without a single request.
func (s *single) Read(block []trace.Request) (int, error) {
	n, err := s.Reader.Read(block)
	if err == io.EOF && !s.some {
		return 0, empty(s.name, "the trace has no request")
	}
	s.some = s.some || n > 0
	return n, err
}

func empty(name, reason string) error {
	return &scan.Error{Position: scan.Position{File: name}, Reason: reason, Empty: true}
}

func (s *single) Close() error {
	if c, ok := s.Reader.(io.Closer); ok {
		return errors.Join(c.Close(), s.file.Close())
	}
	return s.file.Close()
}

func (s *single) Summary() *trace.Summary { return summaryOf(s.Reader) }

func summaryOf(r trace.Reader) *trace.Summary {
	if s, ok := r.(trace.Summarizer); ok {
		return s.Summary()
	}
	return &trace.Summary{Files: 1}
}
