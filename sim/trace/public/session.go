package public

import (
	"slices"

	"quotawall/sim/trace"
	"quotawall/sim/trace/scan"
	"quotawall/sim/unit"
)

const (
	// deepest bounds how far sub-agents may nest.
	deepest = 64
	// chains is how many threads of prompts are followed at once within a
	// session: the main one, sub-agents and side calls.
	chains = 4
)

// session is one line of a kv-cache-tester trace, taken apart.
type session struct {
	id    []byte
	hash  uint64
	order int64     // of the line, from 0
	base  unit.Time // when the session begins on the trace's clock
	calls []call    // by time
	at    int       // the next call to hand out

	blockTokens int64
	scope       trace.BlockScope
}

// call is one request of a session.
type call struct {
	at            unit.Time // after the session's begin
	input, output int64
	duration      unit.Time
	model         int32
	blocks        []uint64
}

func (s *session) next() unit.Time { return s.base + s.calls[s.at].at }

// sessionParser reads sessions from lines.
type sessionParser struct {
	json  jsonLine
	names *trace.Names
	calls []call
	chain [chains]chain
	turn  int // the chain to give up next
}

// chain is a row of prompts each of which continues the one before. Their ids
// share memory.
type chain struct {
	text []byte // of the last prompt's ids in the line
	ids  []uint64
}

// parse reads the session of a line: its id, what its ids mean, its calls.
func (p *sessionParser) parse(line []byte, lines *scan.Lines) (*session, *scan.Error) {
	s := &session{}
	j := &p.json
	j.Reset(line)
	p.calls = nil
	p.chain, p.turn = [chains]chain{}, 0
	there := false
	for key, ok := j.enter(); ok; key, ok = j.NextKey() {
		switch string(key) {
		case "id":
			s.id = slices.Clone(j.name())
		case "block_size":
			s.blockTokens = p.blockSize()
		case "hash_id_scope":
			s.scope = p.scope()
		case "requests":
			p.requests(0)
			there = true
		default:
			j.Skip()
		}
	}
	j.finish()
	if !there {
		j.Missing("requests")
	}
	if mistake := j.mistake(lines); mistake != nil {
		return nil, mistake
	}
	slices.SortStableFunc(p.calls, func(a, b call) int { return int(min(max(a.at-b.at, -1), 1)) })
	s.calls = slices.Clip(p.calls)
	return s, nil
}

// Faults of a session's own fields.
const (
	badBlock scan.Fault = "is not a whole number above 0"
	badScope scan.Fault = `is neither "local" nor "global"`
)

func (p *sessionParser) blockSize() int64 {
	at := p.json.Here()
	n := p.json.Count(trace.MaxCount, 0)
	if n == 0 {
		p.json.Fail(badBlock, at)
	}
	return n
}

func (p *sessionParser) scope() trace.BlockScope {
	at := p.json.Here()
	switch string(p.json.Text()) {
	case "local":
		return trace.SessionScope
	case "global":
		return trace.TraceScope
	}
	p.json.Fail(badScope, at)
	return trace.NoBlocks
}

// requests reads an array of calls and groups of them.
func (p *sessionParser) requests(depth int) {
	j := &p.json
	if depth > deepest {
		j.Fail(scan.Deeper(deepest), j.Here())
		return
	}
	if j.Peek() == 'n' && j.Null() || !j.Open('[') {
		return
	}
	for j.Elem() {
		p.request(depth)
	}
}

// request reads a call or a sub-agent's group of calls, whose inner times
// begin at the group's own.
func (p *sessionParser) request(depth int) {
	j := &p.json
	c := call{at: -1, input: -1, duration: trace.Unknown}
	first := len(p.calls)
	group := false
	for key, ok := j.enter(); ok; key, ok = j.NextKey() {
		switch string(key) {
		case "t":
			c.at = j.time(0)
		case "model":
			c.model = p.names.Models.Intern(j.Text())
		case "in":
			c.input = j.Count(trace.MaxCount, -1)
		case "out":
			c.output = j.Count(trace.MaxCount, 0)
		case "api_time":
			c.duration = j.time(0)
		case "hash_ids":
			c.blocks = p.blocks()
		case "requests":
			p.requests(depth + 1)
			group = true
		default:
			j.Skip()
		}
	}
	if c.at < 0 {
		j.Missing("t")
		return
	}
	if group {
		for i := first; i < len(p.calls); i++ {
			p.calls[i].at += c.at
		}
		return
	}
	if c.input < 0 {
		j.Missing("in")
		return
	}
	p.calls = append(p.calls, c)
}

// blocks reads a prompt's ids. A prompt that continues an earlier one shares
// its memory, and only what is new is read.
func (p *sessionParser) blocks() []uint64 {
	j := &p.json
	begin := j.Here()
	for i := range p.chain {
		if c := &p.chain[i]; j.Continues(c.text) {
			c.ids = j.IDsAfter(c.text, c.ids, unit.Hash)
			c.text = j.Inner(begin)
			p.turn = (i + 1) % chains
			return slices.Clip(c.ids)
		}
	}
	c := &p.chain[p.turn]
	p.turn = (p.turn + 1) % chains
	c.ids = j.IDs(nil, unit.Hash)
	c.text = j.Inner(begin)
	return slices.Clip(c.ids)
}
