package logs

import (
	"errors"
	"io"
	"slices"

	"quotawall/sim/trace"
	"quotawall/sim/trace/scan"
	"quotawall/sim/unit"
)

// call is one call as its log tells it. At is microseconds on the log's own
// clock: since 1970, or since the log's begin. SessionID and Blocks lie in the
// batch.
type call struct {
	trace.Request
	// id tells calls apart where the log gives them ids; zero where it does not.
	id id
	// tag is what a format needs besides to choose among repeated calls.
	tag tag
}

// id is a 128-bit hash of a call's id.
type id struct{ a, b uint64 }

// hashID hashes the parts of an id. Two independent FNV-1a hashes make a chance
// collision among 10^9 ids less likely than 10^-20.
func hashID(parts ...[]byte) id {
	h := id{unit.HashSeed, unit.HashSeed ^ 0x9e3779b97f4a7c15}
	for _, p := range parts {
		for _, c := range p {
			h.a = unit.HashByte(h.a, c)
			h.b = unit.HashByte(h.b, c^0x5a)
		}
		h.a, h.b = unit.HashByte(h.a, 0), unit.HashByte(h.b, 1)
	}
	return h
}

// batch holds the calls that were read and not yet handed on.
type batch struct {
	calls []call
	text  []byte
	ids   []uint64
}

// keep copies text to the batch.
func (b *batch) keep(text []byte) []byte {
	begin := len(b.text)
	b.text = append(b.text, text...)
	return b.text[begin:len(b.text):len(b.text)]
}

// add makes room for a call of which nothing is known.
func (b *batch) add() *call {
	b.calls = append(b.calls, call{})
	c := &b.calls[len(b.calls)-1]
	c.unknown()
	return c
}

func (b *batch) empty() {
	b.calls, b.text, b.ids = b.calls[:0], b.text[:0], b.ids[:0]
}

// source reads one file.
type source interface {
	// next reads a record and adds its calls, if it is any, to b. At the end it
	// returns io.EOF. After an *scan.Error with Row set the next record can be
	// read.
	next(b *batch) error
	// where tells the begin of the record that next read last.
	where() scan.Position
}

// env is what all files of a trace share.
type env struct {
	opt  trace.ReadOptions
	info trace.Info
	sum  trace.Summary
}

func newEnv(format string, opt trace.ReadOptions) *env {
	return &env{opt: opt, info: trace.Info{Format: format, Names: trace.NewNames()}}
}

// note adds an assumption, once.
func (e *env) note(text string) {
	if !slices.Contains(e.info.Notes, text) {
		e.info.Notes = append(e.info.Notes, text)
	}
}

// leaveOut counts a record that is left out by rule.
func (e *env) leaveOut(reason string, at scan.Position) {
	for i := range e.sum.Reasons {
		if r := &e.sum.Reasons[i]; r.Text == reason && !r.Bad {
			r.Count++
			return
		}
	}
	e.sum.LeaveOut(reason, at.String(), false)
}

// inclusive says whether input counts include cached tokens, given what is
// usual in the format.
func (e *env) inclusive(usual bool) bool {
	switch e.opt.Inclusive {
	case trace.Inclusive:
		return true
	case trace.Exclusive:
		return false
	}
	return usual
}

// blank is a call of which nothing is known.
func blank() call {
	var c call
	c.unknown()
	return c
}

// unknown marks what zero does not.
func (c *call) unknown() {
	c.Max, c.Duration = trace.MaxUnknown, trace.Unknown
	c.CacheRead, c.CacheWrite, c.Shared = trace.Unknown, trace.Unknown, trace.Unknown
}

// feed reads the records of one file, leaving out bad ones where that is wished.
type feed struct {
	*env
	source
	records int64
	batch
}

// more reads records until there is a call.
func (f *feed) more() error {
	for len(f.calls) == 0 {
		if f.opt.Head > 0 && f.records >= f.opt.Head {
			return io.EOF
		}
		err := f.next(&f.batch)
		if err == io.EOF {
			return err
		}
		f.records++
		if err == nil {
			continue
		}
		f.calls = f.calls[:0]
		bad, ok := errors.AsType[*scan.Error](err)
		if !ok || !bad.Row || !f.opt.SkipBadRows {
			return err
		}
		f.opt.LeaveOut(&f.sum, bad.Reason, bad.Position.String(), bad)
	}
	return nil
}

// emptiness is the refusal of a trace without a call.
func (e *env) emptiness(file string) error {
	reason := "the trace has no call"
	if e.sum.Skipped > 0 {
		reason = "the trace has no good row"
	}
	detail := ""
	for _, r := range e.sum.Reasons {
		detail += "\n  left out: " + r.Text
	}
	return &scan.Error{Position: scan.Position{File: file}, Reason: reason + detail, Empty: true}
}

// merge makes a prompt's whole size of its parts as the log counts them; a part
// that is Unknown counts nothing. Faulty where an inclusive count is smaller
// than its parts.
func merge(input, read, write int64, inclusive bool) (int64, scan.Fault) {
	parts := max(read, 0) + max(write, 0)
	if !inclusive {
		input += parts
	} else if parts > input {
		return 0, tooManyCached
	}
	if input > trace.MaxCount {
		return 0, scan.Above(trace.MaxCount)
	}
	return input, scan.Fine
}

const repeatedCall = "calls that were read before, by their ids"

// tooManyCached finishes "the input count ...".
const tooManyCached scan.Fault = "should include the cached tokens and is smaller than them (this log may count them apart: --exclusive reads it so)"
