package scenarios

import (
	"fmt"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"

	"quotawall/pricing"
	"quotawall/sim"
	"quotawall/sim/nearest"
	"quotawall/sim/unit"
)

// parser reads one TOML value as T. want says what it accepts, for errors and
// for the list of keys.
type parser[T any] struct {
	want  string
	parse func(v any) (T, error)
}

func text() parser[string] {
	return parser[string]{"a text", func(v any) (string, error) {
		s, ok := v.(string)
		if !ok {
			return "", fmt.Errorf("%s is no text: put it in quotes", shown(v))
		}
		return s, nil
	}}
}

// choice accepts one of a few words.
func choice(words ...string) parser[string] {
	want := strings.Join(words, " | ")
	return parser[string]{want, func(v any) (string, error) {
		s, ok := v.(string)
		if !ok || !slices.Contains(words, s) {
			hint := ""
			if near := nearest.Name(s, words); ok && near != "" {
				hint = fmt.Sprintf(" (did you mean %q?)", near)
			}
			return "", fmt.Errorf("%s is none of %s%s", shown(v), want, hint)
		}
		return s, nil
	}}
}

func flag() parser[bool] {
	return parser[bool]{"true | false", func(v any) (bool, error) {
		b, ok := v.(bool)
		if !ok {
			return false, fmt.Errorf("%s is neither true nor false", shown(v))
		}
		return b, nil
	}}
}

// whole accepts a whole number between two bounds.
func whole(low, high int64) parser[int64] {
	return parser[int64]{fmt.Sprintf("a whole number from %d to %d", low, high), func(v any) (int64, error) {
		n, ok := v.(int64)
		if f, isFloat := v.(float64); isFloat && f == math.Trunc(f) && math.Abs(f) < 1<<53 {
			n, ok = int64(f), true
		}
		switch {
		case !ok:
			return 0, fmt.Errorf("%s is no whole number from %d to %d", shown(v), low, high)
		case n < low:
			return 0, fmt.Errorf("%d is too small: at least %d", n, low)
		case n > high:
			return 0, fmt.Errorf("%d is too large: at most %d", n, high)
		}
		return n, nil
	}}
}

// duration accepts a length of time from 0 on.
func duration() parser[unit.Time] {
	return parser[unit.Time]{`a duration like "90s", "12.5ms", "1h30m" or "7d"`, func(v any) (unit.Time, error) {
		s, ok := v.(string)
		if n, isInt := v.(int64); isInt && n == 0 {
			return 0, nil
		}
		if !ok {
			return 0, fmt.Errorf(`%s is no duration: write a text like "90s"`, shown(v))
		}
		t, err := unit.ParseTime(s)
		if err == nil && t < 0 {
			err = fmt.Errorf("duration %q is negative", s)
		}
		return t, err
	}}
}

// share accepts "35%" or 0.35, exactly.
func share() parser[unit.Ratio] {
	return parser[unit.Ratio]{`a share like "35%" or 0.35`, func(v any) (unit.Ratio, error) {
		s, ok := numeral(v)
		if !ok {
			return unit.Ratio{}, fmt.Errorf(`%s is no share: write "35%%" or 0.35`, shown(v))
		}
		return unit.ParseRatio(s)
	}}
}

// numeral is a number or a text of one as it was written.
func numeral(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case int64:
		return strconv.FormatInt(v, 10), true
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), !math.IsNaN(v) && !math.IsInf(v, 0)
	}
	return "", false
}

// multiplier accepts a decimal number of at least 1, exactly.
func multiplier() parser[sim.Scale] {
	return parser[sim.Scale]{"a number of at least 1", func(v any) (sim.Scale, error) {
		s, ok := numeral(v)
		r, good := new(big.Rat).SetString(s)
		if !ok || !good || len(s) > 12 || strings.ContainsAny(s, "/xXpP_eE") {
			return sim.Scale{}, fmt.Errorf("%s is no number", shown(v))
		}
		if r.Cmp(big.NewRat(1, 1)) < 0 || r.Cmp(big.NewRat(1000, 1)) > 0 {
			return sim.Scale{}, fmt.Errorf("%s is not between 1 and 1000", shown(v))
		}
		return sim.Scale{Num: r.Num().Int64(), Den: r.Denom().Int64()}, nil
	}}
}

// dollars accepts a price in US dollars and gives micro-dollars.
func dollars() parser[int64] {
	return parser[int64]{`dollars as a quoted decimal, like "3.00"`, func(v any) (int64, error) {
		s, ok := numeral(v)
		if !ok {
			return 0, fmt.Errorf("%s is no price", shown(v))
		}
		r, err := pricing.ParseRate(s, 1)
		if err != nil {
			return 0, err
		}
		micro, exact := r.MicroUSD()
		if !exact || micro <= 0 {
			return 0, fmt.Errorf("%s is not a positive price in whole micro-dollars", s)
		}
		return micro, nil
	}}
}

// quotaValue accepts a number of tokens or requests, or "none".
func quotaValue() parser[pricing.Limit] {
	return parser[pricing.Limit]{`a whole number (0 refuses everything) or "none"`, func(v any) (pricing.Limit, error) {
		if v == "none" {
			return pricing.NoLimit, nil
		}
		n, err := whole(0, maxQuota).parse(v)
		if err != nil {
			return 0, fmt.Errorf(`%w, or write "none" for no limit`, err)
		}
		return pricing.Limit(n), nil
	}}
}

// maxQuota bounds quota values, so that a window's sums fit in 63 bits.
const maxQuota = 1_000_000_000_000_000

// instant accepts a date with a time; one without a zone is UTC.
func instant() parser[time.Time] {
	return parser[time.Time]{"an instant like 2026-11-02T09:00:00Z", func(v any) (time.Time, error) {
		t, ok := v.(time.Time)
		if s, isText := v.(string); isText {
			var err error
			t, err = time.Parse(time.RFC3339Nano, s)
			ok = err == nil
		}
		if !ok || t.Year() < 1971 || t.Year() > 2200 {
			return time.Time{}, fmt.Errorf("%s is no instant between 1971 and 2200: write 2026-11-02T09:00:00Z", shown(v))
		}
		if name, _ := t.Zone(); name == "datetime-local" || name == "date-local" {
			t = time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC)
		}
		if t.Nanosecond()%1000 != 0 {
			return time.Time{}, fmt.Errorf("%s is finer than a microsecond", shown(v))
		}
		return t.UTC(), nil
	}}
}

// clockTime accepts a time of day, UTC.
func clockTime() parser[unit.Time] {
	return parser[unit.Time]{`a time of day like "07:00" (UTC)`, func(v any) (unit.Time, error) {
		s, _ := v.(string)
		t, err := time.Parse("15:04", s)
		if err != nil {
			return 0, fmt.Errorf(`%s is no time of day: write "07:00"`, shown(v))
		}
		return unit.Time(t.Hour())*unit.Hour + unit.Time(t.Minute())*unit.Minute, nil
	}}
}

// texts accepts a list of texts.
func texts() parser[[]string] {
	return parser[[]string]{"a list of texts", func(v any) ([]string, error) {
		if s, ok := v.(string); ok {
			return []string{s}, nil
		}
		list, ok := v.([]any)
		if !ok {
			return nil, fmt.Errorf("%s is no list of texts", shown(v))
		}
		out := make([]string, 0, len(list))
		for _, x := range list {
			s, ok := x.(string)
			if !ok {
				return nil, fmt.Errorf("%s in the list is no text", shown(x))
			}
			if slices.Contains(out, s) {
				return nil, fmt.Errorf("%q comes twice", s)
			}
			out = append(out, s)
		}
		return out, nil
	}}
}

// shown is a value for an error message.
func shown(v any) string {
	switch v := v.(type) {
	case string:
		return fmt.Sprintf("%.60q", v)
	case time.Time:
		return v.Format(time.RFC3339Nano)
	case map[string]any, []map[string]any:
		return "a table"
	case []any:
		return "a list"
	}
	return fmt.Sprint(v)
}
