package reports

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/olekukonko/tablewriter/pkg/twwidth"

	"quotawall/reports/internal/sample"
)

// hostile is a table whose texts try to leave their cells.
func hostile() *Table {
	t := NewTable("caps | met <b>",
		Column{Name: "step", Group: true},
		Column{Name: "model"},
		Column{Name: "limit per day", Kind: Count, Unit: "tokens"},
		Column{Name: "cost per month", Key: "month_usd", Kind: Money},
		Column{Name: "served", Kind: Share},
		Column{Name: "wait", Kind: Duration, Drop: 2},
		Column{Name: "note", Wrap: 24, Drop: 1},
		Column{Name: "hash", Exact: true},
	)
	t.Row(Str("as is"), Str("claude-opus-4-6"), Int(2592000), Nano(18372123456789), Num(0.387), Num(0),
		Str("the daily cap resets at midnight UTC, assumed: AWS does not say"), Str("a"))
	t.Row(Str("as is"), Str("claude-sonnet-4-5"), Int(int64(3600000000)), Nano(1200000000).Note("includes idle hours"),
		Num(0.9999).Tone(Bad), Num(4), None(), Str("b"))
	t.ExactRow(Str("as is"), Str("only for machines"), Int(1), Nano(1), Num(0), Num(9999999), None(), Str("x"))
	t.Row(Str("+ caching"), Str("_evil_*|`\x1b[31m\u202e"), None().Note("no such limit").Note("includes idle hours"),
		Nano(0), Num(1), None(), Str("=1+1|<script>"), Str("\"c\",\nd"))
	t.ShownRow(Str("+ caching"), Str("total"), None(), Nano(18373323456789), None(), None(), None(), None())
	t.Note("prices of 2026-11-10")
	return t
}

// golden compares with testdata; -update writes.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if f := flag.Lookup("update"); f != nil && f.Value.String() == "true" {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), string(got)); d != "" {
		t.Errorf("%s differs (-want +got); -update rewrites it\n%s", path, d)
	}
}

func TestMain(m *testing.M) {
	flag.Bool("update", false, "rewrite the golden files")
	flag.Parse()
	os.Exit(m.Run())
}

func render(t *testing.T, format string, width int, tables ...*Table) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, format, width, false, tables...); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestGoldens(t *testing.T) {
	for _, c := range []struct {
		name, format string
		width        int
		tables       []*Table
	}{
		{"hostile-100.txt", "table", 100, []*Table{hostile()}},
		{"hostile-60.txt", "table", 60, []*Table{hostile()}},
		{"hostile.csv", "csv", 0, []*Table{hostile()}},
		{"hostile.md", "markdown", 0, []*Table{hostile()}},
		{"hostile.json", "json", 0, []*Table{hostile()}},
		{"hostile.html", "html", 0, []*Table{hostile()}},
		{"run-100.txt", "table", 0, RunTables(sample.Run())},
		{"run-72.txt", "table", 72, Headline(sample.Run())},
		{"run.csv", "csv", 0, RunTables(sample.Run())},
		{"run.md", "markdown", 0, RunTables(sample.Run())},
	} {
		t.Run(c.name, func(t *testing.T) { golden(t, c.name, render(t, c.format, c.width, c.tables...)) })
	}
}

// TestTextNeverBreaks holds the promise of WriteText at every width.
func TestTextNeverBreaks(t *testing.T) {
	for width := 1; width <= 140; width++ {
		for _, line := range strings.Split(string(render(t, "table", width, append(RunTables(sample.Run()), hostile())...)), "\n") {
			if n := twwidth.Width(line); n > width {
				t.Fatalf("at width %d a line has %d columns: %q", width, n, line)
			}
		}
	}
}

// TestLongWordsBreak: an ARN does not cost a note its column, at any width
// that a text can be read at; what goes first is said in Column.
func TestLongWordsBreak(t *testing.T) {
	arn := "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/" + strings.Repeat("x", 41)
	table := NewTable("notes", Column{Name: "what"}, Column{Name: "text", Wrap: 24}, Column{Name: "age", Kind: Count}, Column{Name: "as of", Drop: 1})
	table.Row(Str("note"), Str("billed to "+arn+" as a whole"), Int(7), Str("2026-11-23"))
	for _, test := range []struct {
		width int
		left  string // columns left out
	}{{100, ""}, {60, ""}, {44, "as of"}, {32, "as of, age"}, {24, "as of, age"}, {18, "as of, age"}, {12, "as of, age, what"}} {
		out := string(render(t, "table", test.width, table))
		if left := strings.Join(newLayout(table, test.width).left, ", "); left != test.left {
			t.Errorf("at width %d the columns %q are left out, want %q", test.width, left, test.left)
		}
		text := strings.NewReplacer("note", "", " ", "", "\n", "", "7", "").Replace(out)
		if !strings.Contains(text, strings.ReplaceAll(arn, "7", "")) {
			t.Errorf("at width %d the ARN is not there in full:\n%s", test.width, out)
		}
	}
}

// TestFootnotesFollowWhatIsShown: a note on a hidden row or column is not
// listed, and the others count from 1.
func TestFootnotesFollowWhatIsShown(t *testing.T) {
	table := NewTable("t", Column{Name: "a"}, Column{Name: "long", Drop: 1}, Column{Name: "x", Exact: true})
	table.ExactRow(Str("hidden").Note("on a hidden row"), Str(""), Str(""))
	table.Row(Str("shown"), Str("a wide text that goes").Note("on a wide column"), Str("").Note("on an exact column"))
	table.Row(Str("again").Note("on the first column"), Str(""), Str(""))
	for _, test := range []struct {
		format string
		width  int
		want   string
	}{{"table", 40, "¹ on a wide column\n² on the first column\n"}, {"table", 26, "again ¹\n¹ on the first column\n"},
		{"markdown", 0, "¹ on a wide column  \n² on the first column\n"}, {"html", 0, `-1"><sup>1</sup> on a wide column`}} {
		out := string(render(t, test.format, test.width, table))
		if !strings.Contains(out, test.want) || strings.Contains(out, "hidden") || strings.Contains(out, "exact") {
			t.Errorf("%s at %d:\n%s", test.format, test.width, out)
		}
	}
	if out := string(render(t, "json", 0, table)); !strings.Contains(out, "on a hidden row") || !strings.Contains(out, "on an exact column") {
		t.Errorf("json has lost a note: %s", out)
	}
}

// TestTextColour: colour adds attributes and changes nothing else.
func TestTextColour(t *testing.T) {
	var plain, colour bytes.Buffer
	if err := WriteText(&plain, 100, false, hostile()); err != nil {
		t.Fatal(err)
	}
	if err := WriteText(&colour, 100, true, hostile()); err != nil {
		t.Fatal(err)
	}
	stripped := colour.String()
	for _, code := range []string{bold, dim, red, green, reset} {
		stripped = strings.ReplaceAll(stripped, code, "")
	}
	trim := func(s string) string {
		lines := strings.Split(s, "\n")
		for i := range lines {
			lines[i] = strings.TrimRight(lines[i], " ")
		}
		return strings.Join(lines, "\n")
	}
	if d := cmp.Diff(plain.String(), trim(stripped)); d != "" {
		t.Error(d)
	}
	if !strings.Contains(colour.String(), red+"99.99%"+reset) || strings.ContainsRune(plain.String(), 0x1b) {
		t.Error("colour is missing where asked for, or there where not")
	}
}

// TestCSVRoundTrip reads back what was written, text for text and number for
// number.
func TestCSVRoundTrip(t *testing.T) {
	for _, table := range append(RunTables(sample.Run()), hostile()) {
		got, err := csv.NewReader(bytes.NewReader(render(t, "csv", 0, table))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		rows := table.exactRows()
		if len(got) != len(rows)+1 {
			t.Fatalf("%s: %d records for %d rows", table.Key(), len(got), len(rows))
		}
		for i, r := range rows {
			for j, c := range r.cells {
				want := c.exact
				if c.is == text {
					want = Visible(want)
				}
				if back := strings.TrimPrefix(got[i+1][j], "'"); back != want {
					t.Errorf("%s, row %d, %s: %q came back as %q", table.Key(), i, got[0][j], want, back)
				}
			}
		}
	}
}

// TestCSVOfManyTables: each block stands under its key, after an empty line.
func TestCSVOfManyTables(t *testing.T) {
	tables := RunTables(sample.Run())
	blocks := strings.Split(string(render(t, "csv", 0, tables...)), "\n\n")
	if len(blocks) != len(tables) {
		t.Fatalf("%d blocks of %d tables", len(blocks), len(tables))
	}
	for i, b := range blocks {
		key, rest, _ := strings.Cut(b, "\n")
		recs, err := csv.NewReader(strings.NewReader(rest)).ReadAll()
		if err != nil || key != tables[i].Key() || len(recs) != 1+len(tables[i].exactRows()) {
			t.Errorf("block %d: key %q, %d records, %v", i, key, len(recs), err)
		}
	}
}

// TestJSONRoundTrip reads back what was written.
func TestJSONRoundTrip(t *testing.T) {
	tables := append(RunTables(sample.Run()), hostile())
	var doc struct {
		Schema string
		Tables []struct {
			Key     string
			Columns []struct{ Key, Kind string }
			Rows    []map[string]json.RawMessage
		}
	}
	if err := json.Unmarshal(render(t, "json", 0, tables...), &doc); err != nil {
		t.Fatal(err)
	}
	if doc.Schema != TablesSchema || len(doc.Tables) != len(tables) {
		t.Fatalf("%q with %d tables", doc.Schema, len(doc.Tables))
	}
	for k, table := range tables {
		rows := table.exactRows()
		if len(rows) != len(doc.Tables[k].Rows) {
			t.Fatalf("%s: %d rows came back as %d", table.Key(), len(rows), len(doc.Tables[k].Rows))
		}
		for i, r := range rows {
			for j, c := range r.cells {
				raw := doc.Tables[k].Rows[i][table.cols[j].key()]
				checkJSONCell(t, table.cols[j].key(), c, raw)
			}
		}
	}
}

func checkJSONCell(t *testing.T, key string, c Cell, raw json.RawMessage) {
	t.Helper()
	switch c.is {
	case undefined:
		if string(raw) != "null" {
			t.Errorf("%s: undefined came back as %s", key, raw)
		}
	case number:
		if string(raw) != c.exact {
			t.Errorf("%s: %s came back as %s", key, c.exact, raw)
		}
	case text:
		var s string
		if err := json.Unmarshal(raw, &s); err != nil || s != c.exact {
			t.Errorf("%s: %q came back as %q (%v)", key, c.exact, s, err)
		}
	}
}

// TestKeysAreUnique: no column hides another in JSON.
func TestKeysAreUnique(t *testing.T) {
	for _, table := range RunTables(sample.Run()) {
		seen := map[string]bool{}
		for _, c := range table.cols {
			if seen[c.key()] || c.key() == "" {
				t.Errorf("%s: the key %q is there twice or empty", table.Key(), c.key())
			}
			seen[c.key()] = true
		}
	}
}

func TestCellCountIsChecked(t *testing.T) {
	bad := NewTable("t", Column{Name: "a"}, Column{Name: "b"})
	bad.Row(Str("x"))
	for _, f := range Formats() {
		var b bytes.Buffer
		if err := Write(&b, f, 0, false, bad); err == nil || b.Len() > 0 {
			t.Errorf("%s: %d bytes written, error %v", f, b.Len(), err)
		}
	}
	var b bytes.Buffer
	if err := Write(&b, "yaml", 0, false, NewTable("t")); err == nil || b.Len() > 0 {
		t.Errorf("format yaml: %d bytes written, error %v", b.Len(), err)
	}
}

// FuzzEscaping: no text leaves its cell in any format, nor raw controls.
func FuzzEscaping(f *testing.F) {
	for _, s := range []string{"", "plain", "=1+1", "|`*_", "\x1b[31m", "<script>", "a\nb\r\n", "\xff\xfe", "\u202e\u2066", "'", `\`, "&amp;", "+ x", "1. x", "\u0085\u2028"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		table := NewTable(s, Column{Name: "a"}, Column{Name: "b", Kind: Count}, Column{Name: "c", Wrap: 10})
		table.Row(Str(s), Int(1).Note(s), Str(s))
		table.Row(Str("second"), Int(2), Str("row"))
		for _, format := range Formats() {
			out := string(render(t, format, 40, table))
			if !utf8.ValidString(out) {
				t.Fatalf("%s: broken UTF-8 in %q", format, out)
			}
			for _, r := range out {
				if r != '\n' && control(r) {
					t.Fatalf("%s: raw control %U in %q", format, r, out)
				}
			}
		}
		checkFuzzed(t, s, table)
	})
}

func checkFuzzed(t *testing.T, s string, table *Table) {
	t.Helper()
	recs, err := csv.NewReader(bytes.NewReader(render(t, "csv", 0, table))).ReadAll()
	if err != nil || len(recs) != 3 {
		t.Fatalf("CSV: %d records, %v", len(recs), err)
	}
	cell := recs[1][0]
	if cell != "" && strings.ContainsRune("=+-@", rune(cell[0])) {
		t.Fatalf("CSV: a formula stands: %q", cell)
	}
	var doc struct {
		Tables []struct{ Rows []struct{ A string } }
	}
	if err := json.Unmarshal(render(t, "json", 0, table), &doc); err != nil {
		t.Fatal(err)
	}
	if got := doc.Tables[0].Rows[0].A; got != strings.ToValidUTF8(s, "\ufffd") {
		t.Fatalf("JSON: %q came back as %q", s, got)
	}
	page := string(render(t, "html", 0, table))
	if n := strings.Count(page, "<tr>"); n != 3 || strings.Contains(strings.ToLower(page), "<script") {
		t.Fatalf("HTML: %d rows in %q", n, page)
	}
	for _, line := range strings.Split(strings.TrimSpace(string(render(t, "markdown", 0, table))), "\n") {
		if !strings.HasPrefix(line, "|") {
			continue
		}
		if n := strings.Count(line, "|") - strings.Count(line, `\|`); n != 4 {
			t.Fatalf("Markdown: %d bars in %q", n, line)
		}
	}
}

// TestOddTables: no rows, no columns, only a group, only exact columns.
func TestOddTables(t *testing.T) {
	none := NewTable("none")
	none.Row()
	group := NewTable("group", Column{Name: "g", Group: true})
	group.Row(Str("x"))
	exact := NewTable("exact", Column{Name: "e", Exact: true})
	exact.Row(Int(1))
	hidden := NewTable("hidden", Column{Name: "g", Group: true}, Column{Name: "a"})
	hidden.ExactRow(Str("x"), Str("y"))
	for _, table := range []*Table{none, group, exact, hidden, NewTable("", Column{Name: "a"})} {
		for _, format := range Formats() {
			if out := string(render(t, format, 20, table)); out == "" && table.Title() != "" {
				t.Errorf("%s of %q is empty", format, table.Title())
			}
		}
	}
}
