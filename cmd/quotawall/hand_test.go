package main

import (
	"encoding/json"
	"math"
	"testing"

	"quotawall/scenarios/result"
)

// A dozen requests by hand. Opus 4.6 on the global profile: $5 input, $25
// output, $6.25 cache write, $0.50 cache read a million tokens, burndown 5,
// nothing below 4,096 tokens is cached. 3 requests and 50,000 tokens a minute,
// 100,000 a day; no retries; a call takes 1 s and 10 ms an output token.
//
//	t s  session  input  out   max 1,000 each
//	  0  s1        5,000  100
//	 10  s1        6,000  200
//	 20  m1        1,000   50   memory
//	 30  s1        7,000  100
//	 60  s1        8,000  100
//	 70  s2       30,000  500
//	 80  s2       20,000  100
//	120  s2       30,000  100
//	130  s3       20,000  100
//	180  s3       15,000  100
//	185  m2       13,000  100   memory
//	190  m2        1,000  300   memory
//
// As is: the fourth call of the first minute meets 3 requests a minute. At 80 s
// the minute holds 8,000 + 5 x 100 and 30,000 + 5 x 500 = 41,000, and 21,000
// more do not fit 50,000; nor do they at 130 s beside 30,500. By then the day
// holds 5,500 + 7,000 + 1,250 + 8,500 + 32,500 + 30,500 = 85,250: 16,000 at
// 180 s do not fit 100,000, 14,000 at 185 s do and settle at 13,500, so that
// 2,000 at 190 s do not fit beside 98,750. Seven are served: 93,000 tokens in
// at $5 and 1,150 out at $25 a million are $0.465 + $0.02875.
//
// Caching: s1 writes 5,000, then reads 5,000 and writes 1,000, reads 6,000 and
// writes 2,000 (the call at 30 s is still refused); s2 writes 30,000, reads
// 20,000, reads 20,000 and writes 10,000; s3 writes 20,000 and reads 15,000; m2
// writes 13,000; two prompts of 1,000 are too short. 66,000 read, 81,000
// written, 2,000 fresh, 1,750 out: $0.033 + $0.50625 + $0.01 + $0.04375.
//
// Endpoint: memory leaves Bedrock, so the call at 30 s is the third of its
// minute, reads 6,000 and writes 1,000, and the one at 60 s reads 7,000 and
// writes 1,000. 73,000 read, 68,000 written, 1,400 out: $0.0365 + $0.425 +
// $0.035. At 10 tokens a second, 0.5 s to the first and 1 s for a prompt of
// 13,000, the last call waits from 190 s for the one of 185 s, which ends at
// 196.5 s. The instance costs
// $1.408 an hour for 190.000001 s: $0.074311112.
func TestDozenByHand(t *testing.T) {
	out, errs, code := harness(t, "run", "testdata/hand/dozen.toml", "--format", "json")
	if code != 0 {
		t.Fatalf("exit %d: %s", code, errs)
	}
	var run result.Run
	if err := json.Unmarshal([]byte(out), &run); err != nil {
		t.Fatal(err)
	}
	const perMonth = 730 * 3600 / 190.000001
	want := []struct {
		served, degraded result.Count
		unserved         result.UnservedBy
		tokens           result.Tokens
		quota            result.QuotaTokens
		nusd             int64
		month            float64
		maxWait          float64
	}{
		{7, 0, result.UnservedBy{RequestsPerMinute: 1, TokensPerMinute: 2, TokensPerDay: 2},
			result.Tokens{Input: 93000, Fresh: 93000, Output: 1150},
			result.QuotaTokens{Reserved: 100000, Excess: 1500, Settled: 98750, Credited: 2750},
			493_750_000, 0.49375 * 730 / 24, 0}, // the day's cap admits no more in a day
		{11, 0, result.UnservedBy{RequestsPerMinute: 1},
			result.Tokens{Input: 149000, Fresh: 2000, CacheRead: 66000, CacheWrite: 81000, Output: 1750},
			result.QuotaTokens{Reserved: 94000, Excess: 2000, Settled: 91750, Credited: 4250},
			593_000_000, 0.593 * perMonth, 0},
		{12, 3, result.UnservedBy{},
			result.Tokens{Input: 156000, Fresh: 15000, CacheRead: 73000, CacheWrite: 68000, Output: 1850},
			result.QuotaTokens{Reserved: 77000, Excess: 1500, Settled: 75000, Credited: 3500},
			570_811_112, 0.570811112 * perMonth, 6.5},
	}
	for i, w := range want {
		s := run.Steps[i]
		if s.Offered != 12 || s.Served != w.served || s.Degraded != w.degraded || s.UnservedBy != w.unserved {
			t.Errorf("%s: served %v, degraded %v, unserved %+v; want %v, %v, %+v", s.Name, s.Served, s.Degraded, s.UnservedBy, w.served, w.degraded, w.unserved)
		}
		if s.Tokens != w.tokens || s.QuotaTokens != w.quota {
			t.Errorf("%s: tokens %+v, quota tokens %+v; want %+v, %+v", s.Name, s.Tokens, s.QuotaTokens, w.tokens, w.quota)
		}
		if s.Cost.TotalNUSD != w.nusd || math.Abs(s.Cost.MonthUSD-w.month) > 1e-9*w.month {
			t.Errorf("%s: %d nano-dollars, $%v a month; want %d, %v", s.Name, s.Cost.TotalNUSD, s.Cost.MonthUSD, w.nusd, w.month)
		}
		if *s.WaitS.Max != w.maxWait {
			t.Errorf("%s: longest wait %v s, want %v", s.Name, *s.WaitS.Max, w.maxWait)
		}
	}
	checkDozenCaps(t, run.Steps[0].Caps)
}

func checkDozenCaps(t *testing.T, caps []result.Cap) {
	t.Helper()
	want := map[string]struct {
		first, spent  float64
		refused, also result.Count
		peak          result.Count
	}{
		"requests_per_minute": {30, 30, 1, 0, 3},
		"tokens_per_minute":   {80, 80, 2, 0, 41000},
		"tokens_per_day":      {180, 130, 2, 1, 99250},
	}
	for _, c := range caps {
		w := want[c.Limit]
		if c.FirstRefusedS == nil || *c.FirstRefusedS != w.first || c.SpentS == nil || *c.SpentS != w.spent || c.Refused != w.refused || c.AlsoFull != w.also || c.PeakUse != w.peak {
			t.Errorf("%s: %+v; want %+v", c.Limit, c, w)
		}
	}
}

// The same dozen as demand, before any limit, by UTC minute: 4, 3, 2 and 3
// requests reserve 23,000, 61,000, 52,000 and 32,000 tokens and settle at
// 21,250, 61,500, 51,000 and 31,500. Of the sorted four the second is the
// median and the last the 99th percentile; with 30 % margin 61,000 makes
// 79,300, which rounds up to 80,000.
func TestDozenDemandByHand(t *testing.T) {
	out, errs, code := harness(t, "quota-request", "testdata/hand/dozen.toml", "--format", "json")
	if code != 0 {
		t.Fatalf("exit %d: %s", code, errs)
	}
	var q result.QuotaRequest
	if err := json.Unmarshal([]byte(out), &q); err != nil {
		t.Fatal(err)
	}
	const minutes = 190.000001 / 60
	m := q.Models[0]
	for _, x := range []struct {
		name      string
		got, want result.Demand
	}{
		{"rpm", m.RPM, result.Demand{Mean: 12 / minutes, P50: 3, P99: 4, Max: 4}},
		{"reserved", m.Reserved, result.Demand{Mean: 168000 / minutes, P50: 32000, P99: 61000, Max: 61000}},
		{"settled", m.Settled, result.Demand{Mean: 165250 / minutes, P50: 31500, P99: 61500, Max: 61500}},
	} {
		if math.Abs(x.got.Mean-x.want.Mean) > 1e-6 || x.got.P50 != x.want.P50 || x.got.P99 != x.want.P99 || x.got.Max != x.want.Max {
			t.Errorf("%s: %+v, want %+v", x.name, x.got, x.want)
		}
	}
	if m.Over25kShare != 2.0/12 || m.DayPeak != 165250 || *m.Limits[1].Request != 80000 || m.Limits[2].Request != nil {
		t.Errorf("%+v", m)
	}
}
