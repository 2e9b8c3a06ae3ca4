package study

import (
	"fmt"

	"quotawall/scenarios"
	"quotawall/scenarios/result"
	"quotawall/sim/unit"
)

// cacheEffects works out what caching does to the bill of each class, and names
// the classes on which it loses money: their prompts repeat too little to pay
// for the write premium.
func cacheEffects(plan *scenarios.Plan, c *scenarios.Compiled, x *result.Step) {
	main := mainLane(x.Lanes)
	if main == nil {
		return
	}
	scope := ""
	for i := range c.Config.Models {
		if c.Config.Models[i].ID == main.Model {
			scope = c.Config.Models[i].Scope
		}
	}
	base, _, _, ok := plan.Catalog.MicroRates(main.Model, scope, main.Region, c.PricedOn(0))
	if !ok {
		return
	}
	for i := range x.Classes {
		k := &x.Classes[i]
		if k.CacheRead+k.CacheWrite == 0 {
			continue
		}
		write := base[unit.CacheWrite5m]
		if c.Config.Cache.TTL > 5*unit.Minute {
			write = base[unit.CacheWrite1h]
		}
		saved := (float64(k.CacheRead)*float64(base[unit.Input]-base[unit.CacheRead]) - float64(k.CacheWrite)*float64(write-base[unit.Input])) / 1e12
		k.CacheSavedUSD = &saved
		if saved <= -aCent {
			name := k.Class
			if name == "" {
				name = "(none)"
			}
			x.Notes = append(x.Notes, fmt.Sprintf("caching loses money on class %s: it reads %.1f %% of its prompts and pays the write premium on the rest, $%.2f over the horizon at the prices of %s", name, 100*float64(k.CacheRead)/float64(k.Input), -saved, main.Model))
		}
	}
}

// mainLane is the on-demand model that served most tokens; nil where none did.
func mainLane(lanes []result.Lane) *result.Lane {
	var best *result.Lane
	for i := range lanes {
		if l := &lanes[i]; l.Lane == string(unit.OnDemand) && (best == nil || l.Input > best.Input) {
			best = l
		}
	}
	return best
}

// aCent is the least loss that is worth a note, in dollars.
const aCent = 0.01
