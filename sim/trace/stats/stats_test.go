package stats

import (
	"cmp"
	"io"
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"quotawall/sim/trace"
	"quotawall/sim/unit"
)

// list is a trace in memory.
type list struct {
	info trace.Info
	rows []trace.Request
}

func (l *list) Info() *trace.Info { return &l.info }

func (l *list) Read(block []trace.Request) (int, error) {
	n := copy(block, l.rows)
	l.rows = l.rows[n:]
	if n == 0 {
		return 0, io.EOF
	}
	return n, nil
}

func collect(t rapid.TB, info trace.Info, rows []trace.Request, opt Options) *Stats {
	t.Helper()
	if info.Names == nil {
		info.Names = trace.NewNames()
	}
	s, err := Collect(&list{info, rows}, opt)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// request is a row with nothing unknown but what the tests set.
func request(at unit.Time, input, output int64) trace.Request {
	return trace.Request{At: at, Input: input, Output: output, Shared: trace.Unknown}
}

// Four requests by hand: 0 s, 30 s, 59.999999 s and 60 s.
func TestByHand(t *testing.T) {
	rows := []trace.Request{
		request(0, 100, 10), request(30*unit.Second, 200, 0),
		request(unit.Minute-1, 300, 30), request(unit.Minute, 400, 40),
	}
	start := time.Date(2026, 10, 5, 9, 12, 30, 0, time.UTC)
	s := collect(t, trace.Info{Dated: true, Start: start}, rows, Options{Cap: 680, Burndown: 5})
	// Minutes from the first: 3 and 1. Clock minutes: 09:12 has the first only.
	// Rolling: (0, 60 s] has three of them, the half-open minute from 0 has three.
	if s.RPM.Max != 3 || s.RPM.MaxClock != 3 || s.RPM.MaxRolling != 3 || s.RPS.Max != 1 || s.TPM.Max != 640 {
		t.Errorf("%+v %+v %+v", s.RPM, s.RPS, s.TPM)
	}
	if *s.RPM.Mean != 4 || s.SpanS != 60 || s.Input.P50 != 200 || s.Input.P90 != 400 || *s.Output.Mean != 20 {
		t.Errorf("%+v", s.Figures)
	}
	// Charges 150, 200, 450: the third makes 800.
	if *s.Cap.ExhaustedRequest != 3 || *s.Cap.ExhaustedS != 59.999999 || s.Cap.TotalCharge != 1400 {
		t.Errorf("%+v", s.Cap)
	}
	// Gaps 30, 29.999999 and 0.000001 s have mean 20 and, to 1e-6, variance 200.
	if math.Abs(*s.CV-math.Sqrt(200)/20) > 1e-6 {
		t.Errorf("cv %v", *s.CV)
	}
}

// Exactly the cap is not over it, and undefined figures are null.
func TestEdges(t *testing.T) {
	s := collect(t, trace.Info{}, []trace.Request{request(5, 100, 0)}, Options{Cap: 100})
	if s.Cap.ExhaustedS != nil || s.CV != nil || s.RPM.Mean != nil || s.Prefix != nil || s.Input.P99 != 100 {
		t.Errorf("%+v", s.Figures)
	}
	for _, bad := range []Options{{Cap: -1}, {Burndown: -1}, {Burndown: MaxBurndown + 1}, {CacheTTL: "7m"}, {By: "colour"}} {
		if _, err := Collect(&list{}, bad); err == nil {
			t.Errorf("%+v is taken", bad)
		}
	}
	back := []trace.Request{request(5, 1, 1), request(4, 1, 1)}
	if _, err := Collect(&list{trace.Info{Names: trace.NewNames()}, back}, Options{}); err == nil {
		t.Error("times that go back are taken")
	}
}

// What rows share with the session's last prompt is read while that is live.
func TestSharedTokens(t *testing.T) {
	row := func(at unit.Time, session string, shared int64) trace.Request {
		r := request(at, 1000, 1)
		r.SessionID, r.Session, r.Shared = []byte(session), unit.HashString(session), shared
		return r
	}
	rows := []trace.Request{
		row(0, "a", 0), row(unit.Minute, "a", 900), row(unit.Minute, "b", 900),
		row(6*unit.Minute, "a", 700), row(12*unit.Minute, "a", 500),
	}
	s := collect(t, trace.Info{}, rows, Options{})
	got := [ttls]int64{s.Prefix.NoExpiry.Tokens, s.Prefix.Hour.Tokens, s.Prefix.Five.Tokens, s.Prefix.One.Tokens}
	if got != [ttls]int64{2100, 2100, 1600, 900} {
		t.Errorf("got %v", got)
	}
}

// twin is an ideal prefix cache as its definition reads.
type twin struct {
	ttl     unit.Time
	touched map[[2]uint64]unit.Time
}

func (w *twin) hit(r *trace.Request, scope trace.BlockScope) (blocks int64) {
	key := func(id uint64) [2]uint64 {
		if scope == trace.SessionScope {
			return [2]uint64{r.Session, id}
		}
		return [2]uint64{0, id}
	}
	for _, id := range r.Blocks {
		at, ok := w.touched[key(id)]
		if !ok || r.At-at > w.ttl {
			break
		}
		blocks++
	}
	for _, id := range r.Blocks {
		w.touched[key(id)] = r.At
	}
	return blocks
}

func drawRows(t *rapid.T) []trace.Request {
	gaps := []unit.Time{0, 0, 1, unit.Second, 30 * unit.Second, unit.Minute, 5 * unit.Minute, 5*unit.Minute + 1, unit.Hour, unit.Hour + 1}
	at := unit.Time(0)
	last := map[uint64][]uint64{}
	rows := make([]trace.Request, rapid.IntRange(1, 60).Draw(t, "rows"))
	for i := range rows {
		at += rapid.SampledFrom(gaps).Draw(t, "gap")
		r := request(at, rapid.Int64Range(0, 5000).Draw(t, "input"), rapid.Int64Range(0, 300).Draw(t, "output"))
		r.Session = rapid.Uint64Range(1, 3).Draw(t, "session")
		r.SessionID = []byte{byte('a' + r.Session)}
		keep := rapid.IntRange(0, len(last[r.Session])).Draw(t, "keep")
		more := rapid.SliceOfN(rapid.Uint64Range(0, 12), 0, 4).Draw(t, "more")
		r.Blocks = slices.Concat(last[r.Session][:keep], more)
		last[r.Session] = r.Blocks
		rows[i] = r
	}
	return rows
}

func TestPrefixTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := drawRows(t)
		scope := rapid.SampledFrom([]trace.BlockScope{trace.SessionScope, trace.TraceScope}).Draw(t, "scope")
		const tokens = 64
		var want [ttls]int64
		for i, ttl := range lifetimes() {
			w := twin{ttl, map[[2]uint64]unit.Time{}}
			for k := range rows {
				want[i] += min(w.hit(&rows[k], scope)*tokens, rows[k].Input)
			}
		}
		p := newPrefixes()
		var got [ttls]int64
		for k := range rows {
			for i, n := range p.hits(&rows[k], scope, tokens) {
				got[i] += n
			}
		}
		if got != want {
			t.Fatalf("got %v, want %v", got, want)
		}
	})
}

// The maxima and quantiles against their definitions, computed over all rows.
func TestFiguresTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := drawRows(t)
		s := collect(t, trace.Info{}, slices.Clone(rows), Options{})
		var rollingMax int64
		minutes := map[unit.Time]int64{}
		for _, from := range rows {
			count := int64(0)
			for _, r := range rows {
				if r.At >= from.At && r.At < from.At+unit.Minute {
					count++
				}
			}
			rollingMax = max(rollingMax, count)
			minutes[(from.At-rows[0].At)/unit.Minute]++
		}
		most := int64(0)
		for _, n := range minutes {
			most = max(most, n)
		}
		if s.RPM.MaxRolling != rollingMax || s.RPM.Max != most {
			t.Fatalf("%+v, want %d and %d", s.RPM, most, rollingMax)
		}
		slices.SortFunc(rows, func(a, b trace.Request) int { return cmp.Compare(a.Input, b.Input) })
		for _, q := range []struct{ percent, got int64 }{{50, s.Input.P50}, {90, s.Input.P90}, {99, s.Input.P99}} {
			for i, r := range rows {
				if 100*int64(i+1) >= q.percent*int64(len(rows)) {
					if r.Input != q.got {
						t.Fatalf("p%d: got %d, want %d", q.percent, q.got, r.Input)
					}
					break
				}
			}
		}
	})
}

// Counting by value gives the quantiles of single values, however many there are.
func TestSizesTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.OneOf(rapid.Int64Range(0, 3000), rapid.Int64Range(0, trace.MaxCount)), 1, 200).Draw(t, "values")
		var loose, counted sizes
		counted.direct = make([]*page, directPages)
		for _, v := range values {
			loose.add(v)
			counted.add(v)
		}
		percent := []int64{1, 50, 90, 99, 100}
		if a, b := loose.quantiles(percent...), counted.quantiles(percent...); !slices.Equal(a, b) {
			t.Fatalf("%v and %v", a, b)
		}
	})
}

// Beyond the bound on pages, quantiles are at most 1,023 too high.
func TestSizesBound(t *testing.T) {
	var s sizes
	s.direct = make([]*page, directPages)
	s.pages = mostPages
	for _, v := range []int64{5_000_000, 6_000_000, 7_000_000} {
		s.add(v)
	}
	got := s.quantiles(50)[0]
	if got < 6_000_000 || got > 6_001_023 || len(s.far) != 0 {
		t.Errorf("p50 %d, %d pages", got, len(s.far))
	}
}

func BenchmarkCollectPlain(b *testing.B) {
	rows := make([]trace.Request, 100_000)
	for i := range rows {
		rows[i] = request(unit.Time(i)*50_000, int64(i*7919%100_000), int64(i%900))
	}
	for b.Loop() {
		if _, err := Collect(&list{trace.Info{Names: trace.NewNames()}, rows}, Options{}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(rows)), "ns/row")
}
