package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"quotawall/scenarios/result"
)

// Two deferrable requests wait for one request a minute; the class that
// queue.classes names first goes first, whichever came first.
func TestQueuePriority(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	write("q.csv", "t_us,input_tokens,output_tokens,max_tokens,class\n0,100,10,10,chat\n1000000,100,10,10,low\n2000000,100,10,10,high\n")
	for order, waits := range map[string][2]float64{`["high", "low"]`: {58, 119}, `["low", "high"]`: {118, 59}} {
		scenario := write("q.toml", `
start = 2026-11-02T09:00:00Z
horizon = "1h"
[trace]
file = "q.csv"
[models.frontier]
id = "claude-opus-4-6"
[[quota.applied]]
rpm = 1
[queue]
classes = `+order+`
headroom = "0%"
daily_share = "0%"
interval = "1s"
[[step]]
name = "as is"
set = {}
`)
		out, errs, code := harness(t, "run", scenario, "--format", "json")
		if code != 0 {
			t.Fatalf("exit %d: %s", code, errs)
		}
		var run result.Run
		if err := json.Unmarshal([]byte(out), &run); err != nil {
			t.Fatal(err)
		}
		for _, c := range run.Steps[0].Classes {
			want, queued := map[string]float64{"high": waits[0], "low": waits[1]}[c.Class]
			if queued && (c.WaitS.Max == nil || *c.WaitS.Max < want || *c.WaitS.Max > want+1) {
				t.Errorf("%s: class %s waited %v s, want %v to %v", order, c.Class, *c.WaitS.Max, want, want+1)
			}
		}
	}
}
