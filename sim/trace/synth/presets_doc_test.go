package synth

import (
	"os"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"

	"quotawall/sim/unit"
)

// The page lists every key with its line, every preset, and a block that is the
// file of the example.
func TestPresetsPage(t *testing.T) {
	text, err := os.ReadFile("PRESETS.md")
	if err != nil {
		t.Fatal(err)
	}
	page := string(text)
	for _, k := range Keys() {
		if line := "| `" + k.Name + "` | " + k.Doc + " |\n"; !strings.Contains(page, line) {
			t.Errorf("the page lacks the line\n%s", line)
		}
	}
	for _, name := range Presets() {
		if n := strings.Count(page, "\n| `"+name+"` |"); n != 2 {
			t.Errorf("preset %q has %d lines in the two tables", name, n)
		}
	}
	example, err := os.ReadFile("testdata/support.toml")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(page, "```toml\n"+string(example)+"```\n") {
		t.Error("the page's block is not testdata/support.toml")
	}
	var file struct{ Traffic []map[string]any }
	if _, err := toml.Decode(string(example), &file); err != nil {
		t.Fatal(err)
	}
	var all []Workload
	for _, block := range file.Traffic {
		all = append(all, FromTable(block, func(key, hint, message string) { t.Errorf("%s: %s (%s)", key, message, hint) }))
	}
	if err := Check(all, unit.Day); err != nil || len(all) != 3 {
		t.Errorf("%d blocks: %v", len(all), err)
	}
}
