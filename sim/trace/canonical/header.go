package canonical

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"time"

	"quotawall/sim/trace"
	"quotawall/sim/trace/scan"
)

// header reads the lines before the first row: comments, of which one may say
// what the trace is, and the names of the columns.
func (c *Reader) header() error {
	for {
		if c.at == len(c.region) {
			if err := c.refill(0); err == io.EOF {
				return &scan.Error{Position: scan.Position{File: c.name}, Reason: "the trace is empty", Empty: true}
			} else if err != nil {
				return scan.StreamError(scan.Position{File: c.name, Line: c.line + 1}, err)
			}
		}
		used := scan.LineEnd(c.region[c.at:])
		line := bytes.TrimRight(c.region[c.at:c.at+used], "\r\n")
		switch {
		case len(line) == 0:
		case line[0] == '#':
			if err := c.describe(string(line[1:])); err != nil {
				return &scan.Error{Position: scan.Position{File: c.name, Line: c.line + 1, Column: 1}, Reason: err.Error()}
			}
		default:
			return c.columns()
		}
		c.at += used
		c.line++
	}
}

// Sniff reports whether a text begins as a canonical trace does: with comments,
// maybe, and a header that has a column t_us.
func Sniff(head []byte) bool {
	for line := range bytes.Lines(head) {
		line = bytes.TrimSpace(line)
		if len(line) == 0 || line[0] == '#' {
			continue
		}
		for name := range bytes.SplitSeq(line, []byte{','}) {
			if string(bytes.Trim(name, " \"")) == Columns()[colTime] {
				return true
			}
		}
		return false
	}
	return false
}

func (c *Reader) columns() error {
	c.current = c.line + 1
	rowAt, fault, at, err := c.split(true)
	if err != nil {
		return err
	}
	if fault != scan.Fine {
		return c.mistake(rowAt, at, string(fault), "")
	}
	names := make([]string, len(c.fields))
	for i, f := range c.fields {
		names[i] = strings.TrimSpace(string(f.Text))
	}
	if c.plan, err = plan(names); err != nil {
		return c.mistake(rowAt, 0, "the header is not understood", err.Error())
	}
	c.plain.compile(c.plan, c.info.Names)
	return nil
}

// describe takes what a comment line says of the trace. A comment without any
// key=value is for people only.
func (c *Reader) describe(line string) error {
	for word := range strings.FieldsSeq(line) {
		key, value, ok := strings.Cut(word, "=")
		if !ok {
			continue
		}
		if err := c.say(key, value); err != nil {
			return err
		}
	}
	if (c.info.BlockTokens == 0) != (c.info.BlockScope == trace.NoBlocks) {
		return fmt.Errorf("block_tokens and block_scope go together: write both, as in # block_tokens=64 block_scope=session")
	}
	return nil
}

func (c *Reader) say(key, value string) error {
	switch key {
	case "start":
		t, err := time.Parse(time.RFC3339Nano, value)
		if err != nil {
			return fmt.Errorf("start=%s is not an instant: write it as 2026-11-02T09:00:00Z", scan.Quote(value))
		}
		if t.Nanosecond()%1000 != 0 || t.UTC().Year() < 1 || t.UTC().Year() > 9999 {
			return fmt.Errorf("start=%s is not a whole microsecond of the years 1 to 9999", scan.Quote(value))
		}
		c.info.Start, c.info.Dated = t.UTC(), true
	case "block_tokens", "max_tokens":
		n, fault := scan.Whole([]byte(value), trace.MaxCount)
		if fault != scan.Fine || n == 0 {
			return fmt.Errorf("%s=%s is not a whole number above 0", key, scan.Quote(value))
		}
		if key == "block_tokens" {
			c.info.BlockTokens = n
		} else {
			c.info.MaxTokens = n
		}
	case "block_scope":
		scope := trace.BlockScope(value)
		if scope != trace.SessionScope && scope != trace.TraceScope {
			return fmt.Errorf("block_scope=%s is not known: session or trace", scan.Quote(value))
		}
		c.info.BlockScope = scope
	case "dialogues":
		if value != "yes" && value != "no" {
			return fmt.Errorf("dialogues=%s is neither yes nor no", scan.Quote(value))
		}
		c.info.Dialogues = value == "yes"
	default:
		return fmt.Errorf("%s= is not known in the first line: start, block_tokens, block_scope, dialogues, max_tokens", scan.Quote(key))
	}
	return nil
}
