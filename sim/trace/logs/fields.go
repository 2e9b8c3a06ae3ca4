package logs

import (
	"time"

	"quotawall/sim/trace"
	"quotawall/sim/trace/scan"
	"quotawall/sim/unit"
)

// fields reads the JSON objects of logs, whose values may be null, absent or of
// another shape.
type fields struct{ scan.Fields }

// begin opens an object. A null has no keys.
func (j *fields) begin() bool {
	return !(j.Peek() == 'n' && j.Null()) && j.Open('{')
}

// enter opens an object and reads its first key.
func (j *fields) enter() ([]byte, bool) {
	if !j.begin() {
		return nil, false
	}
	return j.NextKey()
}

// list opens an array; a null is an empty one. Go on with Elem.
func (j *fields) list() bool {
	return !(j.Peek() == 'n' && j.Null()) && j.Open('[')
}

// object reports whether the next value is an object, and steps over it where
// it is something else: a field of another shape than expected says nothing.
func (j *fields) object() bool {
	if j.Peek() == '{' {
		return true
	}
	j.Skip()
	return false
}

// name reads an id or a name, which may be written as a string or a number.
// Anything else is no name.
func (j *fields) name() []byte {
	switch c := j.Peek(); {
	case c == '"':
		return j.Text()
	case c == '-' || c >= '0' && c <= '9':
		return j.Number()
	}
	j.Skip()
	return nil
}

// count reads a count of tokens, -1 where it is null.
func (j *fields) count() int64 { return j.Count(trace.MaxCount, trace.Unknown) }

// span reads a decimal number of units of 10^-scale seconds; Unknown where it is
// null.
func (j *fields) span(scale int) unit.Time {
	at := j.Here()
	text := j.Number()
	if len(text) == 0 {
		return trace.Unknown
	}
	value, fault := span(text, scale)
	if fault != scan.Fine {
		j.Fail(fault, at)
	}
	return value
}

// span is a decimal number of units of 10^-scale seconds in microseconds.
func span(text []byte, scale int) (unit.Time, scan.Fault) {
	value, fault := micros(text, scale)
	if fault == scan.NotANumber {
		fault = notATime
	}
	if fault == scan.TooLarge || fault == scan.Fine && unit.Time(value) > trace.MaxTime {
		fault = scan.AboveScaled(int64(trace.MaxTime), 6-scale)
	}
	if fault != scan.Fine {
		return trace.Unknown, fault
	}
	return unit.Time(value), scan.Fine
}

// micros is a decimal number of units of 10^-scale seconds, rounded half to even
// to microseconds.
func micros(text []byte, scale int) (int64, scan.Fault) {
	if scale <= 6 {
		return scan.Decimal(text, 6-scale)
	}
	var n uint64
	for i, c := range text {
		if c < '0' || c > '9' || i >= 19 {
			whole, fault := scan.Decimal(text, 0)
			if fault != scan.Fine {
				return 0, fault
			}
			n = uint64(whole)
			break
		}
		n = n*10 + uint64(c-'0')
	}
	if len(text) == 0 {
		return 0, scan.NotANumber
	}
	unit := uint64(1)
	for range scale - 6 {
		unit *= 10
	}
	q, rest := n/unit, n%unit
	if rest > unit/2 || rest == unit/2 && q&1 == 1 {
		q++
	}
	return int64(q), scan.Fine
}

// Faults of times.
const (
	notATime scan.Fault = "is not a number"
	tooEarly scan.Fault = "is before 1970"
)

// stamp reads a date and time as microseconds since 1970; Unknown where it is null.
func (j *fields) stamp() unit.Time {
	at := j.Here()
	text := j.Text()
	if len(text) == 0 {
		return trace.Unknown
	}
	value, fault := stamp(text)
	if fault != scan.Fine {
		j.Fail(fault, at)
	}
	return value
}

func stamp(text []byte) (unit.Time, scan.Fault) {
	micros, fault := scan.Stamp(text)
	switch {
	case fault != scan.Fine:
		return trace.Unknown, fault
	case micros < 0:
		return trace.Unknown, tooEarly
	case unit.Time(micros) > trace.MaxTime:
		return trace.Unknown, scan.Fault("is too late (at most " + trace.MaxTime.At(scan.Instant(0)).Format(time.DateOnly) + ")")
	}
	return unit.Time(micros), scan.Fine
}

// mistake words what went wrong, if anything did; at makes a position of an
// offset.
func (j *fields) mistake(at func(int) scan.Position) *scan.Error {
	return j.Mistake("the record", at)
}
