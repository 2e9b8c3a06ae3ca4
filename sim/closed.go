package sim

import (
	"quotawall/sim/trace"
	"quotawall/sim/unit"
)

// sessions is the closed loop: each session's next request follows the end of
// its previous answer by its think time (DESIGN 2.5).
type sessions struct {
	tape  *trace.Tape
	rows  int32 // of the tape, before the horizon
	fed   int32 // of these, those that were offered
	state []session
}

// session is where one session stands.
type session struct {
	row    int32     // its latest row that has arrived
	think  unit.Time // of the next row after it; negative: scheduled at the arrival
	pause  unit.Time // no arrivals before
	paused Limit     // limit of the last pause
	last   Limit     // limit that refused one of its requests last
	dead   bool      // never resumes
	// awaiting: the next row is scheduled when the current one has its answer.
	awaiting bool
}

// Load closes the loop: the rows of a tape are to be fed. Only a session's first
// request stands at its time in the trace; rows at or after the horizon are left
// out.
func (e *Engine) Load(t *trace.Tape) {
	e.sessions.tape, e.sessions.rows = t, int32(t.Before(e.horizon))
}

// play is Feed in a closed loop, of the next rows of the tape.
func (s *sessions) play(e *Engine, rows int) {
	last := min(s.fed+int32(rows), s.rows)
	for ; s.fed < last; s.fed++ {
		if s.tape.First(s.fed) {
			at, order := s.tape.Row(s.fed).At, uint64(arrival)<<kindShift|uint64(s.fed)
			e.runUntil(at, order)
			e.clock(at, order)
			s.state = append(s.state, session{row: s.fed, pause: -unit.Never})
			e.sessionArrival(int32(len(s.state) - 1))
		}
	}
	if last > 0 {
		e.runUntil(s.tape.Row(last-1).At, uint64(arrival)<<kindShift|uint64(last-1))
	}
}

// next is the row after row in its session, and how much later it stands in the
// trace; None where there is none before the horizon.
func (s *sessions) next(row int32) (next int32, gap unit.Time) {
	if next, gap = s.tape.Next(row); next == trace.Unknown || next >= s.rows {
		return None, 0
	}
	return next, gap
}

// sessionArrival is the arrival of a session's current row, unless the session
// pauses: then it comes at the pause's end.
func (e *Engine) sessionArrival(owner int32) {
	s := &e.sessions.state[owner]
	if s.dead || e.now < s.pause {
		e.sessionSchedule(owner, s.pause)
		return
	}
	r := e.sessions.tape.Row(s.row)
	var c call
	e.place = int64(s.row)
	e.fill(&c, r)
	c.arrival, c.owner = e.now, owner
	if next, gap := e.sessions.next(s.row); next != None {
		s.think = gap - e.requestedDuration(&c)
		if s.think < 0 {
			c.owner = e.overlap(owner, next, e.now+gap)
		}
		s.awaiting = s.think >= 0
	}
	e.arrive(&c)
}

// requestedDuration is the duration a call has on its requested model.
func (e *Engine) requestedDuration(c *call) unit.Time {
	m := &e.cfg.Models[c.model]
	top, output := c.max, c.output
	if m.MaxOutput > 0 && (top < 0 || top > m.MaxOutput) {
		top = m.MaxOutput
	}
	if top >= 0 {
		output = min(output, top)
	}
	return e.durationOf(c.duration, c.model, c.model, output)
}

// overlap schedules the next row of a session while its current one still
// runs: the trace shows the two overlapping, so the gap of the trace stands.
// The current call stays the session's for pauses, not for its next arrival.
func (e *Engine) overlap(owner, next int32, at unit.Time) int32 {
	e.sessions.state[owner].row = next
	e.sessionSchedule(owner, at)
	return -2 - owner
}

// sessionOf decodes a call's owner: the session, and whether its next row
// waits for this call.
func sessionOf(owner int32) (session int32, awaited bool) {
	if owner <= -2 {
		return -2 - owner, false
	}
	return owner, true
}

// sessionServed schedules a session's next request after an answer.
func (e *Engine) sessionServed(owner int32) {
	id, awaited := sessionOf(owner)
	s := &e.sessions.state[id]
	if awaited && s.awaiting {
		s.row, _ = e.sessions.next(s.row)
		e.sessionSchedule(id, e.now+s.think)
	}
}

// sessionRefused notes what refused a session's call.
func (e *Engine) sessionRefused(owner int32, by Limit) {
	id, _ := sessionOf(owner)
	e.sessions.state[id].last = by
}

// sessionUnserved pauses a session after a request that nothing served; known
// is when the session knows.
func (e *Engine) sessionUnserved(c *call, why Limit, known unit.Time) {
	id, awaited := sessionOf(c.owner)
	s := &e.sessions.state[id]
	until := known
	switch cl := &e.cfg.Client; {
	case cl.Resume == ResumeNever:
		s.dead, s.paused = true, why
	case cl.Resume == ResumeDuration:
		until, s.paused = known+cl.ResumeAfter, why
	case why != TooLong && why != Deadline:
		until, s.paused = e.resetAfter(c, why, known), why
	}
	if until > known {
		s.pause = max(s.pause, until)
		until = s.pause
	}
	if awaited && s.awaiting {
		s.row, _ = e.sessions.next(s.row)
		e.sessionSchedule(id, until+s.think)
	}
}

// resetAfter is the next window of the limit that refused last if that is
// fixed; else a minute for minute limits, an hour for day limits.
func (e *Engine) resetAfter(c *call, why Limit, known unit.Time) unit.Time {
	if g := e.gateOf(c, why); g != nil {
		if at, ok := g.WindowAfter(known); ok {
			return at
		}
	}
	if why == TokensPerDay || why == TokensPerDayAccount {
		return known + unit.Hour
	}
	return known + unit.Minute
}

// sessionSchedule schedules the arrival of a session's current row; one that
// would come at or after the horizon is never made, nor what follows it.
func (e *Engine) sessionSchedule(owner int32, at unit.Time) {
	s := &e.sessions.state[owner]
	s.awaiting = false
	if at >= e.horizon || s.dead {
		e.abandonFrom(owner)
		return
	}
	e.events.pushArrival(at, int64(s.row), owner)
}

// abandonFrom counts a session's current row and all after it as abandoned.
func (e *Engine) abandonFrom(owner int32) {
	s := &e.sessions.state[owner]
	by := s.paused
	if by == NoLimit {
		by = s.last
	}
	for row := s.row; row != None; row, _ = e.sessions.next(row) {
		var c call
		e.place = int64(row)
		e.fill(&c, e.sessions.tape.Row(row))
		e.ledger.abandon(e.now, &c, by)
	}
}

// cutSessions abandons what sessions would still have asked after a cut.
func (e *Engine) cutSessions() {
	for i := range e.sessions.state {
		if s := &e.sessions.state[i]; s.awaiting {
			s.row, _ = e.sessions.next(s.row)
			e.abandonFrom(int32(i))
		}
	}
}
