package reports

import (
	"io"
	"strings"

	"github.com/parquet-go/parquet-go"

	"quotawall/scenarios/result"
)

// WriteSweep writes a sweep: one row a point and step.
func WriteSweep(w io.Writer, s *result.Sweep, format string, width int, color bool) error {
	switch format {
	case "json":
		return WriteResultJSON(w, s)
	case "parquet":
		return writeSweepParquet(w, s)
	}
	return Write(w, format, width, color, SweepTable(s))
}

// SweepTable is the tidy table of a sweep.
func SweepTable(s *result.Sweep) *Table {
	cols := []Column{{Name: "point", Kind: Count}}
	for _, k := range s.Keys {
		cols = append(cols, Column{Name: strings.ReplaceAll(k, ".", ".\u00ad"), Key: k})
	}
	cols = append(cols, Column{Name: "step", Wrap: 16}, Column{Name: "binds", Wrap: 14, Drop: 9})
	for i, name := range result.FigureNames() {
		cols = append(cols, figureColumn(name, 10+i))
	}
	t := NewTable("sweep of "+s.Scenario+": "+s.Design, cols...).SetKey("sweep")
	for _, r := range s.Rows {
		cells := []Cell{Int(r.Point)}
		for _, v := range r.Values {
			cells = append(cells, Str(v))
		}
		cells = append(cells, Str(r.Name), Str(r.Binds))
		for _, name := range result.FigureNames() {
			if f, ok := r.Figure[name]; ok {
				cells = append(cells, Num(f))
			} else {
				cells = append(cells, None())
			}
		}
		t.Row(cells...)
	}
	t.Caveats(s.Notes...)
	return t
}

// figureColumn is the column of a headline figure; people see the few that
// decide.
func figureColumn(name string, drop int) Column {
	c := Column{Name: strings.TrimSuffix(strings.TrimSuffix(strings.ReplaceAll(name, "_", " "), " usd"), " s"), Key: name, Kind: Count, Exact: true, Drop: drop}
	switch {
	case strings.HasSuffix(name, "_share"):
		c.Kind = Share
	case strings.HasSuffix(name, "_usd"):
		c.Kind = Money
	case strings.HasSuffix(name, "_s"):
		c.Kind = Duration
	}
	switch name {
	case "served_share", "served_token_share", "month_usd", "unserved", "wait_p95_s":
		c.Exact = false
	}
	return c
}

// writeSweepParquet writes the rows with a column for each key and figure, and
// the notes, a line each, as the file's metadata "quotawall.notes".
func writeSweepParquet(w io.Writer, s *result.Sweep) error {
	group := parquet.Group{"point": parquet.Int(64), "step": parquet.Int(64), "name": parquet.String(), "binds": parquet.String()}
	for _, k := range s.Keys {
		group["key."+k] = parquet.String()
	}
	for _, name := range result.FigureNames() {
		group[name] = parquet.Optional(parquet.Leaf(parquet.DoubleType))
	}
	schema := parquet.NewSchema("sweep", group)
	out := parquet.NewWriter(w, schema, parquet.Compression(&parquet.Snappy), parquet.KeyValueMetadata("quotawall.notes", strings.Join(s.Notes, "\n")))
	for _, r := range s.Rows {
		if _, err := out.WriteRows([]parquet.Row{sweepRow(schema, s.Keys, &r)}); err != nil {
			return err
		}
	}
	return out.Close()
}

// sweepRow places a row's values by column; an optional one has level 1.
func sweepRow(schema *parquet.Schema, keys []string, r *result.SweepRow) parquet.Row {
	values := map[string]parquet.Value{
		"point": parquet.Int64Value(int64(r.Point)), "step": parquet.Int64Value(int64(r.Step)),
		"name": parquet.ByteArrayValue([]byte(r.Name)), "binds": parquet.ByteArrayValue([]byte(r.Binds)),
	}
	for i, k := range keys {
		values["key."+k] = parquet.ByteArrayValue([]byte(r.Values[i]))
	}
	row := parquet.Row{}
	for i, path := range schema.Columns() {
		v, given := values[path[0]]
		if f, ok := r.Figure[path[0]]; ok {
			row = append(row, parquet.DoubleValue(f).Level(0, 1, i))
		} else if given {
			row = append(row, v.Level(0, 0, i))
		} else {
			row = append(row, parquet.NullValue().Level(0, 0, i))
		}
	}
	return row
}
