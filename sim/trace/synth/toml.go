package synth

import (
	"fmt"
	"strconv"
	"strings"

	"quotawall/sim/tomltext"
	"quotawall/sim/unit"
)

// TOML is the [[traffic]] block of the workload, which FromTable reads back to
// an equal one: the class, the preset, and what differs from it.
func (w *Workload) TOML() string {
	base, _ := Preset(w.Preset)
	if w.After.Class != "" {
		base.SessionsPerDay, base.Rate = 0, 0
	}
	var b strings.Builder
	b.WriteString("[[traffic]]\nclass = " + tomltext.Quoted(w.Class) + "\n")
	if w.Preset != "" {
		b.WriteString("preset = " + tomltext.Quoted(w.Preset) + "\n")
	}
	reshaped := w.shape() != base.shape()
	var zero Workload
	for _, f := range fields() {
		value := f.show(w)
		if value != f.show(&base) || reshaped && shapesDay(f.name) && value != f.show(&zero) {
			b.WriteString(f.name + " = " + value + "\n")
		}
	}
	return b.String()
}

// shapesDay: a block that gives one of these keys drops the preset's others.
func shapesDay(key string) bool {
	return key == "profile.daily" || key == "profile.hours" || key == "profile.peak"
}

// shape is the shape of the workload's day.
func (w *Workload) shape() string {
	return showFloats(w.Profile.Daily) + showHours(w) + showFloat(w.Profile.Peak)
}

// showFloat is the shortest text that reads back as x.
func showFloat(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }

func showFloats(list []float64) string {
	texts := make([]string, len(list))
	for i, x := range list {
		texts[i] = showFloat(x)
	}
	return "[" + strings.Join(texts, ", ") + "]"
}

func showDist(d *Dist) string {
	if !d.Given() {
		return "{}"
	}
	parts := []string{"kind = " + tomltext.Quoted(string(d.Kind))}
	for _, name := range distNames() {
		switch p := d.parameter(name); {
		case p != nil && *p != 0:
			parts = append(parts, name+" = "+showFloat(*p))
		case name == "x" && d.X != nil:
			parts = append(parts, "x = "+showFloats(d.X))
		case name == "p" && d.P != nil:
			parts = append(parts, "p = "+showFloats(d.P))
		case name == "redraw" && d.Redraw:
			parts = append(parts, "redraw = true")
		}
	}
	if d.Kind == Constant && (len(parts) == 1 || len(parts) == 2 && d.Value != 0) {
		return showFloat(d.Value)
	}
	return "{ " + strings.Join(parts, ", ") + " }"
}

func showModels(w *Workload) string {
	if len(w.Models) == 0 {
		return "{}"
	}
	parts := make([]string, len(w.Models))
	for i, m := range w.Models {
		parts[i] = tomltext.Quoted(m.Model) + " = " + showFloat(m.Weight)
	}
	return "{ " + strings.Join(parts, ", ") + " }"
}

func showRate(w *Workload) string { return tomltext.Quoted(showFloat(w.Rate) + "/s") }

func showHours(w *Workload) string {
	if w.Profile.HoursTo == 0 {
		return tomltext.Quoted("none")
	}
	return tomltext.Quoted(clockText(w.Profile.HoursFrom) + "-" + clockText(w.Profile.HoursTo))
}

func clockText(t unit.Time) string {
	if t%unit.Minute != 0 || t < 0 || t > unit.Day {
		return t.String()
	}
	return fmt.Sprintf("%02d:%02d", t/unit.Hour, t%unit.Hour/unit.Minute)
}

func showMax(w *Workload) string {
	switch w.MaxTokens {
	case 0:
		return tomltext.Quoted("scenario")
	case -1:
		return tomltext.Quoted("model")
	}
	return strconv.FormatInt(w.MaxTokens, 10)
}

func showWhole(w *Workload) string { return strconv.FormatBool(w.After.Whole) }
