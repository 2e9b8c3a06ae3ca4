package canonical

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"quotawall/sim/trace"
	"quotawall/sim/trace/scan"
	"quotawall/sim/unit"
)

// errMore says that the row needs more than is buffered, and that rows already
// read must be handed out before more is fetched: they point into the buffer.
var errMore = errors.New("more")

// slow reads the row at c.at with everything that CSV allows, and words its
// mistakes. good is false for a blank line and for a bad row that is skipped.
func (c *Reader) slow(r *trace.Request, mayRefill bool) (good bool, err error) {
	rowAt, fault, at, err := c.split(mayRefill)
	if err != nil {
		return false, err
	}
	if fault == scan.Fine && len(c.fields) == 1 && len(c.fields[0].Text) == 0 {
		return false, nil
	}
	*r = c.blank
	mistake := c.assign(rowAt, fault, at, r)
	if mistake == nil && r.At < c.last && !c.opt.Unordered {
		return false, c.backwards(r)
	}
	switch {
	case mistake == nil:
		c.last = max(c.last, r.At)
		return true, nil
	case c.opt.SkipBadRows:
		c.opt.LeaveOut(&c.sum, mistake.Reason, mistake.Position.String(), mistake)
		return false, nil
	}
	return false, mistake
}

// split takes the row at c.at apart and steps over it. rowAt is where it began.
func (c *Reader) split(mayRefill bool) (rowAt int, fault scan.Fault, at int, err error) {
	mark := len(c.text)
	for {
		var used int
		c.fields, c.text, used, fault, at = scan.Row(c.region[c.at:], ',', c.fields[:0], c.text[:mark])
		rowAt = c.at
		switch fault {
		case scan.OpenQuote:
			if !mayRefill {
				return 0, fault, 0, errMore
			}
			err = c.refill(len(c.region) - c.at)
			if err == nil {
				continue
			}
			if err != io.EOF {
				return 0, fault, 0, c.end(err)
			}
			used = len(c.region) - c.at
			if c.opt.SkipBadRows {
				used = scan.LineEnd(c.region[c.at:])
			}
		case scan.Fine:
		default:
			used = scan.LineEnd(c.region[c.at:])
		}
		c.line += int64(bytes.Count(c.region[c.at:c.at+used], []byte{'\n'}))
		c.at += used
		return rowAt, fault, at, nil
	}
}

func (c *Reader) assign(rowAt int, fault scan.Fault, at int, r *trace.Request) *scan.Error {
	if fault != scan.Fine {
		return c.mistake(rowAt, at, string(fault), "")
	}
	if len(c.fields) != len(c.plan) {
		end := 0
		if n := min(len(c.fields), len(c.plan)) - 1; n >= 0 {
			end = c.fields[n].At
		}
		return c.mistake(rowAt, end, "the row has not as many fields as the header",
			fmt.Sprintf("%d instead of %d", len(c.fields), len(c.plan)))
	}
	for i, col := range c.plan {
		if fault := c.set(col, c.fields[i].Text, r); fault != scan.Fine {
			return c.mistake(rowAt, c.fields[i].At, "column "+Columns()[col]+" "+string(fault), scan.Quote(c.fields[i].Text))
		}
	}
	if !consistent(r) {
		return c.mistake(rowAt, 0, "the cached or shared part is larger than the prompt",
			fmt.Sprintf("input %d, cache read %d, cache write %d, shared %d", r.Input, r.CacheRead, r.CacheWrite, r.Shared))
	}
	return nil
}

func (c *Reader) mistake(rowAt, at int, reason, detail string) *scan.Error {
	row := c.region[rowAt : rowAt+at]
	line := c.current + int64(bytes.Count(row, []byte{'\n'}))
	column := at - (bytes.LastIndexByte(row, '\n') + 1) + 1
	return &scan.Error{Position: scan.Position{File: c.name, Line: line, Column: column}, Reason: reason, Detail: detail, Row: true}
}

// Faults of single columns.
const (
	badMax    scan.Fault = "is neither a whole number nor \"unset\""
	badBlocks scan.Fault = "is not a list of whole numbers with blanks between them"
	noBlocks  scan.Fault = "has ids, but no first line says what they are: write # block_tokens=64 block_scope=session (or trace) above the header"
	badStatus scan.Fault = "is not an HTTP status"
	missing   scan.Fault = "is empty"
)

func (c *Reader) set(col column, text []byte, r *trace.Request) scan.Fault {
	switch col {
	case colModel, colClass, colUser, colAccount:
		*nameOf(r, col) = c.plain.names[col].index(bare(text))
		return scan.Fine
	case colSession:
		if len(text) > 0 {
			r.SessionID = bare(text)
			r.Session = unit.Hash(r.SessionID)
		}
		return scan.Fine
	case colBlocks:
		return c.setBlocks(text, r)
	case colMax:
		if string(text) == "unset" {
			r.Max = trace.MaxUnset
			return scan.Fine
		}
	}
	if len(text) == 0 {
		if col <= colOutput {
			return missing
		}
		return scan.Fine
	}
	value, fault := scan.Whole(text, most(col))
	switch {
	case col == colStatus && fault == scan.Above(most(col)):
		return badStatus
	case fault == scan.NotANumber && col == colMax:
		return badMax
	case fault != scan.Fine:
		return fault
	case !number(col, value, r):
		return scan.Above(most(col))
	}
	return scan.Fine
}

// nameOf is where a request has the name of a column.
func nameOf(r *trace.Request, col column) *int32 {
	switch col {
	case colModel:
		return &r.Model
	case colClass:
		return &r.Class
	case colUser:
		return &r.User
	}
	return &r.Account
}

// most is the largest value of a column; number knows it too, for speed.
func most(col column) int64 {
	switch col {
	case colTime, colDuration:
		return int64(trace.MaxTime)
	case colStatus:
		return 999
	}
	return trace.MaxCount
}

func (c *Reader) setBlocks(text []byte, r *trace.Request) scan.Fault {
	if len(text) > 0 && c.info.BlockTokens == 0 {
		return noBlocks
	}
	begin := len(c.ids)
	for part := range bytes.FieldsSeq(text) {
		var id uint64
		for _, d := range part {
			d -= '0'
			if d > 9 {
				return badBlocks
			}
			if id > (1<<64-1-uint64(d))/10 {
				return scan.AboveID
			}
			id = id*10 + uint64(d)
		}
		c.ids = append(c.ids, id)
	}
	if len(c.ids) > begin {
		r.Blocks = c.ids[begin:len(c.ids):len(c.ids)]
	}
	return scan.Fine
}

func (c *Reader) backwards(r *trace.Request) error {
	return &scan.Error{
		Position: scan.Position{File: c.name, Line: c.current, Column: 1},
		Reason:   "the trace is out of time order",
		Detail: fmt.Sprintf("t_us %d comes after %d; --sort puts the rows in order",
			int64(r.At), int64(c.last)),
	}
}

// bare takes off the apostrophe that guards a text from spreadsheets.
func bare(text []byte) []byte {
	if guarded(text) && text[0] == '\'' {
		return text[1:]
	}
	return text
}

// guarded: the text is apostrophes, maybe none, and then = + - or @.
func guarded(text []byte) bool {
	for _, c := range text {
		switch c {
		case '\'':
		case '=', '+', '-', '@':
			return true
		default:
			return false
		}
	}
	return false
}
