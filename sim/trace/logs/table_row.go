package logs

import (
	"bytes"

	"quotawall/sim/trace"
	"quotawall/sim/trace/scan"
	"quotawall/sim/unit"
)

// clockKind is how a table writes times.
type clockKind uint8

const (
	unsettled clockKind = iota
	stamps              // dates and times
	epoch               // units since 1970
	elapsed             // units since the trace's own begin
)

// finish makes a call of the cells of a row.
func (t *table) finish(b *batch, at func(int) scan.Position) error {
	if t.exclude != nil {
		if reason := t.exclude(t); reason != "" {
			t.leaveOut(reason, at(0))
			return nil
		}
	}
	c := b.add()
	t.times(c)
	t.outcome(c)
	t.counts(c)
	if t.mistaken != nil {
		b.calls = b.calls[:len(b.calls)-1]
		t.mistaken.Position = at(t.mistaken.Column)
		return t.mistaken
	}
	t.name(c, b)
	if t.amend != nil {
		t.amend(t, c)
	}
	return nil
}

// name fills in what a call is called by.
func (t *table) name(c *call, b *batch) {
	names := t.info.Names
	c.Model, c.User = t.index(&names.Models, fieldModel), t.index(&names.Users, fieldUser)
	c.Class, c.Account = t.index(&names.Classes, fieldClass), t.index(&names.Accounts, fieldAccount)
	if s := t.text(fieldSession); len(s) > 0 {
		c.SessionID = b.keep(s)
	}
	if i := t.text(fieldID); len(i) > 0 {
		c.id = hashID(i)
	}
}

// index is the number of a field's text among names.
func (t *table) index(names *trace.Table, f field) int32 {
	text, r := t.text(f), &t.recent[f]
	if !bytes.Equal(text, r.text) {
		r.text, r.number = append(r.text[:0], text...), names.Intern(text)
	}
	return r.number
}

// fail records the first mistake of a row. Its column is the offset until finish
// makes a position of it.
func (t *table) fail(f field, fault scan.Fault) {
	c := &t.cells[f]
	t.failAt(c.at, "the "+fieldName(f)+" "+string(fault), c.text)
}

func (t *table) failAt(at int, reason string, text []byte) {
	if t.mistaken != nil {
		return
	}
	t.mistaken = &scan.Error{Position: scan.Position{Column: at}, Reason: reason, Row: true}
	if len(text) > 0 {
		t.mistaken.Detail = scan.Quote(text)
	}
}

// fieldName is a field in words.
func fieldName(f field) string {
	return [numFields]string{
		fieldAt: "time", fieldEnd: "end time", fieldInput: "input count", fieldOutput: "output count", fieldMax: "max_tokens",
		fieldRead: "cache read count", fieldWrite: "cache write count", fieldDuration: "duration", fieldStatus: "status",
	}[f]
}

// times reads when a call began and how long it took.
func (t *table) times(c *call) {
	if t.cells[fieldAt].rank == 0 {
		t.failAt(0, "the row has no time", nil)
		return
	}
	t.settle()
	var fault scan.Fault
	if c.At, fault = t.moment(fieldAt); fault != scan.Fine {
		t.fail(fieldAt, fault)
		return
	}
	if t.cells[fieldEnd].rank != 0 { // needs no guess of a unit
		end, fault := t.moment(fieldEnd)
		if fault != scan.Fine {
			t.fail(fieldEnd, fault)
		} else if end >= c.At {
			c.Duration = end - c.At
		}
		return
	}
	if t.cells[fieldDuration].rank != 0 {
		if c.Duration, fault = t.duration(); fault != scan.Fine {
			t.fail(fieldDuration, fault)
		}
	}
}

// settle decides by the first row how times are written.
func (t *table) settle() {
	if t.kind != unsettled {
		return
	}
	c := &t.cells[fieldAt]
	if _, fault := scan.Stamp(c.text); fault == scan.Fine {
		t.kind, t.info.Dated = stamps, true
		t.note("times are dates and times, UTC where they name no zone")
		return
	}
	t.clock = c.scale
	t.kind = elapsed
	whole, fault := scan.Decimal(c.text, 0)
	if fault != scan.Fine {
		t.kind = unsettled
		return
	}
	t.size(whole)
	t.noteClock()
}

// size tells the unit and the clock of a number by its size: seconds since 1970
// have ten digits until 2286, milliseconds thirteen, and so on. A number below
// 10^9 counts from the trace's own begin, in seconds unless the column says else.
func (t *table) size(n int64) {
	since := []struct {
		least int64
		scale int8
	}{{1e17, 9}, {1e14, 6}, {1e11, 3}, {1e9, 0}}
	for _, s := range since {
		if n >= s.least {
			if t.clock == guess || t.clock == s.scale {
				t.kind, t.clock, t.info.Dated = epoch, s.scale, true
			}
			break
		}
	}
	if t.clock == guess {
		t.clock = 0
	}
}

func (t *table) noteClock() {
	units := map[int8]string{0: "seconds", 3: "milliseconds", 6: "microseconds", 9: "nanoseconds"}[t.clock]
	if t.kind == epoch {
		t.note("times were taken as " + units + " since 1970 (UTC), by the size of the first")
	} else if t.format != "burstgpt" {
		t.note("times were taken as " + units + " since the trace's own begin; time 0 is the first row")
	}
}

// moment reads a time.
func (t *table) moment(f field) (unit.Time, scan.Fault) {
	text := t.text(f)
	if t.kind == stamps {
		return stamp(text)
	}
	value, fault := span(text, int(t.clock))
	if fault == notATime && t.kind == unsettled {
		fault = "is neither a date and time nor a number"
	}
	return value, fault
}

// duration reads how long a call took. Without a unit in its name it is in
// seconds, in a span in nanoseconds.
func (t *table) duration() (unit.Time, scan.Fault) {
	c := &t.cells[fieldDuration]
	if c.scale == guess && t.format == "otel" {
		c.scale = 9
		t.note("durations were taken as nanoseconds")
	} else if c.scale == guess {
		c.scale = 0
		t.note("durations were taken as seconds")
	}
	return span(c.text, int(c.scale))
}

// counts reads the counts of tokens.
func (t *table) counts(c *call) {
	if t.cells[fieldInput].rank == 0 && !c.Failed() {
		t.failAt(0, "the row has no input count", nil)
		return
	}
	input := t.count(fieldInput, 0)
	c.Output = t.count(fieldOutput, 0)
	c.CacheRead, c.CacheWrite = t.count(fieldRead, trace.Unknown), t.count(fieldWrite, trace.Unknown)
	if t.cells[fieldMax].rank != 0 {
		c.Max = t.count(fieldMax, trace.MaxUnknown)
	}
	if t.mistaken != nil {
		return
	}
	var fault scan.Fault
	if c.Input, fault = merge(input, c.CacheRead, c.CacheWrite, t.inclusive(t.whole)); fault != scan.Fine {
		t.fail(fieldInput, fault)
	}
}

func (t *table) count(f field, missing int64) int64 {
	if t.cells[f].rank == 0 {
		return missing
	}
	n, fault := scan.Whole(t.text(f), trace.MaxCount)
	if fault != scan.Fine {
		t.fail(f, fault)
	}
	return n
}

// outcome reads how the call went.
func (t *table) outcome(c *call) {
	if t.cells[fieldStatus].rank != 0 {
		c.Status = outcome(t.text(fieldStatus))
	}
}
