package unit

import (
	"strings"
	"testing"
)

// TestTooMuchNamesTheBound: a refused number says how much would do.
func TestTooMuchNamesTheBound(t *testing.T) {
	for text, want := range map[string]string{
		"999999999999999999d":   "number 999999999999999999 too large (at most 106751991)",
		"99999999999999999999s": "number 99999999999999999999 too large (at most 9223372036854)",
		"106751991d106751991d":  `duration "106751991d106751991d" is too long: at most 106751991 days`,
	} {
		if _, err := ParseTime(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
	if _, err := ParseRatio("0.1234567890123456789"); err == nil || !strings.HasSuffix(err.Error(), "at most 18 decimals, 16 of a percentage") {
		t.Error(err)
	}
}
