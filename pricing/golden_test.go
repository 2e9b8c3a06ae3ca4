package pricing

import (
	"math/big"
	"os"
	"testing"

	"github.com/BurntSushi/toml"

	"quotawall/sim/unit"
)

// golden is one published worked example.
type golden struct {
	ID, What, USD, Tolerance string
	On                       string
	Usage                    []goldenUsage
}

type goldenUsage struct {
	Item, Model, Scope, Region, Kind, Band, Term string
	Quantity, Per                                int64
	Hours, Thousands                             int64
	Curve                                        string
	Concurrency                                  int64
	OutputTokens                                 int64 `toml:"output_tokens"`
	FreeTier                                     bool  `toml:"free_tier"`
}

func loadGolden(t *testing.T) []golden {
	t.Helper()
	var file struct{ Golden []golden }
	meta, err := toml.DecodeFile("testdata/golden.toml", &file)
	if err != nil || len(meta.Undecoded()) > 0 {
		t.Fatalf("golden.toml: %v, unknown keys %v", err, meta.Undecoded())
	}
	return file.Golden
}

// usage is what the engine would count.
func (g goldenUsage) usage(t *testing.T, c *Catalog) unit.Usage {
	t.Helper()
	u := unit.Usage{
		Item: unit.Item(g.Item), Lane: goldenLane(unit.Item(g.Item)), Region: g.Region, Scope: g.Scope, Model: g.Model,
		Kind: unit.Kind(g.Kind), Band: unit.Band(g.Band), Term: g.Term, Quantity: g.Quantity, Per: max(1, g.Per),
	}
	if u.Region == "" {
		u.Region = "us-east-1"
	}
	switch {
	case g.Curve != "":
		u.Quantity, u.Per = curveMicros(t, c, g), unit.MicrosPerHour
	case g.Hours > 0:
		u.Quantity, u.Per = g.Hours*max(1, g.Thousands)*unit.MicrosPerHour, unit.MicrosPerHour
	}
	return u
}

func goldenLane(i unit.Item) unit.Lane {
	switch i {
	case unit.InstanceHours:
		return unit.SelfHosted
	case unit.UnitHours:
		return unit.ModelUnits
	case unit.ReservedHours:
		return unit.Reserved
	case unit.QueueRequests:
		return unit.Queue
	case unit.Tokens:
		return unit.OnDemand
	}
	return unit.Routing
}

// curveMicros is how long one instance needs for the output at the curve's speed.
func curveMicros(t *testing.T, c *Catalog, g goldenUsage) int64 {
	t.Helper()
	curve, ok := c.Curve(g.Curve)
	if !ok {
		t.Fatalf("no curve %q", g.Curve)
	}
	for i, n := range curve.Concurrency {
		if n == g.Concurrency {
			return g.OutputTokens * 1000 * int64(unit.Second) / curve.Speed[i]
		}
	}
	t.Fatalf("curve %q has no point at %d", g.Curve, g.Concurrency)
	return 0
}

// TestGolden computes every published example by the bill's own code.
func TestGolden(t *testing.T) {
	base := embeddedCatalog(t)
	text, err := os.ReadFile("testdata/golden_history.toml")
	if err != nil {
		t.Fatal(err)
	}
	if err := base.Overlay("golden_history.toml", string(text)); err != nil {
		t.Fatal(err)
	}
	all := loadGolden(t)
	if len(all) != 31 {
		t.Fatalf("%d examples, want 31", len(all))
	}
	for _, g := range all {
		t.Run(g.ID, func(t *testing.T) {
			c, on := base.Clone(), Date("2026-11-23")
			if g.On != "" {
				on = Date(g.On)
			}
			var us []unit.Usage
			for _, u := range g.Usage {
				c.FreeTier = c.FreeTier || u.FreeTier
				us = append(us, u.usage(t, c))
			}
			lines, err := c.Bill(us, func(int) Date { return on })
			if err != nil {
				t.Fatal(err)
			}
			checkUSD(t, lines, g.USD, g.Tolerance)
		})
	}
}

func checkUSD(t *testing.T, lines []Line, usd, tolerance string) {
	t.Helper()
	nano, err := Total(lines)
	if err != nil {
		t.Fatal(err)
	}
	want, ok := new(big.Rat).SetString(usd)
	bound, ok2 := new(big.Rat).SetString(tolerance)
	if !ok || !ok2 {
		t.Fatalf("bad figures %q, %q", usd, tolerance)
	}
	got := big.NewRat(nano, 1_000_000_000)
	if off := new(big.Rat).Sub(got, want); off.Abs(off).Cmp(bound) > 0 {
		t.Errorf("billed %s, want %s within %s", got.FloatString(9), usd, tolerance)
	}
	for _, l := range lines {
		if l.Source == "" || l.AsOf == "" {
			t.Errorf("line %+v has no source or date", l)
		}
	}
}

func embeddedCatalog(t testing.TB) *Catalog {
	t.Helper()
	c, err := Embedded()
	if err != nil {
		t.Fatal(err)
	}
	return c
}
