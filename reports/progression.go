package reports

import (
	"strings"

	"quotawall/scenarios/result"
)

// Progression is the table of steps: what a month costs beside what was and
// was not served for it, and the limit that binds.
func Progression(run *result.Run) *Table {
	var deferred, degraded, cached result.Count
	for _, s := range run.Steps {
		deferred += s.Deferred
		degraded += s.Degraded
		cached += s.Tokens.CacheRead
	}
	t := NewTable(runTitle(run),
		Column{Name: "step", Wrap: 16},
		Column{Name: "cost per month", Key: "month_usd", Kind: Money},
		Column{Name: "served req.", Key: "served_share", Kind: Share},
		Column{Name: "served tokens", Key: "served_token_share", Kind: Share},
		Column{Name: "per 1k served", Key: "per_1k_served_usd", Kind: Money, Drop: 4},
		Column{Name: "un\u00adserved", Key: "unserved", Kind: Count, Drop: 1},
		Column{Name: "de\u00adferred", Key: "deferred", Kind: Count, Drop: 5, Exact: deferred == 0},
		Column{Name: "de\u00adgraded", Key: "degraded", Kind: Count, Drop: 2, Exact: degraded == 0},
		Column{Name: "from cache", Key: "cache_read_share", Kind: Share, Drop: 6, Exact: cached == 0},
		Column{Name: "binds, spent at", Key: "binds", Wrap: 18},
		Column{Name: "p95 wait", Key: "wait_p95_s", Kind: Duration, Drop: 3},
		Column{Name: "spent at", Key: "spent_at", Kind: Instant, Exact: true},
		Column{Name: "offered", Kind: Count, Exact: true},
		Column{Name: "served", Kind: Count, Exact: true},
		Column{Name: "truncated", Kind: Count, Exact: true},
		Column{Name: "total", Key: "total_usd", Kind: Money, Exact: true},
		Column{Name: "set", Exact: true},
	).SetKey("steps")
	for i := range run.Steps {
		t.progress(run, &run.Steps[i])
	}
	if note := clockOf(run, false).legend(); note != "" && anyRefused(run) {
		t.Note(note)
	}
	t.restless(run, deferred, degraded)
	return t
}

func (t *Table) progress(run *result.Run, s *result.Step) {
	binds, at := bindingCell(run, s)
	share := Opt(s.ServedShare)
	tokens := Opt(s.ServedTokenShare)
	t.Row(Str(s.Name), Num(s.Cost.MonthUSD), share.Tone(shareTone(s.ServedShare)), tokens.Tone(shareTone(s.ServedTokenShare)),
		Opt(s.Cost.Per1kServedUSD), Cnt(s.Unserved), Cnt(s.Deferred), Cnt(s.Degraded), Opt(cachedShare(s)), binds, Opt(s.WaitS.P95), at,
		Cnt(s.Offered), Cnt(s.Served), Cnt(s.Truncated), Nano(s.Cost.TotalNUSD), Str(setText(s.Set)))
}

// cachedShare is the share of the served prompts' tokens that were read from
// the cache: splitting traffic over accounts and Regions dilutes it.
func cachedShare(s *result.Step) *float64 {
	if s.Tokens.Input == 0 {
		return nil
	}
	share := float64(s.Tokens.CacheRead) / float64(s.Tokens.Input)
	return &share
}

// settingsTable is what each step sets.
func settingsTable(run *result.Run) *Table {
	t := NewTable("what each step sets", Column{Name: "step", Group: true}, Column{Name: "key"}, Column{Name: "value", Wrap: 24}).SetKey("settings")
	for _, s := range run.Steps {
		for _, k := range s.Set.Keys() {
			t.Row(Str(s.Name), Str(k), Str(s.Set.Text(k)))
		}
	}
	return t
}

// restless notes what did not end by the horizon or was left out of the table.
func (t *Table) restless(run *result.Run, deferred, degraded result.Count) {
	var none []string
	if deferred == 0 {
		none = append(none, "deferred")
	}
	if degraded == 0 {
		none = append(none, "degraded")
	}
	if len(none) > 0 {
		t.Note("no request was " + strings.Join(none, " or "))
	}
	for _, s := range run.Steps {
		if s.Queued+s.InFlight > 0 {
			t.Notef("%s: %s queued and %s in flight at the horizon, neither served nor billed", s.Name,
				countText(s.Queued), countText(s.InFlight))
		}
	}
	t.truncations(run)
}

// truncations notes how many answers were cut, once for steps in a row that
// cut as many.
func (t *Table) truncations(run *result.Run) {
	for i := 0; i < len(run.Steps); {
		first, n := run.Steps[i], 1
		for i+n < len(run.Steps) && run.Steps[i+n].Truncated == first.Truncated {
			n++
		}
		i += n
		name := first.Name
		if n > 1 {
			name += " and " + run.Steps[i-1].Name
		}
		if n > 2 {
			name = first.Name + " to " + run.Steps[i-1].Name
		}
		if first.Truncated > 0 {
			t.Notef("%s: %s answers cut at max_tokens", name, countText(first.Truncated))
		}
	}
}

func shareTone(p *float64) Tone {
	switch {
	case p == nil:
		return Plain
	case *p < 0.99:
		return Bad
	case *p == 1:
		return Good
	}
	return Plain
}

func anyRefused(run *result.Run) bool {
	for _, s := range run.Steps {
		for _, c := range s.Caps {
			if c.Refused > 0 {
				return true
			}
		}
	}
	return false
}

// bindingCell names the limit that refused most calls, all pools of a model
// taken together, and when the first of them was spent.
func bindingCell(run *result.Run, s *result.Step) (binds, at Cell) {
	c := binding(s)
	if c == nil {
		if reason := otherReason(s.UnservedBy); reason != "" {
			cell := Str(reason)
			if reason == "deadline" && s.Queue != nil && s.Queue.HeldBy != nil {
				cell = cell.Note(holdText(s.Queue.HeldBy))
			}
			return cell, None()
		}
		return Str("never").Tone(Good), None()
	}
	when, mark := capClock(c, clockOf(run, run.Scenario.HorizonS < 86400))
	shown := strings.TrimSpace(limitShort(c.Limit) + " " + when + " " + mark)
	exact := Str(c.Limit).Show(shown).Note(capName(c))
	if c.SpentAt != nil {
		return exact, Str(*c.SpentAt)
	}
	return exact, None()
}

// binding is the cap to name for a step: of the limit and model with most
// refusals, the pool that was spent first; nil where nothing was refused.
func binding(s *result.Step) *result.Cap {
	sum := func(of *result.Cap) (n result.Count) {
		for i := range s.Caps {
			if c := &s.Caps[i]; c.Limit == of.Limit && c.Model == of.Model {
				n += c.Refused
			}
		}
		return n
	}
	var best *result.Cap
	var most result.Count
	for i := range s.Caps {
		c := &s.Caps[i]
		if c.Refused <= 0 {
			continue
		}
		n := sum(c)
		if best == nil || n > most || n == most && c.Limit == best.Limit && c.Model == best.Model && earlier(c, best) {
			best, most = c, n
		}
	}
	return best
}

// earlier tells whether cap a was spent before cap b, or only a was, or, where
// neither was, whether it refused first.
func earlier(a, b *result.Cap) bool {
	if a.SpentS != nil && b.SpentS != nil {
		return *a.SpentS < *b.SpentS
	}
	if a.SpentS != nil || b.SpentS != nil {
		return a.SpentS != nil
	}
	return a.FirstRefusedS != nil && b.FirstRefusedS != nil && *a.FirstRefusedS < *b.FirstRefusedS
}

// otherReason is why requests stay unserved where no limit refused.
func otherReason(u result.UnservedBy) string {
	switch {
	case u.TooLong > 0:
		return "too long"
	case u.Deadline > 0:
		return "deadline"
	case u.Capacity > 0:
		return "capacity"
	case u.Abandoned > 0:
		return "abandoned"
	}
	return ""
}

// setText is what a step sets, key by key.
func setText(set result.Settings) string {
	var out []string
	for _, k := range set.Keys() {
		out = append(out, k+" = "+set.Text(k))
	}
	return strings.Join(out, "; ")
}
