package main

import (
	"bytes"
	"context"
	"os"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"quotawall": main})
}

// TestScripts runs the stories of testdata/script as a user would, with the
// real program. QUOTAWALL_UPDATE=1 rewrites the expected outputs.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		UpdateScripts:       os.Getenv("QUOTAWALL_UPDATE") != "",
		RequireExplicitExec: true,
		ContinueOnError:     true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("NO_COLOR", "1")
			return nil
		},
	})
}

// harness runs a command line inside the test and returns what it printed.
func harness(t *testing.T, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	var out, errs bytes.Buffer
	a := &app{stdin: &bytes.Buffer{}, stdout: &out, stderr: &errs, env: func(string) string { return "" }, now: aDay}
	code = a.run(context.Background(), args)
	return out.String(), errs.String(), code
}

// aDay is when tests take place.
func aDay() time.Time { return time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC) }
