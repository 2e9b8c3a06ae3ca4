package logs

import (
	"bytes"
	"io"

	"quotawall/sim/trace/scan"
)

// sheet cuts a CSV stream into rows. Fields may be quoted and hold line ends.
type sheet struct {
	cursor
	comma   byte
	fields  []scan.Field
	scratch []byte
	spot    func(int) scan.Position // position, made once
}

func newSheet(file string, r io.Reader) *sheet {
	s := &sheet{cursor: newCursor(file, r), comma: ','}
	s.spot = s.position
	return s
}

// next reads the next row that is not blank; its fields are valid until the
// next call.
func (s *sheet) next() ([]scan.Field, error) {
	for {
		if s.at == len(s.region) {
			if err := s.refill(); err != nil {
				return nil, err
			}
		}
		if c := s.region[s.at]; c == '\n' || c == '\r' && s.region[s.at+1] == '\n' {
			s.at += scan.LineEnd(s.region[s.at:])
			continue
		}
		return s.split()
	}
}

func (s *sheet) split() ([]scan.Field, error) {
	for {
		fields, scratch, used, fault, at := scan.Row(s.region[s.at:], s.comma, s.fields[:0], s.scratch[:0])
		s.fields, s.scratch, s.began = fields, scratch, s.at
		if fault == scan.Fine {
			s.at += used
			return fields, nil
		}
		if fault == scan.OpenQuote {
			if err := s.refill(); err == nil {
				continue
			} else if err != io.EOF {
				return nil, err
			}
		}
		bad := &scan.Error{Position: s.position(at), Reason: string(fault), Row: true}
		s.at += scan.LineEnd(s.region[s.at:])
		return nil, bad
	}
}

// header reads the first row as the names of columns.
func (s *sheet) header() ([]string, error) {
	fields, err := s.next()
	if err != nil {
		return nil, err
	}
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = string(bytes.TrimSpace(f.Text))
	}
	return names, nil
}

// separator is what parts the fields of a header: a comma, a tab or a semicolon,
// whichever there are most of.
func separator(line []byte) byte {
	best := byte(',')
	for _, c := range []byte{'\t', ';'} {
		if bytes.Count(line, []byte{c}) > bytes.Count(line, []byte{best}) {
			best = c
		}
	}
	return best
}
