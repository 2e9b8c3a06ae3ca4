package synth

import (
	"math"
	"slices"
	"testing"

	"quotawall/sim/unit"
)

// figures are mean, p50, p90 and p99.
type figures [4]float64

func figuresOf(values []float64) figures {
	return figures{mean(values), quantile(values, 0.5), quantile(values, 0.9), quantile(values, 0.99)}
}

// TestPresetSizes holds every preset against the figures of what it was
// measured on (PRESETS.md), not against its own parameters. The tolerance is
// relative: sampling of the tail, and for sessions what their simplification
// costs.
func TestPresetSizes(t *testing.T) {
	for _, c := range []struct {
		name          string
		in, out       figures
		inTol, outTol float64
	}{
		{"chat", figures{1154.70, 1020, 2735, 4142}, figures{211.13, 129, 424, 601}, 0.04, 0.03},
		{"long-chat", figures{12035.06, 6909, 27367, 85401}, figures{342.62, 350, 597, 1120}, 0.10, 0.03},
		{"coding-agent", figures{125449.93, 106546, 240437, 452771}, figures{443.56, 222, 892, 3648}, 0.20, 0.05},
		{"code-completion", figures{2047.85, 1469, 5194, 7436}, figures{27.88, 13, 55, 252}, 0.03, 0.05},
		{"rag", figures{2588.08, 2730, 3702, 3934}, figures{291.43, 167, 372, 3273}, 0.03, 0.05},
		{"memory-extraction", figures{7100, 7000, 9000, 11050}, figures{250, 250, 370, 397}, 0.03, 0.03},
		{"title", figures{511, 511, 598, 618}, figures{23, 23, 29, 31}, 0.03, 0.04},
		{"reasoning", figures{1268, 208, 2092, 23423}, figures{1527, 792, 3432, 12607}, 0.06, 0.04},
		{"embedding", figures{402, 300, 800, 1779}, figures{}, 0.03, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			rows := presetRows(t, c.name)
			label := [4]string{"mean", "p50", "p90", "p99"}
			for i, got := range figuresOf(inputs(rows)) {
				near(t, "input "+label[i], got, c.in[i], c.inTol*c.in[i])
			}
			for i, got := range figuresOf(outputs(rows)) {
				near(t, "output "+label[i], got, c.out[i], c.outTol*c.out[i])
			}
		})
	}
}

// presetRows is some 60,000 calls of a preset without its profile.
func presetRows(t *testing.T, name string) []row {
	t.Helper()
	w, _ := Preset(name)
	w.Profile = Profile{}
	if name == "coding-agent" {
		w.Users = 25
		return synthesize(t, 7*unit.Day, 1, w)
	}
	w.Rate = 3.4
	return synthesize(t, 5*unit.Hour, 1, w)
}

func TestPresetArrivals(t *testing.T) {
	for _, c := range []struct {
		name     string
		cv, tol  float64
		perHours unit.Time
	}{
		{"chat", 1.1, 0.03, 10}, {"rag", 1, 0.02, 10}, {"memory-extraction", 1, 0.02, 10}, {"title", 1, 0.02, 10},
		{"embedding", 1, 0.02, 10}, {"reasoning", 2.28, 0.08, 10}, {"code-completion", 13.15, 0.8, 100},
	} {
		w, _ := Preset(c.name)
		w.Profile, w.Rate = Profile{}, 2.6
		rows := synthesize(t, c.perHours*unit.Hour, 1, w)
		near(t, c.name+": cv", cv(gapsOf(rows)), c.cv, c.tol)
		near(t, c.name+": calls per second", float64(len(rows))/(c.perHours*unit.Hour).Seconds(), 2.6, 2.6*4*c.cv/math.Sqrt(float64(len(rows))))
	}
}

// The busiest ten minutes of a consumer's day, over the mean: 2.7, ServeGen's
// figure; of an office's, 24 h / (9 h + 5 % of 15 h).
func TestPresetPeakOverMean(t *testing.T) {
	for name, want := range map[string]float64{
		"chat": 2.7, "long-chat": 2.7, "reasoning": 2.7, "rag": 24 / 9.75,
	} {
		w, _ := Preset(name)
		w.Rate, w.Arrivals, w.Turns = 2, Arrivals{}, Dist{}
		counts := make([]float64, 144)
		for _, r := range synthesize(t, 4*unit.Day, 1, w) {
			counts[int(r.At/(10*unit.Minute))%144]++
		}
		near(t, name+": peak over mean", slices.Max(counts)/mean(counts), want, 0.05*want)
	}
}

// The coding agent against kv-cache-tester's sessions and TraceLab's.
func TestCodingAgentSessions(t *testing.T) {
	rows := presetRows(t, "coding-agent")
	var steps []float64
	for _, s := range sessionsOf(rows) {
		steps = append(steps, float64(len(s)))
	}
	near(t, "5-minute ideal hit", sessionHit(rows, 5*unit.Minute), 0.92, 0.02)
	near(t, "1-hour ideal hit", sessionHit(rows, unit.Hour), 0.96, 0.02)
	near(t, "input over output", mean(inputs(rows))/mean(outputs(rows)), 275, 75)
	near(t, "p50 of steps", quantile(steps, 0.5), 45, 8)
	near(t, "p90 of steps", quantile(steps, 0.9), 155, 35)
	var late, later, gaps float64
	for _, s := range sessionsOf(rows) {
		for _, g := range gapsOf(s) {
			gaps++
			if g > 300 {
				late++
			}
			if g > 3600 {
				later++
			}
		}
	}
	near(t, "gaps above 5 minutes", late/gaps, 0.051, 0.015)
	near(t, "gaps above an hour", later/gaps, 0.0047, 0.003)
}

// Long chat against the Mooncake trace, whose sessions are found by prefix; a
// warm cache, as a trace of an hour begins cold.
func TestLongChatReuse(t *testing.T) {
	rows := presetRows(t, "long-chat")
	near(t, "5-minute ideal hit", blockHit(rows, 5*unit.Minute), 0.2934, 0.03)
	near(t, "1-hour ideal hit", blockHit(rows, unit.Hour), 0.3736, 0.03)
}

func TestPresetsAreComplete(t *testing.T) {
	for _, name := range Presets() {
		w, ok := Preset(name)
		if !ok || w.Class != name || w.Preset != name {
			t.Errorf("preset %q: %v, %q, %q", name, ok, w.Class, w.Preset)
		}
		w.Users = 1
		if err := Check([]Workload{w}, unit.Day); err != nil {
			t.Error(err)
		}
	}
	if _, ok := Preset("none"); ok {
		t.Error("there is a preset of no name")
	}
}
