package canonical

import (
	"io"
	"strings"

	"github.com/parquet-go/parquet-go"

	"quotawall/sim/trace"
)

const (
	// parquetAbout is the metadata key under which the file says what the first
	// line of a CSV says.
	parquetAbout = "quotawall"
	// groupRows and groupIDs bound a row group, which is buffered in memory.
	groupRows = 128 << 10
	groupIDs  = 4 << 20
)

// parquetSchema has the canonical columns. max_tokens is -1 where the client
// sent none; blocks is a repeated column of ids.
func parquetSchema() *parquet.Schema {
	packed := func(n parquet.Node) parquet.Node { return parquet.Encoded(n, &parquet.DeltaBinaryPacked) }
	number := func() parquet.Node { return packed(parquet.Optional(parquet.Int(64))) }
	text := func() parquet.Node {
		return parquet.Encoded(parquet.Optional(parquet.String()), &parquet.RLEDictionary)
	}
	group := parquet.Group{}
	for c, name := range Columns() {
		switch column(c) {
		case colTime, colInput, colOutput:
			group[name] = packed(parquet.Int(64))
		case colModel, colSession, colUser, colClass, colAccount:
			group[name] = text()
		case colBlocks:
			group[name] = packed(parquet.Repeated(parquet.Uint(64)))
		default:
			group[name] = number()
		}
	}
	return parquet.NewSchema("trace", group)
}

// WriteParquet writes all rows of r as Parquet and returns how many.
func WriteParquet(w io.Writer, r trace.Reader) (rows int64, err error) {
	info := r.Info()
	schema := parquetSchema()
	about := strings.TrimSpace(strings.TrimPrefix(FirstLine(info), "#"))
	out := parquet.NewWriter(w, schema, parquet.Compression(&parquet.Snappy), parquet.KeyValueMetadata(parquetAbout, about))
	b := rowBuilder{names: info.Names}
	for c, name := range Columns() {
		leaf, _ := schema.Lookup(name)
		b.place[c], b.order[leaf.ColumnIndex] = leaf.ColumnIndex, column(c)
	}
	block := make([]trace.Request, 512)
	inGroup, ids := 0, 0
	for {
		n, err := r.Read(block)
		if err == io.EOF {
			return rows, out.Close()
		}
		if err != nil {
			return rows, err
		}
		if _, err := out.WriteRows(b.build(block[:n])); err != nil {
			return rows, err
		}
		rows += int64(n)
		inGroup += n
		for i := range block[:n] {
			ids += len(block[i].Blocks)
		}
		if inGroup >= groupRows || ids >= groupIDs {
			if err := out.Flush(); err != nil {
				return rows, err
			}
			inGroup, ids = 0, 0
		}
	}
}

// rowBuilder makes Parquet rows of requests, in memory that is used again.
type rowBuilder struct {
	names *trace.Names
	place [columns]int    // of each column in the schema
	order [columns]column // the columns as they stand in the schema
	cells [columns]parquet.Value
	rows  []parquet.Row
}

// build makes rows that are valid until the next call.
func (b *rowBuilder) build(block []trace.Request) []parquet.Row {
	for len(b.rows) < len(block) {
		b.rows = append(b.rows, nil)
	}
	for i := range block {
		b.rows[i] = b.append(b.rows[i][:0], &block[i])
	}
	return b.rows[:len(block)]
}

func (b *rowBuilder) append(row parquet.Row, r *trace.Request) parquet.Row {
	b.cells[colTime] = parquet.Int64Value(int64(r.At)).Level(0, 0, b.place[colTime])
	b.cells[colInput] = parquet.Int64Value(r.Input).Level(0, 0, b.place[colInput])
	b.cells[colOutput] = parquet.Int64Value(r.Output).Level(0, 0, b.place[colOutput])
	b.number(colMax, r.Max, r.Max != trace.MaxUnknown)
	b.number(colRead, r.CacheRead, r.CacheRead >= 0)
	b.number(colWrite, r.CacheWrite, r.CacheWrite >= 0)
	b.number(colShared, r.Shared, r.Shared >= 0)
	b.number(colDuration, int64(r.Duration), r.Duration >= 0)
	b.number(colStatus, int64(r.Status), r.Status != 0)
	b.text(colModel, b.names.Models.Text(r.Model))
	b.text(colUser, b.names.Users.Text(r.User))
	b.text(colClass, b.names.Classes.Text(r.Class))
	b.text(colAccount, b.names.Accounts.Text(r.Account))
	b.text(colSession, string(r.SessionID))

	for _, c := range b.order {
		if c == colBlocks {
			row = b.blocks(row, r.Blocks)
		} else {
			row = append(row, b.cells[c])
		}
	}
	return row
}

func (b *rowBuilder) number(c column, v int64, known bool) {
	if !known {
		b.cells[c] = parquet.NullValue().Level(0, 0, b.place[c])
		return
	}
	b.cells[c] = parquet.Int64Value(v).Level(0, 1, b.place[c])
}

func (b *rowBuilder) text(c column, s string) {
	if s == "" {
		b.cells[c] = parquet.NullValue().Level(0, 0, b.place[c])
		return
	}
	b.cells[c] = parquet.ByteArrayValue([]byte(s)).Level(0, 1, b.place[c])
}

func (b *rowBuilder) blocks(row parquet.Row, ids []uint64) parquet.Row {
	if len(ids) == 0 {
		return append(row, parquet.NullValue().Level(0, 0, b.place[colBlocks]))
	}
	for i, id := range ids {
		row = append(row, parquet.Int64Value(int64(id)).Level(min(i, 1), 1, b.place[colBlocks]))
	}
	return row
}
