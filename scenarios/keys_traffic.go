package scenarios

import (
	"fmt"
	"time"

	"quotawall/pricing"
	"quotawall/sim"
	"quotawall/sim/trace"
	"quotawall/sim/unit"
)

// Bounds of what is worth simulating; beyond them a scenario is refused.
const (
	maxHorizon      = 3660 * unit.Day
	maxReplications = 10_000
	maxAccounts     = 10_000
	maxInstances    = 10_000
	maxCopies       = 100_000
)

func generalKeys() []Key {
	return []Key{
		one("title", "the file's name", text(), "what the scenario is called", func(s *Spec) *string { return &s.Title }),
		one("ruleset", "seed-2026", text(), "which quotas exist, and their values", func(s *Spec) *string { return &s.Ruleset }),
		one("region", "us-east-1", text(), "source Region of the first account", func(s *Spec) *string { return &s.Region }),
		one("scope", "geo", choice("on-demand", "geo", "global"), "quota pool and price scope", func(s *Spec) *string { return &s.Scope }),
		one("start", "a dated trace's first request, else 2026-01-05T00:00:00Z", instant(), "UTC instant of time 0", func(s *Spec) *time.Time { return &s.Start }),
		one("horizon", "the trace's span, in whole days from a day on; 7d without a trace", positive(duration(), maxHorizon), "arrivals before it are simulated", func(s *Spec) *unit.Time { return &s.Horizon }),
		one("drain", "true", flag(), "finish retries, queue and calls in flight after the horizon", func(s *Spec) *bool { return &s.Drain }),
		one("seed", "1", parser[uint64]{"a whole number from 0 on", seed}, "seed of every random stream", func(s *Spec) *uint64 { return &s.Seed }),
		one("replications", "1", whole(1, maxReplications), "independent runs; more than one gives intervals", func(s *Spec) *int64 { return &s.Replications }),
		{Name: "priced_on", Want: `a date, or "traffic"`, Default: "the catalog's date", Doc: "day whose prices hold for the whole run; traffic: each day its own", parts: []string{"priced_on"}, set: setPricedOn},
	}
}

func seed(v any) (uint64, error) {
	n, err := whole(0, 1<<62).parse(v)
	return uint64(n), err
}

// positive refuses zero and what is beyond a bound.
func positive(p parser[unit.Time], most unit.Time) parser[unit.Time] {
	return parser[unit.Time]{p.want, func(v any) (unit.Time, error) {
		t, err := p.parse(v)
		if err == nil && (t == 0 || t > most) {
			err = fmt.Errorf("%s is not between 1us and %s", shown(v), most)
		}
		return t, err
	}}
}

func setPricedOn(s *Spec, _ []string, v any) error {
	if v == "traffic" {
		s.PricedByTraffic = true
		return nil
	}
	if t, ok := v.(time.Time); ok {
		v = t.Format(time.DateOnly)
	}
	d, _ := v.(string)
	date, err := pricing.ParseDate(d)
	if err != nil {
		return fmt.Errorf(`%s is no date: write 2026-11-23, or "traffic"`, shown(v))
	}
	s.PricedOn = date
	return nil
}

func traceKeys() []Key {
	return []Key{
		one("trace.file", "none: synthesize [[traffic]]", text(), "file to replay; relative to the scenario's file", func(s *Spec) *string { return &s.Trace.File }),
		one("trace.format", "auto", text(), "format of the file; auto detects it", func(s *Spec) *string { return &s.Trace.Format }),
		one("trace.head", "0 = all", whole(0, 1<<50), "only the first lines or records of the file", func(s *Spec) *int64 { return &s.Trace.Head }),
		one("trace.session_gap", "60s", duration(), "session k starts at k x gap, where sessions have no common clock", func(s *Spec) *unit.Time { return &s.Trace.SessionGap }),
		one("trace.model", "the highest tier", text(), "alias of rows without a model", func(s *Spec) *string { return &s.Trace.Model }),
		at("trace.models.*", "catalog and alias names", text(), "alias of rows that name this model", func(s *Spec, n []string) *string { return named(&s.Trace.Models, n[0]) }),
		one("trace.durations", "logged", choice("logged", "model"), "logged uses the trace's durations while the mapped model serves", func(s *Spec) *string { return &s.Trace.Durations }),
		one("trace.failed", "skip", choice("skip", "replay"), "calls that the log says failed", func(s *Spec) *string { return &s.Trace.Failed }),
		one("trace.max_tokens", "4096; 32000 for Claude Code", parser[int64]{`N | "model" | "trace" | "output"`, maxTokens}, "max_tokens of rows that do not say", func(s *Spec) *int64 { return &s.Trace.MaxTokens }),
		one("trace.scale", "1", whole(1, maxCopies), "superposed shifted copies of the trace", func(s *Spec) *int64 { return &s.Trace.Scale }),
		one("trace.repeat", "1", parser[int64]{`N | "fill"`, repeats}, "plays of the trace, span after span; fill: up to the horizon", func(s *Spec) *int64 { return &s.Trace.Repeat }),
		one("trace.keep", "100%", share(), "share of sessions kept, drawn by seed", func(s *Spec) *unit.Ratio { return &s.Trace.Keep }),
		one("trace.stretch", "1", multiplier(), "factor on all times of the trace", func(s *Spec) *sim.Scale { return &s.Trace.Stretch }),
		one("trace.background", "0%", share(), "share of sessions taken as class background, in traces without classes", func(s *Spec) *unit.Ratio { return &s.Trace.Background }),
		one("trace.input", "by format", choice("default", "inclusive", "exclusive"), "whether the file's input count includes cached tokens", func(s *Spec) *string { return &s.Trace.InputCount }),
		at("trace.map.*", "by header", text(), "the file's column of a field", func(s *Spec, n []string) *string { return named(&s.Trace.Map, n[0]) }),
		one("trace.spread", "uniform", choice("uniform", "poisson"), "how requests of a metric period lie inside it", func(s *Spec) *string { return &s.Trace.Spread }),
		one("trace.skip_bad_rows", "false", flag(), "leave rows with mistakes out and count them", func(s *Spec) *bool { return &s.Trace.SkipBadRows }),
		one("trace.sort", "false", flag(), "sort a trace out of time order, stably", func(s *Spec) *bool { return &s.Trace.Sort }),
	}
}

func maxTokens(v any) (int64, error) {
	switch v {
	case "model", "trace":
		return trace.MaxUnset, nil
	case "output":
		return sim.MaxFromOutput, nil
	}
	n, err := whole(1, trace.MaxCount).parse(v)
	if err != nil {
		return 0, fmt.Errorf(`%w; or write "model", "trace" or "output"`, err)
	}
	return n, nil
}

func repeats(v any) (int64, error) {
	if v == "fill" {
		return RepeatFill, nil
	}
	n, err := whole(1, maxCopies).parse(v)
	if err != nil {
		return 0, fmt.Errorf(`%w; or write "fill"`, err)
	}
	return n, nil
}

func modelKeys() []Key {
	model := func(s *Spec, n []string) *ModelSpec { return named(&s.Models, n[0]) }
	return []Key{
		at("models.*.id", "must be given", text(), "catalog id, or a Bedrock model or profile id", func(s *Spec, n []string) *string { return &model(s, n).ID }),
		at("models.*.tier", "the catalog's", whole(1, 1000), "higher is better; below the wished tier is degraded", func(s *Spec, n []string) *int64 { return &model(s, n).Tier }),
		at("models.*.scope", "the scenario's scope", choice("on-demand", "geo", "global"), "quota pool and price scope of this alias", func(s *Spec, n []string) *string { return &model(s, n).Scope }),
		at("models.*.endpoint", "runtime", choice("runtime", "mantle"), "endpoint, and with it the admission rules", func(s *Spec, n []string) *string { return &model(s, n).Endpoint }),
		at("models.*.first_token", "the catalog's assumption", pointer(duration()), "time to the first token", func(s *Spec, n []string) **unit.Time { return &model(s, n).FirstToken }),
		at("models.*.per_token", "the catalog's assumption", pointer(duration()), "time of each output token", func(s *Spec, n []string) **unit.Time { return &model(s, n).PerToken }),
		at("models.*.context", "the catalog's", whole(1, trace.MaxCount), "longest prompt, tokens", func(s *Spec, n []string) *int64 { return &model(s, n).Context }),
		at("models.*.max_output", "the catalog's", whole(1, trace.MaxCount), "most output tokens; reserved where max_tokens is unset", func(s *Spec, n []string) *int64 { return &model(s, n).MaxOutput }),
		at("models.*.cache_min", "the catalog's", whole(1, trace.MaxCount), "smallest cacheable prefix, tokens", func(s *Spec, n []string) *int64 { return &model(s, n).CacheMin }),
		at("models.*.burndown", "the catalog's", whole(1, 1000), "quota tokens of one output token at settlement", func(s *Spec, n []string) *int64 { return &model(s, n).Burndown }),
	}
}

// pointer tells a given value from a missing one.
func pointer[T any](p parser[T]) parser[*T] {
	return parser[*T]{p.want, func(v any) (*T, error) {
		x, err := p.parse(v)
		return &x, err
	}}
}
