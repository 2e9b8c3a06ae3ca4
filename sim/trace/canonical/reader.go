package canonical

import (
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
	plain plainRow
	blank trace.Request

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
	if !c.plain.statuses {
		return
	}
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
		end, ok := c.quick(data, p, r)
		if ok && r.At >= last {
			last = r.At
			p = end
			c.line++
			n++
			continue
		}
		c.at, c.last, c.current = p, last, c.line+1
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
