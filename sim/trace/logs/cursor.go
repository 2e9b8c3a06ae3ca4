package logs

import (
	"bytes"
	"io"

	"quotawall/sim/trace/scan"
)

// cursor is a place in a stream, of which some whole lines are at hand. What line
// an offset is in is counted when somebody asks.
type cursor struct {
	file   string
	buffer *scan.Buffer
	region []byte
	at     int // the next byte of the region
	began  int // where the record begins that is being read, or was read last

	counted int   // lines are counted up to here
	line    int64 // number of the line that region[counted] is in
	lineAt  int   // where that line begins, which may be before the region
}

func newCursor(file string, r io.Reader) cursor {
	return cursor{file: file, buffer: scan.NewBuffer(r), line: 1}
}

// refill reads further lines after what is not yet read.
func (c *cursor) refill() error {
	c.countTo(c.at)
	c.lineAt -= c.at
	region, err := c.buffer.More(len(c.region) - c.at)
	c.region, c.at, c.began, c.counted = region, 0, 0, 0
	if err != nil && err != io.EOF {
		return scan.StreamError(c.place(0), err)
	}
	return err
}

// countTo counts the lines before an offset: the record's, or a later one at which
// a new region begins.
func (c *cursor) countTo(offset int) {
	p := c.place(offset)
	c.line, c.lineAt, c.counted = p.Line, offset+1-p.Column, offset
}

// place is where an offset of the region is, which is not before the record.
func (c *cursor) place(offset int) scan.Position {
	begin, over := c.lineAt, c.region[c.counted:offset]
	if k := bytes.LastIndexByte(over, '\n'); k >= 0 {
		begin = c.counted + k + 1
	}
	line := c.line + int64(bytes.Count(over, []byte{'\n'}))
	return scan.Position{File: c.file, Line: line, Column: offset - begin + 1}
}

// position is where offset i of the record is.
func (c *cursor) position(i int) scan.Position {
	c.countTo(c.began)
	return c.place(c.began + i)
}

func (c *cursor) where() scan.Position { return c.position(0) }
