package sim

import (
	"fmt"
	"slices"
	"testing"

	"quotawall/sim/trace"
	"quotawall/sim/unit"
)

// The engine and the oracle agree on every count and time of random scenarios.
func TestEngineAgainstOracle(t *testing.T) {
	scenarios := uint64(1500)
	if testing.Short() {
		scenarios = 300
	}
	for seed := range scenarios {
		d := roll(seed)
		cfg := known(d)
		rows := d.traffic(&cfg)
		if seed%2 == 0 {
			coarse(&cfg, rows)
		}
		got := run(t, cfg, rows)
		o := newOracle(&cfg)
		o.run(rows)
		if text := o.differs(&cfg, got); text != "" {
			t.Fatalf("scenario %d: %s", seed, text)
		}
	}
}

// known is a random scenario within what the oracle knows.
func known(d dice) Config {
	cfg := d.scenario()
	for cfg.Endpoint != nil {
		cfg = d.scenario()
	}
	cfg = certain(cfg)
	if cfg.Client.Attempts == 0 {
		cfg.Client.Attempts = 1
	}
	cfg.Client.DailyAware, cfg.Quota.Adjust = false, 0
	cfg.Cache.Checkpoints = 0
	for i := range cfg.Models {
		cfg.Models[i].TokensFrom = nil
	}
	for i := range cfg.Classes {
		cfg.Classes[i].TTL = 0
	}
	for i := range cfg.Pools {
		cfg.Pools[i].InputTPM, cfg.Pools[i].OutputTPM = None, None
	}
	return cfg
}

// coarse puts every time on whole 10 seconds, so that events of all kinds meet.
func coarse(cfg *Config, rows []trace.Request) {
	round := func(times ...*unit.Time) {
		for _, t := range times {
			if *t > 0 {
				*t -= *t % (10 * unit.Second)
			}
		}
	}
	for i := range rows {
		round(&rows[i].At, &rows[i].Duration)
	}
	for i := range cfg.Models {
		round(&cfg.Models[i].FirstToken)
		cfg.Models[i].FirstToken += 10 * unit.Second
		cfg.Models[i].PerToken = 0
	}
	for i := range cfg.Classes {
		round(&cfg.Classes[i].Patience)
	}
	c := &cfg.Client
	round(&cfg.Epoch, &cfg.Horizon, &c.Base, &c.Cap, &c.Patience, &c.RefusalLatency, &c.ResumeAfter)
	c.Base, c.Cap = c.Base+10*unit.Second, c.Cap+10*unit.Second
}

// differs names the first figure on which the engine and the oracle disagree.
func (o *oracle) differs(cfg *Config, r *Result) string {
	type figures struct {
		Totals
		By, Abandoned                [limits]int64
		Refusals, Throttled, Retries int64
		Tokens                       Tokens
		Quota, DayQuota              QuotaTokens
	}
	theirs := figures{o.Totals, o.UnservedBy, o.AbandonedBy, o.Refusals, o.Throttled, o.Retries, o.Tokens, o.Quota, o.DayQuota}
	ours := figures{r.Totals, r.UnservedBy, r.AbandonedBy, r.Refusals, r.Throttled, r.Retries, r.Tokens, r.Quota, r.DayQuota}
	if ours != theirs {
		return fmt.Sprintf("the engine counts\n%+v, the oracle\n%+v", ours, theirs)
	}
	for _, c := range r.Caps {
		l := o.limits[c.Pool][c.Limit-RequestsPerMinute]
		a := fmt.Sprint(c.FirstRefused, c.FirstByReservation, c.Spent, c.Refused, c.AlsoFull, c.RefusedByReservation, c.RefusedDays, c.PeakUse)
		b := fmt.Sprint(l.first, l.byReservation, l.spent, l.refused, l.also, l.byRes, l.days, unit.Ratio{Num: l.peak, Den: max(1, cfg.Pools[c.Pool].PerUnit)}.Float())
		if a != b {
			return fmt.Sprintf("%s of pool %d: the engine says %s, the oracle %s", c.Limit, c.Pool, a, b)
		}
	}
	slices.Sort(o.waits)
	for q := range 101 {
		if d, ok := r.Waits.Quantile(int64(q), 100); ok && d != nearestRank(o.waits, q, 100) {
			return fmt.Sprintf("wait p%d: the engine says %s, the oracle %s", q, d, nearestRank(o.waits, q, 100))
		}
	}
	return ""
}
