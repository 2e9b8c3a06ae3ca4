package logs

import (
	"io"
	"strconv"

	"quotawall/sim/trace"
	"quotawall/sim/trace/scan"
	"quotawall/sim/unit"
)

// streamed is a trace that is read row by row.
type streamed struct {
	*env
	feed feed
	at   int // the next call of the feed's batch
	base unit.Time
	last unit.Time // of the row handed out last
	seen map[id]struct{}
	ends unit.Time // the latest
}

// stream opens a log whose rows stand in order of time.
func stream(e *env, begin start, name string, r io.Reader) (trace.Reader, error) {
	m, err := begin(e)
	if err != nil {
		return nil, err
	}
	src, err := m.file(name, r)
	if err == io.EOF {
		return nil, e.emptiness(name)
	}
	if err != nil {
		return nil, err
	}
	s := &streamed{env: e, feed: feed{env: e, source: src}, seen: map[id]struct{}{}}
	e.sum.Files = 1
	err = s.feed.more()
	if err == io.EOF {
		return nil, e.emptiness(name)
	}
	if err != nil {
		return nil, err
	}
	s.again(&s.feed.calls[0])
	s.base = s.feed.calls[0].At
	s.last = s.base
	if e.info.Dated {
		e.info.Start = scan.Instant(int64(s.base))
	}
	return s, nil
}

// Info describes the trace.
func (s *streamed) Info() *trace.Info { return &s.info }

// Summary tells what was read so far.
func (s *streamed) Summary() *trace.Summary {
	s.sum.Span = s.ends
	return &s.sum
}

// Read fills block with the next rows.
func (s *streamed) Read(block []trace.Request) (int, error) {
	n := 0
	for n < len(block) && (n == 0 || len(s.feed.ids) < trace.BlocksPerRead) {
		if s.at == len(s.feed.calls) {
			if err := s.refill(n == 0); err != nil {
				if err == io.EOF && n > 0 {
					break
				}
				return 0, err
			}
		}
		if err := s.take(&block[n]); err != nil {
			return 0, err
		}
		n++
	}
	s.sum.Rows += int64(n)
	return n, nil
}

// refill reads further calls; what was handed out by this Read stays where it is.
func (s *streamed) refill(fresh bool) error {
	for {
		s.at, s.feed.calls = 0, s.feed.calls[:0]
		if fresh {
			s.feed.empty()
		}
		if err := s.feed.more(); err != nil || !s.again(&s.feed.calls[0]) {
			return err
		}
	}
}

// again reports whether a call was read before, by the id that a mapping names.
func (s *streamed) again(c *call) bool {
	if c.id == (id{}) {
		return false
	}
	if _, ok := s.seen[c.id]; ok {
		s.leaveOut(repeatedCall, s.feed.where())
		return true
	}
	s.seen[c.id] = struct{}{}
	return false
}

// take hands out the next call on the trace's clock.
func (s *streamed) take(r *trace.Request) error {
	c := &s.feed.calls[s.at]
	s.at++
	if c.At < s.last && !s.opt.Unordered {
		return &scan.Error{
			Position: s.feed.where(), Reason: "the trace is out of time order",
			Detail: "this row is " + strconv.FormatFloat((s.last-c.At).Seconds(), 'f', -1, 64) +
				" s before the one above it\n  --sort puts the rows in order",
		}
	}
	s.last = c.At
	*r = c.Request
	r.At -= s.base
	s.ends = max(s.ends, r.At)
	if len(r.SessionID) > 0 {
		r.Session = unit.Hash(r.SessionID)
	}
	if r.Failed() {
		s.sum.Failed++
	}
	return nil
}
