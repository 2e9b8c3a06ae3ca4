package reports

import (
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/olekukonko/tablewriter/pkg/twwidth"
	"pgregory.net/rapid"

	"quotawall/scenarios/result"
)

// TestShownNumbersAreNear reads back what a column shows: within half a step
// of the last digit, and "<" and ">" only where they are true.
func TestShownNumbersAreNear(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.SampledFrom([]Kind{Count, Tokens, Money, Duration, Share}).Draw(t, "kind")
		var cells []Cell
		for range rapid.IntRange(1, 6).Draw(t, "n") {
			f := math.Pow(10, rapid.Float64Range(-8, 10).Draw(t, "log10"))
			if kind == Share {
				f = rapid.SampledFrom([]float64{0, 1, math.Min(f, 1), 1 - math.Min(f, 1)}).Draw(t, "share")
			}
			cells = append(cells, Num(f))
		}
		s := scaleOf(Column{Kind: kind}, cells)
		for _, c := range cells {
			checkShown(t, s, c)
		}
	})
}

func checkShown(t *rapid.T, s scale, c Cell) {
	shown := strings.NewReplacer(",", "", "%", "").Replace(s.format(c))
	bound := strings.TrimLeft(shown, "<>")
	v, err := strconv.ParseFloat(bound, 64)
	if err != nil {
		t.Fatalf("%v is shown as %q", c.num, shown)
	}
	v *= s.div
	half := 0.5*s.div*math.Pow10(-s.decimals)*(1+1e-9) + math.Abs(c.num)*1e-9
	switch {
	case strings.HasPrefix(shown, "<"):
		if c.num <= 0 || c.num >= v {
			t.Fatalf("%v is shown as %q", c.num, shown)
		}
	case strings.HasPrefix(shown, ">"):
		if c.num <= v || c.num >= 1 {
			t.Fatalf("%v is shown as %q", c.num, shown)
		}
	case math.Abs(v-c.num) > half:
		t.Fatalf("%v is shown as %q, %v away, more than %v", c.num, shown, math.Abs(v-c.num), half)
	}
}

// TestWrapKeepsWords: no line is too wide, no letter lost, none moved.
func TestWrapKeepsWords(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringMatching(`[a-zé¹─ ]{0,60}`).Draw(t, "text")
		width := rapid.IntRange(1, 20).Draw(t, "width")
		lines := wrapText(s, width)
		for _, line := range lines {
			if twwidth.Width(line) > width {
				t.Fatalf("%q is wider than %d", line, width)
			}
		}
		if got, want := strings.ReplaceAll(strings.Join(lines, ""), " ", ""), strings.ReplaceAll(s, " ", ""); got != want {
			t.Fatalf("%q came out as %q", s, lines)
		}
	})
}

// TestGroupTwin compares with the dumb way: commas from the right.
func TestGroupTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64().Draw(t, "n")
		digits := strings.TrimPrefix(strconv.FormatInt(n, 10), "-")
		want := ""
		for len(digits) > 3 {
			want = "," + digits[len(digits)-3:] + want
			digits = digits[:len(digits)-3]
		}
		want = digits + want
		if n < 0 {
			want = "-" + want
		}
		if got := group(strconv.FormatInt(n, 10)); got != want {
			t.Fatalf("%d is grouped %s, want %s", n, got, want)
		}
	})
}

// TestBestStepTwin compares with the definition, step by step.
func TestBestStepTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		run := &result.Run{}
		for range rapid.IntRange(1, 7).Draw(t, "steps") {
			share := rapid.SampledFrom([]float64{0, 0.5, 0.9, 0.9989, 0.999, 1}).Draw(t, "requests")
			tokens := rapid.SampledFrom([]float64{0.4, 0.999, 1}).Draw(t, "tokens")
			run.Steps = append(run.Steps, result.Step{ServedShare: &share, ServedTokenShare: &tokens,
				Cost: result.Cost{MonthUSD: float64(rapid.IntRange(0, 5).Draw(t, "cost"))}})
		}
		var want *result.Step
		for i := range run.Steps {
			if s := &run.Steps[i]; worseShare(s) >= enough && (want == nil || s.Cost.MonthUSD < want.Cost.MonthUSD) {
				want = s
			}
		}
		serves := want != nil
		for i := range run.Steps {
			if s := &run.Steps[i]; !serves && (want == nil || worseShare(s) > worseShare(want)) {
				want = s
			}
		}
		if got, ok := bestStep(run); got != want || ok != serves {
			t.Fatalf("step %v, %v; want %v, %v", got, ok, want, serves)
		}
	})
}
