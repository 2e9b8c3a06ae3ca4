package logs

import (
	"bytes"
	"io"

	"quotawall/sim/trace/scan"
)

// sheet cuts a CSV stream into rows. Fields may be quoted and hold line ends.
type sheet struct {
	file   string
	comma  byte
	buffer *scan.Buffer
	region []byte
	at     int   // the next row
	line   int64 // lines before region[at]

	fields  []scan.Field
	scratch []byte
	row     int                     // where the current row begins
	rowLine int64                   // its first line
	spot    func(int) scan.Position // position, made once
}

func newSheet(file string, r io.Reader) *sheet {
	s := &sheet{file: file, comma: ',', buffer: scan.NewBuffer(r)}
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
			s.step(scan.LineEnd(s.region[s.at:]))
			continue
		}
		return s.split()
	}
}

func (s *sheet) split() ([]scan.Field, error) {
	for {
		s.rowLine = s.line + 1
		fields, scratch, used, fault, at := scan.Row(s.region[s.at:], s.comma, s.fields[:0], s.scratch[:0])
		s.fields, s.scratch, s.row = fields, scratch, s.at
		if fault == scan.Fine {
			s.step(used)
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
		s.step(scan.LineEnd(s.region[s.at:]))
		return nil, bad
	}
}

// refill reads further lines after those that are not yet taken.
func (s *sheet) refill() error {
	region, err := s.buffer.More(len(s.region) - s.at)
	s.region, s.at, s.row = region, 0, 0
	if err != nil && err != io.EOF {
		return scan.StreamError(scan.Position{File: s.file, Line: s.line + 1}, err)
	}
	return err
}

func (s *sheet) step(n int) {
	s.line += int64(bytes.Count(s.region[s.at:s.at+n], []byte{'\n'}))
	s.at += n
}

// position is where offset i of the current row is.
func (s *sheet) position(i int) scan.Position {
	before := s.region[s.row : s.row+i]
	p := scan.Position{File: s.file, Line: s.rowLine, Column: i + 1}
	if k := bytes.LastIndexByte(before, '\n'); k >= 0 {
		p.Line += int64(bytes.Count(before, []byte{'\n'}))
		p.Column = i - k
	}
	return p
}

func (s *sheet) where() scan.Position { return scan.Position{File: s.file, Line: s.rowLine, Column: 1} }

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
