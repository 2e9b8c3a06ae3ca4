package synth

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"quotawall/sim/unit"
)

// block decodes a [[traffic]] block and collects what FromTable complains of.
func block(t testing.TB, text string) (Workload, []string) {
	t.Helper()
	var file struct{ Traffic []map[string]any }
	if _, err := toml.Decode(text, &file); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if len(file.Traffic) != 1 {
		t.Fatalf("%d blocks in\n%s", len(file.Traffic), text)
	}
	var complaints []string
	w := FromTable(file.Traffic[0], func(key, hint, message string) {
		complaints = append(complaints, key+": "+message+" | "+hint)
	})
	return w, complaints
}

func TestTOMLReadsBack(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		want := anyWorkload(rt)
		text := want.TOML()
		got, complaints := block(t, text)
		if len(complaints) > 0 {
			rt.Fatalf("complaints %q about\n%s", complaints, text)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			rt.Fatalf("read back (-want +got):\n%s\n%s", diff, text)
		}
	})
}

// anyWorkload is a preset, or none, with some fields changed.
func anyWorkload(t *rapid.T) Workload {
	w, _ := Preset(rapid.SampledFrom(append(Presets(), "")).Draw(t, "preset"))
	w.Class = rapid.String().Filter(func(s string) bool { return strings.ToValidUTF8(s, "") == s }).Draw(t, "class")
	value := rapid.OneOf(rapid.Just(0.0), rapid.Float64Range(0, 1e6))
	whole := rapid.Int64Range(0, 1<<60)
	length := rapid.Map(rapid.Int64Range(0, int64(unit.Day)), func(n int64) unit.Time { return unit.Time(n) })
	change := func(name string, do func()) {
		if rapid.IntRange(0, 3).Draw(t, name) == 0 {
			do()
		}
	}
	change("crowd", func() {
		w.Users, w.SessionsPerDay, w.Rate, w.Skew = whole.Draw(t, "n"), value.Draw(t, "s"), value.Draw(t, "r"), value.Draw(t, "k")
	})
	change("models", func() {
		w.Model = "frontier"
		w.Models = []Share{{"a b", value.Draw(t, "a")}, {"fast", value.Draw(t, "f")}}
	})
	change("arrivals", func() {
		w.Arrivals = Arrivals{rapid.SampledFrom([]Process{"", Poisson, Gamma, Weibull, OnOff}).Draw(t, "process"), value.Draw(t, "cv"), value.Draw(t, "on"), value.Draw(t, "off"), length.Draw(t, "burst")}
	})
	change("profile", func() { w.Profile = anyProfile(t, value, length) })
	change("service", func() { w.Service = Service{length.Draw(t, "first"), length.Draw(t, "per")} })
	for _, d := range []*Dist{&w.Turns, &w.Steps, &w.Think, &w.StepGap, &w.Prompt, &w.Growth, &w.Output, &w.Compaction.To, &w.Compaction.Ratio, &w.After.Delay} {
		change("dist", func() { *d = anyDist(t, value) })
	}
	change("sizes", func() {
		w.History = rapid.SampledFrom([]History{"", Append, Total, Fresh}).Draw(t, "history")
		w.Rebuild, w.SharedPrompt = value.Draw(t, "rebuild"), whole.Draw(t, "shared")
		w.Compaction.Above, w.Compaction.Top, w.Compaction.Share = whole.Draw(t, "above"), whole.Draw(t, "top"), value.Draw(t, "share")
		w.Reuse = rapid.SampledFrom([]Reuse{"", ReuseSession, ReuseSystem, ReuseBoth}).Draw(t, "reuse")
		w.MaxTokens = rapid.Int64Range(-1, 1<<40).Draw(t, "max")
	})
	change("after", func() {
		w.After.Class, w.After.On, w.After.Every, w.After.Whole = "chat", OnTurn, whole.Draw(t, "every"), rapid.Bool().Draw(t, "whole")
	})
	return w
}

func anyProfile(t *rapid.T, value *rapid.Generator[float64], length *rapid.Generator[unit.Time]) Profile {
	p := Profile{OffHours: value.Draw(t, "off"), PeakAt: length.Draw(t, "at"), Offset: length.Draw(t, "offset") - 12*unit.Hour}
	if rapid.Bool().Draw(t, "hours") {
		p.HoursTo = 1 + length.Draw(t, "to")
		p.HoursFrom = p.HoursTo / 2
	}
	if rapid.Bool().Draw(t, "peak") {
		p.Peak = value.Draw(t, "peak")
	}
	if rapid.Bool().Draw(t, "daily") {
		p.Daily = []float64{value.Draw(t, "d"), 1}
	}
	if rapid.Bool().Draw(t, "weekly") {
		p.Weekly = slices.Repeat([]float64{value.Draw(t, "w")}, 7)
	}
	return p
}

func anyDist(t *rapid.T, value *rapid.Generator[float64]) Dist {
	d := Dist{Kind: rapid.SampledFrom([]Kind{"", Constant, Lognormal, Pareto, Exponential, Uniform, Table, Quantiles}).Draw(t, "kind")}
	switch d.Kind {
	case "":
		return d
	case Table, Quantiles:
		d.X, d.P = []float64{1, value.Draw(t, "x")}, []float64{0, value.Draw(t, "p")}
	}
	for _, v := range []*float64{&d.Value, &d.Mu, &d.Sigma, &d.P50, &d.P90, &d.Low, &d.High, &d.Alpha, &d.Min, &d.Max} {
		*v = value.Draw(t, "value")
	}
	d.Redraw = rapid.Bool().Draw(t, "redraw")
	return d
}

func TestTOMLIsShort(t *testing.T) {
	w, _ := Preset("coding-agent")
	w.Users = 5
	if got, want := w.TOML(), "[[traffic]]\nclass = \"coding-agent\"\npreset = \"coding-agent\"\nusers = 5\n"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestFromTable(t *testing.T) {
	w, complaints := block(t, `
[[traffic]]
class = "support"
preset = "chat"
models = { frontier = "25%", fast = 0.75 }
rate = "90/m"
arrivals.cv = 2
profile = { hours = "08:30-17:00", off_hours = "10%", utc_offset = "-5h" }
think = { p50 = "90s", p90 = "10m" }
prompt = { max = 8000 }
output = 120
turns = { value = 4, kind = "exponential", min = 1 }
max_tokens = "model"
`)
	if len(complaints) > 0 {
		t.Fatal(complaints)
	}
	want, _ := Preset("chat")
	want.Class, want.Rate, want.MaxTokens = "support", 1.5, -1
	want.Models = []Share{{"fast", 0.75}, {"frontier", 0.25}}
	want.Arrivals.CV = 2
	want.Profile = Profile{PeakAt: 15 * unit.Hour, HoursFrom: 8*unit.Hour + 30*unit.Minute, HoursTo: 17 * unit.Hour, OffHours: 0.1, Offset: -5 * unit.Hour}
	want.Think = Dist{Kind: Lognormal, P50: 90, P90: 600}
	want.Prompt.Max = 8000
	want.Output = Const(120)
	want.Turns = Dist{Kind: Exponential, Value: 4, Min: 1}
	if diff := cmp.Diff(want, w); diff != "" {
		t.Error(diff)
	}
}

func TestFromTableComplains(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{`preset = "coding"`, `preset: unknown preset "coding" | known: chat, `},
		{`preset = "coding-agnt"`, `preset: unknown preset "coding-agnt" | did you mean "coding-agent"?`},
		{`preset = 3`, `preset: is not a text | `},
		{`class = 3`, `class: is not a text | `},
		{`model = 3`, `model: is not a text | `},
		{`usres = 3`, `usres: unknown key | did you mean "users"?`},
		{`arrivals.vc = 3`, `arrivals.vc: unknown key | did you mean "arrivals.cv"?`},
		{`arrivals = "poisson"`, `arrivals: is a table of keys | its keys: arrivals.process`},
		{`users = 1.5`, `users: is not a whole number | `},
		{`rate = "5/w"`, `rate: is not a number of calls per time | write "2.5/s"`},
		{`rate = 5`, `rate: is not a number of calls per time | write "2.5/s"`},
		{`rebuild = "35"`, `rebuild: "35" is not a share: write "35%" or 0.35 | `},
		{`skew = nan`, `skew: is not a number | `},
		{`service.first_token = 2`, `service.first_token: is not a duration | write it with a unit`},
		{`service.first_token = "2x"`, `service.first_token: unknown unit`},
		{`think = "2x"`, `think: unknown unit`},
		{`prompt = { min = 3 }`, `prompt: needs a kind | known: constant`},
		{`prompt = { p50 = 3, p99 = 3 }`, `prompt.p99: unknown key | did you mean "p90"?`},
		{`prompt = { kind = 3 }`, `prompt.kind: is not a text | `},
		{`prompt = { value = "x" }`, `prompt.value: is not a number | `},
		{`prompt = { kind = "table", x = 3 }`, `prompt.x: is not a list of numbers | `},
		{`prompt = { kind = "table", x = ["a"] }`, `prompt.x: is not a number | `},
		{`prompt = { value = 3, redraw = 3 }`, `prompt.redraw: is neither true nor false | `},
		{`profile.hours = "9-25:00"`, `profile.hours: is not a range of times of day | write "09:00-18:00"`},
		{`profile.peak_at = "noon"`, `profile.peak_at: is not a time of day | write "15:00"`},
		{`models = "fast"`, `models: is not a table of shares | write it as`},
		{`models = { fast = "x" }`, `models.fast: "x" is not a share`},
		{`max_tokens = 0`, `max_tokens: is neither`},
		{`after.whole = 1`, `after.whole: is neither true nor false | `},
	} {
		_, complaints := block(t, "[[traffic]]\n"+c.text+"\n")
		if len(complaints) != 1 || !strings.HasPrefix(complaints[0], c.want) {
			t.Errorf("%s: %q, want %q", c.text, complaints, c.want)
		}
	}
}

func TestKeysAreAllRead(t *testing.T) {
	seen := map[string]bool{}
	for _, k := range Keys() {
		if seen[k.Name] || k.Doc == "" || strings.Contains(k.Doc, "\n") {
			t.Errorf("key %+v", k)
		}
		seen[k.Name] = true
		_, complaints := block(t, fmt.Sprintf("[[traffic]]\n%s = 1979-05-27T07:32:00Z\n", k.Name))
		if len(complaints) != 1 || !strings.HasPrefix(complaints[0], k.Name+": ") || strings.Contains(complaints[0], "unknown key") {
			t.Errorf("%s: %q", k.Name, complaints)
		}
	}
}
