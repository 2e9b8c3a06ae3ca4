package synth

import (
	"io"
	"testing"

	"quotawall/sim/trace"
)

// drain reads n requests of a workload that never ends.
func drain(b *testing.B, users int64, rate float64, name string) {
	w, _ := Preset(name)
	w.Users, w.Rate, w.Profile = users, rate, Profile{}
	r, err := New([]Workload{w}, monday, MaxHorizon, 1)
	if err != nil {
		b.Fatal(err)
	}
	block := make([]trace.Request, 4096)
	if _, err := r.Read(block); err != nil {
		b.Fatal(err)
	}
	n := 0
	b.ReportAllocs()
	for b.Loop() {
		k, err := r.Read(block)
		if err == io.EOF {
			b.Fatal("the traffic ended")
		}
		n += k
	}
	b.ReportMetric(b.Elapsed().Seconds()*1e9/float64(n), "ns/request")
	b.ReportMetric(float64(n)/b.Elapsed().Seconds()/1e6, "Mreq/s")
	b.ReportMetric(0, "ns/op")
}

func BenchmarkSynth(b *testing.B) {
	for _, name := range Presets() {
		b.Run("rate/"+name, func(b *testing.B) { drain(b, 0, 20, name) })
	}
	for _, name := range []string{"chat", "coding-agent", "title"} {
		b.Run("users/"+name, func(b *testing.B) { drain(b, 1000, 0, name) })
	}
}
