package reports

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"quotawall/scenarios/result"
)

// RunTables are all tables of a run: the progression, caps, reasons, classes,
// lanes, the bill, readings, intervals and differences, assumptions and notes;
// those without rows are left out.
func RunTables(run *result.Run) []*Table {
	all := []*Table{
		Progression(run), settingsTable(run), headlineIntervals(run), Caps(run), unservedTable(run), classTable(run), laneTable(run), endpointTable(run), queueTable(run), boughtTable(run),
		Bill(run), readingTable(run), intervalTable(run), differenceTable(run), Assumptions(run),
	}
	return slices.DeleteFunc(all, func(t *Table) bool { return t.Len() == 0 })
}

// Headline is what a terminal shows of a run: the progression, the caps that
// were met, why requests stay unserved, readings, assumptions and notes.
func Headline(run *result.Run) []*Table {
	all := []*Table{Progression(run), headlineIntervals(run), Caps(run), unservedTable(run), endpointTable(run), queueTable(run), boughtTable(run), readingTable(run), Assumptions(run)}
	return slices.DeleteFunc(all, func(t *Table) bool { return t.Len() == 0 })
}

// WriteRun writes a run in a format of Write; json is the run's own contract,
// not the tables, and table is the headline.
func WriteRun(w io.Writer, run *result.Run, format string, width int, color bool) error {
	switch format {
	case "json":
		return WriteResultJSON(w, run)
	case "table":
		return Write(w, format, width, color, Headline(run)...)
	}
	return Write(w, format, width, color, RunTables(run)...)
}

// clock names instants by the day of the run, d1 being the UTC date of its
// start.
type clock struct {
	start   time.Time
	seconds bool // show seconds
}

func clockOf(run *result.Run, seconds bool) clock {
	start, err := time.Parse(time.RFC3339Nano, run.Scenario.Start)
	if err != nil {
		return clock{seconds: seconds}
	}
	return clock{start: start.UTC(), seconds: seconds}
}

// text is an RFC 3339 instant as "d1 09:41".
func (c clock) text(at string) string {
	t, err := time.Parse(time.RFC3339Nano, at)
	if err != nil || c.start.IsZero() {
		return at
	}
	t = t.UTC()
	midnight := c.start.Truncate(24 * time.Hour)
	layout := "15:04"
	if c.seconds {
		layout = "15:04:05"
	}
	return fmt.Sprintf("d%d %s", int(t.Sub(midnight)/(24*time.Hour))+1, t.Format(layout))
}

// legend says what d1 is.
func (c clock) legend() string {
	if c.start.IsZero() {
		return ""
	}
	return "d1 is " + c.start.Format("Mon 2 Jan 2006") + "; times are UTC"
}

// runTitle is one line on what was simulated.
func runTitle(run *result.Run) string {
	s := run.Scenario
	requests := run.Trace.Requests
	if len(run.Steps) > 0 {
		requests = run.Steps[0].Offered
	}
	parts := []string{
		fmt.Sprintf("%s requests over %s", countText(requests), spanText(s.HorizonS)),
		"ruleset " + run.Ruleset, "prices of " + run.CatalogAsOf, fmt.Sprintf("seed %d", s.Seed),
	}
	if s.Replications > 1 {
		parts = append(parts, fmt.Sprintf("mean of %d replications", s.Replications))
	}
	return s.Name + ": " + strings.Join(parts, ", ")
}

// spanText is a span of seconds in one unit.
func spanText(s float64) string {
	switch {
	case s >= 2*86400 || s == 86400:
		return Num(s/86400).short() + " d"
	case s >= 2*3600:
		return Num(s/3600).short() + " h"
	case s >= 120:
		return Num(s/60).short() + " min"
	}
	return Num(s).short() + " s"
}

// countText is a count in a sentence: whole, or a mean with one decimal.
func countText(n result.Count) string { return Cnt(n).short() }

// short is the number with at most one decimal.
func (c Cell) short() string {
	return group(strings.TrimSuffix(fmt.Sprintf("%.1f", c.num), ".0"))
}

// unservedTable counts unserved requests by reason, reasons that occur only.
func unservedTable(run *result.Run) *Table {
	names := []string{"requests_per_minute", "tokens_per_minute", "tokens_per_day", "tokens_per_day_account", "too_long", "capacity", "deadline", "abandoned"}
	rows := make([][]result.Count, len(run.Steps))
	sum := make([]result.Count, len(names))
	for i, s := range run.Steps {
		u := s.UnservedBy
		rows[i] = []result.Count{u.RequestsPerMinute, u.TokensPerMinute, u.TokensPerDay, u.TokensPerDayAccount, u.TooLong, u.Capacity, u.Deadline, u.Abandoned}
		for j, n := range rows[i] {
			sum[j] += n
		}
	}
	cols := []Column{{Name: "step", Wrap: 16}, {Name: "unserved", Kind: Count}}
	for j, n := range names {
		cols = append(cols, Column{Name: strings.ReplaceAll(n, "_", " "), Key: n, Kind: Count, Exact: sum[j] == 0})
	}
	cols = append(cols, Column{Name: "abandoned after", Wrap: 16, Exact: sum[len(sum)-1] == 0})
	t := NewTable("unserved requests by the reason that was last", cols...).SetKey("unserved")
	for i, s := range run.Steps {
		if s.Unserved == 0 {
			continue
		}
		cells := []Cell{Str(s.Name), Cnt(s.Unserved)}
		for _, n := range rows[i] {
			cells = append(cells, Cnt(n))
		}
		t.Row(append(cells, Str(abandonedText(s.AbandonedBy)))...)
	}
	return t
}

func abandonedText(by map[string]result.Count) string {
	var parts []string
	for _, limit := range slices.Sorted(maps.Keys(by)) {
		if by[limit] > 0 {
			parts = append(parts, limitShort(limit)+" "+countText(by[limit]))
		}
	}
	return strings.Join(parts, ", ")
}

// Assumptions are the run's assumptions, notes and origin, one a row.
func Assumptions(run *result.Run) *Table {
	t := NewTable("assumptions and notes", Column{Name: "what"}, Column{Name: "text", Wrap: 24}).SetKey("assumptions")
	for _, a := range run.Assumptions {
		t.Row(Str("assumed"), Str(a))
	}
	for _, n := range run.Notes {
		t.Row(Str("note"), Str(n))
	}
	for _, s := range run.Steps {
		for _, n := range s.Notes {
			t.Row(Str("note"), Str(s.Name+": "+n))
		}
	}
	said := map[string]bool{}
	for _, s := range run.Steps {
		for _, limit := range slices.Sorted(maps.Keys(s.Messages)) {
			if text := limitShort(limit) + ": " + s.Messages[limit]; !said[text] {
				said[text] = true
				t.Row(Str("AWS says"), Str(text))
			}
		}
	}
	switch {
	case run.Scenario.Deterministic:
		t.Row(Str("interval"), Str("nothing random was drawn: one replay is exact"))
	case run.Scenario.Replications > 1:
		t.Row(Str("interval"), Str(fmt.Sprintf("95 %% Student-t intervals over %d replications", run.Scenario.Replications)))
	default:
		t.Row(Str("interval"), Str("one replication: --reps gives intervals"))
	}
	return t
}
