package sim

import (
	"math"
	"math/rand/v2"

	"quotawall/sim/unit"
)

// Profile is a client's retry behaviour: an SDK's own, plain, or none.
type Profile uint8

// Profiles. Constants: aws-sdk-go-v2 v1.47.7 (aws/retry, 2026-11-05), botocore
// (retries/standard.py, throttling.py), as read on 2026-11-23.
const (
	NoRetry        Profile = iota
	Plain                  // Attempts, Base, Factor, Cap; no jitter
	GoV2                   // standard mode of the SDK for Go v2
	AWS2026                // "2026 retries": Go v2 opt-in, JavaScript v3 core >= 3.40.0
	BotocoreLegacy         // default of boto3
	BotocoreStandard
	Adaptive // standard with the client send-rate limiter
)

// DefaultAttempts is the number of attempts a profile makes, the first included.
func (p Profile) DefaultAttempts() int {
	switch p {
	case NoRetry:
		return 1
	case BotocoreLegacy:
		return 5
	default:
		return 3
	}
}

// refusal is why an attempt failed, as far as a client can tell.
type refusal uint8

const (
	throttled  refusal = iota // 429
	noCapacity                // 503
)

// Costs and size of the SDKs' retry quota.
const retryQuotaFull = 500

// retryCost is what a retry takes from the retry quota; 0 where the profile has none.
func (p Profile) retryCost(r refusal) int64 {
	switch p {
	case GoV2, BotocoreStandard, Adaptive:
		return 5
	case AWS2026:
		if r == noCapacity {
			return 14
		}
		return 5
	default:
		return 0
	}
}

// backoff is the wait before retry n (0 for the first), drawn from jitter.
func (c *Client) backoff(n int, r refusal, jitter *rand.Rand) unit.Time {
	switch c.Profile {
	case Plain:
		return c.plainDelay(n)
	case GoV2, Adaptive:
		if n+1 > 4 { // the SDK compares with log2(20) = 4.3
			return 20 * unit.Second
		}
		return jittered(jitter, unit.Second<<(n+1))
	case AWS2026:
		base := unit.Second
		if r == noCapacity {
			base = 50 * unit.Millisecond
		}
		return jittered(jitter, capped(base, n, 20*unit.Second))
	case BotocoreLegacy:
		return jittered(jitter, capped(unit.Second, n, unit.Day))
	case BotocoreStandard:
		return jittered(jitter, capped(unit.Second, n, 20*unit.Second))
	default:
		return 0
	}
}

// plainDelay is min(base x factor^n, cap), rounded down to a microsecond.
func (c *Client) plainDelay(n int) unit.Time {
	d := c.Base
	for range n {
		if d >= c.Cap {
			break
		}
		d = unit.Time(unit.Ratio{Num: c.Factor.Num, Den: c.Factor.Den}.Of(int64(d)))
	}
	return min(d, c.Cap)
}

// capped is min(base x 2^n, limit).
func capped(base unit.Time, n int, limit unit.Time) unit.Time {
	if n > 40 || base<<n > limit {
		return limit
	}
	return base << n
}

// jittered is a uniform draw from [0, d).
func jittered(r *rand.Rand, d unit.Time) unit.Time {
	if d <= 0 {
		return 0
	}
	return unit.Time(r.Int64N(int64(d)))
}

// sender is one client instance: its retry quota and its send-rate limiter.
type sender struct {
	quota int64
	rate  limiter
}

// limiter is the adaptive mode's client-side send-rate limiter: smooth 0.8,
// beta 0.7, cubic scale 0.4, smallest fill 0.5 a second; constants identical in
// the SDKs for Go, JavaScript and Python (read 2026-11-23). Times are seconds.
type limiter struct {
	on, begun                 bool
	fill, capacity, available float64
	last                      float64 // last refill
	measured                  float64 // calls a second, smoothed
	bucket                    float64 // half-second bucket being counted
	count                     float64
	wMax, throttledAt         float64
}

const (
	limiterSmooth  = 0.8
	limiterBeta    = 0.7
	limiterScale   = 0.4
	limiterMinFill = 0.5
	limiterMinCap  = 1.0
)

// delay takes one token and returns how long the call must wait for it.
func (l *limiter) delay(now float64) float64 {
	if !l.on {
		return 0
	}
	l.refill(now)
	wait := 0.0
	if l.available < 1 {
		wait = (1 - l.available) / l.fill
	}
	l.available--
	return wait
}

func (l *limiter) refill(now float64) {
	if !l.begun {
		l.begun, l.last = true, now
	}
	l.available = min(l.capacity, l.available+float64(max(0, now-l.last)*l.fill))
	l.last = max(l.last, now)
}

// measure counts an answered call in its half second.
func (l *limiter) measure(now float64) {
	bucket := math.Floor(now*2) / 2
	l.count++
	if bucket > l.bucket {
		rate := l.count / (bucket - l.bucket)
		l.measured = float64(rate*limiterSmooth) + float64(l.measured*(1-limiterSmooth))
		l.count, l.bucket = 0, bucket
	}
}

// answer updates the fill rate after a call that was throttled or not.
func (l *limiter) answer(now float64, throttle bool) {
	l.measure(now)
	var rate float64
	if throttle {
		used := l.measured
		if l.on {
			used = min(l.measured, l.fill)
		}
		l.wMax, l.throttledAt, l.on = used, now, true
		rate = used * limiterBeta
	} else {
		k := math.Cbrt(l.wMax * (1 - limiterBeta) / limiterScale)
		x := now - l.throttledAt - k
		rate = float64(limiterScale*x*x*x) + l.wMax
	}
	l.refill(now)
	rate = min(rate, 2*l.measured)
	l.fill = max(limiterMinFill, rate)
	l.capacity = max(limiterMinCap, rate)
	l.available = min(l.available, l.capacity)
}
