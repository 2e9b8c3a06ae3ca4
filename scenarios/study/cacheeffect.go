package study

import (
	"fmt"
	"slices"
	"strings"

	"quotawall/scenarios"
	"quotawall/scenarios/result"
	"quotawall/sim"
	"quotawall/sim/unit"
)

// cacheEffects works out what caching does to the on-demand bill of each class,
// and names the classes on which it loses money: their prompts repeat too little
// to pay for the write premium.
func cacheEffects(plan *scenarios.Plan, c *scenarios.Compiled, r *sim.Result, x *result.Step) {
	for i := range x.Classes {
		k := &x.Classes[i]
		at := slices.IndexFunc(r.Classes, func(y sim.ClassResult) bool { return y.Name == k.Class })
		if at < 0 || len(r.Classes[at].Cached) == 0 {
			continue
		}
		saved := 0.0
		var models []string
		for _, by := range r.Classes[at].Cached {
			usd, ok := cacheSaves(plan, c, at, by)
			if !ok {
				return
			}
			saved += usd
			if id := c.Config.Models[by.Model].ID; !slices.Contains(models, id) {
				models = append(models, id)
			}
		}
		k.CacheSavedUSD = &saved
		if saved <= -aCent {
			name := k.Class
			if name == "" {
				name = "(none)"
			}
			x.Notes = append(x.Notes, fmt.Sprintf("caching loses money on class %s: it reads %.1f %% of its prompts and pays the write premium on the rest, $%.2f over the horizon at the prices of %s", name, 100*float64(k.CacheRead)/float64(k.Input), -saved, strings.Join(models, ", ")))
		}
	}
}

// cacheSaves is what a class's reads and writes on one model cost less than the
// same tokens without a cache.
func cacheSaves(plan *scenarios.Plan, c *scenarios.Compiled, class int, by sim.Cached) (float64, bool) {
	m := &c.Config.Models[by.Model]
	rates, long, _, ok := plan.Catalog.MicroRates(m.ID, m.Scope, c.Config.Accounts[0].Region, c.PricedOn(0))
	if by.Long && len(long) > 0 {
		rates = long
	}
	ttl := c.Config.Cache.TTL
	if own := c.Config.Classes[class].TTL; own > 0 {
		ttl = own
	}
	write := rates[unit.CacheWrite5m]
	if ttl > 5*unit.Minute {
		write = rates[unit.CacheWrite1h]
	}
	return (float64(by.Read)*float64(rates[unit.Input]-rates[unit.CacheRead]) - float64(by.Write)*float64(write-rates[unit.Input])) / 1e12, ok
}

// aCent is the least loss that is worth a note, in dollars.
const aCent = 0.01
