package result

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMistakesKeepTheirPlace(t *testing.T) {
	var c ScenarioCheck
	c.AddMistakes("a:b.toml:3:1: trace.scale: 0 is too small\n"+
		"a:b.toml:9:12: unknown model \"x\"\n  did you mean \"y\"?\n  see the list\n"+
		"mine.toml: no such file\n"+
		"--set start=2026-01-01T09:00:00: no instant\n"+
		"and 7 more mistakes", []string{"a:b.toml", "mine.toml"})
	file, mine := "a:b.toml", "mine.toml"
	want := ScenarioCheck{More: 7, Mistakes: []Mistake{
		{File: &file, Line: new(3), Column: new(1), What: "trace.scale: 0 is too small"},
		{File: &file, Line: new(9), Column: new(12), What: `unknown model "x"`, Hint: new("did you mean \"y\"?\nsee the list")},
		{File: &mine, What: "no such file"},
		{What: "--set start=2026-01-01T09:00:00: no instant"},
	}}
	if d := cmp.Diff(want, c); d != "" {
		t.Error(d)
	}
}
