package ingest

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"time"

	"quotawall/sim/trace"
	"quotawall/sim/unit"
)

// Bounds on what is sorted in memory: some 6 GB at most.
const (
	MostSorted       = 20_000_000
	mostSortedBlocks = 250_000_000
	// chunkRows and chunkIDs are how many rows and ids are kept together, so
	// that nothing is moved when there are more.
	chunkRows = 64 << 10
	chunkIDs  = 1 << 20
)

// inMemory is a trace that was read to its end and put in order of time.
type inMemory struct {
	trace.Reader // the source, at its end
	info         trace.Info
	rows         [][]trace.Request // chunks, as read
	order        []place           // by time
	at           int
	shift        unit.Time // added to all times
	sessions     map[string][]byte
	ids          []uint64 // room for block ids
	blocks       int
}

// place is a row's time and where it was read.
type place struct {
	at  unit.Time
	row int32
}

// sorted reads all of r and sorts it stably by time; time 0 is then the first
// request of a dated trace.
func sorted(r trace.Reader) (trace.Reader, error) {
	s := &inMemory{Reader: r, sessions: map[string][]byte{}}
	block := make([]trace.Request, 1024)
	for {
		n, err := r.Read(block)
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		for i := range block[:n] {
			s.add(block[i])
		}
		if len(s.order) > MostSorted || s.blocks > mostSortedBlocks {
			return nil, fmt.Errorf("the trace has more than %d rows or %d block ids, too many to sort in memory: sort the file itself", MostSorted, mostSortedBlocks)
		}
	}
	slices.SortFunc(s.order, func(a, b place) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.row, b.row)) })
	s.info = *r.Info()
	s.rebase()
	return s, nil
}

// add keeps a row, with memory of its own for its session and blocks.
func (s *inMemory) add(q trace.Request) {
	if len(q.SessionID) > 0 {
		own, ok := s.sessions[string(q.SessionID)]
		if !ok {
			own = slices.Clone(q.SessionID)
			s.sessions[string(own)] = own
		}
		q.SessionID = own
	}
	if n := len(q.Blocks); n > 0 {
		if n > cap(s.ids)-len(s.ids) {
			s.ids = make([]uint64, 0, max(n, chunkIDs))
		}
		begin := len(s.ids)
		s.ids = append(s.ids, q.Blocks...)
		q.Blocks = s.ids[begin:len(s.ids):len(s.ids)]
		s.blocks += n
	}
	row := len(s.order)
	if row%chunkRows == 0 {
		s.rows = append(s.rows, make([]trace.Request, 0, chunkRows))
	}
	last := &s.rows[len(s.rows)-1]
	*last = append(*last, q)
	s.order = append(s.order, place{q.At, int32(row)})
}

// rebase makes the first request's time 0 in a dated trace, and no time
// negative in another.
func (s *inMemory) rebase() {
	if len(s.order) == 0 {
		return
	}
	if first := s.order[0].at; first < 0 {
		s.shift = -first
		s.info.Start = first.At(s.info.Start)
	}
}

func (s *inMemory) Info() *trace.Info {
	s.info.Notes = s.Reader.Info().Notes
	return &s.info
}

func (s *inMemory) Read(block []trace.Request) (int, error) {
	if s.at == len(s.order) {
		return 0, io.EOF
	}
	n := min(len(block), len(s.order)-s.at)
	for i, p := range s.order[s.at : s.at+n] {
		block[i] = s.rows[p.row/chunkRows][p.row%chunkRows]
		block[i].At += s.shift
	}
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
	sum := trace.Summary{Files: 1, Rows: int64(len(s.order))}
	if r, ok := s.Reader.(trace.Summarizer); ok {
		sum = *r.Summary()
	}
	if n := len(s.order); n > 0 {
		sum.Span = s.order[n-1].at - s.order[0].at
	}
	return &sum
}

// since is b - a in microseconds, for instants whose distance fits.
func since(a, b time.Time) unit.Time {
	return unit.Time(b.UnixMicro() - a.UnixMicro())
}
