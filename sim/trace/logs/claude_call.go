package logs

import (
	"quotawall/sim/trace"
	"quotawall/sim/trace/scan"
	"quotawall/sim/unit"
)

// synthetic is the model of messages that Claude Code writes itself.
const synthetic = "<synthetic>"

// settle makes a call of a line that has usage, and remembers every line for
// those that follow it.
func (s *claudeFile) settle(l *claudeLine, j *fields) error {
	isCall := l.used && string(l.kind) == "assistant"
	begin := unit.Time(trace.Unknown)
	response := id{}
	if isCall && len(l.message) > 0 {
		response = hashID(l.message, l.request)
	}
	if l.at >= 0 {
		begin = s.begin(l, response)
		if l.uuid != (id{}) {
			s.lines[l.uuid] = ancestor{at: l.at, response: response, begin: begin}
		}
	}
	switch {
	case string(l.kind) == "assistant" && !l.used && len(l.message) > 0:
		s.leaveOut("lines of responses that do not count their tokens", s.values.position(0))
		return nil
	case !isCall:
		return nil
	case string(l.model) == synthetic:
		s.leaveOut("messages that Claude Code wrote itself ("+synthetic+")", s.values.position(0))
		return nil
	case l.at < 0:
		j.Missing("timestamp")
		return nil
	}
	return s.call(l, response, begin)
}

// begin is when the call of a line can have begun: when the line before it was
// written or, where that is a block of the same response, when that one's call
// began.
func (s *claudeFile) begin(l *claudeLine, response id) unit.Time {
	before, ok := s.lines[l.parent]
	if !ok || l.parent == (id{}) {
		return trace.Unknown
	}
	at := before.at
	if response != (id{}) && before.response == response {
		at = before.begin
	}
	if at < 0 || at > l.at || l.at-at > longestCall {
		return trace.Unknown
	}
	return at
}

func (s *claudeFile) call(l *claudeLine, response id, begin unit.Time) error {
	c := blank()
	c.At = l.at
	if begin >= 0 {
		c.At, c.Duration = begin, l.at-begin
	}
	if l.write < 0 && l.five+l.hour >= 0 {
		l.write = max(l.five, 0) + max(l.hour, 0)
	}
	c.CacheRead, c.CacheWrite, c.Output = max(l.read, 0), max(l.write, 0), max(l.output, 0)
	var fault scan.Fault
	if c.Input, fault = merge(max(l.input, 0), c.CacheRead, c.CacheWrite, s.inclusive); fault != scan.Fine {
		return &scan.Error{Position: s.values.position(0), Reason: "input_tokens " + string(fault), Row: true}
	}
	names := s.info.Names
	c.Model = names.Models.Intern(l.model)
	class := "main"
	if l.side {
		class = "subagent"
		c.tag.flags |= sidechain
	}
	c.Class = names.Classes.InternString(class)
	if l.speed {
		c.tag.flags |= speed
	}
	if c.id = response; response != (id{}) {
		c.tag.message = unit.Hash(l.message)
		if !l.side {
			s.main[c.tag.message] = struct{}{}
		}
	}
	if len(l.session) > 0 {
		c.SessionID = s.now.keep(l.session)
	}
	s.anHour = s.anHour || l.hour > 0
	s.now.calls = append(s.now.calls, c)
	return nil
}
