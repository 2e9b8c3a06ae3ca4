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

	begin   int   // where the line begins that region[0] is in: there, or before the region
	counted int   // up to here
	line    int64 // number of the line at region[counted]
}

func newCursor(file string, r io.Reader) cursor {
	return cursor{file: file, buffer: scan.NewBuffer(r), line: 1}
}

// refill reads further lines after what is not yet read.
func (c *cursor) refill() error {
	c.countTo(c.at)
	begin := c.lineBegin(c.at) - c.at
	region, err := c.buffer.More(len(c.region) - c.at)
	c.region, c.at, c.began, c.counted, c.begin = region, 0, 0, 0, begin
	if err != nil && err != io.EOF {
		return scan.StreamError(c.place(0), err)
	}
	return err
}

// countTo counts the lines before an offset: the record's, or a later one at which
// a new region begins.
func (c *cursor) countTo(offset int) {
	c.line += int64(bytes.Count(c.region[c.counted:offset], []byte{'\n'}))
	c.counted = offset
}

// lineBegin is where the line of an offset begins.
func (c *cursor) lineBegin(offset int) int {
	if k := bytes.LastIndexByte(c.region[:offset], '\n'); k >= 0 {
		return k + 1
	}
	return c.begin
}

// place is where an offset of the region is, which is not before the record.
func (c *cursor) place(offset int) scan.Position {
	line := c.line + int64(bytes.Count(c.region[c.counted:offset], []byte{'\n'}))
	return scan.Position{File: c.file, Line: line, Column: offset - c.lineBegin(offset) + 1}
}

// position is where offset i of the record is.
func (c *cursor) position(i int) scan.Position {
	c.countTo(c.began)
	return c.place(c.began + i)
}

func (c *cursor) where() scan.Position { return c.position(0) }
