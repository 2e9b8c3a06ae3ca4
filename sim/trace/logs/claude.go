package logs

import (
	"bytes"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"quotawall/sim/trace"
	"quotawall/sim/trace/scan"
	"quotawall/sim/unit"
)

const (
	// claudeMax is the max_tokens that Claude Code sends by default
	// (CLAUDE_CODE_MAX_OUTPUT_TOKENS, code.claude.com/docs/en/settings).
	claudeMax = 32_000
	// longestCall bounds what is believed to be one call: Claude Code gives up
	// after ten minutes (API_TIMEOUT_MS, same page). A longer gap before a line
	// is a pause of its user.
	longestCall = 10 * unit.Minute
)

// claude reads the session files that Claude Code keeps under
// ~/.claude/projects. A response is written as one line a content block, each
// with the response's ids and usage, when the block is done.
type claude struct {
	*env
	inclusive bool
	// main holds the ids of the responses seen outside of side chains.
	main   map[uint64]struct{}
	anHour bool // there are cache writes that live an hour
}

// Flags of a claude tag.
const (
	sidechain uint8 = 1 << iota
	speed
)

func newClaude(e *env) (maker, error) {
	if len(e.opt.Map) > 0 {
		return nil, fmt.Errorf("claude-code has no columns to map")
	}
	e.info.Dated, e.info.Dialogues, e.info.MaxTokens = true, true, claudeMax
	return &claude{env: e, inclusive: e.inclusive(false), main: map[uint64]struct{}{}}, nil
}

// sniffClaude knows the lines of a session: messages, summaries and marks.
func sniffClaude(_ string, head []byte) bool {
	if line := firstLine(head); len(line) == 0 || line[0] != '{' {
		return false
	}
	for _, mark := range []string{`"parentUuid"`, `"isSidechain"`, `"leafUuid"`, `"file-history-snapshot"`, `"queue-operation"`} {
		if bytes.Contains(head, []byte(mark)) {
			return bytes.Contains(head, []byte(`"sessionId"`)) || bytes.Contains(head, []byte(`"summary"`)) || bytes.Contains(head, []byte(`"snapshot"`))
		}
	}
	return false
}

// skip leaves out what else lies in a project's folder: an index, notes, texts
// of tools.
func (m *claude) skip(name string) bool {
	base := strings.TrimSuffix(strings.TrimSuffix(filepath.Base(name), ".gz"), ".zst")
	ending := filepath.Ext(base)
	return base == "sessions-index.json" || ending != "" && ending != ".jsonl" && ending != ".ndjson" && ending != ".json"
}

func (m *claude) file(name string, r io.Reader) (source, error) {
	return &claudeFile{claude: m, values: newValues(name, r), lines: map[id]ancestor{}}, nil
}

// again joins a line to the call that it repeats: the call begins with the
// earlier and ends with the later of them, and the better line's counts stand.
func (m *claude) again(s *store, old uint32, c *call) {
	r := &s.rows[old]
	begin, end := r.at, lineEnd(r.at, r.duration)
	timed := r.duration >= 0 || c.Duration >= 0
	switch {
	case r.duration < 0 && c.Duration >= 0:
		begin = c.At
	case c.Duration >= 0 || r.duration < 0:
		begin = min(begin, c.At)
	}
	end = max(end, lineEnd(c.At, c.Duration))
	if better(c, r, s.tags[old]) {
		order := r.order
		*r = s.compact(c)
		r.order = order
		c.tag.line = s.tags[old].line
		s.tags[old] = c.tag
	}
	r.at, r.duration = begin, trace.Unknown
	if timed {
		r.duration = end - begin
	}
	m.leaveOut("lines that repeat a response", s.now.where())
}

func lineEnd(at, duration unit.Time) unit.Time { return at + max(duration, 0) }

// better reports whether c is to stand in place of r: one outside of a side
// chain before one in it, then the larger in tokens, then one that gives a speed
// (the order of ccusage, commit 5816e64).
func better(c *call, r *row, t tag) bool {
	if a, b := c.tag.flags&sidechain, t.flags&sidechain; a != b {
		return a < b
	}
	if a, b := c.Input+c.Output, int64(r.input)+int64(r.output); a != b {
		return a > b
	}
	return c.tag.flags&speed > t.flags&speed
}

// finish drops the side chains' copies of responses of the main chain, and says
// what the times mean.
func (m *claude) finish(s *store) error {
	kept, untimed := s.rows[:0], 0
	for i, r := range s.rows {
		t := s.tags[i]
		if _, copied := m.main[t.message]; copied && t.flags&sidechain != 0 && t.message != 0 {
			m.leaveOut("lines of a sub-agent that replay a response of its parent", s.place(&r, t))
			continue
		}
		if r.duration < 0 {
			untimed++
		}
		kept = append(kept, r)
	}
	s.rows = kept
	m.note("a line's time is the end of its response; a call was taken to begin when the line before it in its conversation was written, and to last until its own last line")
	if untimed > 0 {
		m.note(fmt.Sprintf("%d calls have no line before them within %s: their line's own time was taken as the start, their duration as unknown", untimed, longestCall))
	}
	if m.anHour {
		m.note("some of the cache writes live for an hour, not five minutes; the trace keeps only the sum of both")
	}
	return nil
}

// ancestor is a line that others may follow.
type ancestor struct {
	at       unit.Time
	response id        // whose block it is; zero for other lines
	begin    unit.Time // of that response's call, or Unknown
}

// claudeFile is one session file.
type claudeFile struct {
	*claude
	*values
	lines map[id]ancestor // by uuid
	line  claudeLine
	now   *batch
}

// claudeLine is what one line says. Its texts are the reader's.
type claudeLine struct {
	kind                      []byte
	at                        unit.Time
	session, request, message []byte
	uuid, parent              id
	model                     []byte
	side, speed, used         bool
	input, output             int64
	read, write               int64
	five, hour                int64
}

func (s *claudeFile) next(b *batch) error {
	s.now = b
	return s.values.next(s.decode)
}

func (s *claudeFile) decode() error {
	const u = trace.Unknown
	l := &s.line
	*l = claudeLine{at: u, input: u, output: u, read: u, write: u, five: u, hour: u}
	j := &s.values.fields
	s.read(j, l)
	if j.Err() != scan.Fine {
		return nil
	}
	return s.settle(l, j)
}

func (s *claudeFile) read(j *fields, l *claudeLine) {
	for key, ok := j.enter(); ok; key, ok = j.NextKey() {
		switch string(key) {
		case "type":
			l.kind = j.name()
		case "timestamp":
			l.at = s.when(j)
		case "sessionId":
			l.session = j.name()
		case "requestId":
			l.request = j.name()
		case "uuid":
			l.uuid = idOf(j.name())
		case "parentUuid":
			l.parent = idOf(j.name())
		case "isSidechain":
			l.side = j.Peek() == 't'
			j.Skip()
		case "message":
			if j.object() {
				s.message(j, l)
			}
		default:
			j.Skip()
		}
	}
}

// when reads a stamp; lines of other kinds may have something else there.
func (s *claudeFile) when(j *fields) unit.Time {
	if j.Peek() != '"' {
		j.Skip()
		return trace.Unknown
	}
	return j.stamp()
}

func idOf(text []byte) id {
	if len(text) == 0 {
		return id{}
	}
	return hashID(text)
}

func (s *claudeFile) message(j *fields, l *claudeLine) {
	for key, ok := j.enter(); ok; key, ok = j.NextKey() {
		switch string(key) {
		case "id":
			l.message = j.name()
		case "model":
			l.model = j.name()
		case "usage":
			if j.object() {
				l.used = true
				s.usage(j, l)
			}
		default:
			j.Skip()
		}
	}
}

func (s *claudeFile) usage(j *fields, l *claudeLine) {
	for key, ok := j.enter(); ok; key, ok = j.NextKey() {
		switch string(key) {
		case "input_tokens":
			l.input = j.count()
		case "output_tokens":
			l.output = j.count()
		case "cache_read_input_tokens":
			l.read = j.count()
		case "cache_creation_input_tokens":
			l.write = j.count()
		case "cache_creation":
			if j.object() {
				s.lifetimes(j, l)
			}
		case "speed":
			l.speed = j.Peek() == '"'
			j.Skip()
		default:
			j.Skip()
		}
	}
}

func (s *claudeFile) lifetimes(j *fields, l *claudeLine) {
	for key, ok := j.enter(); ok; key, ok = j.NextKey() {
		switch string(key) {
		case "ephemeral_5m_input_tokens":
			l.five = j.count()
		case "ephemeral_1h_input_tokens":
			l.hour = j.count()
		default:
			j.Skip()
		}
	}
}
