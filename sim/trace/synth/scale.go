package synth

import (
	"errors"
	"fmt"
	"io"

	"quotawall/sim/trace"
	"quotawall/sim/unit"
)

// Scale superposes copies of a trace over the same span: the trace itself and
// copies that are each turned by a shift of their own, drawn from the stream
// "scale" of seed, between 0 and window (0: the whole span, or an hour where
// the span is a day or more, so that the hours of the day stay what they are).
// What a shift pushes past the end comes in at the front, so k copies have
// exactly k times the requests and tokens. Sessions of copy j (from 1) are
// named ID+j; a session that the end cuts keeps its name. Prefix blocks of
// trace scope become the copy's own: k times the users, not the same users k
// times. The trace is read once more than there are copies, to learn its span.
func Scale(open Source, copies int, window unit.Time, seed uint64) (trace.Reader, error) {
	if copies < 1 || copies > MaxCopies {
		return nil, fmt.Errorf("scale %d: a trace can be superposed 1 to %d times", copies, MaxCopies)
	}
	if copies == 1 {
		return open()
	}
	last, err := span(open)
	if err != nil {
		return nil, err
	}
	period := last + 1
	if window <= 0 {
		window = period
		if period > unit.Day {
			window = unit.Hour
		}
	}
	window = min(window, period)
	s := &scaled{}
	rng := unit.Stream(seed, "scale")
	for j := range copies {
		c := &turned{open: open, copy: int64(j), period: period}
		if j > 0 {
			c.shift = unit.Time(rng.Int64N(int64(window)))
		}
		if err := c.begin(); err != nil {
			return nil, err
		}
		s.copies = append(s.copies, c)
	}
	s.info = *s.copies[0].reader.Info()
	for j, c := range s.copies {
		c.names.to = s.info.Names
		if err := s.refill(int32(j)); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// span reads a trace through and returns the time of its last request.
func span(open Source) (unit.Time, error) {
	r, err := open()
	if err != nil {
		return 0, err
	}
	block := make([]trace.Request, 1024)
	last := unit.Time(0)
	for {
		n, err := r.Read(block)
		if errors.Is(err, io.EOF) {
			return last, release(r)
		}
		if err != nil {
			return 0, err
		}
		if n > 0 {
			last = block[n-1].At
		}
	}
}

// scaled merges the copies in order of (time, copy).
type scaled struct {
	info   trace.Info
	copies []*turned
	order  heap
	marked marked
	empty  []int32 // copies to refill before the next block: their rows are out
}

func (s *scaled) Info() *trace.Info { return &s.info }

func (s *scaled) Close() error {
	var errs []error
	for _, c := range s.copies {
		errs = append(errs, release(c.reader))
	}
	return errors.Join(errs...)
}

func (s *scaled) refill(j int32) error {
	c := s.copies[j]
	if err := c.fill(); err != nil {
		return err
	}
	if len(c.rows) > 0 {
		s.order.push(due{at: c.rows[0].At, order: uint64(j), slot: j})
	}
	return nil
}

func (s *scaled) Read(block []trace.Request) (int, error) {
	for _, j := range s.empty {
		if err := s.refill(j); err != nil {
			return 0, err
		}
	}
	s.empty = s.empty[:0]
	s.marked.ids = s.marked.ids[:0]
	n := 0
	for n < len(block) && len(s.order) > 0 {
		d := s.order[0]
		c := s.copies[d.slot]
		block[n] = c.rows[0]
		c.rows = c.rows[1:]
		c.names.carry(&block[n])
		if c.copy > 0 {
			s.marked.mark(&block[n], '+', c.copy)
		}
		n++
		if len(c.rows) == 0 {
			s.order.pop()
			s.empty = append(s.empty, d.slot)
			break
		}
		s.order.replace(due{at: c.rows[0].At, order: d.order, slot: d.slot})
	}
	if n == 0 && len(block) > 0 {
		return 0, io.EOF
	}
	s.info.Notes = s.copies[0].reader.Info().Notes
	return n, nil
}

// turned is one copy of a trace, turned by a shift: its last rows first.
type turned struct {
	open          Source
	copy          int64
	period, shift unit.Time
	reader        trace.Reader
	names         names
	front         bool // the rows that the shift pushed past the end
	done          bool
	buffer        []trace.Request
	blocks        []uint64
	rows          []trace.Request // of the buffer, to come
}

func (c *turned) begin() error {
	c.front = c.shift > 0
	c.buffer = make([]trace.Request, 256)
	return c.reopen()
}

func (c *turned) reopen() error {
	r, err := c.open()
	if err != nil {
		return err
	}
	c.reader = r
	c.names = names{from: r.Info().Names, to: c.names.to}
	return nil
}

// fill reads the copy's next rows; none are left at its end.
func (c *turned) fill() error {
	cut := c.period - c.shift
	for c.rows = nil; len(c.rows) == 0 && !c.done; {
		n, err := c.reader.Read(c.buffer)
		switch {
		case errors.Is(err, io.EOF) && c.front:
			c.front = false
			if err := errors.Join(release(c.reader), c.reopen()); err != nil {
				return err
			}
			continue
		case errors.Is(err, io.EOF):
			c.done = true
			return nil
		case err != nil:
			return err
		}
		c.rows = c.turn(c.buffer[:n], cut)
	}
	return nil
}

// turn moves rows to their times and keeps those of the present half.
func (c *turned) turn(rows []trace.Request, cut unit.Time) []trace.Request {
	kept := rows[:0]
	c.blocks = c.blocks[:0]
	scope := c.reader.Info().BlockScope
	for i := range rows {
		r := rows[i]
		if (r.At >= cut) != c.front {
			continue
		}
		if r.At += c.shift; c.front {
			r.At -= c.period
		}
		if scope == trace.TraceScope && c.copy > 0 && len(r.Blocks) > 0 {
			c.salt(&r)
		}
		kept = append(kept, r)
	}
	return kept
}

// salt gives a row's blocks ids of the copy's own.
func (c *turned) salt(r *trace.Request) {
	from := len(c.blocks)
	for _, id := range r.Blocks {
		c.blocks = append(c.blocks, scramble(id^scramble(uint64(c.copy))))
	}
	r.Blocks = c.blocks[from:len(c.blocks):len(c.blocks)]
}
