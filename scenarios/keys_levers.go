package scenarios

import (
	"fmt"

	"quotawall/sim"
	"quotawall/sim/trace"
	"quotawall/sim/unit"
)

func wantTTL(v any) error { return fmt.Errorf(`%s: Bedrock's cache lives "5m" or "1h"`, shown(v)) }

func routingKeys() []Key {
	return []Key{
		one("routing.policy", "as-requested", choice("as-requested", "map", "mix", "classifier", "cascade"), "how a request's model is chosen", func(s *Spec) *string { return &s.Routing.Policy }),
		at("routing.map.*", "itself", text(), "alias that requests for this alias go to", func(s *Spec, n []string) *string { return named(&s.Routing.Map, n[0]) }),
		at("routing.classes.*", "as the policy says", text(), "alias that requests of this class go to, under any policy but as-requested", func(s *Spec, n []string) *string { return named(&s.Routing.Classes, n[0]) }),
		at("routing.mix.*", "none", share(), "share of requests sent to this alias", func(s *Spec, n []string) *unit.Ratio { return named(&s.Routing.Mix, n[0]) }),
		one("routing.fallback", "none", texts(), "aliases asked in order when refused", func(s *Spec) *[]string { return &s.Routing.Fallback }),
		one("routing.fall_up", "false", flag(), "fallbacks may be above the wished tier", func(s *Spec) *bool { return &s.Routing.FallUp }),
		one("routing.classifier.model", "must be given", text(), "alias that classifies", func(s *Spec) *string { return &s.Routing.Classifier.Model }),
		one("routing.classifier.input", "500", whole(0, trace.MaxCount), "prompt tokens of the classifier's own call", func(s *Spec) *int64 { return &s.Routing.Classifier.Input }),
		one("routing.classifier.output", "10", whole(0, trace.MaxCount), "output tokens of that call", func(s *Spec) *int64 { return &s.Routing.Classifier.Output }),
		one("routing.classifier.whole_prompt", "true", flag(), "that call reads the request's whole prompt besides", func(s *Spec) *bool { return &s.Routing.Classifier.Whole }),
		at("routing.classifier.right.*", "must be given", share(), "share of requests for which this alias is right", func(s *Spec, n []string) *unit.Ratio {
			return named(&s.Routing.Classifier.Right, n[0])
		}),
		at("routing.classifier.confusion.*.*", "0", share(), "chance that a request that needs the first alias is sent to the second", func(s *Spec, n []string) *unit.Ratio {
			c := &s.Routing.Classifier.Confusion
			if *c == nil {
				*c = map[string]map[string]*unit.Ratio{}
			}
			row := (*c)[n[0]]
			x := named(&row, n[1])
			(*c)[n[0]] = row
			return x
		}),
		one("routing.cascade.first", "must be given", text(), "alias asked first", func(s *Spec) *string { return &s.Routing.Cascade.First }),
		one("routing.cascade.escalate", "must be given", share(), "share of its answers that the wished model must give again", func(s *Spec) *unit.Ratio { return &s.Routing.Cascade.Escalate }),
	}
}

func accountKeys() []Key {
	return []Key{
		one("accounts.count", "1", whole(1, maxAccounts), "number of accounts, named a0, a1 ...", func(s *Spec) *int64 { return &s.Accounts.Count }),
		one("accounts.names", "a0, a1 ...", texts(), "names of the accounts", func(s *Spec) *[]string { return &s.Accounts.Names }),
		one("accounts.regions", "region", texts(), "source Regions used in every account, each with pools of its own", func(s *Spec) *[]string { return &s.Accounts.Regions }),
		one("accounts.assign", "sticky", choice("sticky", "hash", "round-robin", "most-headroom"), "how a request finds its account", func(s *Spec) *string { return &s.Accounts.Assign }),
		one("accounts.failover", "false", flag(), "a refused call asks the next account", func(s *Spec) *bool { return &s.Accounts.Failover }),
		at("accounts.ready.*", "0s", duration(), "lead time until this account is usable", func(s *Spec, n []string) *unit.Time { return named(&s.Accounts.Ready, n[0]) }),
		one("accounts.gateway", "none", text(), "price row of the API gateway in front, such as apigw_http", func(s *Spec) *string { return &s.Accounts.Gateway }),
		one("accounts.function", "none", text(), "price row of the routing function, such as lambda_duration_arm", func(s *Spec) *string { return &s.Accounts.Function }),
		one("accounts.function_memory_mb", "256", whole(128, 10240), "memory of the routing function", func(s *Spec) *int64 { return &s.Accounts.FunctionMB }),
		one("accounts.function_time", "50ms", duration(), "billed time of one routing call", func(s *Spec) *unit.Time { return &s.Accounts.FunctionMS }),
	}
}

func selfHostKeys() []Key {
	return []Key{
		one("selfhost.classes", "none", texts(), "classes served by the endpoint; none = no endpoint", func(s *Spec) *[]string { return &s.SelfHost.Classes }),
		one("selfhost.curve", "must be given, or points", text(), "measured serving curve of the catalog", func(s *Spec) *string { return &s.SelfHost.Curve }),
		at("selfhost.points.*", "the curve's", parser[float64]{"tokens a second", speed}, "measured output tokens a second at this concurrency", func(s *Spec, n []string) *float64 {
			return named(&s.SelfHost.Points, n[0])
		}),
		one("selfhost.model", "the curve's", text(), "name of the served model", func(s *Spec) *string { return &s.SelfHost.Model }),
		one("selfhost.instance", "the curve's", text(), "instance type", func(s *Spec) *string { return &s.SelfHost.Instance }),
		one("selfhost.quality", "not stated", text(), "what is known of the model's quality", func(s *Spec) *string { return &s.SelfHost.Quality }),
		one("selfhost.tier", "1", whole(1, 1000), "tier of the served model", func(s *Spec) *int64 { return &s.SelfHost.Tier }),
		one("selfhost.context", "the curve's, else 0", whole(0, trace.MaxCount), "longest prompt, tokens; longer ones stay on Bedrock; 0 = no bound", func(s *Spec) *int64 { return &s.SelfHost.Context }),
		one("selfhost.first_token", "500ms", duration(), "time to the first token besides the reading of the prompt, alone on an instance", func(s *Spec) *unit.Time { return &s.SelfHost.FirstToken }),
		one("selfhost.prefill_tokens_per_second", "10 x the curve's largest", parser[float64]{"tokens a second", speed}, "prompt tokens that one instance reads a second; curves measure output, so the default is an assumption", func(s *Spec) *float64 { return &s.SelfHost.Prefill }),
		one("selfhost.instances", "1", whole(0, maxInstances), "instances at the start", func(s *Spec) *int64 { return &s.SelfHost.Instances }),
		one("selfhost.min", "instances", whole(-1, maxInstances), "fewest instances; 0 scales to zero", func(s *Spec) *int64 { return &s.SelfHost.Min }),
		one("selfhost.max", "instances", whole(-1, maxInstances), "most instances", func(s *Spec) *int64 { return &s.SelfHost.Max }),
		one("selfhost.concurrency", "the curve's largest", whole(0, 100_000), "calls that one instance runs at once", func(s *Spec) *int64 { return &s.SelfHost.Concurrency }),
		one("selfhost.waiting", "1000000", whole(0, 100_000_000), "bound of the queue in front of busy instances; calls fail while none is in service", func(s *Spec) *int64 { return &s.SelfHost.Waiting }),
		one("selfhost.target", "off", parser[unit.Ratio]{"concurrent calls an instance", target}, "target tracking: concurrent calls an instance", func(s *Spec) *unit.Ratio { return &s.SelfHost.Target }),
		one("selfhost.scale_out", "300s", duration(), "cooldown after adding instances", func(s *Spec) *unit.Time { return &s.SelfHost.ScaleOut }),
		one("selfhost.scale_in", "300s", duration(), "cooldown before removing instances, from the last that was ready or removed", func(s *Spec) *unit.Time { return &s.SelfHost.ScaleIn }),
		one("selfhost.startup", "8m", duration(), "time until an added instance takes calls; billed", func(s *Spec) *unit.Time { return &s.SelfHost.Startup }),
		one("selfhost.overflow", "true", flag(), "calls that the endpoint refuses go to Bedrock", func(s *Spec) *bool { return &s.SelfHost.Overflow }),
	}
}

func speed(v any) (float64, error) {
	switch v := v.(type) {
	case int64:
		return positiveSpeed(float64(v))
	case float64:
		return positiveSpeed(v)
	}
	return 0, fmt.Errorf("%s is no number of tokens a second", shown(v))
}

func positiveSpeed(f float64) (float64, error) {
	if !(f > 0 && f <= 1e9) {
		return 0, fmt.Errorf("%v tokens a second are not between 0 and a billion", f)
	}
	return f, nil
}

// target accepts concurrent calls an instance with up to three decimals, in thousandths.
func target(v any) (unit.Ratio, error) {
	f, err := speed(v)
	return unit.Ratio{Num: int64(f*1000 + 0.5), Den: 1000}, err
}

func provisionedKeys() []Key {
	return []Key{
		one("provisioned.kind", "none", choice("none", "model-units", "reserved"), "capacity bought by the hour", func(s *Spec) *string { return &s.Provisioned.Kind }),
		one("provisioned.model", "the highest tier", text(), "alias that it serves", func(s *Spec) *string { return &s.Provisioned.Model }),
		one("provisioned.accounts", "all", texts(), "accounts that buy it", func(s *Spec) *[]string { return &s.Provisioned.Accounts }),
		one("provisioned.units", "1", whole(1, 100_000), "model units an account", func(s *Spec) *int64 { return &s.Provisioned.Units }),
		one("provisioned.unit_input_tpm", "must be given: unpublished", whole(1, maxQuota), "input tokens a minute of one model unit", func(s *Spec) *int64 { return &s.Provisioned.UnitInput }),
		one("provisioned.unit_output_tpm", "must be given: unpublished", whole(1, maxQuota), "output tokens a minute of one model unit", func(s *Spec) *int64 { return &s.Provisioned.UnitOutput }),
		one("provisioned.input_tpm", "the smallest sold", whole(1000, maxQuota), "reserved input tokens a minute, in thousands", func(s *Spec) *int64 { return &s.Provisioned.InputTPM }),
		one("provisioned.output_tpm", "the smallest sold", whole(1000, maxQuota), "reserved output tokens a minute, in thousands", func(s *Spec) *int64 { return &s.Provisioned.OutputTPM }),
		one("provisioned.term", "1-month", choice("no-commit", "1-month", "3-months", "6-months"), "commitment", func(s *Spec) *string { return &s.Provisioned.Term }),
		one("provisioned.schedule", "always", schedule(), "hours in which it exists", func(s *Spec) **sim.Schedule { return &s.Provisioned.Schedule }),
		one("provisioned.overflow", "true; model units: false", pointer(flag()), "what does not fit goes on demand", func(s *Spec) **bool { return &s.Provisioned.Overflow }),
		one("provisioned.reserve_max_tokens", "false", flag(), "hold max_tokens against the output limit", func(s *Spec) *bool { return &s.Provisioned.ReserveOutput }),
		one("provisioned.burndown_output", "false", flag(), "output counts times the burndown against the output limit (A16)", func(s *Spec) *bool { return &s.Provisioned.BurndownOut }),
		one("provisioned.bill_cache_reads", "true", flag(), "cache reads inside it are billed on demand (undocumented)", func(s *Spec) *bool { return &s.Provisioned.BillReads }),
	}
}

func queueKeys() []Key {
	return []Key{
		one("queue.classes", "none", texts(), "deferrable classes that go through the queue, by priority", func(s *Spec) *[]string { return &s.Queue.Classes }),
		one("queue.headroom", "20%", share(), "share of minute limits, bought ones too, kept for interactive calls", func(s *Spec) *unit.Ratio { return &s.Queue.Headroom }),
		one("queue.daily_share", "50%", share(), "share of daily limits kept for interactive calls", func(s *Spec) *unit.Ratio { return &s.Queue.DailyShare }),
		one("queue.window", "always", schedule(), "hours in which messages are released", func(s *Spec) **sim.Schedule { return &s.Queue.Window }),
		one("queue.interval", "1s", positive(duration(), unit.Day), "time between looks at the queue", func(s *Spec) *unit.Time { return &s.Queue.Interval }),
		one("queue.per_minute", "0 = no bound", whole(0, 1<<40), "most releases a minute", func(s *Spec) *int64 { return &s.Queue.PerMinute }),
		one("queue.visibility", "30s", parser[unit.Time]{"a duration up to 12h", visibility}, "a message that was received and refused can be received again after that; an SQS request more each time", func(s *Spec) *unit.Time { return &s.Queue.Visibility }),
		one("queue.deadline", "none", duration(), "latest answer after the arrival; a message is not released if the answer of the model asked first would come later", func(s *Spec) *unit.Time { return &s.Queue.Deadline }),
		one("queue.service", "sqs_standard", text(), "price row of the queue", func(s *Spec) *string { return &s.Queue.Service }),
		one("queue.batch.classes", "none", texts(), "classes that go to the batch API", func(s *Spec) *[]string { return &s.Queue.Batch.Classes }),
		one("queue.batch.records", "100", whole(1, 100_000), "smallest batch job", func(s *Spec) *int64 { return &s.Queue.Batch.Records }),
		one("queue.batch.turnaround", "24h", duration(), "time from submission to the answers", func(s *Spec) *unit.Time { return &s.Queue.Batch.Turnaround }),
	}
}

// visibility is bounded by SQS (rule R32).
func visibility(v any) (unit.Time, error) {
	t, err := duration().parse(v)
	if err == nil && t > 12*unit.Hour {
		err = fmt.Errorf("%s is longer than SQS allows (12h)", shown(v))
	}
	return t, err
}
