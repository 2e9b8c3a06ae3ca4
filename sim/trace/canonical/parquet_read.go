package canonical

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"

	"quotawall/sim/trace"
	"quotawall/sim/trace/scan"
	"quotawall/sim/unit"
)

// SniffParquet reports whether a file is Parquet.
func SniffParquet(head []byte) bool {
	return strings.HasPrefix(string(head[:min(len(head), 4)]), "PAR1")
}

// ParquetReader reads the canonical columns of a Parquet file, a page of each
// at a time. Blocks and session ids are valid until the next Read.
type ParquetReader struct {
	name string
	opt  trace.ReadOptions
	info trace.Info
	sum  trace.Summary

	file    io.ReaderAt
	size    int64
	columns []*pageColumn
	groups  []parquet.RowGroup // not yet begun
	chunks  []format.RowGroup  // of the same: where their columns lie
	records int64              // rows read, good or bad
	faults  map[int]string     // mistakes of the rows at hand
	some    bool
	first   unit.Time
	last    unit.Time
}

// OpenParquet reads the file's description. size is its length in bytes.
func OpenParquet(name string, r io.ReaderAt, size int64, opt trace.ReadOptions) (p *ParquetReader, err error) {
	defer damaged(name, &err)
	var f *parquet.File
	if err = checkFooter(r, size); err == nil {
		f, err = parquet.OpenFile(r, size, parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true))
	}
	if err != nil {
		return nil, fileError(name, fmt.Sprintf("the Parquet file cannot be read (%v)", err))
	}
	p = &ParquetReader{name: name, opt: opt, file: r, size: size, groups: f.RowGroups(), chunks: f.Metadata().RowGroups}
	p.info = trace.Info{Format: "parquet", Names: trace.NewNames()}
	p.sum.Files = 1
	if f.NumRows() == 0 {
		return nil, &scan.Error{Position: scan.Position{File: name}, Reason: "the trace has no rows", Empty: true}
	}
	about, _ := f.Lookup(parquetAbout)
	var d Reader // takes the words that a CSV's first line has
	if err := d.describe(about); err != nil {
		return nil, fileError(name, err.Error())
	}
	p.info.Start, p.info.Dated = d.info.Start, d.info.Dated
	p.info.BlockTokens, p.info.BlockScope = d.info.BlockTokens, d.info.BlockScope
	p.info.Dialogues, p.info.MaxTokens = d.info.Dialogues, d.info.MaxTokens
	if err := p.plan(f.Schema()); err != nil {
		return nil, err
	}
	for _, c := range p.columns {
		if err := checkCodec(p.chunks, c); err != nil {
			return nil, fileError(name, err.Error())
		}
	}
	return p, nil
}

func fileError(name, reason string) error {
	return &scan.Error{Position: scan.Position{File: name}, Reason: reason}
}

// damaged makes an error of a panic: the Parquet library panics on some files
// that do not hold what they promise.
func damaged(name string, err *error) {
	if r := recover(); r != nil {
		*err = fileError(name, fmt.Sprintf("the Parquet file is damaged (%v)", r))
	}
}

func (p *ParquetReader) damage(err error) error {
	return fileError(p.name, fmt.Sprintf("the Parquet file is damaged (%v)", err))
}

// plan finds the canonical columns in the file's schema; others are not read.
func (p *ParquetReader) plan(schema *parquet.Schema) error {
	leaves := map[string][]string{}
	for _, path := range schema.Columns() {
		leaves[path[0]] = path
	}
	for c, name := range Columns() {
		path, ok := leaves[name]
		if !ok {
			if column(c) <= colOutput {
				return fileError(p.name, "the file has no column "+name)
			}
			continue
		}
		leaf, _ := schema.Lookup(path...)
		one := &pageColumn{col: column(c), index: leaf.ColumnIndex, definition: byte(leaf.MaxDefinitionLevel), repeated: leaf.MaxRepetitionLevel > 0}
		switch {
		case leaf.MaxRepetitionLevel > 1, one.repeated != (one.col == colBlocks):
			return fileError(p.name, "column "+name+" is not shaped as it should be: one value a row, and a list for blocks")
		case one.col == colBlocks && p.info.BlockTokens == 0:
			continue // without a size the ids mean nothing; our own files have the column always
		}
		one.names = tableOf(one.col, p.info.Names)
		p.columns = append(p.columns, one)
	}
	return nil
}

// Info describes the trace.
func (p *ParquetReader) Info() *trace.Info { return &p.info }

// Summary tells what was read so far.
func (p *ParquetReader) Summary() *trace.Summary {
	p.sum.Span = p.last - p.first
	return &p.sum
}

// Close gives back the pages.
func (p *ParquetReader) Close() error {
	var errs []error
	for _, c := range p.columns {
		if c.pages != nil {
			errs = append(errs, c.pages.Close())
			c.pages = nil
		}
	}
	p.groups = nil
	return errors.Join(errs...)
}

// Read fills block with the next rows, no further than the pages at hand reach.
func (p *ParquetReader) Read(block []trace.Request) (n int, err error) {
	defer damaged(p.name, &err)
	for n == 0 && len(block) > 0 {
		if err := p.advance(); err != nil {
			return 0, err
		}
		rows := len(block)
		for _, c := range p.columns {
			rows = min(rows, c.left())
		}
		if p.opt.Head > 0 {
			if rows = int(min(int64(rows), p.opt.Head-p.records)); rows == 0 {
				return 0, p.end()
			}
		}
		for part := range slices.Chunk(block[:rows], partRows) {
			p.fill(part)
			if n, err = p.keep(block, n, part); err != nil {
				return 0, err
			}
		}
	}
	p.sum.Rows += int64(n)
	return n, nil
}

// advance fetches a page of every column that has none.
func (p *ParquetReader) advance() error {
	for _, c := range p.columns {
		for c.left() == 0 {
			if c.pages == nil {
				if err := p.nextGroup(); err != nil {
					return err
				}
			}
			page, err := c.pages.ReadPage()
			if err == io.EOF {
				if err := p.leaveGroup(); err != nil {
					return err
				}
				continue
			}
			if err != nil {
				return p.damage(err)
			}
			if fault := c.load(page); fault != scan.Fine {
				return fileError(p.name, fmt.Sprintf("column %s %s, somewhere in the %d rows from row %d on", Columns()[c.col], fault, c.rows, p.records+1))
			}
		}
	}
	return nil
}

func (p *ParquetReader) nextGroup() error {
	if len(p.groups) == 0 {
		return p.end()
	}
	chunks, places := p.groups[0].ColumnChunks(), p.chunks[0].Columns
	p.groups, p.chunks = p.groups[1:], p.chunks[1:]
	for _, c := range p.columns {
		if err := checkPages(p.file, p.size, &places[c.index].MetaData); err != nil {
			return p.damage(fmt.Errorf("column %s: %w", Columns()[c.col], err))
		}
		c.pages = chunks[c.index].Pages()
	}
	return nil
}

// leaveGroup ends a row group, in which all columns have as many rows.
func (p *ParquetReader) leaveGroup() error {
	for _, c := range p.columns {
		if c.left() > 0 {
			return p.damage(errors.New("columns of different lengths"))
		}
		err := c.pages.Close()
		c.pages, c.at, c.rows = nil, 0, 0
		if err != nil {
			return err
		}
	}
	return nil
}

func (p *ParquetReader) end() error {
	if p.sum.Rows == 0 {
		return &scan.Error{Position: scan.Position{File: p.name}, Reason: "the trace has no good row", Empty: true}
	}
	return io.EOF
}
