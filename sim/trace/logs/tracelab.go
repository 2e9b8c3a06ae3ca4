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

// decode reads a round. input_tokens_total is the whole prompt and
// prefix_tokens what was read from the cache.
func (s *traceLabFile) decode() error {
	const u = trace.Unknown
	b, j := s.now, &s.values.fields
	c := blank()
	texts := len(b.text)
	total, read, write := int64(u), int64(u), int64(u)
	begin, end := unit.Time(u), unit.Time(u)
	var model, class, user int32
	for key, ok := j.enter(); ok; key, ok = j.key() {
		switch string(key) {
		case "provider":
			class = s.info.Names.Classes.Intern(j.name())
		case "project":
			user = s.info.Names.Users.Intern(j.name())
		case "model":
			model = s.info.Names.Models.Intern(j.name())
		case "session_id":
			c.SessionID = b.keep(j.name())
		case "round_id":
			if text := j.name(); len(text) > 0 {
				c.id = hashID(text)
			}
		case "input_tokens_total":
			total = j.count()
		case "prefix_tokens":
			read = j.count()
		case "claude_cache_creation_input_tokens":
			write = j.count()
		case "output_tokens":
			c.Output = j.Count(trace.MaxCount, 0)
		case "timing_events":
			begin, end = s.events(j)
		default:
			j.Skip()
		}
	}
	if j.Err() != scan.Fine {
		b.text = b.text[:texts]
		return nil
	}
	c.Model, c.Class, c.User = model, class, user
	return s.place(&c, j, total, read, write, begin, end)
}

func (s *traceLabFile) place(c *call, j *fields, total, read, write int64, begin, end unit.Time) error {
	switch {
	case begin < 0 && end < 0:
		j.missing("timing_events")
		return nil
	case total < 0:
		j.missing("input_tokens_total")
		return nil
	}
	var fault scan.Fault
	c.CacheRead, c.CacheWrite = read, write
	if c.Input, fault = merge(total, read, write, s.inclusive(true)); fault != scan.Fine {
		return &scan.Error{Position: s.values.position(0), Reason: "input_tokens_total " + string(fault), Row: true}
	}
	c.At = begin
	switch {
	case begin < 0:
		c.At = end
	case end >= begin:
		c.Duration = end - begin
	}
	s.now.calls = append(s.now.calls, *c)
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
		for key, ok := j.enter(); ok; key, ok = j.key() {
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
