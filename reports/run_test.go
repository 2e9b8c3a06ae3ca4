package reports

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quotawall/reports/internal/sample"
	"quotawall/scenarios/result"
)

// TestSampleIsConsistent: the fixture itself conserves what a run must.
func TestSampleIsConsistent(t *testing.T) {
	for _, s := range sample.Run().Steps {
		if s.Offered != s.Served+s.Unserved+s.Queued+s.InFlight {
			t.Errorf("%s: offered %v, served %v, unserved %v", s.Name, s.Offered, s.Served, s.Unserved)
		}
		if s.Tokens.Input != s.Tokens.Fresh+s.Tokens.CacheRead+s.Tokens.CacheWrite {
			t.Errorf("%s: tokens %+v", s.Name, s.Tokens)
		}
		q := s.QuotaTokens
		if q.Reserved+q.Excess != q.Settled+q.Credited+q.Dropped+q.Held {
			t.Errorf("%s: quota tokens %+v", s.Name, q)
		}
		var sum int64
		for _, l := range s.Cost.Lines {
			sum += l.AmountNUSD
			quantity, _ := new(big.Rat).SetString(string(l.Quantity))
			rate, _ := new(big.Rat).SetString(string(l.RateUSD))
			if want := quantity.Mul(quantity, rate); want.Cmp(big.NewRat(l.AmountNUSD, 1e9)) != 0 {
				t.Errorf("%s, %s %s: %s x %s is not %d", s.Name, l.Model, l.Kind, l.Quantity, l.RateUSD, l.AmountNUSD)
			}
		}
		if sum != s.Cost.TotalNUSD {
			t.Errorf("%s: lines sum to %d, total %d", s.Name, sum, s.Cost.TotalNUSD)
		}
		var classes, hours result.Count
		for _, c := range s.Classes {
			classes += c.Served
		}
		for _, h := range s.Hours {
			hours += h.Served
		}
		if classes != s.Served || hours != s.Served {
			t.Errorf("%s: served %v, by class %v, by hour %v", s.Name, s.Served, classes, hours)
		}
	}
}

// TestRunJSONIsTheContract: the run comes back from its JSON unchanged.
func TestRunJSONIsTheContract(t *testing.T) {
	run := sample.Run()
	run.Notes = append(run.Notes, "<b>\u202e\x1b[31m\u0085")
	var b bytes.Buffer
	if err := WriteRun(&b, run, "json", 0, false); err != nil {
		t.Fatal(err)
	}
	for _, r := range b.String() {
		if r != '\n' && control(r) {
			t.Fatalf("raw control %U", r)
		}
	}
	var back result.Run
	if err := json.Unmarshal(b.Bytes(), &back); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(run, &back); d != "" {
		t.Error(d)
	}
}

// TestCapClock holds the words for a cap's clock time (DESIGN 2.4).
func TestCapClock(t *testing.T) {
	at := func(s string) *string { return &s }
	yes, no := true, false
	first, spent := at("2026-11-02T09:41:07Z"), at("2026-11-03T00:00:59.5Z")
	c := clockOf(sample.Run(), true)
	for _, test := range []struct {
		name       string
		cap        result.Cap
		when, mark string
	}{
		{"spent", result.Cap{Value: 5, Refused: 1, FirstRefusedAt: first, SpentAt: spent, ByReservation: &yes}, "d2 00:00:59", ""},
		{"reserved", result.Cap{Value: 5, Refused: 1, FirstRefusedAt: first, ByReservation: &yes, FirstTooLarge: true}, "d1 09:41:07", "reserved"},
		{"too large", result.Cap{Value: 5, Refused: 1, FirstRefusedAt: first, ByReservation: &no, FirstTooLarge: true}, "d1 09:41:07", "too large"},
		{"max_tokens", result.Cap{Value: 5, Refused: 1, FirstRefusedAt: first, ByReservation: &no}, "d1 09:41:07", "max_tokens"},
		{"zero", result.Cap{Value: 0, Refused: 1, FirstRefusedAt: first}, "", "quota is 0"},
		{"never", result.Cap{Value: 5}, "", ""},
	} {
		if when, mark := capClock(&test.cap, c); when != test.when || mark != test.mark {
			t.Errorf("%s: %q %q, want %q %q", test.name, when, mark, test.when, test.mark)
		}
	}
}

// TestBindingTakesPoolsTogether: the limit with most refusals over all pools
// of a model is named, by the pool spent first.
func TestBindingTakesPoolsTogether(t *testing.T) {
	f := func(v float64) *float64 { return &v }
	s := &result.Step{Caps: []result.Cap{
		{Limit: "tokens_per_day", Model: "m", Account: "1", Refused: 4, SpentS: f(50)},
		{Limit: "requests_per_minute", Model: "m", Account: "1", Refused: 5, SpentS: f(1)},
		{Limit: "tokens_per_day", Model: "m", Account: "2", Refused: 3, SpentS: f(20)},
		{Limit: "tokens_per_day", Model: "n", Account: "1", Refused: 0},
	}}
	if c := binding(s); c == nil || c.Limit != "tokens_per_day" || c.Account != "2" {
		t.Errorf("binding is %+v", c)
	}
	if c := binding(&result.Step{}); c != nil {
		t.Errorf("without refusals %+v binds", c)
	}
}

// TestCapsTable shows what was met, and keeps the rest for CSV and JSON.
func TestCapsTable(t *testing.T) {
	run := sample.Run()
	table := Caps(run)
	caps := 0
	for _, s := range run.Steps {
		caps += len(s.Caps)
	}
	if got := len(table.exactRows()); got != caps {
		t.Errorf("%d rows for %d caps", got, caps)
	}
	if got := len(table.visibleRows()); got != 2 {
		t.Errorf("%d caps shown, want 2", got)
	}
	out := string(render(t, "table", 0, table))
	for _, want := range []string{"d1 16:15:00", "d1 20:42:00", "2,592,000", "7 more limits"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is missing in\n%s", want, out)
		}
	}
}

func TestVerdict(t *testing.T) {
	run := sample.Run()
	got := strings.Join(Verdict(run), " ")
	for _, want := range []string{"“as is” serves 65.1% of requests and 64.3% of tokens", "tokens per day (2,592,000)", "first spent at d1 16:15",
		"“+ background work on Sonnet” is the cheapest step", "576 requests degraded"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in %q", want, got)
		}
	}
	// Without the last step nothing serves enough.
	run.Steps = run.Steps[:2]
	got = strings.Join(Verdict(run), " ")
	if !strings.Contains(got, "No step serves 99.9%") || !strings.Contains(got, "“+ prompt caching” comes nearest") || !strings.Contains(got, "“as is” is cheaper") {
		t.Errorf("%q", got)
	}
	if n := len(Verdict(&result.Run{})); n != 0 {
		t.Errorf("%d sentences on nothing", n)
	}
}

// TestBestStep tries every order of three steps: the answer does not depend
// on it.
func TestBestStep(t *testing.T) {
	f := func(v float64) *float64 { return &v }
	mk := func(name string, usd, share float64) result.Step {
		return result.Step{Name: name, Cost: result.Cost{MonthUSD: usd}, ServedShare: f(share), ServedTokenShare: f(share)}
	}
	steps := []result.Step{mk("cheap", 1, 0.2), mk("good", 5, 1), mk("dear", 9, 0.9995)}
	for _, order := range [][]int{{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}} {
		run := &result.Run{}
		for _, i := range order {
			run.Steps = append(run.Steps, steps[i])
		}
		if best, serves := bestStep(run); best.Name != "good" || !serves {
			t.Errorf("order %v: %s, %v", order, best.Name, serves)
		}
	}
}

func TestScales(t *testing.T) {
	for _, test := range []struct {
		name  string
		col   Column
		cells []Cell
		want  string // the unit, then the cells
	}{
		{"counts", Column{Kind: Count}, []Cell{Int(5), Int(2592000), Num(0)}, "|5|2,592,000|0"},
		{"means", Column{Kind: Count}, []Cell{Num(5.25), Int(1000)}, "|5.2|1,000.0"},
		{"negative", Column{Kind: Count}, []Cell{Int(-1234567)}, "|-1,234,567"},
		{"money", Column{Kind: Money}, []Cell{Nano(18372123456789), Nano(12057000000000)}, "USD|18,372|12,057"},
		{"small money", Column{Kind: Money}, []Cell{Nano(1500000), Nano(0)}, "USD|0.00150|0.00000"},
		{"shares", Column{Kind: Share}, []Cell{Num(0.387), Num(1), Num(0)}, "|38.7%|100.0%|0.0%"},
		{"nearly all", Column{Kind: Share}, []Cell{Num(0.9996), Num(0.5)}, "|99.96%|50.00%"},
		{"all but none", Column{Kind: Share}, []Cell{Num(0.9999999), Num(0.0000001)}, "|>99.99%|<0.01%"},
		{"waits", Column{Kind: Duration}, []Cell{Num(0), Num(4), Num(12.5)}, "s|0.00|4.00|12.50"},
		{"hours", Column{Kind: Duration}, []Cell{Num(7200), Num(36000)}, "h|2.00|10.00"},
		{"milliseconds", Column{Kind: Duration}, []Cell{Num(0.25)}, "ms|250"},
		{"no wait", Column{Kind: Duration}, []Cell{Num(0)}, "s|0.0"},
		{"tokens", Column{Kind: Tokens}, []Cell{Int(int64(3600000000)), Int(2592000)}, "M tokens|3,600.00|2.59"},
		{"few tokens", Column{Kind: Tokens}, []Cell{Int(36000), Int(25)}, "|36,000|25"},
		{"instants", Column{Kind: Instant}, []Cell{Str("2026-11-02T16:15:00Z"), None()}, "UTC|2026-11-02 16:15:00|-"},
		{"decimals", Column{Kind: Decimal}, []Cell{Dec("1e-9"), Dec("168.0"), Dec("1234.5")}, "|0.000000001|168|1,234.5"},
		{"text", Column{}, []Cell{Dec("not a number"), Str("")}, "|not a number|"},
	} {
		s := scaleOf(test.col, test.cells)
		got := s.unit
		for _, c := range test.cells {
			got += "|" + s.format(c)
		}
		if got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}

// TestNanoIsExact compares with exact arithmetic.
func TestNanoIsExact(t *testing.T) {
	for _, n := range []int64{0, 1, -1, 999999999, 1000000000, -1500000000, 1<<63 - 1, -1 << 63} {
		got, ok := new(big.Rat).SetString(Nano(n).exact)
		if !ok || got.Cmp(big.NewRat(n, 1e9)) != 0 {
			t.Errorf("%d nano-dollars are written %s", n, Nano(n).exact)
		}
	}
}

// TestRateText: rates in the quantity in which they are quoted.
func TestRateText(t *testing.T) {
	for _, test := range []struct{ rate, unit, want string }{
		{"0.0000055", "token", "5.5 M tokens"},
		{"0.0000000875", "token", "0.0875 M tokens"},
		{"0.0000004", "request", "0.4 M requests"},
		{"1.515", "hour", "1.515 hour"},
		{"0.0000166667", "GB-second", "0.0000166667 GB-second"},
	} {
		rate, per := rateText(result.Line{RateUSD: json.Number(test.rate), Unit: test.unit})
		if got := fmt.Sprint(rate, " ", per); got != test.want {
			t.Errorf("%s per %s is shown as %s, want %s", test.rate, test.unit, got, test.want)
		}
	}
}

func TestEscapeMarkdown(t *testing.T) {
	for _, test := range []struct{ in, want string }{
		{"", ""}, {"plain", "plain"}, {"+ x", `\+ x`}, {"- x", `\- x`}, {"==", `\==`}, {"1. x", `1\. x`}, {"12) x", `12\) x`},
		{"12", "12"}, {"1.5 M", `1\.5 M`}, {"a - b", "a - b"}, {"# h", `\# h`}, {"*x* <b>", `\*x\* &lt;b&gt;`},
	} {
		if got := EscapeMarkdown(test.in); got != test.want {
			t.Errorf("%q is escaped %q, want %q", test.in, got, test.want)
		}
	}
}
