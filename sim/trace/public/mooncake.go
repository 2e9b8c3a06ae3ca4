package public

import (
	"bytes"
	"fmt"
	"io"

	"quotawall/sim/trace"
	"quotawall/sim/trace/scan"
	"quotawall/sim/unit"
)

// mooncakeBlock is how many tokens a hash id stands for; the prompt's last
// block may be partial (kvcache-ai/Mooncake, FAST25-release/README.md).
const mooncakeBlock = 512

// mooncake reads lines as
//
//	{"timestamp": 0, "input_length": 6758, "output_length": 500, "hash_ids": [0, 1, 2]}
//
// with timestamp in milliseconds. NVIDIA's AIPerf and Dynamo add session_id and,
// for later turns, delay in place of timestamp (milliseconds after the turn
// before); their texts are stepped over.
type mooncake struct {
	rows  *rows
	json  jsonLine
	turns map[uint64]unit.Time // when a session's last turn began
	odd   int64                // rows whose ids are not one for every 512 tokens
	late  bool                 // there was a delay
}

// SniffMooncake reports whether a text begins with a line of a Mooncake trace.
func SniffMooncake(head []byte) bool {
	line, _, _ := bytes.Cut(bytes.TrimLeft(head, " \t\r\n"), []byte{'\n'})
	return bytes.HasPrefix(line, []byte("{")) && bytes.Contains(line, []byte(`"input_length"`)) &&
		!bytes.Contains(line, []byte(`"chat_id"`)) && !bytes.Contains(line, []byte(`"parent_chat_id"`))
}

// OpenMooncake reads a Mooncake trace.
func OpenMooncake(name string, r io.Reader, opt trace.ReadOptions) (trace.Reader, error) {
	t := newRows("mooncake", name, r, opt)
	t.info.BlockTokens, t.info.BlockScope = mooncakeBlock, trace.TraceScope
	t.parser = &mooncake{rows: t, turns: map[uint64]unit.Time{}}
	if err := t.begin(); err != nil {
		return nil, err
	}
	return t, nil
}

func (m *mooncake) parse(line []byte, r *trace.Request, a *arena) *scan.Error {
	j := &m.json
	j.Reset(line)
	at, delay := unit.Time(-1), unit.Time(-1)
	ids := len(a.ids)
	r.Input = -1
	for key, ok := j.enter(); ok; key, ok = j.NextKey() {
		switch string(key) {
		case "timestamp":
			at = j.time(3)
		case "delay":
			delay = j.time(3)
		case "input_length":
			r.Input = j.Count(trace.MaxCount, -1)
		case "output_length":
			r.Output = j.Count(trace.MaxCount, 0)
		case "hash_ids":
			a.ids = j.IDs(a.ids[:ids], unit.Hash)
		case "session_id":
			r.SessionID = a.keep(j.name())
		default:
			j.Skip()
		}
	}
	j.finish()
	if r.Input < 0 {
		j.Missing("input_length")
	}
	m.place(at, delay, r)
	if mistake := j.mistake(m.rows.lines); mistake != nil {
		a.ids = a.ids[:ids]
		return mistake
	}
	m.keepBlocks(a.ids[ids:len(a.ids):len(a.ids)], r)
	return nil
}

// place gives the row its time: its own, or the one of the turn before plus
// the delay.
func (m *mooncake) place(at, delay unit.Time, r *trace.Request) {
	if len(r.SessionID) > 0 {
		r.Session = unit.Hash(r.SessionID)
	}
	if at < 0 && delay >= 0 && len(r.SessionID) > 0 {
		last, ok := m.turns[r.Session]
		if ok {
			at = last + delay
			m.noteDelay()
		}
	}
	if at < 0 {
		m.json.Missing("timestamp")
		return
	}
	r.At = at
	if len(r.SessionID) > 0 {
		m.turns[r.Session] = at
	}
}

func (m *mooncake) noteDelay() {
	if m.late {
		return
	}
	m.late = true
	m.rows.info.Notes = append(m.rows.info.Notes,
		"turns with a delay and no time were placed that long after the start of the turn before them: the trace does not say how long the answer took")
}

// keepBlocks hands the ids to the row and notes the first row of another block size.
func (m *mooncake) keepBlocks(ids []uint64, r *trace.Request) {
	if len(ids) == 0 {
		return
	}
	r.Blocks = ids
	if want := (r.Input + mooncakeBlock - 1) / mooncakeBlock; int64(len(ids)) != want {
		if m.odd++; m.odd == 1 {
			m.rows.info.Notes = append(m.rows.info.Notes, fmt.Sprintf(
				"%s: %d ids for a prompt of %d tokens, where blocks of %d make %d; blocks of %d are assumed all the same",
				m.rows.lines.At(0), len(ids), r.Input, mooncakeBlock, want, mooncakeBlock))
		}
	}
}
