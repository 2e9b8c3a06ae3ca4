package tomlpos

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/BurntSushi/toml"
)

// same reports whether the plain reader takes a text; it must then have read
// what the full decoder reads.
func same(t *testing.T, text string) bool {
	t.Helper()
	got, ok := plain(text)
	if !ok {
		return false
	}
	want := map[string]any{}
	if _, err := toml.Decode(text, &want); err != nil {
		t.Fatalf("%q is read although: %v", text, err)
	}
	if !reflect.DeepEqual(written(got), written(want)) {
		t.Fatalf("%q is read as %#v, want %#v", text, got, want)
	}
	return true
}

// written is a value with the dates as they are written: the full decoder gives
// them the machine's distance from UTC.
func written(v any) any {
	switch x := v.(type) {
	case time.Time:
		return x.Format("2006-01-02T15:04:05.999999999 MST")
	case map[string]any:
		for key := range x {
			x[key] = written(x[key])
		}
	case []any:
		for i := range x {
			x[i] = written(x[i])
		}
	case []map[string]any:
		for i := range x {
			written(x[i])
		}
	}
	return v
}

// The catalog's files and the presets are plain, and read as the full decoder
// reads them.
func TestPlainFiles(t *testing.T) {
	for _, pattern := range []string{"../catalog/*.toml", "../../scenarios/presets/*.toml"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatal(pattern, err)
		}
		for _, name := range files {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if !same(t, string(text)) {
				t.Logf("%s is not plain", name)
			}
		}
	}
}

func plainTexts() []string {
	return []string{
		"", "\n", "a = 1", "a = 1 # b\n# c", "a = \"x\"\n\tb = 2026-01-02", "a = [1, 2.5, \"x\",\n # c\n [true,], {b = 1}]\n",
		"a = {}\nb = { c = 1, \"d.e\" = {f = []} }", "[a]\nb = 1\n[a.b-c]\n[[d]]\n[d.e]\n[[d]]\n[d.e]\nx = 0\n[[d.f]]\n[[d.f]]",
		"[a.b]\n[a]\nc = 1", "[[a.b]]\n[a]\n[[a.b]]", "[[a]]\n[a.b.c]\n[a.b]",
	}
}

func TestPlain(t *testing.T) {
	for _, text := range plainTexts() {
		if !same(t, text) {
			t.Errorf("%q is not plain", text)
		}
	}
}

func oddTexts() []string {
	return []string{
		"a", "a =", "a = ", "a = 1 2", "a = 1\na = 2", "a.b = 1", "'a' = 1", "a = 'x'", "a = \"\\n\"", `a = """x"""`, `a = "" "`,
		"a = 01", "a = +1", "a = 1e5", "a = 1_000", "a = 1.", "a = .5", "a = 2026-13-01", "a = 2026-01-02T00:00:00Z", "a = inf",
		"a = [1 2]", "a = [,]", "a = {b = 1,}", "a = {\nb = 1}", "a = {b = 1, b = 2}", "[a]\n[a]", "a = 1\n[a]", "a = {}\n[a.b]",
		"a = []\n[[a]]", "a = [{}]\n[a.b]", "[[a]]\n[a]", "[a]\n[[a]]", "[a.b]\n[a]\nb = 1", "[ a ]", "[a", "[[a]", "[]", "[a..b]",
		"a = 1\r\n", "a = \"\x00\"", "# \x01", "a = \"\xff\"", "\ufeffa = 1", "[a] b = 1", "[[a.b]]\n[[a]]",
	}
}

// What is not plain is left to the full decoder, mistakes and all.
func TestNotPlain(t *testing.T) {
	for _, text := range oddTexts() {
		if _, ok := plain(text); ok {
			t.Errorf("%q is taken for plain", text)
		}
	}
}

func FuzzPlain(f *testing.F) {
	for _, text := range append(plainTexts(), oddTexts()...) {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) { same(t, text) })
}

// However deep a text is nested, its reader has room on the stack, or says where
// it is too deep.
func TestDeep(t *testing.T) {
	for _, open := range []string{"[", "{b=", "[{b="} {
		text := "a = " + strings.Repeat(open, 3_000_000)
		if _, _, err := Decode("deep.toml", text); err == nil || !strings.HasPrefix(err.Error(), "deep.toml:1:") {
			t.Errorf("%s...: %v", open, err)
		}
	}
	if _, _, err := Decode("deep.toml", "a = "+strings.Repeat("[", deepest)+strings.Repeat("]", deepest)); err != nil {
		t.Error(err)
	}
}

// A text of many headers and repeated ones among them is left to the full decoder
// and not looked through for each of them.
func TestPlainGivesUp(t *testing.T) {
	var text strings.Builder
	for i := range 3_000 {
		fmt.Fprintf(&text, "[h%d]\n", i)
	}
	text.WriteString(strings.Repeat("[[x]]\n", 3_000))
	if _, ok := plain(text.String()); ok {
		t.Error("every repeated header looked at every other header")
	}
}
