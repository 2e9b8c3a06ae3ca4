package pricing

import (
	"fmt"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"quotawall/sim/unit"
)

func today(int) Date { return "2026-11-23" }

func tokens(model, scope string, kind unit.Kind, n int64) unit.Usage {
	return unit.Usage{Item: unit.Tokens, Lane: unit.OnDemand, Account: "a", Region: "us-east-1", Scope: scope, Model: model, Kind: kind, Band: unit.Base, Quantity: n, Per: 1}
}

// TestBillLines checks single lines whose amounts were computed by hand.
func TestBillLines(t *testing.T) {
	batch := tokens("claude-sonnet-4-5", "global", unit.Input, 1_000_000)
	batch.Lane = unit.Batch
	ownBatch := tokens("llama4-scout-17b-instruct", "on-demand", unit.Output, 1_000_000)
	ownBatch.Lane = unit.Batch
	long := tokens("claude-haiku-5-5", "geo", unit.Output, 1_000_000)
	long.Band = unit.Long
	reads := tokens("claude-opus-4-6", "geo", unit.CacheRead, 1_000_000)
	reads.Lane = unit.Reserved
	tests := []struct {
		name                 string
		usage                unit.Usage
		nano                 int64
		quantity, name1      string
		rate, price, wantMsg string
	}{
		{"geo is regional", tokens("claude-opus-4-6", "geo", unit.Input, 1_000_000), 5_500_000_000, "1000000", "token", "0.0000055", "5.5 per million tokens", ""},
		{"on demand is regional", tokens("claude-opus-4-6", "on-demand", unit.Output, 1), 27_500, "1", "token", "0.0000275", "27.5 per million tokens", ""},
		{"single price for any scope", tokens("claude-opus-4-1", "global", unit.Output, 2), 150_000, "2", "token", "0.000075", "75 per million tokens", ""},
		{"half a nano-dollar to even, down", tokens("nova-micro", "on-demand", unit.CacheRead, 2), 18, "2", "token", "0.00000000875", "0.00875 per million tokens", ""}, // 17.5
		{"half a nano-dollar to even, up", tokens("nova-micro", "on-demand", unit.CacheRead, 6), 52, "6", "token", "0.00000000875", "0.00875 per million tokens", ""},   // 52.5
		{"free cache writes", tokens("nova-pro", "on-demand", unit.CacheWrite5m, 10), 0, "10", "token", "0", "0 per million tokens", ""},
		{"batch at half", batch, 1_500_000_000, "1000000", "token", "0.0000015", "1.5 per million tokens", "batch"},
		{"batch at its own price", ownBatch, 330_000_000, "1000000", "token", "0.00000033", "0.33 per million tokens", "batch"},
		{"long prompts", long, 2_750_000_000, "1000000", "token", "0.00000275", "2.75 per million tokens", ""},
		{"cache reads inside reserved capacity", reads, 550_000_000, "1000000", "token", "0.00000055", "0.55 per million tokens", ""},
		{"three months reserved", unit.Usage{Item: unit.ReservedHours, Lane: unit.Reserved, Region: "us-east-1", Scope: "geo", Model: "claude-sonnet-4-6", Kind: unit.Output, Term: "3-months", Quantity: 10 * 2 * unit.MicrosPerHour, Per: unit.MicrosPerHour}, 17_820_000_000, "20", "1,000 TPM hour", "0.891", "0.891 per 1,000 tokens a minute and hour", ""},
		{"a quarter of an hour", unit.Usage{Item: unit.InstanceHours, Lane: unit.SelfHosted, Region: "us-east-1", Model: "ml.g5.xlarge", Quantity: unit.MicrosPerHour / 4, Per: unit.MicrosPerHour}, 352_000_000, "0.25", "hour", "1.408", "1.408 per hour", ""},
		{"GB-seconds", unit.Usage{Item: unit.FunctionSeconds, Lane: unit.Routing, Region: "us-east-1", Model: "lambda_duration_arm", Quantity: 512 * 100, Per: 1_024_000}, 667, "0.05", "GB-second", "0.0000133334", "0.0000133334 per GB-second", ""},
		{"another Region's price", unit.Usage{Item: unit.GatewayRequests, Lane: unit.Routing, Region: "eu-west-1", Model: "apigw_http", Quantity: 1000, Per: 1}, 1_000_000, "1000", "request", "0.000001", "1 per 1000000 requests", "us-east-1"},
	}
	c := embeddedCatalog(t)
	for _, x := range tests {
		t.Run(x.name, func(t *testing.T) {
			lines, err := c.Bill([]unit.Usage{x.usage}, today)
			if err != nil {
				t.Fatal(err)
			}
			l := lines[0]
			if l.AmountNano != x.nano || l.Quantity != x.quantity || l.Unit != x.name1 || l.RateUSD != x.rate || l.Price != x.price || !strings.Contains(l.Note+l.PricedIn, x.wantMsg) {
				t.Errorf("got %d, %s %s at %s (%s), note %q, priced in %q", l.AmountNano, l.Quantity, l.Unit, l.RateUSD, l.Price, l.Note, l.PricedIn)
			}
		})
	}
}

// A row read in one Region stands in for others, last; an overlay's row of
// another Region does not.
func TestRegionalPriceRows(t *testing.T) {
	c := embeddedCatalog(t)
	const rows = `
[[price]]
model = "claude-opus-4-6"
scope = "regional"
region = "eu-west-1"
input = "7"
as_of = 2026-11-01
source = ["our contract"]
`
	if err := c.Overlay("mine.toml", rows); err != nil {
		t.Fatal(err)
	}
	for region, want := range map[string]string{"eu-west-1": "7 per million tokens", "us-east-1": "5.5 per million tokens"} {
		u := tokens("claude-opus-4-6", "geo", unit.Input, 1)
		u.Region = region
		lines, err := c.Bill([]unit.Usage{u}, today)
		if err != nil || lines[0].Price != want || lines[0].PricedIn != "" {
			t.Errorf("%s: %+v, %v; want %s", region, lines, err, want)
		}
	}
}

// TestMissingPrices: no bill where a price is missing; every gap once, with a
// row that fills it when its figure is put in.
func TestMissingPrices(t *testing.T) {
	c := embeddedCatalog(t)
	batch := tokens("claude-opus-5-5", "geo", unit.Input, 1)
	batch.Lane = unit.Batch
	gaps := []unit.Usage{
		tokens("claude-opus-4-1", "geo", unit.CacheWrite1h, 1),
		tokens("claude-opus-4-1", "geo", unit.CacheWrite1h, 2), // the same row
		batch,
		{Item: unit.UnitHours, Lane: unit.ModelUnits, Region: "us-east-1", Model: "claude-opus-4-6", Term: "1-month", Quantity: 1, Per: unit.MicrosPerHour},
		{Item: unit.ReservedHours, Lane: unit.Reserved, Region: "us-east-1", Scope: "global", Model: "claude-opus-5", Kind: unit.Input, Term: "1-month", Quantity: 1, Per: unit.MicrosPerHour},
		{Item: unit.InstanceHours, Lane: unit.SelfHosted, Region: "us-east-1", Model: "ml.p6.48xlarge", Quantity: 1, Per: unit.MicrosPerHour},
	}
	lines, err := c.Bill(append(gaps, tokens("claude-opus-4-6", "geo", unit.Input, 1)), today)
	if err == nil || lines != nil {
		t.Fatalf("billed %v", lines)
	}
	if n := strings.Count(err.Error(), "[["); n != 5 {
		t.Errorf("%d rows to add, want 5:\n%v", n, err)
	}
	filled := c.Clone()
	if err := filled.Overlay("filled.toml", rowsToAdd(err.Error(), "0.5")); err != nil {
		t.Fatal(err)
	}
	if _, err := filled.Bill(gaps, today); err != nil {
		t.Errorf("with the rows added: %v", err)
	}
	if _, err := c.Bill(gaps, today); err == nil {
		t.Error("the overlay changed the catalog that it was cloned from")
	}
}

// rowsToAdd takes the rows out of an error and fills in the prices.
func rowsToAdd(message, price string) string {
	var b strings.Builder
	for line := range strings.Lines(message) {
		if row, ok := strings.CutPrefix(line, "    "); ok {
			b.WriteString(strings.ReplaceAll(row, `"..."`, fmt.Sprintf("%q", price)))
		}
	}
	return b.String()
}

func TestManyMissingPricesAreCounted(t *testing.T) {
	var us []unit.Usage
	for i := range 9 {
		us = append(us, tokens(fmt.Sprintf("model-%d", i), "geo", unit.Input, 1))
	}
	_, err := embeddedCatalog(t).Bill(us, today)
	if err == nil || !strings.HasSuffix(err.Error(), "and 4 more missing prices") {
		t.Errorf("got %v", err)
	}
}

// TestPriceOfTheDay: the cache read of Sonnet 5.5 was halved on 2026-10-07.
func TestPriceOfTheDay(t *testing.T) {
	c := embeddedCatalog(t)
	u := tokens("claude-sonnet-5-5", "global", unit.CacheRead, 1_000_000)
	v := u
	v.Period = 1
	lines, err := c.Bill([]unit.Usage{u, v}, func(period int) Date { return []Date{"2026-10-06", "2026-10-07"}[period] })
	if err != nil {
		t.Fatal(err)
	}
	if lines[0].AmountNano != 200_000_000 || lines[1].AmountNano != 100_000_000 {
		t.Errorf("billed %d and %d", lines[0].AmountNano, lines[1].AmountNano)
	}
	got := c.Periods([]string{"claude-sonnet-5-5", "claude-opus-4-6"}, "global", "us-east-1", Date("2026-10-01").Time(), Date("2026-11-01").Time())
	if len(got) != 1 || DateOf(got[0]) != "2026-10-07" {
		t.Errorf("periods %v", got)
	}
	if got := c.Periods([]string{"claude-sonnet-5-5"}, "global", "us-east-1", Date("2026-10-07").Time(), Date("2026-11-01").Time()); got != nil {
		t.Errorf("a change at the start is none inside: %v", got)
	}
}

// TestMicroRates compares the pool's unit with the bill: a million tokens cost
// a thousandth of the micro-dollars in nano-dollars.
func TestMicroRates(t *testing.T) {
	c := embeddedCatalog(t)
	for _, m := range []string{"claude-haiku-5-5", "claude-opus-4-6", "nova-micro"} {
		base, long, above, ok := c.MicroRates(m, "geo", "us-east-1", today(0))
		if !ok || len(base) < 4 || (above > 0) != (len(long) > 0) {
			t.Fatalf("%s: %v %v %d %v", m, base, long, above, ok)
		}
		for _, k := range kinds() {
			micro, priced := base[k]
			if !priced {
				continue
			}
			lines, err := c.Bill([]unit.Usage{tokens(m, "geo", k, 1_000_000)}, today)
			if err != nil || lines[0].AmountNano != micro*1000 {
				t.Errorf("%s %s: %d micro-dollars, billed %v %v", m, k, micro, lines, err)
			}
		}
	}
	if _, _, _, ok := c.MicroRates("nobody", "geo", "us-east-1", today(0)); ok {
		t.Error("a model without price has rates")
	}
}

// TestBillLaws: order and company of lines change nothing; amounts add up over
// a split quantity within half a nano-dollar a line; a doubled price doubles the bill within one.
func TestBillLaws(t *testing.T) {
	c := embeddedCatalog(t)
	rapid.Check(t, func(t *rapid.T) {
		model := rapid.SampledFrom([]string{"claude-opus-4-6", "claude-haiku-5-5", "nova-2-lite", "claude-sonnet-5-5"}).Draw(t, "model")
		kind := rapid.SampledFrom([]unit.Kind{unit.Input, unit.Output, unit.CacheRead}).Draw(t, "kind")
		a, b := rapid.Int64Range(0, 1e13).Draw(t, "a"), rapid.Int64Range(0, 1e13).Draw(t, "b")
		bill := func(c *Catalog, ns ...int64) []int64 {
			var us []unit.Usage
			for _, n := range ns {
				us = append(us, tokens(model, "geo", kind, n))
			}
			lines, err := c.Bill(us, today)
			if err != nil {
				t.Fatal(err)
			}
			var out []int64
			for _, l := range lines {
				out = append(out, l.AmountNano)
			}
			return out
		}
		both := bill(c, a, b, a+b)
		if both[0] != bill(c, a)[0] || both[1] != bill(c, b)[0] {
			t.Fatal("a line depends on the others")
		}
		if off := both[0] + both[1] - both[2]; off < -1 || off > 1 {
			t.Fatalf("a split quantity is off by %d", off)
		}
		rate, _, _ := c.TokenRate(model, "geo", "us-east-1", kind, unit.Base, today(0))
		twice := c.Clone()
		row := Price{Model: model, Scope: "regional", Rates: map[unit.Kind]Rate{kind: rate.Times(2, 1)}, Provenance: Provenance{AsOf: today(0), Source: []string{"test"}}}
		if err := twice.Overlay("twice.toml", row.Row().TOML()); err != nil {
			t.Fatal(err)
		}
		if off := bill(twice, a)[0] - 2*both[0]; off < -1 || off > 1 {
			t.Fatalf("a doubled price is off by %d", off)
		}
		if want := dumbAmount(rate.String(), a); both[0] != want {
			t.Fatalf("%d tokens at %s: %d, want %d", a, rate, both[0], want)
		}
	})
}

// dumbAmount is tokens x dollars a million in nano-dollars by decimal digits:
// it scales both to whole numbers, divides, and rounds half to even by hand.
func dumbAmount(usd string, n int64) int64 {
	whole, part, _ := strings.Cut(usd, ".")
	digits, _ := new(big.Int).SetString(whole+part, 10)
	product := digits.Mul(digits, big.NewInt(n))
	product.Mul(product, big.NewInt(1000)) // dollars a million to nano-dollars each
	scale := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(len(part))), nil)
	q, r := new(big.Int).DivMod(product, scale, new(big.Int))
	twice := r.Add(r, r).Cmp(scale)
	if twice > 0 || twice == 0 && q.Bit(0) == 1 {
		q.Add(q, big.NewInt(1))
	}
	return q.Int64()
}

// TestDiscount: a negotiated discount lowers token prices, and the line says so.
func TestDiscount(t *testing.T) {
	c := embeddedCatalog(t)
	overlay := "[[discount]]\nmodel = \"claude-opus-4-6\"\nshare = \"12.5%\"\nas_of = 2026-11-01\nsource = [\"private offer 17\"]\n"
	if err := c.Overlay("offer.toml", overlay); err != nil {
		t.Fatal(err)
	}
	lines, err := c.Bill([]unit.Usage{tokens("claude-opus-4-6", "global", unit.Input, 1_000_000), tokens("claude-haiku-4-5", "global", unit.Input, 1_000_000)}, today)
	if err != nil {
		t.Fatal(err)
	}
	if lines[0].AmountNano != 4_375_000_000 || !strings.Contains(lines[0].Note, "12.5% less") || !strings.Contains(lines[0].Note, "private offer 17") {
		t.Errorf("got %+v", lines[0])
	}
	if lines[1].AmountNano != 1_000_000_000 || lines[1].Note != "" {
		t.Errorf("got %+v", lines[1])
	}
}

// TestReservedParity: full use of reserved capacity for a month's term costs what
// on-demand costs, three months 10 % less (AWS price list, 2026-09-22).
func TestReservedParity(t *testing.T) {
	c := embeddedCatalog(t)
	for _, r := range c.reserved {
		scope := map[string]string{"global": "global", "regional": "geo"}[r.Scope]
		for _, k := range []unit.Kind{unit.Input, unit.Output} {
			list, _, _ := c.TokenRate(r.Model, scope, "us-east-1", k, unit.Base, today(0))
			full, _ := list.Amount(60_000, 1)
			month, _ := r.Rates[string(k)+" 1-month"].Amount(1, 1)
			quarter, _ := r.Rates[string(k)+" 3-months"].Amount(1, 1)
			if month != full || quarter*10 != full*9 {
				t.Errorf("%s %s %s: on-demand %d, 1 month %d, 3 months %d", r.Model, r.Scope, k, full, month, quarter)
			}
		}
	}
}

// TestFreeTierIsGivenOnce: a month's allowance is the payer's, not each account's.
func TestFreeTierIsGivenOnce(t *testing.T) {
	c := embeddedCatalog(t)
	u := unit.Usage{Item: unit.QueueRequests, Lane: unit.Queue, Account: "a", Region: "us-east-1", Model: "sqs_standard", Quantity: 700_000, Per: 1}
	v := u
	v.Account = "b"
	for _, free := range []bool{false, true} {
		c.FreeTier = free
		lines, err := c.Bill([]unit.Usage{u, v}, today)
		if err != nil {
			t.Fatal(err)
		}
		total, _ := Total(lines)
		if want := map[bool]int64{false: 560_000_000, true: 160_000_000}[free]; total != want {
			t.Errorf("free tier %v: %d, want %d", free, total, want)
		}
	}
}

func TestAmountsBeyondTheBill(t *testing.T) {
	_, err := embeddedCatalog(t).Bill([]unit.Usage{tokens("claude-opus-4-6", "geo", unit.Input, 1<<62)}, today)
	if err == nil || !strings.Contains(err.Error(), "beyond what the bill can hold") {
		t.Errorf("got %v", err)
	}
	if _, err := Total([]Line{{AmountNano: 1 << 62}, {AmountNano: 1 << 62}}); err == nil {
		t.Error("a total beyond 64 bits passed")
	}
}
