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

// metric is a series of CloudWatch's namespace AWS/Bedrock
// (docs.aws.amazon.com/bedrock/latest/userguide/monitoring-runtime-metrics.html).
type metric uint8

const (
	invocations metric = iota
	throttles
	inputTokens
	outputTokens
	readTokens
	writeTokens
	numMetrics
	noMetric
)

// metricNames are the names of the series, of which two are written in two ways.
// Of names that contain each other the longer stands first.
func metricNames() []struct {
	name string
	metric
} {
	return []struct {
		name string
		metric
	}{
		{"InvocationThrottles", throttles}, {"InvocationLatency", noMetric}, {"InvocationClientErrors", noMetric}, {"InvocationServerErrors", noMetric}, {"LegacyModelInvocations", noMetric},
		{"Invocations", invocations},
		{"CacheReadInputTokenCount", readTokens}, {"CacheReadInputTokens", readTokens},
		{"CacheWriteInputTokenCount", writeTokens}, {"CacheWriteInputTokens", writeTokens},
		{"InputTokenCount", inputTokens}, {"OutputTokenCount", outputTokens},
	}
}

// splitLabel finds the metric in a series' label; the rest of the label is the
// model.
func splitLabel(label string) (m metric, model string) {
	lower := strings.ToLower(label)
	for _, n := range metricNames() {
		if i := strings.Index(lower, strings.ToLower(n.name)); i >= 0 && len(lower) == len(label) {
			rest := label[:i] + " " + label[i+len(n.name):]
			return n.metric, strings.Trim(strings.Join(strings.Fields(rest), " "), " -|,/:·()[]")
		}
	}
	return noMetric, ""
}

// metrics reads series of counts per period, which the reader spreads into calls.
type metrics struct {
	*env
	models  []string
	number  map[string]int // of a model
	periods map[moment]*counts
	found   [numMetrics]bool
	ignored []string
}

// moment is a period of a model's series.
type moment struct {
	model int
	at    unit.Time
}

// counts are what the series say of a period.
type counts [numMetrics]int64

func newMetrics(e *env) (maker, error) {
	if len(e.opt.Map) > 0 {
		return nil, fmt.Errorf("cloudwatch has no columns to map")
	}
	e.info.Dated = true
	return &metrics{env: e, periods: map[moment]*counts{}, number: map[string]int{}}, nil
}

func sniffMetrics(_ string, head []byte) bool {
	line := firstLine(head)
	if len(line) == 0 {
		return false
	}
	if line[0] == '{' || line[0] == '[' {
		return bytes.Contains(head, []byte(`"MetricDataResults"`)) || bytes.Contains(head, []byte(`"Datapoints"`))
	}
	lines := bytes.SplitN(head, []byte{'\n'}, 8)
	for _, l := range lines[:min(len(lines), 6)] {
		if bytes.ContainsAny(l, "{@") {
			return false
		}
		for cell := range bytes.SplitSeq(l, []byte{','}) {
			if m, _ := splitLabel(string(bytes.Trim(cell, "\" \r"))); m != noMetric {
				return true
			}
		}
	}
	return false
}

func (m *metrics) file(name string, r io.Reader) (source, error) {
	head, rest, err := peek(name, r)
	if err != nil {
		return nil, err
	}
	if line := firstLine(head); len(line) > 0 && line[0] != '{' && line[0] != '[' {
		return newConsole(m, name, rest)
	}
	return &metricFile{metrics: m, values: newValues(name, rest, "MetricDataResults")}, nil
}

// series finds the metric and the model of a label, or of the series' id.
func (m *metrics) series(label, id string) (metric, int) {
	kind, model := splitLabel(label)
	if kind == noMetric {
		if kind, _ = splitLabel(id); kind != noMetric {
			model = label
		}
	}
	if kind == noMetric {
		if name := scan.Printable(label); !slices.Contains(m.ignored, name) && len(m.ignored) < 20 {
			m.ignored = append(m.ignored, name)
		}
		return noMetric, 0
	}
	i, ok := m.number[model]
	if !ok {
		i = len(m.models)
		m.models, m.number[model] = append(m.models, model), i
	}
	return kind, i
}

// mostPeriods bounds how many periods are kept: some 100 MB.
const mostPeriods = 1_000_000

// Faults of a series.
const (
	tooLong   scan.Fault = "has more periods than can be kept"
	tooMany   scan.Fault = "is larger than any count of a period"
	unmatched scan.Fault = "has not as many values as time stamps"
)

// mostPerPeriod bounds a period's calls: it is more than 100,000 a second for a
// minute. Tokens are bounded so that no call has more than trace.MaxCount.
const mostPerPeriod = 10_000_000

// add adds a value to a period. A value that comes again for the same period is
// another statistic's or another page's copy: the larger stands.
func (m *metrics) add(kind metric, model int, at unit.Time, value int64) scan.Fault {
	key := moment{model, at}
	c := m.periods[key]
	if c == nil {
		if len(m.periods) >= mostPeriods {
			return tooLong
		}
		c = &counts{}
		m.periods[key] = c
	}
	if kind <= throttles && value > mostPerPeriod || value > mostTokens {
		return tooMany
	}
	m.found[kind] = true
	c[kind] = max(c[kind], value)
	return scan.Fine
}

// mostTokens bounds a period's tokens of one kind.
const mostTokens = 1_000_000_000_000_000

// metricFile reads the answers of get-metric-data and get-metric-statistics.
type metricFile struct {
	*metrics
	*values
	label string
	id    string
	at    []unit.Time
	count []int64
	fault scan.Fault // of the first value that is no count
}

func (s *metricFile) next(*batch) error { return s.values.next(s.decode) }

func (s *metricFile) decode() error {
	s.label, s.id, s.at, s.count, s.fault = "", "", s.at[:0], s.count[:0], scan.Fine
	j := &s.values.fields
	s.read(j)
	if j.Err() != scan.Fine || len(s.at)+len(s.count) == 0 && s.label == "" {
		return nil
	}
	where := s.values.position(0)
	if len(s.at) != len(s.count) {
		return &scan.Error{Position: where, Reason: "the series " + string(unmatched), Row: true}
	}
	kind, model := s.series(s.label, s.id)
	if kind == noMetric {
		return nil
	}
	if s.fault != scan.Fine {
		return &scan.Error{Position: where, Reason: "a value of the series " + scan.Quote(s.label) + " " + string(s.fault), Row: true}
	}
	for i, at := range s.at {
		if fault := s.add(kind, model, at, s.count[i]); fault != scan.Fine {
			return &scan.Error{Position: where, Reason: "the series " + scan.Quote(s.label) + " " + string(fault), Row: true}
		}
	}
	return nil
}

func (s *metricFile) read(j *fields) {
	for key, ok := j.enter(); ok; key, ok = j.NextKey() {
		switch string(key) {
		case "Label":
			s.label = string(j.name())
		case "Id":
			s.id = string(j.name())
		case "Timestamps":
			if j.list() {
				for j.Elem() {
					s.at = append(s.at, s.when(j))
				}
			}
		case "Values":
			if j.list() {
				for j.Elem() {
					s.count = append(s.count, s.value(j))
				}
			}
		case "Datapoints":
			if j.list() {
				for j.Elem() {
					s.point(j)
				}
			}
		default:
			j.Skip()
		}
	}
}

// value reads a count. What is none is remembered, and no mistake in a series
// that is not used: latencies have decimals.
func (s *metricFile) value(j *fields) int64 {
	n, fault := scan.Whole(j.Number(), mostTokens)
	if s.fault == scan.Fine {
		s.fault = fault
	}
	return n
}

// when reads a stamp, or the seconds since 1970 that some clients write.
func (s *metricFile) when(j *fields) unit.Time {
	if j.Peek() == '"' {
		return j.stamp()
	}
	return j.span(0)
}

// point reads a data point of get-metric-statistics; only its sum is a count.
func (s *metricFile) point(j *fields) {
	at, sum := unit.Time(trace.Unknown), int64(trace.Unknown)
	for key, ok := j.enter(); ok; key, ok = j.NextKey() {
		switch string(key) {
		case "Timestamp":
			at = s.when(j)
		case "Sum":
			sum = s.value(j)
		default:
			j.Skip()
		}
	}
	if at >= 0 && sum >= 0 {
		s.at, s.count = append(s.at, at), append(s.count, sum)
	}
}
