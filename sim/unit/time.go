// Package unit holds the quantities that every floor shares: simulated time,
// exact shares, named random streams and counted usage. It knows nothing of
// quotas, prices or files.
package unit

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Time is simulated time, or a length of it, in whole microseconds.
// Time 0 is the first request of a trace, or the start of a synthesis.
type Time int64

// Lengths of time.
const (
	Microsecond Time = 1
	Millisecond      = 1000 * Microsecond
	Second           = 1000 * Millisecond
	Minute           = 60 * Second
	Hour             = 60 * Minute
	Day              = 24 * Hour
	// Never is later than any event.
	Never Time = math.MaxInt64
)

// Seconds is t in seconds, for display and JSON.
func (t Time) Seconds() float64 { return float64(t) / float64(Second) }

// At is the instant t after start.
func (t Time) At(start time.Time) time.Time {
	return start.Add(time.Duration(t%Second) * time.Microsecond).Add(time.Duration(t/Second) * time.Second)
}

// ParseTime reads a length of time as Go writes durations, with days as a
// further unit: "250us", "12.5ms", "90s", "1h30m", "7d", "1d12h". The value
// must be a whole number of microseconds that fits; it may be negative only
// with a leading minus sign.
func ParseTime(s string) (Time, error) {
	rest, negative := strings.CutPrefix(strings.TrimSpace(s), "-")
	if rest == "" {
		return 0, fmt.Errorf("no duration in %q: write a number and a unit, as in \"90s\", \"12.5ms\" or \"7d\"", s)
	}
	if rest == "0" {
		return 0, nil
	}
	var total Time
	for rest != "" {
		part, tail, err := durationPart(rest)
		if err != nil {
			return 0, fmt.Errorf("%w in duration %q", err, s)
		}
		if total > Never-part {
			return 0, fmt.Errorf("duration %q is too long: at most %d days", s, Never/Day)
		}
		total, rest = total+part, tail
	}
	if negative {
		total = -total
	}
	return total, nil
}

// durationPart reads one number and its unit from the front of s.
func durationPart(s string) (Time, string, error) {
	end := strings.IndexFunc(s, func(r rune) bool { return (r < '0' || r > '9') && r != '.' })
	if end <= 0 {
		return 0, "", fmt.Errorf("a number without a unit (us, ms, s, m, h or d)")
	}
	number, rest := s[:end], s[end:]
	for _, u := range durationUnits() {
		if tail, ok := strings.CutPrefix(rest, u.name); ok {
			part, err := scaled(number, u.size)
			return part, tail, err
		}
	}
	return 0, "", fmt.Errorf("unknown unit at %q (known: us, ms, s, m, h, d)", rest)
}

type durationUnit struct {
	name string
	size Time
}

// durationUnits lists the units so that no name hides a longer one after it.
func durationUnits() []durationUnit {
	return []durationUnit{
		{"us", Microsecond}, {"µs", Microsecond}, {"ms", Millisecond},
		{"s", Second}, {"m", Minute}, {"h", Hour}, {"d", Day},
	}
}

// scaled is the decimal number times size, exactly.
func scaled(number string, size Time) (Time, error) {
	whole, part, _ := strings.Cut(number, ".")
	if whole == "" && part == "" {
		return 0, fmt.Errorf("no digits")
	}
	var value Time
	if whole != "" {
		n, err := strconv.ParseInt(whole, 10, 64)
		if err != nil || n > int64(Never/size) {
			return 0, fmt.Errorf("number %s too large (at most %d)", whole, Never/size)
		}
		value = Time(n) * size
	}
	part = strings.TrimRight(part, "0")
	if part == "" {
		return value, nil
	}
	if len(part) > 12 {
		return 0, fmt.Errorf("more than 12 decimals")
	}
	n, err := strconv.ParseInt(part, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("bad decimals %q", part)
	}
	ratio := Ratio{Num: n, Den: pow10(len(part))}
	fraction, rest := ratio.Split(int64(size))
	if rest != 0 {
		return 0, fmt.Errorf("less than a whole microsecond")
	}
	if Time(fraction) > Never-value {
		return 0, fmt.Errorf("number %s too large (at most %d)", number, Never/size)
	}
	return value + Time(fraction), nil
}

func pow10(n int) int64 {
	p := int64(1)
	for range n {
		p *= 10
	}
	return p
}

// String writes t so that ParseTime reads it back: "7d", "1h30m", "12.5ms".
func (t Time) String() string {
	if t == 0 {
		return "0s"
	}
	if t < 0 {
		return "-" + (-t).String()
	}
	var b strings.Builder
	for _, u := range []durationUnit{{"d", Day}, {"h", Hour}, {"m", Minute}} {
		if n := t / u.size; n > 0 {
			fmt.Fprintf(&b, "%d%s", n, u.name)
			t %= u.size
		}
	}
	switch {
	case t == 0:
	case t >= Second || b.Len() > 0:
		b.WriteString(decimal(t, Second) + "s")
	case t >= Millisecond:
		b.WriteString(decimal(t, Millisecond) + "ms")
	default:
		fmt.Fprintf(&b, "%dus", t)
	}
	return b.String()
}

// decimal is t in units of size, without trailing zeros.
func decimal(t, size Time) string {
	digits := len(strconv.FormatInt(int64(size), 10)) - 1
	s := fmt.Sprintf("%d.%0*d", t/size, digits, t%size)
	return strings.TrimRight(strings.TrimRight(s, "0"), ".")
}
