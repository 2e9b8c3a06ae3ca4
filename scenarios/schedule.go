package scenarios

import (
	"fmt"
	"strconv"
	"strings"

	"quotawall/sim"
)

// schedule accepts weekly hours in UTC: "mon-fri 09-18", several joined by
// commas, "always" or "" for all hours.
func schedule() parser[*sim.Schedule] {
	return parser[*sim.Schedule]{`hours in UTC like "mon-fri 09-18, sat 10-14", or "always"`, func(v any) (*sim.Schedule, error) {
		s, ok := v.(string)
		if !ok {
			return nil, fmt.Errorf("%s is no schedule", shown(v))
		}
		if s == "" || s == "always" {
			return nil, nil
		}
		out := &sim.Schedule{}
		for part := range strings.SplitSeq(s, ",") {
			if err := addHours(out, strings.TrimSpace(part)); err != nil {
				return nil, fmt.Errorf(`%w in %q: write "mon-fri 09-18"`, err, s)
			}
		}
		return out, nil
	}}
}

func addHours(s *sim.Schedule, part string) error {
	days, hours, ok := strings.Cut(part, " ")
	if !ok {
		days, hours = "sun-sat", part
	}
	firstDay, lastDay, err := bounds(days, weekday)
	if err != nil {
		return err
	}
	from, to, err := bounds(strings.TrimSpace(hours), hour)
	if err != nil {
		return err
	}
	if from == to {
		return fmt.Errorf("no hours between %d and %d", from, to)
	}
	for d := firstDay; ; d = (d + 1) % 7 {
		for h := from; h != to; h = (h + 1) % 25 {
			if h < 24 {
				s.Hours[d] |= 1 << h
			}
		}
		if d == lastDay {
			return nil
		}
	}
}

// bounds reads "a-b", or "a" for both.
func bounds(s string, parse func(string) (int, error)) (low, high int, err error) {
	a, b, isRange := strings.Cut(s, "-")
	if low, err = parse(a); err != nil || !isRange {
		return low, low, err
	}
	high, err = parse(b)
	return low, high, err
}

func weekday(s string) (int, error) {
	i := strings.Index("sun mon tue wed thu fri sat", strings.ToLower(s))
	if len(s) != 3 || i < 0 {
		return 0, fmt.Errorf("%q is no weekday", s)
	}
	return i / 4, nil
}

func hour(s string) (int, error) {
	n, err := strconv.Atoi(strings.TrimSuffix(s, ":00"))
	if err != nil || n < 0 || n > 24 {
		return 0, fmt.Errorf("%q is no full hour", s)
	}
	return n, nil
}
