package synth

import (
	"io"
	"testing"

	"quotawall/sim/trace"
	"quotawall/sim/unit"
)

func TestPresetsRun(t *testing.T) {
	for _, name := range Presets() {
		w, ok := Preset(name)
		if !ok {
			t.Fatalf("preset %q is listed and missing", name)
		}
		w.Users = 20
		r, err := New([]Workload{w}, monday, 7*unit.Day, 1)
		if err != nil {
			t.Fatal(err)
		}
		block := make([]trace.Request, 100)
		var n, in, out int64
		for {
			k, err := r.Read(block)
			if err == io.EOF {
				break
			}
			n += int64(k)
			for i := range block[:k] {
				in += block[i].Input
				out += block[i].Output
			}
		}
		t.Logf("%-18s %8d requests %6d in %6d out", name, n, in/max(n, 1), out/max(n, 1))
	}
}
