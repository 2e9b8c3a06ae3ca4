package sim

import (
	"fmt"
	"reflect"
	"testing"

	"quotawall/sim/trace"
	"quotawall/sim/unit"
)

// timeless strips what stands at a time of its own: lead times, granted
// increases, price periods, weekly windows, and the limiter that measures rates
// from time 0.
func timeless(cfg Config) Config {
	cfg.Periods, cfg.Endpoint, cfg.Queue, cfg.Provisioned = nil, nil, nil, nil
	for i := range cfg.Accounts {
		cfg.Accounts[i].Ready = 0
	}
	for i := range cfg.Pools {
		cfg.Pools[i].Changes = nil
	}
	for i := range cfg.Classes {
		cfg.Classes[i].Batch, cfg.Classes[i].Deferrable, cfg.Classes[i].SelfHosted = false, false, false
	}
	for i := range cfg.Models {
		cfg.Models[i].SelfHosted = false
	}
	if cfg.Client.Profile == Adaptive {
		cfg.Client.Profile = GoV2
	}
	return cfg
}

// Starting the same traffic another whole number of days later changes nothing.
func TestStartOnAnotherDay(t *testing.T) {
	for seed := range uint64(200) {
		d := roll(seed)
		cfg := timeless(d.scenario())
		rows := d.traffic(&cfg)
		before := run(t, cfg, rows)
		cfg.Epoch += unit.Time(1+d.IntN(400)) * unit.Day
		if after := run(t, cfg, rows); !reflect.DeepEqual(before, after) {
			t.Fatalf("scenario %d differs", seed)
		}
	}
}

// Shifting a trace by whole days shifts every time and changes no count.
func TestShiftedByDays(t *testing.T) {
	for seed := range uint64(200) {
		d := roll(seed)
		cfg := timeless(d.scenario())
		rows := d.traffic(&cfg)
		before := run(t, cfg, rows)
		shift := unit.Time(1+d.IntN(3)) * unit.Day
		cfg.Horizon += shift
		after := run(t, cfg, each(rows, func(r *trace.Request) { r.At += shift }))
		for i := range after.Caps {
			c := &after.Caps[i]
			for _, at := range []*unit.Time{&c.FirstRefused, &c.Spent} {
				if *at != None {
					*at -= shift
				}
			}
		}
		after.Horizon, after.Last = after.Horizon-shift, after.Last-shift
		after.Hours = after.Hours[shift/unit.Hour:]
		if !reflect.DeepEqual(before, after) {
			t.Fatalf("scenario %d differs:\n%+v\n%+v", seed, before, after)
		}
	}
}

// certain strips everything random, so that parts of a run can be compared.
func certain(cfg Config) Config {
	cfg = timeless(cfg)
	cfg.Client.Profile, cfg.Faults, cfg.Cache.Loss, cfg.Gateway = Plain, Faults{}, unit.Ratio{}, nil
	r := &cfg.Routing
	r.Mix, r.Classifier, r.Cascade = nil, nil, nil
	return cfg
}

// Two accounts with sticky sessions and no failover are two separate
// simulations added up.
func TestTwoAccountsAreTwoSimulations(t *testing.T) {
	for seed := range uint64(200) {
		d := roll(seed)
		cfg := certain(d.scenario())
		cfg.Accounts, cfg.Assign, cfg.Failover = cfg.Accounts[:1], Sticky, false
		models := len(cfg.Models)
		cfg.Lanes, cfg.Pools = cfg.Lanes[:models:models], cfg.Pools[:len(cfg.Pools):len(cfg.Pools)]
		single := cfg
		double(&cfg)
		rows := each(d.traffic(&cfg), func(r *trace.Request) {
			if r.SessionID == nil {
				r.SessionID, r.Session = []byte("rest"), unit.HashString("rest")
			}
		})
		both := run(t, cfg, rows)
		parts := split(rows)
		one, two := run(t, single, parts[0]), run(t, single, parts[1])
		sum := one.Totals
		sum.add(two.Totals)
		tokens := one.Tokens
		tokens.add(two.Tokens)
		want(t, fmt.Sprint(seed, ": totals"), both.Totals, sum)
		want(t, fmt.Sprint(seed, ": tokens"), both.Tokens, tokens)
		want(t, fmt.Sprint(seed, ": refusals"), both.Refusals, one.Refusals+two.Refusals)
		want(t, fmt.Sprint(seed, ": retries"), both.Retries, one.Retries+two.Retries)
		want(t, fmt.Sprint(seed, ": reserved"), both.Quota.Reserved, one.Quota.Reserved+two.Quota.Reserved)
		want(t, fmt.Sprint(seed, ": dropped"), both.Quota.Dropped, one.Quota.Dropped+two.Quota.Dropped)
		waits := one.Waits
		waits.Merge(&two.Waits)
		for q := range int64(101) {
			a, _ := both.Waits.Quantile(q, 100)
			b, _ := waits.Quantile(q, 100)
			want(t, fmt.Sprint(seed, ": wait p", q), a, b)
		}
	}
}

// double adds a second account with the same quotas as the first.
func double(cfg *Config) {
	cfg.Accounts = append(cfg.Accounts, Account{Name: "second"})
	pools, lanes := cfg.Pools, cfg.Lanes
	cfg.Pools = append(pools[:len(pools):len(pools)], pools...)
	for _, l := range lanes {
		l.Domain += 5000
		for _, p := range []*int32{&l.Pool, &l.Cross} {
			if *p != None {
				*p += int32(len(pools))
			}
		}
		cfg.Lanes = append(cfg.Lanes, l)
	}
}

// split deals sessions out alternately, by first appearance.
func split(rows []trace.Request) [2][]trace.Request {
	var parts [2][]trace.Request
	home := map[uint64]int{}
	for _, r := range rows {
		if _, known := home[r.Session]; !known {
			home[r.Session] = len(home) % 2
		}
		parts[home[r.Session]] = append(parts[home[r.Session]], r)
	}
	return parts
}
