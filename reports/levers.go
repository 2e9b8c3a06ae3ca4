package reports

import "quotawall/scenarios/result"

// endpointTable sets the endpoint's allocated time against its busy time: what
// is paid for and what is used.
func endpointTable(run *result.Run) *Table {
	t := NewTable("self-hosted endpoint", Column{Name: "step", Wrap: 16}, Column{Name: "instance"}, Column{Name: "paid hours", Kind: Count}, Column{Name: "busy hours", Kind: Count},
		Column{Name: "idle", Kind: Share}, Column{Name: "idle cost per month", Kind: Money}, Column{Name: "served", Kind: Count}, Column{Name: "refused", Kind: Count},
		Column{Name: "too long", Kind: Count, Drop: 1}, Column{Name: "longest queue", Kind: Count, Drop: 1}, Column{Name: "starts", Kind: Count, Drop: 2}).SetKey("endpoint")
	for i := range run.Steps {
		s := &run.Steps[i]
		e := s.Endpoint
		if e == nil {
			continue
		}
		instance := Str(e.Instance)
		if e.Quality != "" {
			instance = instance.Note("quality of the served model: " + e.Quality)
		}
		idle, cost := idleShare(run, s)
		t.Row(Str(s.Name), instance, Num(e.InstanceHours), Num(e.BusyHours), Opt(idle), Opt(cost), Cnt(e.Served), Cnt(e.Refused), Cnt(e.TooLong), Cnt(e.MaxQueue), Cnt(e.Starts))
	}
	if t.Len() > 0 {
		t.Note("an instance is busy while it runs at least one call; paid and busy hours are those of the horizon")
	}
	return t
}

// idleShare is the share of the paid hours in which nothing ran, and what that
// costs a month.
func idleShare(run *result.Run, s *result.Step) (share, month *float64) {
	e := s.Endpoint
	if e.InstanceHours <= 0 {
		return nil, nil
	}
	idle := 1 - e.BusyHours/e.InstanceHours
	var paid float64
	for _, l := range s.Cost.Lines {
		if l.Item == "instance-hours" {
			paid += float64(l.AmountNUSD) / 1e9
		}
	}
	cost := paid * idle * 730 * 3600 / run.Scenario.HorizonS
	return &idle, &cost
}

// queueTable says what became of the deferrable classes' messages.
func queueTable(run *result.Run) *Table {
	t := NewTable("queue", Column{Name: "step", Wrap: 16}, Column{Name: "messages", Kind: Count}, Column{Name: "deepest", Kind: Count}, Column{Name: "oldest released", Kind: Duration},
		Column{Name: "dead\u00adlines missed", Kind: Count}, Column{Name: "by batch", Kind: Count})
	for i := range run.Steps {
		if q := run.Steps[i].Queue; q != nil {
			t.Row(Str(run.Steps[i].Name), Cnt(q.Messages), Cnt(q.MaxDepth), Num(q.MaxAgeS), Cnt(q.DeadlineMisses), Cnt(q.Batched))
		}
	}
	return t
}

// boughtTable says how full the capacity was that is paid by the hour.
func boughtTable(run *result.Run) *Table {
	t := NewTable("reserved and provisioned capacity", Column{Name: "step", Wrap: 16}, Column{Name: "kind"}, Column{Name: "model"}, Column{Name: "served in it", Kind: Count},
		Column{Name: "over\u00adflowed", Kind: Count}, Column{Name: "input used", Kind: Share}, Column{Name: "output used", Kind: Share}).SetKey("bought")
	for i := range run.Steps {
		if b := run.Steps[i].Reserved; b != nil {
			t.Row(Str(run.Steps[i].Name), Str(b.Kind), Str(b.Model), Cnt(b.Served), Cnt(b.Overflowed), Num(b.InputShare), Num(b.OutputShare))
		}
	}
	return t
}
