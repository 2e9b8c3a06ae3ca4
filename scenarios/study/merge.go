package study

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math/big"
	"reflect"
	"slices"
	"strings"

	"quotawall/scenarios/result"
)

// combine merges the replications of a step: counts, shares, costs and waits
// become means, classes, lanes, hours, caps and bill lines are matched by their
// keys, and every headline figure gets its interval. A figure that is undefined
// in a replication is left out of the mean. One sample is returned as it is.
func combine(samples []*result.Step) *result.Step {
	if len(samples) == 1 {
		return samples[0]
	}
	out := *samples[0]
	average(&out, samples)
	out.AbandonedBy = meanCounts(samples)
	out.Messages = map[string]string{}
	out.Notes = nil
	for _, s := range samples {
		for k, v := range s.Messages {
			out.Messages[k] = v
		}
		for _, n := range s.Notes {
			if !slices.Contains(out.Notes, n) {
				out.Notes = append(out.Notes, n)
			}
		}
	}
	out.Caps = mergeCaps(samples)
	out.Classes = merge(samples, func(s *result.Step) []result.Class { return s.Classes }, func(c *result.Class) string { return c.Class })
	out.Lanes = merge(samples, func(s *result.Step) []result.Lane { return s.Lanes }, func(l *result.Lane) [4]string {
		return [4]string{l.Lane, l.Account, l.Region, l.Model}
	})
	out.Hours = merge(samples, func(s *result.Step) []result.Hour { return s.Hours }, func(h *result.Hour) int64 { return h.Hour })
	slices.SortFunc(out.Hours, func(a, b result.Hour) int { return cmp.Compare(a.Hour, b.Hour) })
	out.Cost.Lines = mergeLines(samples)
	setTotal(&out.Cost)
	out.Intervals = intervals(samples)
	return &out
}

// average sets every number of a plain struct to its mean over samples of the
// same struct; lists and maps are left alone.
func average[T any](out *T, samples []*T) {
	all := make([]reflect.Value, len(samples))
	for i, s := range samples {
		all[i] = reflect.ValueOf(s).Elem()
	}
	averageFields(reflect.ValueOf(out).Elem(), all)
}

func averageFields(out reflect.Value, all []reflect.Value) {
	for i := range out.NumField() {
		field := make([]reflect.Value, len(all))
		for j := range all {
			field[j] = all[j].Field(i)
		}
		averageOne(out.Field(i), field)
	}
}

// averageOne sets one field: the mean of numbers, part by part of structs.
func averageOne(out reflect.Value, all []reflect.Value) {
	switch out.Kind() {
	case reflect.Float64:
		sum := 0.0
		for _, v := range all {
			sum += v.Float()
		}
		out.SetFloat(sum / float64(len(all)))
	case reflect.Struct:
		averageFields(out, all)
	case reflect.Pointer:
		given := slices.DeleteFunc(slices.Clone(all), func(v reflect.Value) bool { return v.IsNil() })
		if len(given) == 0 || out.Type().Elem().Kind() != reflect.Float64 && out.Type().Elem().Kind() != reflect.Struct {
			return
		}
		for i := range given {
			given[i] = given[i].Elem()
		}
		fresh := reflect.New(out.Type().Elem())
		fresh.Elem().Set(given[0])
		averageOne(fresh.Elem(), given)
		out.Set(fresh)
	}
}

// merge matches the parts of steps by key, in the order in which they first
// appear; where a replication has none of a key, it counts as zero.
func merge[T any, K comparable](samples []*result.Step, parts func(*result.Step) []T, key func(*T) K) []T {
	groups, order := grouped(samples, parts, key)
	var out []T
	for _, k := range order {
		x := *groups[k][0]
		rest := groups[k]
		for len(rest) < len(samples) {
			rest = append(rest, new(T))
		}
		average(&x, rest)
		out = append(out, x)
	}
	return out
}

func grouped[T any, K comparable](samples []*result.Step, parts func(*result.Step) []T, key func(*T) K) (map[K][]*T, []K) {
	groups, order := map[K][]*T{}, []K(nil)
	for _, s := range samples {
		list := parts(s)
		for i := range list {
			k := key(&list[i])
			if groups[k] == nil {
				order = append(order, k)
			}
			groups[k] = append(groups[k], &list[i])
		}
	}
	return groups, order
}

func meanCounts(samples []*result.Step) map[string]result.Count {
	out := map[string]result.Count{}
	for _, s := range samples {
		for k, n := range s.AbandonedBy {
			out[k] += n
		}
	}
	for k := range out {
		out[k] /= result.Count(len(samples))
	}
	return out
}

// mergeCaps matches limits by what they limit. Counts are means. A time is that
// of one replication: the lower median over those in which it happened, so that
// "when" answers for the typical replication that meets the cap.
func mergeCaps(samples []*result.Step) []result.Cap {
	parts := func(s *result.Step) []result.Cap { return s.Caps }
	key := func(c *result.Cap) [5]string { return [5]string{c.Limit, c.Account, c.Region, c.Scope, c.Model} }
	groups, order := grouped(samples, parts, key)
	out := merge(samples, parts, key)
	for i, k := range order {
		first := medianOf(groups[k], func(c *result.Cap) *float64 { return c.FirstRefusedS })
		spent := medianOf(groups[k], func(c *result.Cap) *float64 { return c.SpentS })
		out[i].FirstRefusedS, out[i].FirstRefusedAt, out[i].ByReservation, out[i].FirstTooLarge = first.FirstRefusedS, first.FirstRefusedAt, first.ByReservation, first.FirstTooLarge
		out[i].SpentS, out[i].SpentAt = spent.SpentS, spent.SpentAt
	}
	return out
}

// medianOf is the cap whose time is the lower median of those that have one;
// an empty cap where none has.
func medianOf(caps []*result.Cap, at func(*result.Cap) *float64) *result.Cap {
	met := slices.DeleteFunc(slices.Clone(caps), func(c *result.Cap) bool { return at(c) == nil })
	if len(met) == 0 {
		return &result.Cap{}
	}
	slices.SortStableFunc(met, func(a, b *result.Cap) int { return cmp.Compare(*at(a), *at(b)) })
	return met[(len(met)-1)/2]
}

// mergeLines matches bill lines by all but quantity and amount. Quantities are
// exact means, printed with at most 18 decimals; amounts are means rounded once
// to nano-dollars, half to even.
func mergeLines(samples []*result.Step) []result.Line {
	key := func(l *result.Line) result.Line {
		k := *l
		k.Quantity, k.AmountNUSD = "", 0
		return k
	}
	groups, order := grouped(samples, func(s *result.Step) []result.Line { return s.Cost.Lines }, key)
	slices.SortStableFunc(order, func(a, b result.Line) int { return strings.Compare(lineOrder(&a), lineOrder(&b)) })
	out := []result.Line{}
	for _, k := range order {
		quantity, amount := new(big.Rat), new(big.Int)
		for _, l := range groups[k] {
			if q, ok := new(big.Rat).SetString(l.Quantity.String()); ok {
				quantity.Add(quantity, q)
			}
			amount.Add(amount, big.NewInt(l.AmountNUSD))
		}
		n := int64(len(samples))
		k.Quantity = json.Number(plainDecimal(quantity.Quo(quantity, big.NewRat(n, 1))))
		k.AmountNUSD = roundedMean(amount, n)
		out = append(out, k)
	}
	return out
}

func lineOrder(l *result.Line) string {
	return strings.Join([]string{l.Item, l.Lane, l.Account, l.Region, l.Scope, l.Model, l.Kind, l.Band, l.Period}, "\x00")
}

// roundedMean is sum / n to the nearest whole number, half to even; sum >= 0.
func roundedMean(sum *big.Int, n int64) int64 {
	q, rest := new(big.Int).QuoRem(sum, big.NewInt(n), new(big.Int))
	if c := rest.Lsh(rest, 1).Cmp(big.NewInt(n)); c > 0 || c == 0 && q.Bit(0) == 1 {
		q.Add(q, big.NewInt(1))
	}
	return q.Int64()
}

func plainDecimal(r *big.Rat) string {
	if r.IsInt() {
		return r.Num().String()
	}
	return strings.TrimRight(strings.TrimRight(r.FloatString(18), "0"), ".")
}

// setTotal makes the total the sum of the lines.
func setTotal(c *result.Cost) {
	c.TotalNUSD = 0
	for _, l := range c.Lines {
		c.TotalNUSD += l.AmountNUSD
	}
	c.TotalUSD = json.Number(fmt.Sprintf("%d.%09d", c.TotalNUSD/1_000_000_000, c.TotalNUSD%1_000_000_000))
}
