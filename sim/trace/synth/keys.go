package synth

import (
	"slices"
	"strconv"

	"quotawall/sim/tomltext"
	"quotawall/sim/unit"
)

// Key is one key of a [[traffic]] block. Keys of a table within the block are
// written with a dot: "arrivals.cv".
type Key struct {
	Name string
	Doc  string // one line
}

// Keys lists the keys of a [[traffic]] block in the order TOML writes them.
func Keys() []Key {
	list := []Key{{"class", "name of the class; default: the preset's name"}, {"preset", "where values that are not given come from"}}
	for _, f := range fields() {
		list = append(list, Key{f.name, f.doc})
	}
	return list
}

// field is a key other than class and preset: how its value is read into a
// workload, and the text of the value that reads back as what is there.
type field struct {
	name, doc string
	read      func(d *decoder, w *Workload, v any)
	show      func(w *Workload) string
}

func fields() []field {
	return slices.Concat(crowdFields(), arrivalFields(), sessionFields(), sizeFields(), followFields())
}

func crowdFields() []field {
	return []field{
		text("model", "model alias that the calls ask for", func(w *Workload) *string { return &w.Model }),
		{"models", "model aliases and their shares of the sessions: { frontier = \"80%\", fast = \"20%\" }", readModels, showModels},
		whole("users", "size of the population; users are shared by all classes", func(w *Workload) *int64 { return &w.Users }),
		number("sessions_per_day", "session starts of one user on a day of weight 1, unless rate is given", func(w *Workload) *float64 { return &w.SessionsPerDay }),
		{"rate", "calls of the class on a day of weight 1: \"2.5/s\", \"300/m\", \"90/h\" or \"5000/d\"", readRate, showRate},
		number("skew", "exponent of the Zipf law of users' activity; 0 = all alike", func(w *Workload) *float64 { return &w.Skew }),
	}
}

func arrivalFields() []field {
	return []field{
		text("arrivals.process", "how session starts follow each other: poisson, gamma, weibull or onoff", func(w *Workload) *Process { return &w.Arrivals.Process }),
		number("arrivals.cv", "coefficient of variation of the gaps between session starts", func(w *Workload) *float64 { return &w.Arrivals.CV }),
		share("arrivals.on_share", "share of time spent in bursts (onoff)", func(w *Workload) *float64 { return &w.Arrivals.OnShare }),
		share("arrivals.off_rate", "rate between bursts as a share of the mean rate (onoff)", func(w *Workload) *float64 { return &w.Arrivals.OffRate }),
		length("arrivals.burst", "mean length of a burst (onoff); 0 = from cv", func(w *Workload) *unit.Time { return &w.Arrivals.Burst }),
		numbers("profile.daily", "weights of equal parts of the local day from midnight", func(w *Workload) *[]float64 { return &w.Profile.Daily }),
		{"profile.hours", "local business hours instead of daily weights: \"09:00-18:00\", \"none\"", readHours, showHours},
		number("profile.peak", "peak/mean ratio of a smooth day instead; 0 = a flat day", func(w *Workload) *float64 { return &w.Profile.Peak }),
		share("profile.off_hours", "rate outside the hours as a share of that within", func(w *Workload) *float64 { return &w.Profile.OffHours }),
		{"profile.peak_at", "local time of the smooth day's peak: \"15:00\"", readPeakAt, func(w *Workload) string { return tomltext.Quoted(clockText(w.Profile.PeakAt)) }},
		numbers("profile.weekly", "weights of Monday to Sunday", func(w *Workload) *[]float64 { return &w.Profile.Weekly }),
		length("profile.utc_offset", "local time minus UTC: \"-5h\"", func(w *Workload) *unit.Time { return &w.Profile.Offset }),
	}
}

func sessionFields() []field {
	return []field{
		counts("turns", "turns (a person's messages) of a session; default 1", func(w *Workload) *Dist { return &w.Turns }),
		counts("steps", "calls of a turn (a tool loop); default 1", func(w *Workload) *Dist { return &w.Steps }),
		seconds("think", "time from a turn's last answer to the next turn", func(w *Workload) *Dist { return &w.Think }),
		seconds("step_gap", "time from an answer to the turn's next call", func(w *Workload) *Dist { return &w.StepGap }),
		length("service.first_token", "time to the first token that session gaps assume", func(w *Workload) *unit.Time { return &w.Service.FirstToken }),
		length("service.per_token", "time per further token that session gaps assume", func(w *Workload) *unit.Time { return &w.Service.PerToken }),
	}
}

func sizeFields() []field {
	return []field{
		counts("prompt", "tokens of a session's first prompt, shared part included", func(w *Workload) *Dist { return &w.Prompt }),
		counts("growth", "tokens that a call adds to the session's last prompt", func(w *Workload) *Dist { return &w.Growth }),
		text("history", "what the next prompt re-sends: append (prompt and answer), total (prompt; growth includes the answer) or fresh", func(w *Workload) *History { return &w.History }),
		share("rebuild", "share of calls that repeat only the shared part", func(w *Workload) *float64 { return &w.Rebuild }),
		whole("compaction.above", "tokens above which the history is compacted; 0 = never", func(w *Workload) *int64 { return &w.Compaction.Above }),
		whole("compaction.top", "the same for sessions that begin above it; 0 = never", func(w *Workload) *int64 { return &w.Compaction.Top }),
		share("compaction.share", "share of calls before which the history is compacted at random", func(w *Workload) *float64 { return &w.Compaction.Share }),
		counts("compaction.to", "tokens of the prompt after compaction", func(w *Workload) *Dist { return &w.Compaction.To }),
		counts("compaction.ratio", "share of the prompt that stays at compaction, instead of to", func(w *Workload) *Dist { return &w.Compaction.Ratio }),
		whole("shared_prompt", "tokens of system prompt and tools that begin every prompt", func(w *Workload) *int64 { return &w.SharedPrompt }),
		text("reuse", "what a cache can find again: session, system or both", func(w *Workload) *Reuse { return &w.Reuse }),
		counts("output", "tokens of an answer", func(w *Workload) *Dist { return &w.Output }),
		{"max_tokens", "the calls' max_tokens: a number, \"model\" (unset) or \"scenario\"", readMax, showMax},
	}
}

func followFields() []field {
	return []field{
		text("after.class", "class whose events cause this one's calls", func(w *Workload) *string { return &w.After.Class }),
		text("after.on", "the event: session, turn, step, compaction or end", func(w *Workload) *Event { return &w.After.On }),
		whole("after.every", "every n-th such event of a session; default 1", func(w *Workload) *int64 { return &w.After.Every }),
		seconds("after.delay", "time from the event to the call", func(w *Workload) *Dist { return &w.After.Delay }),
		{"after.whole", "true: the call re-sends the session's whole history", readWhole, showWhole},
	}
}

// text is a key whose value is a word.
func text[T ~string](name, doc string, at func(*Workload) *T) field {
	return field{name, doc,
		func(d *decoder, w *Workload, v any) {
			if s, ok := v.(string); ok {
				*at(w) = T(s)
				return
			}
			d.complain(name, "", "is not a text")
		},
		func(w *Workload) string { return tomltext.Quoted(string(*at(w))) },
	}
}

func whole(name, doc string, at func(*Workload) *int64) field {
	return field{name, doc,
		func(d *decoder, w *Workload, v any) { d.whole(name, v, at(w)) },
		func(w *Workload) string { return strconv.FormatInt(*at(w), 10) },
	}
}

func number(name, doc string, at func(*Workload) *float64) field {
	return field{name, doc,
		func(d *decoder, w *Workload, v any) { d.number(name, v, at(w)) },
		func(w *Workload) string { return showFloat(*at(w)) },
	}
}

func share(name, doc string, at func(*Workload) *float64) field {
	return field{name, doc,
		func(d *decoder, w *Workload, v any) { d.share(name, v, at(w)) },
		func(w *Workload) string { return showFloat(*at(w)) },
	}
}

func length(name, doc string, at func(*Workload) *unit.Time) field {
	return field{name, doc,
		func(d *decoder, w *Workload, v any) { d.length(name, v, at(w)) },
		func(w *Workload) string { return tomltext.Quoted(at(w).String()) },
	}
}

func numbers(name, doc string, at func(*Workload) *[]float64) field {
	return field{name, doc,
		func(d *decoder, w *Workload, v any) { d.numbers(name, v, d.number, at(w)) },
		func(w *Workload) string { return showFloats(*at(w)) },
	}
}

// counts is a key whose value is a distribution of counts.
func counts(name, doc string, at func(*Workload) *Dist) field {
	return field{name, doc,
		func(d *decoder, w *Workload, v any) { d.dist(name, v, d.number, at(w)) },
		func(w *Workload) string { return showDist(at(w)) },
	}
}

// seconds is a key whose value is a distribution of time: its values may be
// durations.
func seconds(name, doc string, at func(*Workload) *Dist) field {
	return field{name, doc,
		func(d *decoder, w *Workload, v any) { d.dist(name, v, d.seconds, at(w)) },
		func(w *Workload) string { return showDist(at(w)) },
	}
}
