package synth

import (
	"quotawall/sim/unit"
	"testing"
)

func TestTune(t *testing.T) {
	w, _ := Preset("coding-agent")
	w.Users, w.Profile = 100, Profile{}
	rows := synthesize(t, 14*unit.Day, 1, w)
	ss := sessionsOf(rows)
	var n, first, gaps, grow, maxp []float64
	var shrink, think float64
	for _, s := range ss {
		if s[0].At > 10*unit.Day {
			continue
		}
		n = append(n, float64(len(s)))
		first = append(first, float64(s[0].Input))
		gaps = append(gaps, gapsOf(s)...)
		m := int64(0)
		for i := range s {
			m = max(m, s[i].Input)
			if i > 0 {
				if d := s[i].Input - s[i-1].Input; d < 0 {
					shrink++
				} else {
					grow = append(grow, float64(d))
				}
			}
		}
		maxp = append(maxp, float64(m))
	}
	_ = think
	t.Log("rows", len(rows), "sessions", len(ss), "in:out", mean(inputs(rows))/mean(outputs(rows)))
	t.Log("steps", spread(n, .1, .25, .5, .75, .9, .95, .99, 1))
	t.Log("first", spread(first, .1, .25, .5, .75, .9, .99, 1))
	t.Log("input", spread(inputs(rows), .01, .05, .1, .25, .5, .75, .9, .95, .99, 1))
	t.Log("max", spread(maxp, .01, .05, .1, .25, .5, .75, .9, .95, .99, 1))
	t.Log("gaps", spread(gaps, .1, .25, .5, .75, .9, .95, .99, 1))
	t.Log("grow", spread(grow, .1, .25, .5, .75, .9, .95, .99, 1), mean(logs(grow)), "shrink", shrink/float64(len(gaps)))
	t.Log("out", spread(outputs(rows), .1, .25, .5, .75, .9, .95, .99, 1))
	over5, over60 := 0.0, 0.0
	for _, g := range gaps {
		if g > 300 {
			over5++
		}
		if g > 3600 {
			over60++
		}
	}
	t.Log("over 5m", over5/float64(len(gaps)), "over 1h", over60/float64(len(gaps)))
	t.Log("hit 5m", sessionHit(rows, 5*unit.Minute), "1h", sessionHit(rows, unit.Hour), "none", sessionHit(rows, unit.Never))
}
