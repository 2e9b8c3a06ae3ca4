package study

import (
	"fmt"
	"math"
	"strings"
	"testing"
)

// What caching saves by class adds up to the difference of the bills with and
// without it, where nothing is refused either way: over several models, classes
// with a lifetime of their own, and prompts in the long-context band.
func TestCacheSavingsAddUpToTheBill(t *testing.T) {
	var rows strings.Builder
	rows.WriteString("t_us,input_tokens,output_tokens,model,session,class\n")
	for i := range 600 {
		class, model := []string{"chat", "batch", "once"}[i%3], []string{"claude-sonnet-4-6", "claude-haiku-5-5", "claude-opus-4-6"}[i%4%3]
		input, session := 5000+40*i, i%7
		if class == "once" {
			session = 1000 + i
		}
		if i%50 == 0 {
			input = 250_000
		}
		fmt.Fprintf(&rows, "%d,%d,%d,%s,s%d,%s\n", int64(i)*47_000_000, input, 50+i%100, model, session, class)
	}
	bill := func(mode string) (total, saved float64) {
		plan := planOf(t, `ruleset = "2026-05"
scope = "global"
[trace]
file = "x.csv"
[caching]
ttls = { batch = "1h" }
[[quota.applied]]
rpm = "none"
tpm = "none"
tpd = "none"
`+"[[step]]\nname = \"one\"\nset = { \"caching.mode\" = \""+mode+"\" }\n")
		run := runOf(t, plan, Options{Files: fileOf(rows.String())})
		s := run.Steps[0]
		if s.Unserved > 0 {
			t.Fatalf("%v unserved", s.Unserved)
		}
		for _, k := range s.Classes {
			if k.CacheSavedUSD != nil {
				saved += *k.CacheSavedUSD
			}
		}
		return float64(s.Cost.TotalNUSD) / 1e9, saved
	}
	without, none := bill("off")
	with, saved := bill("prefix")
	if none != 0 || saved == 0 || math.Abs(without-with-saved) > 1e-6 {
		t.Errorf("$%.9f without, $%.9f with a cache, $%.9f saved", without, with, saved)
	}
}
