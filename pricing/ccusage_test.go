package pricing

import (
	"bufio"
	"encoding/json"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"quotawall/sim/unit"
)

// claudeLine is what a Claude Code session's line says of one answer.
type claudeLine struct {
	RequestID string `json:"requestId"`
	Message   struct {
		ID, Model string
		Usage     struct {
			Input  int64 `json:"input_tokens"`
			Output int64 `json:"output_tokens"`
			Write  int64 `json:"cache_creation_input_tokens"`
			Read   int64 `json:"cache_read_input_tokens"`
		}
	}
}

// claudeUsage counts the fixture's tokens by the log's model names, each answer once.
func claudeUsage(t *testing.T, c *Catalog) map[string][]unit.Usage {
	t.Helper()
	files, err := filepath.Glob("testdata/ccusage/claude/projects/*/*.jsonl")
	if err != nil || len(files) == 0 {
		t.Fatalf("no sessions: %v", err)
	}
	counts := map[string]map[unit.Kind]int64{}
	seen := map[string]bool{}
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		for s := bufio.NewScanner(f); s.Scan(); {
			var l claudeLine
			if err := json.Unmarshal(s.Bytes(), &l); err != nil {
				t.Fatal(err)
			}
			if id := l.Message.ID + l.RequestID; !seen[id] {
				seen[id] = true
				count(counts, &l)
			}
		}
		f.Close()
	}
	out := map[string][]unit.Usage{}
	for model, kinds := range counts {
		id, _, ok := c.ResolveModel(model)
		if !ok {
			t.Fatalf("model %s is unknown", model)
		}
		for kind, n := range kinds {
			out[model] = append(out[model], tokens(id, "global", kind, n))
		}
	}
	return out
}

func count(counts map[string]map[unit.Kind]int64, l *claudeLine) {
	if counts[l.Message.Model] == nil {
		counts[l.Message.Model] = map[unit.Kind]int64{}
	}
	to, u := counts[l.Message.Model], l.Message.Usage
	to[unit.Input] += u.Input
	to[unit.Output] += u.Output
	to[unit.CacheWrite5m] += u.Write
	to[unit.CacheRead] += u.Read
}

// TestAgainstCcusage bills made-up Claude Code sessions at global prices and
// compares with what ccusage makes of them, model by model, to the cent.
func TestAgainstCcusage(t *testing.T) {
	if os.Getenv("QUOTAWALL_NPM") != "1" {
		t.Skip("needs npm and its registry: set QUOTAWALL_NPM=1")
	}
	if _, err := exec.LookPath("npm"); err != nil {
		t.Skip("npm is not here: nothing to compare with")
	}
	out, err := exec.Command("sh", "testdata/ccusage/check.sh").Output()
	if err != nil {
		t.Fatal(err)
	}
	var theirs struct {
		Daily []struct {
			ModelBreakdowns []struct {
				ModelName string
				Cost      float64
			}
		}
	}
	if err := json.Unmarshal(out, &theirs); err != nil {
		t.Fatalf("%v\n%.200s", err, out)
	}
	cost := map[string]float64{}
	for _, d := range theirs.Daily {
		for _, m := range d.ModelBreakdowns {
			cost[m.ModelName] += m.Cost
		}
	}
	c := embeddedCatalog(t)
	var compared []string
	for model, us := range claudeUsage(t, c) {
		if cost[model] == 0 {
			t.Logf("ccusage has no price of %s", model)
			continue
		}
		lines, err := c.Bill(us, today)
		if err != nil {
			t.Fatal(err)
		}
		nano, err := Total(lines)
		if err != nil {
			t.Fatal(err)
		}
		ours := float64(nano) / 1e9
		t.Logf("%s: bill %.6f, ccusage %.6f", model, ours, cost[model])
		if math.Abs(ours-cost[model]) >= 0.005 {
			t.Errorf("%s: the bill is %.4f dollars, ccusage has %.4f", model, ours, cost[model])
		}
		compared = append(compared, model)
	}
	slices.Sort(compared)
	if len(compared) < 5 {
		t.Errorf("only %v were compared", compared)
	}
}

// TestSessionsForCcusage bills the same sessions without npm: the total was
// worked out from the published prices by a separate script.
func TestSessionsForCcusage(t *testing.T) {
	c := embeddedCatalog(t)
	var all []unit.Usage
	for _, us := range claudeUsage(t, c) {
		all = append(all, us...)
	}
	lines, err := c.Bill(all, today)
	if err != nil {
		t.Fatal(err)
	}
	if nano, _ := Total(lines); nano != 4_361_804_950 {
		t.Errorf("billed %d nano-dollars", nano)
	}
}
