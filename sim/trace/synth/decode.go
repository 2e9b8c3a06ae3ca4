package synth

import (
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"quotawall/sim/nearest"
	"quotawall/sim/tomltext"
	"quotawall/sim/unit"
)

// FromTable reads one [[traffic]] block, decoded to generic values (string,
// int64, float64, bool, []any, map[string]any): the values of its preset, and
// over them what the block gives. Every mistake of form goes to complain, with
// the key as Keys names it, a hint that may be empty, and the message; the
// fields concerned keep the preset's values. What the values mean together is
// for Check to judge.
//
// A table within the block, such as arrivals, changes only the keys it gives;
// one of profile.daily, profile.hours and profile.peak drops the preset's
// others, and a class that follows another (after) drops the preset's rate. A
// distribution is replaced whole, unless only min, max and redraw are given.
func FromTable(t map[string]any, complain func(key, hint, message string)) Workload {
	d := &decoder{complain: complain, given: map[string]any{}}
	d.flatten("", t)
	w := d.preset()
	if v, ok := d.take("class"); ok {
		if s, isText := v.(string); isText {
			w.Class = s
		} else {
			complain("class", "", "is not a text")
		}
	}
	d.drop(&w)
	for _, f := range fields() {
		if v, ok := d.take(f.name); ok {
			f.read(d, &w, v)
		}
	}
	d.unknown()
	return w
}

// decoder holds a block's values by dotted key, those not yet read.
type decoder struct {
	complain func(key, hint, message string)
	given    map[string]any
}

func (d *decoder) take(key string) (any, bool) {
	v, ok := d.given[key]
	delete(d.given, key)
	return v, ok
}

func (d *decoder) flatten(prefix string, t map[string]any) {
	for _, key := range slices.Sorted(maps.Keys(t)) {
		v := t[key]
		inner, isTable := v.(map[string]any)
		switch {
		case prefix == "" && isTable && group(key):
			d.flatten(key+".", inner)
		case prefix == "" && group(key):
			d.complain(key, "its keys: "+strings.Join(keysOf(key), ", "), "is a table of keys")
		default:
			d.given[prefix+key] = v
		}
	}
}

// group reports whether a key is a table of keys.
func group(key string) bool { return len(keysOf(key)) > 0 }

func keysOf(group string) []string {
	var list []string
	for _, k := range Keys() {
		if strings.HasPrefix(k.Name, group+".") {
			list = append(list, k.Name)
		}
	}
	return list
}

func (d *decoder) preset() Workload {
	v, ok := d.take("preset")
	if !ok {
		return Workload{}
	}
	name, isText := v.(string)
	if !isText {
		d.complain("preset", "", "is not a text")
		return Workload{}
	}
	if name == "" {
		return Workload{}
	}
	w, known := Preset(name)
	if !known {
		d.complain("preset", suggest(name, Presets()), "unknown preset "+tomltext.Quoted(name))
	}
	return w
}

// drop takes off the preset what the block gives in another way.
func (d *decoder) drop(w *Workload) {
	has := func(key string) bool { _, ok := d.given[key]; return ok }
	if has("profile.daily") || has("profile.hours") || has("profile.peak") {
		w.Profile.Daily, w.Profile.HoursFrom, w.Profile.HoursTo, w.Profile.Peak = nil, 0, 0, 0
	}
	if has("after.class") {
		w.SessionsPerDay, w.Rate = 0, 0
	}
}

func (d *decoder) unknown() {
	var known []string
	for _, k := range Keys() {
		known = append(known, k.Name)
	}
	for _, key := range slices.Sorted(maps.Keys(d.given)) {
		d.complain(key, suggest(key, known), "unknown key")
	}
}

// reading reads the value of a key and reports whether it has no mistake.
type reading func(key string, v any, to *float64) bool

func (d *decoder) number(key string, v any, to *float64) bool {
	switch v := v.(type) {
	case int64:
		*to = float64(v)
		return true
	case float64:
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			*to = v
			return true
		}
	}
	d.complain(key, "", "is not a number")
	return false
}

// seconds reads a number of seconds, or a duration.
func (d *decoder) seconds(key string, v any, to *float64) bool {
	s, isText := v.(string)
	if !isText {
		return d.number(key, v, to)
	}
	t, err := unit.ParseTime(s)
	if err != nil {
		d.complain(key, "", err.Error())
		return false
	}
	*to = t.Seconds()
	return true
}

func (d *decoder) whole(key string, v any, to *int64) {
	switch v := v.(type) {
	case int64:
		*to = v
		return
	case float64:
		if v == math.Trunc(v) && math.Abs(v) <= maxValue {
			*to = int64(v)
			return
		}
	}
	d.complain(key, "", "is not a whole number")
}

func (d *decoder) share(key string, v any, to *float64) bool {
	if s, isText := v.(string); isText {
		text, percent := strings.CutSuffix(strings.TrimSpace(s), "%")
		x, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
		if !percent || err != nil || !(math.Abs(x) <= maxValue) {
			d.complain(key, "", tomltext.Quoted(s)+" is not a share: write \"35%\" or 0.35")
			return false
		}
		*to = x / 100
		return true
	}
	return d.number(key, v, to)
}

func (d *decoder) length(key string, v any, to *unit.Time) bool {
	s, isText := v.(string)
	if !isText {
		d.complain(key, "write it with a unit, as in \"90s\" or \"7d\"", "is not a duration")
		return false
	}
	t, err := unit.ParseTime(s)
	if err != nil {
		d.complain(key, "", err.Error())
		return false
	}
	*to = t
	return true
}

// numbers reads a list by one reader of its values.
func (d *decoder) numbers(key string, v any, one reading, to *[]float64) bool {
	list, ok := v.([]any)
	if !ok {
		d.complain(key, "", "is not a list of numbers")
		return false
	}
	var out []float64
	for i := range list {
		var x float64
		if !one(key, list[i], &x) {
			return false
		}
		out = append(out, x)
	}
	*to = out
	return true
}

// suggest is the hint that names the known word nearest to one, or all of them
// where they are few.
func suggest(word string, known []string) string {
	hint := nearest.DidYouMean(word, known)
	if hint == "" && len(known) <= 20 {
		hint = "known: " + strings.Join(known, ", ")
	}
	return hint
}
