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
	wish    wish
}

func openJoined(first *stream, f *format, rest []File, w wish, opt trace.ReadOptions) (Reader, error) {
	j := &joined{current: first, fresh: true, rest: rest, format: f, wish: w}
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
	if err := s.sameFormat(j.wish, j.format); err != nil {
		return "", nil, err
	}
	return s.name, s.text, nil
}

// sameFormat refuses a file that is in another format than want. One that is in
// none is left to the format's reader to judge.
func (s *stream) sameFormat(w wish, want *format) error {
	f, err := s.detect(w)
	if err != nil || f.name == want.name {
		return nil
	}
	return &scan.Error{Position: scan.Position{File: s.name}, Reason: "the files are of different formats",
		Detail: "this one is " + f.name + ", those before it are " + want.name}
}

// openAll reads all files at once, for logs whose files overlap; first is
// files[at], open already.
func openAll(first *stream, f *format, files []File, at int, w wish, opt trace.ReadOptions) (Reader, error) {
	var names []string
	for _, file := range files {
		names = append(names, file.Name)
	}
	r, err := f.all(names, func(i int) (io.ReadCloser, error) {
		if i == at {
			return first.asFile(), nil
		}
		s, err := openStream(files[i])
		if err != nil {
			return nil, err
		}
		if err := s.sameFormat(w, f); err != nil {
			s.Close()
			return nil, err
		}
		return s.asFile(), nil
	}, opt)
	if err != nil {
		first.Close()
		return nil, err
	}
	return &single{Reader: r, name: first.name, file: io.NopCloser(nil)}, nil
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

// asFile is the stream's text as a file.
func (s *stream) asFile() io.ReadCloser {
	return struct {
		io.Reader
		io.Closer
	}{s.text, s}
}
