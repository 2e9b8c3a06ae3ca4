package sim

import (
	"math"
	"testing"

	"quotawall/sim/unit"
)

// The adaptive mode's send-rate limiter against the SDK's own test vectors
// (aws-sdk-go-v2, aws/retry/adaptive_ratelimit_test.go; the same table is in
// botocore and the SDK for JavaScript): an answer every 200 ms, two of them
// throttled.
//
// Rules: R28.
func TestAdaptiveLimiterVectors(t *testing.T) {
	var l limiter
	for i, x := range []struct {
		throttled      bool
		measured, fill float64
	}{
		{false, 0, 0.5}, {false, 0, 0.5}, {false, 4.8, 0.5}, {false, 4.8, 0.5}, {false, 4.16, 0.5},
		{false, 4.16, 0.6912}, {false, 4.16, 1.0976}, {false, 5.632, 1.6384}, {false, 5.632, 2.3328},
		{true, 4.3264, 3.02848}, {false, 4.3264, 3.4866391734702598}, {false, 4.3264, 3.8218744160402554},
		{false, 5.665280, 4.053385727709987}, {false, 5.665280, 4.200373108479455}, {false, 4.333056, 4.282036558348658},
		{true, 4.333056, 2.99742559084406}, {false, 4.333056, 3.4522263943863463},
	} {
		now := unit.Time(i+1) * 200 * unit.Millisecond
		l.answer(now.Seconds(), x.throttled)
		if math.Abs(l.measured-x.measured) > 1e-9 || math.Abs(l.fill-x.fill) > 1e-9 {
			t.Errorf("at %s: measured %v and fill %v, want %v and %v", now, l.measured, l.fill, x.measured, x.fill)
		}
	}
}

// Until the first throttle nothing is held back; after it, calls wait for
// tokens that come at the fill rate, one after the other.
//
// Rules: R28.
func TestAdaptiveLimiterHoldsBack(t *testing.T) {
	var l limiter
	for i := range 20 {
		if d := l.delay(float64(i) / 10); d != 0 {
			t.Fatalf("call %d waits %v s before any throttle", i, d)
		}
		l.answer(float64(i)/10, false)
	}
	l.answer(2, true)
	l.available = 0
	first, second := l.delay(2), l.delay(2)
	if math.Abs(first-1/l.fill) > 1e-9 || math.Abs(second-2/l.fill) > 1e-9 {
		t.Errorf("waits %v and %v s at %v a second", first, second, l.fill)
	}
}
