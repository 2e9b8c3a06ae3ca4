package scan

import "bytes"

// JSON reads one JSON value from bytes, forwards, without building anything.
// The first mistake sticks: from then on every call returns zero values and
// loops end; Err and Offset tell of it. What is skipped is checked only for
// its strings and brackets.
//
//	j.Open('{')
//	for key, ok := j.Key(); ok; key, ok = j.Key() {
//		switch string(key) {
//		case "in": in = j.Count(most)
//		default: j.Skip()
//		}
//	}
type JSON struct {
	data    []byte
	p       int
	begun   bool // something stands before p in the open object or array
	fault   Fault
	at      int
	scratch []byte
}

// Faults of JSON.
const (
	NotJSON    Fault = "is not valid JSON"
	CutShort   Fault = "the JSON ends early"
	WantObject Fault = "is not a JSON object"
	WantArray  Fault = "is not a JSON array"
	WantText   Fault = "is not a JSON string"
)

// Reset begins with new data.
func (j *JSON) Reset(data []byte) {
	*j = JSON{data: data, scratch: j.scratch[:0]}
}

// Err is the first mistake, or Fine.
func (j *JSON) Err() Fault { return j.fault }

// Offset is where the first mistake is or, without one, where reading stands.
func (j *JSON) Offset() int {
	if j.fault != Fine {
		return j.at
	}
	return j.p
}

// Fail records a mistake of the caller's own at offset at.
func (j *JSON) Fail(fault Fault, at int) {
	if j.fault == Fine {
		j.fault, j.at = fault, at
		j.p = len(j.data)
	}
}

// Peek is the first byte of the next value: one of {["tfn- or a digit; 0 at the end.
func (j *JSON) Peek() byte {
	if j.p < len(j.data) && j.data[j.p] > ' ' {
		return j.data[j.p]
	}
	return j.peekOn()
}

// peekOn is Peek where there may be blanks.
func (j *JSON) peekOn() byte {
	j.space()
	if j.p == len(j.data) {
		return 0
	}
	return j.data[j.p]
}

// Here is the offset of the next value.
func (j *JSON) Here() int {
	j.Peek()
	return j.p
}

func (j *JSON) space() {
	for j.p < len(j.data) {
		switch j.data[j.p] {
		case ' ', '\t', '\n', '\r':
			j.p++
		default:
			return
		}
	}
}

// Open enters an object '{' or an array '['.
func (j *JSON) Open(bracket byte) bool {
	if j.Peek() != bracket {
		fault := WantObject
		if bracket == '[' {
			fault = WantArray
		}
		j.Fail(j.orEnd(fault), j.p)
		return false
	}
	j.p++
	j.begun = false
	return true
}

func (j *JSON) orEnd(fault Fault) Fault {
	if j.p >= len(j.data) {
		return CutShort
	}
	return fault
}

// Elem moves to the next element of the open array; false leaves it.
func (j *JSON) Elem() bool { return j.member(']') }

// Key reads the next key of the open object; false leaves it. The key is valid
// as long as the data, or until Reset where it holds escapes.
func (j *JSON) Key() ([]byte, bool) {
	if key, ok := j.quickKey(); ok {
		return key, ok
	}
	if !j.member('}') {
		return nil, false
	}
	key := j.Text()
	if j.Peek() != ':' {
		j.Fail(j.orEnd(NotJSON), j.p)
		return nil, false
	}
	j.p++
	return key, true
}

// quickKey is Key where the key has no escapes and no blanks around it but one
// after the comma before it; else it does nothing.
func (j *JSON) quickKey() (key []byte, ok bool) {
	p := j.pastComma()
	if p >= len(j.data) || j.data[p] != '"' {
		return nil, false
	}
	end := plainText(j.data, p+1)
	if end < 0 || end+1 >= len(j.data) || j.data[end+1] != ':' {
		return nil, false
	}
	j.p, j.begun = end+2, true
	return j.data[p+1 : end], true
}

// pastComma is where the next member of the open object or array begins: past the
// comma before it, if it needs one, and a blank. Where no comma stands it is the
// end of the data.
func (j *JSON) pastComma() int {
	switch p := j.p; {
	case !j.begun:
		return p
	case p+1 >= len(j.data) || j.data[p] != ',':
		return len(j.data)
	case j.data[p+1] == ' ':
		return p + 2
	default:
		return p + 1
	}
}

func (j *JSON) member(end byte) bool {
	c := j.Peek()
	if c == end {
		j.p++
		j.begun = true
		return false
	}
	if j.begun {
		if c != ',' {
			j.Fail(j.orEnd(NotJSON), j.p)
			return false
		}
		j.p++
		c = j.Peek()
	}
	if c == 0 {
		j.Fail(CutShort, j.p)
		return false
	}
	j.begun = true
	return true
}

// Null steps over a null, if one stands here.
func (j *JSON) Null() bool {
	if j.Peek() == 'n' && bytes.HasPrefix(j.data[j.p:], []byte("null")) {
		j.p += 4
		return true
	}
	return false
}

// End checks that nothing but blanks follows the value.
func (j *JSON) End() {
	if j.Peek() != 0 || j.p < len(j.data) {
		j.Fail(NotJSON, j.p)
	}
}
