package reports

import (
	"bytes"
	"io"
	"testing"

	"github.com/parquet-go/parquet-go"

	"quotawall/scenarios/result"
)

func TestSweepParquetHoldsEveryValue(t *testing.T) {
	s := &result.Sweep{Keys: []string{"users", "caching.ttl"}, Notes: []string{"left out: 1 rows", "same seed"}, Rows: []result.SweepRow{
		{Point: 1, Values: []string{"5", "1h"}, Step: 0, Name: "as is", Binds: "tokens_per_day", Figure: map[string]float64{"month_usd": 12.5, "served": 7}},
		{Point: 2, Values: []string{"6", "5m"}, Step: 1, Name: "caching", Figure: map[string]float64{"unserved": 0}},
	}}
	var b bytes.Buffer
	if err := writeSweepParquet(&b, s); err != nil {
		t.Fatal(err)
	}
	f, err := parquet.OpenFile(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	if notes, _ := f.Lookup("quotawall.notes"); notes != "left out: 1 rows\nsame seed" {
		t.Errorf("notes %q", notes)
	}
	r := parquet.NewReader(bytes.NewReader(b.Bytes()))
	for i, want := range s.Rows {
		row := map[string]any{}
		if err := r.Read(&row); err != nil {
			t.Fatal(err)
		}
		if row["point"] != int64(want.Point) || row["step"] != int64(want.Step) || row["name"] != want.Name || row["binds"] != want.Binds ||
			row["key.users"] != want.Values[0] || row["key.caching.ttl"] != want.Values[1] {
			t.Errorf("row %d: %v", i, row)
		}
		for _, name := range result.FigureNames() {
			f, given := want.Figure[name]
			if got := row[name]; given && got != f || !given && got != nil {
				t.Errorf("row %d, %s: %v, want %v (%t)", i, name, got, f, given)
			}
		}
	}
	if err := r.Read(&map[string]any{}); err != io.EOF {
		t.Errorf("after the last row: %v", err)
	}
}
