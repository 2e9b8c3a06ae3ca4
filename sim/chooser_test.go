package sim

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"quotawall/sim/quota"
	"quotawall/sim/trace"
	"quotawall/sim/unit"
)

// chooser draws the parts of a random scenario.
type chooser struct{ *rand.Rand }

// pick is one of the values.
func pick[T any](c chooser, values ...T) T { return values[c.IntN(len(values))] }

// sometimes is true once in n.
func (c chooser) sometimes(n int) bool { return c.IntN(n) == 0 }

// model is one of n models, or None.
func (c chooser) model(n int) int32 { return int32(c.IntN(n+1)) - 1 }

// times are drawn in steps of 50 ms, so that events of all kinds tie.
func (c chooser) time(most unit.Time) unit.Time {
	const step = 50 * unit.Millisecond
	return unit.Time(c.Int64N(int64(most/step)+1)) * step
}

// randomConfig draws a scenario in which any rule of the model may take part.
func randomConfig(seed uint64) Config {
	c := chooser{rand.New(rand.NewPCG(seed, 1))}
	cfg := Config{
		Seed: seed, Epoch: unit.Time(c.Int64N(int64(40*unit.Day))) + c.time(unit.Day), Horizon: unit.Never, Drain: !c.sometimes(3),
		Assign: pick(c, Sticky, Hashed, RoundRobin, MostHeadroom), Failover: c.sometimes(2),
		Max: pick(c, int64(4096), trace.MaxUnset, MaxFromOutput), LoggedDurations: c.sometimes(2),
	}
	if c.sometimes(2) {
		cfg.Horizon = c.time(20 * unit.Minute)
	}
	c.models(&cfg)
	c.accounts(&cfg)
	c.classes(&cfg)
	c.client(&cfg)
	c.cache(&cfg)
	c.routing(&cfg)
	c.levers(&cfg)
	return cfg
}

func (c chooser) models(cfg *Config) {
	n := 1 + c.IntN(4)
	for i := range n {
		m := Model{
			Alias: fmt.Sprint("m", i), ID: fmt.Sprint("id", c.IntN(n)), Scope: pick(c, "geo", "on-demand"), Tier: c.IntN(3),
			MaxOutput: pick(c, int64(0), 3000, 64_000), Context: pick(c, int64(0), 0, 9000), CacheMin: pick(c, int64(0), 1024, 4096),
			FirstToken: c.time(2 * unit.Second), PerToken: pick(c, unit.Time(0), 1000, 50_000, 400_000),
			Burndown: pick(c, int64(1), 5), LongAbove: pick(c, int64(0), 5000),
		}
		if c.sometimes(5) {
			for range n {
				m.TokensFrom = append(m.TokensFrom, Scale{Num: int64(9 + c.IntN(4)), Den: 10})
			}
		}
		cfg.Models = append(cfg.Models, m)
	}
}

func (c chooser) accounts(cfg *Config) {
	limit := func(most int64) int64 { return pick(c, None, 0, most/20, most/4, most, most) }
	cfg.Quota = Quota{
		Minute: pick(c, quota.Fixed, quota.Fixed, quota.Fixed, quota.Sliding, quota.Bucket), Day: pick(c, quota.Fixed, quota.Fixed, quota.Fixed, quota.Rolling, quota.Bucket),
		DayStarts: c.time(unit.Day), Current: c.sometimes(4), ReserveReads: c.sometimes(4), BurndownMax: c.sometimes(4),
		Pessimistic: c.sometimes(8),
	}
	if c.sometimes(8) {
		cfg.Quota.Adjust, cfg.Quota.AdjustUp = 5*unit.Second, c.sometimes(2)
	}
	crossed := c.sometimes(4)
	for a := range 1 + c.IntN(4) {
		account := Account{Name: fmt.Sprint("a", a), Region: "r"}
		if c.sometimes(6) {
			account.Ready = c.time(10 * unit.Minute)
		}
		cfg.Accounts = append(cfg.Accounts, account)
		over := int32(None)
		if crossed {
			over = int32(len(cfg.Pools))
			cfg.Pools = append(cfg.Pools, Pool{
				Account: int32(a), Model: None, RPM: None, TPM: None, TPD: max(0, limit(2_000_000)), InputTPM: None, OutputTPM: None,
				Unit: pick(c, PricedTokens, SettledTokens, BilledTokens), ReserveMax: c.sometimes(2), PerUnit: pick(c, int64(1), 3_000_000),
			})
		}
		for m := range cfg.Models {
			lane := Lane{Pool: None, Cross: over, Domain: int32(len(cfg.Lanes)), Rates: Rates{3, 1, 4, 15, 6}, LongRates: Rates{6, 1, 7, 22, 9}}
			if !c.sometimes(6) {
				lane.Pool = int32(len(cfg.Pools))
				p := Pool{Account: int32(a), Model: int32(m), RPM: limit(60), TPM: limit(400_000), TPD: limit(8_000_000), InputTPM: None, OutputTPM: None}
				if c.sometimes(10) {
					p.RPM, p.TPM, p.TPD, p.InputTPM, p.OutputTPM = None, None, None, limit(300_000), limit(50_000)
					p.InputTPM = max(p.InputTPM, 1000)
				}
				if c.sometimes(8) {
					p.Changes = []PoolChange{{At: c.time(8 * unit.Minute), RPM: 40, TPM: 300_000, TPD: None}}
				}
				cfg.Pools = append(cfg.Pools, p)
			}
			cfg.Lanes = append(cfg.Lanes, lane)
		}
	}
}

func (c chooser) classes(cfg *Config) {
	for i := range 1 + c.IntN(3) {
		cfg.Classes = append(cfg.Classes, Class{
			Name: fmt.Sprint("c", i), Deferrable: c.sometimes(4), Deadline: 5 * unit.Minute, Patience: pick(c, 0, 0, 20*unit.Second),
			TTL: pick(c, 0, 0, unit.Hour), Max: pick(c, int64(0), 0, 800), SelfHosted: c.sometimes(3), Batch: c.sometimes(8),
		})
	}
}

func (c chooser) client(cfg *Config) {
	p := pick(c, NoRetry, Plain, Plain, GoV2, AWS2026, BotocoreLegacy, BotocoreStandard, Adaptive)
	cfg.Client = Client{
		Profile: p, Attempts: pick(c, p.DefaultAttempts(), 5), Base: pick(c, 0, unit.Second, 2*unit.Second), Factor: Scale{2, 1}, Cap: 20 * unit.Second,
		Patience: pick(c, 30*unit.Second, unit.Hour), Closed: c.sometimes(3), Resume: pick(c, ResumeReset, ResumeNever, ResumeDuration), ResumeAfter: c.time(unit.Minute),
		DailyAware: c.sometimes(4), Instances: c.IntN(3), RefusalLatency: pick(c, 0, 0, 0, 50*unit.Millisecond, unit.Second),
	}
}

func (c chooser) cache(cfg *Config) {
	cfg.Cache = Cache{
		Mode: pick(c, CacheOff, CacheRate, CachePrefix, CachePrefix, CacheObserved), TTL: pick(c, 30*unit.Second, 5*unit.Minute, unit.Hour),
		ReadShare: unit.Ratio{Num: 3, Den: 10}, WriteShare: unit.Ratio{Num: 1, Den: 10}, Readable: pick(c, FromFirstByte, FromAdmission, FromCompletion),
		BlockTokens: 512, BlockScope: pick(c, trace.NoBlocks, trace.SessionScope, trace.TraceScope),
	}
	if c.sometimes(4) {
		cfg.Cache.Loss = unit.Ratio{Num: 1, Den: 5}
	}
}

func (c chooser) routing(cfg *Config) {
	n, r := len(cfg.Models), &cfg.Routing
	if c.sometimes(2) {
		for range n {
			r.To = append(r.To, c.model(n))
		}
	}
	if c.sometimes(3) {
		for range cfg.Classes {
			r.ClassTo = append(r.ClassTo, c.model(n))
		}
	}
	if c.sometimes(4) {
		r.Mix = []MixPart{{Model: int32(c.IntN(n)), Share: unit.Ratio{Num: 7, Den: 10}}, {Model: int32(c.IntN(n)), Share: unit.Ratio{Num: 3, Den: 10}}}
	}
	for range c.IntN(3) {
		r.Fallback = append(r.Fallback, int32(c.IntN(n)))
	}
	r.FallUp = c.sometimes(2)
	if c.sometimes(6) {
		half := unit.Ratio{Num: 1, Den: 2}
		r.Classifier = &Classifier{Model: int32(c.IntN(n)), Input: 200, Whole: c.sometimes(2), Output: 5, Aliases: []int32{0}, Right: []unit.Ratio{half}, Confusion: [][]unit.Ratio{{half}}}
	}
	if c.sometimes(5) {
		r.Cascade = &Cascade{First: int32(c.IntN(n)), Escalate: unit.Ratio{Num: 3, Den: 10}}
	}
}

func (c chooser) levers(cfg *Config) {
	if c.sometimes(4) {
		m := int32(c.IntN(len(cfg.Models)))
		cfg.Models[m].SelfHosted = true
		cfg.Endpoint = &Endpoint{
			Model: m, Instance: "ml", Region: "r", Instances: 1, Min: c.IntN(2), Max: 3, Concurrency: 1 + c.IntN(4), Waiting: c.IntN(20),
			Curve: []CurvePoint{{1, 50_000}, {4, 120_000}}, Target: pick(c, int64(0), 2000), ScaleOut: unit.Minute, ScaleIn: 2 * unit.Minute, Startup: c.time(3 * unit.Minute), Overflow: c.sometimes(2),
		}
	}
	if c.sometimes(5) {
		cfg.Provisioned = &Provision{
			Model: int32(c.IntN(len(cfg.Models))), Lane: pick(c, unit.Reserved, unit.ModelUnits), Accounts: []int32{0}, InputTPM: 60_000, OutputTPM: 12_000,
			Bought: []Bought{{Kind: unit.Input, Count: 60}}, Overflow: c.sometimes(2), ReserveOutput: c.sometimes(2), BillReads: c.sometimes(2), Term: "1-month",
		}
	}
	if c.sometimes(3) {
		cfg.Queue = &Queue{Headroom: unit.Ratio{Num: 1, Den: 5}, DailyShare: unit.Ratio{Num: 1, Den: 10}, Interval: pick(c, unit.Second, 10*unit.Second), PerMinute: pick(c, int64(0), 30), Visibility: unit.Minute, Service: "sqs"}
		if c.sometimes(2) {
			cfg.Queue.Batch = &Batch{Records: 20, Turnaround: 5 * unit.Minute}
		}
	}
	if c.sometimes(6) {
		cfg.Gateway = &Gateway{Service: "api", Function: "lambda", MemoryMB: 512, PerCall: 20 * unit.Millisecond}
	}
	if c.sometimes(6) {
		cfg.Faults = Faults{Rate: unit.Ratio{Num: 1, Den: 20}, RampFactor: pick(c, int64(0), 3000)}
	}
	if c.sometimes(4) {
		cfg.Periods = []unit.Time{c.time(5 * unit.Minute), 6 * unit.Minute}
	}
}

// randomRows draws traffic for a scenario: bursts, ties, some rows without a
// session, with logged durations, blocks and max_tokens of every sort.
func randomRows(seed uint64, cfg *Config) []trace.Request {
	c := chooser{rand.New(rand.NewPCG(seed, 2))}
	rows := make([]trace.Request, 200+c.IntN(800))
	pace := pick(c, 100*unit.Millisecond, unit.Second, 3*unit.Second)
	length := pick(c, int64(1000), 8000)
	at := unit.Time(0)
	for i := range rows {
		if !c.sometimes(3) {
			at += c.time(pace)
		}
		r := trace.Request{
			At: at, Input: c.Int64N(length), Output: c.Int64N(1000), Max: pick(c, trace.MaxUnknown, trace.MaxUnset, 4096, 512, 100_000),
			Duration: pick(c, trace.Unknown, c.time(10*unit.Second), c.time(3*unit.Minute)), CacheRead: trace.Unknown, CacheWrite: trace.Unknown, Shared: pick(c, trace.Unknown, c.Int64N(500)),
			Model: int32(c.IntN(len(cfg.Models))), Class: int32(c.IntN(len(cfg.Classes))),
		}
		if c.sometimes(2) {
			r.CacheRead, r.CacheWrite = r.Input/3, r.Input/4
		}
		r.Shared = min(r.Shared, r.Input)
		if !c.sometimes(4) {
			r.SessionID = []byte(fmt.Sprint("s", c.IntN(12)))
			r.Session = unit.Hash(r.SessionID)
		}
		for b := range int(r.Input / 512) {
			r.Blocks = append(r.Blocks, uint64(b+c.IntN(2)*b/6*100))
		}
		rows[i] = r
	}
	return rows
}

// rowsReader hands rows out as a trace.
type rowsReader struct {
	rows []trace.Request
	info trace.Info
}

func (r *rowsReader) Info() *trace.Info { return &r.info }

func (r *rowsReader) Read(block []trace.Request) (int, error) {
	n := copy(block, r.rows)
	r.rows = r.rows[n:]
	if n == 0 {
		return 0, io.EOF
	}
	return n, nil
}

// everything is all that a run counts, as text.
func everything(tb rapid.TB, r *Result) string {
	text, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		tb.Fatal(err)
	}
	for _, w := range append([]*Waits{&r.Waits}, classWaits(r)...) {
		text = fmt.Append(text, "\nwaits ", w.Count(), w.Exact())
		for q := range int64(101) {
			d, _ := w.Quantile(q, 100)
			text = fmt.Append(text, " ", int64(d))
		}
	}
	return string(text)
}

// sortWaits lists the waits of a result that are kept, however they came.
func sortWaits(r *Result) {
	for _, w := range append([]*Waits{&r.Waits}, classWaits(r)...) {
		w.kept, w.often = [][]unit.Time{keptWaits(w)}, nil
	}
}

// keptWaits are the waits that are in no bucket, in order of size.
func keptWaits(w *Waits) []unit.Time {
	all := slices.Concat(w.kept...)
	for _, o := range w.often {
		all = append(all, slices.Repeat([]unit.Time{o.wait}, int(o.n))...)
	}
	slices.Sort(all)
	return all
}

func classWaits(r *Result) []*Waits {
	var ws []*Waits
	for i := range r.Classes {
		ws = append(ws, &r.Classes[i].Waits)
	}
	return ws
}

// runRandom runs rows on an engine, in the loop that its clients ask for.
func runRandom(tb testing.TB, e *Engine, rows []trace.Request) string {
	names := func(n int) (out []int32) {
		for i := range n {
			out = append(out, int32(i))
		}
		return out
	}
	e.Bind(names(len(e.cfg.Models)), names(len(e.cfg.Classes)))
	if e.cfg.Client.Closed {
		tape, err := trace.Record(&rowsReader{rows: rows})
		if err != nil {
			tb.Fatal(err)
		}
		playAll(e, tape)
	} else {
		rows = append([]trace.Request(nil), rows...)
		var number trace.Numberer
		number.Number(rows)
		e.Feed(rows)
	}
	r, err := e.Finish(30 * unit.Minute)
	if err != nil {
		return err.Error()
	}
	return everything(tb, r)
}
