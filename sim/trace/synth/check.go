package synth

import (
	"fmt"
	"slices"
)

// mistakes appends what is wrong with one workload by itself.
func (w *Workload) mistakes(list []string) []string {
	name := fmt.Sprintf("class %q", w.Class)
	bad := func(format string, args ...any) { list = append(list, name+": "+fmt.Sprintf(format, args...)) }
	if w.Class == "" {
		list = append(list, "class \"\": give the class a name")
	}
	if w.Users < 0 || w.Users > MaxUsers {
		bad("users %d is not between 0 and %d", w.Users, int64(MaxUsers))
	}
	if !(w.Rate >= 0 && w.Rate <= MaxRate) {
		bad("rate of %g a second is not between 0 and %g", w.Rate, float64(MaxRate))
	}
	if !(w.SessionsPerDay >= 0 && w.SessionsPerDay <= 1e6) {
		bad("sessions_per_day %g is not between 0 and 1000000", w.SessionsPerDay)
	}
	if !(w.Skew >= 0 && w.Skew <= 10) {
		bad("skew %g is not between 0 and 10", w.Skew)
	}
	if !(w.Rebuild >= 0 && w.Rebuild <= 1) {
		bad("rebuild %g is no share", w.Rebuild)
	}
	if !(w.Compaction.Share >= 0 && w.Compaction.Share <= 1) || w.Compaction.Above < 0 {
		bad("compaction above %d tokens or at a share of %g of the calls is out of range", w.Compaction.Above, w.Compaction.Share)
	}
	list = w.words(name, list)
	list = w.shares(name, list)
	list = w.driven(name, list)
	list = w.Profile.mistakes(name, list)
	list = w.Arrivals.mistakes(name, list)
	return w.distMistakes(name, list)
}

// words checks sizes and the fields that are one of a few words.
func (w *Workload) words(name string, list []string) []string {
	bad := func(format string, args ...any) { list = append(list, name+": "+fmt.Sprintf(format, args...)) }
	if w.SharedPrompt < 0 || w.SharedPrompt > 1e9 || w.MaxTokens < -1 {
		bad("shared_prompt %d or max_tokens %d is out of range", w.SharedPrompt, w.MaxTokens)
	}
	if w.Service.FirstToken < 0 || w.Service.PerToken < 0 {
		bad("service times must not be negative")
	}
	if !slices.Contains([]History{"", Append, Total, Fresh}, w.History) {
		bad("unknown history %q (known: append, total, fresh)", w.History)
	}
	if !slices.Contains([]Reuse{"", ReuseSession, ReuseSystem, ReuseBoth}, w.Reuse) {
		bad("unknown reuse %q (known: session, system, both)", w.Reuse)
	}
	return list
}

// shares checks the models.
func (w *Workload) shares(name string, list []string) []string {
	bad := func(format string, args ...any) { list = append(list, name+": "+fmt.Sprintf(format, args...)) }
	sum := 0.0
	for _, m := range w.Models {
		if !(m.Weight >= 0 && m.Weight <= 1e6) {
			bad("share %g of model %q is not between 0 and 1000000", m.Weight, m.Model)
		}
		sum += m.Weight
	}
	if len(w.Models) > 0 && sum == 0 {
		bad("the shares of its models are all 0")
	}
	return list
}

// driven checks that something makes the class send.
func (w *Workload) driven(name string, list []string) []string {
	own := w.Rate != 0 || w.Users != 0 && w.SessionsPerDay != 0
	switch {
	case w.After.Class == "" && !own:
		list = append(list, name+": sends nothing: give a rate, or users and sessions_per_day, or after = { class = ... }")
	case w.After.Class != "" && (w.Rate > 0 || w.SessionsPerDay > 0):
		list = append(list, name+": a class that follows another has no rate or sessions_per_day of its own")
	case w.After.Class != "" && !(w.Turns.one() && w.Steps.one()):
		list = append(list, name+": a class that follows another sends single calls: turns and steps must be 1")
	}
	return list
}

func (w *Workload) distMistakes(name string, list []string) []string {
	for _, d := range []struct {
		name string
		dist *Dist
		must bool
	}{
		{"turns", &w.Turns, false}, {"steps", &w.Steps, false}, {"think", &w.Think, !w.Turns.one()}, {"step_gap", &w.StepGap, !w.Steps.one()},
		{"prompt", &w.Prompt, true}, {"output", &w.Output, true}, {"growth", &w.Growth, false},
		{"compaction.to", &w.Compaction.To, false}, {"compaction.ratio", &w.Compaction.Ratio, false}, {"after.delay", &w.After.Delay, false},
	} {
		if d.must && !d.dist.Given() {
			list = append(list, name+": "+d.name+" is missing")
		}
		list = d.dist.mistakes(name+": "+d.name, list)
	}
	return list
}

// mistakes appends what is wrong with what w follows.
func (a *After) mistakes(w *Workload, all []Workload, list []string) []string {
	if a.Class == "" {
		return list
	}
	name := fmt.Sprintf("class %q: after", w.Class)
	i := slices.IndexFunc(all, func(v Workload) bool { return v.Class == a.Class })
	switch {
	case i < 0:
		return append(list, fmt.Sprintf("%s: no class %q", name, a.Class))
	case all[i].After.Class != "":
		list = append(list, fmt.Sprintf("%s: class %q follows another itself; follow that one", name, a.Class))
	case a.Whole && all[i].Single():
		list = append(list, fmt.Sprintf("%s: class %q sends single calls, which have no history to re-send whole", name, a.Class))
	}
	if !slices.Contains([]Event{OnSession, OnTurn, OnStep, OnCompact, OnEnd}, a.On) {
		list = append(list, fmt.Sprintf("%s: unknown event %q (known: session, turn, step, compaction, end)", name, a.On))
	}
	if a.Every < 0 {
		list = append(list, fmt.Sprintf("%s: every %d is negative", name, a.Every))
	}
	return list
}
