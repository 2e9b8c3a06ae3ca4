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
	file   string
	length unit.Time // of a period
	times  []moment  // in order of time, then of model
	next   int       // the next period
	calls  []placed  // of the current period, in order of time
	shares []share
	at     int
	base   unit.Time
	random []*rand.Rand // of each model
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
	s.base = s.calls[0].at
	m.info.Start = scan.Instant(int64(s.base))
	return s, nil
}

// period is the distance of the series' points. Periods without traffic are
// absent, so it is the longest of CloudWatch's usual periods that every point is
// aligned to; else the least distance.
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
		if !slices.ContainsFunc(s.times, off) {
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

// share is what one model's calls of a period have together.
type share struct {
	model                      int32
	status                     int16
	n                          int64 // calls
	fresh, read, write, output int64
}

// placed is one call of a share.
type placed struct {
	at    unit.Time
	share int32
	k     int32
}

// fill places the calls of the next period, all models together.
func (s *spread) fill() error {
	if s.next == len(s.times) {
		return io.EOF
	}
	s.calls, s.shares, s.at = s.calls[:0], s.shares[:0], 0
	at := s.times[s.next].at
	for ; s.next < len(s.times) && s.times[s.next].at == at; s.next++ {
		key := s.times[s.next]
		if err := s.share(key, s.periods[key]); err != nil {
			return err
		}
	}
	slices.SortStableFunc(s.calls, func(a, b placed) int { return cmp.Compare(a.at, b.at) })
	return nil
}

// share takes up what one model has in a period.
func (s *spread) share(key moment, c *counts) error {
	w := share{model: s.info.Names.Models.InternString(s.models[key.model]), n: c[invocations],
		fresh: c[inputTokens], read: c[readTokens], write: c[writeTokens], output: c[outputTokens]}
	if s.inclusive(false) {
		if w.fresh -= w.read + w.write; w.fresh < 0 {
			return s.broken(key, "InputTokenCount "+string(tooManyCached))
		}
	}
	prompt := w.fresh + w.read + w.write
	if w.n == 0 && prompt+w.output > 0 {
		w.n = 1
		s.note("some periods have tokens and no Invocations: one call was taken for each")
	}
	if w.n > 0 && (prompt/w.n+3 > trace.MaxCount || w.output/w.n+1 > trace.MaxCount) {
		return s.broken(key, fmt.Sprintf("the tokens of a period are too many for its calls (%d)", w.n))
	}
	for _, part := range []share{w, {model: w.model, n: c[throttles], status: 429}} {
		if int64(len(s.calls))+part.n > mostPerPeriod {
			return s.broken(key, fmt.Sprintf("a period has more than %d calls", mostPerPeriod))
		}
		s.place(key, part.n)
		s.shares = append(s.shares, part)
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

// place adds n calls of the share that comes next: in the middles of n equal
// parts of the period, or where the arrivals of a Poisson process lie, given that
// there are n.
func (s *spread) place(key moment, n int64) {
	begin := len(s.calls)
	for k := range n {
		offset := unit.Time((2*k + 1) * int64(s.length) / (2 * n))
		if s.opt.Spread == trace.Poisson {
			offset = unit.Time(s.random[key.model].Int64N(int64(s.length)))
		}
		s.calls = append(s.calls, placed{at: key.at + offset, share: int32(len(s.shares))})
	}
	mine := s.calls[begin:]
	slices.SortFunc(mine, func(a, b placed) int { return cmp.Compare(a.at, b.at) })
	for k := range mine {
		mine[k].k = int32(k)
	}
}

// request is a placed call with its part of the tokens.
func (s *spread) request(p placed) trace.Request {
	w, k := &s.shares[p.share], int64(p.k)
	q := blank().Request
	q.At, q.Model, q.Status = p.at-s.base, w.model, w.status
	if w.status != 0 {
		return q
	}
	q.CacheRead, q.CacheWrite = part(w.read, w.n, k), part(w.write, w.n, k)
	q.Input = part(w.fresh, w.n, k) + q.CacheRead + q.CacheWrite
	q.Output = part(w.output, w.n, k)
	return q
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
		q := s.request(s.calls[s.at])
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
