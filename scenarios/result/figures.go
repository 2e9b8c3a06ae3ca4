package result

// Figure is one headline figure of a step; Value is nil where it is undefined.
type Figure struct {
	Name  string
	Value *float64
	// Share: a fraction, at most 1. No figure is below 0.
	Share bool
}

// Figures lists the headline figures of a step in their fixed order: what
// intervals, sweeps, thresholds and differences speak of.
func (s *Step) Figures() []Figure {
	count := func(name string, c Count) Figure {
		f := float64(c)
		return Figure{Name: name, Value: &f}
	}
	total, month := float64(s.Cost.TotalNUSD)/1e9, s.Cost.MonthUSD
	return []Figure{
		{Name: "served_share", Value: s.ServedShare, Share: true},
		{Name: "served_token_share", Value: s.ServedTokenShare, Share: true},
		{Name: "month_usd", Value: &month},
		{Name: "total_usd", Value: &total},
		{Name: "per_1k_served_usd", Value: s.Cost.Per1kServedUSD},
		{Name: "per_million_served_tokens_usd", Value: s.Cost.PerMillionServedTokensUSD},
		count("offered", s.Offered), count("served", s.Served), count("unserved", s.Unserved), count("deferred", s.Deferred),
		count("degraded", s.Degraded), count("truncated", s.Truncated), count("refusals", s.Refusals),
		count("throttled_attempts", s.ThrottledAttempts), count("retries", s.Retries),
		{Name: "wait_p50_s", Value: s.WaitS.P50}, {Name: "wait_p95_s", Value: s.WaitS.P95},
		{Name: "wait_p99_s", Value: s.WaitS.P99}, {Name: "wait_max_s", Value: s.WaitS.Max},
	}
}

// FigureNames lists the names of Figures, in their order.
func FigureNames() []string {
	var names []string
	for _, f := range new(Step).Figures() {
		names = append(names, f.Name)
	}
	return names
}
