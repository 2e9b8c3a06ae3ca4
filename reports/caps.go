package reports

import (
	"fmt"
	"strings"

	"quotawall/scenarios/result"
)

// Caps is the table of limits: those that refused something for people, all in
// CSV and JSON.
func Caps(run *result.Run) *Table {
	t := newCaps(run)
	at := clockOf(run, true)
	unmet := 0
	for i := range run.Steps {
		unmet += t.stepCaps(&run.Steps[i], at)
	}
	if unmet == t.Len() && unmet > 0 {
		t.Note("no limit refused a call")
	}
	if unmet > 0 {
		t.Notef("%d more limits (over all steps) refused nothing; csv and json list them", unmet)
	}
	t.Note("RPM, TPM: requests and tokens a minute; TPD: tokens a day; peak use counts reservations, as a share of the limit")
	if s := at.legend(); s != "" {
		t.Note(s)
	}
	return t
}

// newCaps is the table without rows; what all caps share is not shown.
func newCaps(run *result.Run) *Table {
	accounts, regions := map[string]bool{}, map[string]bool{}
	for _, s := range run.Steps {
		for _, c := range s.Caps {
			accounts[c.Account] = true
			regions[c.Region+" "+c.Scope] = true
		}
	}
	return NewTable("caps that were met",
		Column{Name: "step", Group: true},
		Column{Name: "model"},
		Column{Name: "account", Drop: 2, Exact: len(accounts) < 2},
		Column{Name: "region", Drop: 4, Exact: len(regions) < 2},
		Column{Name: "scope", Drop: 5, Exact: len(regions) < 2},
		Column{Name: "limit"},
		Column{Name: "value", Kind: Count},
		Column{Name: "first refused", Key: "first_refused_at", Kind: Instant},
		Column{Name: "spent", Key: "spent_at", Kind: Instant},
		Column{Name: "days hit", Key: "refused_days", Kind: Count, Drop: 3},
		Column{Name: "calls refused", Key: "refused", Kind: Count, Drop: 1},
		Column{Name: "peak use", Key: "peak_share", Kind: Share, Drop: 6},
		Column{Name: "peak use", Key: "peak_use", Kind: Count, Exact: true},
		Column{Name: "by reservation", Kind: Text, Exact: true},
		Column{Name: "refused by reservation", Kind: Count, Exact: true},
		Column{Name: "too large", Kind: Count, Exact: true},
		Column{Name: "also full", Kind: Count, Exact: true},
		Column{Name: "adjustable", Exact: true},
	).SetKey("caps")
}

// stepCaps adds a step's caps and returns how many refused nothing.
func (t *Table) stepCaps(s *result.Step, at clock) int {
	unmet := 0
	for i := range s.Caps {
		c := &s.Caps[i]
		cells := capCells(s.Name, c, at)
		if c.Refused > 0 {
			t.Row(cells...)
			continue
		}
		unmet++
		t.ExactRow(cells...)
	}
	return unmet
}

func capCells(step string, c *result.Cap, at clock) []Cell {
	first, spent := OptStr(c.FirstRefusedAt), OptStr(c.SpentAt)
	if c.FirstRefusedAt != nil {
		first = first.Show(at.text(*c.FirstRefusedAt))
	}
	if _, mark := capClock(c, at); c.SpentAt != nil {
		spent = spent.Show(at.text(*c.SpentAt))
	} else if mark != "" {
		spent = spent.Show(mark).Note(markMeaning(mark))
	}
	limit := Str(c.Limit).Show(limitShort(c.Limit))
	if c.Note != "" {
		limit = limit.Note(c.Note)
	}
	peak := None()
	if c.Value > 0 {
		peak = Num(float64(c.PeakUse) / float64(c.Value))
	}
	reserved := None()
	if c.ByReservation != nil {
		reserved = Str(fmt.Sprint(*c.ByReservation))
	}
	return []Cell{
		Str(step), Str(ModelName(c.Model)), Str(c.Account), Str(c.Region), Str(c.Scope), limit, Int(c.Value), first, spent,
		Cnt(c.RefusedDays), Cnt(c.Refused), peak, Cnt(c.PeakUse), reserved, Cnt(c.RefusedByReservation), Cnt(c.TooLarge),
		Cnt(c.AlsoFull), Str(fmt.Sprint(c.Adjustable)),
	}
}

// capClock is the clock time of a cap: when it was spent; else when it first
// refused, with the reason why that is not the same.
func capClock(c *result.Cap, at clock) (when, mark string) {
	switch {
	case c.Value == 0 && c.Refused > 0:
		return "", "quota is 0"
	case c.SpentAt != nil:
		return at.text(*c.SpentAt), ""
	case c.FirstRefusedAt == nil:
		return "", ""
	}
	return at.text(*c.FirstRefusedAt), RefusedMark(c)
}

// RefusedMark is why a cap that was never spent first refused, in a word.
func RefusedMark(c *result.Cap) string {
	switch {
	case c.ByReservation != nil && *c.ByReservation:
		return "reserved"
	case c.FirstTooLarge:
		return "too large"
	}
	return "max_tokens"
}

// markMeaning explains the word that stands for a missing clock time.
func markMeaning(mark string) string {
	switch mark {
	case "quota is 0":
		return "the limit is 0: every call is refused"
	case "reserved":
		return "reserved: full of reservations (max_tokens) of calls in flight, not of tokens used; never spent"
	case "too large":
		return "too large: the call alone exceeds the limit; never spent"
	}
	return "max_tokens: the call's own reservation did not fit beside settled use; what it used would have; never spent"
}

// limitShort is a limit's usual short name.
func limitShort(limit string) string {
	switch limit {
	case "requests_per_minute":
		return "RPM"
	case "tokens_per_minute":
		return "TPM"
	case "tokens_per_day":
		return "TPD"
	case "tokens_per_day_account":
		return "TPD-all"
	case "input_tokens_per_minute":
		return "ITPM"
	case "output_tokens_per_minute":
		return "OTPM"
	}
	return strings.ReplaceAll(limit, "_", " ")
}

// capName says which limit it is in words.
func capName(c *result.Cap) string {
	return fmt.Sprintf("%s %s of %s, account %s, %s %s", strings.ReplaceAll(c.Limit, "_", " "), group(fmt.Sprint(c.Value)), ModelName(c.Model), c.Account, c.Region, c.Scope)
}

// ModelName is a limit's model in words.
func ModelName(id string) string {
	if id == "*" {
		return "all models"
	}
	return id
}
