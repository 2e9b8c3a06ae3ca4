package sim

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdkretry "github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime"
	"gonum.org/v1/gonum/stat"

	"quotawall/sim/quota"
	"quotawall/sim/trace"
	"quotawall/sim/unit"
)

// The loopback's world: an hour of the model takes a minute here. A call
// reserves 2,000 of 60,000 tokens a minute, takes 10 s and is charged 1,000.
const (
	faster         = 60
	loopTPM        = 60_000
	loopInput      = 500
	loopOutput     = 100
	loopMax        = 1500
	loopCalls      = 240
	loopCallsAMin  = 60
	loopCallLength = 10 * unit.Second
)

// loopServer is a Bedrock of one model on loopback: it admits and settles by
// our limiter, at faster times the clock. It notes when first attempts came,
// how long calls took and how long after a refusal its retry came: a busy
// machine is late, and the simulation is told how late.
type loopServer struct {
	mu                sync.Mutex
	limit             *quota.Limit
	start             time.Time
	refused, admitted int64

	first           []unit.Time
	refusedAt       map[string]unit.Time // by the SDK's invocation id
	lengths, gaps   unit.Time            // sums
	retries, delays int64                // retries seen; sum of the SDK's delays, microseconds
}

func (s *loopServer) now() unit.Time { return unit.Time(time.Since(s.start).Microseconds() * faster) }

func (s *loopServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var body struct {
		MaxTokens int64 `json:"max_tokens"`
	}
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	charge, final := loopInput+body.MaxTokens, int64(loopInput+5*loopOutput)
	w.Header().Set("Content-Type", "application/json")
	ticket, at, ok := s.admit(r.Header.Get("Amz-Sdk-Invocation-Id"), charge, final)
	if !ok {
		w.Header().Set("X-Amzn-Errortype", "ThrottlingException")
		w.WriteHeader(http.StatusTooManyRequests)
		fmt.Fprintf(w, `{"message":%q}`, TokensPerMinute.Message())
		return
	}
	time.Sleep(time.Duration(loopCallLength) * time.Microsecond / faster)
	s.mu.Lock()
	now := s.now()
	s.limit.Settle(now, ticket, charge, final)
	s.lengths += now - at
	s.mu.Unlock()
	fmt.Fprint(w, `{}`)
}

func (s *loopServer) admit(invocation string, charge, final int64) (quota.Ticket, unit.Time, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	if before, again := s.refusedAt[invocation]; again {
		s.gaps += now - before
		s.retries++
	} else {
		s.first = append(s.first, now)
	}
	s.limit.Roll(now)
	if !s.limit.Fits(charge) {
		s.refused++
		s.refusedAt[invocation] = now
		return 0, now, false
	}
	s.admitted++
	return s.limit.Take(now, charge, final), now, true
}

// observation is what the server saw.
type observation struct {
	shares          []float64 // per call: admitted, refused attempts, retries
	times           []unit.Time
	length, latency unit.Time // means: of a call, and of an answer reaching the client's next attempt
}

// late reports whether the machine kept time too badly to compare anything.
func (o *observation) late() bool {
	return o.length > loopCallLength*106/100 || o.latency > 600*unit.Millisecond
}

// arrivals is a Poisson stream at a fixed seed.
func arrivals(calls int, aMinute float64) []unit.Time {
	random := unit.Stream(7, "arrivals")
	at := 0.0
	var times []unit.Time
	for range calls {
		at += random.ExpFloat64() / aMinute * float64(unit.Minute)
		times = append(times, unit.Time(at))
	}
	return times
}

// The real bedrockruntime client in front of a server that refuses by our
// limiter sees what the simulation says of the same arrivals: the shares of
// calls served, of attempts refused and of retries lie within the spread that
// the jitter makes over 60 simulated seeds (four standard deviations), and 1 %.
//
// Rules: R2 R3 R7 R26 R27.
func TestRealClientOnLoopback(t *testing.T) {
	if testing.Short() {
		t.Skip("runs for five seconds of real time")
	}
	seen := observe(t, arrivals(loopCalls, loopCallsAMin))
	if seen.late() {
		seen = observe(t, arrivals(loopCalls, loopCallsAMin))
	}
	if seen.late() {
		t.Skipf("the machine is too busy to keep time: a call of %s took %s", loopCallLength, seen.length)
	}
	t.Logf("a call took %s, an answer's way %s, of simulated time", seen.length, seen.latency)
	simulated := make([][]float64, len(seen.shares))
	for seed := range uint64(60) {
		for i, x := range simulate(t, &seen, seed) {
			simulated[i] = append(simulated[i], x)
		}
	}
	for i, name := range [...]string{"served", "refused attempts", "retries"} {
		mean, sd := stat.MeanStdDev(simulated[i], nil)
		t.Logf("%s per call: observed %.4f, simulated %.4f with a spread of %.4f", name, seen.shares[i], mean, sd)
		if math.Abs(seen.shares[i]-mean) > 4*sd+0.01 {
			t.Errorf("%s per call: observed %.4f, simulated %.4f with a spread of %.4f", name, seen.shares[i], mean, sd)
		}
	}
}

// observe makes the calls with the real client.
func observe(t *testing.T, times []unit.Time) observation {
	server := &loopServer{
		limit: quota.New(quota.Config{Value: loopTPM, Length: unit.Minute, Epoch: monday}), start: time.Now(), refusedAt: map[string]unit.Time{},
	}
	listener := httptest.NewServer(server)
	defer listener.Close()
	client := bedrockruntime.New(bedrockruntime.Options{
		Region: "us-east-1", BaseEndpoint: aws.String(listener.URL), HTTPClient: listener.Client(),
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "loop", SecretAccessKey: "back"}, nil
		}),
		Retryer: server.fasterRetryer(),
	})
	body := fmt.Appendf(nil, `{"max_tokens":%d}`, loopMax)
	var wait sync.WaitGroup
	for _, at := range times {
		wait.Go(func() {
			time.Sleep(time.Until(server.start.Add(time.Duration(at) * time.Microsecond / faster)))
			// A refused call is the thing counted, by the server.
			_, _ = client.InvokeModel(t.Context(), &bedrockruntime.InvokeModelInput{ModelId: aws.String("m0"), Body: body})
		})
	}
	wait.Wait()
	seen := observation{
		shares: perCall(server.admitted, server.refused, server.admitted+server.refused-loopCalls), times: server.first,
		length: server.lengths / unit.Time(server.admitted),
	}
	if server.retries > 0 {
		seen.latency = max(0, (server.gaps-unit.Time(server.delays))/unit.Time(server.retries))
	}
	return seen
}

func perCall(counts ...int64) []float64 {
	var out []float64
	for _, n := range counts {
		out = append(out, float64(n)/loopCalls)
	}
	return out
}

// fasterRetryer is the SDK's standard retryer with its own delays, scaled.
func (s *loopServer) fasterRetryer() aws.Retryer {
	own := sdkretry.NewStandard()
	return sdkretry.NewStandard(func(o *sdkretry.StandardOptions) {
		o.Backoff = sdkretry.BackoffDelayerFunc(func(attempt int, err error) (time.Duration, error) {
			d, err := own.RetryDelay(attempt, err)
			s.mu.Lock()
			s.delays += d.Microseconds()
			s.mu.Unlock()
			return d / faster, err
		})
	})
}

func simulate(t *testing.T, seen *observation, seed uint64) []float64 {
	var rows []trace.Request
	for _, at := range seen.times {
		rows = append(rows, ask(at, loopInput, loopOutput))
	}
	cfg := world(limited(None, loopTPM, None), func(c *Config) {
		c.Seed, c.Max, c.Models[0].FirstToken = seed, loopMax, seen.length
		c.Client.Profile, c.Client.Attempts, c.Client.RefusalLatency = AWS2026, 0, seen.latency
	})
	r := run(t, cfg, rows)
	return perCall(r.Served, r.Refusals, r.Retries)
}
