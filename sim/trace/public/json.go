package public

import (
	"quotawall/sim/trace"
	"quotawall/sim/trace/scan"
	"quotawall/sim/unit"
)

// jsonLine reads one JSON object and remembers which field it is at, for the
// words of a mistake.
type jsonLine struct {
	scan.JSON
	field []byte
	lacks string // a mandatory field that is not there
}

// Reset begins a new line.
func (j *jsonLine) Reset(line []byte) {
	j.JSON.Reset(line)
	j.field, j.lacks = j.field[:0], ""
}

// enter opens the object and reads its first key.
func (j *jsonLine) enter() ([]byte, bool) {
	if !j.Open('{') {
		return nil, false
	}
	return j.key()
}

// key is Key that remembers the key.
func (j *jsonLine) key() ([]byte, bool) {
	if j.Err() != scan.Fine {
		return nil, false
	}
	key, ok := j.Key()
	if j.Err() != scan.Fine {
		return nil, false
	}
	j.field = append(j.field[:0], key...)
	return key, ok
}

// finish checks that nothing follows the object.
func (j *jsonLine) finish() {
	if j.Err() == scan.Fine {
		j.field = j.field[:0]
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
	if fault == scan.Fine && unit.Time(value) > trace.MaxTime {
		fault = scan.TooLarge
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

func (j *jsonLine) missing(field string) {
	if j.lacks == "" {
		j.lacks = field
	}
}

// mistake words what went wrong, if anything did.
func (j *jsonLine) mistake(lines *scan.Lines) *scan.Error {
	fault := j.Err()
	switch {
	case fault == scan.Fine && j.lacks == "":
		return nil
	case fault == scan.Fine:
		return &scan.Error{Position: lines.At(0), Reason: `"` + j.lacks + `" is missing`, Row: true}
	case fault == scan.NotJSON, fault == scan.CutShort, fault == scan.WantObject, len(j.field) == 0:
		return &scan.Error{Position: lines.At(j.Offset()), Reason: words(fault), Row: true}
	}
	return &scan.Error{Position: lines.At(j.Offset()), Reason: scan.Quote(j.field) + " " + string(fault), Row: true}
}

// keep copies text to memory that lasts until the next Read.
func (a *arena) keep(text []byte) []byte {
	begin := len(a.text)
	a.text = append(a.text, text...)
	return a.text[begin:len(a.text):len(a.text)]
}

// words makes a sentence of a fault that concerns the whole line.
func words(fault scan.Fault) string {
	if fault == scan.CutShort {
		return string(fault)
	}
	return "the line " + string(fault)
}
