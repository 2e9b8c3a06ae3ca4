package sim

import (
	"math"
	"math/rand/v2"
	"strconv"

	"quotawall/sim/trace"
	"quotawall/sim/unit"
)

// Aliases of the reference workload W1: three models under quota and a
// self-hosted one without.
const (
	haiku int32 = iota
	sonnet
	opus
	self
)

// Classes of the reference workload: background work, and what may go from Opus
// to Sonnet.
const (
	memory int32 = 1 + iota
	easy
)

// w1Rows draws a trace like the reference workload W1: 20 requests a second,
// lognormal prompts and answers, 512 sessions at a time of which one in 20
// draws is fresh. Every fifth session is background work.
func w1Rows(n int, seed uint64) []trace.Request {
	rng := rand.New(rand.NewPCG(seed, 0x9e3779b97f4a7c15))
	rows := make([]trace.Request, n)
	slots := make([]int, 512)
	fresh := len(slots)
	for i := range slots {
		slots[i] = i
	}
	at := int64(0)
	for i := range rows {
		at += max(4, int64(rng.ExpFloat64()*50_000)&^3)
		r := trace.Request{At: unit.Time(at), Duration: trace.Unknown, CacheRead: trace.Unknown, CacheWrite: trace.Unknown, Shared: trace.Unknown}
		r.Model = opus
		if u := rng.Float64(); u < 0.3 {
			r.Model = haiku
		} else if u < 0.8 {
			r.Model = sonnet
		}
		r.Input = int64(min(150_000, max(16, 1200*math.Exp(rng.NormFloat64()))))
		r.Output = int64(min(4096, max(1, 220*math.Exp(0.9*rng.NormFloat64()))))
		r.Max = w1Max(r.Output, rng.Uint32()&1 == 0)
		k := rng.IntN(len(slots))
		if rng.IntN(20) == 0 {
			slots[k] = fresh
			fresh++
		}
		r.SessionID = strconv.AppendInt(nil, int64(slots[k]), 10)
		r.Session = unit.Hash(r.SessionID)
		switch {
		case slots[k]%5 == 0:
			r.Class = memory
		case r.Model == opus && i%10 < 7:
			r.Class = easy
		}
		rows[i] = r
	}
	var number trace.Numberer
	number.Number(rows)
	for i := range rows {
		rows[i].SessionID = nil
	}
	return rows
}

// w1Max is 4,096, or the least usual max_tokens that holds the output.
func w1Max(output int64, least bool) int64 {
	for _, usual := range [...]int64{256, 1024} {
		if least && output <= usual {
			return usual
		}
	}
	return 4096
}

// w1Base is the first step: one account, models as written, no cache, up to
// four retries.
func w1Base() Config {
	cfg := Config{Seed: 1, Horizon: unit.Never, Drain: true, Classes: []Class{{Name: "chat"}, {Name: "memory"}, {Name: "easy"}}}
	for i, perToken := range []unit.Time{6000, 12_000, 18_000, 4000} {
		cfg.Models = append(cfg.Models, Model{
			Alias: []string{"haiku", "sonnet", "opus", "self"}[i], ID: "m" + strconv.Itoa(i), Tier: []int{1, 2, 3, 1}[i],
			MaxOutput: 64_000, Context: 200_000, FirstToken: 400_001, PerToken: perToken, Burndown: 1,
		})
	}
	cfg.Client = Client{Profile: Plain, Attempts: 5, Base: 2 * unit.Second, Factor: Scale{2, 1}, Cap: 20 * unit.Second, Patience: unit.Hour}
	cfg.Cache = Cache{TTL: 5 * unit.Minute, Readable: FromAdmission}
	w1Accounts(&cfg, 1)
	return cfg
}

// w1Accounts gives each of n accounts its own pools and cache domains.
func w1Accounts(cfg *Config, n int) {
	cfg.Accounts, cfg.Pools, cfg.Lanes = nil, nil, nil
	for a := range n {
		cfg.Accounts = append(cfg.Accounts, Account{Name: "a" + strconv.Itoa(a), Region: "us-east-1"})
		for m := range cfg.Models {
			lane := Lane{Pool: None, Cross: None, Domain: int32(a*len(cfg.Models) + m)}
			if int32(m) != self {
				lane.Pool = int32(len(cfg.Pools))
				cfg.Pools = append(cfg.Pools, Pool{
					Account: int32(a), Model: int32(m), InputTPM: None, OutputTPM: None,
					RPM: []int64{363, 605, 243}[m], TPM: []int64{760_000, 1_250_000, 510_000}[m],
					TPD: []int64{2_000_000_000, 4_000_000_000, 460_000_000}[m],
				})
			}
			cfg.Lanes = append(cfg.Lanes, lane)
		}
	}
}

// w1Steps are the six cumulative steps of the reference workload: as is, the
// prompt cache, background work to a model without quota, 70 % of Opus to
// Sonnet, four accounts, no quota for Opus.
func w1Steps(change func(*Config)) []Config {
	steps := make([]Config, 6)
	for i := range steps {
		cfg := w1Base()
		if change != nil {
			change(&cfg)
		}
		if i >= 1 {
			cfg.Cache.Mode = CachePrefix
		}
		if i >= 2 {
			cfg.Routing.ClassTo = []int32{None, self, None}
		}
		if i >= 3 {
			cfg.Routing.ClassTo[easy] = sonnet
		}
		if i >= 4 {
			w1Accounts(&cfg, 4)
		}
		if i >= 5 {
			for l := range cfg.Lanes {
				if int32(l%len(cfg.Models)) == opus {
					cfg.Lanes[l].Pool = None
				}
			}
		}
		steps[i] = cfg
	}
	return steps
}
