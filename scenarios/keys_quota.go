package scenarios

import (
	"quotawall/pricing"
	"quotawall/sim"
	"quotawall/sim/trace"
	"quotawall/sim/unit"
)

func quotaKeys() []Key {
	keys := []Key{
		one("quota.minute", "fixed", choice("fixed", "sliding", "bucket"), "shape of the minute (A1)", func(s *Spec) *string { return &s.Quota.Minute }),
		one("quota.day", "fixed", choice("fixed", "rolling", "bucket"), "shape of the day (A7)", func(s *Spec) *string { return &s.Quota.Day }),
		one("quota.day_starts", "00:00", clockTime(), "UTC time at which a fixed day begins (A7)", func(s *Spec) *unit.Time { return &s.Quota.DayStarts }),
		one("quota.refund", "open-window", choice("open-window", "current"), "where a refund goes (A2)", func(s *Spec) *string { return &s.Quota.Refund }),
		one("quota.reserve_cache_reads", "false", flag(), "cache reads are reserved too (A4)", func(s *Spec) *bool { return &s.Quota.ReserveCacheReads }),
		one("quota.burndown_at_reservation", "false", flag(), "max_tokens is reserved times the burndown (A5)", func(s *Spec) *bool { return &s.Quota.BurndownReserved }),
		one("quota.adjust", "0s = at the end only", duration(), "a running call's charge moves to its final one in steps this far apart (A3)", func(s *Spec) *unit.Time { return &s.Quota.Adjust }),
		one("quota.adjust_up", "false", flag(), "such a step may charge more than was reserved (A3)", func(s *Spec) *bool { return &s.Quota.AdjustUp }),
		one("quota.admission", "oracle", choice("oracle", "pessimistic"), "pessimistic reserves the whole prompt, cached or not (A6)", func(s *Spec) *string { return &s.Quota.Admission }),
		one("quota.daily_scheme", "ruleset", choice("ruleset", "per-model", "cross-model", "both"), "which daily limits exist (A8)", func(s *Spec) *string { return &s.Quota.DailyScheme }),
		one("quota.after_increase", "kept", choice("kept", "lifted", "undoubled"), "daily limit per model once more tokens a minute are granted: as before, gone, or that of on-demand calls (A12)", func(s *Spec) *string { return &s.Quota.AfterIncrease }),
		one("quota.daily_counters", "scope", choice("scope", "shared"), "tokens a day of a model used on-demand and across Regions: a counter for each scope, or one with the cross-Region limit (A11)", func(s *Spec) *string { return &s.Quota.DailyCounters }),
		one("quota.global_pool", "region", choice("region", "account"), "a global profile's quota: one pool for each source Region, or one an account (A13)", func(s *Spec) *string { return &s.Quota.GlobalPool }),
		one("quota.rpm", "ruleset", choice("ruleset", "none"), "whether requests a minute are limited at all (A15)", func(s *Spec) *string { return &s.Quota.RPM }),
		one("quota.pool.limit", "the ruleset's", quotaValue(), "cross-model tokens a day, an account and Region", func(s *Spec) *pricing.Limit { return &s.Quota.Pool.Limit }),
		one("quota.pool.unit", "price", choice("price", "settled", "billed"), "what the cross-model pool counts (A9)", func(s *Spec) *string { return &s.Quota.Pool.Unit }),
		one("quota.pool.reference_price", `"3.00"`, dollars(), "dollars per million tokens that count as one token each (assumed)", func(s *Spec) *int64 { return &s.Quota.Pool.Reference }),
		one("quota.pool.reserve_max_tokens", "true", flag(), "the pool reserves max_tokens (A10)", func(s *Spec) *bool { return &s.Quota.Pool.ReserveMax }),
	}
	return append(keys, quotaRowKeys()...)
}

func quotaRowKeys() []Key {
	row := func(s *Spec, n []string) *AppliedSpec {
		blank := AppliedSpec{Account: "*", Region: "*", Scope: "*", Model: "*", RPM: pricing.Absent, TPM: pricing.Absent, TPD: pricing.Absent, InputTPM: pricing.Absent, OutputTPM: pricing.Absent}
		return element(&s.Quota.Applied, n[0], blank)
	}
	more := func(s *Spec, n []string) *IncreaseSpec {
		return element(&s.Quota.Increase, n[0], IncreaseSpec{Account: "*", RPM: pricing.Absent, TPM: pricing.Absent})
	}
	limit := func(name, doc string, field func(*AppliedSpec) *pricing.Limit) Key {
		return at("quota.applied.[]."+name, "the ruleset's", quotaValue(), doc, func(s *Spec, n []string) *pricing.Limit { return field(row(s, n)) })
	}
	return []Key{
		at("quota.applied.[].account", `"*"`, text(), "account that the values are of", func(s *Spec, n []string) *string { return &row(s, n).Account }),
		at("quota.applied.[].region", `"*"`, text(), "Region that the values are of", func(s *Spec, n []string) *string { return &row(s, n).Region }),
		at("quota.applied.[].scope", `"*"`, choice("*", "on-demand", "geo", "global"), "scope that the values are of", func(s *Spec, n []string) *string { return &row(s, n).Scope }),
		at("quota.applied.[].model", `"*"`, text(), "catalog id or alias that the values are of", func(s *Spec, n []string) *string { return &row(s, n).Model }),
		limit("rpm", "requests a minute", func(a *AppliedSpec) *pricing.Limit { return &a.RPM }),
		limit("tpm", "tokens a minute", func(a *AppliedSpec) *pricing.Limit { return &a.TPM }),
		limit("tpd", "tokens a day", func(a *AppliedSpec) *pricing.Limit { return &a.TPD }),
		limit("input_tpm", "input tokens a minute (mantle)", func(a *AppliedSpec) *pricing.Limit { return &a.InputTPM }),
		limit("output_tpm", "output tokens a minute (mantle)", func(a *AppliedSpec) *pricing.Limit { return &a.OutputTPM }),
		at("quota.increase.[].account", `"*"`, text(), "account that asks for more", func(s *Spec, n []string) *string { return &more(s, n).Account }),
		at("quota.increase.[].model", "must be given", text(), "catalog id or alias to get more for", func(s *Spec, n []string) *string { return &more(s, n).Model }),
		at("quota.increase.[].rpm", "unchanged", quotaValue(), "requested requests a minute", func(s *Spec, n []string) *pricing.Limit { return &more(s, n).RPM }),
		at("quota.increase.[].tpm", "unchanged", quotaValue(), "requested tokens a minute", func(s *Spec, n []string) *pricing.Limit { return &more(s, n).TPM }),
		at("quota.increase.[].after", "0s", duration(), "lead time until it is granted", func(s *Spec, n []string) *unit.Time { return &more(s, n).After }),
	}
}

func clientKeys() []Key {
	return []Key{
		one("client.profile", "go-v2", choice("go-v2", "aws-2026", "botocore-legacy", "botocore-standard", "adaptive", "plain", "none"), "whose retries callers make", func(s *Spec) *string { return &s.Client.Profile }),
		one("client.attempts", "the profile's", whole(1, 1000), "attempts, the first included", func(s *Spec) *int64 { return &s.Client.Attempts }),
		one("client.base", "1s", duration(), "plain: wait before the first retry", func(s *Spec) *unit.Time { return &s.Client.Base }),
		one("client.factor", "2", multiplier(), "plain: growth of the wait", func(s *Spec) *sim.Scale { return &s.Client.Factor }),
		one("client.cap", "20s", duration(), "plain: longest wait", func(s *Spec) *unit.Time { return &s.Client.Cap }),
		one("client.patience", "10m", duration(), "an attempt that would start later after the arrival is not made", func(s *Spec) *unit.Time { return &s.Client.Patience }),
		one("client.loop", "closed for dialogues, else open", choice("open", "closed"), "closed: a session's next request follows its last answer", func(s *Spec) *string { return &s.Client.Loop }),
		{Name: "client.resume", Want: "reset | never | a duration", Default: "reset", Doc: "when a closed session goes on after an unserved request", parts: []string{"client", "resume"}, set: setResume},
		one("client.daily_aware", "false", flag(), "wait for the day's reset instead of retrying a daily refusal", func(s *Spec) *bool { return &s.Client.DailyAware }),
		one("client.refusal_latency", "0s", duration(), "time until a refusal is known", func(s *Spec) *unit.Time { return &s.Client.RefusalLatency }),
		one("client.instances", "1", whole(1, 100_000), "client instances, each with a retry quota of its own", func(s *Spec) *int64 { return &s.Client.Instances }),
		one("client.max_tokens_quantile", "off", share(), "right-size max_tokens to this quantile of each class's real output", func(s *Spec) *unit.Ratio { return &s.Client.MaxQuantile }),
		at("classes.*.deadline", "queue.deadline", duration(), "deferrable: latest answer after the arrival", func(s *Spec, n []string) *unit.Time { return &named(&s.Classes, n[0]).Deadline }),
		at("classes.*.patience", "client.patience", duration(), "patience of this class's callers", func(s *Spec, n []string) *unit.Time { return &named(&s.Classes, n[0]).Patience }),
		at("classes.*.max_tokens", "as the rows say", whole(1, trace.MaxCount), "most max_tokens that this class sends", func(s *Spec, n []string) *int64 { return &named(&s.Classes, n[0]).MaxTokens }),
		one("faults.rate", "0%", share(), "chance of a 503 inside quota (A19)", func(s *Spec) *unit.Ratio { return &s.Faults.Rate }),
		one("faults.ramp", "off", multiplier(), "503 for calls beyond this factor of the minute before (A19)", func(s *Spec) *sim.Scale { return &s.Faults.RampFactor }),
	}
}

func setResume(s *Spec, _ []string, v any) error {
	s.Client.Resume = "duration"
	if v == "reset" || v == "never" {
		s.Client.Resume = v.(string)
		return nil
	}
	t, err := duration().parse(v)
	s.Client.ResumeAfter = t
	return err
}

func cachingKeys() []Key {
	return []Key{
		one("caching.mode", "off", choice("off", "rate", "prefix", "observed"), "how the cached part of a prompt is found", func(s *Spec) *string { return &s.Caching.Mode }),
		one("caching.ttl", "5m", parser[unit.Time]{`"5m" | "1h"`, ttl}, "how long an entry lives after its last use", func(s *Spec) *unit.Time { return &s.Caching.TTL }),
		at("caching.ttls.*", "caching.ttl", parser[unit.Time]{`"5m" | "1h"`, ttl}, "the same for one class", func(s *Spec, n []string) *unit.Time { return named(&s.Caching.TTLs, n[0]) }),
		one("caching.read_share", "0", share(), "rate: share of the prompt that is read", func(s *Spec) *unit.Ratio { return &s.Caching.ReadShare }),
		one("caching.write_share", "0", share(), "rate: share of the prompt that is written", func(s *Spec) *unit.Ratio { return &s.Caching.WriteShare }),
		one("caching.readable_from", "first-byte", choice("first-byte", "admission", "completion"), "when a written entry can be read (A18)", func(s *Spec) *string { return &s.Caching.ReadableFrom }),
		one("caching.loss", "0", share(), "chance that a cross-Region call misses a live entry (A17)", func(s *Spec) *unit.Ratio { return &s.Caching.Loss }),
		one("caching.checkpoints", "0 = every block", whole(0, 4), "cache checkpoints of a prompt (R21)", func(s *Spec) *int64 { return &s.Caching.Checkpoints }),
		one("caching.lookback", "20", whole(1, 1000), "blocks that a checkpoint looks back (R23)", func(s *Spec) *int64 { return &s.Caching.Lookback }),
	}
}

// ttl accepts the lifetimes that Bedrock sells.
func ttl(v any) (unit.Time, error) {
	t, err := duration().parse(v)
	if err == nil && t != 5*unit.Minute && t != unit.Hour {
		err = wantTTL(v)
	}
	return t, err
}
