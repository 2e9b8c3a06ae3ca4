package nearest

import (
	"testing"

	"pgregory.net/rapid"
)

func TestName(t *testing.T) {
	known := []string{"caching.mode", "caching.ttl", "model"}
	for name, want := range map[string]string{"caching.mod": "caching.mode", "cachin.ttl": "caching.ttl", "modle": "model", "zebra crossing": "", "": "", "mods": ""} {
		if got := Name(name, known); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

// TestEditDistance compares with the recursive definition.
func TestEditDistance(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.StringMatching(`[ab]{0,6}`).Draw(t, "a"), rapid.StringMatching(`[ab]{0,6}`).Draw(t, "b")
		if got, want := editDistance(a, b, 100), dumbDistance(a, b); got != want {
			t.Fatalf("%q to %q: %d, want %d", a, b, got, want)
		}
	})
}

func dumbDistance(a, b string) int {
	if a == "" || b == "" {
		return len(a) + len(b)
	}
	change := dumbDistance(a[1:], b[1:])
	if a[0] != b[0] {
		change++
	}
	least := min(change, dumbDistance(a[1:], b)+1, dumbDistance(a, b[1:])+1)
	if len(a) > 1 && len(b) > 1 && a[0] == b[1] && a[1] == b[0] {
		least = min(least, dumbDistance(a[2:], b[2:])+1)
	}
	return least
}
