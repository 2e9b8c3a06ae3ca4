package synth

import (
	"slices"

	"quotawall/sim/trace"
	"quotawall/sim/unit"
)

// observed is what Fit keeps of one class of a trace. It grows with the
// sessions and, where blocks have trace scope, with the distinct blocks.
type observed struct {
	name        string
	calls       int64
	first, last unit.Time // of all calls
	begun       int64     // sessions, single calls included
	lastStart   unit.Time
	starts      hist         // gaps between session starts, microseconds
	square      float64      // sum of their squares
	hourly      []gaps       // of the starts, by hour of the trace
	week        [7 * 24]hour // of the starts, by hour of the local week

	input, output, prompt, growth hist
	gap                           hist // within sessions, microseconds
	ratio                         hist // prompt over the one before, per mille, where it shrank
	steps, shrunk, rebuilt        int64
	told                          int64 // steps of which the trace tells what they repeat
	kept                          hist  // tokens that repeat where little does
	before                        hist  // prompts that the next one is shorter than

	sessions map[uint64]*seen
	blocks   map[uint64]uint64 // of trace scope: the session that sent a block last
	models   map[int32]int64
	users    map[int32]int64
	max      map[int64]int64
	inferred bool // sessions come from blocks
	partial  bool // blocks cover only the front of prompts, so they tell no sessions
}

// gaps sums gaps of one hour.
type gaps struct {
	n           int64
	sum, square float64
}

// hour is an hour of the week: starts in it, and how often it was there.
type hour struct{ starts, covered float64 }

// seen is the last call of one session.
type seen struct {
	at     unit.Time
	input  int64
	calls  int64
	blocks []uint64
}

func newObserved(name string) *observed {
	return &observed{
		name: name, sessions: map[uint64]*seen{}, blocks: map[uint64]uint64{},
		models: map[int32]int64{}, users: map[int32]int64{}, max: map[int64]int64{},
	}
}

// add takes in one row; week is the hour of the local week.
func (o *observed) add(r *trace.Request, info *trace.Info, week int) {
	if o.calls == 0 {
		o.first = r.At
	}
	o.last = r.At
	o.calls++
	o.input.add(float64(r.Input))
	o.output.add(float64(r.Output))
	o.models[r.Model]++
	o.users[r.User]++
	o.max[r.Max]++
	key, ok := o.session(r, info)
	if s := o.sessions[key]; ok && s != nil {
		o.step(s, r, info)
		return
	}
	o.start(r.At, week)
	o.prompt.add(float64(r.Input))
	if ok {
		o.sessions[key] = &seen{at: r.At, input: r.Input, calls: 1, blocks: slices.Clone(r.Blocks)}
	}
}

// session is the session of a row: the one it names, or, where blocks are of
// trace scope, the one that sent at least half of its last prompt's blocks as
// the front of this one. Otherwise the row stands alone.
func (o *observed) session(r *trace.Request, info *trace.Info) (uint64, bool) {
	if len(r.SessionID) > 0 {
		return r.Session, true
	}
	if info.BlockScope != trace.TraceScope || len(r.Blocks) == 0 {
		return 0, false
	}
	if cover := int64(len(r.Blocks)+1) * info.BlockTokens; o.partial || r.Input >= cover {
		o.partial = true
		o.kept.add(float64(min(cover-info.BlockTokens, r.Input)))
		return 0, false
	}
	o.inferred = true
	own := uint64(o.calls)
	key, n := own, 0
	for n < len(r.Blocks) {
		k, ok := o.blocks[r.Blocks[n]]
		if !ok {
			break
		}
		key = k
		n++
	}
	if s := o.sessions[key]; n < 2 || s == nil || 2*n < len(s.blocks) {
		key = own
		if n > 0 {
			o.kept.add(float64(min(int64(n)*info.BlockTokens, r.Input)))
		}
	}
	for _, b := range r.Blocks {
		o.blocks[b] = key
	}
	return key, true
}

// start counts a session's first call, or a single one.
func (o *observed) start(at unit.Time, week int) {
	if o.begun > 0 {
		gap := float64(at - o.lastStart)
		o.starts.add(gap)
		o.square += float64(gap * gap)
		place := int(at / unit.Hour)
		for len(o.hourly) <= place {
			o.hourly = append(o.hourly, gaps{})
		}
		h := &o.hourly[place]
		h.n++
		h.sum += gap
		h.square += float64(gap * gap)
	}
	o.week[week].starts++
	o.lastStart = at
	o.begun++
}

// step counts a later call of a session.
func (o *observed) step(s *seen, r *trace.Request, info *trace.Info) {
	o.steps++
	o.gap.add(float64(r.At - s.at))
	shared := repeated(s, r, info)
	if shared >= 0 {
		o.told++
	}
	// A block's worth may repeat beyond the last whole block.
	little := shared >= 0 && shared+info.BlockTokens < s.input/10*9
	if little {
		o.kept.add(float64(shared))
	}
	switch {
	case r.Input < s.input:
		o.shrunk++
		o.before.add(float64(s.input))
		o.ratio.add(float64(r.Input) / float64(s.input) * 1000)
	case little:
		o.rebuilt++
		o.growth.add(float64(r.Input - s.input))
	default:
		o.growth.add(float64(r.Input - s.input))
	}
	s.at, s.input = r.At, r.Input
	s.calls++
	s.blocks = append(s.blocks[:0], r.Blocks...)
}

// repeated is how many tokens a prompt repeats of the session's last one, or
// Unknown.
func repeated(s *seen, r *trace.Request, info *trace.Info) int64 {
	if r.Shared >= 0 {
		return r.Shared
	}
	if len(r.Blocks) == 0 || len(s.blocks) == 0 {
		return trace.Unknown
	}
	n := 0
	for n < len(r.Blocks) && n < len(s.blocks) && r.Blocks[n] == s.blocks[n] {
		n++
	}
	return min(int64(n)*info.BlockTokens, r.Input)
}
