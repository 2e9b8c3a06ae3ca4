package canonical

import (
	"bytes"
	"io"

	"quotawall/sim/trace"
	"quotawall/sim/trace/scan"
	"quotawall/sim/unit"
)

// Reader reads a canonical CSV, streaming. Session ids and blocks that it
// hands out are valid until the next Read.
type Reader struct {
	name string
	opt  trace.ReadOptions
	info trace.Info
	sum  trace.Summary

	buffer *scan.Buffer
	region []byte // whole lines
	at     int    // where the next row begins
	line   int64  // lines before region[at]

	plan  []column
	blank trace.Request
	names [4]nameCache // model, class, user, account

	ids     []uint64
	text    []byte
	fields  []scan.Field
	last    unit.Time // of the row handed out last
	first   unit.Time
	current int64 // line of the row that is being read
}

// NewReader reads the header and returns a reader of the rows after it. name
// stands for the input in errors.
func NewReader(name string, r io.Reader, opt trace.ReadOptions) (*Reader, error) {
	c := &Reader{name: name, opt: opt, buffer: scan.NewBuffer(r)}
	c.info = trace.Info{Format: "canonical", Names: trace.NewNames()}
	c.sum.Files = 1
	c.blank = trace.Request{
		Max: trace.MaxUnknown, Duration: trace.Unknown,
		CacheRead: trace.Unknown, CacheWrite: trace.Unknown, Shared: trace.Unknown,
	}
	c.last = -1
	if err := c.header(); err != nil {
		return nil, err
	}
	return c, nil
}

// Open is NewReader as an opener of formats.
func Open(name string, r io.Reader, opt trace.ReadOptions) (trace.Reader, error) {
	return NewReader(name, r, opt)
}

// Info describes the trace.
func (c *Reader) Info() *trace.Info { return &c.info }

// Summary tells what was read so far.
func (c *Reader) Summary() *trace.Summary {
	if c.sum.Rows > 0 {
		c.sum.Span = c.last - c.first
	}
	return &c.sum
}

// Read fills block with the next rows. It returns early at the end of what is
// buffered, so that nothing it handed out moves.
func (c *Reader) Read(block []trace.Request) (int, error) {
	c.ids, c.text = c.ids[:0], c.text[:0]
	if c.opt.Head > 0 {
		if c.sum.Rows >= c.opt.Head {
			return 0, io.EOF
		}
		block = block[:min(int64(len(block)), c.opt.Head-c.sum.Rows)]
	}
	n := 0
	for n == 0 && len(block) > 0 {
		if c.at == len(c.region) {
			if err := c.refill(0); err != nil {
				return 0, c.end(err)
			}
		}
		var err error
		if n, err = c.rows(block); err != nil {
			return 0, err
		}
	}
	c.count(block[:n])
	return n, nil
}

func (c *Reader) count(block []trace.Request) {
	if len(block) == 0 {
		return
	}
	if c.sum.Rows == 0 {
		c.first = block[0].At
	}
	c.sum.Rows += int64(len(block))
	for i := range block {
		if block[i].Status != 0 && block[i].Failed() {
			c.sum.Failed++
		}
	}
}

// refill replaces what was read by the next lines, in front of them the last
// keep bytes again.
func (c *Reader) refill(keep int) error {
	region, err := c.buffer.More(keep)
	c.region, c.at = region, 0
	return err
}

// end makes the error with which reading ends.
func (c *Reader) end(err error) error {
	if err != io.EOF {
		return scan.StreamError(scan.Position{File: c.name, Line: c.line + 1}, err)
	}
	if c.sum.Rows == 0 {
		return &scan.Error{Position: scan.Position{File: c.name}, Reason: c.emptiness(), Empty: true}
	}
	return io.EOF
}

func (c *Reader) emptiness() string {
	if c.sum.Skipped > 0 {
		return "the trace has no good row"
	}
	return "the trace has no rows after its header"
}

// rows reads rows from the region until block, the region or the room for
// block ids is used up.
func (c *Reader) rows(block []trace.Request) (n int, err error) {
	p, last := c.at, c.last
	data := c.region
	for n < len(block) && p < len(data) {
		r := &block[n]
		*r = c.blank
		c.current = c.line + 1
		end, ok := c.quick(data, p, r)
		if ok && r.At >= last {
			last = r.At
			p = end
			c.line++
			n++
			continue
		}
		c.at, c.last = p, last
		good, err := c.slow(r, n == 0)
		if err == errMore {
			return n, nil
		}
		if err != nil {
			return 0, err
		}
		p, last, data = c.at, c.last, c.region
		if good {
			n++
		}
		if len(c.ids) >= trace.BlocksPerRead {
			break
		}
	}
	c.at, c.last = p, last
	return n, nil
}

// quick reads the row at data[p:] where it holds nothing unusual: plain
// digits, no quotes, no blocks, nothing out of range. It returns where the row
// ends. Everything else is for slow, which also words the mistakes.
func (c *Reader) quick(data []byte, p int, r *trace.Request) (int, bool) {
	lastField := len(c.plan) - 1
	for i, col := range c.plan {
		switch col {
		case colModel, colClass, colUser, colAccount:
			end := plainEnd(data, p)
			if end < 0 {
				return 0, false
			}
			c.name4(col, data[p:end], r)
			p = end
		case colSession:
			hash, end := sessionEnd(data, p)
			if end < 0 || data[p] == '\'' {
				return 0, false
			}
			if end > p {
				r.SessionID, r.Session = data[p:end:end], hash
			}
			p = end
		case colBlocks:
			if data[p] != ',' && data[p] != '\n' && data[p] != '\r' {
				end, ok := c.quickBlocks(data, p, r)
				if !ok {
					return 0, false
				}
				p = end
			}
		default:
			value, end, ok := scan.Digits(data, p)
			if !ok {
				if end != p || col <= colOutput || data[p] != ',' && data[p] != '\n' && data[p] != '\r' {
					return 0, false
				}
			} else if !number(col, value, r) {
				return 0, false
			}
			p = end
		}
		if i < lastField {
			if data[p] != ',' {
				return 0, false
			}
			p++
		}
	}
	if data[p] == '\r' {
		p++
	}
	return p + 1, data[p] == '\n' && consistent(r)
}

// number stores a count; false where it is out of range.
func number(col column, v int64, r *trace.Request) bool {
	limit := int64(trace.MaxCount)
	switch col {
	case colInput:
		r.Input = v
	case colOutput:
		r.Output = v
	case colMax:
		r.Max = v
	case colTime:
		r.At = unit.Time(v)
		limit = int64(trace.MaxTime)
	case colRead:
		r.CacheRead = v
	case colWrite:
		r.CacheWrite = v
	case colShared:
		r.Shared = v
	case colDuration:
		r.Duration = unit.Time(v)
		limit = int64(trace.MaxTime)
	case colStatus:
		r.Status = int16(v)
		limit = 999
	}
	return v <= limit
}

// consistent: the parts of a prompt are not larger than the prompt.
func consistent(r *trace.Request) bool {
	return max(r.CacheRead, 0)+max(r.CacheWrite, 0) <= r.Input && r.Shared <= r.Input
}

// plainEnd is where the text at data[p:] ends, or -1 where it has quotes or an
// apostrophe in front.
func plainEnd(data []byte, p int) int {
	if data[p] == '\'' || data[p] == '"' {
		return -1
	}
	for {
		switch data[p] {
		case ',', '\n':
			return p
		case '\r':
			if data[p+1] == '\n' {
				return p
			}
		case '"':
			return -1
		}
		p++
	}
}

// sessionEnd is plainEnd and the text's FNV-1a 64 hash.
func sessionEnd(data []byte, p int) (hash uint64, end int) {
	hash = unit.HashSeed
	for {
		b := data[p]
		if b <= ',' {
			switch b {
			case ',', '\n':
				return hash, p
			case '\r':
				if data[p+1] == '\n' {
					return hash, p
				}
			case '"':
				return 0, -1
			}
		}
		hash = unit.HashByte(hash, b)
		p++
	}
}

// quickBlocks reads block ids: digits with single blanks between them.
func (c *Reader) quickBlocks(data []byte, p int, r *trace.Request) (int, bool) {
	if c.info.BlockTokens == 0 {
		return 0, false
	}
	begin := len(c.ids)
	for {
		value, end, ok := scan.Digits(data, p)
		if !ok {
			c.ids = c.ids[:begin]
			return 0, false
		}
		c.ids = append(c.ids, uint64(value))
		if data[end] != ' ' {
			r.Blocks = c.ids[begin:len(c.ids):len(c.ids)]
			return end, true
		}
		p = end + 1
	}
}

// nameCache finds the index of a name that came lately without hashing all of it.
type nameCache struct {
	slots [32]cachedName
}

type cachedName struct {
	text  []byte
	index int32
}

// name4 interns the text of one of the four named columns.
func (c *Reader) name4(col column, text []byte, r *trace.Request) {
	if len(text) == 0 {
		return
	}
	names := c.info.Names
	switch col {
	case colModel:
		r.Model = c.names[0].index(&names.Models, text)
	case colClass:
		r.Class = c.names[1].index(&names.Classes, text)
	case colUser:
		r.User = c.names[2].index(&names.Users, text)
	case colAccount:
		r.Account = c.names[3].index(&names.Accounts, text)
	}
}

func (n *nameCache) index(table *trace.Table, text []byte) int32 {
	slot := &n.slots[(len(text)+int(text[0])*3+int(text[len(text)-1])*5+int(text[len(text)/2]))&31]
	if bytes.Equal(slot.text, text) {
		return slot.index
	}
	slot.index = table.Intern(text)
	slot.text = append(slot.text[:0], text...)
	return slot.index
}
