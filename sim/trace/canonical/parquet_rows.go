package canonical

import (
	"fmt"

	"quotawall/sim/trace"
	"quotawall/sim/trace/scan"
	"quotawall/sim/unit"
)

// partRows is how many rows are filled before they are checked: few enough to
// stay in the processor's cache.
const partRows = 128

// fill makes requests of the next rows of the pages, column by column, and
// notes the mistakes of single rows in p.faults.
func (p *ParquetReader) fill(block []trace.Request) {
	clear(p.faults)
	for i := range block {
		block[i] = trace.Request{
			Max: trace.MaxUnknown, Duration: trace.Unknown,
			CacheRead: trace.Unknown, CacheWrite: trace.Unknown, Shared: trace.Unknown,
		}
	}
	for _, c := range p.columns {
		at := c.at
		c.at += len(block)
		switch {
		case c.none:
		case c.repeated:
			for i := range block {
				block[i].Blocks = c.blocks(at + i)
			}
		default:
			p.fillColumn(c, c.numbers[at:at+len(block)], block)
		}
	}
}

func (p *ParquetReader) fillColumn(c *pageColumn, numbers []int64, block []trace.Request) {
	switch c.col {
	case colModel:
		for i, v := range numbers {
			block[i].Model = int32(v)
		}
	case colClass:
		for i, v := range numbers {
			block[i].Class = int32(v)
		}
	case colUser:
		for i, v := range numbers {
			block[i].User = int32(v)
		}
	case colAccount:
		for i, v := range numbers {
			block[i].Account = int32(v)
		}
	case colSession:
		for i, v := range numbers {
			if v != 0 {
				block[i].Session, block[i].SessionID = c.hashes[v], c.texts[v]
			}
		}
	case colTime:
		for i, v := range numbers {
			block[i].At = unit.Time(v)
		}
		p.bounds(c.col, numbers, int64(trace.MaxTime))
	case colInput:
		for i, v := range numbers {
			block[i].Input = v
		}
		p.bounds(c.col, numbers, trace.MaxCount)
	case colOutput:
		for i, v := range numbers {
			block[i].Output = v
		}
		p.bounds(c.col, numbers, trace.MaxCount)
	default:
		for i, v := range numbers {
			if fault := cell(c.col, v, &block[i]); fault != scan.Fine {
				p.fault(i, c.col, fault)
			}
		}
	}
}

// bounds finds the cells of a mandatory column that are empty or out of range.
func (p *ParquetReader) bounds(c column, numbers []int64, most int64) {
	for i, v := range numbers {
		if v < 0 || v > most {
			fault := scan.Above(most)
			switch {
			case v == absent:
				fault = missing
			case v < 0:
				fault = scan.Negative
			}
			p.fault(i, c, fault)
		}
	}
}

// fault notes a row's mistake, its first one.
func (p *ParquetReader) fault(i int, c column, fault scan.Fault) {
	if p.faults == nil {
		p.faults = map[int]string{}
	}
	if p.faults[i] == "" {
		p.faults[i] = "column " + Columns()[c] + " " + string(fault)
	}
}

// badRow is the mistake of the row that was read last.
func (p *ParquetReader) badRow(mistake string) error {
	return &scan.Error{Position: scan.Position{File: p.name}, Reason: fmt.Sprintf("%s, in row %d", mistake, p.records), Row: true}
}

// keep moves the good rows of part, which lies in block, behind the n good rows
// of block and returns how many there are then.
func (p *ParquetReader) keep(block []trace.Request, n int, part []trace.Request) (int, error) {
	for i := range part {
		r := &part[i]
		p.records++
		mistake := ""
		if len(p.faults) > 0 {
			mistake = p.faults[i]
		}
		if mistake == "" && !consistent(r) {
			mistake = "the cached or shared part is larger than the prompt"
		}
		switch {
		case mistake != "" && p.opt.SkipBadRows:
			p.opt.LeaveOut(&p.sum, mistake, fmt.Sprintf("%s, row %d", scan.Printable(p.name), p.records), p.badRow(mistake))
			continue
		case mistake != "":
			return 0, p.badRow(mistake)
		case p.some && r.At < p.last && !p.opt.Unordered:
			return 0, fileError(p.name, fmt.Sprintf("the trace is out of time order: row %d at %d us comes after %d us\n  --sort puts the rows in order", p.records, int64(r.At), int64(p.last)))
		}
		if !p.some {
			p.first, p.some = r.At, true
		}
		p.last = max(p.last, r.At)
		if r.Status != 0 && r.Failed() {
			p.sum.Failed++
		}
		if to := &block[n]; to != r {
			*to = *r
		}
		n++
	}
	return n, nil
}

// cell stores a number of a column that may be empty.
func cell(c column, v int64, r *trace.Request) scan.Fault {
	switch {
	case v == absent:
		return scan.Fine
	case v == trace.MaxUnset && c == colMax:
		r.Max = v
		return scan.Fine
	case v < 0:
		return scan.Negative
	case !number(c, v, r):
		return scan.Above(most(c))
	}
	return scan.Fine
}
