package study

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"quotawall/scenarios"
	"quotawall/scenarios/result"
)

// The daily limit after an increase of tokens a minute (A12), and whose a
// global profile's quota is (A13), by hand: a call of 1,100 quota tokens every
// hour for two days.
func TestReadingsOfDailyLimits(t *testing.T) {
	var rows strings.Builder
	rows.WriteString("t_us,input_tokens,output_tokens,model,max_tokens,session\n")
	for h := range 48 {
		fmt.Fprintf(&rows, "%d,1000,100,claude-opus-4-6,100,s%d\n", int64(h)*3_600_000_000, h)
	}
	served := func(set string) float64 {
		plan := planOf(t, "ruleset = \"2026-05\"\n[trace]\nfile = \"x.csv\"\n"+set+"\n[[step]]\nname = \"one\"\n")
		run := runOf(t, plan, Options{Files: fileOf(rows.String())})
		return float64(run.Steps[0].Served)
	}
	// 1,000 + 100 x 5 settled: a day of 15,500 tokens admits ten, and of 7,750 five.
	// Increased from noon of day 1: lifted serves all 36 later calls.
	const increase = "[[quota.increase]]\nmodel = \"claude-opus-4-6\"\ntpm = 9000000\nafter = \"12h\"\n"
	const applied = "[[quota.applied]]\nscope = \"geo\"\ntpd = 15500\n"
	for set, want := range map[string]float64{
		applied: 20,
		applied + increase + "[quota]\nafter_increase = \"kept\"\n":   20,
		applied + increase + "[quota]\nafter_increase = \"lifted\"\n": 46,
		applied + increase: 20,
		applied + increase + "[quota]\nafter_increase = \"undoubled\"\n": 20, // an applied value is not known to be doubled
	} {
		if got := served(set); got != want {
			t.Errorf("%s: %v served, want %v", set, got, want)
		}
	}
	// Two Regions, sessions dealt to them in turn: two pools of 10 a day, or one.
	const regions = "scope = \"global\"\n[accounts]\nregions = [\"us-east-1\", \"us-west-2\"]\n[[quota.applied]]\nscope = \"global\"\ntpd = 15500\n"
	for reading, want := range map[string]float64{"region": 40, "account": 20} {
		plan := planOf(t, "ruleset = \"2026-05\"\n"+regions+"[trace]\nfile = \"x.csv\"\n[quota]\nglobal_pool = \""+reading+"\"\n[[step]]\nname = \"one\"\n")
		run := runOf(t, plan, Options{Files: fileOf(rows.String())})
		if got := run.Steps[0].Served; got != result.Count(want) {
			t.Errorf("%s: %v served, want %v", reading, got, want)
		}
	}
	// Half of the calls on demand (A11): with one counter ten a day in all.
	for reading, want := range map[string]float64{"scope": 40, "shared": 20} {
		plan := planOf(t, "ruleset = \"2026-05\"\n[trace]\nfile = \"x.csv\"\nmodels = { \"claude-opus-4-6\" = \"a\" }\n"+
			"[models.a]\nid = \"claude-opus-4-6\"\nscope = \"geo\"\n[models.b]\nid = \"claude-opus-4-6\"\nscope = \"on-demand\"\n"+
			"[routing]\npolicy = \"map\"\nclasses = { od = \"b\" }\n[[quota.applied]]\ntpd = 15500\n[quota]\ndaily_counters = \""+reading+"\"\n[[step]]\nname = \"one\"\n")
		var halved strings.Builder
		for i, line := range strings.Split(strings.TrimSpace(rows.String()), "\n") {
			halved.WriteString(line + []string{",class", ",od", ",geo"}[min(i, 1+i%2)] + "\n")
		}
		if got := runOf(t, plan, Options{Files: fileOf(halved.String())}).Steps[0].Served; got != result.Count(want) {
			t.Errorf("%s: %v served, want %v", reading, got, want)
		}
	}
}

// The step of new-account that asks for more is refused, as its name says.
func TestNewAccountIsRefusedMore(t *testing.T) {
	run := runOf(t, presetWith(t, "new-account", scenarios.Pick{}), Options{})
	at := slices.IndexFunc(run.Steps, func(s result.Step) bool { return s.Name == "an increase, which AWS refuses" })
	if at < 1 {
		t.Fatal("no such step")
	}
	x, before := &run.Steps[at], &run.Steps[at-1]
	if x.Served != before.Served || x.Refusals != before.Refusals || x.Cost.TotalNUSD != before.Cost.TotalNUSD {
		t.Errorf("served %v at %d with %v refusals, before %v at %d with %v", x.Served, x.Cost.TotalNUSD, x.Refusals, before.Served, before.Cost.TotalNUSD, before.Refusals)
	}
	if !slices.ContainsFunc(x.Notes, func(n string) bool { return strings.Contains(n, "the requested increase is not granted") }) {
		t.Errorf("no note says so: %q", x.Notes)
	}
}
