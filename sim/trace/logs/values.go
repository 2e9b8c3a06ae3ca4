package logs

import (
	"bytes"
	"io"
	"slices"

	"quotawall/sim/trace/scan"
)

// deepest bounds how deep arrays of records may lie.
const deepest = 8

// values cuts a stream into JSON values, one record each: a value a line,
// values one after another, values over many lines, or the elements of an array,
// alone or as the first member of an object (wraps names it).
type values struct {
	fields
	cursor
	wraps  []string
	stamps bool // a line may have a time stamp before its value

	spot   func(int) scan.Position // position, made once
	open   []byte                  // the brackets around the records
	inLine bool                    // a value ends on its line
	some   bool                    // a value was read
	plain  bool                    // an object was met that is not around records: none is
}

func newValues(file string, r io.Reader, wraps ...string) *values {
	v := &values{cursor: newCursor(file, r), wraps: wraps, inLine: true}
	v.spot = v.position
	return v
}

// next reads the next value by decode, which must leave no trace when it is cut
// short: it is called again once there is more. decode returns an error of its
// own only for a value that was read to its end.
func (v *values) next(decode func() error) error {
	if err := v.gap(); err != nil {
		return err
	}
	v.began = v.at
	for {
		window := v.window()
		v.Reset(window)
		err := decode()
		if v.Err() == scan.Fine {
			return v.passed(err)
		}
		if v.Err() != scan.CutShort || !v.goOn(window) {
			return v.failed(window)
		}
		if len(window) < len(v.region)-v.at {
			continue
		}
		if err := v.refill(); err == io.EOF {
			return v.failed(v.region[v.at:])
		} else if err != nil {
			return err
		}
	}
}

// passed steps over a value that was read well, and returns what decode said
// of it or, above that, that a field is missing.
func (v *values) passed(err error) error {
	if bad := v.mistake(v.spot); bad != nil {
		err = bad
	}
	v.at += v.Offset()
	v.some = true
	return err
}

// window is what the next value may be in.
func (v *values) window() []byte {
	rest := v.region[v.at:]
	if v.inLine && len(v.open) == 0 {
		rest = rest[:bytes.IndexByte(rest, '\n')]
	}
	return rest
}

// goOn decides whether a value that is cut short goes on in further lines: inside
// brackets always, else if the first line breaks off where a writer of indented
// JSON breaks it.
func (v *values) goOn(window []byte) bool {
	if !v.inLine || len(v.open) > 0 {
		return true
	}
	end := bytes.TrimRight(window, " \t\r")
	if v.some || len(end) == 0 || bytes.IndexByte([]byte("{[,:"), end[len(end)-1]) < 0 {
		return false
	}
	v.inLine = false
	return true
}

// failed makes the error of a value and steps over it.
func (v *values) failed(window []byte) error {
	bad := v.mistake(v.spot)
	if v.inLine && len(v.open) == 0 {
		v.at += len(window)
		return bad
	}
	v.Reset(window)
	v.Skip()
	if v.Err() != scan.Fine {
		bad.Row = false
		v.at += len(window)
		return bad
	}
	v.at += v.Offset()
	return bad
}

// gap steps over what is between values.
func (v *values) gap() error {
	for {
		if v.at == len(v.region) {
			if err := v.refill(); err == io.EOF && len(v.open) > 0 {
				return &scan.Error{Position: v.place(v.at), Reason: string(scan.CutShort)}
			} else if err != nil {
				return err
			}
			continue
		}
		switch c := v.region[v.at]; {
		case c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == ',' && len(v.open) > 0:
			v.at++
		case c == '[' || c == '{' && v.wrapped():
			if err := v.descend(); err != nil {
				return err
			}
		case c == ']' && len(v.open) > 0:
			if err := v.ascend(); err != nil {
				return err
			}
		case v.stamps && c >= '0' && c <= '9' && v.wordEnd() > 0:
			v.at += v.wordEnd()
		default:
			return nil
		}
	}
}

// wordEnd is the length of the blank-ended word here, 0 where the line has none.
func (v *values) wordEnd() int {
	rest := v.region[v.at:]
	rest = rest[:bytes.IndexByte(rest, '\n')]
	return bytes.IndexByte(rest, ' ') + 1
}

// wrapped reports whether an object begins here that has an array of records
// for a member. After one that has none, no other is looked at.
func (v *values) wrapped() bool {
	if len(v.wraps) == 0 || len(v.open) > 0 || v.plain {
		return false
	}
	v.Reset(v.region[v.at:])
	for key, ok := v.enter(); ok; key, ok = v.NextKey() {
		if v.Peek() == '[' && slices.ContainsFunc(v.wraps, func(w string) bool { return w == string(key) }) {
			return true
		}
		v.Skip()
	}
	v.plain = true
	return false
}

// descend enters an array, or an object and the array in it.
func (v *values) descend() error {
	if len(v.open) >= deepest {
		return &scan.Error{Position: v.place(v.at), Reason: "an array " + string(scan.Deeper(deepest))}
	}
	if v.region[v.at] == '{' { // v.fields stands before the array
		v.open = append(v.open, '{')
		v.at += v.Here()
	}
	v.open = append(v.open, '[')
	v.at++
	return nil
}

// ascend leaves an array, and the object around it with what else it holds.
func (v *values) ascend() error {
	v.open = v.open[:len(v.open)-1]
	v.at++
	n := len(v.open)
	if n == 0 || v.open[n-1] != '{' {
		return nil
	}
	for {
		used, fault := v.tail()
		if fault == scan.Fine {
			v.open = v.open[:n-1]
			v.at += used
			return nil
		}
		if fault != scan.CutShort {
			return &scan.Error{Position: v.place(v.at + used), Reason: "the text " + string(fault)}
		}
		if err := v.refill(); err == io.EOF {
			return &scan.Error{Position: v.place(v.at + used), Reason: string(fault)}
		} else if err != nil {
			return err
		}
	}
}

// tail is how long the rest of an open object is: blanks and "}", or
// ",key:value...}", which with a bracket for its comma is an object of its own.
func (v *values) tail() (int, scan.Fault) {
	rest := v.region[v.at:]
	k := len(rest) - len(bytes.TrimLeft(rest, " \t\r\n"))
	switch {
	case k == len(rest):
		return k, scan.CutShort
	case rest[k] == '}':
		return k + 1, scan.Fine
	case rest[k] != ',':
		return k, scan.NotJSON
	}
	rest[k] = '{'
	v.Reset(rest[k:])
	v.Skip()
	rest[k] = ','
	return k + v.Offset(), v.Err()
}
