package synth

import (
	"math"
	"testing"
	"time"

	"quotawall/sim/unit"
)

// What Busy says of a horizon is what is made in it.
func TestBusyIsTheMeanRateMade(t *testing.T) {
	start := time.Date(2026, 1, 9, 14, 0, 0, 0, time.UTC) // a Friday
	for _, c := range []struct {
		profile Profile
		horizon unit.Time
		busy    float64
	}{
		{Profile{}, unit.Hour, 1},
		{consumer(), unit.Day, 1},
		{office(), unit.Day, 0},
		{office(), 17*unit.Day + 5*unit.Hour, 0},
		{office(), 14 * unit.Day, 5.4 / 7},
		{consumer(), unit.Hour, 0},
	} {
		w := Workload{Class: "a", Rate: 200_000 / c.horizon.Seconds(), Profile: c.profile, Prompt: Const(1), Output: Const(1)}
		r, err := New([]Workload{w}, start, c.horizon, 1)
		if err != nil {
			t.Fatal(err)
		}
		made := float64(len(readAll(t, r))) / 200_000
		busy := w.Busy(start, c.horizon)
		if math.Abs(made/busy-1) > 0.02 || c.busy > 0 && math.Abs(busy-c.busy) > 1e-9 {
			t.Errorf("%+v over %v: %v, of which %v were made", c.profile, c.horizon, busy, made)
		}
	}
}
