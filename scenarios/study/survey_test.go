package study

import (
	"context"
	"strings"
	"testing"

	"quotawall/scenarios"
	"quotawall/sim/trace"
)

// The --set that an unknown model name is answered with makes the run work.
func TestUnknownModelSuggestionCanBePasted(t *testing.T) {
	for _, name := range []string{
		"arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/abcdefghijkl",
		"gpt-4.1", "a=b", `back\slash`, "it's", "\x1b[31mred\a",
	} {
		text := "t_us,input_tokens,output_tokens,model\n0,10,1,best\n2000000,10,1," + name + "\n3000000,10,1," + name + "\n"
		const scenario = "[trace]\nfile = \"test.csv\"\n[models.best]\nid = \"claude-opus-4-6\"\n[[step]]\nname = \"as is\"\nset = {}\n"
		for _, opt := range []Options{{Files: fileOf(text)}, Options{Files: fileOf(text)}.shared()} {
			_, err := Run(context.Background(), planOf(t, scenario), opt)
			if err == nil || !strings.Contains(err.Error(), ": 2 requests, the first at 2s from the start") {
				t.Fatalf("%q: %v", name, err)
			}
			_, flag, _ := strings.Cut(err.Error(), "--set '")
			flag = strings.ReplaceAll(strings.TrimSuffix(flag, "'"), `'\''`, "'")
			if strings.ContainsAny(flag, "\x1b\a") {
				t.Errorf("%q: control characters are suggested: %q", name, flag)
			}
			a, err := scenarios.ParseAssignment(flag)
			if err != nil {
				t.Fatal(err)
			}
			s, err := scenarios.Parse("test.toml", scenario)
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Set(a); err != nil {
				t.Fatal(err)
			}
			mapped, err := s.Text()
			if err != nil {
				t.Fatal(err)
			}
			if _, err := Run(context.Background(), planOf(t, mapped), opt); err != nil {
				t.Errorf("%q, with %s: %v", name, flag, err)
			}
		}
	}
}

func TestLeftOutReadsWell(t *testing.T) {
	for want, r := range map[string]trace.Reason{
		"left out: 1 row: a copy, at x.jsonl:3":            {Text: "a copy", Count: 1, First: "x.jsonl:3"},
		"left out: 2 rows: a copy, the first at x.jsonl:3": {Text: "a copy", Count: 2, First: "x.jsonl:3"},
		"left out: 2 rows: a copy":                         {Text: "a copy", Count: 2},
	} {
		if got := leftOut(r); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
