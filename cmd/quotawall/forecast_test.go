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

// A hundred requests of 1,000 tokens a day against caps a day: with demand that
// doubles each month, a cap is first hit in the first month m in which
// 2^m x 100,000 tokens exceed it.
func TestForecastAgainstClosedForm(t *testing.T) {
	dir := t.TempDir()
	var rows strings.Builder
	rows.WriteString("t_us,input_tokens,output_tokens\n")
	for i := range 100 {
		fmt.Fprintf(&rows, "%d,1000,0\n", i*864_000_000)
	}
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	write("day.csv", rows.String())
	for _, limit := range []int64{99_999, 100_000, 150_000, 1_700_000, 12_800_000, 12_800_001} {
		scenario := write("day.toml", fmt.Sprintf(`
[trace]
file = "day.csv"
max_tokens = "output"
[models.frontier]
id = "claude-opus-4-6"
[[quota.applied]]
rpm = "none"
tpm = "none"
tpd = %d
[client]
profile = "none"
[[step]]
name = "as is"
set = {}
`, limit))
		out, errs, code := harness(t, "forecast", scenario, "--growth", "100%", "--months", "8", "--format", "json")
		if code != 0 {
			t.Fatalf("exit %d: %s", code, errs)
		}
		var f result.Forecast
		if err := json.Unmarshal([]byte(out), &f); err != nil {
			t.Fatal(err)
		}
		want := 0
		for math.Exp2(float64(want))*100_000 <= float64(limit) {
			want++
		}
		if caps := f.Steps[0].Caps; len(caps) != 1 || *caps[0].Month[1] != want || *f.Steps[0].Holds[1] != want {
			t.Errorf("cap %d: %+v, want month %d", limit, caps, want)
		}
	}
}
