package scenarios

import (
	"fmt"
	"slices"
	"strings"

	"quotawall/pricing"
	"quotawall/sim"
	"quotawall/sim/quota"
	"quotawall/sim/unit"
)

// scheme is which daily limits exist.
func (c *compiler) scheme() string {
	if c.spec.Quota.DailyScheme == "ruleset" {
		return c.rules.DailyScheme
	}
	return c.spec.Quota.DailyScheme
}

// lanes makes the quota pools and cache domains of every account and model.
func (c *compiler) lanes() error {
	for account := range c.cfg.Accounts {
		cross := c.crossPool(account)
		for i := range c.cfg.Models {
			lane := sim.Lane{Pool: sim.None, Cross: sim.None}
			if i < len(c.aliases) {
				a := &c.aliases[i]
				lane.Pool, lane.Domain = c.pool(account, i, a), c.domain(account, a)
				lane.Cross = cross
				if cross != sim.None && c.spec.Quota.Pool.Unit == "price" {
					if err := c.rates(&lane, a, c.cfg.Accounts[account].Region); err != nil {
						return err
					}
				}
			}
			c.cfg.Lanes = append(c.cfg.Lanes, lane)
		}
	}
	if c.spec.Quota.DailyCounters == "shared" {
		c.shareDays()
	}
	return nil
}

// shareDays lets on-demand calls of a model draw on the daily limit of its
// cross-Region calls, which is twice their own.
func (c *compiler) shareDays() {
	for key, i := range c.pools {
		if key.scope != "on-demand" {
			continue
		}
		key.scope = "geo"
		if geo, ok := c.pools[key]; ok {
			c.cfg.Pools[i].DayWith = geo + 1
		}
	}
}

func (c *compiler) crossPool(account int) int32 {
	limit := c.spec.Quota.Pool.Limit
	if limit == pricing.Absent {
		limit = c.rules.PoolLimit
	}
	if c.scheme() == "per-model" || limit < 0 {
		return sim.None
	}
	p := &c.spec.Quota.Pool
	units := map[string]sim.PoolUnit{"price": sim.PricedTokens, "settled": sim.SettledTokens, "billed": sim.BilledTokens}
	pool := sim.Pool{
		Account: int32(account), Model: sim.None, RPM: sim.None, TPM: sim.None, TPD: int64(limit), InputTPM: sim.None, OutputTPM: sim.None,
		Unit: units[p.Unit], ReserveMax: p.ReserveMax, PerUnit: 1,
	}
	if p.Unit == "price" {
		pool.PerUnit = p.Reference
	}
	return c.addPool(pool, CapNote{Note: "one pool for all models; not adjustable", Row: c.rules.Provenance, Applied: c.spec.Quota.Pool.Limit != pricing.Absent})
}

func (c *compiler) addPool(p sim.Pool, note CapNote) int32 {
	c.cfg.Pools = append(c.cfg.Pools, p)
	c.out.CapNotes = append(c.out.CapNotes, note)
	return int32(len(c.cfg.Pools) - 1)
}

// pool is the quota pool of an account and a model; aliases of one model and
// scope share it.
func (c *compiler) pool(account, model int, a *alias) int32 {
	shared := a.scope == "global" && c.spec.Quota.GlobalPool == "account"
	if shared {
		account = slices.IndexFunc(c.cfg.Accounts, func(x sim.Account) bool { return x.Name == c.cfg.Accounts[account].Name })
	}
	key := poolKey{account, a.scope, a.model.ID, orText(a.spec.Endpoint, "runtime")}
	if i, ok := c.pools[key]; ok {
		return i
	}
	row, applied, found := c.quotaOf(account, a)
	if !found {
		c.note("no quota of %s (%s) is published: nothing limits it here", a.model.ID, a.scope)
	}
	p := sim.Pool{Account: int32(account), Model: int32(model), PerUnit: 1, RPM: sim.None, TPM: sim.None, TPD: sim.None, InputTPM: sim.None, OutputTPM: sim.None}
	if key.endpoint == "mantle" {
		p.InputTPM, p.OutputTPM = known(row.InputTPM), known(row.OutputTPM)
		if p.InputTPM == sim.None {
			c.note("no mantle quota of %s is published: nothing limits it here", a.model.ID)
		}
	} else {
		p.RPM, p.TPM = known(row.RPM), known(row.TPM)
		if c.scheme() != "cross-model" {
			p.TPD = known(row.TPD)
		}
		c.increase(&p, c.cfg.Accounts[account].Name, a, &row, applied)
	}
	if shared {
		row.Note = strings.TrimPrefix(row.Note+"; one pool for all Regions of the account (A13)", "; ")
	}
	i := c.addPool(p, CapNote{
		RPMAdjustable: row.RPMAdjustable, TPMAdjustable: row.TPMAdjustable, Filled: row.Filled,
		Note: row.Note, RPMNote: row.RPMNote, TPMNote: row.TPMNote, TPDNote: row.TPDNote, Row: row.Provenance, Applied: applied,
	})
	c.pools[key] = i
	return i
}

func known(l pricing.Limit) int64 {
	if l < 0 {
		return sim.None
	}
	return int64(l)
}

// quotaOf is the ruleset's quota with the user's applied values over it: the
// scenario's first, then the overlays'.
func (c *compiler) quotaOf(account int, a *alias) (row pricing.QuotaRow, own, found bool) {
	row, found = c.rules.Quota(a.model.ID, a.scope)
	if c.spec.Quota.RPM == "none" {
		row.RPM = pricing.NoLimit
	}
	home := c.cfg.Accounts[account]
	list := slices.Clone(c.spec.Quota.Applied)
	for _, o := range c.cat.Applied() {
		list = append(list, AppliedSpec{Account: o.Account, Region: o.Region, Scope: o.Scope, Model: o.Model, RPM: o.RPM, TPM: o.TPM, TPD: o.TPD, InputTPM: pricing.Absent, OutputTPM: pricing.Absent})
	}
	for _, x := range list {
		if !matches(x.Account, home.Name) || !matches(x.Region, home.Region) || !matches(x.Scope, a.scope) || !c.matchesModel(x.Model, a) {
			continue
		}
		for _, v := range []struct {
			to   *pricing.Limit
			from pricing.Limit
			note *string // on the value that x takes the place of
		}{{&row.RPM, x.RPM, &row.RPMNote}, {&row.TPM, x.TPM, &row.TPMNote}, {&row.TPD, x.TPD, &row.TPDNote}, {&row.InputTPM, x.InputTPM, new(string)}, {&row.OutputTPM, x.OutputTPM, new(string)}} {
			if v.from != pricing.Absent {
				*v.to, *v.note = v.from, ""
			}
		}
		return row, true, true
	}
	return row, false, found
}

func matches(pattern, name string) bool { return pattern == "*" || pattern == "" || pattern == name }

// matchesModel compares a pattern with an alias: its name or its catalog id.
func (c *compiler) matchesModel(pattern string, a *alias) bool {
	if matches(pattern, a.model.ID) || pattern == a.name {
		return true
	}
	id, _, ok := c.cat.ResolveModel(pattern)
	return ok && id == a.model.ID
}

// increase adds the granted increases of a pool.
func (c *compiler) increase(p *sim.Pool, account string, a *alias, row *pricing.QuotaRow, applied bool) {
	for _, x := range c.spec.Quota.Increase {
		if !matches(x.Account, account) || !c.matchesModel(x.Model, a) {
			continue
		}
		change := sim.PoolChange{At: x.After, RPM: sim.None, TPM: sim.None, TPD: sim.None}
		for _, v := range []struct {
			name       string
			adjustable bool
			wanted     pricing.Limit
			to         *int64
			now        int64
		}{{"requests", row.RPMAdjustable, x.RPM, &change.RPM, p.RPM}, {"tokens", row.TPMAdjustable, x.TPM, &change.TPM, p.TPM}} {
			switch {
			case v.wanted < 0 || v.now == sim.None:
			case !v.adjustable:
				c.note("%s a minute of %s are not adjustable: the requested increase is not granted", v.name, a.model.ID)
			default:
				*v.to = int64(v.wanted)
			}
		}
		if change.TPM != sim.None && p.TPD != sim.None {
			if change.TPD = c.dailyAfterIncrease(p.TPD, a, row.TPDNote == "" && !applied); change.TPD != sim.None {
				row.TPDNote = strings.TrimPrefix(fmt.Sprintf("%s; %s from %s on (A12)", row.TPDNote, c.spec.Quota.AfterIncrease, x.After), "; ")
			}
		}
		if change.RPM != sim.None || change.TPM != sim.None {
			p.Changes = append(p.Changes, change)
		}
	}
	slices.SortStableFunc(p.Changes, func(x, y sim.PoolChange) int { return int(min(1, max(-1, x.At-y.At))) })
}

// dailyAfterIncrease is the daily limit of a model whose tokens a minute were
// raised: AWS calls the limit, or its doubling for cross-Region calls, "not
// applicable" then (A12). A published limit of geo calls is twice that of
// on-demand calls (R11). None keeps it.
func (c *compiler) dailyAfterIncrease(tpd int64, a *alias, published bool) int64 {
	switch c.spec.Quota.AfterIncrease {
	case "lifted":
		c.note("the daily limit of %s is taken as lifted by the increase of its tokens a minute (A12, quota.after_increase)", a.model.ID)
		return sim.Lifted
	case "undoubled":
		if a.scope == "geo" && published {
			return tpd / 2
		}
	}
	return sim.None
}

func (c *compiler) domain(account int, a *alias) int32 {
	key := domainKey{account, a.scope, a.model.ID}
	if d, ok := c.domains[key]; ok {
		return d
	}
	d := int32(len(c.domains))
	c.domains[key] = d
	return d
}

// rates are the list prices that the cross-model pool counts by.
func (c *compiler) rates(lane *sim.Lane, a *alias, region string) error {
	base, long, _, ok := c.cat.MicroRates(a.model.ID, a.scope, region, c.priceDay())
	if !ok {
		return fmt.Errorf("the cross-model pool counts by price, and the catalog has no price of %s (%s) in %s on %s: add a [[price]] row in an overlay, or set quota.pool.unit", a.model.ID, a.scope, region, c.priceDay())
	}
	lane.Rates, lane.LongRates = c.kindRates(base), c.kindRates(base)
	if len(long) > 0 {
		lane.LongRates = c.kindRates(long)
	}
	return nil
}

func (c *compiler) kindRates(by map[unit.Kind]int64) sim.Rates {
	own, other := unit.CacheWrite5m, unit.CacheWrite1h
	if c.spec.Caching.TTL > 5*unit.Minute {
		own, other = other, own
	}
	return sim.Rates{Input: by[unit.Input], Read: by[unit.CacheRead], Write: by[own], WriteClass: by[other], Output: by[unit.Output]}
}

func (c *compiler) quota() {
	q := &c.spec.Quota
	c.cfg.Quota = sim.Quota{
		Minute:       map[string]quota.Shape{"fixed": quota.Fixed, "sliding": quota.Sliding, "bucket": quota.Bucket}[q.Minute],
		Day:          map[string]quota.Shape{"fixed": quota.Fixed, "rolling": quota.Rolling, "bucket": quota.Bucket}[q.Day],
		DayStarts:    q.DayStarts,
		Current:      q.Refund == "current",
		ReserveReads: q.ReserveCacheReads,
		BurndownMax:  q.BurndownReserved,
		Adjust:       q.Adjust,
		AdjustUp:     q.AdjustUp,
		Pessimistic:  q.Admission == "pessimistic",
	}
	c.cfg.Faults = sim.Faults{Rate: c.spec.Faults.Rate}
	if f := c.spec.Faults.RampFactor; f.Num > 0 {
		c.cfg.Faults.RampFactor = f.Num * 1000 / f.Den
	}
	for _, n := range c.rules.Notes {
		c.note("ruleset %s: %s", c.rules.Name, n)
	}
}
