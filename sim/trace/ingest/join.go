package ingest

import (
	"errors"
	"io"

	"quotawall/sim/trace"
	"quotawall/sim/trace/scan"
)

// joined opens files one after another, for formats that read many files as one.
type joined struct {
	current *stream // nil between files
	fresh   bool    // current was opened and not yet handed out
	rest    []File
	format  *format
	forced  string
}

func openJoined(first *stream, f *format, rest []File, forced string, opt trace.ReadOptions) (Reader, error) {
	j := &joined{current: first, fresh: true, rest: rest, format: f, forced: forced}
	r, err := f.join(j.next, opt)
	if err == nil && opt.Unordered {
		r, err = sorted(r)
	}
	if err != nil {
		j.Close()
		return nil, err
	}
	return &single{Reader: r, name: first.name, file: j}, nil
}

func (j *joined) next() (string, io.Reader, error) {
	if j.fresh {
		j.fresh = false
		return j.current.name, j.current.text, nil
	}
	if err := j.Close(); err != nil {
		return "", nil, err
	}
	if len(j.rest) == 0 {
		return "", nil, io.EOF
	}
	s, err := openStream(j.rest[0])
	if err != nil {
		return "", nil, err
	}
	j.current, j.rest = s, j.rest[1:]
	f, err := s.detect(j.forced)
	if err == nil && f.name != j.format.name {
		err = &scan.Error{Position: scan.Position{File: s.name}, Reason: "the files are of different formats",
			Detail: "this one is " + f.name + ", those before it are " + j.format.name + ", which has no common clock with others"}
	}
	return s.name, s.text, err
}

func (j *joined) Close() error {
	if j.current == nil {
		return nil
	}
	err := j.current.Close()
	j.current = nil
	if err != nil {
		return errors.New("cannot close a file: " + err.Error())
	}
	return nil
}
