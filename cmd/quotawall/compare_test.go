package main

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"quotawall/scenarios/result"
)

// compared runs compare on an hour of equal calls, perSecond of them, of 1,000
// tokens in and 100 out, to Sonnet 4.6 on the global profile.
func compared(t *testing.T, perSecond int) *result.Compare {
	t.Helper()
	dir := t.TempDir()
	var rows strings.Builder
	rows.WriteString("t_us,input_tokens,output_tokens\n")
	for i := range 3600 * perSecond {
		fmt.Fprintf(&rows, "%d,1000,100\n", i*1_000_000/perSecond)
	}
	scenario := filepath.Join(dir, "even.toml")
	for name, text := range map[string]string{filepath.Join(dir, "even.csv"): rows.String(), scenario: `
ruleset = "2026-05"
scope = "global"
horizon = "1h"
[trace]
file = "even.csv"
[models.frontier]
id = "claude-sonnet-4-6"
first_token = "1ms"
per_token = "10us"
[[step]]
name = "as is"
set = {}
`} {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	out, errs, code := harness(t, "compare", scenario, "--format", "json")
	if code != 0 {
		t.Fatalf("exit %d: %s", code, errs)
	}
	var c result.Compare
	if err := json.Unmarshal([]byte(out), &c); err != nil {
		t.Fatal(err)
	}
	return &c
}

// On even traffic the closed form is exact: one call a second uses 60 % of the
// smallest purchase; two would overflow a sixth of their tokens, which is as
// good as reserving them at a month's rate, and for three months' all of it is
// reserved. The Reserved tier is
// priced at parity with full use for a month's term, at 90 % of it for three
// months' (AWS price list of 2026-09-22).
func TestCompareAgainstClosedForm(t *testing.T) {
	const month = 730.0
	full := month * 60 * (100_000*3.0 + 10_000*15.0) / 1e6 // on-demand value of the smallest purchase
	for _, perSecond := range []int{1, 2} {
		c := compared(t, perSecond)
		demand := month * 60 * 60 * float64(perSecond) * (1000*3.0 + 100*15.0) / 1e6
		if math.Abs(c.OnDemand.MonthUSD-demand) > 1e-6*demand {
			t.Errorf("on-demand $%v a month, want %v", c.OnDemand.MonthUSD, demand)
		}
		for i, x := range []struct {
			term string
			rate float64
		}{{"1-month", 1}, {"3-months", 0.9}} {
			o := c.Options[i]
			bought := full
			if x.rate < 1 {
				bought = max(full, demand)
			}
			want := x.rate*bought + max(0, demand-bought)
			if load := o.BreakEvenLoad; perSecond == 1 && (load == nil || math.Abs(*load-x.rate/0.6) > 1e-6) {
				t.Errorf("%s pays from a load of %v, want %v", x.term, load, x.rate/0.6)
			}
			if o.Term != x.term || math.Abs(o.BreakEvenUse-x.rate) > 1e-9 || math.Abs(o.FeeMonthUSD-x.rate*bought) > 1e-6 {
				t.Errorf("%+v: want term %s, break-even %v, fee %v", o, x.term, x.rate, x.rate*bought)
			}
			if math.Abs(*o.ClosedMonthUSD-want) > 1e-6*want || math.Abs(o.MonthUSD-want) > 0.001*want {
				t.Errorf("%d a second, %s: closed form %v, simulated %v, want %v", perSecond, x.term, *o.ClosedMonthUSD, o.MonthUSD, want)
			}
			if use := min(1, demand/bought); math.Abs(o.Use-use) > 1e-9 {
				t.Errorf("%d a second: used %v, want %v", perSecond, o.Use, use)
			}
		}
	}
}
