package ingest

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"quotawall/sim/trace"
	"quotawall/sim/trace/scan"
)

// strict is a trace without bad rows: at the first it looks for all of them.
type strict struct {
	Reader
	files  []File
	format string
	opt    trace.ReadOptions
}

func (s *strict) Read(block []trace.Request) (int, error) {
	n, err := s.Reader.Read(block)
	if err != nil {
		err = s.complete(err)
	}
	return n, err
}

// listed is how many bad rows an error lists before it only counts them.
const listed = 20

// complete makes an error of one bad row an error of all: it reads the files
// again and leaves bad rows out.
func (s *strict) complete(err error) error {
	if first, ok := errors.AsType[*scan.Error](err); !ok || !first.Row {
		return err
	}
	lines, bad := []string{err.Error()}, 1
	if again, failed := s.badRows(); failed == nil {
		lines, bad = again.lines, again.count
	}
	if bad > len(lines) {
		lines = append(lines, fmt.Sprintf("and %d more bad rows", bad-len(lines)))
	}
	return fmt.Errorf("%s\n  --skip-bad-rows leaves bad rows out and counts them", strings.Join(lines, "\n"))
}

// badRows are the first of a trace's bad rows, and how many it has.
type badRows struct {
	lines []string
	count int
}

func (s *strict) badRows() (*badRows, error) {
	if slices.ContainsFunc(s.files, func(f File) bool { return f.Once }) {
		return nil, errors.New("a stream cannot be read again")
	}
	var bad badRows
	opt := s.opt
	opt.SkipBadRows = true
	opt.OnBadRow = func(mistake error) {
		if bad.count++; len(bad.lines) < listed {
			bad.lines = append(bad.lines, mistake.Error())
		}
	}
	r, err := openFiles(s.files, s.format, opt)
	if err != nil {
		if bad.count > 0 {
			err = nil // what is wrong beyond its rows shows when they are mended
		}
		return &bad, err
	}
	defer r.Close()
	block := make([]trace.Request, 1024)
	for err == nil {
		_, err = r.Read(block)
	}
	if bad.count == 0 {
		return nil, err
	}
	return &bad, nil
}
