package logs

import (
	"bytes"

	"quotawall/sim/trace/scan"
)

// field is what a column of a table means.
type field uint8

const (
	noField field = iota
	fieldAt
	fieldEnd
	fieldInput
	fieldOutput
	fieldModel
	fieldMax
	fieldSession
	fieldUser
	fieldClass
	fieldRead
	fieldWrite
	fieldDuration
	fieldAccount
	fieldStatus
	fieldID
	fieldKind
	fieldCacheHit
	numFields
)

// fieldOf is the field that a mapping names.
func fieldOf(name string) field {
	switch name {
	case "at":
		return fieldAt
	case "end":
		return fieldEnd
	case "input":
		return fieldInput
	case "output":
		return fieldOutput
	case "model":
		return fieldModel
	case "max_tokens":
		return fieldMax
	case "session":
		return fieldSession
	case "user":
		return fieldUser
	case "class":
		return fieldClass
	case "cache_read":
		return fieldRead
	case "cache_write":
		return fieldWrite
	case "duration":
		return fieldDuration
	case "account":
		return fieldAccount
	case "status":
		return fieldStatus
	case "id":
		return fieldID
	}
	return noField
}

// mapping lists what a mapping may name, for messages.
const mapping = "at, end, input, output, model, max_tokens, session, user, class, cache_read, cache_write, duration, account, status, id"

// column is a column that a layout knows. name is its plain name (see plain), of
// a value inside of others by its path, as "usagedetails.input".
type column struct {
	name string
	field
	scale int8 // of times and durations: units of 10^-scale seconds; guess for an unsaid one
}

// guess: the unit is told by the value's size, or is the layout's.
const guess = -1

// layout is what is known of a kind of table. Columns of one field stand with
// the best first.
type layout struct {
	format    string
	gather    bool // rows stand in no order of time
	whole     bool // input counts include cached tokens
	inCSV     bool // it comes as CSV
	inJSON    bool // it comes as JSON
	dialogues bool
	wraps     []string
	marks     [][]string // names one set of which must all be there to know it by
	columns   []column
	notes     []string
	// exclude says why a row is no call, or nothing.
	exclude func(t *table) string
	// amend is the last word on a call.
	amend func(t *table, c *call)
}

// plain is a column's name in lower case without blanks, underscores and
// hyphens, so that startTime, start_time and "Start Time" are one. It appends.
func plain(out, name []byte) []byte {
	for _, c := range name {
		switch {
		case c == '_' || c == '-' || c == ' ':
			continue
		case c >= 'A' && c <= 'Z':
			c += 'a' - 'A'
		}
		out = append(out, c)
	}
	return out
}

func plainText(name string) string { return string(plain(nil, []byte(name))) }

// sniff knows a layout by the names of its columns.
func (l layout) sniff(_ string, head []byte) bool {
	line := firstLine(head)
	if len(line) == 0 {
		return false
	}
	if line[0] == '{' || line[0] == '[' {
		return l.inJSON && l.inRows(head)
	}
	names := map[string]bool{}
	for name := range bytes.SplitSeq(line, []byte{separator(line)}) {
		names[string(plain(nil, bytes.Trim(name, " \"")))] = true
	}
	return l.inCSV && l.knows(names)
}

// sniffedRows bounds how many rows of JSON tell a layout.
const sniffedRows = 50

// inRows knows a layout by one of the first rows of JSON: those before it may
// be of another kind, with fewer members.
func (l layout) inRows(head []byte) bool {
	for range sniffedRows {
		names := map[string]bool{}
		jsonNames(head, names)
		if l.knows(names) {
			return true
		}
		next := bytes.Index(head, []byte("\n{"))
		if next < 0 {
			break
		}
		head = head[next+1:]
	}
	return false
}

// knows reports whether these are names by which the layout is told.
func (l layout) knows(names map[string]bool) bool {
	if len(l.marks) == 0 {
		return l.generic(names)
	}
	for _, set := range l.marks {
		all := true
		for _, name := range set {
			all = all && names[name]
		}
		if all {
			return true
		}
	}
	return false
}

// generic reports whether names has a time and both counts.
func (l layout) generic(names map[string]bool) bool {
	var there [numFields]bool
	for _, c := range l.columns {
		if names[c.name] {
			there[c.field] = true
		}
	}
	return there[fieldAt] && there[fieldInput] && there[fieldOutput]
}

// jsonNames collects the plain names of the first object's members, those of
// objects in it by their paths too.
func jsonNames(head []byte, names map[string]bool) {
	i := bytes.IndexByte(head, '{')
	if i < 0 {
		return
	}
	var j fields
	j.Reset(head[i:])
	collect(&j, nil, names, 0)
}

func collect(j *fields, path []byte, names map[string]bool, depth int) {
	for key, ok := j.enter(); ok; key, ok = j.NextKey() {
		at := plain(path[:len(path):len(path)], key)
		names[string(at)] = true
		switch c := j.Peek(); {
		case c == '{' && depth < deepest:
			collect(j, append(at, '.'), names, depth+1)
		case c == '[' && depth == 0 && wrapsRecords(at):
			j.Open('[')
			collect(j, path, names, depth+1)
		default:
			j.Skip()
		}
		if j.Err() != scan.Fine {
			return
		}
	}
}

func wrapsRecords(name []byte) bool {
	switch string(name) {
	case "data", "logs", "response", "requests", "rows", "spans":
		return true
	}
	return false
}
