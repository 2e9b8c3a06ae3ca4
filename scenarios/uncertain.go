package scenarios

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"quotawall/pricing"
	"quotawall/sim/trace"
	"quotawall/sim/unit"
)

// Uncertain is an input of a scenario that nobody knows for sure, and values
// that it may as well have.
type Uncertain struct {
	Name      string
	Ambiguity string // the open question it is a reading of; empty for others
	Values    []UncertainValue
}

// UncertainValue is one value of an uncertain input.
type UncertainValue struct {
	Name string
	Set  []Assignment
}

// Uncertainties lists the inputs to vary one at a time: demand, what the trace
// does not say, latencies, the levers' own assumptions, and every open question
// of AWS's text that a key decides. maxTokens is what rows get that do not say
// theirs, 0 where all say.
func (s *Spec) Uncertainties(cat *pricing.Catalog, maxTokens int64) []Uncertain {
	u := uncertainty{s: s, cat: cat}
	u.demand()
	if maxTokens > 1 {
		u.add("max_tokens where the trace does not say", value("half", to("trace.max_tokens", maxTokens/2)), value("twice", to("trace.max_tokens", min(2*maxTokens, trace.MaxCount))))
	}
	if s.Trace.Background.Num > 0 {
		u.add("share of background work", value("10%", to("trace.background", "10%")), value("40%", to("trace.background", "40%")))
	}
	u.latency()
	u.levers()
	u.add("client attempts", value("1", to("client.attempts", int64(1))), value("6", to("client.attempts", int64(6))))
	u.add("patience", value("1m", to("client.patience", "1m")), value("1h", to("client.patience", "1h")))
	u.readings()
	return u.out
}

type uncertainty struct {
	s   *Spec
	cat *pricing.Catalog
	out []Uncertain
}

func value(name string, set ...Assignment) UncertainValue { return UncertainValue{name, set} }

func (u *uncertainty) add(name string, values ...UncertainValue) {
	u.out = append(u.out, Uncertain{Name: name, Values: values})
}

// demand is a fifth less and a fifth more traffic.
func (u *uncertainty) demand() {
	u.add("demand", value("-20%", u.s.Grown(0.8)...), value("+20%", u.s.Grown(1.2)...))
}

// latency halves and doubles how long models take.
func (u *uncertainty) latency() {
	var faster, slower []Assignment
	for _, name := range sortedKeys(u.s.Models) {
		m := u.s.Models[name]
		row, _ := u.cat.Model(m.ID)
		first, per := row.FirstToken, row.PerToken
		if m.FirstToken != nil {
			first = *m.FirstToken
		}
		if m.PerToken != nil {
			per = *m.PerToken
		}
		at := "models." + name
		faster = append(faster, to(at+".first_token", (first/2).String()), to(at+".per_token", (per/2).String()))
		slower = append(slower, to(at+".first_token", (2*first).String()), to(at+".per_token", (2*per).String()))
	}
	u.add("latency of models", value("half", faster...), value("twice", slower...))
}

func (u *uncertainty) levers() {
	s := u.s
	if s.Caching.Mode == "prefix" {
		u.add("cache lifetime", value("5m", to("caching.ttl", "5m")), value("1h", to("caching.ttl", "1h")))
	}
	if s.Routing.Policy == "mix" && len(s.Routing.Mix) > 1 {
		names := sortedKeys(s.Routing.Mix)
		u.mixed(names[0], names[1])
	}
	if s.hosts() {
		u.add("tokens a second of the endpoint", value("-25%", to("selfhost.points", u.scaledPoints(0.75))), value("+25%", to("selfhost.points", u.scaledPoints(1.25))))
		read := float64(s.SelfHost.prefill(s.SelfHost.points(u.cat))) / 1000
		u.add("prompt tokens a second of the endpoint", value("half", to("selfhost.prefill_tokens_per_second", read/2)), value("twice", to("selfhost.prefill_tokens_per_second", 2*read)))
	}
}

// mixed moves ten points of a mix from one alias to another, as far as they go.
func (u *uncertainty) mixed(a, b string) {
	shift := func(points int64) UncertainValue {
		mix := map[string]any{}
		for _, name := range sortedKeys(u.s.Routing.Mix) {
			mix[name] = u.s.Routing.Mix[name].String()
		}
		tenth := unit.Ratio{Num: points, Den: 100}
		from, into := a, b
		if points < 0 {
			from, into, tenth.Num = b, a, -points
		}
		moved := math.Min(u.s.Routing.Mix[from].Float(), tenth.Float())
		mix[from] = percent(u.s.Routing.Mix[from].Float() - moved)
		mix[into] = percent(u.s.Routing.Mix[into].Float() + moved)
		return value(fmt.Sprintf("%s %s", into, mix[into]), to("routing.mix", mix))
	}
	u.add("mix of "+a+" and "+b, shift(10), shift(-10))
}

// percent writes a share exactly to a thousandth of a percent, so that shares
// that are whole percents still sum to 1.
func percent(f float64) string {
	return strings.TrimSuffix(strings.TrimRight(strconv.FormatFloat(100*f, 'f', 5, 64), "0"), ".") + "%"
}

func (u *uncertainty) scaledPoints(factor float64) map[string]any {
	out := map[string]any{}
	for _, p := range u.s.SelfHost.points(u.cat) {
		out[strconv.FormatInt(p.Concurrency, 10)] = float64(p.Speed) / 1000 * factor
	}
	return out
}

// readings are the other readings of the open questions that a key decides.
func (u *uncertainty) readings() {
	for _, a := range u.s.Ambiguities() {
		if a.Key == "" || strings.Contains(a.Key, "*") || a.ID == "A20" {
			continue
		}
		x := Uncertain{Name: a.Question, Ambiguity: a.ID}
		for _, r := range a.Readings {
			if r != a.Taken {
				x.Values = append(x.Values, value(r, to(a.Key, ParseValue(r))))
			}
		}
		u.out = append(u.out, x)
	}
}
