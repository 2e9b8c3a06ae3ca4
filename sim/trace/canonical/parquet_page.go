package canonical

import (
	"math"
	"slices"
	"strconv"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding"

	"quotawall/sim/trace"
	"quotawall/sim/trace/scan"
	"quotawall/sim/unit"
)

// absent stands for an empty cell of a number column.
const absent = math.MinInt64

// pageColumn is one canonical column of a Parquet file while it is read. A page
// is taken apart at once: numbers as they are, names as numbers of the trace's
// tables, sessions as places in texts.
type pageColumn struct {
	col        column
	index      int // among the file's leaves
	definition byte
	repeated   bool
	names      *trace.Table // where the column holds names

	pages   parquet.Pages
	page    parquet.Page
	rows    int  // of the page
	none    bool // all of the page's cells are empty
	at      int  // rows that were handed out
	numbers []int64
	texts   [][]byte // sessions: by number; 0 is none
	hashes  []uint64
	ends    []int // blocks: where the ids of each row end
	ids     []uint64

	entries    []int64 // the page's values that are there
	scratch    []int64 // memory for entries
	spreads    []int64 // memory for numbers
	dictionary parquet.Dictionary
	known      []int64 // the dictionary's values
}

func (p *pageColumn) left() int { return p.rows - p.at }

// load takes the page apart.
func (p *pageColumn) load(page parquet.Page) scan.Fault {
	if p.page != nil {
		parquet.Release(p.page)
	}
	p.page, p.at, p.rows = page, 0, int(page.NumRows())
	if p.none = page.NumNulls() == page.NumValues() && p.col > colOutput; p.none {
		return scan.Fine
	}
	fault := scan.Fine
	if dictionary := page.Dictionary(); dictionary != nil {
		fault = p.lookUp(dictionary, page.Data())
	} else {
		p.dictionary = nil
		fault = p.convert(page.Data())
	}
	if fault != scan.Fine {
		return fault
	}
	if p.repeated {
		p.loadBlocks(page)
		return scan.Fine
	}
	p.spread(page.DefinitionLevels())
	return scan.Fine
}

// lookUp takes the values from the dictionary, which is converted once.
func (p *pageColumn) lookUp(dictionary parquet.Dictionary, places encoding.Values) scan.Fault {
	if p.dictionary != dictionary {
		if fault := p.convert(dictionary.Page().Data()); fault != scan.Fine {
			return fault
		}
		p.dictionary, p.known = dictionary, append(p.known[:0], p.entries...)
	}
	at := places.Int32()
	p.scratch = slices.Grow(p.scratch[:0], len(at))[:len(at)]
	for i, k := range at {
		p.scratch[i] = p.known[k]
	}
	p.entries = p.scratch
	return scan.Fine
}

// convert makes whole numbers of values: of texts, their number in a table.
func (p *pageColumn) convert(v encoding.Values) scan.Fault {
	switch p.col {
	case colModel, colUser, colClass, colAccount, colSession:
		p.texts, p.hashes = append(p.texts[:0], nil), append(p.hashes[:0], 0)
		return p.eachText(v)
	case colBlocks:
		if v.Kind() == encoding.ByteArray {
			return badBlocks
		}
	}
	if v.Kind() == encoding.Int64 {
		p.entries = v.Int64() // the page's own memory
		return scan.Fine
	}
	p.entries = p.scratch[:0]
	defer func() { p.scratch = p.entries }()
	switch v.Kind() {
	case encoding.Int32:
		for _, n := range v.Int32() {
			p.entries = append(p.entries, int64(n))
		}
	case encoding.Double:
		for _, f := range v.Double() {
			n, ok := whole(f)
			if !ok {
				return scan.NotANumber
			}
			p.entries = append(p.entries, n)
		}
	case encoding.ByteArray:
		return p.eachNumber(v)
	default:
		return wrongType
	}
	return scan.Fine
}

const wrongType scan.Fault = "is of a type that holds no whole numbers or texts"

// whole is a float as a whole number; not-a-number is an empty cell.
func whole(f float64) (int64, bool) {
	if math.IsNaN(f) {
		return absent, true
	}
	if f != math.Trunc(f) || math.Abs(f) >= 1<<62 {
		return 0, false
	}
	return int64(f), true
}

// eachNumber reads numbers that are written as text.
func (p *pageColumn) eachNumber(v encoding.Values) scan.Fault {
	data, offsets := v.ByteArray()
	for i := range max(len(offsets), 1) - 1 {
		text := data[offsets[i]:offsets[i+1]]
		switch {
		case len(text) == 0:
			p.entries = append(p.entries, absent)
		case p.col == colMax && string(text) == "unset":
			p.entries = append(p.entries, trace.MaxUnset)
		default:
			n, fault := scan.Whole(text, int64(trace.MaxTime)) // bounds looks at the rest, and knows the row
			if fault == scan.Above(int64(trace.MaxTime)) {
				fault = scan.Above(most(p.col))
			}
			if fault != scan.Fine {
				return fault
			}
			p.entries = append(p.entries, n)
		}
	}
	return scan.Fine
}

// eachText numbers texts; whole numbers are taken as their decimal digits.
func (p *pageColumn) eachText(v encoding.Values) scan.Fault {
	p.entries = p.scratch[:0]
	defer func() { p.scratch = p.entries }()
	switch v.Kind() {
	case encoding.ByteArray:
		data, offsets := v.ByteArray()
		for i := range max(len(offsets), 1) - 1 {
			p.entries = append(p.entries, p.number(data[offsets[i]:offsets[i+1]]))
		}
	case encoding.Int64:
		for _, n := range v.Int64() {
			p.entries = append(p.entries, p.number(strconv.AppendInt(nil, n, 10)))
		}
	case encoding.Int32:
		for _, n := range v.Int32() {
			p.entries = append(p.entries, p.number(strconv.AppendInt(nil, int64(n), 10)))
		}
	default:
		return wrongType
	}
	return scan.Fine
}

// number is the number of a text: in the trace's table, or among the page's
// sessions.
func (p *pageColumn) number(text []byte) int64 {
	switch {
	case len(text) == 0:
		return 0
	case p.names != nil:
		return int64(p.names.Intern(text))
	}
	p.texts, p.hashes = append(p.texts, text), append(p.hashes, unit.Hash(text))
	return int64(len(p.texts) - 1)
}

// spread puts values beside the empty cells between them.
func (p *pageColumn) spread(levels []byte) {
	none := int64(absent)
	switch p.col {
	case colModel, colUser, colClass, colAccount, colSession:
		none = 0
	}
	if len(levels) == 0 || len(p.entries) == p.rows {
		p.numbers = p.entries
		return
	}
	p.spreads = slices.Grow(p.spreads[:0], len(levels))[:len(levels)]
	next := 0
	for i, level := range levels {
		if level < p.definition {
			p.spreads[i] = none
			continue
		}
		p.spreads[i] = p.entries[next]
		next++
	}
	p.numbers = p.spreads
}

// loadBlocks sorts ids to rows.
func (p *pageColumn) loadBlocks(page parquet.Page) {
	p.ids, p.ends = p.ids[:0], p.ends[:0]
	repeats, levels := page.RepetitionLevels(), page.DefinitionLevels()
	next := 0
	for i, repeat := range repeats {
		if repeat == 0 {
			p.ends = append(p.ends, len(p.ids))
		}
		if levels[i] == p.definition {
			p.ids = append(p.ids, uint64(p.entries[next]))
			next++
		}
		p.ends[len(p.ends)-1] = len(p.ids)
	}
}

// blocks are the ids of the page's row i.
func (p *pageColumn) blocks(i int) []uint64 {
	begin := 0
	if i > 0 {
		begin = p.ends[i-1]
	}
	if end := p.ends[i]; end > begin {
		return p.ids[begin:end:end]
	}
	return nil
}
