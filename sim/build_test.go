package sim

import (
	"cmp"
	"io"
	"slices"
	"testing"

	"quotawall/sim/quota"
	"quotawall/sim/trace"
	"quotawall/sim/unit"
)

// monday is 2026-01-05T00:00:00Z, in microseconds since 1970.
const monday = unit.Time(1767571200) * unit.Second

// unlimited is a pool without any limit.
func unlimited(model int32) Pool {
	return Pool{Model: model, RPM: None, TPM: None, TPD: None, InputTPM: None, OutputTPM: None, PerUnit: 1}
}

// world is a scenario of one account and one model, burndown 5, that nothing
// limits: calls take 10 s, an unknown max_tokens is 1,000, nobody retries.
func world(changes ...func(*Config)) Config {
	cfg := Config{
		Epoch: monday, Horizon: 7 * unit.Day, Drain: true, Max: 1000,
		Accounts: []Account{{Name: "a"}},
		Models:   []Model{{Alias: "frontier", ID: "m0", Scope: "geo", Tier: 3, MaxOutput: 64_000, FirstToken: 10 * unit.Second, Burndown: 5}},
		Classes:  []Class{{}},
		Client:   Client{Profile: NoRetry, Patience: unit.Hour},
		Cache:    Cache{TTL: 5 * unit.Minute},
	}
	for _, change := range changes {
		change(&cfg)
	}
	wire(&cfg)
	return cfg
}

// wire gives every account and model a pool, a lane and a cache of its own,
// unless the test has made its own lanes.
func wire(cfg *Config) {
	if cfg.Lanes != nil {
		return
	}
	given := cfg.Pools
	cfg.Pools = nil
	for a := range cfg.Accounts {
		for m := range cfg.Models {
			p := unlimited(int32(m))
			if len(given) > 0 {
				p = given[min(m, len(given)-1)]
			}
			p.Account, p.Model = int32(a), int32(m)
			n := int32(len(cfg.Pools))
			cfg.Pools = append(cfg.Pools, p)
			cfg.Lanes = append(cfg.Lanes, Lane{Pool: n, Cross: None, Domain: n})
		}
	}
}

// limited sets the three limits of every model's pool; None is no limit.
func limited(rpm, tpm, tpd int64) func(*Config) {
	return func(c *Config) {
		p := unlimited(0)
		p.RPM, p.TPM, p.TPD = rpm, tpm, tpd
		c.Pools = []Pool{p}
	}
}

// crossPool adds one cross-model pool for each account to a wired scenario.
func crossPool(cfg *Config, limit int64, u PoolUnit, perUnit int64, reserve bool) {
	for a := range cfg.Accounts {
		p := unlimited(None)
		p.Account, p.TPD, p.Unit, p.PerUnit, p.ReserveMax = int32(a), limit, u, perUnit, reserve
		cfg.Pools = append(cfg.Pools, p)
		for m := range cfg.Models {
			cfg.Lanes[a*len(cfg.Models)+m].Cross = int32(len(cfg.Pools) - 1)
		}
	}
}

// twoModels adds a cheaper second model with its own limits.
func twoModels(c *Config) {
	second := c.Models[0]
	second.Alias, second.ID, second.Tier = "fast", "m1", 1
	c.Models = append(c.Models, second)
}

func plain(attempts int, base unit.Time) func(*Config) {
	return func(c *Config) {
		c.Client = Client{Profile: Plain, Attempts: attempts, Base: base, Factor: Scale{2, 1}, Cap: 20 * unit.Second, Patience: unit.Hour, Closed: c.Client.Closed}
	}
}

func shapes(minute, day quota.Shape) func(*Config) {
	return func(c *Config) { c.Quota.Minute, c.Quota.Day = minute, day }
}

// ask is a request of which the trace says only the lengths.
func ask(at unit.Time, input, output int64) trace.Request {
	return trace.Request{
		At: at, Input: input, Output: output, Max: trace.MaxUnknown, Duration: trace.Unknown,
		CacheRead: trace.Unknown, CacheWrite: trace.Unknown, Shared: trace.Unknown,
	}
}

// in gives requests a session.
func in(session string, rows ...trace.Request) []trace.Request {
	for i := range rows {
		rows[i].SessionID, rows[i].Session = []byte(session), unit.HashString(session)
	}
	return rows
}

// each gives requests what change sets.
func each(rows []trace.Request, change func(*trace.Request)) []trace.Request {
	rows = slices.Clone(rows)
	for i := range rows {
		change(&rows[i])
	}
	return rows
}

// merge puts requests in order of time.
func merged(lists ...[]trace.Request) []trace.Request {
	all := slices.Concat(lists...)
	slices.SortStableFunc(all, func(a, b trace.Request) int { return cmp.Compare(a.At, b.At) })
	return all
}

// run plays requests through an open or closed loop, as the client says.
func run(t testing.TB, cfg Config, rows []trace.Request) *Result {
	t.Helper()
	r, err := tryRun(cfg, rows)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// tryRun is run for properties: the conservation error is returned.
func tryRun(cfg Config, rows []trace.Request) (*Result, error) {
	e := New(cfg)
	models, classes := make([]int32, 16), make([]int32, 16)
	for i := range models {
		models[i], classes[i] = int32(min(i, len(cfg.Models)-1)), int32(min(i, len(cfg.Classes)-1))
	}
	e.Bind(models, classes)
	rows = slices.Clone(rows)
	if cfg.Client.Closed {
		tape, err := trace.Record(&rowReader{rows: rows})
		if err != nil {
			return nil, err
		}
		playAll(e, tape)
	} else {
		var number trace.Numberer
		number.Number(rows)
		e.Feed(rows)
	}
	return e.Finish(cfg.Horizon)
}

// playAll runs a whole tape in a closed loop.
func playAll(e *Engine, tape *trace.Tape) {
	e.Load(tape)
	for rows := range tape.Blocks() {
		e.Feed(rows)
	}
}

// rowReader reads rows from memory.
type rowReader struct {
	rows []trace.Request
	info trace.Info
}

func (r *rowReader) Info() *trace.Info { return &r.info }

func (r *rowReader) Read(block []trace.Request) (int, error) {
	if len(r.rows) == 0 {
		return 0, io.EOF
	}
	n := copy(block, r.rows)
	r.rows = r.rows[n:]
	return n, nil
}

// capOf is the only cap of a limit in a pool.
func capOf(t testing.TB, r *Result, pool int32, limit Limit) Cap {
	t.Helper()
	for _, c := range r.Caps {
		if c.Pool == pool && c.Limit == limit {
			return c
		}
	}
	t.Fatalf("pool %d has no limit %s", pool, limit)
	return Cap{}
}

// want compares one figure.
func want[T comparable](t testing.TB, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}
func minuteShapes() map[string]quota.Shape {
	return map[string]quota.Shape{"fixed": quota.Fixed, "sliding": quota.Sliding, "bucket": quota.Bucket}
}

func dayShapes() map[string]quota.Shape {
	return map[string]quota.Shape{"fixed": quota.Fixed, "rolling": quota.Rolling, "bucket": quota.Bucket}
}
