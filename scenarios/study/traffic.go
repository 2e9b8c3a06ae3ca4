// Package study runs experiments on scenarios: the progression, and what is
// built from it. It reads traffic once and feeds it to every step.
package study

import (
	"io"
	"time"

	"quotawall/scenarios"
	"quotawall/sim/trace"
	"quotawall/sim/trace/ingest"
	"quotawall/sim/trace/synth"
	"quotawall/sim/unit"
)

// Defaults of DESIGN 2.1 and 5.
const (
	defaultSynthesis = 7 * unit.Day
	shortestHorizon  = unit.Minute
	blockRows        = 4096
)

// defaultStart is a Monday.
func defaultStart() time.Time { return time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC) }

// traffic is the arrivals that all steps of a plan see.
type traffic struct {
	spec  *scenarios.Spec
	files []ingest.File
	seed  uint64
}

// horizonOf is the default horizon of a trace whose last arrival is at span.
func horizonOf(span unit.Time) unit.Time {
	if span+1 < unit.Day {
		return max(span+1, shortestHorizon)
	}
	return (span/unit.Day + 1) * unit.Day
}

// open starts the arrivals from the beginning. t counts what the file, or the
// synthesis, holds before any repetition.
func (f *traffic) open(t *tally) (trace.Reader, error) {
	if len(f.spec.Traffic) > 0 {
		start, horizon := f.spec.Start, f.spec.Horizon
		if start.IsZero() {
			start = defaultStart()
		}
		if horizon == 0 {
			horizon = defaultSynthesis
		}
		r, err := synth.New(f.spec.Traffic, start, horizon, f.seed)
		return t.count(r), err
	}
	return f.replay(t)
}

// replay opens the trace and what the scenario does to it.
func (f *traffic) replay(t *tally) (trace.Reader, error) {
	s := &f.spec.Trace
	source := func() (trace.Reader, error) {
		r, err := f.file(t)
		if err != nil {
			return nil, err
		}
		if s.Keep.Num < s.Keep.Den {
			if r, err = synth.Thin(r, s.Keep.Float(), synth.KeepSessions, f.seed); err != nil {
				return nil, err
			}
		}
		if s.Stretch.Num != s.Stretch.Den {
			return synth.Stretch(r, float64(s.Stretch.Num)/float64(s.Stretch.Den))
		}
		return r, nil
	}
	open := source
	if s.Scale > 1 {
		open = func() (trace.Reader, error) { return synth.Scale(source, int(s.Scale), 0, f.seed) }
	}
	switch {
	case s.Repeat == scenarios.RepeatFill:
		return synth.Repeat(open, 0, f.spec.Horizon)
	case s.Repeat > 1:
		return synth.Repeat(open, s.Repeat, unit.Never)
	}
	return open()
}

// file opens the trace's file as the scenario reads it; t counts all of it.
func (f *traffic) file(t *tally) (trace.Reader, error) {
	s := &f.spec.Trace
	opt := trace.ReadOptions{Head: s.Head, SkipBadRows: s.SkipBadRows, Unordered: s.Sort, SessionGap: s.SessionGap, Seed: f.seed}
	if len(s.Map) > 0 {
		opt.Map = map[string]string{}
		for k, v := range s.Map {
			opt.Map[k] = *v
		}
	}
	switch s.InputCount {
	case "inclusive":
		opt.Inclusive = trace.Inclusive
	case "exclusive":
		opt.Inclusive = trace.Exclusive
	}
	if s.Spread == "poisson" {
		opt.Spread = trace.Poisson
	}
	opened, err := ingest.Open(f.files, s.Format, opt)
	if err != nil {
		return nil, err
	}
	r := t.count(opened)
	if s.Failed == "skip" || s.Background.Num > 0 {
		return &selected{Reader: r, skipFailed: s.Failed == "skip", background: s.Background.Float()}, nil
	}
	return r, nil
}

// start is the UTC instant of time 0.
func (f *traffic) start(info *trace.Info) time.Time {
	switch {
	case !f.spec.Start.IsZero():
		return f.spec.Start
	case info.Dated:
		return info.Start
	}
	return defaultStart()
}

// tally counts one play of the trace; further plays are not counted again.
type tally struct {
	taken         bool
	requests      int64
	input, output int64
	span          unit.Time
	summary       *trace.Summary
	format        string
}

func (t *tally) count(r trace.Reader) trace.Reader {
	if t == nil || t.taken || r == nil {
		return r
	}
	*t = tally{taken: true, format: r.Info().Format}
	if s, ok := r.(trace.Summarizer); ok {
		t.summary = s.Summary()
	}
	return &counted{r, t}
}

type counted struct {
	trace.Reader
	t *tally
}

func (c *counted) Read(block []trace.Request) (int, error) {
	n, err := c.Reader.Read(block)
	for i := range block[:n] {
		c.t.input += block[i].Input
		c.t.output += block[i].Output
	}
	if n > 0 {
		c.t.requests += int64(n)
		c.t.span = block[n-1].At
	}
	return n, err
}

// selected leaves out failed calls, and takes a share of the sessions of a
// trace without classes as background work.
type selected struct {
	trace.Reader
	skipFailed bool
	background float64
	class      int32
	row        uint64
}

func (s *selected) Read(block []trace.Request) (int, error) {
	for {
		n, err := s.Reader.Read(block)
		kept := 0
		for i := range block[:n] {
			r := &block[i]
			s.row++
			if s.skipFailed && r.Failed() {
				continue
			}
			if s.background > 0 && r.Class == 0 && s.isBackground(r) {
				if s.class == 0 {
					s.class = s.Info().Names.Classes.InternString(scenarios.BackgroundClass)
				}
				r.Class = s.class
			}
			if kept < i {
				block[kept] = *r
			}
			kept++
		}
		if kept > 0 || err != nil || n == 0 {
			return kept, err
		}
	}
}

// isBackground decides by the hash of the session, or of the row where there
// is none, so that it needs no memory and no stream.
func (s *selected) isBackground(r *trace.Request) bool {
	key := r.Session
	if len(r.SessionID) == 0 {
		key = unit.HashByte(s.row, 'b')
	}
	key ^= key >> 29
	key *= 0xbf58476d1ce4e5b9 // splitmix64, Steele et al. 2014
	key ^= key >> 32
	return float64(key>>11)/(1<<53) < s.background
}

// Close closes the reader below.
func (s *selected) Close() error { return closeReader(s.Reader) }

// Close closes the reader below.
func (c *counted) Close() error { return closeReader(c.Reader) }

func closeReader(r trace.Reader) error {
	if c, ok := r.(io.Closer); ok {
		return c.Close()
	}
	return nil
}
