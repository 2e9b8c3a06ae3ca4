package pricing

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"quotawall/pricing/tomlpos"
)

// TestMistakes: every mistake of an overlay stands with its place, in order.
func TestMistakes(t *testing.T) {
	const sourced = "as_of = 2026-11-01\nsource = [\"me\"]\n"
	tests := []struct{ name, text, want string }{
		{"syntax", "[[price]\n", "o.toml:1:8: expected end of table array name delimiter ']', but got '\\n' instead"},
		{"no source", "[[instance]]\ntype = \"ml.x\"\nusd_per_hour = \"1\"\nas_of = 2026-11-01\n", "o.toml:1:3: [[instance]] has no source\n  add source = [\"where it was read\"]"},
		{"no day", "[[instance]]\ntype = \"ml.x\"\nusd_per_hour = \"1\"\nsource = [\"me\"]\n", "o.toml:1:3: [[instance]] has no as_of\n  add as_of = year-month-day, the day it was read"},
		{"unknown table", "[[prices]]\nmodel = \"x\"\n", "o.toml:1:3: unknown table \"prices\"\n  did you mean \"price\"?"},
		{"a table that is no list", "[price]\nmodel = \"x\"\n", "o.toml:1:2: price is a table, want tables\n  write [[price]]"},
		{"unknown key", "[[instance]]\ntype = \"ml.x\"\nusd_per_huor = \"1\"\nusd_per_hour = \"1\"\n" + sourced, "o.toml:3:1: unknown key \"usd_per_huor\"\n  did you mean \"usd_per_hour\"?"},
		{"a number for a price", "[[instance]]\ntype = \"ml.x\"\nusd_per_hour = 1.5\n" + sourced, "o.toml:3:1: usd_per_hour is a decimal number, want a quoted decimal, as in \"5.50\""},
		{"a negative price", "[[instance]]\ntype = \"ml.x\"\nusd_per_hour = \"-1\"\n" + sourced, "o.toml:3:1: price -1 is negative"},
		{"a price of nothing", "[[instance]]\ntype = \"ml.x\"\nusd_per_hour = \"0\"\n" + sourced, "o.toml:3:1: usd_per_hour is 0, which is a placeholder and no price\n  leave the key out where there is no price"},
		{"a price in powers", "[[instance]]\ntype = \"ml.x\"\nusd_per_hour = \"1e9\"\n" + sourced, "o.toml:3:1: \"1e9\" is no price: write dollars as a quoted decimal, as in \"5.50\""},
		{"no price", "[[service]]\nname = \"x\"\n" + sourced, "o.toml:1:3: usd is missing"},
		{"no price of several", "[[model_unit]]\nmodel = \"nova-pro\"\nregion = \"any\"\n" + sourced, "o.toml:1:3: [[model_unit]] has no price\n  give at least one of usd_no_commit, usd_1_month, usd_6_months"},
		{"an unknown confidence", "[[service]]\nname = \"x\"\nusd = \"1\"\nconfidence = \"sure\"\n" + sourced, "o.toml:4:1: confidence \"sure\" is none of high, medium, low, unverified"},
		{"unknown model", "[[price]]\nmodel = \"claude-opus-4-7-x\"\nscope = \"global\"\ninput = \"1\"\n" + sourced, "o.toml:2:1: model \"claude-opus-4-7-x\" is not in the catalog\n  did you mean \"claude-opus-4-7\"? Otherwise add a [[model]] row for it"},
		{"unknown scope", "[[price]]\nmodel = \"claude-opus-4-6\"\nscope = \"geo\"\ninput = \"1\"\n" + sourced, "o.toml:3:1: scope \"geo\" is none of global, regional, single"},
		{"a scope that is missing", "[[price]]\nmodel = \"claude-opus-4-6\"\ninput = \"1\"\n" + sourced, "o.toml:1:3: scope is missing"},
		{"a scope that is no text", "[[price]]\nmodel = \"claude-opus-4-6\"\nscope = 5\ninput = \"1\"\n" + sourced, "o.toml:3:1: scope is a whole number, want a text"},
		{"a speed that is missing", "[[throughput]]\nmodel = \"x\"\n" + sourced, "o.toml:1:3: tokens_per_second is missing"},
		{"a source that is no text", "[[discount]]\nmodel = \"*\"\nshare = \"1%\"\nas_of = 2026-11-01\nsource = 5\n", "o.toml:5:1: source is a whole number, want a list of texts"},
		{"rows that may be anything are not twice the same", "[[instance]]\nusd_per_hour = \"1\"\n" + sourced + "[[instance]]\nusd_per_hour = \"2\"\n" + sourced, "o.toml:1:3: type is missing\no.toml:5:3: type is missing"},
		{"a source twice", "[[source]]\nid = \"a\"\ntitle = \"t\"\nurl = \"u\"\ndate = \"d\"\n[[source]]\nid = \"a\"\ntitle = \"t\"\nurl = \"u\"\ndate = \"d\"\n[[discount]]\nmodel = \"*\"\n" + sourced,
			"o.toml:7:1: a second source row for a\n  leave one of them out\no.toml:11:3: share is missing"},
		{"backwards", "[[price]]\nmodel = \"claude-opus-4-6\"\nscope = \"global\"\nfrom = 2026-02-01\nuntil = 2026-01-01\ninput = \"1\"\n" + sourced, "o.toml:5:1: until 2026-01-01 is not after from 2026-02-01"},
		{"twice", "[[instance]]\ntype = \"ml.x\"\nusd_per_hour = \"1\"\n" + sourced + "[[instance]]\ntype = \"ml.x\"\nusd_per_hour = \"2\"\n" + sourced, "o.toml:6:3: a second instance row for ml.x\n  leave one of them out"},
		{"overlap", "[[price]]\nmodel = \"nova-pro\"\nscope = \"single\"\nuntil = 2026-03-01\ninput = \"1\"\n" + sourced + "[[price]]\nmodel = \"nova-pro\"\nscope = \"single\"\nfrom = 2026-02-01\ninput = \"1\"\n" + sourced,
			"o.toml:8:3: two prices of nova-pro, scope single, hold at the same time\n  let one end where the other begins"},
		{"a bad limit", "[[applied]]\nmodel = \"*\"\nrpm = \"many\"\n" + sourced, "o.toml:3:1: rpm wants a whole number of at least 0, or \"none\""},
		{"a bad share", "[[discount]]\nmodel = \"*\"\nshare = \"120%\"\n" + sourced, "o.toml:3:1: share 120% is not between 0 and 1"},
		{"several", "[[applied]]\nrpm = -1\n[[discount]]\nmodel = \"claude-opus-4-6\"\nshare = \"10%\"\nas_of = \"soon\"\n",
			"o.toml:1:3: model is missing\no.toml:1:3: [[applied]] has no source\n  add source = [\"where it was read\"]\no.toml:1:3: [[applied]] has no as_of\n  add as_of = year-month-day, the day it was read\n" +
				"o.toml:2:1: rpm wants a whole number of at least 0, or \"none\"\no.toml:3:3: [[discount]] has no source\n  add source = [\"where it was read\"]\no.toml:6:1: as_of is no date: write year-month-day, as in 2026-11-23"},
	}
	for _, x := range tests {
		t.Run(x.name, func(t *testing.T) {
			err := embeddedCatalog(t).Overlay("o.toml", x.text)
			if err == nil {
				t.Fatal("no mistake found")
			}
			if diff := cmp.Diff(x.want, err.Error()); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// TestMistakesAreCounted: twenty are listed, the rest counted.
func TestMistakesAreCounted(t *testing.T) {
	err := embeddedCatalog(t).Overlay("o.toml", strings.Repeat("[[instance]]\nsource = \"me\"\nas_of = 2026-11-01\n", 25))
	if err == nil || strings.Count(err.Error(), "\n") > 50 || !strings.Contains(err.Error(), "more mistakes") {
		t.Errorf("got %v", err)
	}
}

// TestOverlayWins: an overlay's row is found first, its kinds only, and a
// mistaken overlay changes nothing.
func TestOverlayWins(t *testing.T) {
	c := embeddedCatalog(t)
	before := len(c.Rows(""))
	if c.Overlay("bad.toml", "[[price]]\nmodel = \"nova-2-lite\"\nscope = \"regional\"\ninput = \"9\"\n") == nil || len(c.Rows("")) != before {
		t.Fatal("a row without source was taken")
	}
	for i, text := range []string{"7", "8"} { // the later overlay wins, even over the embedded row for the EU alone
		row := "[[price]]\nmodel = \"amazon.nova-2-lite-v1:0\"\nscope = \"regional\"\ninput = \"" + text + "\"\nas_of = 2026-11-30\nsource = [\"me\"]\n"
		if err := c.Overlay("mine.toml", row); err != nil {
			t.Fatal(err)
		}
		p, ok := c.Price("nova-2-lite", "geo", "eu-west-1", "2026-11-23")
		if !ok || p.Rates["input"].String() != text || p.Rates["output"].String() != "3.157" {
			t.Errorf("overlay %d: input %s, output %s", i, p.Rates["input"], p.Rates["output"])
		}
	}
	if c.AsOf() != "2026-11-30" {
		t.Errorf("as of %s", c.AsOf())
	}
}

// TestRoundTrip writes the whole catalog as TOML, reads it as an overlay on an
// empty one, and finds the same rows.
func TestRoundTrip(t *testing.T) {
	c := embeddedCatalog(t)
	var b strings.Builder
	for _, r := range c.Rows("") {
		text := r.TOML()
		b.WriteString(text)
	}
	empty := &Catalog{sources: map[string]Source{}}
	if err := readWhole(empty, "all.toml", b.String()); err != nil {
		t.Fatal(err)
	}
	if changes := Diff(c, empty); len(changes) > 0 {
		t.Errorf("%d changes, first %+v", len(changes), changes[0])
	}
	if a, b := len(c.Rows("")), len(empty.Rows("")); a != b {
		t.Errorf("%d rows, want %d", b, a)
	}
}

// TestRules holds what the published multipliers say of Claude's rows (Anthropic
// pricing page, 2026-09-26) and of the open-weight tiers.
func TestRules(t *testing.T) {
	c := embeddedCatalog(t)
	times := func(r Rate, num, den int64) string { return r.Times(num, den).String() }
	for _, p := range c.prices {
		if !strings.HasPrefix(p.Model, "claude") {
			continue
		}
		for _, rates := range []map[string]string{asText(p, "base"), asText(p, "long")} {
			in, ok := rates["input"]
			if !ok {
				continue
			}
			r, err := ParseRate(in, million)
			if err != nil {
				t.Fatal(err)
			}
			if w := rates["cache_write_5m"]; w != "" && w != times(r, 5, 4) {
				t.Errorf("%s %s: a write for 5 minutes costs %s beside input %s", p.Model, p.Scope, w, in)
			}
			if w := rates["cache_write_1h"]; w != "" && w != times(r, 2, 1) {
				t.Errorf("%s %s: a write for an hour costs %s beside input %s", p.Model, p.Scope, w, in)
			}
		}
		if p.Scope != "regional" {
			continue
		}
		for _, k := range kinds() {
			global, _, ok := c.TokenRate(p.Model, "global", "us-east-1", k, "base", max(p.Valid.From, "2026-09-01"))
			if ok && p.Rates[k].String() != times(global, 11, 10) {
				t.Errorf("%s %s: regional %s, global %s", p.Model, k, p.Rates[k], global)
			}
		}
	}
}

func asText(p Price, band string) map[string]string {
	rates := p.Rates
	if band == "long" {
		rates = p.Long
	}
	out := map[string]string{}
	for k, r := range rates {
		out[string(k)] = r.String()
	}
	return out
}

func TestCheck(t *testing.T) {
	c := embeddedCatalog(t)
	count := func(ws []Warning, kind, key string) (n int) {
		for _, w := range ws {
			if w.Kind == kind && (key == "" || w.Key == key) {
				n++
			}
		}
		return n
	}
	if n := count(c.Check("2026-11-23"), "retired", "claude-3-5-haiku"); n != 1 {
		t.Errorf("3.5 Haiku is warned of %d times", n)
	}
	if n := count(c.Check("2026-06-01"), "retired", "claude-3-5-haiku"); n != 0 {
		t.Error("3.5 Haiku was in service on 2026-06-01")
	}
	// Reserved rows were read on 2026-09-22; 90 days later is 2026-12-21.
	for on, want := range map[Date]int{"2026-12-21": 0, "2026-12-22": 1} {
		n := 0
		for _, w := range c.Check(on) {
			if w.Kind == "stale" && w.Table == "reserved" && w.Key == "claude-opus-4-6 global" {
				n++
			}
		}
		if n != want {
			t.Errorf("on %s: %d warnings, want %d", on, n, want)
		}
	}
}

func TestDiff(t *testing.T) {
	a := embeddedCatalog(t)
	b := a.Clone()
	overlay := "[[service]]\nname = \"sqs_standard\"\nunit = \"per million requests (64 KB chunks)\"\nusd = \"0.3\"\nper = 1000000\nregion = \"us-east-1\"\nfree = 1000000\nas_of = 2026-11-24\nsource = [\"me\"]\n" +
		"[[instance]]\ntype = \"ml.new\"\nusd_per_hour = \"2\"\nas_of = 2026-11-24\nsource = [\"me\"]\n"
	if err := b.Overlay("o.toml", overlay); err != nil {
		t.Fatal(err)
	}
	want := []Change{
		{"added", "instance", "ml.new", "", "", "type ml.new, usd_per_hour 2"},
		{"changed", "service", "sqs_standard us-east-1", "usd", "0.4", "0.3"},
		{"changed", "service", "sqs_standard us-east-1", "as_of", "2026-11-23", "2026-11-24"},
	}
	if diff := cmp.Diff(want, Diff(a, b)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	back := Diff(b, a)
	if len(back) != 3 || back[2].Kind != "removed" {
		t.Errorf("back: %+v", back)
	}
	if d := Diff(a, a); d != nil {
		t.Errorf("a catalog differs from itself: %v", d)
	}
}

// FuzzOverlay: no text makes the decoder fall, what it takes it writes so that it
// reads the same again, and what it refuses changes nothing.
func FuzzOverlay(f *testing.F) {
	c, err := Embedded()
	if err != nil {
		f.Fatal(err)
	}
	for _, r := range c.Rows("") {
		if r.Table != "ruleset.quota" {
			f.Add(r.TOML())
		}
	}
	f.Add("[[price]]\nmodel = \"x\"\n[[ruleset]]\nname = \"y\"\n[[ruleset.quota]]\nmodel = \"*\"\n")
	f.Fuzz(func(t *testing.T, text string) {
		mine := &Catalog{sources: map[string]Source{}, models: c.models}
		mine.index()
		if err := mine.Overlay("fuzz.toml", text); err != nil {
			if len(mine.Rows("")) != len(c.models) {
				t.Fatal("a refused overlay left rows")
			}
			return
		}
		var b strings.Builder
		for _, r := range mine.Rows("") {
			b.WriteString(r.TOML())
		}
		again := &Catalog{sources: map[string]Source{}}
		if err := readWhole(again, "again.toml", b.String()); err != nil {
			t.Fatalf("%v\n%s", err, b.String())
		}
	})
}

// The embedded rows are sound: none is there twice, no two prices of a model hold
// at the same time, and every source they name is known.
func TestEmbeddedRows(t *testing.T) {
	c, err := Embedded()
	if err != nil {
		t.Fatal(err)
	}
	var m tomlpos.Mistakes
	c.noTwice(&m, nil)
	if err := m.Err(); err != nil {
		t.Error(err)
	}
	for _, row := range c.Rows("") {
		for _, id := range row.Source {
			if _, ok := c.sources[id]; !ok {
				t.Errorf("%s: %s %s names the unknown source %q", row.From, row.Table, row.Key, id)
			}
		}
	}
}

// readWhole reads a file as the embedded ones are read.
func readWhole(c *Catalog, file, text string) error {
	rows, err := c.decode(file, text, false)
	if err == nil {
		c.merge(rows, false)
		c.index()
	}
	return err
}

// A date without a zone is the day that is written, wherever the machine stands.
func TestDayWritten(t *testing.T) {
	midnight := func(zone string) time.Time {
		return time.Date(2026, 11, 10, 0, 0, 0, 0, time.FixedZone(zone, 9*60*60))
	}
	for zone, want := range map[string]Date{"date-local": "2026-11-10", "datetime-local": "2026-11-10", "": "2026-11-09"} {
		if got := dayWritten(midnight(zone)); got != want {
			t.Errorf("zone %q: got %s, want %s", zone, got, want)
		}
	}
}
