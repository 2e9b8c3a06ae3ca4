package study

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"quotawall/scenarios/result"
)

// Diff lists what changed between two runs: their inputs, the prices on their
// bills, and the figures and caps of the steps that both have, by name.
func Diff(oldName string, old *result.Run, newName string, fresh *result.Run) *result.Diff {
	d := &result.Diff{Schema: result.DiffSchema, Old: oldName, New: newName, CatalogMoved: old.CatalogAsOf != fresh.CatalogAsOf}
	d.Inputs = inputsChanged(old, fresh)
	d.Prices = texts2(prices(old), prices(fresh))
	for i := range old.Steps {
		if j := stepNamed(fresh, old.Steps[i].Name); j >= 0 {
			if s := stepDiff(&old.Steps[i], &fresh.Steps[j]); len(s.Set)+len(s.Figures)+len(s.Caps) > 0 {
				d.Steps = append(d.Steps, s)
			}
		} else {
			d.Removed = append(d.Removed, old.Steps[i].Name)
		}
	}
	for _, s := range fresh.Steps {
		if stepNamed(old, s.Name) < 0 {
			d.Added = append(d.Added, s.Name)
		}
	}
	d.Equal = len(d.Inputs)+len(d.Prices)+len(d.Steps)+len(d.Added)+len(d.Removed) == 0
	return d
}

func stepNamed(run *result.Run, name string) int {
	return slices.IndexFunc(run.Steps, func(s result.Step) bool { return s.Name == name })
}

func inputsChanged(old, fresh *result.Run) []result.Changed {
	var out []result.Changed
	add := func(what string, a, b any) {
		if a != b {
			out = append(out, result.Changed{What: what, Old: plainText(a), New: plainText(b)})
		}
	}
	add("catalog", old.CatalogAsOf, fresh.CatalogAsOf)
	add("ruleset", old.Ruleset, fresh.Ruleset)
	add("scenario", old.Scenario.Name, fresh.Scenario.Name)
	add("start", old.Scenario.Start, fresh.Scenario.Start)
	add("horizon, s", old.Scenario.HorizonS, fresh.Scenario.HorizonS)
	add("seed", old.Scenario.Seed, fresh.Scenario.Seed)
	add("replications", old.Scenario.Replications, fresh.Scenario.Replications)
	add("requests in the trace", float64(old.Trace.Requests), float64(fresh.Trace.Requests))
	add("span of the trace, s", old.Trace.SpanS, fresh.Trace.SpanS)
	add("input tokens", float64(old.Trace.InputTokens), float64(fresh.Trace.InputTokens))
	add("output tokens", float64(old.Trace.OutputTokens), float64(fresh.Trace.OutputTokens))
	add("rows left out", old.Trace.SkippedRows, fresh.Trace.SkippedRows)
	out = append(out, settingsChanged(old.Scenario.Settings, fresh.Scenario.Settings)...)
	return append(out, texts2(listed(old.Assumptions), listed(fresh.Assumptions))...)
}

// plainText is a value as people write it: numbers without an exponent.
func plainText(v any) string {
	if f, ok := v.(float64); ok {
		return strconv.FormatFloat(f, 'f', -1, 64)
	}
	return fmt.Sprint(v)
}

// settingsChanged lists the keys with other values, but for those whose effect
// the results state themselves; nothing where one result does not say its keys.
func settingsChanged(old, fresh result.Settings) []result.Changed {
	if old == nil || fresh == nil {
		return nil
	}
	stated := []string{"title", "ruleset", "start", "horizon", "seed", "replications"}
	return slices.DeleteFunc(texts2(old.Texts(), fresh.Texts()), func(c result.Changed) bool { return slices.Contains(stated, c.What) })
}

// listed makes texts comparable by what they begin with.
func listed(texts []string) map[string]string {
	out := map[string]string{}
	for i, s := range texts {
		key := s
		for j, c := range s {
			if c == ':' {
				key = s[:j]
				break
			}
		}
		if _, twice := out[key]; twice {
			key = fmt.Sprintf("%s (%d)", key, i)
		}
		out[key] = s
	}
	return out
}

// prices lists the rates of a run's bills.
func prices(run *result.Run) map[string]string {
	out := map[string]string{}
	for _, s := range run.Steps {
		for _, l := range s.Cost.Lines {
			key := strings.TrimRight(fmt.Sprintf("%s %s %s %s %s %s %s", l.Item, l.Lane, l.Scope, l.Model, l.Kind, l.Band, l.Period), " ")
			out[key] = fmt.Sprintf("%s a %s (%s)", l.RateUSD, l.Unit, l.AsOf)
		}
	}
	return out
}

// texts2 lists what differs between two sets of named texts, by name; what only
// one of them has stands against nothing.
func texts2(old, fresh map[string]string) []result.Changed {
	names := slices.Collect(maps.Keys(old))
	for k := range fresh {
		if _, both := old[k]; !both {
			names = append(names, k)
		}
	}
	slices.Sort(names)
	var out []result.Changed
	for _, k := range names {
		if old[k] != fresh[k] {
			out = append(out, result.Changed{What: k, Old: old[k], New: fresh[k]})
		}
	}
	return out
}

func stepDiff(old, fresh *result.Step) result.StepDiff {
	d := result.StepDiff{Step: old.Name, Set: texts2(old.Set.Texts(), fresh.Set.Texts()), Caps: texts2(capTimes(old), capTimes(fresh))}
	after := fresh.Figures()
	for i, f := range old.Figures() {
		if c, changed := figureChange(f.Name, f.Value, after[i].Value); changed {
			d.Figures = append(d.Figures, c)
		}
	}
	return d
}

func figureChange(name string, a, b *float64) (result.FigureChange, bool) {
	c := result.FigureChange{Figure: name, Old: a, New: b}
	if a == nil || b == nil {
		return c, a != b
	}
	change := *b - *a
	c.Change = &change
	if *a != 0 {
		percent := 100 * change / *a
		c.Percent = &percent
	}
	return c, change != 0
}

// capTimes says of each limit when it first refused and when it was spent.
func capTimes(s *result.Step) map[string]string {
	out := map[string]string{}
	for _, c := range s.Caps {
		key := fmt.Sprintf("%s of %s, account %s, %s", c.Limit, c.Model, c.Account, c.Region)
		out[key] = fmt.Sprintf("value %d, first refused %s, spent %s", c.Value, orNever(c.FirstRefusedAt), orNever(c.SpentAt))
	}
	return out
}

func orNever(at *string) string {
	if at == nil {
		return "never"
	}
	return *at
}
