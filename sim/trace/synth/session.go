package synth

import (
	"math/rand/v2"
	"strconv"

	"quotawall/sim/trace"
	"quotawall/sim/unit"
)

// The purposes of a call's draws.
const (
	drawTurns purpose = 0x6f04f1f2c8a1d101 + iota
	drawSteps
	drawGap
	drawPrompt
	drawGrowth
	drawOutput
	drawRebuild
	drawCompact
	drawDelay
)

// session is one live session: what its next call will be.
type session struct {
	hash   uint64 // FNV-1a of its id; the key of its streams
	epoch  uint64 // forms of its history so far
	start  uint64 // place in the order of starts
	number int64  // among its user's sessions
	limit  int64  // tokens above which its history is compacted; 0 = none
	input  int64  // tokens of the next prompt
	reuse  int64  // of which repeat the last one
	calls  int64  // so far
	turns  int64  // to come, the present one included
	steps  int64  // to come of the present turn
	person int32
	model  int32
}

// pending is a call of a follower to come.
type pending struct {
	hash   uint64 // of the session that caused it
	number int64
	call   int64 // which of the session's calls did
	again  bool  // the follower has called in that session before
	before int64 // tokens of the session's history, where it is re-sent whole
	reuse  int64 // of which repeat its last prompt
	epoch  uint64
	person int32
}

// begin starts the next session: whose it is, and the process it came from,
// which has moved on to its next start.
func (f *family) begin() (*user, int32) {
	if f.users == nil {
		u := &f.common
		u.number++
		f.process.next(&u.state, f.at(&u.pace), &f.pcg)
		return u, f.person()
	}
	i := f.starts[0].slot
	u := &f.users[i]
	u.number++
	f.process.next(&u.state, f.at(&u.pace), &f.pcg)
	if u.state.at < float64(f.horizon) {
		f.starts.replace(due{at: unit.Time(u.state.at), order: uint64(i), slot: i})
	} else {
		f.starts.pop()
	}
	return u, i + 1
}

// person draws the user of a class that has one process for all.
func (f *family) person() int32 {
	switch {
	case f.crowd == 0:
		return 0
	case f.skew != nil:
		return int32(f.skew.draw(f.people)) + 1
	}
	return int32(f.people.Int64N(f.crowd)) + 1
}

// once writes the call of a class without sessions.
func (f *family) once(r *trace.Request, at unit.Time, u *user, person int32) {
	f.call(r, at)
	r.Input = f.prompt.count(f.stream(u.key, u.number, drawPrompt), max(1, f.shared))
	r.Output = f.output.count(f.stream(u.key, u.number, drawOutput), 0)
	r.User = f.out.userName(person)
	r.Model = f.model(u.key + uint64(u.number))
	r.Blocks = f.prefix(f.out, u.key, uint64(u.number), r.Input)
	if len(f.followers) > 0 {
		s := session{hash: scramble(u.key + uint64(u.number)), number: u.number, person: person, start: f.started, calls: 1}
		f.started++
		for i, g := range f.followers {
			if g.after.On != OnCompact && g.every == 1 {
				f.cause(i, s.start, f.caused(&s, r, 0), at+f.eventDelay(g.after.On, r.Output), unit.Never)
			}
		}
	}
}

// eventDelay is how long after a call's arrival an event of it happens: a
// session begins at once, all else waits for the answer.
func (f *family) eventDelay(on Event, output int64) unit.Time {
	if on == OnSession {
		return 0
	}
	return f.answered(output)
}

// admit makes a session live and returns its first call.
func (f *family) admit(at unit.Time, u *user, person int32) due {
	slot := f.slot()
	s := &f.live[slot]
	*s = session{number: u.number, person: person, start: f.started}
	f.started++
	s.hash = unit.Hash(f.id(s.person, s.number))
	s.turns = f.turns.count(f.stream(s.hash, 0, drawTurns), 1)
	s.steps = f.steps.count(f.stream(s.hash, 0, drawSteps), 1)
	s.model = f.model(s.hash ^ f.seed)
	s.input = f.prompt.count(f.stream(s.hash, 0, drawPrompt), max(1, f.shared))
	if s.limit = f.compaction.Above; s.input > s.limit {
		s.limit = f.compaction.Top
	}
	return due{at: at, order: order(0, s.start, 0), slot: slot}
}

// slot is a free place for a live session, its counts at 0.
func (f *family) slot() int32 {
	if n := len(f.free); n > 0 {
		slot := f.free[n-1]
		f.free = f.free[:n-1]
		clear(f.counts[int(slot)*len(f.followers) : (int(slot)+1)*len(f.followers)])
		return slot
	}
	f.live = append(f.live, session{})
	f.counts = append(f.counts, make([]int64, len(f.followers))...)
	return int32(len(f.live) - 1)
}

// id writes the id of a session to the memory of the present block.
func (f *family) id(person int32, number int64) []byte {
	from := len(f.out.ids)
	b := append(append(f.out.ids, f.name...), '-')
	if f.users != nil {
		b = append(strconv.AppendInt(append(b, 'u'), int64(person), 10), '-')
	}
	b = strconv.AppendInt(b, number, 10)
	f.out.ids = b
	return b[from:len(b):len(b)]
}

// step writes the call d of a live session and moves d to the one after it; it
// reports whether there is one.
func (f *family) step(r *trace.Request, d *due) bool {
	s := &f.live[d.slot]
	f.call(r, d.at)
	r.SessionID, r.Session = f.id(s.person, s.number), s.hash
	r.User, r.Model = f.out.userName(s.person), s.model
	r.Input, r.Shared = s.input, s.reuse
	r.Output = f.output.count(f.stream(s.hash, s.calls, drawOutput), 0)
	r.Blocks = f.prefix(f.out, s.hash, s.epoch, s.input)
	s.calls++
	s.steps--
	gap := &f.stepGap
	if s.steps == 0 {
		gap = &f.think
		s.turns--
		s.steps = f.steps.count(f.stream(s.hash, s.calls, drawSteps), 1)
		f.events(s, d, OnTurn, r)
	}
	f.events(s, d, OnStep, r)
	if s.calls == 1 {
		f.events(s, d, OnSession, r)
	}
	if s.turns == 0 {
		f.events(s, d, OnEnd, r)
		f.free = append(f.free, d.slot)
		return false
	}
	d.at += f.answered(r.Output) + gap.seconds(f.stream(s.hash, s.calls, drawGap))
	d.order = order(0, s.start, s.calls)
	if epoch := s.epoch; f.grow(s, r) {
		f.compacting(s, d, r, epoch)
	}
	if d.at >= f.horizon {
		f.free = append(f.free, d.slot)
		return false
	}
	return true
}

// grow makes a session's next prompt from its last call, and reports whether
// its history is compacted before it.
func (f *family) grow(s *session, last *trace.Request) bool {
	added := int64(f.growth.draw(f.stream(s.hash, s.calls, drawGrowth)) + 0.5)
	s.input, s.reuse = last.Input+added, last.Input
	switch f.history {
	case Fresh:
		s.input = f.prompt.count(f.stream(s.hash, s.calls, drawPrompt), max(1, f.shared))
		s.reuse = min(f.shared, last.Input)
		s.epoch++
	case Append, "":
		s.input += last.Output
	}
	if f.rebuild > 0 && f.stream(s.hash, s.calls, drawRebuild).Float64() < f.rebuild {
		s.reuse = min(f.shared, last.Input)
		s.epoch++
	}
	c := &f.compaction
	if s.limit == 0 && c.Share == 0 {
		return false
	}
	rng := f.stream(s.hash, s.calls, drawCompact)
	if rng.Float64() >= c.Share && (s.limit == 0 || s.input <= s.limit) {
		return false
	}
	f.compact(s, rng)
	return true
}

// compact replaces a session's history by a summary; the shared part stays.
func (f *family) compact(s *session, rng *rand.Rand) {
	to := s.input
	switch {
	case f.compaction.Ratio.Given():
		to = int64(f.ratio.draw(rng) * float64(s.input))
	case f.compaction.To.Given():
		to = f.to.count(rng, 1)
	}
	if s.limit > 0 {
		to = min(to, s.limit)
	}
	s.input = max(min(to, s.input), f.shared, 1)
	s.reuse = min(f.shared, s.reuse)
	s.epoch++
}

// events tells the followers of an event of the session's call d.
func (f *family) events(s *session, d *due, on Event, r *trace.Request) {
	for i, g := range f.followers {
		if g.after.On != on {
			continue
		}
		if n := f.nth(d.slot, i); n%g.every == 0 {
			p := f.caused(s, r, s.epoch)
			p.again = n > g.every
			f.cause(i, s.start, p, d.at+f.eventDelay(on, r.Output), unit.Never)
		}
	}
}

// compacting tells the followers that the history, of the form epoch, is
// compacted before the session's next call; they come before that one.
func (f *family) compacting(s *session, next *due, r *trace.Request, epoch uint64) {
	for i, g := range f.followers {
		if g.after.On != OnCompact {
			continue
		}
		if n := f.nth(next.slot, i); n%g.every == 0 {
			p := f.caused(s, r, epoch)
			p.again = n > g.every
			f.cause(i, s.start, p, r.At+f.answered(r.Output), max(r.At, next.at-1))
		}
	}
}

// nth counts an event of a session for one follower.
func (f *family) nth(slot int32, follower int) int64 {
	n := &f.counts[int(slot)*len(f.followers)+follower]
	*n++
	return *n
}

// caused is what a follower's call needs to know of the call that causes it.
func (f *family) caused(s *session, r *trace.Request, epoch uint64) pending {
	return pending{
		hash: s.hash, number: s.number, person: s.person, call: s.calls,
		before: r.Input + r.Output, reuse: r.Input, epoch: epoch,
	}
}

// cause places a follower's call at its delay after at, at the latest at last.
func (f *family) cause(follower int, start uint64, p pending, at, last unit.Time) {
	g := f.followers[follower]
	at = min(at+g.delay.seconds(f.stream(p.hash^g.key, p.call, drawDelay)), last)
	if at < f.horizon {
		f.due.push(due{at: at, order: order(follower+1, start, p.call), slot: f.pend(p)})
	}
}

func (f *family) pend(p pending) int32 {
	if n := len(f.spare); n > 0 {
		slot := f.spare[n-1]
		f.spare = f.spare[:n-1]
		f.calls[slot] = p
		return slot
	}
	f.calls = append(f.calls, p)
	return int32(len(f.calls) - 1)
}

// follow writes a follower's call.
func (f *family) follow(r *trace.Request, d due) {
	p := f.calls[d.slot]
	f.spare = append(f.spare, d.slot)
	g := f.followers[d.follower()-1]
	g.call(r, d.at)
	r.SessionID = f.id(p.person, p.number)
	r.Session = p.hash
	key := p.hash ^ g.key
	r.Input = g.prompt.count(f.stream(key, p.call, drawPrompt), max(1, g.shared))
	r.Output = g.output.count(f.stream(key, p.call, drawOutput), 0)
	if g.after.Whole {
		r.Input += p.before
		r.Shared = p.reuse
		r.Blocks = f.prefix(f.out, p.hash, p.epoch, r.Input)
	} else {
		f.own(r, g)
		r.Shared = 0
		if p.again {
			r.Shared = g.shared
		}
		r.Blocks = g.prefix(f.out, r.Session, uint64(p.call), r.Input)
	}
	r.User, r.Model = f.out.userName(p.person), g.model(key^f.seed)
}

// own gives a follower's call a session of its own: that of the call that
// caused it, and the follower's name.
func (f *family) own(r *trace.Request, g *class) {
	from := len(f.out.ids) - len(r.SessionID)
	f.out.ids = append(append(f.out.ids, '/'), g.name...)
	r.SessionID = f.out.ids[from:len(f.out.ids):len(f.out.ids)]
	r.Session = unit.Hash(r.SessionID)
}
