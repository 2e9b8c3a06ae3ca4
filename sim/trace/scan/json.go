package scan

import (
	"bytes"
	"math"
	"unicode/utf16"
	"unicode/utf8"
)

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
	j.space()
	if j.p == len(j.data) {
		return 0
	}
	return j.data[j.p]
}

// Here is the offset of the next value.
func (j *JSON) Here() int {
	j.space()
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
// until the next call of Key or Text.
func (j *JSON) Key() ([]byte, bool) {
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

// Text reads a string; valid until the next call of Text or Key where it
// holds escapes, and as long as the data otherwise. null is the empty string.
func (j *JSON) Text() []byte {
	if j.Peek() != '"' {
		if j.Null() {
			return nil
		}
		j.Fail(j.orEnd(WantText), j.p)
		return nil
	}
	begin := j.p
	raw, escaped := j.rawText()
	if !escaped {
		return raw
	}
	text, ok := unescape(j.scratch[:0], raw)
	if !ok {
		j.Fail(NotJSON, begin)
	}
	j.scratch = text
	return text
}

// rawText steps over a string and returns what is between its quotes.
func (j *JSON) rawText() (raw []byte, escaped bool) {
	j.p++
	begin := j.p
	for {
		i := bytes.IndexByte(j.data[j.p:], '"')
		if i < 0 {
			j.Fail(CutShort, len(j.data))
			return nil, false
		}
		end := j.p + i
		back := end
		for back > begin && j.data[back-1] == '\\' {
			back--
		}
		j.p = end + 1
		if (end-back)&1 == 0 {
			raw = j.data[begin:end]
			return raw, bytes.IndexByte(raw, '\\') >= 0
		}
	}
}

// Null steps over a null, if one stands here.
func (j *JSON) Null() bool {
	if j.Peek() == 'n' && bytes.HasPrefix(j.data[j.p:], []byte("null")) {
		j.p += 4
		return true
	}
	return false
}

// Number reads a number, or a string that holds one, as its text. null is
// empty.
func (j *JSON) Number() []byte {
	c := j.Peek()
	switch {
	case c == '"':
		return j.Text()
	case c == 'n' && j.Null():
		return nil
	case c == '-' || c >= '0' && c <= '9':
		begin := j.p
		for j.p < len(j.data) && numeric(j.data[j.p]) {
			j.p++
		}
		return j.data[begin:j.p]
	}
	j.Fail(j.orEnd(NotANumber), j.p)
	return nil
}

func numeric(c byte) bool {
	return c >= '0' && c <= '9' || c == '.' || c == '-' || c == '+' || c == 'e' || c == 'E'
}

// Count reads a whole number from 0 to most, or none at all (null or an empty
// string), which is missing.
func (j *JSON) Count(most, missing int64) int64 {
	at := j.Here()
	text := j.Number()
	if len(text) == 0 {
		return missing
	}
	value, fault := Whole(text, most)
	if fault != Fine {
		j.Fail(fault, at)
		return missing
	}
	return value
}

// Skip steps over the next value.
func (j *JSON) Skip() {
	switch c := j.Peek(); c {
	case 0:
		j.Fail(CutShort, j.p)
	case '"':
		j.rawText()
	case '{', '[':
		j.skipNested()
	case ',', ':', '}', ']':
		j.Fail(NotJSON, j.p)
	default:
		j.skipWord()
	}
}

func (j *JSON) skipWord() {
	begin := j.p
	for j.p < len(j.data) {
		switch c := j.data[j.p]; {
		case c >= '0' && c <= '9', c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c == '.', c == '-', c == '+':
			j.p++
			continue
		}
		break
	}
	if j.p == begin {
		j.Fail(NotJSON, begin)
	}
}

func (j *JSON) skipNested() {
	depth := 0
	for j.p < len(j.data) {
		switch j.data[j.p] {
		case '"':
			j.rawText()
			continue
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		}
		j.p++
		if depth == 0 {
			return
		}
	}
	j.Fail(CutShort, len(j.data))
}

// End checks that nothing but blanks follows the value.
func (j *JSON) End() {
	if j.Peek() != 0 || j.p < len(j.data) {
		j.Fail(NotJSON, j.p)
	}
}

// IDs appends an array's block ids: whole numbers as they are, strings by
// their FNV-1a 64 hash. null is no ids.
func (j *JSON) IDs(ids []uint64, hash func([]byte) uint64) []uint64 {
	if j.Peek() == 'n' && j.Null() || !j.Open('[') {
		return ids
	}
	return j.moreIDs(ids, hash)
}

// moreIDs reads the rest of an array of ids, after its bracket or a comma.
func (j *JSON) moreIDs(ids []uint64, hash func([]byte) uint64) []uint64 {
	for {
		p := j.p
		var id uint64
		for p < len(j.data) && j.data[p]-'0' <= 9 {
			d := uint64(j.data[p] - '0')
			if id > (math.MaxUint64-d)/10 {
				j.Fail(TooLarge, j.p)
				return ids
			}
			id = id*10 + d
			p++
		}
		if p > j.p && p+1 < len(j.data) && j.data[p] == ',' {
			ids = append(ids, id)
			j.begun = true
			j.p = p + 1
			if j.data[j.p] == ' ' {
				j.p++
			}
			continue
		}
		return j.idsSlowly(ids, hash)
	}
}

// idsSlowly goes on where the quick loop met something else than "digits,".
func (j *JSON) idsSlowly(ids []uint64, hash func([]byte) uint64) []uint64 {
	after := j.begun
	j.begun = false
	for first := true; ; first = false {
		if first && after && j.Peek() == ']' {
			j.Fail(NotJSON, j.p)
		}
		if !j.Elem() {
			return ids
		}
		if j.Peek() == '"' {
			ids = append(ids, hash(j.Text()))
			continue
		}
		ids = append(ids, j.id())
	}
}

func (j *JSON) id() uint64 {
	at := j.Here()
	text := j.Number()
	var id uint64
	for _, c := range text {
		if c < '0' || c > '9' {
			j.Fail(NotANumber, at)
			return 0
		}
		d := uint64(c - '0')
		if id > (math.MaxUint64-d)/10 {
			j.Fail(TooLarge, at)
			return 0
		}
		id = id*10 + d
	}
	if len(text) == 0 {
		j.Fail(NotANumber, at)
	}
	return id
}

// unescape appends raw with its escapes resolved.
func unescape(out, raw []byte) ([]byte, bool) {
	for i := 0; i < len(raw); i++ {
		if raw[i] != '\\' {
			out = append(out, raw[i])
			continue
		}
		i++
		if raw[i] == 'u' {
			r, used := escapedRune(raw[i:])
			if used == 0 {
				return out, false
			}
			out = utf8.AppendRune(out, r)
			i += used - 1
			continue
		}
		k := bytes.IndexByte([]byte(`"\/bfnrt`), raw[i])
		if k < 0 {
			return out, false
		}
		out = append(out, "\"\\/\b\f\n\r\t"[k])
	}
	return out, true
}

// escapedRune reads "uXXXX", or two of them that are a surrogate pair.
func escapedRune(t []byte) (r rune, used int) {
	high, ok := hex4(t[1:])
	if !ok {
		return 0, 0
	}
	if utf16.IsSurrogate(high) && len(t) >= 11 && t[5] == '\\' && t[6] == 'u' {
		if low, ok := hex4(t[7:]); ok {
			if pair := utf16.DecodeRune(high, low); pair != utf8.RuneError {
				return pair, 11
			}
		}
	}
	return high, 5
}

func hex4(t []byte) (rune, bool) {
	if len(t) < 4 {
		return 0, false
	}
	var r rune
	for _, c := range t[:4] {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c >= 'a' && c <= 'f':
			c -= 'a' - 10
		case c >= 'A' && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}
