package public

import (
	"io"
	"strconv"

	"quotawall/sim/trace"
	"quotawall/sim/trace/scan"
	"quotawall/sim/unit"
)

// parser reads one row from a line that is not empty. Ids and texts that the
// row keeps go to the arena.
type parser interface {
	parse(line []byte, r *trace.Request, a *arena) *scan.Error
}

// arena is the memory of one Read's block ids and session ids.
type arena struct {
	ids  []uint64
	text []byte
}

// rows reads a format with one request a line.
type rows struct {
	info  trace.Info
	sum   trace.Summary
	opt   trace.ReadOptions
	lines *scan.Lines
	parser

	arena
	held    trace.Request // the first row, read when the trace was opened
	holding bool
	records int64 // lines that are rows, good or bad
	some    bool  // there was a good row
	first   unit.Time
	last    unit.Time
}

// newRows prepares a reader of the lines of r; begin must follow.
func newRows(format, name string, r io.Reader, opt trace.ReadOptions) *rows {
	return &rows{
		info:  trace.Info{Format: format, Names: trace.NewNames()},
		sum:   trace.Summary{Files: 1},
		opt:   opt,
		lines: scan.NewLines(name, r),
	}
}

// begin reads the first row, so that the trace's description is complete.
func (t *rows) begin() error {
	err := t.next(&t.held)
	if err == io.EOF {
		return t.emptiness()
	}
	t.holding = err == nil
	return err
}

func (t *rows) emptiness() error {
	reason := "the trace has no rows"
	if t.sum.Skipped > 0 {
		reason = "the trace has no good row"
	}
	return &scan.Error{Position: scan.Position{File: t.lines.File}, Reason: reason, Empty: true}
}

// Info describes the trace.
func (t *rows) Info() *trace.Info { return &t.info }

// Summary tells what was read so far.
func (t *rows) Summary() *trace.Summary {
	t.sum.Span = t.last - t.first
	return &t.sum
}

// Read fills block with the next rows.
func (t *rows) Read(block []trace.Request) (int, error) {
	n := 0
	if t.holding && len(block) > 0 {
		block[0], t.holding = t.held, false
		n = 1
	} else {
		t.ids, t.text = t.ids[:0], t.text[:0]
	}
	for n < len(block) && len(t.ids) < trace.BlocksPerRead {
		err := t.next(&block[n])
		if err == io.EOF && n > 0 {
			break
		}
		if err != nil {
			return 0, err
		}
		n++
	}
	t.sum.Rows += int64(n)
	return n, nil
}

// next reads lines until one is a good row.
func (t *rows) next(r *trace.Request) error {
	for t.opt.Head == 0 || t.records < t.opt.Head {
		line, err := t.lines.Next()
		if err != nil {
			return err
		}
		if len(line) == 0 {
			continue
		}
		t.records++
		*r = unknown()
		mistake := t.parse(line, r, &t.arena)
		switch {
		case mistake == nil:
			return t.inOrder(r)
		case !t.opt.SkipBadRows:
			return mistake
		}
		t.opt.LeaveOut(&t.sum, mistake.Reason, mistake.Position.String(), mistake)
	}
	return io.EOF
}

// inOrder refuses a row that is earlier than the one before it.
func (t *rows) inOrder(r *trace.Request) error {
	if !t.some {
		t.first, t.last, t.some = r.At, r.At, true
	}
	if r.At < t.last && !t.opt.Unordered {
		return backwards(t.lines.At(0), t.last-r.At)
	}
	t.first, t.last = min(t.first, r.At), max(t.last, r.At)
	return nil
}

func backwards(at scan.Position, by unit.Time) error {
	return &scan.Error{
		Position: at, Reason: "the trace is out of time order",
		Detail: "this row is " + strconv.FormatFloat(by.Seconds(), 'f', -1, 64) + " s before the one above it\n  --sort puts the rows in order",
	}
}

// unknown is a row of which nothing is known.
func unknown() trace.Request {
	return trace.Request{
		Max: trace.MaxUnknown, Duration: trace.Unknown,
		CacheRead: trace.Unknown, CacheWrite: trace.Unknown, Shared: trace.Unknown,
	}
}
