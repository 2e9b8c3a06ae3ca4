package logs

import (
	"testing"

	"quotawall/sim/trace/scan"
)

func TestSpansOfTime(t *testing.T) {
	for _, c := range []struct {
		text  string
		scale int
		want  int64
	}{
		{"1.5", 0, 1_500_000},
		{"1e3", 0, 1_000_000_000},
		{"0.0000005", 0, 0}, // half to even
		{"0.0000015", 0, 2},
		{"1834", 3, 1_834_000},
		{"7", 6, 7},
		{"1500", 9, 2},
		{"2500", 9, 2},
		{"2501", 9, 3},
		{"2499", 9, 2},
		{"1791190802000001000", 9, 1_791_190_802_000_001},
		{"1.791190802000001e18", 9, 1_791_190_802_000_001},
	} {
		got, fault := span([]byte(c.text), c.scale)
		if int64(got) != c.want || fault != scan.Fine {
			t.Errorf("span(%s, %d) = %d, %q; want %d", c.text, c.scale, got, fault, c.want)
		}
	}
	for _, c := range []struct {
		text  string
		scale int
		want  scan.Fault
	}{
		{"", 9, notATime}, {"x", 0, notATime}, {"-1", 0, scan.Negative}, {"-1", 9, scan.Negative},
		{"99999999999999999999999", 9, "is too large (at most 100000000000000000000)"}, {"9999999999999999", 0, "is too large (at most 100000000000)"}, {"1_000", 9, notATime}, {"0x10", 3, notATime},
	} {
		if _, fault := span([]byte(c.text), c.scale); fault != c.want {
			t.Errorf("span(%q, %d): %q; want %q", c.text, c.scale, fault, c.want)
		}
	}
}

func TestErrorStatus(t *testing.T) {
	for word, want := range map[string]int16{
		"ThrottlingException": 429, "com.amazonaws.bedrock#ThrottlingException": 429, "ServiceQuotaExceededException": 400, "ModelTimeoutException": 408,
		"ModelErrorException": 424, "ServiceUnavailableException": 503, "AccessDeniedException": 403, "SomethingElse": 500, "503": 503, "7": 500,
	} {
		if got := errorStatus([]byte(word)); got != want {
			t.Errorf("errorStatus(%q) = %d, want %d", word, got, want)
		}
	}
	for word, want := range map[string]int16{
		"": 0, "success": 0, "OK": 0, "200": 200, "429": 429, "failure": 500, "ERROR": 500, "STATUS_CODE_ERROR": 500, "DEFAULT": 0, "end_turn": 0,
		"ValueError": 500, "ThrottlingException": 429, "false": 500, "unset": 0,
	} {
		if got := outcome([]byte(word)); got != want {
			t.Errorf("outcome(%q) = %d, want %d", word, got, want)
		}
	}
}
