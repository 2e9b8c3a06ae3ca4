package trace

import "quotawall/sim/unit"

const (
	// MaxCount is the largest count of tokens that a row may give. A billion
	// rows of it still add up in an int64.
	MaxCount = 1_000_000_000
	// MaxTime is the largest time or duration that a row may give: some 3,170
	// years in microseconds.
	MaxTime unit.Time = 100_000_000_000_000_000
	// BlocksPerRead is how many block ids one Read hands out before it returns,
	// save for a single row with more.
	BlocksPerRead = 1 << 20
)

// Summary is what reading a trace has to say of itself, for stderr and for
// every report. It grows while reading.
type Summary struct {
	Rows    int64 // requests handed out
	Failed  int64 // of them, calls that the log says did not succeed
	Skipped int64 // rows left out because they were bad
	// Reasons count the skipped rows and what else was left out, in order of
	// first appearance.
	Reasons []Reason
	// Span is from the first to the last request handed out.
	Span  unit.Time
	Files int
}

// Reason is why rows were left out.
type Reason struct {
	Text  string
	Count int64
	First string // where the first such row is
	// Bad marks rows that are mistakes; the others were left out by rule (a
	// duplicate, a record that is no call).
	Bad bool
}

// mostReasons bounds the reasons told apart.
const mostReasons = 20

// LeaveOut counts a row that is not handed out.
func (s *Summary) LeaveOut(text, where string, bad bool) {
	if bad {
		s.Skipped++
	}
	for i := range s.Reasons {
		if r := &s.Reasons[i]; r.Text == text && r.Bad == bad {
			r.Count++
			return
		}
	}
	if len(s.Reasons) >= mostReasons {
		text = "other reasons"
		for i := range s.Reasons {
			if r := &s.Reasons[i]; r.Text == text {
				r.Count++
				r.Bad = r.Bad || bad
				return
			}
		}
	}
	s.Reasons = append(s.Reasons, Reason{Text: text, Count: 1, First: where, Bad: bad})
}

// Summarizer is a reader that tells what it read.
type Summarizer interface {
	Summary() *Summary
}
