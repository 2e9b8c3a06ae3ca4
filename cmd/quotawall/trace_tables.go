package main

import (
	"fmt"

	"quotawall/reports"
	"quotawall/sim/trace/stats"
)

// statsTables shows a trace's figures.
func statsTables(s *stats.Stats) []*reports.Table {
	tables := []*reports.Table{overview(s), rateTable(s), sizeTable(s)}
	if s.Prefix != nil {
		tables = append(tables, prefixTable(s.Prefix))
	}
	if s.Cap != nil {
		tables = append(tables, capTable(s.Cap))
	}
	if s.By != "" {
		tables = append(tables, groupTable(s))
	}
	return tables
}

func overview(s *stats.Stats) *reports.Table {
	t := reports.NewTable("trace",
		reports.Column{Name: "requests", Kind: reports.Count},
		reports.Column{Name: "failed", Kind: reports.Count},
		reports.Column{Name: "rows skipped", Kind: reports.Count},
		reports.Column{Name: "span", Key: "span_s", Kind: reports.Duration},
		reports.Column{Name: "CV of gaps", Key: "interarrival_cv", Kind: reports.Count},
		reports.Column{Name: "input", Key: "input_tokens", Kind: reports.Count, Unit: "tokens"},
		reports.Column{Name: "output", Key: "output_tokens", Kind: reports.Count, Unit: "tokens"},
	)
	cv := reports.None()
	if s.CV != nil {
		cv = reports.Num(*s.CV).Show(fmt.Sprintf("%.3f", *s.CV))
	}
	t.Row(reports.Int(s.Requests), reports.Int(s.Failed), reports.Int(s.Skipped), reports.Num(s.SpanS),
		cv.Note("population standard deviation of the gaps between requests over their mean"), reports.Int(s.Input.Total), reports.Int(s.Output.Total))
	for _, n := range s.Notes {
		t.Note(n)
	}
	return t
}

func rateTable(s *stats.Stats) *reports.Table {
	t := reports.NewTable("rates",
		reports.Column{Name: "rate"},
		reports.Column{Name: "mean", Kind: reports.Count},
		reports.Column{Name: "max from first request", Key: "max", Kind: reports.Count},
		reports.Column{Name: "max UTC minute", Key: "max_clock", Kind: reports.Count},
		reports.Column{Name: "max rolling 60 s", Key: "max_rolling", Kind: reports.Count},
	)
	t.Row(reports.Str("requests a minute"), decimals(s.RPM.Mean, 1), reports.Int(s.RPM.Max), reports.Int(s.RPM.MaxClock), reports.Int(s.RPM.MaxRolling))
	t.Row(reports.Str("requests a second"), decimals(s.RPS.Mean, 3), reports.Int(s.RPS.Max), reports.None(), reports.None())
	t.Row(reports.Str("tokens a minute, input + output"), tokensPerMinute(s), reports.Int(s.TPM.Max), reports.None(), reports.None())
	t.Note("means are over the span; periods from the first request begin with it, the rolling minute is any half-open 60 s")
	return t
}

// tokensPerMinute is the mean over the span.
func tokensPerMinute(s *stats.Stats) reports.Cell {
	if s.SpanS == 0 {
		return reports.None()
	}
	mean := float64(s.Input.Total+s.Output.Total) / s.SpanS * 60
	return decimals(&mean, 1)
}

func decimals(f *float64, n int) reports.Cell {
	if f == nil {
		return reports.None()
	}
	return reports.Num(*f).Show(fmt.Sprintf("%.*f", n, *f))
}

func sizeTable(s *stats.Stats) *reports.Table {
	t := reports.NewTable("token sizes",
		reports.Column{Name: "of a request"},
		reports.Column{Name: "mean", Kind: reports.Count},
		reports.Column{Name: "p50", Kind: reports.Count},
		reports.Column{Name: "p90", Kind: reports.Count},
		reports.Column{Name: "p99", Kind: reports.Count},
		reports.Column{Name: "max", Kind: reports.Count},
	)
	for _, row := range []struct {
		name string
		stats.Tokens
	}{{"input", s.Input}, {"output", s.Output}} {
		t.Row(reports.Str(row.name), decimals(row.Mean, 2), reports.Int(row.P50), reports.Int(row.P90), reports.Int(row.P99), reports.Int(row.Max))
	}
	t.Note("quantiles are nearest rank")
	return t
}

func prefixTable(p *stats.PrefixHit) *reports.Table {
	t := reports.NewTable("ideal prefix cache",
		reports.Column{Name: "time to live", Key: "ttl"},
		reports.Column{Name: "input tokens read", Key: "tokens", Kind: reports.Count},
		reports.Column{Name: "share of input", Key: "share", Kind: reports.Share},
	)
	for _, row := range []struct {
		name string
		stats.Hit
	}{{"no expiry", p.NoExpiry}, {"1h", p.Hour}, {"5m", p.Five}, {"1m", p.One}} {
		t.Row(reports.Str(row.name), reports.Int(row.Tokens), reports.Opt(row.Share))
	}
	t.Note("unlimited, no minimum prompt, shared by all models, renewed by hits: an upper bound for what a real cache reads")
	return t
}

func capTable(c *stats.Cap) *reports.Table {
	t := reports.NewTable("cap",
		reports.Column{Name: "limit", Kind: reports.Count, Unit: "tokens"},
		reports.Column{Name: "output counts", Key: "burndown", Kind: reports.Count, Unit: "times"},
		reports.Column{Name: "cache reads", Key: "cache_ttl"},
		reports.Column{Name: "exceeded after", Key: "exhausted_s", Kind: reports.Count, Unit: "s"},
		reports.Column{Name: "by request", Key: "exhausted_request", Kind: reports.Count},
		reports.Column{Name: "charge in all", Key: "total_charge", Kind: reports.Count, Unit: "tokens"},
	)
	reads := reports.None().Show("count")
	if c.CacheTTL != nil {
		reads = reports.Str(*c.CacheTTL).Show("free, " + map[bool]string{true: "no expiry", false: *c.CacheTTL + " to live"}[*c.CacheTTL == "none"])
	}
	after, request := reports.None().Show("never"), reports.None()
	if c.ExhaustedS != nil {
		after, request = decimals(c.ExhaustedS, 3), reports.Int(*c.ExhaustedRequest)
	}
	t.Note("time is from the first request; nothing is dropped before the cap is exceeded, and nothing is reset")
	t.Row(reports.Int(c.Limit), reports.Int(c.Burndown), reads, after, request, reports.Int(c.TotalCharge))
	return t
}

func groupTable(s *stats.Stats) *reports.Table {
	t := reports.NewTable("by "+s.By,
		reports.Column{Name: s.By, Key: "name", Wrap: 20},
		reports.Column{Name: "requests", Kind: reports.Count},
		reports.Column{Name: "span", Key: "span_s", Kind: reports.Duration, Drop: 3},
		reports.Column{Name: "max RPM", Key: "rpm_max", Kind: reports.Count},
		reports.Column{Name: "max TPM", Key: "tpm_max", Kind: reports.Count, Drop: 2},
		reports.Column{Name: "input", Key: "input_tokens", Kind: reports.Tokens},
		reports.Column{Name: "input p50", Kind: reports.Count, Drop: 4},
		reports.Column{Name: "output", Key: "output_tokens", Kind: reports.Tokens},
		reports.Column{Name: "read at 1h", Key: "hit_1h", Kind: reports.Share, Drop: 1},
		reports.Column{Name: "read at 5m", Key: "hit_5m", Kind: reports.Share},
		reports.Column{Name: "cap exceeded after", Key: "exhausted_s", Kind: reports.Count, Unit: "s", Drop: 1},
	)
	for _, g := range s.Groups {
		name := reports.Str(g.Name)
		if g.Name == "" {
			name = name.Show("(not given)")
		}
		hour, five, spent := reports.None(), reports.None(), reports.None()
		if g.Prefix != nil {
			hour, five = reports.Opt(g.Prefix.Hour.Share), reports.Opt(g.Prefix.Five.Share)
		}
		if g.Cap != nil && g.Cap.ExhaustedS != nil {
			spent = decimals(g.Cap.ExhaustedS, 3)
		}
		t.Row(name, reports.Int(g.Requests), reports.Num(g.SpanS), reports.Int(g.RPM.Max), reports.Int(g.TPM.Max), reports.Int(g.Input.Total),
			reports.Int(g.Input.P50), reports.Int(g.Output.Total), hour, five, spent)
	}
	t.Note("each measured alone, from its own first request; what it reads from the cache it reads beside all others")
	return t
}
