package scan

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

const (
	// MaxLine is the longest line that is read, in bytes.
	MaxLine = 64 << 20
	// Pad is how many bytes past the end of a region may be looked at.
	Pad = 288

	firstBuffer = 256 << 10
)

// ErrLineTooLong says that a line is longer than MaxLine.
var ErrLineTooLong = fmt.Errorf("the line is longer than %d MiB", MaxLine>>20)

// Buffer cuts a stream into regions of whole lines.
type Buffer struct {
	r     io.Reader
	data  []byte // its last Pad bytes are never filled
	whole int    // end of the last region
	to    int    // end of what was read
	err   error
	begun bool
}

// NewBuffer reads from r.
func NewBuffer(r io.Reader) *Buffer { return &Buffer{r: r} }

// More returns the next lines, each with its newline; a last line without one
// gets it. The region is valid until the next call, may be changed by the
// caller, and Pad bytes after its end may be read. The last keep bytes of the
// previous region come again in front; with nothing left after them they are all
// that is returned, with io.EOF.
func (b *Buffer) More(keep int) ([]byte, error) {
	if b.data == nil {
		b.data = make([]byte, firstBuffer+Pad)
	}
	b.to = copy(b.data, b.data[b.whole-keep:b.to])
	searched := keep
	for {
		b.fill()
		if i := bytes.LastIndexByte(b.data[searched:b.to], '\n'); i >= 0 {
			b.whole = searched + i + 1
			return b.data[:b.whole], nil
		}
		if b.err != nil {
			return b.rest(keep)
		}
		searched = b.to
		if err := b.grow(); err != nil {
			b.whole = b.to
			return b.data[:keep], err
		}
	}
}

// fill reads until the buffer is full or the stream ends; one byte stays free
// for a missing last newline.
func (b *Buffer) fill() {
	limit := len(b.data) - Pad - 1
	for b.to < limit && b.err == nil {
		n, err := b.r.Read(b.data[b.to:limit])
		b.to += n
		b.err = err
	}
	if !b.begun {
		b.begun = true
		if bytes.HasPrefix(b.data[:b.to], []byte("\xef\xbb\xbf")) {
			b.to = copy(b.data, b.data[3:b.to])
		}
	}
}

// rest is the last line, without newline in the stream, or the stream's end.
func (b *Buffer) rest(keep int) ([]byte, error) {
	if b.err != io.EOF || b.to == keep {
		b.whole = b.to
		return b.data[:keep], b.err
	}
	b.data[b.to] = '\n'
	b.to++
	b.whole = b.to
	return b.data[:b.whole], nil
}

func (b *Buffer) grow() error {
	size := len(b.data) - Pad
	if size > MaxLine {
		return ErrLineTooLong
	}
	bigger := make([]byte, 2*size+Pad)
	copy(bigger, b.data[:b.to])
	b.data = bigger
	return nil
}

// Lines yields a stream's lines one by one, with their numbers.
type Lines struct {
	File   string
	buffer *Buffer
	region []byte
	at     int
	line   int64
}

// NewLines reads lines from r; file names the stream in errors.
func NewLines(file string, r io.Reader) *Lines {
	return &Lines{File: file, buffer: NewBuffer(r)}
}

// Next returns the next line without its end of line; it is valid until the
// next call. At the end the error is io.EOF; any other error is an *Error.
func (l *Lines) Next() ([]byte, error) {
	if l.at == len(l.region) {
		region, err := l.buffer.More(0)
		l.region, l.at = region, 0
		if err == io.EOF {
			return nil, err
		}
		if err != nil {
			return nil, StreamError(Position{File: l.File, Line: l.line + 1}, err)
		}
	}
	end := l.at + bytes.IndexByte(l.region[l.at:], '\n')
	line := l.region[l.at:end]
	l.at = end + 1
	l.line++
	if n := len(line); n > 0 && line[n-1] == '\r' {
		line = line[:n-1]
	}
	return line, nil
}

// Line is the number of the line that Next returned last.
func (l *Lines) Line() int64 { return l.line }

// At is the position of byte offset i of the line that Next returned last.
func (l *Lines) At(i int) Position {
	return Position{File: l.File, Line: l.line, Column: i + 1}
}

// StreamError is an error of the stream itself, met while reading at p.
func StreamError(p Position, err error) error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return &Error{Position: p, Reason: err.Error()}
}
