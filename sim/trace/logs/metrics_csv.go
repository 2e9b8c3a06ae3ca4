package logs

import (
	"fmt"
	"io"
	"strings"

	"quotawall/sim/trace/scan"
)

// console reads the CSV that the CloudWatch console writes: some header rows
// with a series' label, id or Region a column, then a row a period. The layout
// is not documented, so a header is whatever stands before the first time.
type console struct {
	*metrics
	*sheet
	labels []string
	kinds  []metric
	models []int
	body   bool
}

func newConsole(m *metrics, name string, r io.Reader) (source, error) {
	return &console{metrics: m, sheet: newSheet(name, r)}, nil
}

func (s *console) next(*batch) error {
	row, err := s.sheet.next()
	if err != nil {
		return err
	}
	at, fault := stamp(row[0].Text)
	if fault != scan.Fine {
		if s.body {
			return s.mistake(row[0], "the time "+string(fault))
		}
		return s.header(row)
	}
	if err := s.begin(); err != nil {
		return err
	}
	for i, f := range row[1:] {
		if len(f.Text) == 0 || i >= len(s.kinds) || s.kinds[i] == noMetric {
			continue
		}
		value, fault := scan.Whole(f.Text, mostTokens)
		if fault == scan.Fine {
			fault = s.add(s.kinds[i], s.models[i], at, value)
		}
		if fault != scan.Fine {
			return s.mistake(f, fmt.Sprintf("the value of %s %s", scan.Quote(s.labels[i]), fault))
		}
	}
	return nil
}

func (s *console) mistake(f scan.Field, reason string) error {
	return &scan.Error{Position: s.sheet.position(f.At), Reason: reason, Detail: scan.Quote(f.Text), Row: true}
}

// mostColumns bounds the columns of a console file; the console draws 500 series.
const mostColumns = 10_000

// header takes for a column's label the first of its header cells that names a
// metric.
func (s *console) header(row []scan.Field) error {
	if len(row) > mostColumns {
		return s.mistake(row[0], fmt.Sprintf("the row has more than %d columns", mostColumns))
	}
	for i, f := range row[1:] {
		if i == len(s.labels) {
			s.labels = append(s.labels, "")
		}
		if kind, _ := splitLabel(s.labels[i]); kind != noMetric {
			continue
		}
		if text := strings.TrimSpace(string(f.Text)); s.labels[i] == "" || isMetric(text) {
			s.labels[i] = text
		}
	}
	return nil
}

func isMetric(text string) bool {
	kind, _ := splitLabel(text)
	return kind != noMetric
}

// begin settles the columns at the first row of values.
func (s *console) begin() error {
	if s.body {
		return nil
	}
	s.body = true
	s.note("the console's times were taken as UTC: it writes those of its own time zone setting")
	for _, label := range s.labels {
		kind, model := s.series(label, "")
		s.kinds, s.models = append(s.kinds, kind), append(s.models, model)
	}
	return nil
}
