package logs

import (
	"bytes"
	"fmt"
	"io"
	"strconv"

	"quotawall/sim/trace"
	"quotawall/sim/trace/scan"
	"quotawall/sim/unit"
)

// bailianBlock is how many tokens a hash id stands for
// (github.com/alibaba-edu/qwen-bailian-usagetraces-anon, README).
const bailianBlock = 16

// bailian reads the Qwen-Bailian usage traces: one call a line, with the chat
// that it continues. input_length is the whole prompt.
type bailian struct {
	*env
	roots map[int64]int64 // first chat of a chat's dialogue
}

func newBailian(e *env) (maker, error) {
	if len(e.opt.Map) > 0 {
		return nil, fmt.Errorf("bailian has no columns to map")
	}
	e.info.BlockTokens, e.info.BlockScope, e.info.Dialogues = bailianBlock, trace.TraceScope, true
	e.note("a session is a chat with all that continue it; times are seconds on the trace's own clock, time 0 its first call")
	return &bailian{env: e, roots: map[int64]int64{}}, nil
}

func sniffBailian(_ string, head []byte) bool {
	line := firstLine(head)
	return bytes.HasPrefix(line, []byte("{")) && bytes.Contains(line, []byte(`"parent_chat_id"`)) && bytes.Contains(line, []byte(`"input_length"`))
}

func (m *bailian) file(name string, r io.Reader) (source, error) {
	return &bailianFile{bailian: m, values: newValues(name, r)}, nil
}

type bailianFile struct {
	*bailian
	*values
	now *batch
}

func (s *bailianFile) next(b *batch) error {
	s.now = b
	return s.values.next(s.decode)
}

func (s *bailianFile) decode() error {
	b, j := s.now, &s.values.fields
	ids := len(b.ids)
	r := bailianRow{call: blank(), at: trace.Unknown, input: trace.Unknown, chat: trace.Unknown, parent: trace.Unknown}
	s.read(j, &r)
	if r.at < 0 {
		j.Missing("timestamp")
	} else if r.input < 0 {
		j.Missing("input_length")
	}
	if j.Err() != scan.Fine || j.Lacks() {
		b.ids = b.ids[:ids]
		return nil
	}
	r.At, r.Input = r.at, r.input
	if len(b.ids) > ids {
		r.Blocks = b.ids[ids:len(b.ids):len(b.ids)]
	}
	if r.chat >= 0 {
		r.SessionID = s.session(r.chat, r.parent)
	}
	b.calls = append(b.calls, r.call)
	return nil
}

// bailianRow is a row as it is read.
type bailianRow struct {
	call
	at           unit.Time
	input        int64
	chat, parent int64
}

func (s *bailianFile) read(j *fields, r *bailianRow) {
	ids := len(s.now.ids)
	for key, ok := j.enter(); ok; key, ok = j.NextKey() {
		switch string(key) {
		case "timestamp":
			r.at = j.span(0)
		case "chat_id":
			r.chat = s.chat(j)
		case "parent_chat_id":
			r.parent = s.chat(j)
		case "input_length":
			r.input = j.count()
		case "output_length":
			r.Output = j.Count(trace.MaxCount, 0)
		case "type":
			r.Class = s.info.Names.Classes.Intern(j.name())
		case "hash_ids":
			s.now.ids = j.IDs(s.now.ids[:ids], unit.Hash)
		default:
			j.Skip()
		}
	}
}

// chat reads the number of a chat; -1, no chat, is Unknown.
func (s *bailianFile) chat(j *fields) int64 {
	at := j.Here()
	text := j.Number()
	if len(text) == 0 || string(text) == "-1" {
		return trace.Unknown
	}
	n, fault := scan.Whole(text, 1<<62)
	if fault != scan.Fine {
		j.Fail(fault, at)
	}
	return n
}

// session names the dialogue of a chat by the first chat in it.
func (s *bailianFile) session(chat, parent int64) []byte {
	root := chat
	if parent >= 0 {
		root = parent
		if first, ok := s.roots[parent]; ok {
			root = first
		}
	}
	s.roots[chat] = root
	begin := len(s.now.text)
	s.now.text = strconv.AppendInt(s.now.text, root, 10)
	return s.now.text[begin:len(s.now.text):len(s.now.text)]
}
