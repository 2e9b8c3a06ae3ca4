package public

import (
	"bytes"
	"container/heap"
	"fmt"
	"io"
	"strconv"

	"quotawall/sim/trace"
	"quotawall/sim/trace/scan"
	"quotawall/sim/unit"
)

// claudeMaxTokens is what Claude Code sends as max_tokens where a trace does
// not say (DESIGN 5, trace.max_tokens).
const claudeMaxTokens = 32_000

// sessions reads kv-cache-tester's sessions, one a line. They have no common
// clock: session k (k from 0, by line) begins at k x the session gap. In memory
// are the sessions that overlap.
type sessions struct {
	info trace.Info
	sum  trace.Summary
	opt  trace.ReadOptions

	open   func() (string, io.Reader, error) // the next file
	lines  *scan.Lines                       // of the current file; nil between files
	parser sessionParser
	order  int64 // of the next line
	ended  bool  // there are no more lines
	queue  queue // sessions that have calls to hand out, by time

	some        bool
	first, last unit.Time
}

// SniffSessions reports whether a text begins with a session.
func SniffSessions(head []byte) bool {
	head = bytes.TrimLeft(head, " \t\r\n")
	return bytes.HasPrefix(head, []byte("{")) && bytes.Contains(head, []byte(`"requests"`)) &&
		(bytes.Contains(head, []byte(`"hash_id_scope"`)) || bytes.Contains(head, []byte(`"block_size"`)))
}

// OpenSessions reads sessions from the lines of one or many files, one after
// another; next opens the next file or says io.EOF.
func OpenSessions(next func() (string, io.Reader, error), opt trace.ReadOptions) (trace.Reader, error) {
	s := &sessions{opt: opt, open: next}
	s.info = trace.Info{Format: "kv-cache-tester", Names: trace.NewNames(), Dialogues: true, MaxTokens: claudeMaxTokens}
	s.parser.names = s.info.Names
	s.info.Notes = []string{fmt.Sprintf("the sessions have no common clock: session k, from 0 in order of the lines, begins at k x %s", opt.SessionGap)}
	for len(s.queue) == 0 && !s.ended {
		if err := s.load(); err != nil {
			return nil, err
		}
	}
	if len(s.queue) == 0 {
		return nil, s.emptiness()
	}
	return s, nil
}

func (s *sessions) emptiness() error {
	reason := "the trace has no requests"
	if s.sum.Skipped > 0 {
		reason = "the trace has no good session"
	}
	return &scan.Error{Position: scan.Position{File: s.lines.File}, Reason: reason, Empty: true}
}

// Info describes the trace.
func (s *sessions) Info() *trace.Info { return &s.info }

// Summary tells what was read so far; what it skips are whole sessions.
func (s *sessions) Summary() *trace.Summary {
	s.sum.Span = s.last - s.first
	return &s.sum
}

// Read fills block with the next requests. Their ids and blocks belong to the
// sessions and never change.
func (s *sessions) Read(block []trace.Request) (int, error) {
	n := 0
	for n < len(block) {
		if err := s.loadDue(); err != nil {
			return 0, err
		}
		if len(s.queue) == 0 {
			break
		}
		n += s.take(block[n:])
	}
	if n == 0 && len(block) > 0 {
		return 0, io.EOF
	}
	s.count(block[:n])
	return n, nil
}

func (s *sessions) count(block []trace.Request) {
	if len(block) == 0 {
		return
	}
	if !s.some {
		s.first, s.some = block[0].At, true
	}
	s.last = block[len(block)-1].At
	s.sum.Rows += int64(len(block))
}

// begins is when the session of the next line begins.
func (s *sessions) begins() unit.Time { return unit.Time(s.order) * s.opt.SessionGap }

// loadDue reads sessions until the next call comes no later than any of the
// sessions that are not read yet. At equal times the earlier line is first.
func (s *sessions) loadDue() error {
	for !s.ended && (len(s.queue) == 0 || s.queue[0].next() > s.begins()) {
		if err := s.load(); err != nil {
			return err
		}
	}
	return nil
}

// take hands out calls of the first session in the queue while they come
// before those of all others.
func (s *sessions) take(block []trace.Request) (n int) {
	first := s.queue[0]
	until := s.limit()
	for n < len(block) {
		c := &first.calls[first.at]
		r := unknown()
		r.At, r.Input, r.Output, r.Duration = first.base+c.at, c.input, c.output, c.duration
		r.Model, r.Blocks = c.model, c.blocks
		r.Session, r.SessionID = first.hash, first.id
		block[n] = r
		n++
		first.at++
		if first.at == len(first.calls) {
			heap.Pop(&s.queue)
			return n
		}
		if first.next() >= until {
			heap.Fix(&s.queue, 0)
			return n
		}
	}
	return n
}

// limit is a time before which nothing but the first session has a call.
func (s *sessions) limit() unit.Time {
	until := unit.Never
	for i := 1; i <= 2 && i < len(s.queue); i++ {
		until = min(until, s.queue[i].next())
	}
	if !s.ended {
		until = min(until, s.begins())
	}
	return until
}

// load reads one more line into the queue, or finds that there is none.
func (s *sessions) load() error {
	line, err := s.line()
	if err == io.EOF {
		s.ended = true
		return nil
	}
	if err != nil || len(line) == 0 {
		return err
	}
	order := s.order
	s.order++
	one, mistake := s.parser.parse(line, s.lines)
	if mistake == nil {
		mistake = s.place(one, order)
	}
	switch {
	case mistake == nil && len(one.calls) > 0:
		heap.Push(&s.queue, one)
	case mistake == nil:
		s.sum.LeaveOut("the session has no requests", s.lines.At(0).String(), false)
	case s.opt.SkipBadRows:
		s.opt.LeaveOut(&s.sum, mistake.Reason, mistake.Position.String(), mistake)
	default:
		return mistake
	}
	return nil
}

// line is the next line of this file or the next.
func (s *sessions) line() ([]byte, error) {
	for s.opt.Head == 0 || s.order < s.opt.Head {
		if s.lines == nil || s.ended {
			name, r, err := s.open()
			if err != nil {
				return nil, err
			}
			s.lines, s.ended = scan.NewLines(name, r), false
			s.sum.Files++
		}
		line, err := s.lines.Next()
		if err != io.EOF {
			return line, err
		}
		s.ended = true
	}
	return nil, io.EOF
}

// place puts a session on the trace's clock and checks that its ids mean what
// those of the sessions before it mean.
func (s *sessions) place(one *session, order int64) *scan.Error {
	mistake := func(reason string) *scan.Error {
		return &scan.Error{Position: s.lines.At(0), Reason: reason, Row: true}
	}
	gap := s.opt.SessionGap
	if gap > 0 && order > int64(trace.MaxTime/gap) {
		return mistake("the session would begin too late: make the session gap smaller")
	}
	one.order, one.base = order, unit.Time(order)*gap
	if len(one.id) == 0 {
		one.id = strconv.AppendInt([]byte("session:"), order, 10)
	}
	one.hash = unit.Hash(one.id)
	if n := len(one.calls); n == 0 || !one.hasBlocks() {
		return nil
	}
	switch {
	case one.blockTokens == 0:
		return mistake(`there are hash_ids, but no "block_size" that says how many tokens each stands for`)
	case one.scope == trace.NoBlocks:
		one.scope = trace.SessionScope
	}
	if s.info.BlockTokens == 0 {
		s.info.BlockTokens, s.info.BlockScope = one.blockTokens, one.scope
	}
	if one.blockTokens != s.info.BlockTokens || one.scope != s.info.BlockScope {
		return mistake("block_size or hash_id_scope differs from the sessions before")
	}
	return nil
}

func (s *session) hasBlocks() bool {
	for i := range s.calls {
		if len(s.calls[i].blocks) > 0 {
			return true
		}
	}
	return false
}

// queue orders sessions by their next call, then by line.
type queue []*session

func (q queue) Len() int { return len(q) }

func (q queue) Less(i, j int) bool {
	a, b := q[i].next(), q[j].next()
	return a < b || a == b && q[i].order < q[j].order
}

func (q queue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }

func (q *queue) Push(x any) { *q = append(*q, x.(*session)) }

func (q *queue) Pop() any {
	last := len(*q) - 1
	s := (*q)[last]
	(*q)[last] = nil
	*q = (*q)[:last]
	return s
}
