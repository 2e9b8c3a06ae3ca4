package study

import (
	"encoding/json"
	"errors"
	"sync"

	"quotawall/scenarios"
	"quotawall/sim/trace"
)

// shelfBytes bounds the arrivals that a study keeps in memory; what does not
// fit is read again for every point.
const shelfBytes = 1 << 30

// shelf keeps arrivals in memory for the points of a study that see the same
// ones. A replay is kept from its first use; a synthesis from its second, since
// a point that varies the traffic has one of its own.
type shelf struct {
	mu    sync.Mutex
	slots map[string]*slot
	order []string // least recently used first
	used  int64
}

type slot struct {
	mu     sync.Mutex
	seen   bool
	tooBig bool
	memory *memory
}

// memory is arrivals that were read once.
type memory struct {
	tape  *trace.Tape
	info  *trace.Info
	tally tally
	bytes int64
}

// shared is opt with a shelf.
func (o Options) shared() Options {
	if o.shelf == nil {
		o.shelf = &shelf{slots: map[string]*slot{}}
	}
	return o
}

// alone is opt for one of several points that run at once.
func (o Options) alone() Options {
	o.Workers = 1
	return o
}

// fingerprint tells arrivals apart; empty where they cannot be told.
func (f *traffic) fingerprint() string {
	t := f.spec.Trace
	t.Model, t.Models, t.Durations, t.MaxTokens = "", nil, "", 0 // decide nothing about arrivals
	seed := f.seed
	if len(f.spec.Traffic) == 0 && t.Scale <= 1 && t.Keep.Num == t.Keep.Den && t.Spread != "poisson" {
		seed = 0
	}
	arrivals := []any{t, seed}
	if len(f.spec.Traffic) > 0 || t.Repeat == scenarios.RepeatFill {
		arrivals = append(arrivals, f.spec.Traffic, f.spec.Start, f.spec.Horizon)
	}
	b, err := json.Marshal(arrivals)
	if err != nil {
		return ""
	}
	return string(b)
}

// look surveys the arrivals, in memory where they are there.
func (o *Options) look(f *traffic, plan *scenarios.Plan) (*survey, error) {
	m, err := o.remembered(f)
	if err != nil {
		return nil, err
	}
	if m == nil {
		return f.look(wantsOutputs(plan))
	}
	s := &survey{outputs: map[string]map[int64]int64{}, models: texts(&m.info.Names.Models), classes: texts(&m.info.Names.Classes)}
	s.last = m.tape.End()
	for rows := range m.tape.Blocks() {
		s.use(rows)
		if wantsOutputs(plan) {
			s.add(rows, m.info.Names)
		}
	}
	return s, nil
}

// remembered is the arrivals in memory, nil where they are not to be kept.
func (o *Options) remembered(f *traffic) (*memory, error) {
	if o.shelf == nil {
		return nil, nil
	}
	key := f.fingerprint()
	if key == "" {
		return nil, nil
	}
	x := o.shelf.slot(key)
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.memory != nil || x.tooBig {
		return x.memory, nil
	}
	if !x.seen && len(f.spec.Traffic) > 0 {
		x.seen = true
		return nil, nil
	}
	m, err := record(f)
	if errors.Is(err, errTooBig) {
		x.tooBig = true
		return nil, nil
	}
	if err == nil {
		x.memory = m
		o.shelf.add(key, m.bytes)
	}
	return m, err
}

// slot finds or makes a place, and marks it as used last.
func (s *shelf) slot(key string) *slot {
	s.mu.Lock()
	defer s.mu.Unlock()
	x, ok := s.slots[key]
	if !ok {
		x = &slot{}
		s.slots[key] = x
	}
	for i, k := range s.order {
		if k == key {
			s.order = append(append(s.order[:i:i], s.order[i+1:]...), key)
			return x
		}
	}
	s.order = append(s.order, key)
	return x
}

// add makes room by forgetting what was not used for longest.
func (s *shelf) add(key string, bytes int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.used += bytes
	for i := 0; s.used > shelfBytes && i < len(s.order); {
		old := s.order[i]
		x := s.slots[old]
		if old == key || !x.mu.TryLock() {
			i++
			continue
		}
		if x.memory != nil {
			s.used -= x.memory.bytes
		}
		x.mu.Unlock()
		delete(s.slots, old)
		s.order = append(s.order[:i:i], s.order[i+1:]...)
	}
}

var errTooBig = errors.New("the arrivals do not fit in memory")

// record reads arrivals into memory.
func record(f *traffic) (*memory, error) {
	m := &memory{}
	r, err := f.open(&m.tally)
	if err != nil {
		return nil, err
	}
	defer closeReader(r)
	m.tape, err = trace.Record(&weighed{Reader: r, bytes: &m.bytes})
	info := *r.Info()
	m.info = &info
	if s := m.tally.summary; s != nil { // it is the reader's, which would be kept with it
		read := *s
		m.tally.summary = &read
	}
	return m, err
}

// weighed stops a reader that yields more than fits.
type weighed struct {
	trace.Reader
	bytes *int64
}

func (w *weighed) Read(block []trace.Request) (int, error) {
	n, err := w.Reader.Read(block)
	for i := range block[:n] {
		*w.bytes += trace.RowBytes + 8*int64(len(block[i].Blocks))
	}
	if *w.bytes > shelfBytes {
		return 0, errTooBig
	}
	return n, err
}
