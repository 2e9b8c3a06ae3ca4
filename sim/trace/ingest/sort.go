package ingest

import (
	"fmt"
	"io"
	"slices"
	"time"

	"quotawall/sim/trace"
	"quotawall/sim/unit"
)

// Bounds on what is sorted in memory: some 5 GB at most.
const (
	MostSorted       = 20_000_000
	mostSortedBlocks = 250_000_000
)

// inMemory is a trace that was read to its end and put in order of time.
type inMemory struct {
	trace.Reader // the source, at its end
	info         trace.Info
	rows         []trace.Request
	at           int
}

// sorted reads all of r and sorts it stably by time; time 0 is then the first
// request of a dated trace.
func sorted(r trace.Reader) (trace.Reader, error) {
	s := &inMemory{Reader: r}
	blocks := 0
	block := make([]trace.Request, 1024)
	for {
		n, err := r.Read(block)
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		for _, q := range block[:n] {
			q.Blocks, q.SessionID = slices.Clone(q.Blocks), slices.Clone(q.SessionID)
			blocks += len(q.Blocks)
			s.rows = append(s.rows, q)
		}
		if len(s.rows) > MostSorted || blocks > mostSortedBlocks {
			return nil, fmt.Errorf("the trace has more than %d rows or %d block ids, too many to sort in memory: sort the file itself", MostSorted, mostSortedBlocks)
		}
	}
	slices.SortStableFunc(s.rows, func(a, b trace.Request) int { return compareTimes(a.At, b.At) })
	s.info = *r.Info()
	s.rebase()
	return s, nil
}

func compareTimes(a, b unit.Time) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// rebase makes the first request's time 0 in a dated trace, and no time
// negative in another.
func (s *inMemory) rebase() {
	if len(s.rows) == 0 || s.rows[0].At >= 0 && !s.info.Dated {
		return
	}
	first := s.rows[0].At
	if first > 0 {
		return
	}
	for i := range s.rows {
		s.rows[i].At -= first
	}
	s.info.Start = first.At(s.info.Start)
}

func (s *inMemory) Info() *trace.Info {
	s.info.Notes = s.Reader.Info().Notes
	return &s.info
}

func (s *inMemory) Read(block []trace.Request) (int, error) {
	if s.at == len(s.rows) {
		return 0, io.EOF
	}
	n := copy(block, s.rows[s.at:])
	s.at += n
	return n, nil
}

// Close closes the source.
func (s *inMemory) Close() error {
	if c, ok := s.Reader.(io.Closer); ok {
		return c.Close()
	}
	return nil
}

// Summary is that of the source, with the span of the sorted rows.
func (s *inMemory) Summary() *trace.Summary {
	sum := trace.Summary{Files: 1, Rows: int64(len(s.rows))}
	if r, ok := s.Reader.(trace.Summarizer); ok {
		sum = *r.Summary()
	}
	if n := len(s.rows); n > 0 {
		sum.Span = s.rows[n-1].At - s.rows[0].At
	}
	return &sum
}

// since is b - a in microseconds, for instants whose distance fits.
func since(a, b time.Time) unit.Time {
	return unit.Time(b.UnixMicro() - a.UnixMicro())
}
