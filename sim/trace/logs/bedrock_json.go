package logs

import (
	"bytes"
	"slices"

	"quotawall/sim/trace"
	"quotawall/sim/trace/scan"
)

// bedrockFile reads records from JSON: as Bedrock writes them to S3, and as
// CloudWatch Logs tools hand them on, whose events hold a record as a string.
type bedrockFile struct {
	*bedrock
	*values
	inner  fields // of a record in a string
	record record
	now    *batch
}

const notARecord = "they are no invocation records"

// notice is how the line of plain text begins that Bedrock writes where logging
// is switched on, to try whether it may.
const notice = "Permissions are correctly set for Amazon Bedrock"

func (s *bedrockFile) next(b *batch) error {
	s.now = b
	if err := s.values.gap(); err != nil {
		return err
	}
	if line := s.values.window(); bytes.HasPrefix(line, []byte(notice)) {
		s.began = s.at
		s.leaveOut(notARecord, s.where())
		s.at += len(line)
		return nil
	}
	return s.values.next(s.decode)
}

func (s *bedrockFile) decode() error {
	j := &s.values.fields
	r := &s.record
	r.reset()
	s.read(j, r, 0)
	if j.Err() != scan.Fine {
		return nil
	}
	return s.finishRecord(r, j, s.values.spot, s.now)
}

// finishRecord hands a record that was read well on as a call.
func (m *bedrock) finishRecord(r *record, j *fields, at func(int) scan.Position, b *batch) error {
	if !r.invocation {
		m.leaveOut(notARecord, at(0))
		return nil
	}
	if r.at < 0 {
		j.Missing("timestamp")
		return nil
	}
	c, fault := m.call(r, b)
	if fault != scan.Fine {
		return &scan.Error{Position: at(0), Reason: "inputTokenCount " + string(fault), Row: true}
	}
	b.calls = append(b.calls, c)
	return nil
}

// read takes a record apart, or the event around it.
func (s *bedrockFile) read(j *fields, r *record, depth int) {
	for key, ok := j.enter(); ok; key, ok = j.NextKey() {
		switch string(key) {
		case "schemaType":
			r.invocation = string(j.name()) == "ModelInvocationLog" || r.invocation
		case "timestamp", "@timestamp":
			s.when(j, r, depth)
		case "message", "@message":
			s.message(j, r, depth)
		case "requestId":
			r.request = r.hold(j.name())
			r.invocation = r.invocation || len(r.request) > 0
		case "accountId":
			r.account = r.hold(j.name())
		case "region":
			r.region = r.hold(j.name())
		case "modelId":
			r.model = r.hold(j.name())
		case "operation":
			r.converse = bytes.HasPrefix(j.name(), []byte("Converse"))
		case "identity":
			s.identity(j, r)
		case "requestMetadata":
			s.metadata(j, r)
		case "errorCode":
			r.errorCode = r.hold(j.name())
		case "status":
			r.status = outcome(j.name())
		case "input":
			s.input(j, r)
		case "output":
			s.output(j, r)
		default:
			j.Skip()
		}
	}
}

// when reads a record's stamp, or an event's milliseconds, which stand only
// where the record has no time of its own.
func (s *bedrockFile) when(j *fields, r *record, depth int) {
	if j.Peek() == '"' {
		if at := j.stamp(); at >= 0 {
			r.at = at
		}
		return
	}
	if at := j.span(3); r.at < 0 {
		r.at = at
	}
}

// Faults of an event's message.
const (
	badMessage scan.Fault = "holds a record that is not valid"
	cutMessage scan.Fault = "holds a record that is cut short"
)

// message reads the record that an event carries.
func (s *bedrockFile) message(j *fields, r *record, depth int) {
	at := j.Here()
	switch c := j.Peek(); {
	case c == '{' && depth == 0:
		s.read(j, r, 1)
	case c == '"' && depth == 0:
		text := j.Text()
		if i := bytes.IndexByte(text, '{'); i == 0 || i > 0 && text[0] >= '0' && text[0] <= '9' {
			if fault := s.embedded(text[i:], r); fault != scan.Fine {
				j.Fail(fault, at)
			}
		}
	default:
		j.Skip()
	}
}

// embedded reads a record from the text of a string.
func (s *bedrockFile) embedded(text []byte, r *record) scan.Fault {
	s.inner.Reset(text)
	s.read(&s.inner, r, 1)
	s.inner.End()
	switch s.inner.Err() {
	case scan.Fine:
		return scan.Fine
	case scan.CutShort:
		return cutMessage
	}
	return badMessage
}

func (s *bedrockFile) identity(j *fields, r *record) {
	if !j.object() {
		return
	}
	for key, ok := j.enter(); ok; key, ok = j.NextKey() {
		if string(key) == "arn" {
			r.arn = r.hold(j.name())
		} else {
			j.Skip()
		}
	}
}

// metadata takes the caller's own tags: of several keys that name the same
// thing the one that stands first in the list of them.
func (s *bedrockFile) metadata(j *fields, r *record) {
	if !j.object() {
		return
	}
	for key, ok := j.enter(); ok; key, ok = j.NextKey() {
		class, session, user := rank(s.classKeys, key), rank(s.sessionKeys, key), rank(s.userKeys, key)
		text := j.name()
		if len(text) == 0 {
			continue
		}
		if class < r.rank.class {
			r.rank.class, r.class = class, r.hold(text)
		}
		if session < r.rank.session {
			r.rank.session, r.session = session, r.hold(text)
		}
		if user < r.rank.user {
			r.rank.user, r.user = user, r.hold(text)
		}
	}
}

func rank(keys []string, key []byte) int {
	if i := slices.IndexFunc(keys, func(k string) bool { return k == string(key) }); i >= 0 {
		return i
	}
	return worst
}

func (s *bedrockFile) input(j *fields, r *record) {
	if !j.object() {
		return
	}
	for key, ok := j.enter(); ok; key, ok = j.NextKey() {
		switch string(key) {
		case "inputTokenCount":
			r.input = j.count()
		case "cacheReadInputTokenCount", "cacheReadInputTokens":
			r.read = j.count()
		case "cacheWriteInputTokenCount", "cacheWriteInputTokens":
			r.write = j.count()
		case "inputBodyJson":
			if j.object() {
				r.body = true
				s.request(j, r)
			}
		default:
			j.Skip()
		}
	}
}

// request looks for the largest answer that a request's body allows, by the
// names of Converse and of the models' own requests.
func (s *bedrockFile) request(j *fields, r *record) {
	for key, ok := j.enter(); ok; key, ok = j.NextKey() {
		switch string(key) {
		case "max_tokens", "maxTokens", "max_completion_tokens", "max_tokens_to_sample", "max_gen_len", "maxTokenCount", "max_new_tokens":
			if c := j.Peek(); c < '0' || c > '9' {
				j.Skip()
			} else if n := j.count(); n > 0 {
				r.max = n
			}
		case "inferenceConfig", "textGenerationConfig":
			if j.object() {
				s.request(j, r)
			}
		default:
			j.Skip()
		}
	}
}

func (s *bedrockFile) output(j *fields, r *record) {
	if !j.object() {
		return
	}
	for key, ok := j.enter(); ok; key, ok = j.NextKey() {
		switch string(key) {
		case "outputTokenCount":
			r.output = j.count()
		case "outputBodyJson":
			s.answer(j, r, 0)
		default:
			j.Skip()
		}
	}
}

// mostNested bounds how deep an answer's body is looked into.
const mostNested = 4

// answer looks for latency and usage in an answer's body: an object, or a list of
// a stream's events.
func (s *bedrockFile) answer(j *fields, r *record, depth int) {
	c := j.Peek()
	switch {
	case c == '[' && depth < mostNested && j.Open('['):
		for j.Elem() {
			s.answer(j, r, depth+1)
		}
		return
	case c != '{' || depth >= mostNested:
		j.Skip()
		return
	}
	for key, ok := j.enter(); ok; key, ok = j.NextKey() {
		switch string(key) {
		case "latencyMs", "invocationLatency":
			s.latency(j, r)
		case "usage":
			if j.object() {
				s.usage(j, &r.usage)
			}
		case "metrics", "metadata", "message", "amazon-bedrock-invocationMetrics":
			s.answer(j, r, depth+1)
		default:
			j.Skip()
		}
	}
}

func (s *bedrockFile) latency(j *fields, r *record) {
	if c := j.Peek(); c < '0' || c > '9' {
		j.Skip()
		return
	}
	r.latency = j.span(3)
}

// usage takes the counts of an answer; a later event of a stream stands over an
// earlier one.
func (s *bedrockFile) usage(j *fields, u *usage) {
	for key, ok := j.enter(); ok; key, ok = j.NextKey() {
		var to *int64
		switch string(key) {
		case "input_tokens", "inputTokens":
			to = &u.input
		case "output_tokens", "outputTokens":
			to = &u.output
		case "cache_read_input_tokens", "cacheReadInputTokens", "cacheReadInputTokenCount":
			to = &u.read
		case "cache_creation_input_tokens", "cacheWriteInputTokens", "cacheWriteInputTokenCount":
			to = &u.write
		}
		if c := j.Peek(); to == nil || c < '0' || c > '9' {
			j.Skip()
			continue
		}
		*to = j.Count(trace.MaxCount, *to)
	}
}
