package synth

import (
	"slices"

	"quotawall/sim/trace"
	"quotawall/sim/unit"
)

// observed is what Fit keeps of one class of a trace.
type observed struct {
	name            string
	first, last     unit.Time // arrivals
	calls           int64
	begun           int64 // sessions, single calls included
	firstStart      unit.Time
	lastStart       unit.Time
	starts          hist // gaps between session starts, microseconds
	squares         float64
	hourly          []gaps  // of the starts, by hour of the trace
	minutes         []int32 // starts, by minute of the trace
	week            [7 * 24]int64
	input, output   hist
	prompt, growth  hist // of sessions: first prompts, and what was added
	gap             hist // within sessions, microseconds
	ratio           hist // after over before, per mille, where a prompt shrank
	shrunk, rebuilt int64
	kept            hist // tokens that repeat where little does
	steps           int64
	sessions        map[uint64]*seen
	blocks          map[uint64]uint64 // of trace scope: the session that sent a block last
	models, users   map[int32]int64
	max             map[int64]int64
	inferred        bool // sessions come from blocks
}

// gaps sums gaps of one hour.
type gaps struct {
	n           int64
	sum, square float64
}

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

// add takes in one row. week is the hour of the local week.
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
	s := o.sessions[key]
	if !ok || s == nil {
		o.start(r, week)
		if ok {
			o.prompt.add(float64(r.Input))
			o.sessions[key] = &seen{at: r.At, input: r.Input, calls: 1, blocks: slices.Clone(r.Blocks)}
		}
		return
	}
	o.step(s, r, info)
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
	o.inferred = true
	n := 0
	key := uint64(o.calls)
	for n < len(r.Blocks) {
		k, ok := o.blocks[r.Blocks[n]]
		if !ok {
			break
		}
		key = k
		n++
	}
	if s := o.sessions[key]; n < 2 || s == nil || 2*n < len(s.blocks) {
		key = uint64(o.calls)
	}
	for _, b := range r.Blocks {
		o.blocks[b] = key
	}
	return key, true
}

// start counts a session's first call, or a single one.
func (o *observed) start(r *trace.Request, week int) {
	if o.begun == 0 {
		o.firstStart = r.At
	} else {
		gap := float64(r.At - o.lastStart)
		o.starts.add(gap)
		o.squares += float64(gap * gap)
		hour := int(r.At / unit.Hour)
		for len(o.hourly) <= hour {
			o.hourly = append(o.hourly, gaps{})
		}
		h := &o.hourly[hour]
		h.n++
		h.sum += gap
		h.square += float64(gap * gap)
	}
	minute := int((r.At - o.firstStart) / unit.Minute)
	for len(o.minutes) <= minute {
		o.minutes = append(o.minutes, 0)
	}
	o.minutes[minute]++
	o.week[week]++
	o.lastStart = r.At
	o.begun++
}

// step counts a later call of a session.
func (o *observed) step(s *seen, r *trace.Request, info *trace.Info) {
	o.steps++
	o.gap.add(float64(r.At - s.at))
	shared := repeated(s, r, info)
	switch {
	case r.Input < s.input:
		o.shrunk++
		o.ratio.add(float64(r.Input) / float64(max(s.input, 1)) * 1000)
		if shared >= 0 {
			o.kept.add(float64(shared))
		}
	case shared >= 0 && shared < s.input/10*9:
		o.rebuilt++
		o.kept.add(float64(shared))
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
