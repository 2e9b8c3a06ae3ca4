package synth

import (
	"quotawall/sim/unit"
	"testing"
)

func TestTune2(t *testing.T) {
	w, _ := Preset("long-chat")
	w.Rate, w.Profile = 3.4, Profile{}
	rows := synthesize(t, 4*unit.Hour, 1, w)
	t.Log(len(rows), spread(inputs(rows), .01, .05, .1, .25, .5, .75, .9, .95, .99, 1), mean(logs(inputs(rows))), cv(logs(inputs(rows)))*mean(logs(inputs(rows))))
	t.Log(len(rows), spread(outputs(rows), .01, .05, .1, .25, .5, .75, .9, .95, .99, 1), mean(logs(outputs(rows))), cv(logs(outputs(rows)))*mean(logs(outputs(rows))))
	t.Log(blockHit(rows, unit.Minute), blockHit(rows, 5*unit.Minute), blockHit(rows, unit.Hour), cv(gapsOf(rows)))
}
