package sim

import "testing"

// Settling the ends of calls only when their limits are asked gives the bytes
// that settling each as an event gives, whatever else the scenario does.
func TestLateSettlementIsExact(t *testing.T) {
	for seed := range uint64(250) {
		cfg := randomConfig(seed)
		if n := len(cfg.Pools); n > 1 && seed%3 == 0 && cfg.Pools[0].Model != None && cfg.Pools[n-1].Model != None {
			cfg.Pools[n-1].DayWith = 1
		}
		rows := randomRows(seed, &cfg)
		late, eager := New(cfg), New(cfg)
		late.express, eager.express, eager.eager = nil, nil, true
		if got, want := runRandom(t, late, rows), runRandom(t, eager, rows); got != want {
			t.Fatalf("seed %d: settling late gives\n%s\nsettling at once\n%s", seed, got, want)
		}
	}
}
