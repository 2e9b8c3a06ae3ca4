package logs

import (
	"cmp"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"

	"quotawall/sim/trace"
	"quotawall/sim/trace/scan"
	"quotawall/sim/unit"
)

// spread makes calls of counts: each period's calls are placed inside it, and its
// tokens are shared out among them evenly and without a rest.
type spread struct {
	*metrics
	file    string
	length  unit.Time // of a period
	times   []moment  // in order of time, then of model
	next    int       // the next period
	calls   []trace.Request
	at      int
	base    unit.Time
	random  []*rand.Rand // of each model
	offsets []unit.Time
}

// reader sorts the periods and tells what it has to assume. file stands for the
// series in errors.
func (m *metrics) reader(file string) (trace.Reader, error) {
	if !m.found[invocations] && len(m.periods) > 0 {
		return nil, &scan.Error{Position: scan.Position{File: file}, Reason: "the metrics lack the series Invocations",
			Detail: "without it nobody knows among how many calls the tokens are to be shared\n  fetch it with the others: get-metric-data takes several"}
	}
	s := &spread{metrics: m, file: file}
	for key := range m.periods {
		s.times = append(s.times, key)
	}
	slices.SortFunc(s.times, func(a, b moment) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.model, b.model)) })
	s.length = s.period()
	for i, model := range m.models {
		m.info.Names.Models.InternString(model)
		s.random = append(s.random, unit.Stream(m.opt.Seed, "cloudwatch/"+m.models[i]))
	}
	s.assume()
	for len(s.calls) == 0 {
		if err := s.fill(); err == io.EOF {
			return nil, m.emptiness(file)
		} else if err != nil {
			return nil, err
		}
	}
	s.base = s.calls[0].At
	m.info.Start = scan.Instant(int64(s.base))
	return s, nil
}

// period is the distance of the series' points. Periods without traffic are
// absent, so it is the longest of CloudWatch's usual periods that every point is
// aligned to and no two points are closer than; else the least distance.
func (s *spread) period() unit.Time {
	least := unit.Day
	for i := 1; i < len(s.times); i++ {
		if d := s.times[i].at - s.times[i-1].at; d > 0 {
			least = min(least, d)
		}
	}
	if len(s.times) == 0 || s.times[0].at == s.times[len(s.times)-1].at {
		return unit.Minute
	}
	for _, usual := range []unit.Time{unit.Day, 6 * unit.Hour, unit.Hour, 15 * unit.Minute, 5 * unit.Minute, unit.Minute} {
		off := func(m moment) bool { return m.at%usual != 0 }
		if usual <= least && !slices.ContainsFunc(s.times, off) {
			return usual
		}
	}
	return least
}

// assume notes what a series does not say.
func (s *spread) assume() {
	how := "evenly"
	if s.opt.Spread == trace.Poisson {
		how = fmt.Sprintf("at random (Poisson, seed %d)", s.opt.Seed)
	}
	s.note(fmt.Sprintf("the series' points are %s apart: each period's calls were placed inside it %s, and its tokens shared out evenly among them", s.length, how))
	if s.length > unit.Minute {
		s.note("periods longer than a minute hide what the minute quotas see: fetch a period of 60 s if it is still kept (15 days)")
	}
	s.note("calls of a series have no session, and all of a period the same size: prefix caching and the spread of sizes cannot be told from them")
	if s.inclusive(false) {
		s.note("InputTokenCount was taken as the whole prompt, cache reads and writes included")
	} else if s.found[readTokens] || s.found[writeTokens] {
		s.note("the prompt is InputTokenCount plus cache reads and writes")
	}
	for _, n := range metricNames() {
		if n.metric < numMetrics && n.metric > throttles && !s.found[n.metric] {
			s.note(fmt.Sprintf("there is no series %s: 0 was taken", seriesName(n.metric)))
		}
	}
	if s.found[throttles] {
		s.note("InvocationThrottles are not among Invocations: they became calls with status 429 and without tokens")
	}
	if len(s.ignored) > 0 {
		s.note("series that were not used: " + strings.Join(s.ignored, ", "))
	}
}

// seriesName is the first of a series' names.
func seriesName(m metric) string {
	for _, n := range metricNames() {
		if n.metric == m {
			return n.name
		}
	}
	return ""
}

// fill makes the calls of the next period, all models together.
func (s *spread) fill() error {
	if s.next == len(s.times) {
		return io.EOF
	}
	s.calls, s.at = s.calls[:0], 0
	at := s.times[s.next].at
	for ; s.next < len(s.times) && s.times[s.next].at == at; s.next++ {
		key := s.times[s.next]
		if err := s.share(key, s.periods[key]); err != nil {
			return err
		}
	}
	slices.SortStableFunc(s.calls, func(a, b trace.Request) int { return cmp.Compare(a.At, b.At) })
	return nil
}

// share places the calls of one model in a period.
func (s *spread) share(key moment, c *counts) error {
	n := c[invocations]
	fresh := c[inputTokens]
	if s.inclusive(false) {
		if fresh -= c[readTokens] + c[writeTokens]; fresh < 0 {
			return s.broken(key, "InputTokenCount "+string(tooManyCached))
		}
	}
	if n == 0 && fresh+c[outputTokens]+c[readTokens]+c[writeTokens] > 0 {
		n = 1
		s.note("some periods have tokens and no Invocations: one call was taken for each")
	}
	if n > 0 && (fresh+c[readTokens]+c[writeTokens])/n+3 > trace.MaxCount || n > 0 && c[outputTokens]/n+1 > trace.MaxCount {
		return s.broken(key, fmt.Sprintf("the tokens of a period are too many for its calls (%d)", n))
	}
	model := s.info.Names.Models.InternString(s.models[key.model])
	for i, at := range s.place(key, n) {
		k := int64(i)
		q := blank().Request
		q.At, q.Model = at, model
		q.CacheRead, q.CacheWrite = part(c[readTokens], n, k), part(c[writeTokens], n, k)
		q.Input = part(fresh, n, k) + q.CacheRead + q.CacheWrite
		q.Output = part(c[outputTokens], n, k)
		s.calls = append(s.calls, q)
	}
	for _, at := range s.place(key, c[throttles]) {
		q := blank().Request
		q.At, q.Model, q.Status = at, model, 429
		s.calls = append(s.calls, q)
	}
	return nil
}

func (s *spread) broken(key moment, reason string) error {
	return &scan.Error{Position: scan.Position{File: s.file + ", period " + key.at.At(scan.Instant(0)).Format("2006-01-02T15:04:05Z")}, Reason: reason}
}

// part is the k-th of n shares of total. The shares add up to total and differ
// by one at most, the larger ones evenly among the others.
func part(total, n, k int64) int64 {
	rest := total % n
	return total/n + (k+1)*rest/n - k*rest/n
}

// place is when the n calls of a period begin: in the middles of n equal parts,
// or where the arrivals of a Poisson process lie, given that there are n.
func (s *spread) place(key moment, n int64) []unit.Time {
	s.offsets = s.offsets[:0]
	for k := range n {
		offset := unit.Time((2*k + 1) * int64(s.length) / (2 * n))
		if s.opt.Spread == trace.Poisson {
			offset = unit.Time(s.random[key.model].Int64N(int64(s.length)))
		}
		s.offsets = append(s.offsets, key.at+offset)
	}
	slices.Sort(s.offsets)
	return s.offsets
}

// Info describes the trace.
func (s *spread) Info() *trace.Info { return &s.info }

// Summary tells what was read and handed out.
func (s *spread) Summary() *trace.Summary { return &s.sum }

// Read fills block with the next calls.
func (s *spread) Read(block []trace.Request) (n int, err error) {
	for n < len(block) {
		if s.at == len(s.calls) {
			if err := s.fill(); err == io.EOF && n > 0 {
				break
			} else if err != nil {
				return 0, err
			}
			continue
		}
		q := s.calls[s.at]
		q.At -= s.base
		s.at++
		if q.Failed() {
			s.sum.Failed++
		}
		s.sum.Span = q.At
		block[n] = q
		n++
	}
	s.sum.Rows += int64(n)
	return n, nil
}
