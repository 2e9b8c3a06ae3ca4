package main

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

// TestProgressWaits: nothing is drawn within the first second, then what was
// counted with a unit that is true, and nothing stays.
func TestProgressWaits(t *testing.T) {
	var errs bytes.Buffer
	now := aDay()
	a := &app{stderr: &errs, stderrWidth: 80, now: func() time.Time { return now }}
	add, done := a.progress("simulating", "requests of all steps")
	for range 9 {
		now = now.Add(100 * time.Millisecond)
		add(1000)
	}
	done()
	if errs.Len() > 0 {
		t.Errorf("drawn after 0.9 s: %q", errs.String())
	}
	add, done = a.progress("simulating", "requests of all steps")
	for range 12 {
		now = now.Add(100 * time.Millisecond)
		add(1000)
	}
	shown := errs.String()
	if !strings.Contains(shown, "simulating: 10,000 requests of all steps") || strings.Contains(shown, "/hr") {
		t.Errorf("%q", shown)
	}
	done()
	lines := strings.Split(errs.String(), "\r")
	if last := lines[len(lines)-1]; strings.TrimSpace(last) != "" {
		t.Errorf("%q stays", last)
	}
}

// TestProgressCountsEveryStep: a run tells of its requests once a step.
func TestProgressCountsEveryStep(t *testing.T) {
	for _, line := range []string{"run testdata/hand/dozen.toml --steps 1", "run testdata/hand/dozen.toml --steps 1 --set client.loop=closed"} {
		var out, errs bytes.Buffer
		now := aDay()
		a := &app{stdin: &bytes.Buffer{}, stdout: &out, stderr: &errs, stderrWidth: 80, env: func(string) string { return "" },
			now: func() time.Time { now = now.Add(2 * time.Second); return now }}
		if code := a.run(t.Context(), strings.Fields(line)); code != exitDone || !strings.Contains(errs.String(), "simulating: 12 requests of all steps") {
			t.Errorf("%s: exit %d: %q", line, code, errs.String())
		}
	}
}
