package scan

import "bytes"

// Fields is JSON that remembers which field it is at, and which mandatory one is
// not there, for the words of a mistake.
type Fields struct {
	JSON
	field []byte // valid as a key is
	lacks string
}

// Reset begins with new data.
func (j *Fields) Reset(data []byte) {
	j.JSON.Reset(data)
	j.field, j.lacks = nil, ""
}

// NextKey is Key that remembers the key.
func (j *Fields) NextKey() ([]byte, bool) {
	if j.fault != Fine {
		return nil, false
	}
	key, ok := j.Key()
	if j.fault != Fine {
		return nil, false
	}
	j.field = key
	return key, ok
}

// KeyText is a key as Follows wants it; empty, which follows nowhere, where it
// cannot be written without escapes.
func KeyText(key []byte) string {
	if bytes.ContainsAny(key, `"\\`) {
		return ""
	}
	return `"` + string(key) + `":`
}

// Follows steps over the next key where it is written as text, a KeyText, which is
// quicker than reading it; else it does nothing.
func (j *Fields) Follows(text string) bool {
	p := j.pastComma()
	end := p + len(text)
	if text == "" || end > len(j.data) || string(j.data[p:end]) != text {
		return false
	}
	j.field = j.data[p+1 : end-2]
	j.p, j.begun = end, true
	return true
}

// Within says which field is being read, by another name than its key.
func (j *Fields) Within(field string) { j.field = []byte(field) }

// Missing records that a mandatory field is not there; the first one stands.
func (j *Fields) Missing(field string) {
	if j.lacks == "" {
		j.lacks = field
	}
}

// Lacks reports whether a mandatory field is not there.
func (j *Fields) Lacks() bool { return j.lacks != "" }

// Mistake words what went wrong, if anything did: of a field, or of the whole,
// such as "the line". at makes a position of an offset.
func (j *Fields) Mistake(whole string, at func(int) Position) *Error {
	fault := j.fault
	switch {
	case fault == Fine && j.lacks == "":
		return nil
	case fault == Fine:
		return &Error{Position: at(0), Reason: `"` + j.lacks + `" is missing`, Row: true}
	case fault == CutShort:
		return &Error{Position: at(j.Offset()), Reason: string(fault), Row: true}
	case fault == NotJSON, len(j.field) == 0:
		return &Error{Position: at(j.Offset()), Reason: whole + " " + string(fault), Row: true}
	}
	return &Error{Position: at(j.Offset()), Reason: Quote(j.field) + " " + string(fault), Row: true}
}
