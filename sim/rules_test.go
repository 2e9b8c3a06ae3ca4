package sim

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite RULES.md")

// rule is one rule of Bedrock's capacity semantics, and where it is kept when
// no test of the engine holds it.
type rule struct{ name, text, elsewhere string }

func rules() []rule {
	return []rule{
		{"R1", "Quotas are keyed by account, source Region, scope and model; mantle apart", ""},
		{"R2", "Admission asks RPM, TPM, daily in order; a refusal deducts nothing", ""},
		{"R3", "Reservation = input + cache write + max_tokens", ""},
		{"R4", "max_tokens unset reserves the model's maximum output", ""},
		{"R5", "Settlement = input + cache write + output x burndown", ""},
		{"R6", "An excess is charged, blocks later calls, never fails its own", ""},
		{"R7", "The unused part is given back at completion", ""},
		{"R8", "Cache reads are free of tokens, cache writes count 1.0, both are one request", ""},
		{"R9", "Burndown by model: 15, 10, 5 or 1", "the models' values: the catalog (`pricing`)"},
		{"R10", "The bill is in raw tokens", ""},
		{"R11", "Era A: a day for each model; twice the base across Regions", "the doubling: rulesets of the catalog (`pricing`)"},
		{"R12", "Era B: one day over all models of an account and Region", ""},
		{"R13", "Applied values override defaults; 0 refuses every call", ""},
		{"R14", "RPM is optional for each model", ""},
		{"R15", "Reserved tier first, its overflow draws on the on-demand pool", ""},
		{"R16", "Reserved tier: smallest purchase, terms", "checked where a scenario is decoded (`scenarios`), priced in `pricing`"},
		{"R17", "Reserved input consumption = input + cache write", ""},
		{"R18", "Model-unit consumption = input + 1.25 write + 0.1 read + output", ""},
		{"R19", "Model units are not offered for Claude 3.7 and later", "the catalog says for which models they are; checked in `scenarios`"},
		{"R20", "Mantle: input + max_tokens against input TPM; output TPM cuts the answer", ""},
		{"R21", "Prompt cache: minimum, checkpoints, TTL renewed by a hit", ""},
		{"R22", "Cache by account, Region, scope and model; cross-Region hits may be lost", ""},
		{"R23", "Look-back of 20 blocks", ""},
		{"R24", "Refused calls count no tokens", ""},
		{"R25", "503 is independent of quota", ""},
		{"R26", "Retry profiles of the SDKs; a daily 429 is retried like any other", ""},
		{"R27", "Retry quota of 500", ""},
		{"R28", "Adaptive send-rate limiter", ""},
		{"R29", "Batch: jobs of at least 100 records, no quota, no cache", ""},
		{"R30", "Latency-optimised overflow is served as Standard", "not modelled: a preview of four models without Claude"},
		{"R31", "Global profiles cost about 10 % less", "a price of the catalog (`pricing`)"},
		{"R32", "SQS: retention and its other limits", ""},
		{"R33", "N accounts multiply pools and split caches", ""},
	}
}

// ambiguity is a question AWS leaves open, and the setting that answers it.
type ambiguity struct{ name, question, setting, standard string }

func ambiguities() []ambiguity {
	return []ambiguity{
		{"A1", "shape of the minute", "`Quota.Minute`", "fixed; sliding, bucket"},
		{"A2", "where a refund goes", "`Quota.Current`", "its own window if open; the use there is now"},
		{"A3", "adjustment while a call runs", "`Quota.Adjust`, `Quota.AdjustUp`", "none until the end; linear steps"},
		{"A4", "cache reads reserved", "`Quota.ReserveReads`", "no; yes"},
		{"A5", "burndown on max_tokens", "`Quota.BurndownMax`", "no; yes"},
		{"A6", "who knows the cache at admission", "`Quota.Pessimistic`", "the service; nobody: the whole prompt is reserved"},
		{"A7", "the day", "`Quota.Day`, `Quota.DayStarts`", "00:00 UTC; rolling, another hour, bucket"},
		{"A8", "era", "`Lane.Pool`, `Lane.Cross`", "by ruleset: per model, cross-model, both"},
		{"A9", "unit of the cross-model day", "`Pool.Unit`, `Pool.PerUnit`", "price; settled, billed"},
		{"A10", "max_tokens reserved there", "`Pool.ReserveMax`", "yes; no"},
		{"A11", "doubling with both classes in use", "`Pool.DayWith`", "a counter for each scope; shared"},
		{"A12", "daily limit after a TPM increase", "`PoolChange.TPD`", "kept; lifted, that of on-demand calls"},
		{"A13", "global quota", "`Lane.Pool`: Regions of an account may share one", "one per source Region; one per account"},
		{"A14", "burndown of Claude 3.0 and 3.5", "`Model.Burndown`", "the catalog's 1"},
		{"A15", "RPM era", "`Pool.RPM`", "per model, by ruleset"},
		{"A16", "output of the Reserved tier", "`Provision.BurndownOut`", "1; burndown"},
		{"A17", "cache and profiles", "`Lane.Domain`, `Cache.Loss`", "per account, Region, scope and model, no loss"},
		{"A18", "concurrent first calls", "`Cache.Readable`", "each writes, readable from the first byte; admission, completion"},
		{"A19", "503", "`Faults.Rate`, `Faults.RampFactor`", "off; constant, by steepness of the ramp"},
		{"A20", "a new account", "rulesets of the catalog", "published defaults; reduced, zero"},
	}
}

// holders lists the tests whose comment says that they hold a rule.
func holders(t *testing.T) map[string][]string {
	t.Helper()
	held := map[string][]string{}
	for _, dir := range [...]string{".", "quota", "cache"} {
		files, err := filepath.Glob(filepath.Join(dir, "*_test.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range f.Decls {
				if fn, ok := d.(*ast.FuncDecl); ok && strings.HasPrefix(fn.Name.Name, "Test") {
					for _, name := range named(fn.Doc.Text()) {
						held[name] = append(held[name], fmt.Sprintf("`%s` (%s)", fn.Name.Name, filepath.ToSlash(file)))
					}
				}
			}
		}
	}
	return held
}

// named are the rules of a comment's line "Rules: R1 R2."
func named(comment string) []string {
	for line := range strings.Lines(comment) {
		if list, ok := strings.CutPrefix(strings.TrimSpace(line), "Rules: "); ok {
			return strings.Fields(strings.TrimSuffix(list, "."))
		}
	}
	return nil
}

// document is RULES.md.
func document(t *testing.T) string {
	held := holders(t)
	var b strings.Builder
	b.WriteString("# Rules and readings\n\nGenerated by `go test ./sim -run TestRules -update`; a test compares.\n\n" +
		"## Rules of Bedrock's capacity\n\nFacts of 2026-11-23. Every rule is held by a test, kept elsewhere, or not modelled.\n\n| Rule | Says | Held by |\n|---|---|---|\n")
	for _, r := range rules() {
		where := held[r.name]
		if r.elsewhere != "" {
			where = append(where, r.elsewhere)
		}
		if len(where) == 0 {
			t.Errorf("%s is held by no test and kept nowhere else", r.name)
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", r.name, r.text, strings.Join(where, "; "))
		delete(held, r.name)
	}
	for name := range held {
		t.Errorf("a test names the unknown rule %s", name)
	}
	b.WriteString("\n## Ambiguities\n\nWhat AWS leaves open is a field of `Config`; the default comes first.\n\n| | Question | Setting | Readings |\n|---|---|---|---|\n")
	for _, a := range ambiguities() {
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", a.name, a.question, a.setting, a.standard)
	}
	return b.String()
}

// RULES.md says of every rule which test holds it, and says what is true.
func TestRules(t *testing.T) {
	doc := document(t)
	have, err := os.ReadFile("RULES.md")
	if err != nil && !*update {
		t.Fatal(err)
	}
	// The table of readings that follows is TestReadings'.
	before, after, found := strings.Cut(string(have), readingsTitle)
	if *update {
		if found {
			after = readingsTitle + after
		}
		if err := os.WriteFile("RULES.md", []byte(doc+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if before != doc {
		line := 0
		a, b := strings.Split(before, "\n"), strings.Split(doc, "\n")
		for line < min(len(a), len(b)) && a[line] == b[line] {
			line++
		}
		t.Errorf("RULES.md is out of date from line %d on: run go test ./sim -run TestRules -update", line+1)
	}
}
