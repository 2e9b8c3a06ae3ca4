package sim_test

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/BurntSushi/toml"
	"quotawall/sim"
	"quotawall/sim/quota"
	"quotawall/sim/trace"
	"quotawall/sim/unit"
)

type sliceReader struct {
	rows []trace.Request
	at   int
	info trace.Info
}

func (s *sliceReader) Info() *trace.Info { return &s.info }
func (s *sliceReader) Read(b []trace.Request) (int, error) {
	n := copy(b, s.rows[s.at:])
	if n == 0 {
		return 0, io.EOF
	}
	s.at += n
	return n, nil
}

func micros(s string) unit.Time {
	r, _ := new(big.Rat).SetString(s)
	r.Mul(r, big.NewRat(1e6, 1))
	f := new(big.Int).Quo(new(big.Int).Add(new(big.Int).Mul(r.Num(), big.NewInt(2)), r.Denom()), new(big.Int).Mul(r.Denom(), big.NewInt(2)))
	return unit.Time(f.Int64())
}

func load(file, format string, head int) *sliceReader {
	f, err := os.Open(file)
	if err != nil {
		panic(err)
	}
	z, _ := gzip.NewReader(f)
	br := bufio.NewReaderSize(z, 8<<20)
	out := &sliceReader{info: trace.Info{Names: trace.NewNames()}}
	base := trace.Request{Max: trace.MaxUnknown, Duration: -1, CacheRead: -1, CacheWrite: -1, Shared: -1}
	var t0 time.Time
	for i := 0; ; i++ {
		line, err := br.ReadString('\n')
		line = strings.TrimSpace(line)
		if line != "" {
			r := base
			switch format {
			case "azure":
				if i == 0 {
					break
				}
				p := strings.Split(line, ",")
				t, err := time.Parse("2006-01-02 15:04:05.9999999", p[0])
				if err != nil {
					panic(err)
				}
				if i == 1 {
					t0 = t.Truncate(time.Microsecond)
				}
				r.At = unit.Time(t.Truncate(time.Microsecond).Sub(t0) / time.Microsecond)
				fmt.Sscan(p[1], &r.Input)
				fmt.Sscan(p[2], &r.Output)
				out.rows = append(out.rows, r)
			case "mooncake":
				var m struct {
					Timestamp, Input_length, Output_length int64
					Hash_ids                               []uint64
				}
				json.Unmarshal([]byte(line), &m)
				r.At, r.Input, r.Output, r.Blocks = unit.Time(m.Timestamp*1000), m.Input_length, m.Output_length, m.Hash_ids
				out.rows = append(out.rows, r)
				out.info.BlockTokens, out.info.BlockScope = 512, trace.TraceScope
			case "kv":
				if head > 0 && i >= head {
					break
				}
				type rq struct {
					T        json.Number
					Type     string
					Model    string
					In, Out  int64
					Hash_ids []uint64
					Api_time json.Number
					Requests []json.RawMessage
				}
				var s struct {
					ID       string
					Requests []json.RawMessage
				}
				if err := json.Unmarshal([]byte(line), &s); err != nil {
					panic(err)
				}
				var walk func(rs []json.RawMessage, off unit.Time)
				gap := unit.Time(kvGap) * unit.Time(i)
				walk = func(rs []json.RawMessage, off unit.Time) {
					for _, raw := range rs {
						var q rq
						json.Unmarshal(raw, &q)
						at := off + micros(q.T.String())
						if q.Type == "subagent" {
							walk(q.Requests, at)
							continue
						}
						r := base
						r.At, r.Input, r.Output, r.Blocks = at, q.In, q.Out, q.Hash_ids
						if q.Api_time != "" {
							r.Duration = micros(q.Api_time.String())
						}
						r.Model = out.info.Names.Models.InternString(q.Model)
						r.SessionID = []byte(s.ID)
						r.Session = unit.HashString(s.ID)
						out.rows = append(out.rows, r)
					}
				}
				walk(s.Requests, gap)
				out.info.BlockTokens, out.info.BlockScope = 64, trace.SessionScope
			}
		}
		if err != nil {
			break
		}
	}
	sort.SliceStable(out.rows, func(a, b int) bool { return out.rows[a].At < out.rows[b].At })
	return out
}

var kvGap int64

func dur(x any) unit.Time {
	t, err := unit.ParseTime(x.(string))
	if err != nil {
		panic(err)
	}
	return t
}
func rat(x any) unit.Ratio { r, err := unit.ParseRatio(fmt.Sprint(x)); if err != nil { panic(err) }; return r }

func TestCases(t *testing.T) {
	files, _ := filepath.Glob("../../shared/cases/*.toml")
	for _, f := range files {
		if only := os.Getenv("ONLY"); only != "" && !strings.Contains(f, only) {
			continue
		}
		t.Run(filepath.Base(f), func(t *testing.T) { runCase(t, f) })
	}
}

func runCase(t *testing.T, f string) {
	var s map[string]any
	if _, err := toml.DecodeFile(f, &s); err != nil {
		t.Fatal(err)
	}
	get := func(path string) any {
		var x any = s
		for _, p := range strings.Split(path, ".") {
			x = x.(map[string]any)[p]
		}
		return x
	}
	format := get("trace.format").(string)
	if format == "kv-cache-tester" {
		format = "kv"
	}
	kvGap = int64(dur(get("trace.session_gap")))
	tr := load("../../shared/cases/"+get("trace.file").(string), format, int(get("trace.head").(int64)))
	models := get("models").(map[string]any)
	order := []string{"opus", "sonnet", "haiku"}
	ix := map[string]int32{}
	cfg := sim.Config{Seed: 1, Drain: get("drain").(bool)}
	cfg.Epoch = unit.Time(get("start").(time.Time).UnixMicro())
	span := tr.rows[len(tr.rows)-1].At
	if h, ok := s["horizon"]; ok {
		cfg.Horizon = dur(h)
	} else if span+1 < unit.Day {
		cfg.Horizon = max(span+1, unit.Minute)
	} else {
		cfg.Horizon = (span/unit.Day + 1) * unit.Day
	}
	for _, a := range order {
		mm, ok := models[a]
		if !ok {
			continue
		}
		m := mm.(map[string]any)
		ix[a] = int32(len(cfg.Models))
		x := sim.Model{Alias: a, ID: m["id"].(string), Scope: get("scope").(string), Tier: int(m["tier"].(int64)), FirstToken: dur(m["first_token"]), PerToken: dur(m["per_token"]), Burndown: 5}
		switch a {
		case "opus":
			x.Context, x.MaxOutput, x.CacheMin = 1000000, 128000, 4096
		case "sonnet":
			x.Context, x.MaxOutput, x.CacheMin = 1000000, 64000, 1024
		case "haiku":
			x.Context, x.MaxOutput, x.CacheMin = 200000, 64000, 4096
		}
		cfg.Models = append(cfg.Models, x)
	}
	cfg.Accounts = []sim.Account{{Name: "a0", Region: "us-east-1"}}
	cfg.Classes = []sim.Class{{Name: ""}}
	val := func(x any) int64 {
		if v, ok := x.(int64); ok {
			return v
		}
		return -1
	}
	for i := range cfg.Models {
		p := sim.Pool{Model: int32(i), RPM: -1, TPM: -1, TPD: -1, InputTPM: -1, OutputTPM: -1}
		for _, q := range get("quota.applied").([]map[string]any) {
			if q["model"] == cfg.Models[i].ID {
				p.RPM, p.TPM, p.TPD = val(q["rpm"]), val(q["tpm"]), val(q["tpd"])
			}
		}
		cfg.Pools = append(cfg.Pools, p)
		cfg.Lanes = append(cfg.Lanes, sim.Lane{Pool: int32(i), Cross: -1, Domain: int32(i)})
	}
	switch v := get("trace.max_tokens").(type) {
	case int64:
		cfg.Max = v
	case string:
		cfg.Max = map[string]int64{"model": trace.MaxUnset, "output": sim.MaxFromOutput}[v]
	}
	cfg.LoggedDurations = get("trace.durations") == "logged"
	cfg.Quota.Minute = map[string]quota.Shape{"fixed": quota.Fixed, "sliding": quota.Sliding, "bucket": quota.Bucket}[get("quota.minute").(string)]
	ds := get("quota.day_starts").(string)
	var hh, mi int
	fmt.Sscanf(ds, "%d:%d", &hh, &mi)
	cfg.Quota.DayStarts = unit.Time(hh)*unit.Hour + unit.Time(mi)*unit.Minute
	cl := get("client").(map[string]any)
	cfg.Client = sim.Client{Patience: dur(cl["patience"]), RefusalLatency: dur(cl["refusal_latency"]), Attempts: 1, Closed: cl["loop"] == "closed"}
	if cl["profile"] == "plain" {
		cfg.Client.Profile = sim.Plain
		cfg.Client.Attempts = int(cl["attempts"].(int64))
		cfg.Client.Base, cfg.Client.Cap, cfg.Client.Factor = dur(cl["base"]), dur(cl["cap"]), sim.Scale{2, 1}
	}
	ca := get("caching").(map[string]any)
	cfg.Cache = sim.Cache{TTL: dur(ca["ttl"]), ReadShare: rat(ca["read_share"]), WriteShare: rat(ca["write_share"]), BlockTokens: tr.info.BlockTokens, BlockScope: tr.info.BlockScope}
	cfg.Cache.Mode = map[string]sim.CacheMode{"off": 0, "rate": 1, "prefix": 2}[ca["mode"].(string)]
	cfg.Cache.Readable = map[string]sim.Readable{"first-byte": 0, "admission": 1, "completion": 2}[ca["readable_from"].(string)]
	ro := get("routing").(map[string]any)
	if m, ok := ro["map"].(map[string]any); ok {
		cfg.Routing.To = make([]int32, len(cfg.Models))
		for i := range cfg.Routing.To {
			cfg.Routing.To[i] = -1
		}
		for k, v := range m {
			cfg.Routing.To[ix[k]] = ix[v.(string)]
		}
	}
	for _, v := range ro["fallback"].([]any) {
		cfg.Routing.Fallback = append(cfg.Routing.Fallback, ix[v.(string)])
	}
	e := sim.New(cfg)
	var modelOf []int32
	for i := 0; i < tr.info.Names.Models.Len(); i++ {
		name := tr.info.Names.Models.Text(int32(i))
		al := ix[get("trace.model").(string)]
		if name != "" {
			al = ix[get("trace.models").(map[string]any)[name].(string)]
		}
		modelOf = append(modelOf, al)
	}
	e.Bind(modelOf, []int32{0})
	if cfg.Client.Closed {
		tape, err := trace.Record(tr, func(*trace.Request) bool { return true })
		if err != nil {
			t.Fatal(err)
		}
		e.Play(tape)
	} else {
		var num trace.Numberer
		num.Number(tr.rows)
		e.Feed(tr.rows)
	}
	r, err := e.Finish(cfg.Horizon)
	if err != nil {
		t.Fatal(err)
	}
	raw, _ := os.ReadFile("../../shared/cases/expected/" + strings.TrimSuffix(filepath.Base(f), ".toml") + ".json")
	var w map[string]any
	json.Unmarshal(raw, &w)
	num := func(path string) any {
		var x any = w
		for _, p := range strings.Split(path, ".") {
			x = x.(map[string]any)[p]
		}
		return x
	}
	cmp := func(name string, got int64) {
		if want := num(name); want.(float64) != float64(got) {
			t.Errorf("%s: want %.0f got %d", name, want, got)
		}
	}
	cmp("offered", r.Offered)
	cmp("served", r.Served)
	cmp("unserved", r.Unserved)
	cmp("degraded", r.Degraded)
	cmp("truncated", r.Truncated)
	cmp("queued", r.Queued)
	cmp("in_flight", r.InFlight)
	cmp("refusals", r.Refusals)
	cmp("throttled_attempts", r.Throttled)
	cmp("retries", r.Retries)
	for l := sim.RequestsPerMinute; l <= sim.Abandoned; l++ {
		if strings.HasPrefix(l.String(), "input") || strings.HasPrefix(l.String(), "output") {
			continue
		}
		cmp("unserved_by."+l.String(), r.UnservedBy[l])
	}
	cmp("tokens.input", r.Tokens.Input)
	cmp("tokens.fresh", r.Tokens.Fresh)
	cmp("tokens.cache_read", r.Tokens.Read)
	cmp("tokens.cache_write", r.Tokens.Write)
	cmp("tokens.output", r.Tokens.Output)
	for p, q := range map[string]sim.QuotaTokens{"quota_tokens": r.Quota, "day_quota_tokens": r.DayQuota} {
		cmp(p+".reserved", q.Reserved)
		cmp(p+".excess", q.Excess)
		cmp(p+".settled", q.Settled)
		cmp(p+".credited", q.Credited)
		cmp(p+".dropped", q.Dropped)
		cmp(p+".held", q.Held)
	}
	for p, q := range map[string]int64{"p50": 50, "p95": 95, "p99": 99, "max": 100} {
		d, ok := r.Waits.Quantile(q, 100)
		want, _ := num("wait_s." + p).(float64)
		if ok && unit.Time(want*1e6+0.5) != d {
			t.Errorf("wait %s: want %v got %v", p, want, d.Seconds())
		}
	}
	ab := num("abandoned_by").(map[string]any)
	for l, n := range r.AbandonedBy {
		if want, _ := ab[sim.Limit(l).String()].(float64); int64(want) != n {
			t.Errorf("abandoned_by %v want %v got %v", sim.Limit(l), want, n)
		}
	}
	wc := num("caps").([]any)
	for _, x := range wc {
		c := x.(map[string]any)
		found := false
		for _, g := range r.Caps {
			if g.Limit.String() != c["limit"] || cfg.Models[g.Pool].Alias != c["model"] {
				continue
			}
			found = true
			tt := func(v any) unit.Time {
				if v == nil {
					return -1
				}
				return unit.Time(v.(float64)*1e6 + 0.5)
			}
			ck := func(n string, want any, got any) {
				if fmt.Sprint(want) != fmt.Sprint(got) {
					t.Errorf("cap %v %v %s: want %v got %v", c["limit"], c["model"], n, want, got)
				}
			}
			ck("first", tt(c["first_refused_s"]), g.FirstRefused)
			ck("spent", tt(c["spent_s"]), g.Spent)
			ck("refused", int64(c["refused"].(float64)), g.Refused)
			ck("also", int64(c["also_full"].(float64)), g.AlsoFull)
			ck("rbr", int64(c["refused_by_reservation"].(float64)), g.RefusedByReservation)
			ck("days", int64(c["refused_days"].(float64)), g.RefusedDays)
			ck("peak", c["peak_use"].(float64), g.PeakUse)
			if c["by_reservation"] != nil {
				ck("byres", c["by_reservation"], g.FirstByReservation)
			}
		}
		if !found && c["value"] != nil {
			t.Errorf("cap %v %v missing", c["limit"], c["model"])
		}
	}
}
