package scenarios

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quotawall/pricing"
)

func catalog(t testing.TB) *pricing.Catalog {
	t.Helper()
	c, err := pricing.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func parsed(t testing.TB, text string) *Scenario {
	t.Helper()
	s, err := Parse("test.toml", text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestEveryPresetIsFine(t *testing.T) {
	cat := catalog(t)
	for _, name := range Presets() {
		s, err := Preset(name)
		if err != nil {
			t.Fatal(err)
		}
		p, err := NewPlan(s, cat, Pick{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if len(p.Steps) < 2 || !strings.HasPrefix(p.Base.Title, name+":") {
			t.Errorf("%s: %d steps, title %q", name, len(p.Steps), p.Base.Title)
		}
	}
}

func TestEveryKeySaysWhatItDoes(t *testing.T) {
	seen := map[string]bool{}
	for _, k := range Keys() {
		if k.Doc == "" || seen[k.Name] || !strings.HasPrefix(k.Name, "traffic.") && (k.Want == "" || k.Default == "") {
			t.Errorf("%+v", k)
		}
		seen[k.Name] = true
	}
}

// A value given by --set, in the file, in a step or in a section is the same.
func TestOneLanguageForEveryChange(t *testing.T) {
	const base = "[trace]\nfile = \"x.csv\"\n"
	cat := catalog(t)
	for _, x := range []struct{ set, file, step string }{
		{"caching.ttl=1h", "[caching]\nttl = \"1h\"", `"caching.ttl" = "1h"`},
		{"trace.max_tokens=model", "", `"trace.max_tokens" = "model"`},
		{"routing.fallback=[\"balanced\", \"fast\"]", "[routing]\nfallback = [\"balanced\", \"fast\"]", `routing = { fallback = ["balanced", "fast"] }`},
		{"routing.mix={ frontier = \"10%\", balanced = 0.9 }", "[routing]\nmix = { frontier = 0.1, balanced = \"90%\" }", `"routing.mix" = { frontier = "10%", balanced = "90%" }`},
		{"quota.applied=[{model=\"*\", rpm=3}]", "[[quota.applied]]\nmodel = \"*\"\nrpm = 3", `"quota.applied" = [{ model = "*", rpm = 3 }]`},
		{"selfhost.points.10=220.5", "[selfhost.points]\n10 = 220.5", `"selfhost.points" = { "10" = 220.5 }`},
	} {
		bySet := parsed(t, base)
		a, err := ParseAssignment(x.set)
		if err != nil {
			t.Fatal(err)
		}
		if err := bySet.Set(a); err != nil {
			t.Fatal(err)
		}
		specs := []*Spec{planned(t, bySet, cat).Base}
		if x.file != "" {
			specs = append(specs, planned(t, parsed(t, base+x.file), cat).Base)
		}
		specs = append(specs, planned(t, parsed(t, base+"[[step]]\nname = \"one\"\nset = { "+x.step+" }"), cat).Steps[0].Spec)
		for _, s := range specs[1:] {
			if diff := cmp.Diff(specs[0], s); diff != "" {
				t.Errorf("%s: %s", x.set, diff)
			}
		}
	}
}

func planned(t testing.TB, s *Scenario, cat *pricing.Catalog) *Plan {
	t.Helper()
	p, err := NewPlan(s, cat, Pick{})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestStepsAreLaidOverEachOther(t *testing.T) {
	const text = `
[trace]
file = "x.csv"
[[step]]
name = "one"
set = {}
[[step]]
name = "two"
set = { "caching.mode" = "prefix" }
[[step]]
name = "three"
set = { "accounts.count" = 3 }
`
	cat := catalog(t)
	for _, x := range []struct {
		pick     Pick
		names    string // with the place in the progression
		mode     string // of the last step
		accounts int64
	}{
		{Pick{}, "1 one 2 two 3 three", "prefix", 3},
		{Pick{Alone: true}, "1 one 2 two 3 three", "off", 3},
		{Pick{Without: "two"}, "1 one 3 three", "off", 3},
		{Pick{Without: "2"}, "1 one 3 three", "off", 3},
		{Pick{Names: []string{"1", "Two"}}, "1 one 2 two", "prefix", 1},
		{Pick{Names: []string{"3", "1"}}, "1 one 3 three", "prefix", 3},
		{Pick{Names: []string{"3"}, Without: "2"}, "3 three", "off", 3},
		{Pick{Names: []string{"3"}, Alone: true}, "3 three", "off", 3},
	} {
		p, err := NewPlan(parsed(t, text), cat, x.pick)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, s := range p.Steps {
			names = append(names, fmt.Sprint(s.Index+1), s.Name)
		}
		last := p.Steps[len(p.Steps)-1].Spec
		if strings.Join(names, " ") != x.names || last.Caching.Mode != x.mode || last.Accounts.Count != x.accounts {
			t.Errorf("%+v: steps %v, last %s with %d accounts", x.pick, names, last.Caching.Mode, last.Accounts.Count)
		}
	}
}

// Mistakes of the base, of steps and of classes are listed together, each once.
func TestAllMistakesAtOnce(t *testing.T) {
	const text = `horizn = "1d"
[[traffic]]
class = "chat"
preset = "chat"
users = -3
[[step]]
set = { caching.modee = "prefix", "accounts.count" = "x" }
[[step]]
name = "two"
set = { "caching.ttl" = "zz" }
[[step]]
name = "three"
set = { "title" = "t" }
`
	_, err := NewPlan(parsed(t, text), catalog(t), Pick{Names: []string{"two", "nine"}})
	if err == nil {
		t.Fatal("taken")
	}
	for _, want := range []string{
		`:1:1: unknown key "horizn"`, `:5:1: class "chat": users -3 is not between`, `:6:3: step 1 has no name`, `:13:9: a step cannot change title`,
		`--steps: no step "nine"`, `step "two": caching.ttl: a number without a unit`,
	} {
		if strings.Count(err.Error(), want) != 1 {
			t.Errorf("not once %q in\n%v", want, err)
		}
	}
}

func TestUsersReachEveryClassWithArrivalsOfItsOwn(t *testing.T) {
	s, err := Preset("team-claude-code")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Set(Assignment{Key: "users", Value: int64(7)}); err != nil {
		t.Fatal(err)
	}
	if err := s.Set(Assignment{Key: "traffic.heavy.sessions_per_day", Value: int64(3)}); err != nil {
		t.Fatal(err)
	}
	for _, w := range planned(t, s, catalog(t)).Base.Traffic {
		if own := w.After.Class == ""; own && w.Users != 7 || !own && w.Users == 7 || w.Class == "heavy" && w.SessionsPerDay != 3 {
			t.Errorf("%s has %d users with %v sessions a day", w.Class, w.Users, w.SessionsPerDay)
		}
	}
}

func TestSchedule(t *testing.T) {
	for text, want := range map[string][7]uint32{
		"mon-fri 09-18":              {0, 0x3fe00, 0x3fe00, 0x3fe00, 0x3fe00, 0x3fe00, 0},
		"22-02":                      {0xc00003, 0xc00003, 0xc00003, 0xc00003, 0xc00003, 0xc00003, 0xc00003},
		"sat 10:00-12:00, sun 00-24": {0xffffff, 0, 0, 0, 0, 0, 0xc00},
	} {
		s, err := schedule().parse(text)
		if err != nil || s.Hours != want {
			t.Errorf("%s: %x, %v; want %x", text, s, err, want)
		}
	}
	for _, text := range []any{"mon-fri", "9 to 5", "mon 09-09", 7, "mon 09-25"} {
		if s, err := schedule().parse(text); err == nil {
			t.Errorf("%v is %x", text, s)
		}
	}
}

// FuzzScenario: no text makes the program panic, and what can be read is
// printed so that it reads back the same.
func FuzzScenario(f *testing.F) {
	for _, name := range Presets() {
		text, err := PresetText(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text, "caching.ttl=1h")
	}
	f.Add("[[quota.applied]]\nrpm = \"none\"\n[[step]]\nname=\"a\"\nset={x=1}", "quota.applied=[{rpm=-1}]")
	f.Add("a = [[1],[{}]]\n\"\" = 2", "\"a.b\".c=[")
	cat := catalog(f)
	f.Fuzz(func(t *testing.T, text, set string) {
		s, err := Parse("fuzz.toml", text)
		if err != nil {
			return
		}
		if printed, err := s.Text(); err == nil {
			again, err := Parse("fuzz.toml", printed)
			if err == nil && !reflect.DeepEqual(normal(again.tree), normal(s.tree)) {
				t.Errorf("printed:\n%s\nreads as %v, was %v", printed, again.tree, s.tree)
			}
		}
		if a, err := ParseAssignment(set); err == nil {
			_ = s.Set(a)
		}
		_, _ = NewPlan(s, cat, Pick{})
	})
}

// normal evens out how TOML tells lists of tables from lists, and empty tables
// from none.
func normal(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for k, x := range v {
			out[k] = normal(x)
		}
		return out
	case []map[string]any:
		out := make([]any, len(v))
		for i, x := range v {
			out[i] = normal(x)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, x := range v {
			out[i] = normal(x)
		}
		return out
	}
	return v
}
