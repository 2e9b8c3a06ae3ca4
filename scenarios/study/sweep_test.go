package study

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quotawall/scenarios"
)

func TestParseAxis(t *testing.T) {
	for text, want := range map[string][]string{
		"users=1..1000:log4":             {"1", "10", "100", "1000"},
		"users=1..5:9":                   {"1", "2", "3", "4", "5"}, // whole ends: whole values, each once
		"cache.hit=0..1.0:3":             {"0", "0.5", "1"},
		"faults.rate=0%..30%:4":          {"0%", "10%", "20%", "30%"},
		"caching.ttl=5m, 1h":             {"5m", "1h"},
		"queue.classes=[],[a, b],c":      {"[]", "[a, b]", "c"},
		`routing.mix={a="1", b=2},"x,y"`: {`{a="1", b=2}`, `"x,y"`},
		"users=7..7:1":                   {"7"},
	} {
		a, err := ParseAxis(text)
		if err != nil || !slices.Equal(a.Values, want) {
			t.Errorf("%s: %v, %v, want %v", text, a.Values, err, want)
		}
	}
	for text, want := range map[string]string{
		"users":            "want KEY=",
		"=1..2:3":          "want KEY=",
		"users=1..2":       "how many values",
		"users=a..2:3":     `"a" is no number`,
		"users=5..2:3":     "ends before it begins",
		"users=0..9:log":   "begins above 0",
		"users=1..9:x":     `"x" is no number of values`,
		"users=1..9:0":     "is no number of values",
		"users=1..9:99999": "at most 10000",
		"users=1..NaN:3":   "is no number",
		"users=1..1e999:3": "is no number",
		"users=1..9:-3":    "is no number of values",
	} {
		if _, err := ParseAxis(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

func axes(t *testing.T, texts ...string) []Axis {
	t.Helper()
	var out []Axis
	for _, x := range texts {
		a, err := ParseAxis(x)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, a)
	}
	return out
}

func TestDesigns(t *testing.T) {
	two := axes(t, "a=1,2,3", "b=x,y")
	got, err := design(two, "grid", 1)
	want := [][]string{{"1", "x"}, {"1", "y"}, {"2", "x"}, {"2", "y"}, {"3", "x"}, {"3", "y"}}
	if d := cmp.Diff(want, got); err != nil || d != "" {
		t.Errorf("%v\n%s", err, d)
	}
	// A Latin hypercube has every one of N equal parts of each axis once.
	got, err = design(axes(t, "a=1..20:20", "b=0.0..1.0:5"), "lhs:20", 7)
	if err != nil {
		t.Fatal(err)
	}
	parts := map[int]bool{}
	for _, p := range got {
		a := Axis{ranged: true, low: 0, high: 1}
		for i := range 20 {
			if a.at(float64(i)/20) <= p[1] && (i == 19 || p[1] < a.at(float64(i+1)/20)) {
				parts[i] = true
			}
		}
	}
	if len(parts) != 20 {
		t.Errorf("%d of 20 parts are hit: %v", len(parts), got)
	}
	again, _ := design(axes(t, "a=1..20:20", "b=0.0..1.0:5"), "lhs:20", 7)
	other, _ := design(axes(t, "a=1..20:20", "b=0.0..1.0:5"), "lhs:20", 8)
	if cmp.Diff(got, again) != "" || cmp.Diff(got, other) == "" {
		t.Error("a design is decided by its seed")
	}
	for _, kind := range []string{"random:100001", "lhs", "grid:3", "random:0", "halton:5"} {
		if _, err := design(two, kind, 1); err == nil {
			t.Errorf("design %s is accepted", kind)
		}
	}
	if _, err := design(axes(t, "a=1..9999:9999", "b=1..9999:9999"), "grid", 1); err == nil || !strings.Contains(err.Error(), "100000") {
		t.Errorf("a grid of 99,980,001 points: %v", err)
	}
}

// memoryStore counts what is loaded and saved.
type memoryStore struct {
	texts map[string][]byte
	hits  int
}

func (m *memoryStore) Load(key string) ([]byte, error) {
	if b, ok := m.texts[key]; ok {
		m.hits++
		return b, nil
	}
	return nil, nil
}
func (m *memoryStore) Save(key string, text []byte) error { m.texts[key] = text; return nil }

func TestSweepIsManyRuns(t *testing.T) {
	plan := planOf(t, brainText(t, 1))
	so := SweepOptions{Axes: axes(t, "users=1,2", "caching.ttl=5m,1h"), Design: "grid", Pick: scenarios.Pick{Names: []string{"1", "2"}}}
	plan.Steps = plan.Steps[:2]
	got, err := Sweep(context.Background(), plan, Options{Workers: 3}, so)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Rows) != 8 {
		t.Fatalf("%d rows, want 4 points x 2 steps", len(got.Rows))
	}
	for _, r := range got.Rows {
		one, err := with(plan, assignments(so.Axes, r.Values)...)
		if err != nil {
			t.Fatal(err)
		}
		run := runOf(t, one, Options{})
		want := sweepRows(run)[r.Step]
		if d := cmp.Diff(want.Figure, r.Figure); d != "" || want.Name != r.Name || want.Binds != r.Binds {
			t.Errorf("point %d, step %d:\n%s", r.Point, r.Step, d)
		}
	}
	store := &memoryStore{texts: map[string][]byte{}}
	so.Store = store
	for range 2 {
		again, err := Sweep(context.Background(), plan, Options{Workers: 1}, so)
		if d := cmp.Diff(got, again); err != nil || d != "" {
			t.Errorf("one worker, with a store: %v\n%s", err, d)
		}
	}
	if len(store.texts) != 4 || store.hits != 4 {
		t.Errorf("%d points kept, %d reused", len(store.texts), store.hits)
	}
	so.Inputs = "another catalog"
	if _, err := Sweep(context.Background(), plan, Options{Workers: 1}, so); err != nil || store.hits != 4 || len(store.texts) != 8 {
		t.Errorf("points of other inputs were reused: %d hits, %v", store.hits, err)
	}
}

// Every wrong value shows before any point runs.
func TestSweepChecksBeforeItRuns(t *testing.T) {
	plan := planOf(t, brainText(t, 1))
	so := SweepOptions{Axes: axes(t, "users=1,-3,0", "caching.ttl=5m,2x"), Design: "grid", Done: func(int64) { t.Error("a point ran") }}
	_, err := Sweep(t.Context(), plan, Options{}, so)
	if err == nil {
		t.Fatal("taken")
	}
	for _, want := range []string{"point 2: --vary caching.ttl=2x", "users -3 is not between", "sends nothing"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("no %q in\n%v", want, err)
		}
	}
}

func TestSweepNamesStepsThatOverrideItsKeys(t *testing.T) {
	plan := planOf(t, brainText(t, 1))
	s := &sweep{plan: plan, so: SweepOptions{Axes: axes(t, "caching.mode=off,prefix")}}
	if notes := strings.Join(s.notes(), "\n"); !strings.Contains(notes, `step "prompt caching" sets caching.mode itself`) {
		t.Error(notes)
	}
}
