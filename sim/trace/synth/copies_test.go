package synth

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"quotawall/sim/trace"
	"quotawall/sim/unit"
)

// plain is a row of a made-up trace; names are texts, so that rows of readers
// with different tables compare.
type plain struct {
	At      unit.Time
	Input   int64
	Session string
	Model   string
	Shared  int64
	Blocks  []uint64
	Output  int64
}

// memory is a reader of made-up rows that overwrites what it handed out before.
type memory struct {
	info   trace.Info
	rows   []plain
	chunk  int
	ids    []byte
	blocks []uint64
	open   *int
}

// source opens a made-up trace; each reader interns its models in an order of
// its own. open counts the readers not closed.
func source(rows []plain, scope trace.BlockScope, chunk int, open *int) Source {
	opened := 0
	return func() (trace.Reader, error) {
		m := &memory{info: trace.Info{Format: "made-up", BlockScope: scope, BlockTokens: 64, Names: trace.NewNames()}, rows: rows, chunk: chunk, open: open}
		for i := range 3 {
			m.info.Names.Models.InternString(fmt.Sprintf("m%d", (i+opened)%3))
		}
		opened++
		*open++
		return m, nil
	}
}

func (m *memory) Info() *trace.Info { return &m.info }

func (m *memory) Close() error {
	*m.open--
	return nil
}

func (m *memory) Read(block []trace.Request) (int, error) {
	for i := range m.ids {
		m.ids[i] = '?'
	}
	clear(m.blocks)
	m.ids, m.blocks = m.ids[:0], m.blocks[:0]
	if len(m.rows) == 0 {
		return 0, io.EOF
	}
	n := min(len(block), len(m.rows), m.chunk)
	for i, p := range m.rows[:n] {
		r := &block[i]
		*r = trace.Request{At: p.At, Input: p.Input, Output: p.Output, Shared: p.Shared, Max: trace.MaxUnknown, Model: m.info.Names.Models.InternString(p.Model)}
		if p.Session != "" {
			m.ids = append(m.ids, p.Session...)
			r.SessionID = m.ids[len(m.ids)-len(p.Session):]
			r.Session = unit.Hash(r.SessionID)
		}
		m.blocks = append(m.blocks, p.Blocks...)
		r.Blocks = m.blocks[len(m.blocks)-len(p.Blocks):]
	}
	m.rows = m.rows[n:]
	return n, nil
}

// plainRows reads a trace to its end.
func plainRows(t *rapid.T, r trace.Reader) []plain {
	rows := []plain{}
	block := make([]trace.Request, rapid.IntRange(1, 9).Draw(t, "block"))
	for {
		n, err := r.Read(block)
		if errors.Is(err, io.EOF) {
			return rows
		}
		if err != nil {
			t.Fatal(err)
		}
		for i := range block[:n] {
			q := &block[i]
			if len(q.SessionID) > 0 && q.Session != unit.Hash(q.SessionID) {
				t.Fatalf("session %q has hash %x", q.SessionID, q.Session)
			}
			rows = append(rows, plain{q.At, q.Input, string(q.SessionID), r.Info().Names.Models.Text(q.Model), q.Shared, append([]uint64(nil), q.Blocks...), q.Output})
		}
	}
}

func anyRows(t *rapid.T) []plain {
	rows := make([]plain, rapid.IntRange(0, 30).Draw(t, "rows"))
	at := unit.Time(0)
	for i := range rows {
		p := &rows[i]
		p.At, p.Input, p.Shared = at, int64(i+1), rapid.Int64Range(-1, 3).Draw(t, "shared")
		p.Session = rapid.SampledFrom([]string{"", "a", "b", "c"}).Draw(t, "session")
		p.Model = rapid.SampledFrom([]string{"", "m0", "m1", "m2"}).Draw(t, "model")
		p.Blocks = rapid.SliceOfN(rapid.Uint64Range(1, 5), 0, 3).Draw(t, "blocks")
		if len(p.Blocks) == 0 {
			p.Blocks = nil
		}
		at += unit.Time(rapid.Int64Range(0, 3).Draw(t, "gap"))
	}
	return rows
}

func spanOf(rows []plain) unit.Time {
	if len(rows) == 0 {
		return 0
	}
	return rows[len(rows)-1].At
}

// copied is a row of copy k, moved by shift.
func copied(p plain, sign string, k int, shift unit.Time) plain {
	p.At += shift
	if k > 0 && p.Session != "" {
		p.Session += fmt.Sprint(sign, k)
	}
	return p
}

func TestRepeatTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows, open := anyRows(t), 0
		plays := rapid.IntRange(0, 4).Draw(t, "plays")
		until := unit.Never
		if plays == 0 || rapid.Bool().Draw(t, "cut") {
			until = unit.Time(rapid.Int64Range(0, 200).Draw(t, "until"))
		}
		want := []plain{}
		for k := 0; len(rows) > 0 && (plays == 0 || k < plays); k++ {
			start := unit.Time(k) * (spanOf(rows) + 1)
			if start >= until {
				break
			}
			for _, p := range rows {
				if p = copied(p, "#", k, start); p.At < until {
					want = append(want, p)
				}
			}
		}
		r, err := Repeat(source(rows, trace.TraceScope, 4, &open), int64(plays), until)
		if err != nil {
			t.Fatal(err)
		}
		if diff := gocmp.Diff(want, plainRows(t, r)); diff != "" {
			t.Fatal(diff)
		}
		if err := r.(io.Closer).Close(); err != nil || open != 0 {
			t.Fatalf("%v, %d readers left open", err, open)
		}
	})
}

func TestRepeatRefuses(t *testing.T) {
	open := 0
	for _, c := range []struct{ plays, until int64 }{{-1, 5}, {0, math.MaxInt64}} {
		if _, err := Repeat(source(nil, "", 1, &open), c.plays, unit.Time(c.until)); err == nil || open != 0 {
			t.Errorf("%+v: %v, %d open", c, err, open)
		}
	}
}

func TestScaleTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows, open := anyRows(t), 0
		copies, seed := rapid.IntRange(1, 4).Draw(t, "copies"), rapid.Uint64().Draw(t, "seed")
		scope := rapid.SampledFrom([]trace.BlockScope{trace.TraceScope, trace.SessionScope}).Draw(t, "scope")
		period := spanOf(rows) + 1
		type placed struct {
			plain
			copy int
		}
		list := []placed{}
		shifts := unit.Stream(seed, "scale")
		for k := range copies {
			shift := unit.Time(0)
			if k > 0 {
				shift = unit.Time(shifts.Int64N(int64(period)))
			}
			turned := []placed{}
			for _, p := range rows {
				p = copied(p, "+", k, shift)
				p.At %= period
				if k > 0 && scope == trace.TraceScope {
					p.Blocks = slices.Clone(p.Blocks)
					for i := range p.Blocks {
						p.Blocks[i] = scramble(p.Blocks[i] ^ scramble(uint64(k)))
					}
				}
				turned = append(turned, placed{p, k})
			}
			slices.SortStableFunc(turned, func(a, b placed) int { return cmp.Compare(a.At, b.At) })
			list = append(list, turned...)
		}
		slices.SortStableFunc(list, func(a, b placed) int {
			return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.copy, b.copy))
		})
		want := []plain{}
		for _, p := range list {
			want = append(want, p.plain)
		}
		r, err := Scale(source(rows, scope, 4, &open), copies, 0, seed)
		if err != nil {
			t.Fatal(err)
		}
		if diff := gocmp.Diff(want, plainRows(t, r)); diff != "" {
			t.Fatal(diff)
		}
		if err := r.(io.Closer).Close(); err != nil || open != 0 {
			t.Fatalf("%v, %d readers left open", err, open)
		}
	})
}

func TestScaleWindow(t *testing.T) {
	open := 0
	rows := []plain{{At: 0, Session: "a"}, {At: 3 * unit.Day, Session: "b"}}
	r, err := Scale(source(rows, "", 4, &open), 50, 0, 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range readAllPlain(t, r) {
		if strings.HasPrefix(p.Session, "a") && p.At > unit.Hour {
			t.Errorf("copy %q of a trace of days is moved by %v, more than an hour", p.Session, p.At)
		}
	}
	if _, err := Scale(source(rows, "", 4, &open), 0, 0, 1); err == nil {
		t.Error("scale 0 is taken")
	}
	if _, err := Scale(source(rows, "", 4, &open), MaxCopies+1, 0, 1); err == nil {
		t.Error("too many copies are taken")
	}
}

func readAllPlain(t *testing.T, r trace.Reader) (rows []plain) {
	t.Helper()
	block := make([]trace.Request, 7)
	for {
		n, err := r.Read(block)
		if err == io.EOF {
			return rows
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, q := range block[:n] {
			rows = append(rows, plain{At: q.At, Input: q.Input, Session: string(q.SessionID), Shared: q.Shared})
		}
	}
}
