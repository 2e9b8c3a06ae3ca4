package synth

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"quotawall/sim/unit"
)

// public opens a file of the public traces, which are not part of the
// repository.
func public(t testing.TB, name string) *os.File {
	t.Helper()
	dir := os.Getenv("QUOTAWALL_TRACES")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "..", "shared", "traces")
	}
	f, err := os.Open(filepath.Join(dir, name))
	if err != nil {
		t.Skipf("public trace %s is not here (set QUOTAWALL_TRACES): %v", name, err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if math.Abs(got-want) > tolerance {
		t.Errorf("%s: %.6g, want %.6g within %.3g", what, got, want, tolerance)
	}
}

func TestServeGenPublished(t *testing.T) {
	c, err := ReadServeGenTar(public(t, "servegen_reason_deepseek-r1.tar.gz"))
	if err != nil {
		t.Fatal(err)
	}
	rows := readAll(t, c.Reader(1))
	t.Log(len(rows), len(c.clients), c.span)
	_ = strings.Repeat
	_ = fstest.MapFS{}
	_ = unit.Day
}
