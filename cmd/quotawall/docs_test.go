package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestDocs runs every example of the project's pages: in a block marked
// console, a line "$ quotawall ..." is a command, and what follows is what it
// prints. A last line "..." leaves the rest out. QUOTAWALL_UPDATE=1 rewrites
// the pages.
func TestDocs(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	var pages []string
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && strings.HasPrefix(d.Name(), ".") && path != root {
			return fs.SkipDir
		}
		if err == nil && strings.HasSuffix(path, ".md") {
			pages = append(pages, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(root)
	for _, page := range pages {
		t.Run(filepath.Base(page), func(t *testing.T) { testPage(t, page) })
	}
}

func testPage(t *testing.T, path string) {
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text), "@@") {
		t.Errorf("%s has a mark that waits for its text", path)
	}
	lines := strings.Split(string(text), "\n")
	var out []string
	for i := 0; i < len(lines); i++ {
		out = append(out, lines[i])
		if lines[i] != "```console" {
			continue
		}
		end := i + 1
		for end < len(lines) && lines[end] != "```" {
			end++
		}
		out = append(out, testBlock(t, lines[i+1:end])...)
		i = end - 1
	}
	if got := strings.Join(out, "\n"); got != string(text) && os.Getenv("QUOTAWALL_UPDATE") != "" {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// testBlock runs the commands of a block and returns what it should say.
func testBlock(t *testing.T, block []string) []string {
	var out []string
	for i := 0; i < len(block); {
		command := block[i]
		i++
		if !strings.HasPrefix(command, "$ ") {
			t.Errorf("line %q stands before any command", command)
			continue
		}
		var want []string
		for i < len(block) && !strings.HasPrefix(block[i], "$ ") {
			want = append(want, block[i])
			i++
		}
		args, ok := strings.CutPrefix(command, "$ quotawall ")
		if !ok {
			out = append(append(out, command), want...)
			continue
		}
		got := shown(t, args, want)
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s\ngot:\n%s\nwant:\n%s", command, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		out = append(append(out, command), got...)
	}
	return out
}

// shown is what a command prints, as far as the page shows it.
func shown(t *testing.T, args string, want []string) []string {
	stdout, stderr, code := harness(t, fields(args)...)
	if code != exitDone && code != exitExceeded {
		t.Errorf("quotawall %s: exit %d: %s", args, code, stderr)
	}
	got := strings.Split(strings.TrimRight(stdout, "\n"), "\n")
	for i := range got {
		got[i] = strings.TrimRight(got[i], " ")
	}
	if n := len(want); n > 1 && want[n-1] == "..." && len(got) >= n {
		got = append(got[:n-1:n-1], "...")
	}
	return got
}

// fields splits a command line at blanks outside single quotes.
func fields(s string) []string {
	var out []string
	for i, part := range strings.Split(s, "'") {
		if i%2 == 1 {
			out[len(out)-1] += part
			continue
		}
		words := strings.Fields(part)
		if i > 0 && part != "" && part[0] != ' ' && len(words) > 0 {
			out[len(out)-1] += words[0]
			words = words[1:]
		}
		out = append(out, words...)
		if strings.HasSuffix(part, " ") && i < strings.Count(s, "'") {
			out = append(out, "")
		}
	}
	return out
}

// TestReadmePicture holds the README's picture to what --plot draws.
func TestReadmePicture(t *testing.T) {
	dir := t.TempDir()
	if _, errs, code := harness(t, "run", "--plot", dir); code != 0 {
		t.Fatalf("exit %d: %s", code, errs)
	}
	got, err := os.ReadFile(filepath.Join(dir, "burn.svg"))
	if err != nil {
		t.Fatal(err)
	}
	const path = "../../reports/burn.svg"
	if os.Getenv("QUOTAWALL_UPDATE") != "" {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Errorf("%s is not what run --plot draws now; QUOTAWALL_UPDATE=1 rewrites it", path)
	}
}
