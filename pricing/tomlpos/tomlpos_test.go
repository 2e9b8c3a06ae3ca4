package tomlpos

import (
	"fmt"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
)

func TestAt(t *testing.T) {
	const text = `title = "x" # a comment = 1
[trace]
  file = 'a.b'
"quoted key" = 1
inline = { one = 1, two = { deep = [ { x = 1 }, { x = 2 } ] } }
[[step]]
name = """
set = 1
"""
set = { "caching.mode" = "off" }
[[step]]
set.ttl = "5m"
[[step.part]]
k = 1
`
	_, src, err := Decode("t.toml", text)
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]Position{
		"title": {1, 1}, "trace": {2, 2}, "trace.file": {3, 3}, "trace.quoted key": {4, 1},
		"trace.inline.one": {5, 12}, "trace.inline.two.deep[1].x": {5, 51},
		"step[0]": {6, 3}, "step[0].set.caching.mode": {10, 9}, "step[1].set.ttl": {12, 5}, "step[1].part[0].k": {14, 1},
		"step[1].nothing": {11, 3}, "nowhere": {1, 1},
	} {
		if got := src.At(path); got != want {
			t.Errorf("%s: %v, want %v", path, got, want)
		}
	}
}

func TestSyntaxErrors(t *testing.T) {
	for text, want := range map[string]string{
		"a = 1\nb = \nc = 2": "f:2:5: ", "a = 1\na = 2\n": "f:2:1: ", "[a\n": "f:1:3: ", "x = 1\n= 3": "f:2:1: ", "x = \"a\nb\"": "f:1:7: ",
	} {
		_, _, err := Decode("f", text)
		if err == nil || !strings.HasPrefix(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

func TestMistakesListTwenty(t *testing.T) {
	_, src, err := Decode("f", "b = 1\na = 2\n")
	if err != nil {
		t.Fatal(err)
	}
	m := Mistakes{Source: src}
	if m.Err() != nil || len(m.Lines()) != 0 {
		t.Fatal("a mistake from nowhere")
	}
	m.Add("a", "fix it", "second")
	m.Add("b", "", "first %d", 1)
	if got, want := m.Err().Error(), "f:1:1: first 1\nf:2:1: second\n  fix it"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	for range 20 {
		m.Add("a", "", "more")
	}
	if got := m.Err().Error(); !strings.HasSuffix(got, "\nand 2 more mistakes") {
		t.Errorf("got %q", got)
	}
}

// FuzzLocate: every key that the decoder finds has a place in the text.
func FuzzLocate(f *testing.F) {
	for _, s := range []string{"a = 1\n[b]\nc = [1, 2]\n[[d]]\ne.f = {g = 'h'}", "'a b'.c = '''x\n'''\n", "x = \"\"\"a\\\"\"\"\"\n[y.z]\nq=1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		tree := map[string]any{}
		if _, err := toml.Decode(text, &tree); err != nil {
			return
		}
		_, src, err := Decode("f", text)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(text, "\n")
		for path, p := range src.at() {
			if p.Line < 1 || p.Line > len(lines) || p.Column < 1 || p.Column > len(lines[p.Line-1])+1 {
				t.Fatalf("%q: %s is at %v", text, path, fmt.Sprint(p))
			}
		}
	})
}
