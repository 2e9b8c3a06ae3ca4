package synth

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"quotawall/sim/unit"
)

// dist reads a distribution: a number, which is constant, or a table of
// parameters whose kind may be left out where they tell it. An empty table is
// "not given".
func (d *decoder) dist(key string, v any, one reading, to *Dist) {
	table, isTable := v.(map[string]any)
	if !isTable {
		var x float64
		if one(key, v, &x) {
			*to = Const(x)
		}
		return
	}
	var out Dist
	if onlyTruncates(table) {
		out = *to
	}
	if !d.parameters(key, table, one, &out) {
		return
	}
	if out.Kind == "" && len(table) > 0 {
		if out.Kind = impliedKind(table); out.Kind == "" {
			d.complain(key, "known: constant, lognormal, pareto, exponential, uniform, table, quantiles", "needs a kind")
			return
		}
	}
	*to = out
}

// onlyTruncates: the table gives bounds for a distribution that is there.
func onlyTruncates(table map[string]any) bool {
	for key := range table {
		if key != "min" && key != "max" && key != "redraw" {
			return false
		}
	}
	return len(table) > 0
}

func impliedKind(table map[string]any) Kind {
	for _, k := range []struct {
		key  string
		kind Kind
	}{{"value", Constant}, {"p50", Lognormal}, {"mu", Lognormal}, {"alpha", Pareto}, {"high", Uniform}} {
		if _, ok := table[k.key]; ok {
			return k.kind
		}
	}
	return ""
}

// parameters reads a distribution's table and reports whether it has no
// mistake.
func (d *decoder) parameters(key string, table map[string]any, one reading, out *Dist) bool {
	fine := true
	for _, name := range slices.Sorted(maps.Keys(table)) {
		v, full := table[name], key+"."+name
		switch name {
		case "kind":
			s, ok := v.(string)
			if !ok {
				d.complain(full, "", "is not a text")
			}
			out.Kind, fine = Kind(s), fine && ok
		case "redraw":
			b, ok := v.(bool)
			if !ok {
				d.complain(full, "", "is neither true nor false")
			}
			out.Redraw, fine = b, fine && ok
		case "x":
			fine = d.numbers(full, v, one, &out.X) && fine
		case "p":
			fine = d.numbers(full, v, d.share, &out.P) && fine
		case "mu", "sigma", "alpha":
			fine = d.number(full, v, out.parameter(name)) && fine
		default:
			p := out.parameter(name)
			if p == nil {
				d.complain(full, suggest(name, distNames()), "unknown key")
				fine = false
				continue
			}
			fine = one(full, v, p) && fine
		}
	}
	return fine
}

// distNames are the keys of a distribution's table, in the order they are
// written.
func distNames() []string {
	return []string{"kind", "value", "mu", "sigma", "p50", "p90", "low", "high", "alpha", "x", "p", "min", "max", "redraw"}
}

// parameter is the number called name; nil where none is.
func (d *Dist) parameter(name string) *float64 {
	switch name {
	case "value":
		return &d.Value
	case "mu":
		return &d.Mu
	case "sigma":
		return &d.Sigma
	case "p50":
		return &d.P50
	case "p90":
		return &d.P90
	case "low":
		return &d.Low
	case "high":
		return &d.High
	case "alpha":
		return &d.Alpha
	case "min":
		return &d.Min
	case "max":
		return &d.Max
	}
	return nil
}

// readModels keeps the aliases in alphabetical order: a table has none.
func readModels(d *decoder, w *Workload, v any) {
	table, ok := v.(map[string]any)
	if !ok {
		d.complain("models", "write it as { frontier = \"80%\", fast = \"20%\" }", "is not a table of shares")
		return
	}
	var list []Share
	for _, alias := range slices.Sorted(maps.Keys(table)) {
		m := Share{Model: alias}
		if d.share("models."+alias, table[alias], &m.Weight) {
			list = append(list, m)
		}
	}
	w.Models = list
}

// readRate reads "2.5/s".
func readRate(d *decoder, w *Workload, v any) {
	s, _ := v.(string)
	count, per, _ := strings.Cut(s, "/")
	x, err := strconv.ParseFloat(strings.TrimSpace(count), 64)
	seconds, ok := map[string]float64{"s": 1, "m": 60, "h": 3600, "d": 86400}[strings.TrimSpace(per)]
	if err != nil || !ok || !(x >= 0 && x <= maxValue) {
		d.complain("rate", "write \"2.5/s\", \"300/m\", \"90/h\" or \"5000/d\"", "is not a number of calls per time")
		return
	}
	w.Rate = x / seconds
}

func readHours(d *decoder, w *Workload, v any) {
	s, _ := v.(string)
	if s == "none" {
		w.Profile.HoursFrom, w.Profile.HoursTo = 0, 0
		return
	}
	a, b, _ := strings.Cut(s, "-")
	from, ok1 := clockTime(a)
	to, ok2 := clockTime(b)
	if !ok1 || !ok2 {
		d.complain("profile.hours", "write \"09:00-18:00\"", "is not a range of times of day")
		return
	}
	w.Profile.HoursFrom, w.Profile.HoursTo = from, to
}

func readPeakAt(d *decoder, w *Workload, v any) {
	s, _ := v.(string)
	t, ok := clockTime(s)
	if !ok {
		d.complain("profile.peak_at", "write \"15:00\"", "is not a time of day")
		return
	}
	w.Profile.PeakAt = t
}

// clockTime reads a time of day, "15:00", or as a length of time from midnight.
func clockTime(s string) (unit.Time, bool) {
	h, m, isClock := strings.Cut(strings.TrimSpace(s), ":")
	if !isClock {
		t, err := unit.ParseTime(h)
		return t, err == nil && t >= 0
	}
	hour, err1 := strconv.ParseUint(h, 10, 8)
	minute, err2 := strconv.ParseUint(m, 10, 8)
	if err1 != nil || err2 != nil || hour > 24 || minute > 59 || hour == 24 && minute > 0 {
		return 0, false
	}
	return unit.Time(hour)*unit.Hour + unit.Time(minute)*unit.Minute, true
}

func readMax(d *decoder, w *Workload, v any) {
	switch v {
	case "model":
		w.MaxTokens = -1
		return
	case "scenario":
		w.MaxTokens = 0
		return
	}
	n, ok := v.(int64)
	if !ok || n <= 0 {
		d.complain("max_tokens", "", "is neither a whole number above 0 nor \"model\" or \"scenario\"")
		return
	}
	w.MaxTokens = n
}

func readWhole(d *decoder, w *Workload, v any) {
	b, ok := v.(bool)
	if !ok {
		d.complain("after.whole", "", "is neither true nor false")
		return
	}
	w.After.Whole = b
}
