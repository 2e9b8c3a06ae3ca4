package main

import (
	"html"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestReportCommandRuns gives the command that a report prints to a shell and
// takes the report that it makes: flags without a value, repeated ones, empty
// values and words that a shell would take apart.
func TestReportCommandRuns(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a team's $HOME & more")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	trace, out := filepath.Join(dir, "few.csv"), filepath.Join(dir, "r.html")
	if err := os.WriteFile(trace, []byte("t_us,input_tokens,output_tokens\n2000000,1000,100\n1000000,500,50\nx,y,z\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	args := []string{"report", "brain", "--trace", trace, "--skip-bad-rows", "--sort=true", "--alone=false", "--steps", "1,2", "--set", "start=2026-11-02", "--set", "horizon=1h",
		"--title", "", "--question", `Does it "hold", or won't it?`, "-o", out}
	first := reported(t, out, args)
	_, command, _ := strings.Cut(first, "<dt>command</dt><dd><code>")
	command, _, _ = strings.Cut(command, "</code>")
	words, err := exec.Command("sh", "-c", `quotawall() { printf '%s\n' "$@"; }; `+html.UnescapeString(command)).Output()
	if err != nil {
		t.Fatalf("%s: %v", command, err)
	}
	if again := reported(t, out, strings.Split(strings.TrimSuffix(string(words), "\n"), "\n")); again != first {
		t.Errorf("%s makes another report", command)
	}
}

// reported runs a command line and reads what it wrote into a file.
func reported(t *testing.T, path string, args []string) string {
	t.Helper()
	if _, errs, code := harness(t, args...); code != exitDone {
		t.Fatalf("quotawall %q: exit %d: %s", args, code, errs)
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	return string(got)
}
