package sim

import (
	"slices"

	"quotawall/sim/trace"
	"quotawall/sim/unit"
)

// oracleSession is a closed session: the rows that are still to come.
type oracleSession struct {
	rows         []int // places not yet arrived
	pauseEnd     unit.Time
	paused, last Limit
	dead         bool
}

// run offers rows as the client's loop says.
func (o *oracle) run(rows []trace.Request) {
	rows = slices.Clone(rows)
	var number trace.Numberer
	number.Number(rows)
	for i := range rows {
		if rows[i].At >= o.cfg.Horizon {
			continue
		}
		if !o.cfg.Client.Closed {
			o.push(rows[i].At, arrival, int64(i), func() { o.arrive(o.call(i, rows)) }, nil)
			continue
		}
		s := o.all[rows[i].Session]
		if s == nil {
			s = &oracleSession{pauseEnd: -unit.Never}
			o.all[rows[i].Session] = s
			o.push(rows[i].At, arrival, int64(i), func() { o.comes(s, rows) }, nil)
		}
		s.rows = append(s.rows, i)
	}
	o.rows = rows
	o.loop()
	for _, s := range o.all { // counts only: the order does not matter
		o.abandon(s)
	}
}

// comes is the moment at which a session's next row would come.
func (o *oracle) comes(s *oracleSession, rows []trace.Request) {
	if s.dead || o.now < s.pauseEnd {
		o.schedule(s, s.pauseEnd)
		return
	}
	place := s.rows[0]
	s.rows = s.rows[1:]
	q := o.call(place, rows)
	q.session = s
	if len(s.rows) > 0 {
		gap := rows[s.rows[0]].At - rows[place].At
		q.think = gap - o.wished(q)
		q.awaited = q.think >= 0
		if !q.awaited {
			o.schedule(s, o.now+gap)
		}
	}
	o.arrive(q)
}

// wished is how long a call takes on the model that was asked for.
func (o *oracle) wished(q *oracleCall) unit.Time {
	if o.cfg.LoggedDurations && q.row.Duration >= 0 {
		return q.row.Duration
	}
	m := &o.cfg.Models[q.model]
	output := q.row.Output
	for _, top := range [...]int64{q.max, m.MaxOutput} {
		if top > 0 || top == 0 && q.max == 0 {
			output = min(output, top)
		}
	}
	return m.FirstToken + unit.Time(output)*m.PerToken
}

// schedule makes a session's next row come at a time, or never.
func (o *oracle) schedule(s *oracleSession, at unit.Time) {
	if s.dead || at >= o.cfg.Horizon {
		o.abandon(s)
		return
	}
	o.push(at, arrival, int64(s.rows[0]), func() { o.comes(s, o.rows) }, nil)
}

// abandon counts the rows that a session never makes.
func (o *oracle) abandon(s *oracleSession) {
	by := s.paused
	if by == NoLimit {
		by = s.last
	}
	n := int64(len(s.rows))
	s.rows = nil
	o.Offered, o.Unserved = o.Offered+n, o.Unserved+n
	o.UnservedBy[Abandoned] += n
	o.AbandonedBy[by] += n
}

// answered lets a session go on after an answer.
func (o *oracle) answered(q *oracleCall) {
	if q.session != nil && q.awaited {
		o.schedule(q.session, o.now+q.think)
	}
}

// pause stops a session after an unserved request.
func (o *oracle) pause(q *oracleCall, by Limit, known unit.Time) {
	s := q.session
	if s == nil {
		return
	}
	end := known
	switch o.cfg.Client.Resume {
	case ResumeNever:
		s.dead, s.paused = true, by
	case ResumeDuration:
		s.paused = by
		end = known + o.cfg.Client.ResumeAfter
	case ResumeReset:
		if by != TooLong {
			s.paused = by
			end = known + unit.Minute
			if by == TokensPerDay || by == TokensPerDayAccount {
				end = known + unit.Hour
			}
			for _, g := range o.gates(q.asked) {
				if g != nil && g.limit == by && g.nextWindow(known) != None {
					end = g.nextWindow(known)
				}
			}
		}
	}
	if end > known {
		s.pauseEnd = max(s.pauseEnd, end)
		end = s.pauseEnd
	}
	if q.awaited {
		o.schedule(s, end+q.think)
	}
}
