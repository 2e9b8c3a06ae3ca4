package public

import (
	"bytes"
	"fmt"
	"io"

	"quotawall/sim/trace"
	"quotawall/sim/trace/scan"
	"quotawall/sim/unit"
)

// azureColumns are the columns of Azure's LLM inference traces of 2023 and
// 2024: the time of the call, its prompt and its answer.
func azureColumns() []string { return []string{"TIMESTAMP", "ContextTokens", "GeneratedTokens"} }

// azure reads rows as "2023-11-16 18:17:03.9799600,4808,10". A time without a
// zone is UTC.
type azure struct {
	rows   *rows
	fields int    // of the header
	column [3]int // where azureColumns stand
	base   int64  // microseconds since 1970 of the first row
}

// SniffAzure reports whether a text begins with the header of an Azure trace.
func SniffAzure(head []byte) bool {
	line, _, _ := bytes.Cut(head, []byte{'\n'})
	_, _, missing := azureHeader(line)
	return missing == ""
}

// azureHeader finds the columns; missing is the first that is not there.
func azureHeader(line []byte) (column [3]int, fields int, missing string) {
	names := bytes.Split(bytes.TrimRight(line, "\r"), []byte{','})
	for i, want := range azureColumns() {
		column[i] = -1
		for k, name := range names {
			if string(bytes.Trim(name, " \"")) == want {
				column[i] = k
			}
		}
		if column[i] < 0 && missing == "" {
			missing = want
		}
	}
	return column, len(names), missing
}

// OpenAzure reads an Azure LLM inference trace.
func OpenAzure(name string, r io.Reader, opt trace.ReadOptions) (trace.Reader, error) {
	t := newRows("azure", name, r, opt)
	a := &azure{rows: t}
	t.parser = a
	header, err := t.lines.Next()
	if err == io.EOF {
		return nil, t.emptiness()
	}
	if err != nil {
		return nil, err
	}
	var missing string
	if a.column, a.fields, missing = azureHeader(header); missing != "" {
		return nil, &scan.Error{Position: t.lines.At(0), Reason: "the header has no column " + missing,
			Detail: "it is " + scan.Quote(header) + "\n  another layout: --trace-format csv with --map"}
	}
	if err := t.begin(); err != nil {
		return nil, err
	}
	return t, nil
}

func (a *azure) parse(line []byte, r *trace.Request, _ *arena) *scan.Error {
	var cell [3][]byte
	var at [3]int
	field, begin := 0, 0
	for {
		end := bytes.IndexByte(line[begin:], ',')
		if end < 0 {
			end = len(line) - begin
		}
		for i, c := range a.column {
			if c == field {
				cell[i], at[i] = line[begin:begin+end], begin
			}
		}
		field++
		begin += end + 1
		if begin > len(line) {
			break
		}
	}
	if field != a.fields {
		return &scan.Error{Position: a.rows.lines.At(0), Reason: "the row has not as many fields as the header", Detail: scan.Quote(line), Row: true}
	}
	micros, fault := scan.Stamp(bytes.Trim(cell[0], " \""))
	if fault == scan.Fine {
		fault = a.place(micros, cell[0], r)
	}
	i := 0
	if fault == scan.Fine {
		i = 1
		r.Input, fault = scan.Whole(cell[1], trace.MaxCount)
	}
	if fault == scan.Fine {
		i = 2
		r.Output, fault = scan.Whole(cell[2], trace.MaxCount)
	}
	if fault == scan.Fine {
		return nil
	}
	return &scan.Error{
		Position: a.rows.lines.At(at[i]), Reason: "column " + azureColumns()[i] + " " + string(fault),
		Detail: scan.Quote(cell[i]), Row: true,
	}
}

// place puts the row on the trace's clock, which begins with its first row.
func (a *azure) place(micros int64, text []byte, r *trace.Request) scan.Fault {
	info := &a.rows.info
	if !info.Dated {
		a.base = micros
		info.Start, info.Dated = scan.Instant(micros), true
		if !bytes.ContainsAny(text[10:], "Zz+-UG") {
			info.Notes = append(info.Notes, "times name no zone: UTC was taken")
		}
	}
	r.At = unit.Time(micros - a.base)
	if r.At > trace.MaxTime || r.At < -trace.MaxTime {
		return scan.Fault(fmt.Sprintf("is too far from the first row (at most %d days)", trace.MaxTime/unit.Day))
	}
	return scan.Fine
}
