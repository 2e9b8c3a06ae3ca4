package scenarios

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// A --set that the program suggests names the key that it means, whatever is in it.
func TestSetFlagReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		parts := []string{
			"trace",
			rapid.OneOf(rapid.StringN(1, 20, -1), rapid.SampledFrom([]string{`a"b`, `c\d`, "e=f", "it's", "\x1b[31m", "\xff", "a.b", "g\u202eh", "\U000e0001"})).Draw(t, "part"),
		}
		flag := SetFlag("frontier", parts...)
		text, _ := strings.CutPrefix(flag, "--set '")
		text, _ = strings.CutSuffix(text, "'")
		a, err := ParseAssignment(strings.ReplaceAll(text, `'\''`, "'"))
		if err != nil {
			t.Fatal(err)
		}
		got, err := splitKey(a.Key)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(parts, got); d != "" || a.Value != "frontier" {
			t.Errorf("%s reads as %q: %s", flag, got, d)
		}
	})
}

func TestSetFlagIsOneWordOfAShell(t *testing.T) {
	name := "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/it's \"$HOME\" `x` \\"
	out, err := exec.Command("sh", "-c", "printf '%s|' "+SetFlag("fast", "trace", "models", name)).Output()
	if err != nil {
		t.Skip(err)
	}
	words := strings.Split(string(out), "|")
	if len(words) != 3 || words[0] != "--set" {
		t.Fatalf("%q", words)
	}
	a, err := ParseAssignment(words[1])
	if err != nil {
		t.Fatal(err)
	}
	if parts, err := splitKey(a.Key); err != nil || len(parts) != 3 || parts[2] != name {
		t.Errorf("%q, %v", parts, err)
	}
}

// A quoted name with a dot is one key in an element of a list, too.
func TestQuotedNameBelowAnElement(t *testing.T) {
	s := parsed(t, "[[traffic]]\npreset = \"chat\"\n")
	a, err := ParseAssignment(`traffic.chat.models."gpt-4.1"=0.5`)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Set(a); err != nil {
		t.Fatal(err)
	}
	models, _ := s.tree["traffic"].([]map[string]any)[0]["models"].(map[string]any)
	if models["gpt-4.1"] != 0.5 {
		t.Errorf("set %v", s.tree)
	}
}
