package logs

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"quotawall/sim/trace"
	"quotawall/sim/trace/scan"
	"quotawall/sim/unit"
)

// bedrock reads model invocation logs
// (docs.aws.amazon.com/bedrock/latest/userguide/model-invocation-logging.html).
type bedrock struct {
	*env
	inclusive bool
	// keys of requestMetadata that name a call's class and session, the best first.
	classKeys, sessionKeys, userKeys []string
	regions                          map[string]bool
	cache                            bool // a record has cache counts
}

func newBedrock(e *env) (maker, error) {
	m := &bedrock{
		env:         e,
		inclusive:   e.inclusive(false),
		classKeys:   []string{"class", "feature", "app", "task"},
		sessionKeys: []string{"session", "session_id", "sessionId", "conversation", "conversation_id", "conversationId"},
		regions:     map[string]bool{},
	}
	for _, field := range mapped(e.opt.Map) {
		key := e.opt.Map[field]
		switch field {
		case "class":
			m.classKeys = []string{key}
		case "session":
			m.sessionKeys = []string{key}
		case "user":
			m.userKeys = []string{key}
		default:
			return nil, fmt.Errorf("a mapping of %s makes no sense for bedrock: class, session and user may name a key of requestMetadata", scan.Quote(field))
		}
	}
	e.info.Dated = true
	return m, nil
}

// mapped are the fields of a mapping in order.
func mapped(m map[string]string) []string {
	out := make([]string, 0, len(m))
	for field := range m {
		out = append(out, field)
	}
	slices.Sort(out)
	return out
}

// SkipPath reports whether a file of an invocation-log bucket holds no records,
// by its name: the body of a large prompt or answer under data/, or the object
// with which Bedrock tried whether it may write.
func SkipPath(name string) bool {
	parts := strings.Split(strings.ReplaceAll(name, `\`, "/"), "/")
	base := parts[len(parts)-1]
	if strings.HasPrefix(base, "amazon-bedrock-logs-permission-check") {
		return true
	}
	folders := parts[:len(parts)-1]
	if i := slices.Index(folders, "BedrockModelInvocationLogs"); i >= 0 {
		return slices.Contains(folders[i:], "data")
	}
	stem := strings.TrimSuffix(strings.TrimSuffix(base, ".gz"), ".json")
	return len(folders) > 0 && folders[len(folders)-1] == "data" &&
		(strings.HasSuffix(stem, "_input") || strings.HasSuffix(stem, "_output"))
}

func (m *bedrock) skip(name string) bool { return SkipPath(name) }

// sniffBedrock knows records, alone or in what the CloudWatch Logs tools put
// around them, and the CSV of Logs Insights.
func sniffBedrock(_ string, head []byte) bool {
	line := firstLine(head)
	if bytes.HasPrefix(line, []byte("@")) || bytes.HasPrefix(line, []byte(`"@`)) || bytes.Contains(line, []byte("input.inputTokenCount")) {
		return insights(line)
	}
	if bytes.Contains(head, []byte("ModelInvocationLog")) {
		return true
	}
	return bytes.Contains(head, []byte("requestId")) && bytes.Contains(head, []byte("modelId")) && bytes.Contains(head, []byte("accountId"))
}

func firstLine(head []byte) []byte {
	line, _, _ := bytes.Cut(bytes.TrimLeft(head, " \t\r\n"), []byte{'\n'})
	return bytes.TrimRight(line, "\r")
}

// insights reports whether a line is the header of a Logs Insights result.
func insights(line []byte) bool {
	for name := range bytes.SplitSeq(line, []byte{','}) {
		switch string(bytes.Trim(name, " \"")) {
		case "@message", "input.inputTokenCount", "requestId", "modelId":
			return true
		}
	}
	return false
}

// file reads JSON, or the CSV of Logs Insights where the first line is its header.
func (m *bedrock) file(name string, r io.Reader) (source, error) {
	head, rest, err := peek(name, r)
	if err != nil {
		return nil, err
	}
	if line := firstLine(head); len(line) > 0 && line[0] != '{' && line[0] != '[' && insights(line) {
		return newInsights(m, name, rest)
	}
	s := &bedrockFile{bedrock: m, values: newValues(name, rest, "events", "Records", "records", "logEvents")}
	s.values.stamps = true
	return s, nil
}

// peek reads the first bytes of a stream without taking them from it.
func peek(name string, r io.Reader) (head []byte, rest io.Reader, err error) {
	head = make([]byte, 16<<10)
	n, err := io.ReadFull(r, head)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return nil, nil, scan.StreamError(scan.Position{File: name}, err)
	}
	head = head[:n]
	return bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), io.MultiReader(bytes.NewReader(head), r), nil
}

// finish says what the log tells that a trace does not keep, and what was
// assumed.
func (m *bedrock) finish(*store) error {
	m.noteRegions()
	m.noteRouting()
	meaning := "the prompt is inputTokenCount plus cache reads and writes (as in the Converse API's usage; for the log field unverified)"
	if m.inclusive {
		meaning = "inputTokenCount was taken as the whole prompt, cache reads and writes included"
	}
	if m.cache {
		m.note(meaning)
	}
	m.note("the time of an invocation-log record was taken as the start of its call; it has whole seconds, and calls of one second keep the order of the log")
	return nil
}

// mostNamed bounds how many names a note lists.
const mostNamed = 20

func (m *bedrock) noteRegions() {
	names := make([]string, 0, len(m.regions))
	for name := range m.regions {
		names = append(names, scan.Printable(name))
	}
	slices.Sort(names)
	if len(names) > 0 {
		m.note("Regions of the log: " + strings.Join(names[:min(len(names), mostNamed)], ", ") + "; a replay sets its own")
	}
}

// noteRouting says by what profiles the models were called, and which names do
// not tell their model.
func (m *bedrock) noteRouting() {
	var ways, opaque []string
	for i := 1; i < m.info.Names.Models.Len(); i++ {
		name := m.info.Names.Models.Text(int32(i))
		model := ParseModel(name)
		way := string(model.Routing)
		if model.Prefix != "" {
			way += " (" + model.Prefix + ")"
		}
		if !slices.Contains(ways, way) {
			ways = append(ways, way)
		}
		if model.Routing == Opaque || model.Routing == Provisioned {
			opaque = append(opaque, scan.Printable(name))
		}
	}
	slices.Sort(ways)
	if len(ways) > 0 {
		m.note("the log's models were called as " + strings.Join(ways, ", ") + "; a replay takes its own scope")
	}
	if n := len(opaque); n > 0 {
		m.note("names that do not tell their model, to be mapped by [trace.models]: " + strings.Join(opaque[:min(n, mostNamed)], ", "))
	}
}

// record is one record, taken apart. Its texts lie in held.
type record struct {
	invocation             bool // it has the marks of an invocation record
	at                     unit.Time
	request, arn, user     []byte
	model, account, region []byte
	class, session         []byte
	input, output          int64
	read, write            int64
	usage                  usage // of the answer's body
	max                    int64
	body, converse         bool // the request's body is there; it is Converse's
	latency                unit.Time
	errorCode              []byte
	status                 int16
	rank                   struct{ class, session, user int } // of the key that was taken
	held                   []byte
}

// usage is what an answer's body says of tokens.
type usage struct{ input, output, read, write int64 }

// reset makes a record of which nothing is known.
func (r *record) reset() {
	const u = trace.Unknown
	*r = record{at: u, input: u, output: u, read: u, write: u, usage: usage{u, u, u, u}, max: trace.MaxUnknown, latency: u, held: r.held[:0]}
	r.rank.class, r.rank.session, r.rank.user = worst, worst, worst
}

// worst is the rank of no key.
const worst = 1 << 30

// hold copies text, which the reader of a second record in a string may overwrite.
func (r *record) hold(text []byte) []byte {
	begin := len(r.held)
	r.held = append(r.held, text...)
	return r.held[begin:len(r.held):len(r.held)]
}

// call makes a call of a record; the fault finishes "inputTokenCount ...".
func (m *bedrock) call(r *record, b *batch) (call, scan.Fault) {
	c := blank()
	c.At, c.Duration, c.Max = r.at, r.latency, r.max
	if c.Max == trace.MaxUnknown && r.body && r.converse {
		c.Max = trace.MaxUnset
	}
	c.CacheRead, c.CacheWrite = first(r.read, r.usage.read, 0), first(r.write, r.usage.write, 0)
	c.Output = first(r.output, r.usage.output, 0)
	if r.input < 0 && r.usage.input < 0 && r.status < 300 && len(r.errorCode) == 0 {
		m.note("some records of calls that did not fail count no input tokens: they were taken as calls of what else they count")
	}
	var fault scan.Fault
	c.Input, fault = merge(first(r.input, r.usage.input, 0), c.CacheRead, c.CacheWrite, m.inclusive)
	m.cache = m.cache || c.CacheRead+c.CacheWrite > 0
	c.Status = r.status
	if len(r.errorCode) > 0 && !(c.Status >= 300) {
		c.Status = errorStatus(r.errorCode)
	}
	names := m.info.Names
	c.Model, c.Account = names.Models.Intern(r.model), names.Accounts.Intern(r.account)
	if c.User = names.Users.Intern(r.arn); len(r.user) > 0 {
		c.User = names.Users.Intern(r.user)
	}
	c.Class = names.Classes.Intern(r.class)
	if len(r.session) > 0 {
		c.SessionID = b.keep(r.session)
	}
	if len(r.request) > 0 {
		c.id = hashID(r.request)
	}
	if len(r.region) > 0 && !m.regions[string(r.region)] {
		m.regions[string(r.region)] = true
	}
	return c, fault
}

// first is the first of values that is known.
func first(values ...int64) int64 {
	for _, v := range values {
		if v >= 0 {
			return v
		}
	}
	return trace.Unknown
}
