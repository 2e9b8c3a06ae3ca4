package sim

import (
	"cmp"
	"fmt"
	"slices"

	"quotawall/sim/trace"
	"quotawall/sim/unit"
)

// capacity adds an endpoint, bought capacity, a queue, a gateway and faults.
func (d dice) capacity(cfg *Config) {
	if d.seldom() {
		d.endpoint(cfg)
	}
	if d.seldom() {
		d.bought(cfg)
	}
	if d.yes() {
		d.queue(cfg)
	}
	if d.seldom() {
		cfg.Gateway = &Gateway{Service: "gateway", Function: "function", MemoryMB: 128, PerCall: 50 * unit.Millisecond}
	}
	if d.seldom() {
		cfg.Faults = Faults{Rate: d.share(), RampFactor: one(d, 0, int64(1500))}
	}
	if d.seldom() {
		cfg.Periods = []unit.Time{d.upTo(cfg.Horizon)}
	}
}

func (d dice) endpoint(cfg *Config) {
	own := Model{Alias: "own", ID: "own", SelfHosted: true, FirstToken: d.upTo(unit.Second), MaxOutput: 4000, Burndown: 1}
	index := int32(len(cfg.Models))
	for i := range cfg.Models {
		if cfg.Models[i].TokensFrom != nil {
			cfg.Models[i].TokensFrom = append(cfg.Models[i].TokensFrom, Scale{1, 1})
		}
	}
	cfg.Models = append(cfg.Models, own)
	lanes := cfg.Lanes
	cfg.Lanes = nil
	for a := range cfg.Accounts {
		cfg.Lanes = append(append(cfg.Lanes, lanes[a*int(index):(a+1)*int(index)]...), Lane{Pool: None, Cross: None, Domain: 1000})
	}
	if cfg.Routing.To != nil {
		cfg.Routing.To = append(cfg.Routing.To, None)
	}
	most := 1 + d.IntN(4)
	cfg.Endpoint = &Endpoint{
		Model: index, Instance: "gpu", Min: d.IntN(most + 1), Max: most, Concurrency: 1 + d.IntN(6), Waiting: d.IntN(20), Prefill: one(d, 0, 300_000+d.Int64N(3_000_000)),
		Curve:  []CurvePoint{{1, 20_000}, {4, 50_000 + d.Int64N(30_000)}},
		Target: one(d, 0, int64(1000)), ScaleOut: d.upTo(5 * unit.Minute), ScaleIn: d.upTo(10 * unit.Minute), Startup: d.upTo(5 * unit.Minute), Overflow: d.yes(),
	}
	cfg.Endpoint.Instances = cfg.Endpoint.Min
	cfg.Classes[d.IntN(len(cfg.Classes))].SelfHosted = true
	if d.yes() {
		cfg.Routing.Fallback = append(cfg.Routing.Fallback, index)
	}
	if cfg.Routing.Cascade != nil && d.yes() {
		cfg.Routing.Cascade.First = index
	}
}

func (d dice) bought(cfg *Config) {
	cfg.Provisioned = &Provision{
		Model: d.model(cfg), Lane: one(d, unit.Reserved, unit.ModelUnits), Accounts: []int32{0}, InputTPM: d.Int64N(20_000), OutputTPM: d.Int64N(5_000),
		Bought: []Bought{{unit.Input, 10}}, Overflow: d.yes(), ReserveOutput: d.yes(), BurndownOut: d.yes(), BillReads: d.yes(), Term: one(d, "no-commit", "1-month"),
	}
	if cfg.Models[cfg.Provisioned.Model].SelfHosted {
		cfg.Provisioned = nil
	}
}

func (d dice) queue(cfg *Config) {
	cfg.Queue = &Queue{
		Headroom: d.share(), DailyShare: d.share(), Interval: unit.Second + d.upTo(unit.Minute), PerMinute: int64(d.IntN(20)),
		Visibility: unit.Minute, Service: "queue",
	}
	if d.seldom() {
		s := Schedule{}
		s.Hours[1] = uint32(d.IntN(1<<24)) | 1
		cfg.Queue.Window = &s
	}
	if d.yes() {
		cfg.Queue.Batch = &Batch{Records: 1 + d.Int64N(10), Turnaround: d.upTo(2 * unit.Hour)}
	}
}

// traffic is a few busy sessions, some of whose calls overlap.
func (d dice) traffic(cfg *Config) []trace.Request {
	var rows []trace.Request
	sessions := 1 + d.IntN(8)
	for range 20 + d.IntN(80) {
		r := ask(d.upTo(cfg.Horizon+cfg.Horizon/4), 1+d.Int64N(int64(500)<<d.IntN(6)), d.Int64N(int64(50)<<d.IntN(6)))
		name := fmt.Sprint("s", d.IntN(sessions))
		r.SessionID, r.Session = []byte(name), unit.HashString(name)
		if d.seldom() {
			r.SessionID = nil
		}
		if d.seldom() {
			r.Max = one(d, trace.MaxUnset, 0, d.Int64N(3000))
		}
		if d.yes() {
			r.Duration = d.upTo(2 * unit.Minute)
		}
		if d.yes() {
			r.CacheRead, r.CacheWrite, r.Shared = d.Int64N(r.Input+1), d.Int64N(500), d.Int64N(r.Input+1)
		}
		if d.yes() {
			for i := range (r.Input + 63) / 64 {
				r.Blocks = append(r.Blocks, uint64(i+1))
			}
		}
		r.Model, r.Class = d.Int32N(3), d.Int32N(3)
		rows = append(rows, r)
	}
	slices.SortStableFunc(rows, func(a, b trace.Request) int { return cmp.Compare(a.At, b.At) })
	first := rows[0].At
	for i := range rows {
		rows[i].At -= first
	}
	return rows
}
