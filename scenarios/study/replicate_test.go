package study

import (
	"encoding/json"
	"fmt"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quotawall/scenarios"
	"quotawall/scenarios/result"
)

// faulty refuses a tenth of 150 calls by chance, and nobody retries: the mean
// served share is exactly 0.9.
const faulty = `
seed = %d
replications = %d
[trace]
file = "test.csv"
[models.frontier]
id = "claude-opus-4-6"
[client]
profile = "none"
loop = "open"
[quota]
rpm = "none"
[[quota.applied]]
tpm = "none"
tpd = "none"
[faults]
rate = "10%%"
[[step]]
name = "as is"
set = {}
`

func TestIntervalCoversTheKnownMean(t *testing.T) {
	const experiments, truth = 300, 0.9
	files := fileOf(steady(150, 1_000_000, 1000, 10, 100))
	plan := planOf(t, fmt.Sprintf(faulty, 1, 10))
	inside := 0
	for seed := uint64(1); seed <= experiments; seed++ {
		plan.Base.Seed = seed
		run := runOf(t, plan, Options{Files: files})
		iv := run.Steps[0].Intervals["served_share"]
		if iv[0] >= iv[1] {
			t.Fatalf("seed %d: interval %v is empty", seed, iv)
		}
		if iv[0] <= truth && truth <= iv[1] {
			inside++
		}
	}
	if share := float64(inside) / experiments; share < 0.92 || share > 0.98 {
		t.Errorf("%d of %d intervals (%.1f %%) contain %v, want 92 to 98 %%", inside, experiments, 100*share, truth)
	}
}

func TestPrecisionStopsAtTheSameReplicationForAnyWorkers(t *testing.T) {
	files := fileOf(steady(150, 1_000_000, 1000, 10, 100))
	plan := planOf(t, fmt.Sprintf(faulty, 1, 100))
	var want *result.Run
	for _, workers := range []int{1, 3, 8} {
		run := runOf(t, plan, Options{Files: files, Precision: 0.01, Workers: workers})
		n := run.Scenario.Replications
		if n < firstLook || n > 99 {
			t.Errorf("%d replications: the rule did not decide", n)
		}
		s := &run.Steps[0]
		if iv := s.Intervals["served_share"]; (iv[1]-iv[0])/2 > 0.01**s.ServedShare {
			t.Errorf("half-width %v is above 1 %% of %v", (iv[1]-iv[0])/2, *s.ServedShare)
		}
		if want == nil {
			want = run
		} else if d := cmp.Diff(want, run); d != "" {
			t.Errorf("%d workers give another result:\n%s", workers, d)
		}
	}
}

func TestPrecisionIsBounded(t *testing.T) {
	files := fileOf(steady(150, 1_000_000, 1000, 10, 100))
	run := runOf(t, planOf(t, fmt.Sprintf(faulty, 1, 12)), Options{Files: files, Precision: 1e-9})
	if run.Scenario.Replications != 12 {
		t.Errorf("%d replications, want the bound of 12", run.Scenario.Replications)
	}
}

func TestDeterministicReplayRunsOnce(t *testing.T) {
	plan := planOf(t, fmt.Sprintf(faulty, 1, 50))
	plan = standingOf(t, plan, scenarios.Assignment{Key: "faults.rate", Value: "0%"})
	run := runOf(t, plan, Options{Files: fileOf(steady(20, 1_000_000, 1000, 10, 100)), Precision: 0.01})
	if run.Scenario.Replications != 1 || !run.Scenario.Deterministic || len(run.Steps[0].Intervals) > 0 {
		t.Errorf("%d replications, deterministic %t, intervals %v", run.Scenario.Replications, run.Scenario.Deterministic, run.Steps[0].Intervals)
	}
}

func TestMergedStepsAreMeansOfTheirReplications(t *testing.T) {
	plan := planOf(t, brainText(t, 6))
	merged := runOf(t, plan, Options{})
	if len(merged.Steps) != 6 {
		t.Fatalf("%d steps", len(merged.Steps))
	}
	var single [][]result.Step
	for i := range 6 {
		one := planOf(t, brainText(t, 1))
		one.Base.Seed = replicationSeed(plan.Base.Seed, i)
		single = append(single, runOf(t, one, Options{}).Steps)
	}
	for i := range merged.Steps {
		m := &merged.Steps[i]
		sumOfLines(t, m)
		for j, f := range m.Figures() {
			var values []float64
			for _, s := range single {
				if v := s[i].Figures()[j].Value; v != nil {
					values = append(values, *v)
				}
			}
			mean, half := halfByHand(values)
			if f.Value == nil || math.Abs(*f.Value-mean) > 1e-6*(1+math.Abs(mean)) {
				t.Errorf("%s, %s: %v, mean of the replications is %v", m.Name, f.Name, *f.Value, mean)
			}
			iv := m.Intervals[f.Name]
			if high := mean + half; math.Abs(iv[1]-high) > 1e-6*(1+math.Abs(mean)) && !(f.Share && iv[1] == 1) {
				t.Errorf("%s, %s: interval %v, want up to %v", m.Name, f.Name, iv, high)
			}
		}
		if i > 0 {
			pairedByHand(t, m, single, i)
		}
	}
}

// halfByHand uses the tabled t(0.975, 5) = 2.570582.
func halfByHand(xs []float64) (mean, half float64) {
	for _, x := range xs {
		mean += x / float64(len(xs))
	}
	var ss float64
	for _, x := range xs {
		ss += (x - mean) * (x - mean)
	}
	return mean, 2.5705818366147395 * math.Sqrt(ss/float64(len(xs)-1)/float64(len(xs)))
}

func pairedByHand(t *testing.T, m *result.Step, single [][]result.Step, i int) {
	t.Helper()
	var d []float64
	for _, s := range single {
		d = append(d, s[i].Cost.MonthUSD-s[i-1].Cost.MonthUSD)
	}
	mean, half := halfByHand(d)
	got := m.Differences["month_usd"]
	for k, want := range [3]float64{mean, mean - half, mean + half} {
		if math.Abs(got[k]-want) > 1e-6*(1+math.Abs(mean)) {
			t.Errorf("%s: difference %v, want mean %v +- %v", m.Name, got, mean, half)
		}
	}
}

func sumOfLines(t *testing.T, s *result.Step) {
	t.Helper()
	var sum int64
	for _, l := range s.Cost.Lines {
		sum += l.AmountNUSD
	}
	if sum != s.Cost.TotalNUSD || s.Cost.TotalUSD != json.Number(fmt.Sprintf("%d.%09d", sum/1e9, sum%1e9)) {
		t.Errorf("%s: lines sum to %d, the total is %d (%s)", s.Name, sum, s.Cost.TotalNUSD, s.Cost.TotalUSD)
	}
}

func TestMergedCapTakesTheMedianTimeOfThoseThatHaveOne(t *testing.T) {
	at := func(s float64, text string, refused float64) *result.Step {
		c := result.Cap{Limit: "tokens_per_day", Model: "m", Value: 7, Refused: result.Count(refused)}
		if s >= 0 {
			c.SpentS, c.SpentAt, c.FirstRefusedS = &s, &text, &s
		}
		return &result.Step{Caps: []result.Cap{c}}
	}
	got := mergeCaps([]*result.Step{at(30, "c", 3), at(-1, "", 0), at(10, "a", 2), at(20, "b", 1)})
	if len(got) != 1 || *got[0].SpentS != 20 || *got[0].SpentAt != "b" || *got[0].FirstRefusedS != 20 || got[0].Refused != 1.5 || got[0].Value != 7 {
		t.Errorf("got %+v", got)
	}
	if got := mergeCaps([]*result.Step{at(-1, "", 0), at(-1, "", 0)}); got[0].SpentS != nil {
		t.Errorf("a cap that nobody met has a time: %+v", got[0])
	}
}

func TestMergedLinesKeepTheirSum(t *testing.T) {
	line := func(model, quantity string, amount int64) result.Line {
		return result.Line{Item: "tokens", Model: model, Quantity: json.Number(quantity), AmountNUSD: amount}
	}
	steps := []*result.Step{
		{Cost: result.Cost{Lines: []result.Line{line("b", "1", 1), line("a", "3", 5)}}},
		{Cost: result.Cost{Lines: []result.Line{line("b", "0.5", 2)}}},
	}
	got := combine(steps).Cost
	want := []result.Line{line("a", "1.5", 2), line("b", "0.75", 2)} // 2.5 and 1.5, half to even
	if d := cmp.Diff(want, got.Lines); d != "" || got.TotalNUSD != 4 {
		t.Errorf("total %d, lines:\n%s", got.TotalNUSD, d)
	}
}
