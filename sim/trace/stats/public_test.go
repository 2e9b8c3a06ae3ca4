package stats

import (
	"io"
	"math"
	"os"
	"path/filepath"
	"testing"

	"quotawall/sim/trace"
	"quotawall/sim/trace/ingest"
	"quotawall/sim/unit"
)

const (
	azureCode = "AzureLLMInferenceTrace_code.csv.gz"
	azureConv = "AzureLLMInferenceTrace_conv.csv.gz"
	mooncake  = "mooncake_conversation_trace.jsonl.gz"
	claude    = "claude_code_sessions_a.jsonl.gz"
)

// measured collects the figures of a public trace, which is not part of the
// repository.
func measured(t testing.TB, name string, read trace.ReadOptions, opt Options) *Stats {
	t.Helper()
	dir := os.Getenv("QUOTAWALL_TRACES")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "..", "shared", "traces")
	}
	path := filepath.Join(dir, name)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("public trace %s is not here (set QUOTAWALL_TRACES): %v", name, err)
	}
	read.SessionGap = unit.Minute
	file := ingest.File{Name: name, Open: func() (io.ReadCloser, error) { return os.Open(path) }}
	r, err := ingest.Open([]ingest.File{file}, "", read)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	s, err := Collect(r, opt)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// digits compares a figure with a value that was published with so many decimals.
func digits(t *testing.T, what string, got *float64, want float64, decimals int) {
	t.Helper()
	unit := math.Pow10(decimals)
	if got == nil {
		t.Errorf("%s is null, want %v", what, want)
	} else if math.Round(*got*unit)/unit != want {
		t.Errorf("%s: got %v, want %v", what, *got, want)
	}
}

func TestPublicRates(t *testing.T) {
	cases := []struct {
		file                          string
		n                             int64
		span, rpm, rps, cv            float64
		cvDigits                      int
		maxRPM, clock, maxRPS, maxTPM int64
		input, output                 Tokens
		inMean, outMean               float64
	}{
		{azureCode, 8819, 3435.948, 154.0, 2.567, 13.15, 2, 632, 585, 67, 1344551,
			Tokens{Total: 18059974, P50: 1469, P90: 5194, P99: 7436, Max: 7437},
			Tokens{Total: 245896, P50: 13, P90: 55, P99: 252, Max: 1899}, 2047.85, 27.88},
		{azureConv, 19366, 3501.722, 331.8, 5.530, 1.094, 3, 507, 502, 16, 800837,
			Tokens{Total: 22361870, P50: 1020, P90: 2735, P99: 4142, Max: 14050},
			Tokens{Total: 4088665, P50: 129, P90: 424, P99: 601, Max: 1000}, 1154.70, 211.13},
		// The published 3.402 requests a second is the rounded 204.1 over 60.
		{mooncake, 12031, 3536.999, 204.1, 3.401, 3.034, 3, 247, 247, 28, 3212938,
			Tokens{Total: 144793823, P50: 6909, P90: 27367, P99: 85401, Max: 126195},
			Tokens{Total: 4122048, P50: 350, P90: 597, P99: 1120, Max: 2000}, 12035.06, 342.62},
	}
	for _, c := range cases {
		t.Run(c.file, func(t *testing.T) {
			s := measured(t, c.file, trace.ReadOptions{}, Options{})
			digits(t, "span", &s.SpanS, c.span, 3)
			digits(t, "rpm", s.RPM.Mean, c.rpm, 1)
			digits(t, "rps", s.RPS.Mean, c.rps, 3)
			digits(t, "cv", s.CV, c.cv, c.cvDigits)
			digits(t, "input mean", s.Input.Mean, c.inMean, 2)
			digits(t, "output mean", s.Output.Mean, c.outMean, 2)
			s.Input.Mean, s.Output.Mean = nil, nil
			if s.Requests != c.n || s.Input != c.input || s.Output != c.output {
				t.Errorf("%d requests, input %+v, output %+v", s.Requests, s.Input, s.Output)
			}
			if s.RPM.Max != c.maxRPM || s.RPM.MaxClock != c.clock || s.RPS.Max != c.maxRPS || s.TPM.Max != c.maxTPM {
				t.Errorf("maxima: %+v %+v %+v", s.RPM, s.RPS, s.TPM)
			}
			if c.file == azureCode && s.RPM.MaxRolling != 723 {
				t.Errorf("rolling maximum %d, want 723", s.RPM.MaxRolling)
			}
		})
	}
}

func TestPublicCaps(t *testing.T) {
	cases := []struct {
		file     string
		burndown int64
		ttl      string
		seconds  float64
		request  int64
		total    int64
	}{
		{azureCode, 1, "", 573.906, 1233, 18305870},
		{azureCode, 5, "", 572.044, 1164, 19289454},
		{azureConv, 1, "", 401.072, 1907, 26450535},
		{azureConv, 5, "", 243.133, 1150, 42805195},
		{mooncake, 1, "", 65.999, 180, 148915871},
		{mooncake, 5, "", 63.000, 170, 165404063},
		{mooncake, 1, "5m", 69.000, 193, 106435194},
		{mooncake, 5, "5m", 65.999, 179, 122923386},
		{mooncake, 1, "none", 69.000, 193, 94817460},
		{mooncake, 5, "none", 65.999, 179, 111305652},
		{claude, 1, "", 361.000, 55, 3023332371},
		{claude, 5, "", 358.650, 53, 3065941159},
	}
	for _, c := range cases {
		s := measured(t, c.file, trace.ReadOptions{}, Options{Cap: 2592000, Burndown: c.burndown, CacheTTL: c.ttl})
		got := s.Cap
		if got.ExhaustedRequest == nil {
			t.Errorf("%s x%d %q: not exhausted", c.file, c.burndown, c.ttl)
			continue
		}
		digits(t, c.file, got.ExhaustedS, c.seconds, 3)
		if *got.ExhaustedRequest != c.request || got.TotalCharge != c.total {
			t.Errorf("%s x%d %q: request %d, total %d", c.file, c.burndown, c.ttl, *got.ExhaustedRequest, got.TotalCharge)
		}
	}
}

func TestPublicPrefixHits(t *testing.T) {
	cases := []struct {
		file  string
		hits  [ttls]int64
		share [ttls]float64
	}{
		{mooncake, [ttls]int64{54098411, 54098411, 42480677, 15257089}, [ttls]float64{37.3624, 37.3624, 29.3387, 10.5371}},
		{claude, [ttls]int64{2901361856, 2891039680, 2760659712, -1}, [ttls]float64{96.3050, 95.9624, 91.6347, -1}},
	}
	for _, c := range cases {
		s := measured(t, c.file, trace.ReadOptions{}, Options{})
		for i, h := range [ttls]Hit{s.Prefix.NoExpiry, s.Prefix.Hour, s.Prefix.Five, s.Prefix.One} {
			if c.hits[i] < 0 {
				continue
			}
			percent := 100 * *h.Share
			if h.Tokens != c.hits[i] {
				t.Errorf("%s %s: %d tokens, want %d", c.file, TTLs()[i], h.Tokens, c.hits[i])
			}
			digits(t, c.file+" "+TTLs()[i], &percent, c.share[i], 4)
		}
	}
}

func TestPublicClaudeSessions(t *testing.T) {
	s := measured(t, claude, trace.ReadOptions{}, Options{By: BySession, Cap: 2592000, Burndown: 5, CacheTTL: "5m"})
	digits(t, "input mean", s.Input.Mean, 125449.93, 2)
	digits(t, "output mean", s.Output.Mean, 443.56, 2)
	s.Input.Mean, s.Output.Mean = nil, nil
	in := Tokens{Total: 3012680174, P50: 106546, P90: 240437, P99: 452771, Max: 880502}
	out := Tokens{Total: 10652197, P50: 222, P90: 892, P99: 3648, Max: 18195}
	if s.Requests != 24015 || s.Input != in || s.Output != out || s.RPM.Max != 114 || s.TPM.Max != 12691714 || len(s.Groups) != 355 {
		t.Errorf("%d requests, %+v %+v, rpm %d, tpm %d, %d sessions", s.Requests, s.Input, s.Output, s.RPM.Max, s.TPM.Max, len(s.Groups))
	}
	over, within := 0, sizes{}
	for _, g := range s.Groups {
		within.add(g.RPM.Max)
		if g.Cap.ExhaustedS != nil && *g.Cap.ExhaustedS < 86400 {
			over++
		}
	}
	q := within.quantiles(50, 90, 99)
	if over != 26 || q[0] != 5 || q[1] != 8 || q[2] != 18 || within.max != 20 {
		t.Errorf("%d sessions over the cap, want 26; peaks %v max %d", over, q, within.max)
	}
	for _, g := range s.Groups {
		if g.Name != "trace_0003" {
			continue
		}
		if g.Requests != 409 || g.Input.Total != 47994684 || g.Output.Total != 188690 || g.Prefix.Five.Tokens != 42121280 ||
			*g.Cap.ExhaustedS != 19240 || g.RPM.Max != 8 {
			t.Errorf("trace_0003: %+v", g.Figures)
		}
	}
}

func TestPublicClaudeByModel(t *testing.T) {
	s := measured(t, claude, trace.ReadOptions{}, Options{By: ByModel})
	want := map[string]struct {
		requests        int64
		none, hour, fiv float64
	}{
		"claude-opus-4-5-20251101":   {12196, 96.3, 96.1, 92.5},
		"claude-sonnet-4-5-20250929": {4824, 95.9, 95.4, 90.4},
		"claude-opus-4-6":            {3600, 97.5, 96.8, 90.0},
		"claude-sonnet-4-20250514":   {2837, 96.8, 96.7, 93.3},
		"claude-haiku-4-5-20251001":  {476, 86.6, 86.4, 86.1},
		"claude-opus-4-1-20250805":   {82, 92.9, 92.9, 87.9},
	}
	if len(s.Groups) != len(want) {
		t.Fatalf("%d models", len(s.Groups))
	}
	for _, g := range s.Groups {
		w := want[g.Name]
		if g.Requests != w.requests {
			t.Errorf("%s: %d requests, want %d", g.Name, g.Requests, w.requests)
		}
		for i, h := range []Hit{g.Prefix.NoExpiry, g.Prefix.Hour, g.Prefix.Five} {
			percent := 100 * *h.Share
			digits(t, g.Name+" "+TTLs()[i], &percent, []float64{w.none, w.hour, w.fiv}[i], 1)
		}
	}
}
