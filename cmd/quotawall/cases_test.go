package main

import (
	"cmp"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// The answers of an independent implementation to thirteen scenarios over
// public traces, which are not part of the project: compare.py beside them
// holds counts, microseconds and nano-dollars against ours.
func TestIndependentImplementation(t *testing.T) {
	script := filepath.Join(cmp.Or(os.Getenv("QUOTAWALL_CASES"), "../../../shared/cases"), "compare.py")
	if _, err := os.Stat(script); err != nil {
		t.Skip("no cases of an independent implementation: set QUOTAWALL_CASES to their folder")
	}
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("no python3 to compare with")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(t.TempDir(), "quotawall")
	if err := os.Symlink(self, program); err != nil {
		t.Skip(err)
	}
	if out, err := exec.Command(python, script, "--all", "--", program).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
