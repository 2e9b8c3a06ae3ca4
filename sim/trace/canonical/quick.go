package canonical

import (
	"bytes"
	"encoding/binary"

	"quotawall/sim/trace"
	"quotawall/sim/trace/scan"
	"quotawall/sim/unit"
)

// plainRow takes a row apart that holds nothing unusual. The columns of the
// header are compiled to kinds, and what a row has in them gathers in cells.
type plainRow struct {
	kinds  [16]kind // of the fields in order
	fields int
	cells  [16]int64 // by column
	empty  [16]int64 // the cells of empty fields
	blocks []uint64

	sessions bool   // there is a column of them
	from, to int    // where the session id lies
	hash     uint64 // of it, or 0 where it is still to be made
	parts    bool   // there are columns of parts of the prompt
	statuses bool   // there is a column of them

	names  [columns]*nameCache
	recent [64]recentName
}

// kind is a column and how its fields are read.
type kind uint

const (
	ofColumn  kind = 15
	isText    kind = 16
	isSession kind = 32
	isTime    kind = 64

	mandatory = -3 // an empty field is a mistake
	longest   = 16 // digits of a number
)

// frame is the part of a row that is looked at. A field begins within its first
// 256 bytes: numbers and short texts take less than that together, and after any
// other text the frame moves.
type frame [256 + longest]byte

func (f *frame) word(at uint) scan.Word {
	return scan.Word(binary.LittleEndian.Uint64(f[at%256 : at%256+8]))
}

func (q *plainRow) compile(plan []column, names *trace.Names) {
	q.fields = len(plan)
	for _, col := range []column{colRead, colWrite, colShared, colDuration} {
		q.cells[col] = trace.Unknown
	}
	q.cells[colMax] = trace.MaxUnknown
	q.empty = q.cells
	q.empty[colTime], q.empty[colInput], q.empty[colOutput] = mandatory, mandatory, mandatory
	for i, col := range plan {
		q.kinds[i] = kind(col)
		switch col {
		case colTime, colDuration:
			q.kinds[i] |= isTime
		case colRead, colWrite, colShared:
			q.parts = true
		case colStatus:
			q.statuses = true
		case colSession:
			q.kinds[i] |= isText | isSession
			q.sessions = true
		case colBlocks:
			q.kinds[i] |= isText
		case colModel, colClass, colUser, colAccount:
			q.kinds[i] |= isText
			q.names[col] = &nameCache{table: tableOf(col, names)}
		}
	}
}

// quick reads the row at data[p:] where it holds nothing unusual: plain
// digits, no quotes, nothing out of range. It returns where the row ends.
// Everything else is for slow, which also words the mistakes.
func (c *Reader) quick(data []byte, p int, r *trace.Request) (next int, ok bool) {
	q := &c.plain
	f, at := (*frame)(data[p:p+len(frame{})]), uint(0)
	for i := range q.kinds {
		k, word, size := q.kinds[i], f.word(at), uint(0)
		if k&isText == 0 {
			var value int64
			if size = word.Digits(); size-1 < 7 {
				value = word.Value(size)
			} else if value, size = q.unusual(f, at, k, size); value == mandatory {
				return 0, false
			}
			q.cells[k&ofColumn] = value
		} else if size = word.Letters(); size < 8 && ends(f[(at+size)%256]) && k&isSession != 0 {
			q.from, q.to, q.hash = p+int(at), p+int(at+size), 0
		} else if size == 8 || !ends(f[(at+size)%256]) || !q.recall(k, word.First(size)) {
			if p = c.anyText(data, p+int(at), column(k&ofColumn)); p < 0 {
				return 0, false
			}
			f, at, size = (*frame)(data[p:p+len(frame{})]), 0, 0
		}
		at += size
		mark := f[at%256]
		at++
		if mark != ',' {
			if mark == '\r' {
				mark = f[at%256]
				at++
			}
			return p + int(at), mark == '\n' && i == q.fields-1 && c.store(data, r)
		}
	}
	return 0, false
}

func ends(c byte) bool { return c == ',' || c == '\n' }

// unusual reads a number that is empty or has eight to sixteen digits;
// mandatory stands for what is longer, out of range, or should not be empty.
func (q *plainRow) unusual(f *frame, at uint, k kind, size uint) (int64, uint) {
	if size == 0 {
		return q.empty[k&ofColumn], 0
	}
	more := f.word(at + 8).Digits()
	value := f.word(at + more).Value(8)
	if more > 0 {
		value += f.word(at).Value(more) * 1e8
	}
	if k&isTime == 0 && value > trace.MaxCount {
		return mandatory, 0
	}
	return value, 8 + more
}

// recall fills in the index of a short name that came lately.
func (q *plainRow) recall(k kind, name scan.Word) bool {
	n := &q.recent[name*0x9e3779b97f4a7c15>>58]
	if n.name != name || n.kind != k {
		return false
	}
	q.cells[k&ofColumn] = n.index
	return true
}

// recentName is a name of up to seven bytes as Word.First gives it.
type recentName struct {
	name  scan.Word
	kind  kind
	index int64
}

// anyText reads any text at data[p:] and returns where it ends, or -1.
func (c *Reader) anyText(data []byte, p int, col column) int {
	q := &c.plain
	if col == colBlocks {
		q.blocks, p = c.quickBlocks(data, p)
		return p
	}
	if data[p] == '\'' {
		return -1
	}
	if col == colSession {
		q.hash, q.to = sessionEnd(data, p)
		q.from = p
		return q.to
	}
	end := plainEnd(data, p)
	if end < 0 {
		return -1
	}
	index := int64(q.names[col].index(data[p:end]))
	q.cells[col] = index
	if size := uint(end - p); size < 8 && data[p] != 0 { // a NUL in front is no different from a shorter name there
		name := scan.WordAt(data, p).First(size)
		q.recent[name*0x9e3779b97f4a7c15>>58] = recentName{name, kind(col) | isText, index}
	}
	return end
}

// store makes a request of the cells; false where they do not go together.
func (c *Reader) store(data []byte, r *trace.Request) bool {
	q := &c.plain
	r.At, r.Duration = unit.Time(q.cells[colTime]), unit.Time(q.cells[colDuration])
	r.Input, r.Output, r.Max = q.cells[colInput], q.cells[colOutput], q.cells[colMax]
	r.CacheRead, r.CacheWrite, r.Shared = q.cells[colRead], q.cells[colWrite], q.cells[colShared]
	r.Model, r.Class = int32(q.cells[colModel]), int32(q.cells[colClass])
	r.User, r.Account = int32(q.cells[colUser]), int32(q.cells[colAccount])
	r.Status, r.Ordinal = int16(q.cells[colStatus]), 0
	r.Blocks, r.SessionID, r.Session = q.blocks, nil, 0
	if q.sessions && q.to > q.from {
		r.SessionID = data[q.from:q.to:q.to]
		if r.Session = q.hash; r.Session == 0 {
			r.Session = unit.Hash(r.SessionID)
		}
	}
	return q.cells[colStatus] <= most(colStatus) && (!q.parts || consistent(r))
}

// plainEnd is where the text at data[p:] ends, or -1 where it has quotes.
func plainEnd(data []byte, p int) int {
	for {
		size := scan.WordAt(data, p).Letters()
		if p += int(size); size == 8 {
			continue
		}
		switch data[p] {
		case ',', '\n':
			return p
		case '\r':
			if data[p+1] == '\n' {
				return p
			}
		case '"':
			return -1
		}
		p++
	}
}

// sessionEnd is plainEnd and the text's FNV-1a 64 hash.
func sessionEnd(data []byte, p int) (hash uint64, end int) {
	hash = unit.HashSeed
	for {
		b := data[p]
		if b <= ',' {
			switch b {
			case ',', '\n':
				return hash, p
			case '\r':
				if data[p+1] == '\n' {
					return hash, p
				}
			case '"':
				return 0, -1
			}
		}
		hash = unit.HashByte(hash, b)
		p++
	}
}

// quickBlocks reads block ids: digits with single blanks between them. It
// returns where they end, or -1.
func (c *Reader) quickBlocks(data []byte, p int) (ids []uint64, end int) {
	if data[p] == ',' || data[p] == '\n' || data[p] == '\r' {
		return nil, p
	}
	if c.info.BlockTokens == 0 {
		return nil, -1
	}
	begin := len(c.ids)
	for {
		value, end, ok := scan.Digits(data, p)
		if !ok {
			c.ids = c.ids[:begin]
			return nil, -1
		}
		c.ids = append(c.ids, uint64(value))
		if data[end] != ' ' {
			return c.ids[begin:len(c.ids):len(c.ids)], end
		}
		p = end + 1
	}
}

// nameCache finds the index of a name that came lately without hashing all of it.
type nameCache struct {
	table *trace.Table
	slots [32]cachedName
}

type cachedName struct {
	text  []byte
	index int32
}

// tableOf is the names of a column; nil where it holds none.
func tableOf(col column, names *trace.Names) *trace.Table {
	switch col {
	case colModel:
		return &names.Models
	case colClass:
		return &names.Classes
	case colUser:
		return &names.Users
	case colAccount:
		return &names.Accounts
	}
	return nil
}

func (n *nameCache) index(text []byte) int32 {
	if len(text) == 0 {
		return 0
	}
	slot := &n.slots[(len(text)+int(text[0])*3+int(text[len(text)-1])*5+int(text[len(text)/2]))&31]
	if bytes.Equal(slot.text, text) {
		return slot.index
	}
	slot.index = n.table.Intern(text)
	slot.text = append(slot.text[:0], text...)
	return slot.index
}
