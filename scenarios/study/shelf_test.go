package study

import (
	"fmt"
	"strings"
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

// TestOneReadingForAllHorizons: a replay is the same up to any horizon and from any
// start, so the points of a sweep share it; what fills the horizon, and a
// synthesis, are not.
func TestOneReadingForAllHorizons(t *testing.T) {
	text := "t_us,input_tokens,output_tokens,model\n0,5000,20,frontier\n70000000,900,20,frontier\n200000000,6000,30,frontier\n"
	replay := "[trace]\nfile = \"test.csv\"\nrepeat = %s\n[models.frontier]\nid = \"claude-opus-4-6\"\n[[step]]\nname = \"as is\"\nset = {}\n"
	horizons := []string{`horizon = "1m"`, `horizon = "2m"`, `horizon = "1h"`}
	starts := []string{`start = 2026-03-02T00:00:00Z`, `start = 2026-03-07T00:00:00Z`, `start = 2026-03-07T12:00:00Z`}
	for name, c := range map[string]struct {
		rest     string
		points   []string
		readings int
	}{
		"replay":           {fmt.Sprintf(replay, "1"), horizons, 1},
		"filling replay":   {fmt.Sprintf(replay, `"fill"`), horizons, 3},
		"replay, started":  {fmt.Sprintf(replay, "1"), starts, 1},
		"synthesis":        {"horizon = \"1d\"\n" + workdays, starts, 3},
		"filled and begun": {"horizon = \"1h\"\n" + fmt.Sprintf(replay, `"fill"`), starts, 3},
	} {
		opt := Options{Files: fileOf(text)}.shared()
		for range 2 {
			for _, point := range c.points {
				plan := planOf(t, point+"\n"+c.rest)
				if d := cmp.Diff(runOf(t, plan, Options{Files: fileOf(text)}), runOf(t, plan, opt)); d != "" {
					t.Errorf("%s, %s:\n%s", name, point, d)
				}
			}
		}
		if n := len(opt.shelf.slots); n != c.readings {
			t.Errorf("%s: %d readings for three points, want %d", name, n, c.readings)
		}
	}
}

// workdays is traffic that depends on the day.
const workdays = `[models.frontier]
id = "claude-opus-4-6"
[[traffic]]
preset = "chat"
model = "frontier"
users = 3
[[step]]
name = "as is"
set = {}
`

// TestBlocksOutliveTheirReading: what a reader keeps for its next rows is not used
// by an engine after that, however many workers there are.
func TestBlocksOutliveTheirReading(t *testing.T) {
	var rows strings.Builder
	rows.WriteString("# block_tokens=100 block_scope=session\nt_us,input_tokens,output_tokens,model,session,blocks\n")
	for i := range 3 * blockRows {
		fmt.Fprintf(&rows, "%d,2000,20,frontier,s%d,", i*100_000, i%7)
		for j := range 20 {
			fmt.Fprintf(&rows, "%d ", (i%7)*1_000_000+j*1000+i/700*max(0, j-15))
		}
		rows.WriteString("\n")
	}
	text := strings.ReplaceAll(rows.String(), " \n", "\n")
	plan := planOf(t, "[trace]\nfile = \"test.csv\"\n[models.frontier]\nid = \"claude-opus-4-6\"\ncache_min = 1\n[client]\nloop = \"open\"\n"+
		"[[quota.applied]]\nmodel = \"*\"\nrpm = \"none\"\ntpm = \"none\"\ntpd = \"none\"\n"+
		"[[step]]\nname = \"caching\"\nset = { \"caching.mode\" = \"prefix\" }\n[[step]]\nname = \"again\"\nset = { \"accounts.count\" = 2 }\n")
	want := runOf(t, plan, Options{Files: fileOf(text), Workers: 1})
	if want.Steps[0].Tokens.CacheRead == 0 {
		t.Fatal("nothing was read from the cache")
	}
	for _, opt := range []Options{{Files: fileOf(text), Workers: 3}, Options{Files: fileOf(text), Workers: 3}.shared()} {
		if d := cmp.Diff(want, runOf(t, plan, opt)); d != "" {
			t.Error(d)
		}
	}
}

// TestTraceIsToldWhole: what is said of a trace does not depend on how much of it
// a horizon that it fills needs.
func TestTraceIsToldWhole(t *testing.T) {
	text := steady(2*blockRows, 1_000_000, 900, 20, 100)
	plan := planOf(t, "horizon = \"15m\"\n[trace]\nfile = \"test.csv\"\nrepeat = \"fill\"\nmodel = \"frontier\"\n[models.frontier]\nid = \"claude-opus-4-6\"\n[[step]]\nname = \"as is\"\nset = {}\n")
	for _, opt := range []Options{{Files: fileOf(text)}, Options{Files: fileOf(text)}.shared()} {
		run := runOf(t, plan, opt)
		if n, offered := run.Trace.Requests, run.Steps[0].Offered; n != 2*blockRows || offered != 900 {
			t.Errorf("%v requests, %v of them offered", n, offered)
		}
	}
}
