package scenarios

import (
	"fmt"
	"slices"

	"quotawall/pricing"
	"quotawall/sim/unit"
)

// Lever is a single change that may move a wall: new values for some keys.
type Lever struct {
	Name string
	Set  []Assignment
	Free bool // costs nothing to try
}

// Levers lists the single changes that make sense on top of a scenario, those
// that cost nothing first. limited is the catalog id of the model whose limit
// binds; empty where none does.
func (s *Spec) Levers(cat *pricing.Catalog, limited string) []Lever {
	l := leverage{s, cat, s.aliasOf(cat, limited), nil}
	l.free()
	l.queue()
	l.caching()
	l.models()
	l.capacity()
	return l.out
}

type leverage struct {
	s     *Spec
	cat   *pricing.Catalog
	alias string // alias of the limited model
	out   []Lever
}

func (l *leverage) add(free bool, name string, set ...Assignment) {
	l.out = append(l.out, Lever{Name: name, Set: set, Free: free})
}

func to(key string, v any) Assignment { return Assignment{Key: key, Value: v, Origin: "lever"} }

// free are the changes that only need asking or setting.
func (l *leverage) free() {
	s := l.s
	if s.Client.MaxQuantile.Num == 0 {
		l.add(true, "right-size max_tokens to the 99.9 % quantile of real output", to("client.max_tokens_quantile", "99.9%"))
	}
	if s.Client.Profile != "none" && s.Client.Attempts < 6 {
		l.add(true, "six attempts instead of fewer", to("client.attempts", int64(6)))
	}
	if l.alias == "" {
		return
	}
	rules, err := l.cat.Ruleset(s.Ruleset)
	if err != nil {
		return
	}
	m := s.Models[l.alias]
	model, _ := l.cat.Model(m.ID)
	row, ok := rules.Quota(model.ID, orText(m.Scope, s.Scope))
	if ok && (row.TPMAdjustable && row.TPM > 0 || row.RPMAdjustable && row.RPM > 0) {
		more := map[string]any{"model": l.alias}
		if row.TPMAdjustable && row.TPM > 0 {
			more["tpm"] = int64(row.TPM) * 2
		}
		if row.RPMAdjustable && row.RPM > 0 {
			more["rpm"] = int64(row.RPM) * 2
		}
		l.add(true, "twice the minute quota of "+model.ID+", granted at once", to("quota.increase", []map[string]any{more}))
	}
}

// queue are the parts of limits and the time that a queue may use.
func (l *leverage) queue() {
	q := &l.s.Queue
	if len(q.Classes) == 0 {
		return
	}
	if q.DailyShare.Num > 0 {
		l.add(true, "the queue may use all of the limits a day", to("queue.daily_share", "0%"))
	}
	if q.Headroom.Num > 0 {
		l.add(true, "the queue may use all of the limits a minute", to("queue.headroom", "0%"))
	}
	if q.Deadline > 0 {
		l.add(true, "twice the deadline in the queue", to("queue.deadline", (2*q.Deadline).String()))
	}
}

func (l *leverage) caching() {
	switch {
	case l.s.Caching.Mode == "off":
		l.add(false, "prompt caching, 5 minutes", to("caching.mode", "prefix"))
		l.add(false, "prompt caching, 1 hour", to("caching.mode", "prefix"), to("caching.ttl", "1h"))
	case l.s.Caching.TTL < unit.Hour:
		l.add(false, "a cache that lives 1 hour", to("caching.ttl", "1h"))
	}
}

// models are the ways to other models.
func (l *leverage) models() {
	var below []string
	for _, name := range sortedKeys(l.s.Models) {
		if l.alias != "" && l.tier(name) < l.tier(l.alias) {
			below = append(below, name)
		}
	}
	slices.SortStableFunc(below, func(a, b string) int { return l.tier(b) - l.tier(a) })
	if len(below) == 0 {
		return
	}
	if len(l.s.Routing.Fallback) == 0 {
		list := make([]any, len(below))
		for i, n := range below {
			list[i] = n
		}
		l.add(false, "fall back to "+below[0]+" when refused", to("routing.fallback", list))
	}
	if l.s.Routing.Policy == "as-requested" {
		l.add(false, "send all of "+l.alias+" to "+below[0], to("routing.policy", "map"), to("routing.map", map[string]any{l.alias: below[0]}))
	}
}

func (l *leverage) tier(name string) int {
	m, _ := l.cat.Model(l.s.Models[name].ID)
	return alias{spec: *l.s.Models[name], model: m}.tier()
}

// capacity is more of the same: accounts, and what can be bought.
func (l *leverage) capacity() {
	s := l.s
	if len(s.Accounts.Names) == 0 && len(s.Accounts.Regions) <= 1 {
		for _, n := range []int64{s.Accounts.Count + 1, 2 * s.Accounts.Count, 4 * s.Accounts.Count} {
			name := fmt.Sprintf("%d accounts, with failover", n)
			if !slices.ContainsFunc(l.out, func(x Lever) bool { return x.Name == name }) {
				l.add(false, name, to("accounts.count", n), to("accounts.failover", true))
			}
		}
	}
	if l.alias == "" || s.Provisioned.Kind != "none" {
		return
	}
	model, _ := l.cat.Model(s.Models[l.alias].ID)
	if _, ok := l.cat.Reserved(model.ID, s.Scope); ok && model.Reserved {
		l.add(false, "the smallest Reserved purchase for "+model.ID, to("provisioned.kind", "reserved"), to("provisioned.model", l.alias), to("provisioned.accounts", []any{s.Accounts.names()[0]}))
	}
}

// aliasOf is the alias of a catalog model; empty where there is none.
func (s *Spec) aliasOf(cat *pricing.Catalog, id string) string {
	for _, name := range sortedKeys(s.Models) {
		if m, ok := cat.Model(s.Models[name].ID); ok && m.ID == id {
			return name
		}
	}
	return ""
}
