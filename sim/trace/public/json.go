package public

import (
	"quotawall/sim/trace"
	"quotawall/sim/trace/scan"
	"quotawall/sim/unit"
)

// jsonLine reads one JSON object.
type jsonLine struct{ scan.Fields }

// enter opens the object and reads its first key.
func (j *jsonLine) enter() ([]byte, bool) {
	if !j.Open('{') {
		return nil, false
	}
	return j.NextKey()
}

// finish checks that nothing follows the object.
func (j *jsonLine) finish() {
	if j.Err() == scan.Fine {
		j.Within("")
		j.End()
	}
}

// time reads a decimal number of units of 10^-scale seconds, rounded half to even to
// whole microseconds; missing is -1.
func (j *jsonLine) time(scale int) unit.Time {
	at := j.Here()
	text := j.Number()
	if len(text) == 0 {
		return trace.Unknown
	}
	value, fault := scan.Decimal(text, 6-scale)
	if fault == scan.TooLarge || fault == scan.Fine && unit.Time(value) > trace.MaxTime {
		fault = scan.AboveScaled(int64(trace.MaxTime), 6-scale)
	}
	if fault == scan.NotANumber {
		fault = notATime
	}
	if fault != scan.Fine {
		j.Fail(fault, at)
		return trace.Unknown
	}
	return unit.Time(value)
}

const notATime scan.Fault = "is not a number"

// name reads an id that may be written as a string or as a number.
func (j *jsonLine) name() []byte {
	if c := j.Peek(); c == '-' || c >= '0' && c <= '9' {
		return j.Number()
	}
	return j.Text()
}

// mistake words what went wrong, if anything did.
func (j *jsonLine) mistake(lines *scan.Lines) *scan.Error {
	return j.Mistake("the line", lines.At)
}

// keep copies text to memory that lasts until the next Read.
func (a *arena) keep(text []byte) []byte {
	begin := len(a.text)
	a.text = append(a.text, text...)
	return a.text[begin:len(a.text):len(a.text)]
}
