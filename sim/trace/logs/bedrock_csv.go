package logs

import (
	"bytes"
	"io"
	"strings"

	"quotawall/sim/trace"
	"quotawall/sim/trace/scan"
)

// insightsFile reads a Logs Insights result saved as CSV: the whole record in
// @message, or fields of it by their paths.
type insightsFile struct {
	bedrockFile
	*sheet
	names []string
}

func newInsights(m *bedrock, name string, r io.Reader) (source, error) {
	s := &insightsFile{bedrockFile: bedrockFile{bedrock: m}, sheet: newSheet(name, r)}
	var err error
	s.names, err = s.sheet.header()
	return s, err
}

func (s *insightsFile) next(b *batch) error {
	row, err := s.sheet.next()
	if err != nil {
		return err
	}
	if len(row) != len(s.names) {
		return wrongWidth(s.sheet)
	}
	r := &s.record
	r.reset()
	for i, f := range row {
		if len(f.Text) == 0 {
			continue
		}
		if fault := s.set(s.names[i], f.Text, r); fault != scan.Fine {
			return &scan.Error{Position: s.sheet.position(f.At), Reason: "column " + scan.Quote(s.names[i]) + " " + string(fault), Row: true}
		}
	}
	s.inner.Reset(nil)
	if err := s.finishRecord(r, &s.inner, s.sheet.spot, b); err != nil || !s.inner.Lacks() {
		return err
	}
	return &scan.Error{Position: s.sheet.position(0), Reason: `the row has neither "@timestamp" nor "timestamp"`, Row: true}
}

func wrongWidth(s *sheet) error {
	return &scan.Error{Position: s.position(0), Reason: "the row has not as many fields as the header", Row: true}
}

// set takes the cell of a column.
func (s *insightsFile) set(name string, text []byte, r *record) (fault scan.Fault) {
	switch name {
	case "@message":
		if !bytes.HasPrefix(text, []byte(notice)) {
			return s.embedded(text, r)
		}
	case "@timestamp", "timestamp":
		if r.at < 0 || name == "timestamp" {
			r.at, fault = stamp(text)
		}
	case "schemaType":
		r.invocation = r.invocation || string(text) == "ModelInvocationLog"
	case "requestId":
		r.request, r.invocation = text, true
	case "accountId":
		r.account = text
	case "region":
		r.region = text
	case "modelId":
		r.model, r.invocation = text, true
	case "identity.arn":
		r.arn = text
	case "errorCode":
		r.errorCode = text
	case "status":
		r.status = outcome(text)
	case "operation":
		r.converse = strings.HasPrefix(string(text), "Converse")
	default:
		return s.setNumber(name, text, r)
	}
	return fault
}

func (s *insightsFile) setNumber(name string, text []byte, r *record) (fault scan.Fault) {
	path, key, _ := cutLast(name)
	switch key {
	case "inputTokenCount":
		r.input, fault = scan.Whole(text, trace.MaxCount)
		r.invocation = true
	case "cacheReadInputTokenCount", "cacheReadInputTokens":
		r.read, fault = scan.Whole(text, trace.MaxCount)
	case "cacheWriteInputTokenCount", "cacheWriteInputTokens":
		r.write, fault = scan.Whole(text, trace.MaxCount)
	case "outputTokenCount":
		r.output, fault = scan.Whole(text, trace.MaxCount)
	case "maxTokens", "max_tokens":
		r.max, fault = scan.Whole(text, trace.MaxCount)
	case "latencyMs":
		r.latency, fault = span(text, 3)
	default:
		if path == "requestMetadata" {
			s.tag(key, text, r)
		}
	}
	return fault
}

// tag takes a column of requestMetadata.
func (s *insightsFile) tag(key string, text []byte, r *record) {
	if k := rank(s.classKeys, []byte(key)); k < r.rank.class {
		r.rank.class, r.class = k, text
	}
	if k := rank(s.sessionKeys, []byte(key)); k < r.rank.session {
		r.rank.session, r.session = k, text
	}
	if k := rank(s.userKeys, []byte(key)); k < r.rank.user {
		r.rank.user, r.user = k, text
	}
}

// cutLast cuts a path before its last part.
func cutLast(path string) (before, last string, found bool) {
	if i := strings.LastIndexByte(path, '.'); i >= 0 {
		return path[:i], path[i+1:], true
	}
	return "", path, false
}
