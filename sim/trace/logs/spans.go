package logs

import (
	"bytes"
	"fmt"
	"io"

	"quotawall/sim/trace"
	"quotawall/sim/trace/scan"
	"quotawall/sim/unit"
)

// spans reads OTLP/JSON: batches of spans, as the OpenTelemetry collector's file
// exporter writes them (opentelemetry-proto, docs/specification.md, JSON
// Protobuf Encoding: 64-bit integers are strings).
type spans struct{ *env }

func newSpans(e *env) (maker, error) {
	if len(e.opt.Map) > 0 {
		return nil, fmt.Errorf("otel spans have no columns to map; flattened ones are read as a table")
	}
	e.info.Dated = true
	e.note("input counts include cached tokens, as the OpenTelemetry convention has it; some SDKs send them apart")
	return &spans{e}, nil
}

func sniffSpans(_ string, head []byte) bool {
	line := firstLine(head)
	return len(line) > 0 && (line[0] == '{' || line[0] == '[') && bytes.Contains(head[:min(len(head), 4096)], []byte(`"resourceSpans"`))
}

func (m *spans) file(name string, r io.Reader) (source, error) {
	return &spanFile{spans: m, values: newValues(name, r, "resourceSpans")}, nil
}

// spanFile reads one file, a value at a time: a whole batch, or one resource's
// spans of a batch that spreads over many lines.
type spanFile struct {
	*spans
	*values
	now     *batch
	account []byte
	span    spanCells
	others  []int // where spans are that are no calls, in the current value
}

// spanCells is what a span says. Its texts are the reader's.
type spanCells struct {
	begin, end         unit.Time
	trace, span        []byte
	model, answered    []byte
	operation, session []byte
	user, class        []byte
	input, output      int64
	read, write, max   int64
	failed             bool
	status             int16
}

func (c *spanCells) reset() {
	const u = trace.Unknown
	*c = spanCells{begin: u, end: u, input: u, output: u, read: u, write: u, max: trace.MaxUnknown}
}

func (s *spanFile) next(b *batch) error {
	s.now = b
	return s.values.next(s.decode)
}

// decode reads a value; cut short, it takes back the calls it found.
func (s *spanFile) decode() error {
	j := &s.values.fields
	calls, texts := len(s.now.calls), len(s.now.text)
	s.account, s.others = s.account[:0], s.others[:0]
	s.containers(j, 0)
	if j.Err() != scan.Fine {
		s.now.calls, s.now.text = s.now.calls[:calls], s.now.text[:texts]
		return nil
	}
	if len(s.others) > 0 { // the place of the first is told, if any
		first := s.values.position(s.others[0])
		for range s.others {
			s.leaveOut(noModelCall, first)
		}
	}
	return nil
}

// containers goes down through batches, resources and scopes to the spans.
func (s *spanFile) containers(j *fields, depth int) {
	for key, ok := j.enter(); ok; key, ok = j.NextKey() {
		switch string(key) {
		case "resource":
			s.resource(j)
		case "resourceSpans", "scopeSpans", "instrumentationLibrarySpans":
			if depth >= deepest {
				j.Fail(scan.Deeper(deepest), j.Here())
				return
			}
			if j.list() {
				for j.Elem() {
					s.containers(j, depth+1)
				}
			}
		case "spans":
			if j.list() {
				for j.Elem() {
					s.spanAt(j)
				}
			}
		default:
			j.Skip()
		}
	}
}

// resource takes the account of the process that sent the spans.
func (s *spanFile) resource(j *fields) {
	s.account = s.account[:0]
	if !j.object() {
		return
	}
	for key, ok := j.enter(); ok; key, ok = j.NextKey() {
		if string(key) != "attributes" {
			j.Skip()
			continue
		}
		s.attributes(j, func(name []byte, j *fields) {
			if string(name) == "cloud.account.id" {
				s.account = append(s.account[:0], j.name()...)
			} else {
				j.Skip()
			}
		})
	}
}

// attributes reads a list of {key, value:{stringValue|intValue|...}} and gives
// every value that is no list to take, which must step over it.
func (s *spanFile) attributes(j *fields, take func(name []byte, j *fields)) {
	if !j.list() {
		return
	}
	for j.Elem() {
		var name []byte
		for key, ok := j.enter(); ok; key, ok = j.NextKey() {
			switch string(key) {
			case "key":
				name = j.name()
			case "value":
				s.value(j, name, take)
			default:
				j.Skip()
			}
		}
	}
}

func (s *spanFile) value(j *fields, name []byte, take func([]byte, *fields)) {
	if !j.object() {
		return
	}
	for key, ok := j.enter(); ok; key, ok = j.NextKey() {
		switch string(key) {
		case "stringValue", "intValue", "doubleValue":
			take(name, j)
		default:
			j.Skip()
		}
	}
}

func (s *spanFile) spanAt(j *fields) {
	c := &s.span
	c.reset()
	at := j.Here()
	for key, ok := j.enter(); ok; key, ok = j.NextKey() {
		switch string(key) {
		case "traceId":
			c.trace = j.name()
		case "spanId":
			c.span = j.name()
		case "startTimeUnixNano":
			c.begin = j.span(9)
		case "endTimeUnixNano":
			c.end = j.span(9)
		case "attributes":
			s.attributes(j, s.attribute)
		case "status":
			s.status(j)
		default:
			j.Skip()
		}
	}
	if j.Err() == scan.Fine {
		s.settle(j, at)
	}
}

// status reads {code: 2} or {code: "STATUS_CODE_ERROR"}.
func (s *spanFile) status(j *fields) {
	if !j.object() {
		return
	}
	for key, ok := j.enter(); ok; key, ok = j.NextKey() {
		if string(key) == "code" {
			code := j.name()
			s.span.failed = string(code) == "2" || string(code) == "STATUS_CODE_ERROR"
		} else {
			j.Skip()
		}
	}
}

func (s *spanFile) attribute(name []byte, j *fields) {
	c := &s.span
	switch string(name) {
	case "gen_ai.operation.name":
		c.operation = j.name()
	case "gen_ai.request.model":
		c.model = j.name()
	case "gen_ai.response.model":
		c.answered = j.name()
	case "gen_ai.request.max_tokens":
		c.max = j.Count(trace.MaxCount, trace.MaxUnknown)
	case "gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens":
		c.input = j.count()
	case "gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens":
		c.output = j.count()
	case "gen_ai.usage.cache_read.input_tokens", "gen_ai.usage.cache_read_input_tokens":
		c.read = j.count()
	case "gen_ai.usage.cache_creation.input_tokens", "gen_ai.usage.cache_creation_input_tokens":
		c.write = j.count()
	case "gen_ai.conversation.id", "session.id":
		c.session = j.name()
	case "user.id", "enduser.id":
		c.user = j.name()
	case "gen_ai.agent.name":
		c.class = j.name()
	case "error.type":
		c.status = errorStatus(j.name())
	default:
		j.Skip()
	}
}

// settle makes a call of a span that is one.
func (s *spanFile) settle(j *fields, at int) {
	c := &s.span
	isCall := c.input >= 0 || len(c.model) > 0 && (c.failed || c.status != 0)
	if reason := notACall(c.operation); reason != "" || !isCall {
		s.others = append(s.others, at)
		return
	}
	if c.begin < 0 {
		j.Fail("has no startTimeUnixNano", at)
		return
	}
	out := blank()
	out.At, out.Max, out.CacheRead, out.CacheWrite, out.Output = c.begin, c.max, c.read, c.write, max(c.output, 0)
	if c.end >= c.begin {
		out.Duration = c.end - c.begin
	}
	var fault scan.Fault
	if out.Input, fault = merge(max(c.input, 0), c.read, c.write, s.inclusive(true)); fault != scan.Fine {
		j.Within("gen_ai.usage.input_tokens")
		j.Fail(fault, at)
		return
	}
	if out.Status = c.status; c.failed && c.status < 300 {
		out.Status = failed
	}
	names := s.info.Names
	if len(c.model) == 0 {
		c.model = c.answered
	}
	out.Model, out.User, out.Class = names.Models.Intern(c.model), names.Users.Intern(c.user), names.Classes.Intern(c.class)
	out.Account = names.Accounts.Intern(s.account)
	if len(c.session) > 0 {
		out.SessionID = s.now.keep(c.session)
	}
	if len(c.span) > 0 {
		out.id = hashID(c.trace, c.span)
	}
	s.now.calls = append(s.now.calls, out)
}
