package sim

import (
	"reflect"
	"testing"

	"quotawall/sim/quota"
	"quotawall/sim/trace"
	"quotawall/sim/unit"
)

func closed(c *Config) { c.Client.Closed = true }

// While nothing is refused, delayed or rerouted, a closed loop is the open one,
// overlapping calls and logged durations included.
func TestClosedEqualsOpen(t *testing.T) {
	for seed := range uint64(200) {
		d := roll(seed)
		cfg := world(func(c *Config) {
			c.LoggedDurations, c.Max, c.Models[0].PerToken = d.yes(), one(d, 100, trace.MaxUnset), 20*unit.Millisecond
			c.Cache.Mode = CachePrefix
		})
		rows := each(d.traffic(&cfg), func(r *trace.Request) { r.Model, r.Class = 0, 0 })
		open := run(t, cfg, rows)
		cfg.Client.Closed = true
		if again := run(t, cfg, rows); !reflect.DeepEqual(open, again) {
			t.Fatalf("seed %d: the closed loop differs", seed)
		}
	}
}

// resumed is a session of three calls of 10 s, at 10, 40 and 100 s: it thinks
// for 20 s and for 50 s. The first is refused.
func resumed(refused trace.Request) []trace.Request {
	refused.At = 10 * unit.Second
	return in("one", refused, ask(40*unit.Second, 10, 1), ask(100*unit.Second, 10, 1))
}

// After an unserved request a session goes on when its resume mode says so:
// end of the pause + think time. The third call ends 70 s after the second
// arrives.
func TestResume(t *testing.T) {
	s := unit.Second
	tooLarge, tooLong := ask(0, 5000, 1), ask(0, 50_000, 1)
	minute := limited(None, 2000, None)
	for _, x := range []struct {
		name   string
		first  trace.Request
		change []func(*Config)
		second unit.Time // its arrival; None: abandoned
	}{
		{"next clock minute", tooLarge, []func(*Config){minute}, 60*s + 20*s},
		{"sliding: a minute", tooLarge, []func(*Config){minute, shapes(quota.Sliding, quota.Fixed)}, 10*s + 60*s + 20*s},
		{"sliding: a minute after the refusal is known", tooLarge, []func(*Config){minute, shapes(quota.Sliding, quota.Fixed),
			func(c *Config) { c.Client.RefusalLatency = 2 * s }}, 12*s + 60*s + 20*s},
		{"next day", tooLarge, []func(*Config){limited(None, None, 2000)}, unit.Day + 20*s},
		{"next day from 07:00", tooLarge, []func(*Config){limited(None, None, 2000), func(c *Config) { c.Quota.DayStarts = 7 * unit.Hour }}, 7*unit.Hour + 20*s},
		{"rolling day: an hour", tooLarge, []func(*Config){limited(None, None, 2000), shapes(quota.Fixed, quota.Rolling)}, 10*s + unit.Hour + 20*s},
		{"no capacity: a minute", tooLarge, []func(*Config){func(c *Config) {
			c.Accounts[0].Ready = 30 * s
		}}, 10*s + 60*s + 20*s},
		{"a duration", tooLarge, []func(*Config){minute, func(c *Config) { c.Client.Resume, c.Client.ResumeAfter = ResumeDuration, 5*unit.Minute }}, 10*s + 300*s + 20*s},
		{"never", tooLarge, []func(*Config){minute, func(c *Config) { c.Client.Resume = ResumeNever }}, None},
		{"too long does not pause", tooLong, []func(*Config){func(c *Config) { c.Models[0].Context = 10_000 }}, 10*s + 20*s},
		{"too long pauses for a duration", tooLong, []func(*Config){func(c *Config) {
			c.Models[0].Context, c.Client.Resume, c.Client.ResumeAfter = 10_000, ResumeDuration, 5*unit.Minute
		}}, 10*s + 300*s + 20*s},
	} {
		r := run(t, world(append(x.change, closed)...), resumed(x.first))
		if x.second == None {
			want(t, x.name+": abandoned", r.UnservedBy[Abandoned], 2)
			want(t, x.name+": abandoned by", r.AbandonedBy[TokensPerMinute], 2)
			continue
		}
		want(t, x.name+": served", r.Served, 2)
		want(t, x.name+": last answer", r.Last, x.second+70*s)
	}
}

// A pause that ends after the horizon leaves the rest of the session
// abandoned, by the limit that made the pause.
func TestPausedPastTheHorizon(t *testing.T) {
	cfg := world(limited(None, None, 2000), closed, func(c *Config) { c.Horizon = unit.Hour })
	r := run(t, cfg, resumed(ask(0, 5000, 1)))
	want(t, "totals", r.Totals, Totals{Offered: 3, Unserved: 3})
	want(t, "unserved by the day", r.UnservedBy[TokensPerDay], 1)
	want(t, "abandoned by the day", r.AbandonedBy[TokensPerDay], 2)
}

// What is never asked counts in the hour in which it would have been, not in
// that of the refusal which paused its session.
func TestAbandonedHours(t *testing.T) {
	rows := in("one", ask(0, 5000, 1), ask(2*unit.Hour, 10, 1), ask(5*unit.Hour, 10, 1))
	other := in("two", ask(3*unit.Hour, 10, 1))
	cfg := world(limited(None, None, 2000), closed, func(c *Config) { c.Horizon, c.Client.Resume = 6*unit.Hour, ResumeNever })
	r := run(t, cfg, append(rows[:2:2], append(other, rows[2])...))
	for i, h := range r.Hours {
		offered := map[int]int64{0: 1, 2: 1, 3: 1, 5: 1}[i]
		unserved := map[int]int64{0: 1, 2: 1, 5: 1}[i]
		if h.Offered != offered || h.Unserved != unserved || h.Served != offered-unserved {
			t.Errorf("hour %d: %d offered, %d unserved, %d served", i, h.Offered, h.Unserved, h.Served)
		}
	}
	want(t, "hours", len(r.Hours), 6)
}

// Calls that overlap in the trace keep their gap: while the first of 10 s still
// retries, the second comes as in the trace; once the first has failed, what
// falls into the pause comes at its end, and never comes where nothing resumes.
func TestOverlappingCallsAndPauses(t *testing.T) {
	s := unit.Second
	// first: refused at 0 s and, 4 s later, for good. Second at 2 s, third at
	// 8 s: both while the first would still run.
	rows := in("one", ask(0, 5000, 1), ask(2*s, 10, 1), ask(8*s, 10, 1))
	for resume, last := range map[Resume]unit.Time{ResumeReset: 70 * s, ResumeDuration: 94 * s, ResumeNever: 12 * s} {
		r := run(t, world(limited(None, 2000, None), plain(2, 4*s), closed, func(c *Config) {
			c.Client.Closed, c.Client.Resume, c.Client.ResumeAfter = true, resume, 80*s
		}), rows)
		want(t, "last answer", r.Last, last)
		if resume == ResumeNever {
			want(t, "abandoned", r.AbandonedBy[TokensPerMinute], 1)
			want(t, "served", r.Served, 1)
		} else {
			want(t, "served", r.Served, 2)
		}
	}
}

// A session whose call the cut leaves waiting never makes the next ones.
func TestCutSession(t *testing.T) {
	cfg := world(limited(None, 2000, None), plain(3, 20*unit.Second), closed, func(c *Config) { c.Horizon, c.Drain = unit.Minute, false })
	cfg.Client.Closed = true
	r := run(t, cfg, resumed(ask(0, 5000, 1)))
	// Refused at 10, 30 and 50 s, then unserved, and the pause ends with the run.
	// The third call stands after the horizon and is not offered at all.
	want(t, "totals", r.Totals, Totals{Offered: 2, Unserved: 2})
	want(t, "abandoned", r.AbandonedBy[TokensPerMinute], 1)
	cfg.Client.Attempts = 4
	r = run(t, cfg, resumed(ask(0, 5000, 1)))
	want(t, "totals", r.Totals, Totals{Offered: 2, Queued: 1, Unserved: 1})
	want(t, "abandoned by what refused last", r.AbandonedBy[TokensPerMinute], 1)
}
