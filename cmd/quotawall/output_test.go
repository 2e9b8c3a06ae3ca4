package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"
)

// TestNoInputSteersATerminal: what is written as it came, is written to a
// terminal with its control characters escaped, and to a pipe unchanged.
func TestNoInputSteersATerminal(t *testing.T) {
	dir := t.TempDir()
	hostile := "\x1b]0;owned\a\x9b31m\u009b31mred"
	csv, toml := filepath.Join(dir, "x.csv"), filepath.Join(dir, "x.toml")
	for path, text := range map[string]string{
		csv:  "t_us,input_tokens,output_tokens,class,session\n0,10,1," + strings.ReplaceAll(hostile, "\x9b", "") + ",s\n1,10,1,a,s\n",
		toml: "# " + hostile + "\ntitle = \"x\"\n",
	} {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, line := range []string{"trace convert " + csv, "trace import " + csv, "trace fit " + csv, "scenario show " + toml} {
		terminal, piped := printed(t, line, 80), printed(t, line, 0)
		if strings.ContainsAny(terminal, "\x1b\a\u009b") || strings.Contains(terminal, "\x9b31m") {
			t.Errorf("%s: %q on a terminal", line, terminal)
		}
		if strings.Count(terminal, "\n") != strings.Count(piped, "\n") {
			t.Errorf("%s: other lines on a terminal: %q", line, terminal)
		}
		if line != "trace fit "+csv && !strings.Contains(piped, "\x1b]0;owned\a") {
			t.Errorf("%s: %q in a pipe", line, piped)
		}
	}
	lines := []string{"sweep --vary users=1,2 --format parquet"}
	for _, form := range traceForms()[1:] {
		lines = append(lines, "trace convert "+csv+" --to "+form)
	}
	for _, line := range lines {
		var out, errs bytes.Buffer
		a := &app{stdin: &out, stdout: &out, stderr: &errs, env: os.Getenv, now: aDay, stdoutWidth: 80}
		if code := a.run(t.Context(), strings.Fields(line)); code != exitUsage || out.Len() > 0 || !strings.Contains(errs.String(), "stdout is a terminal") {
			t.Errorf("%s: exit %d, %q", line, code, errs.String())
		}
	}
}

// TestNoModelNameSteersATerminal: neither where it is data nor where it is in
// an error, and not by a byte that is no UTF-8 either.
func TestNoModelNameSteersATerminal(t *testing.T) {
	for _, hostile := range []string{"\x1b]0;owned\a", "\u009b31mred", "\x9b31mred"} {
		csv := filepath.Join(t.TempDir(), "x.csv")
		if err := os.WriteFile(csv, []byte("t_us,input_tokens,output_tokens,model\n0,10,1,m"+hostile+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		for _, line := range []string{"trace import " + csv, "trace stats " + csv, "run --trace " + csv} {
			var out, errs bytes.Buffer
			a := &app{stdin: &bytes.Buffer{}, stdout: &out, stderr: &errs, env: func(key string) string { return map[string]string{"NO_COLOR": "1"}[key] }, now: aDay, stdoutWidth: 80}
			a.run(t.Context(), strings.Fields(line))
			text := out.String() + errs.String()
			if bytes.ContainsAny([]byte(text), "\x1b\a\u009b") || !utf8.ValidString(text) {
				t.Errorf("%s: %q", line, text)
			}
			if strings.HasPrefix(line, "run") && !strings.Contains(text, "neither an alias nor in the catalog") {
				t.Errorf("%s: %q", line, text)
			}
		}
	}
}

// printed is the stdout of a command, a terminal of a width.
func printed(t *testing.T, line string, width int) string {
	t.Helper()
	var out, errs bytes.Buffer
	a := &app{stdin: &bytes.Buffer{}, stdout: &out, stderr: &errs, env: func(string) string { return "" }, now: aDay, stdoutWidth: width}
	if code := a.run(t.Context(), strings.Fields(line)); code != exitDone {
		t.Fatalf("%s: exit %d: %s", line, code, errs.String())
	}
	return out.String()
}
