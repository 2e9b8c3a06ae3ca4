package logs

import (
	"bytes"
	"fmt"
	"io"

	"quotawall/sim/trace"
	"quotawall/sim/trace/scan"
	"quotawall/sim/unit"
)

// traceLab reads UW SyFI's TraceLab rounds: one model call of Claude Code or
// Codex a line (github.com/uw-syfi/TraceLab, arXiv 2606.30560).
type traceLab struct{ *env }

func newTraceLab(e *env) (maker, error) {
	if len(e.opt.Map) > 0 {
		return nil, fmt.Errorf("tracelab has no columns to map")
	}
	e.info.Dated, e.info.Dialogues = true, true
	e.note("a call was taken to begin with the last user message or tool result of its round and to end with the round's last event")
	return &traceLab{e}, nil
}

func sniffTraceLab(_ string, head []byte) bool {
	line := firstLine(head)
	return bytes.HasPrefix(line, []byte("{")) && bytes.Contains(line, []byte(`"input_tokens_total"`)) && bytes.Contains(line, []byte(`"timing_events"`))
}

func (m *traceLab) file(name string, r io.Reader) (source, error) {
	return &traceLabFile{traceLab: m, values: newValues(name, r)}, nil
}

type traceLabFile struct {
	*traceLab
	*values
	now *batch
}

func (s *traceLabFile) next(b *batch) error {
	s.now = b
	return s.values.next(s.decode)
}

// round is a line as it is read.
type round struct {
	call
	total, read, write int64
	begin, end         unit.Time
}

func (s *traceLabFile) decode() error {
	const u = trace.Unknown
	b, j := s.now, &s.values.fields
	texts := len(b.text)
	r := round{call: blank(), total: u, read: u, write: u, begin: u, end: u}
	s.read(j, &r)
	if j.Err() != scan.Fine {
		b.text = b.text[:texts]
		return nil
	}
	return s.settle(&r, j)
}

// read takes a round apart. input_tokens_total is the whole prompt and
// prefix_tokens what was read from the cache.
func (s *traceLabFile) read(j *fields, r *round) {
	names := s.info.Names
	for key, ok := j.enter(); ok; key, ok = j.NextKey() {
		switch string(key) {
		case "provider":
			r.Class = names.Classes.Intern(j.name())
		case "project":
			r.User = names.Users.Intern(j.name())
		case "model":
			r.Model = names.Models.Intern(j.name())
		case "session_id":
			r.SessionID = s.now.keep(j.name())
		case "round_id":
			r.id = idOf(j.name())
		case "input_tokens_total":
			r.total = j.count()
		case "prefix_tokens":
			r.read = j.count()
		case "claude_cache_creation_input_tokens":
			r.write = j.count()
		case "output_tokens":
			r.Output = j.Count(trace.MaxCount, 0)
		case "timing_events":
			r.begin, r.end = s.events(j)
		default:
			j.Skip()
		}
	}
}

// settle makes a call of a round.
func (s *traceLabFile) settle(r *round, j *fields) error {
	switch {
	case r.begin < 0 && r.end < 0:
		j.Missing("timing_events")
		return nil
	case r.total < 0:
		j.Missing("input_tokens_total")
		return nil
	}
	var fault scan.Fault
	r.CacheRead, r.CacheWrite = r.read, r.write
	if r.Input, fault = merge(r.total, r.read, r.write, s.inclusive(true)); fault != scan.Fine {
		return &scan.Error{Position: s.values.position(0), Reason: "input_tokens_total " + string(fault), Row: true}
	}
	r.At = r.begin
	switch {
	case r.begin < 0:
		r.At = r.end
	case r.end >= r.begin:
		r.Duration = r.end - r.begin
	}
	s.now.calls = append(s.now.calls, r.call)
	return nil
}

// events finds the last event that goes into a call and the last that comes out
// of it.
func (s *traceLabFile) events(j *fields) (begin, end unit.Time) {
	begin, end = trace.Unknown, trace.Unknown
	if !j.list() {
		return begin, end
	}
	for j.Elem() {
		at, goesIn := unit.Time(trace.Unknown), false
		for key, ok := j.enter(); ok; key, ok = j.NextKey() {
			switch string(key) {
			case "timestamp":
				at = j.stamp()
			case "event_type":
				kind := j.name()
				goesIn = string(kind) == "user_message" || string(kind) == "tool_result"
			default:
				j.Skip()
			}
		}
		if goesIn {
			begin = max(begin, at)
		} else {
			end = max(end, at)
		}
	}
	return begin, end
}
