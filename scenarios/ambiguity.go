package scenarios

import "strconv"

// Ambiguity is a question that AWS's text leaves open, and the reading taken.
// The numbering is the project's own (facts as of 2026-11-23).
type Ambiguity struct {
	ID       string
	Question string
	Key      string   // the key that decides; empty where none does
	Readings []string // values of the key, the default first
	Taken    string   // value in this scenario, or what is modelled
}

// Ambiguities lists the open questions with the readings that a scenario takes.
func (s *Spec) Ambiguities() []Ambiguity {
	q, c := &s.Quota, &s.Caching
	list := []Ambiguity{
		{"A1", "how a minute window moves", "quota.minute", []string{"fixed", "sliding", "bucket"}, q.Minute},
		{"A2", "where a refund goes", "quota.refund", []string{"open-window", "current"}, q.Refund},
		{"A3", "whether a running call's charge is adjusted before its end", "quota.adjust", []string{"0s", "1s", "5s"}, q.Adjust.String()},
		{"A4", "whether cache reads are reserved", "quota.reserve_cache_reads", bools(), strconv.FormatBool(q.ReserveCacheReads)},
		{"A5", "whether max_tokens is reserved times the burndown", "quota.burndown_at_reservation", bools(), strconv.FormatBool(q.BurndownReserved)},
		{"A6", "whether admission knows of a cache hit", "quota.admission", []string{"oracle", "pessimistic"}, q.Admission},
		{"A7", "when and how the day begins anew", "quota.day", []string{"fixed", "rolling", "bucket"}, q.Day},
		{"A8", "which daily limits exist", "quota.daily_scheme", []string{"ruleset", "per-model", "cross-model", "both"}, q.DailyScheme},
		{"A9", "what the cross-model pool counts", "quota.pool.unit", []string{"price", "settled", "billed"}, q.Pool.Unit},
		{"A10", "whether the cross-model pool reserves max_tokens", "quota.pool.reserve_max_tokens", []string{"true", "false"}, strconv.FormatBool(q.Pool.ReserveMax)},
		{"A11", "whether on-demand and geo calls share the doubled daily counter", "quota.daily_counters", []string{"scope", "shared"}, q.DailyCounters},
		{"A12", "what an approved increase does to the daily limit", "quota.after_increase", []string{"kept", "lifted", "undoubled"}, q.AfterIncrease},
		{"A13", "whether the global quota is one pool an account", "quota.global_pool", []string{"region", "account"}, q.GlobalPool},
		{"A14", "burndown of Claude 3 and 3.5", "models.*.burndown", []string{"1", "5"}, "1, in the catalog"},
		{"A15", "whether requests a minute are limited", "quota.rpm", []string{"ruleset", "none"}, q.RPM},
		{"A16", "how reserved output counts", "provisioned.burndown_output", bools(), strconv.FormatBool(s.Provisioned.BurndownOut)},
		{"A17", "whether a cross-Region call can miss a live cache entry", "caching.loss", []string{"0%", "10%"}, c.Loss.String()},
		{"A18", "when a written entry can be read", "caching.readable_from", []string{"first-byte", "admission", "completion"}, c.ReadableFrom},
		{"A19", "refusals for lack of shared capacity", "faults.rate", []string{"0%", "1%"}, s.Faults.Rate.String()},
		{"A20", "which quotas a new account has", "ruleset", []string{"seed-2026", "2026-05", "2026-09", "new-account", "new-account-zero"}, s.Ruleset},
	}
	return list
}

func bools() []string { return []string{"false", "true"} }
