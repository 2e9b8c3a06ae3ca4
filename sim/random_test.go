package sim

import (
	"fmt"
	"math/rand/v2"

	"quotawall/sim/quota"
	"quotawall/sim/trace"
	"quotawall/sim/unit"
)

// dice draws random scenarios.
type dice struct{ *rand.Rand }

func roll(seed uint64) dice { return dice{unit.Stream(seed, "scenario")} }

func (d dice) yes() bool { return d.IntN(2) == 0 }

func (d dice) seldom() bool { return d.IntN(5) == 0 }

func (d dice) share() unit.Ratio { return unit.Ratio{Num: int64(d.IntN(11)), Den: 10} }

func (d dice) upTo(t unit.Time) unit.Time { return unit.Time(d.Int64N(int64(t) + 1)) }

// limit is none, zero, tight or wide.
func (d dice) limit(tight int64) int64 {
	switch d.IntN(8) {
	case 0, 1, 2:
		return None
	case 3:
		return int64(d.IntN(3) - 1) // none, 0 or 1
	default:
		return 1 + d.Int64N(tight<<d.IntN(4))
	}
}

func one[T any](d dice, of ...T) T { return of[d.IntN(len(of))] }

// scenario is a random mixture of every lever.
func (d dice) scenario() Config {
	cfg := Config{
		Seed: d.Uint64(), Epoch: monday + d.upTo(unit.Day), Horizon: unit.Minute + d.upTo(3*unit.Hour), Drain: d.yes(),
		Assign: one(d, Sticky, Hashed, RoundRobin, MostHeadroom), Failover: d.yes(),
		Max: one(d, 100, 4096, trace.MaxUnset, MaxFromOutput), LoggedDurations: d.yes(),
	}
	for i := range 1 + d.IntN(3) {
		a := Account{Name: fmt.Sprint("a", i)}
		if d.seldom() {
			a.Ready = d.upTo(2 * unit.Hour)
		}
		cfg.Accounts = append(cfg.Accounts, a)
	}
	d.models(&cfg)
	d.pools(&cfg)
	d.classes(&cfg)
	cfg.Quota = Quota{
		Minute: one(d, quota.Fixed, quota.Sliding, quota.Bucket), Day: one(d, quota.Fixed, quota.Rolling, quota.Bucket),
		DayStarts: unit.Time(d.IntN(24)) * unit.Hour, Current: d.seldom(), ReserveReads: d.seldom(), BurndownMax: d.seldom(),
		AdjustUp: d.yes(), Pessimistic: d.seldom(),
	}
	if d.seldom() {
		cfg.Quota.Adjust = unit.Second + d.upTo(20*unit.Second)
	}
	d.client(&cfg)
	d.cache(&cfg)
	d.routing(&cfg)
	d.capacity(&cfg)
	return cfg
}

func (d dice) models(cfg *Config) {
	for i := range 1 + d.IntN(3) {
		m := Model{
			Alias: fmt.Sprint("m", i), ID: fmt.Sprint("id", i/2), Scope: one(d, "geo", "on-demand"), Tier: d.IntN(3),
			FirstToken: d.upTo(5 * unit.Second), PerToken: d.upTo(50 * unit.Millisecond), CacheMin: int64(d.IntN(2000)), Burndown: one(d, int64(1), 5, 15),
		}
		if d.yes() {
			m.Context, m.LongAbove = 2000+d.Int64N(20000), 3000
		}
		if d.yes() {
			m.MaxOutput = 100 + d.Int64N(3000)
		}
		cfg.Models = append(cfg.Models, m)
	}
	if d.seldom() {
		for i := range cfg.Models {
			for j := range cfg.Models {
				s := Scale{1, 1}
				if i != j {
					s = Scale{10 + int64(d.IntN(4)), 13}
				}
				cfg.Models[i].TokensFrom = append(cfg.Models[i].TokensFrom, s)
			}
		}
	}
}

func (d dice) pools(cfg *Config) {
	wire(cfg)
	for i := range cfg.Pools {
		p := &cfg.Pools[i]
		p.RPM, p.TPM, p.TPD = d.limit(5), d.limit(5000), d.limit(50_000)
		switch d.IntN(8) {
		case 0:
			p.Changes = []PoolChange{{At: d.upTo(unit.Hour), RPM: d.limit(10), TPM: d.limit(20_000), TPD: d.limit(90_000)}}
		case 1:
			p.InputTPM, p.OutputTPM = 1+d.Int64N(20_000), d.limit(2000)
		}
	}
	if d.seldom() {
		cfg.Lanes[d.IntN(len(cfg.Lanes))].Pool = None
	}
	if !d.yes() {
		return
	}
	u, per := one(d, PricedTokens, SettledTokens, BilledTokens), int64(1)
	if u == PricedTokens {
		per = 3_000_000
	}
	crossPool(cfg, 1+d.Int64N(200_000), u, per, d.yes())
	for i := range cfg.Lanes {
		cfg.Lanes[i].Rates = Rates{Input: 5_000_000, Read: 500_000, Write: 6_250_000, Output: 25_000_000, WriteClass: 10_000_000}
		cfg.Lanes[i].LongRates = Rates{Input: 10_000_000, Read: 1_000_000, Write: 12_500_000, Output: 37_500_000}
	}
}

func (d dice) classes(cfg *Config) {
	for i := range 1 + d.IntN(3) {
		c := Class{Name: fmt.Sprint("c", i)}
		if d.seldom() {
			c.Patience = d.upTo(5 * unit.Minute)
		}
		if d.seldom() {
			c.Max = 1 + d.Int64N(500)
		}
		if d.seldom() {
			c.TTL = unit.Hour
		}
		if d.seldom() {
			c.Deferrable, c.Deadline = true, d.upTo(unit.Hour)
		}
		c.Batch = d.seldom()
		cfg.Classes = append(cfg.Classes, c)
	}
}

func (d dice) client(cfg *Config) {
	cfg.Client = Client{
		Profile:  one(d, NoRetry, Plain, GoV2, AWS2026, BotocoreLegacy, BotocoreStandard, Adaptive),
		Attempts: d.IntN(6), Base: d.upTo(3 * unit.Second), Cap: d.upTo(30 * unit.Second), Factor: Scale{2, 1},
		Patience: d.upTo(10 * unit.Minute), Closed: d.yes(), Resume: one(d, ResumeReset, ResumeNever, ResumeDuration),
		ResumeAfter: d.upTo(10 * unit.Minute), DailyAware: d.seldom(), Instances: d.IntN(4),
	}
	if d.seldom() {
		cfg.Client.RefusalLatency = d.upTo(2 * unit.Second)
	}
}

func (d dice) cache(cfg *Config) {
	cfg.Cache = Cache{
		Mode: one(d, CacheOff, CacheRate, CachePrefix, CachePrefix, CacheObserved), TTL: one(d, 5*unit.Minute, unit.Hour),
		ReadShare: d.share(), WriteShare: d.share(), Readable: one(d, FromFirstByte, FromAdmission, FromCompletion),
		BlockTokens: 64, BlockScope: one(d, trace.NoBlocks, trace.SessionScope, trace.TraceScope),
	}
	if d.seldom() {
		cfg.Cache.Loss = d.share()
	}
	if d.seldom() {
		cfg.Cache.Checkpoints, cfg.Cache.Lookback = 1+d.IntN(4), d.IntN(21)
	}
}

func (d dice) model(cfg *Config) int32 { return int32(d.IntN(len(cfg.Models))) }

func (d dice) routing(cfg *Config) {
	r := &cfg.Routing
	for range d.IntN(3) {
		r.Fallback = append(r.Fallback, d.model(cfg))
	}
	r.FallUp = d.yes()
	half := unit.Ratio{Num: 1, Den: 2}
	switch d.IntN(8) {
	case 0:
		for range cfg.Models {
			r.To = append(r.To, one(d, None, d.model(cfg)))
		}
	case 1:
		for range cfg.Classes {
			r.ClassTo = append(r.ClassTo, one(d, None, d.model(cfg)))
		}
	case 2:
		r.Mix = []MixPart{{d.model(cfg), half}, {d.model(cfg), half}}
	case 3:
		r.Cascade = &Cascade{First: d.model(cfg), Escalate: d.share()}
	case 4:
		a, b := d.model(cfg), d.model(cfg)
		r.Classifier = &Classifier{
			Model: d.model(cfg), Input: 200, Output: 5, Whole: d.yes(), Aliases: []int32{a, b},
			Right: []unit.Ratio{half, half}, Confusion: [][]unit.Ratio{{half, half}, {half, half}},
		}
	}
}
