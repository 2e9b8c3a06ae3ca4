package study

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Arrivals from memory must give what arrivals read anew give.
func TestSharedArrivalsChangeNothing(t *testing.T) {
	sessions := "t_us,input_tokens,output_tokens,model,session,class\n" +
		"0,5000,20,frontier,s1,chat\n1000000,900000,20,frontier,,chat\n2000000,6000,30,claude-sonnet-4-6,s2,memory\n70000000,7000,30,frontier,s1,chat\n"
	head := "[trace]\nfile = \"test.csv\"\n[models.frontier]\nid = \"claude-opus-4-6\"\n[[step]]\nname = \"as is\"\nset = {}\n[[step]]\nname = \"caching\"\nset = { \"caching.mode\" = \"prefix\" }\n"
	for name, c := range map[string]struct{ scenario, trace string }{
		"open replay":   {head + "[client]\nloop = \"open\"\n", sessions},
		"closed replay": {head + "[client]\nloop = \"closed\"\n", sessions},
		"right-sized":   {head + "[client]\nmax_tokens_quantile = \"90%\"\n", sessions},
		"synthesis":     {brainText(t, 2), ""},
	} {
		plan := planOf(t, c.scenario)
		want := runOf(t, plan, Options{Files: fileOf(c.trace)})
		opt := Options{Files: fileOf(c.trace)}.shared()
		for i := range 3 {
			if d := cmp.Diff(want, runOf(t, plan, opt)); d != "" {
				t.Errorf("%s, run %d:\n%s", name, i+1, d)
			}
		}
		kept := 0
		for _, s := range opt.shelf.slots {
			if s.memory != nil {
				kept++
			}
		}
		if kept == 0 {
			t.Errorf("%s: nothing was kept in memory", name)
		}
	}
}

func TestShelfForgetsWhatWasNotUsedForLongest(t *testing.T) {
	s := &shelf{slots: map[string]*slot{}}
	put := func(key string) {
		x := s.slot(key)
		x.memory = &memory{bytes: shelfBytes / 2}
		s.add(key, x.memory.bytes)
	}
	put("a")
	put("b")
	s.slot("a")
	put("c")
	if s.slots["b"] != nil || s.slots["a"] == nil || s.slots["c"] == nil || s.used != shelfBytes {
		t.Errorf("kept %v, %d bytes", sortedNames(s.slots), s.used)
	}
}

// TestOneReadingForAllHorizons: a replay is the same up to any horizon, so the
// points of a sweep share it; what fills the horizon is not.
func TestOneReadingForAllHorizons(t *testing.T) {
	text := "t_us,input_tokens,output_tokens,model\n0,5000,20,frontier\n70000000,900,20,frontier\n200000000,6000,30,frontier\n"
	for repeat, readings := range map[string]int{"1": 1, `"fill"`: 3} {
		opt := Options{Files: fileOf(text)}.shared()
		for _, horizon := range []string{"1m", "2m", "1h"} {
			plan := planOf(t, "horizon = \""+horizon+"\"\n[trace]\nfile = \"test.csv\"\nrepeat = "+repeat+
				"\n[models.frontier]\nid = \"claude-opus-4-6\"\n[[step]]\nname = \"as is\"\nset = {}\n")
			if d := cmp.Diff(runOf(t, plan, Options{Files: fileOf(text)}), runOf(t, plan, opt)); d != "" {
				t.Errorf("repeat = %s, horizon %s:\n%s", repeat, horizon, d)
			}
		}
		if n := len(opt.shelf.slots); n != readings {
			t.Errorf("repeat = %s: %d readings for three horizons, want %d", repeat, n, readings)
		}
	}
}
