package pricing

import (
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"quotawall/pricing/tomlpos"
	"quotawall/sim/nearest"
	"quotawall/sim/unit"
)

// table reads the keys of one TOML table, noting every mistake, and at the end
// the keys nobody asked for.
type table struct {
	m    *tomlpos.Mistakes
	path string
	tree map[string]any
	used []string
	// partial says that a key which tells the row from others is not there.
	partial bool
}

func (t *table) at(key string) string { return t.path + "." + key }

// name is the table's, without the numbers of its elements.
func (t *table) name() string {
	var out string
	for part := range strings.SplitSeq(t.path, ".") {
		part, _, _ = strings.Cut(part, "[")
		out += "." + part
	}
	return out[1:]
}

func (t *table) get(key string) (any, bool) {
	t.used = append(t.used, key)
	v, ok := t.tree[key]
	return v, ok
}

// value reads a key as T; ok is false where it is missing or of another type,
// which is a mistake.
func value[T any](t *table, key, want string) (out T, ok bool) {
	v, found := t.get(key)
	if !found {
		return out, false
	}
	if out, ok = v.(T); !ok {
		t.m.Add(t.at(key), "", "%s is %s, want %s", key, typeName(v), want)
	}
	return out, ok
}

func typeName(v any) string {
	switch v.(type) {
	case string:
		return "a text"
	case int64:
		return "a whole number"
	case float64:
		return "a decimal number"
	case bool:
		return "true or false"
	case time.Time:
		return "a date"
	case []any, []map[string]any:
		return "a list"
	}
	return "a table"
}

func (t *table) text(key string) string {
	s, _ := value[string](t, key, "a text")
	return s
}

func (t *table) must(key string) string {
	s, ok := value[string](t, key, "a text")
	if _, found := t.tree[key]; !found {
		t.m.Add(t.path, "", "%s is missing", key)
	}
	t.partial = t.partial || !ok
	return s
}

// oneOf notes a text that is none of a few words.
func (t *table) oneOf(key string, words ...string) {
	if s, ok := t.tree[key].(string); ok && !slices.Contains(words, s) {
		t.m.Add(t.at(key), "", "%s %q is none of %s", key, s, strings.Join(words, ", "))
	}
}

func (t *table) flag(key string) bool {
	b, _ := value[bool](t, key, "true or false")
	return b
}

func (t *table) count(key string) int64 {
	n, _ := value[int64](t, key, "a whole number")
	if n < 0 {
		t.m.Add(t.at(key), "", "%s is negative: %d", key, n)
		return 0
	}
	return n
}

func (t *table) date(key string) Date {
	v, found := t.get(key)
	if !found {
		return ""
	}
	switch x := v.(type) {
	case time.Time:
		return dayWritten(x)
	case string:
		d, err := ParseDate(x)
		if err == nil {
			return d
		}
	}
	t.m.Add(t.at(key), "", "%s is no date: write year-month-day, as in 2026-11-23", key)
	return ""
}

// dayWritten is the day of a TOML date: the one that stands there where it has
// no zone, since the decoder then takes the machine's.
func dayWritten(t time.Time) Date {
	if zone, _ := t.Zone(); zone == "date-local" || zone == "datetime-local" {
		return Date(t.Format(time.DateOnly))
	}
	return DateOf(t)
}

func (t *table) duration(key string) unit.Time {
	s := t.text(key)
	if s == "" {
		return 0
	}
	d, err := unit.ParseTime(s)
	if err != nil {
		t.m.Add(t.at(key), "", "%v", err)
	}
	return d
}

// rate reads a price for per units; a bare number is refused, because a float
// may not be what was written.
func (t *table) rate(key string, per int64) Rate {
	s, ok := value[string](t, key, `a quoted decimal, as in "5.50"`)
	if !ok {
		return Rate{}
	}
	r, err := ParseRate(s, per)
	if err != nil {
		t.m.Add(t.at(key), "", "%v", err)
	}
	return r
}

// price is a rate that must not be 0: lists print 0 where they have no price.
func (t *table) price(key string, per int64) Rate {
	r := t.rate(key, per)
	if r.Zero() {
		t.m.Add(t.at(key), "leave the key out where there is no price", "%s is 0, which is a placeholder and no price", key)
	}
	return r
}

// mustPrice is a price that a row is nothing without.
func (t *table) mustPrice(key string, per int64) Rate {
	if _, found := t.tree[key]; !found {
		t.m.Add(t.path, "", "%s is missing", key)
	}
	return t.price(key, per)
}

// somePrice notes a row of prices that has none of the keys.
func (t *table) somePrice(keys ...string) {
	for _, k := range keys {
		if _, found := t.tree[k]; found {
			return
		}
	}
	t.m.Add(t.path, "give at least one of "+strings.Join(keys, ", "), "[[%s]] has no price", t.name())
}

func (t *table) ratio(key string) unit.Ratio {
	s := t.must(key)
	if s == "" {
		return unit.Ratio{Den: 1}
	}
	r, err := unit.ParseRatio(s)
	if err != nil {
		t.m.Add(t.at(key), "", "%v", err)
	}
	return r
}

func (t *table) texts(key string) []string {
	v, found := t.get(key)
	if !found {
		return nil
	}
	if s, ok := v.(string); ok {
		return []string{s}
	}
	list, ok := v.([]any)
	var out []string
	for _, x := range list {
		s, is := x.(string)
		ok = ok && is
		out = append(out, s)
	}
	if !ok {
		t.m.Add(t.at(key), "", "%s is %s, want a list of texts", key, typeName(v))
	}
	return out
}

func (t *table) counts(key string) []int64 {
	v, _ := t.get(key)
	list, _ := v.([]any)
	var out []int64
	for _, x := range list {
		if n, ok := x.(int64); ok && n > 0 {
			out = append(out, n)
			continue
		}
		t.m.Add(t.at(key), "", "%s wants whole numbers above 0", key)
	}
	return out
}

// speeds reads decimals of tokens a second as whole tokens per 1,000 s.
func (t *table) speeds(key string) []int64 {
	var out []int64
	for _, s := range t.texts(key) {
		out = append(out, t.milli(key, s))
	}
	return out
}

func (t *table) milli(key, s string) int64 {
	if s == "" && t.partial {
		return 0
	}
	r, err := ParseRate(s, 1)
	if err != nil {
		t.m.Add(t.at(key), "", "%s: %q is no decimal number", key, s)
		return 0
	}
	perThousand := r.Times(1000, 1).usd
	return halfEven(perThousand.Num(), perThousand.Denom()).Int64()
}

// limit reads a quota value: a whole number, "none", or missing.
func (t *table) limit(key string) Limit {
	v, found := t.get(key)
	if !found {
		return Absent
	}
	switch x := v.(type) {
	case int64:
		if x >= 0 {
			return Limit(x)
		}
	case string:
		if x == "none" {
			return NoLimit
		}
	}
	t.m.Add(t.at(key), "", `%s wants a whole number of at least 0, or "none"`, key)
	return Absent
}

// provenance reads where a row is from; source and as_of are required.
func (t *table) provenance(d *decoder) Provenance {
	p := Provenance{
		Source: t.texts("source"), AsOf: t.date("as_of"), Confidence: t.text("confidence"), Note: t.text("note"),
		From: d.file, Overlay: d.lays,
	}
	t.oneOf("confidence", "high", "medium", "low", "unverified")
	if t.sourceless() {
		t.m.Add(t.path, `add source = ["where it was read"]`, "[[%s]] has no source", t.name())
	}
	if _, found := t.tree["as_of"]; !found {
		t.m.Add(t.path, "add as_of = year-month-day, the day it was read", "[[%s]] has no as_of", t.name())
	}
	return p
}

// sourceless reports whether source is not there, or holds nothing.
func (t *table) sourceless() bool {
	switch x := t.tree["source"].(type) {
	case nil:
		return true
	case string:
		return x == ""
	case []any:
		return len(x) == 0
	}
	return false
}

// done notes the keys nobody asked for.
func (t *table) done() {
	var unknown []string
	for k := range t.tree {
		if !slices.Contains(t.used, k) {
			unknown = append(unknown, k)
		}
	}
	if len(unknown) == 0 {
		return
	}
	sort.Strings(unknown)
	sort.Strings(t.used)
	known := slices.Compact(t.used)
	for _, k := range unknown {
		t.m.Add(t.at(k), nearest.DidYouMean(k, known), "unknown key %q", k)
	}
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

// rows calls read for each element of an array of tables, and lists the paths
// of those that are partial.
func rows(m *tomlpos.Mistakes, tree map[string]any, prefix, key string, read func(*table)) (partial []string) {
	v, found := tree[key]
	if !found {
		return nil
	}
	path := strings.TrimPrefix(prefix+"."+key, ".")
	list, ok := v.([]map[string]any)
	if !ok {
		m.Add(path, fmt.Sprintf("write [[%s]]", path), "%s is %s, want tables", path, typeName(v))
		return nil
	}
	var used []string
	for i, row := range list {
		t := &table{m: m, path: path + "[" + strconv.Itoa(i) + "]", tree: row, used: used[:0]}
		read(t)
		t.done()
		used = t.used
		if t.partial {
			partial = append(partial, t.path)
		}
	}
	return partial
}
