package synth

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"quotawall/sim/trace"
	"quotawall/sim/unit"
)

// refit estimates a trace, writes the estimate as scenario text, reads that
// and synthesizes it.
func refit(t *testing.T, r trace.Reader, horizon unit.Time) (rows []row, all []Workload) {
	t.Helper()
	fitted, notes, err := Fit(r, "fitted")
	if err != nil {
		t.Fatal(err)
	}
	for i := range fitted {
		text := fitted[i].TOML()
		w, complaints := block(t, text)
		if len(complaints) > 0 {
			t.Fatalf("%q about\n%s", complaints, text)
		}
		all = append(all, w)
		t.Log(text)
	}
	t.Log(strings.Join(notes, "\n"))
	return synthesize(t, horizon, 99, all...), all
}

// agree compares mean and quantiles of two samples.
func agree(t *testing.T, what string, got, want []float64, tolerance float64) {
	t.Helper()
	g, w := figuresOf(got), figuresOf(want)
	for i, label := range []string{"mean", "p50", "p90", "p99"} {
		near(t, what+" "+label, g[i], w[i], tolerance*w[i]+0.5)
	}
}

func TestFitReproducesPresets(t *testing.T) {
	for _, c := range []struct {
		name       string
		horizon    unit.Time
		sizes, out float64 // relative tolerances
		rate, cv   float64
	}{
		{"chat", 6 * unit.Hour, 0.05, 0.05, 0.03, 0.05},
		{"rag", 6 * unit.Hour, 0.05, 0.05, 0.03, 0.05},
		{"title", 6 * unit.Hour, 0.05, 0.05, 0.03, 0.05},
		{"embedding", 6 * unit.Hour, 0.05, 0.05, 0.03, 0.05},
		{"memory-extraction", 6 * unit.Hour, 0.05, 0.05, 0.03, 0.05},
		{"reasoning", 6 * unit.Hour, 0.08, 0.06, 0.05, 0.10},
		{"code-completion", 48 * unit.Hour, 0.05, 0.08, 0.08, 0.20},
		{"long-chat", 6 * unit.Hour, 0.15, 0.05, 0.05, 0.10},
		{"coding-agent", 6 * unit.Day, 0.25, 0.06, 0.25, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			w, _ := Preset(c.name)
			w.Profile, w.Rate = Profile{}, 2.6
			if c.name == "coding-agent" {
				w.Rate, w.Users = 0, 25
			}
			r, err := New([]Workload{w}, monday, c.horizon, 1)
			if err != nil {
				t.Fatal(err)
			}
			want := synthesize(t, c.horizon, 1, w)
			got, fitted := refit(t, r, c.horizon)
			if fitted[0].Class != c.name {
				t.Errorf("class %q", fitted[0].Class)
			}
			near(t, "calls", float64(len(got)), float64(len(want)), c.rate*float64(len(want)))
			agree(t, "input", inputs(got), inputs(want), c.sizes)
			agree(t, "output", outputs(got), outputs(want), c.out)
			near(t, "cv", cv(gapsOf(got)), cv(gapsOf(want)), c.cv*cv(gapsOf(want)))
			near(t, "5-minute hit", hits(got, 5*unit.Minute), hits(want, 5*unit.Minute), 0.03)
			near(t, "1-hour hit", hits(got, unit.Hour), hits(want, unit.Hour), 0.03)
		})
	}
}

// hits is the ideal hit by blocks where there are any, else by sessions.
func hits(rows []row, ttl unit.Time) float64 {
	return max(blockHit(rows, ttl), sessionHit(rows, ttl))
}

func TestFitProfile(t *testing.T) {
	w := bare(0.1, Arrivals{Process: Gamma, CV: 2})
	w.Profile = office()
	r, err := New([]Workload{w}, monday.Add(13*time.Hour), 28*unit.Day, 1)
	if err != nil {
		t.Fatal(err)
	}
	all, _, err := Fit(r, "x")
	if err != nil {
		t.Fatal(err)
	}
	p := all[0].Profile
	if len(p.Daily) != 24 || len(p.Weekly) != 7 {
		t.Fatalf("%+v", p)
	}
	near(t, "weight at noon", p.Daily[12], 24/9.75, 0.15)
	near(t, "weight at night", p.Daily[3], 0.05*24/9.75, 0.06)
	near(t, "Sunday over Wednesday", p.Weekly[6]/p.Weekly[2], 0.2, 0.05)
	near(t, "rate on a Monday", all[0].Rate*p.Weekly[0], 0.1, 0.01)
	near(t, "cv", all[0].Arrivals.CV, 2, 0.25)
}

func TestFitUsersModelsAndMax(t *testing.T) {
	w := bare(1, Arrivals{})
	w.Users, w.Skew, w.MaxTokens = 40, 1.2, 4096
	w.Models = []Share{{"fast", 0.7}, {"frontier", 0.3}}
	v := bare(0.5, Arrivals{})
	v.Class, v.Model, v.MaxTokens = "other", "fast", -1
	r, err := New([]Workload{w, v}, monday, 6*unit.Hour, 1)
	if err != nil {
		t.Fatal(err)
	}
	all, _, err := Fit(r, "x")
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(all, func(a, b Workload) int { return strings.Compare(a.Class, b.Class) })
	got := all[0]
	if len(all) != 2 || got.Users != 40 || got.MaxTokens != 4096 || all[1].Model != "fast" || all[1].MaxTokens != -1 {
		t.Fatalf("%+v", all)
	}
	near(t, "skew", got.Skew, 1.2, 0.05)
	if len(got.Models) != 2 || got.Models[0].Model != "fast" {
		t.Fatalf("%+v", got.Models)
	}
	near(t, "share of fast", got.Models[0].Weight, 0.7, 0.02)
}

func TestFitRefuses(t *testing.T) {
	open := 0
	none, _ := source(nil, "", 1, &open)()
	if _, _, err := Fit(none, "x"); err == nil {
		t.Error("an empty trace is fitted")
	}
	one, _ := source([]plain{{Input: 5, Output: 3}}, "", 1, &open)()
	all, _, err := Fit(one, "x")
	if err != nil {
		t.Fatal(err)
	}
	if all[0].Prompt.Value != 5 || all[0].Output.Value != 3 || all[0].Class != "x" {
		t.Errorf("%+v", all[0])
	}
}

// packed opens a gzipped public trace line by line.
func packed(t *testing.T, name string) *bufio.Scanner {
	t.Helper()
	z, err := gzip.NewReader(public(t, name))
	if err != nil {
		t.Fatal(err)
	}
	s := bufio.NewScanner(z)
	s.Buffer(nil, 1<<20)
	return s
}

func azure(t *testing.T, name string) (rows []plain) {
	t.Helper()
	var start time.Time
	for s := packed(t, name); s.Scan(); {
		f := strings.Split(strings.TrimSpace(s.Text()), ",")
		at, err := time.Parse("2006-01-02 15:04:05.9999999", f[0])
		if err != nil {
			continue // the header
		}
		if start.IsZero() {
			start = at
		}
		in, _ := strconv.ParseInt(f[1], 10, 64)
		out, _ := strconv.ParseInt(f[2], 10, 64)
		rows = append(rows, plain{At: unit.Time(at.Sub(start).Microseconds()), Input: in, Output: out, Shared: trace.Unknown})
	}
	return rows
}

func mooncake(t *testing.T) (rows []plain) {
	t.Helper()
	for s := packed(t, "mooncake_conversation_trace.jsonl.gz"); s.Scan(); {
		var v struct {
			Timestamp     int64
			Input_length  int64
			Output_length int64
			Hash_ids      []uint64
		}
		if err := json.Unmarshal(s.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		rows = append(rows, plain{At: unit.Time(v.Timestamp) * unit.Millisecond, Input: v.Input_length, Output: v.Output_length, Shared: trace.Unknown, Blocks: v.Hash_ids})
	}
	return rows
}

func TestFitPublicTraces(t *testing.T) {
	for _, c := range []struct {
		name              string
		rows              func(*testing.T) []plain
		scope             trace.BlockScope
		in, out, rate, cv float64 // relative tolerances
	}{
		{"Azure code", func(t *testing.T) []plain { return azure(t, "AzureLLMInferenceTrace_code.csv.gz") }, "", 0.06, 0.15, 0.25, 0.35},
		{"Azure conv", func(t *testing.T) []plain { return azure(t, "AzureLLMInferenceTrace_conv.csv.gz") }, "", 0.05, 0.05, 0.05, 0.10},
		{"Mooncake", mooncake, trace.TraceScope, 0.20, 0.06, 0.08, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			published := c.rows(t)
			var want []row
			for _, p := range published {
				want = append(want, row{Request: trace.Request{At: p.At, Input: p.Input, Output: p.Output}})
			}
			open := 0
			r, _ := source(published, c.scope, 1000, &open)()
			r.Info().BlockTokens = 512
			got, _ := refit(t, r, spanOf(published))
			near(t, "calls", float64(len(got)), float64(len(want)), c.rate*float64(len(want)))
			agree(t, "input", inputs(got), inputs(want), c.in)
			agree(t, "output", outputs(got), outputs(want), c.out)
			near(t, "cv", cv(gapsOf(got)), cv(gapsOf(want)), c.cv*cv(gapsOf(want)))
			if c.scope != "" {
				near(t, "5-minute hit", blockHit(got, 5*unit.Minute), 0.2934, 0.06)
				near(t, "hit without end", blockHit(got, unit.Day), 0.3736, 0.06)
			}
		})
	}
}

func TestHistQuantiles(t *testing.T) {
	var h hist
	var values []float64
	rng := unit.Stream(1, "hist")
	for range 20_000 {
		x := math.Round(math.Exp(5 + 2*rng.NormFloat64()))
		values = append(values, x)
		h.add(x)
	}
	for _, p := range []float64{0, 0.001, 0.1, 0.5, 0.9, 0.999, 1} {
		want := quantile(values, p)
		near(t, "quantile "+strconv.FormatFloat(p, 'g', -1, 64), h.quantile(p), want, 0.006*want)
	}
	near(t, "mean", h.mean(), mean(values), 1e-6*mean(values))
}
