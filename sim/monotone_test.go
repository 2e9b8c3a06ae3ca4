package sim

import (
	"fmt"
	"testing"

	"quotawall/sim/quota"
	"quotawall/sim/trace"
	"quotawall/sim/unit"
)

// alike is calls of one size at random times within some minutes.
func (d dice) alike(minutes unit.Time) []trace.Request {
	var rows []trace.Request
	at := unit.Time(0)
	for range 10 + d.IntN(60) {
		at += d.upTo(minutes * unit.Minute / 30)
		rows = append(rows, ask(at, 100, 50))
	}
	return rows
}

// tight is a random scenario of one model with tight limits in every shape.
func (d dice) tight() Config {
	return world(limited(None, 500+d.Int64N(4000), 2000+d.Int64N(20_000)), func(c *Config) {
		c.Max = 250 + d.Int64N(200) // at least the final charge's 5 x 50
		c.Quota.Minute, c.Quota.Day = one(d, quota.Fixed, quota.Sliding, quota.Bucket), one(d, quota.Fixed, quota.Rolling, quota.Bucket)
		c.Models[0].FirstToken = d.upTo(2 * unit.Minute)
	})
}

func more(cfg Config, d dice) Config {
	cfg.Pools = append([]Pool(nil), cfg.Pools...)
	cfg.Pools[0].TPM += d.Int64N(1000)
	cfg.Pools[0].TPD += d.Int64N(5000)
	return cfg
}

// For calls alike in size and length, made once, more quota never serves fewer:
// at every instant at least as many have been admitted, at least as early.
func TestMoreQuotaServesNoFewer(t *testing.T) {
	for seed := range uint64(2000) {
		d := roll(seed)
		cfg, rows := d.tight(), d.alike(10)
		less := run(t, cfg, rows)
		if richer := run(t, more(cfg, d), rows); richer.Served < less.Served {
			t.Fatalf("scenario %d: %d served, with more quota %d", seed, less.Served, richer.Served)
		}
	}
}

// The exceptions, each shown by an example found among random ones: calls of
// mixed sizes (a large one admitted crowds out several small ones), retries (a
// call admitted earlier is in the way later), the cache (which call writes
// decides what the others pay) and settlements above the reservation.
func TestMoreQuotaCanServeFewer(t *testing.T) {
	for name, change := range map[string]func(dice, *Config, []trace.Request) []trace.Request{
		"mixed sizes": func(d dice, _ *Config, rows []trace.Request) []trace.Request {
			return each(rows, func(r *trace.Request) { r.Input = 1 + d.Int64N(2000) })
		},
		"retries": func(d dice, c *Config, rows []trace.Request) []trace.Request {
			plain(2, d.upTo(20*unit.Second))(c)
			return rows
		},
		"cache": func(d dice, c *Config, rows []trace.Request) []trace.Request {
			c.Cache.Mode, c.Cache.TTL, c.Max = CachePrefix, unit.Minute, 250
			return each(rows, func(r *trace.Request) {
				r.SessionID = []byte(fmt.Sprint(d.IntN(3)))
				r.Session = unit.Hash(r.SessionID)
				r.Input = 1000
			})
		},
		"excess": func(_ dice, c *Config, rows []trace.Request) []trace.Request {
			c.Max = 50
			return rows
		},
	} {
		if !findFewer(t, change) {
			t.Errorf("%s: no example among 4,000 scenarios", name)
		}
	}
}

func findFewer(t *testing.T, change func(dice, *Config, []trace.Request) []trace.Request) bool {
	for seed := range uint64(4000) {
		d := roll(seed)
		cfg, rows := d.tight(), d.alike(10)
		rows = change(d, &cfg, rows)
		cfg.LoggedDurations = true
		less := run(t, cfg, rows)
		if richer := run(t, more(cfg, d), rows); richer.Served < less.Served {
			return true
		}
	}
	return false
}
