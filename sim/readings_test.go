package sim

import (
	"cmp"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"quotawall/sim/quota"
	"quotawall/sim/trace"
	"quotawall/sim/trace/public"
	"quotawall/sim/unit"
)

// readingsTitle begins the last section of RULES.md.
const readingsTitle = "\n## How far readings move a headline\n"

// reading is one answer to an ambiguity.
type reading struct {
	name   string
	change func(*Config)
}

func readings() []reading {
	pool := func(u PoolUnit, perUnit int64, reserve bool) func(*Config) {
		return func(c *Config) {
			day := c.Pools[0].TPD
			c.Pools[0].TPD = None
			crossPool(c, day, u, perUnit, reserve)
			c.Lanes[0].Rates = Rates{Input: 5_000_000, Read: 500_000, Write: 6_250_000, Output: 25_000_000}
		}
	}
	return []reading{
		{"defaults: fixed minute, day from 00:00 UTC", func(*Config) {}},
		{"A1 sliding minute", func(c *Config) { c.Quota.Minute = quota.Sliding }},
		{"A1 bucket minute", func(c *Config) { c.Quota.Minute = quota.Bucket }},
		{"A2 refund to the use there is now", func(c *Config) { c.Quota.Current = true }},
		{"A3 adjusted every second", func(c *Config) { c.Quota.Adjust = unit.Second }},
		{"A3 adjusted every 5 s, upwards too", func(c *Config) { c.Quota.Adjust, c.Quota.AdjustUp = 5*unit.Second, true }},
		{"A4 cache reads reserved", func(c *Config) { c.Quota.ReserveReads = true }},
		{"A5 burndown on max_tokens", func(c *Config) { c.Quota.BurndownMax = true }},
		{"A6 pessimistic admission", func(c *Config) { c.Quota.Pessimistic = true }},
		{"A7 rolling day", func(c *Config) { c.Quota.Day = quota.Rolling }},
		{"A7 bucket day", func(c *Config) { c.Quota.Day = quota.Bucket }},
		{"A8, A9 cross-model day, price units", pool(PricedTokens, 3_000_000, true)},
		{"A9 settled units", pool(SettledTokens, 1, true)},
		{"A9 billed units", pool(BilledTokens, 1, true)},
		{"A10 max_tokens not reserved", pool(PricedTokens, 3_000_000, false)},
	}
}

// conversation is Claude Opus 4.6 under the Mooncake conversation trace, with
// the seed's minute and a given day; clients leave max_tokens unset.
func conversation(day int64) Config {
	return world(limited(None, 2_000_000, day), func(c *Config) {
		c.Max, c.Models[0].MaxOutput = trace.MaxUnset, 128_000
		c.Models[0].FirstToken, c.Models[0].PerToken, c.Models[0].CacheMin = 2*unit.Second, 20*unit.Millisecond, 4096
		c.Cache.Mode, c.Cache.BlockTokens, c.Cache.BlockScope = CachePrefix, 512, trace.TraceScope
		c.Client.Profile, c.Client.Attempts = GoV2, 0
	})
}

// traceRows reads a trace of ../shared/traces, or of QUOTAWALL_TRACES.
func traceRows(t *testing.T, name string) []trace.Request {
	t.Helper()
	f, err := os.Open(filepath.Join(cmp.Or(os.Getenv("QUOTAWALL_TRACES"), "../../shared/traces"), name))
	if err != nil {
		t.Skip("no real traces: ", err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	r, err := public.OpenMooncake(name, z, trace.ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var rows []trace.Request
	for {
		block := make([]trace.Request, 1024)
		n, err := r.Read(block)
		if err == io.EOF {
			return rows
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range block[:n] {
			row.Blocks, row.Model, row.Class = append([]uint64(nil), row.Blocks...), 0, 0
			rows = append(rows, row)
		}
	}
}

// headline is the shares of requests and of tokens served, in tenths of a percent.
func headline(t *testing.T, cfg Config, rows []trace.Request) string {
	r := run(t, cfg, rows)
	requests, _ := unit.Share(r.Served, r.Offered)
	tokens, _ := unit.Share(r.ServedTokens, r.OfferedTokens)
	return fmt.Sprintf("%.1f %% | %.1f %%", 100*requests, 100*tokens)
}

// The table at the end of RULES.md is what the engine says now of each reading.
func TestReadings(t *testing.T) {
	rows := traceRows(t, "mooncake_conversation_trace.jsonl.gz")
	var b strings.Builder
	fmt.Fprintf(&b, "%s\nThe public Mooncake conversation trace (%d requests in an hour) on Claude Opus 4.6: the seed's 2,000,000 tokens a minute,\n"+
		"the Go SDK's retries, prompt caching, max_tokens unset (128,000). Left the published day of 2,160,000,000, right the reduced one of 2,592,000\n"+
		"(A8 to A10: the same number in the pool's unit). `quotawall run --readings` gives the same for any scenario;\nthe embedded scenario brain's table stands on its page, scenarios/presets/brain.md.\n\n"+
		"| Reading | requests served | tokens served | requests, reduced day | tokens, reduced day |\n|---|---|---|---|---|\n", readingsTitle, len(rows))
	for _, x := range readings() {
		published, reduced := conversation(2_160_000_000), conversation(2_592_000)
		x.change(&published)
		x.change(&reduced)
		fmt.Fprintf(&b, "| %s | %s | %s |\n", x.name, headline(t, published, rows), headline(t, reduced, rows))
	}
	have, err := os.ReadFile("RULES.md")
	if err != nil {
		t.Fatal(err)
	}
	before, after, _ := strings.Cut(string(have), readingsTitle)
	if *update {
		if err := os.WriteFile("RULES.md", []byte(before+b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if readingsTitle+after != b.String() {
		t.Error("the readings in RULES.md are out of date: run go test ./sim -run 'TestRules|TestReadings' -update")
	}
}
