package sim

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"slices"
	"testing"
	"testing/cryptotest"
	"time"

	sdkretry "github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	"gonum.org/v1/gonum/stat"
	"pgregory.net/rapid"

	"quotawall/sim/trace"
	"quotawall/sim/unit"
)

var (
	errThrottled  = &smithy.GenericAPIError{Code: "ThrottlingException", Message: TokensPerMinute.Message()}
	errNoCapacity = &smithyhttp.ResponseError{
		Response: &smithyhttp.Response{Response: &http.Response{StatusCode: http.StatusServiceUnavailable}},
		Err:      errors.New("ServiceUnavailableException"),
	}
)

// backoffs pairs each of our profiles with the SDK's own code for it: the
// jittered backoff up to v1.47.7 (legacy) and the "2026 retries" of v1.48.0.
func backoffs() []sdkBackoff {
	legacy, now := sdkretry.NewExponentialJitterBackoff(sdkretry.DefaultMaxBackoff), sdkretry.NewStandard()
	return []sdkBackoff{
		{"go-v2, 429", GoV2, throttled, func(n int) (time.Duration, error) { return legacy.BackoffDelay(n, errThrottled) }},
		{"go-v2, 503", GoV2, noCapacity, func(n int) (time.Duration, error) { return legacy.BackoffDelay(n, errNoCapacity) }},
		{"aws-2026, 429", AWS2026, throttled, func(n int) (time.Duration, error) { return now.RetryDelay(n, errThrottled) }},
		{"aws-2026, 503", AWS2026, noCapacity, func(n int) (time.Duration, error) { return now.RetryDelay(n, errNoCapacity) }},
	}
}

type sdkBackoff struct {
	name    string
	profile Profile
	why     refusal
	delay   func(attempt int) (time.Duration, error)
}

// Our delays have the distribution of the real SDK's, retry by retry: the
// Kolmogorov-Smirnov distance of 4,000 draws each stays below what one in a
// million pairs of equal distributions exceeds, and the bounds agree.
//
// Rules: R26.
func TestDelaysAgainstSDK(t *testing.T) {
	cryptotest.SetGlobalRandom(t, 1)
	const draws = 4000
	critical := math.Sqrt(-math.Log(1e-6/2)/2) * math.Sqrt(2.0/draws)
	for _, b := range backoffs() {
		client := Client{Profile: b.profile}
		for n := range 8 {
			random := unit.Stream(1, fmt.Sprint(b.name, n))
			var ours, theirs []float64
			for range draws {
				d, err := b.delay(n + 1)
				if err != nil {
					t.Fatal(err)
				}
				theirs = append(theirs, d.Seconds())
				ours = append(ours, client.backoff(n, b.why, random).Seconds())
			}
			slices.Sort(ours)
			slices.Sort(theirs)
			if d := stat.KolmogorovSmirnov(ours, nil, theirs, nil); d > critical {
				t.Errorf("%s, retry %d: distance %.4f is above %.4f", b.name, n+1, d, critical)
			}
			top := bound(b, n)
			if ours[draws-1] > top || theirs[draws-1] > top || ours[draws-1] < 0.99*top || theirs[draws-1] < 0.99*top {
				t.Errorf("%s, retry %d: longest %.3f s and %.3f s, bound %.3f s", b.name, n+1, ours[draws-1], theirs[draws-1], top)
			}
		}
	}
}

// bound is the longest delay in seconds by the table of facts 4.2.
func bound(b sdkBackoff, n int) float64 {
	base := 2.0
	if b.profile == AWS2026 {
		base = 1
		if b.why == noCapacity {
			base = 0.05
		}
	}
	return min(20, base*math.Pow(2, float64(n)))
}

// sdkAttempts runs calls one after the other through the SDK's own retry
// middleware, without sleeping, and returns the attempts each made. answer is
// what attempt n (from 1) of call i meets.
func sdkAttempts(t testing.TB, calls int, answer func(i, n int) error, options ...func(*sdkretry.StandardOptions)) []int {
	t.Helper()
	options = append(options, func(o *sdkretry.StandardOptions) {
		o.Backoff = sdkretry.BackoffDelayerFunc(func(int, error) (time.Duration, error) { return 0, nil })
	})
	m := sdkretry.NewAttemptMiddleware(sdkretry.NewStandard(options...), func(x any) any { return x })
	made := make([]int, calls)
	for i := range made {
		handler := middleware.FinalizeHandlerFunc(func(context.Context, middleware.FinalizeInput) (middleware.FinalizeOutput, middleware.Metadata, error) {
			made[i]++
			return middleware.FinalizeOutput{}, middleware.Metadata{}, answer(i, made[i])
		})
		_, _, _ = m.HandleFinalize(context.Background(), middleware.FinalizeInput{}, handler)
	}
	return made
}

func legacyCosts(o *sdkretry.StandardOptions) { o.RetryCost, o.ThrottlingRetryCost = 5, 5 }

// When everything is refused, three attempts a call drain the retry quota of
// 500 after 50 calls at 5 a retry, and after 17 (and one more retry) at 14.
//
// Rules: R27.
func TestRetryQuotaDrains(t *testing.T) {
	for _, x := range []struct {
		name    string
		profile Profile
		change  func(*Config)
		err     error
		options []func(*sdkretry.StandardOptions)
		full    int64 // calls that make all their attempts
		retries int64
	}{
		{"go-v2, 429", GoV2, limited(0, None, None), errThrottled, []func(*sdkretry.StandardOptions){legacyCosts}, 50, 100},
		{"aws-2026, 429", AWS2026, limited(0, None, None), errThrottled, nil, 50, 100},
		{"aws-2026, 503", AWS2026, func(c *Config) { c.Faults.Rate = unit.Ratio{Num: 1, Den: 1} }, errNoCapacity, nil, 17, 35},
	} {
		var full, retries int64
		for _, n := range sdkAttempts(t, 100, func(int, int) error { return x.err }, x.options...) {
			retries += int64(n - 1)
			if n == 3 {
				full++
			}
		}
		want(t, x.name+": full calls of the SDK", full, x.full)
		want(t, x.name+": retries of the SDK", retries, x.retries)
		var rows []trace.Request
		for i := range 100 {
			rows = append(rows, ask(unit.Time(i)*unit.Minute, 10, 1))
		}
		cfg := world(x.change, func(c *Config) { c.Client.Profile, c.Client.Attempts = x.profile, 0 })
		r := run(t, cfg, rows)
		want(t, x.name+": our retries", r.Retries, x.retries)
		want(t, x.name+": our attempts", r.Throttled, 100+x.retries)
	}
}

// fate is what a scripted call meets: at once served, never served, or served
// by its first retry.
type fate int

const (
	clean fate = iota
	never
	second
)

// Over any script of clean, late and hopeless calls, as many retries are made
// as by the real middleware: what succeeded gives back its last retry's cost,
// a clean success one token, and never above 500.
//
// Rules: R27.
func TestRetryQuotaAgainstSDK(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		script := rapid.SliceOfN(rapid.SampledFrom([]fate{clean, never, never, never, second}), 80, 160).Draw(t, "script")
		var theirs int64
		for _, n := range sdkAttempts(nopTB{}, len(script)*2, scripted(script), legacyCosts) {
			theirs += int64(n - 1)
		}
		cfg := world(limited(None, 1000, None), func(c *Config) {
			c.Client.Profile, c.Client.Attempts, c.Models[0].FirstToken = GoV2, 0, 2*unit.Minute
		})
		r, err := tryRun(cfg, scriptedRows(script))
		if err != nil {
			t.Fatal(err)
		}
		if r.Retries != theirs {
			t.Fatalf("we make %d retries, the SDK %d", r.Retries, theirs)
		}
	})
}

// scripted answers calls as the limiter of scriptedRows does: even calls fill
// the minute, odd ones have their fate.
func scripted(script []fate) func(i, n int) error {
	return func(i, n int) error {
		f := clean
		if i%2 == 1 {
			f = script[i/2]
		}
		if f == never || f == second && n == 1 {
			return errThrottled
		}
		return nil
	}
}

// scriptedRows makes the limiter answer so: a call that fills its minute, and
// just before the minute's end one that asks for too much, for what the next
// minute has, or comes in that minute.
func scriptedRows(script []fate) []trace.Request {
	var rows []trace.Request
	for i, f := range script {
		start := unit.Time(i) * 5 * unit.Minute
		filler, call := ask(start, 500, 1), ask(start+unit.Minute-1, 500, 1)
		filler.Max, call.Max = 500, 500
		switch f {
		case never:
			call.Max = 501
		case clean:
			call.At = start + unit.Minute
		}
		rows = append(rows, filler, call)
	}
	return rows
}

// nopTB lets helpers that only mark themselves be used inside rapid.
type nopTB struct{ testing.TB }

func (nopTB) Helper() {}
