package main

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"syscall"
	"testing"

	"github.com/spf13/cobra"

	"quotawall/scenarios"
)

// TestUsageErrorsAreForPeople: too many arguments, and flags with values of no
// use, end every command with 2 and in words of its own.
func TestUsageErrorsAreForPeople(t *testing.T) {
	var lines [][]string
	each(newRoot(&app{}, nil), func(c *cobra.Command) {
		words := strings.Fields(c.CommandPath())[1:]
		if !strings.Contains(c.Use, "...") && c.Name() != "help" && c.Name() != "concepts" {
			lines = append(lines, append(words, "a", "b", "c", "d"))
		}
		c.Flags().VisitAll(func(f *flagOf) {
			if f.Value.Type() != "string" && f.Value.Type() != "stringArray" {
				lines = append(lines, append(words[:len(words):len(words)], "--"+f.Name+`=x"x`))
			}
		})
	})
	for _, line := range lines {
		_, errs, code := harness(t, line...)
		if code != exitUsage || !strings.Contains(errs, "\n  ") {
			t.Errorf("%q: exit %d: %s", line, code, errs)
		}
		for _, leak := range []string{"strconv", "arg(s)", "invalid argument", "parse error"} {
			if strings.Contains(errs, leak) {
				t.Errorf("%q: %s", line, errs)
			}
		}
	}
}

// TestMakersKnowTheirNames: a command line that begins with a command's name
// gets that command, and only that one.
func TestMakersKnowTheirNames(t *testing.T) {
	for _, m := range makers() {
		made := newRoot(&app{}, []string{m.name}).Commands()
		if len(made) != 1 || made[0].Name() != m.name {
			t.Errorf("%s makes %v", m.name, made)
		}
	}
}

func each(c *cobra.Command, visit func(*cobra.Command)) {
	c.InitDefaultHelpFlag()
	visit(c)
	for _, sub := range c.Commands() {
		each(sub, visit)
	}
}

// TestInterrupted: every command that works for long ends as a shell expects
// of an interrupted one, and says so.
func TestInterrupted(t *testing.T) {
	const trace = "testdata/hand/dozen.csv"
	for _, line := range []string{
		"run", "report -o " + t.TempDir() + "/r.html", "check --max-unserved 1%", "explain", "quota-request", "sensitivity", "forecast", "compare", "plan",
		"run --why 2", "sweep --vary users=1,2", "run --trace " + trace, "trace stats " + trace, "trace convert " + trace, "trace fit " + trace, "trace synth --preset chat",
	} {
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(stopped(syscall.SIGINT))
		var out, errs bytes.Buffer
		a := &app{stdin: &bytes.Buffer{}, stdout: &out, stderr: &errs, env: func(string) string { return "" }, now: aDay}
		if code := a.run(ctx, strings.Fields(line)); code != 130 || errs.String() != "quotawall: interrupted\n" {
			t.Errorf("%s: exit %d: %s", line, code, errs.String())
		}
	}
}

// TestFlagsHaveTheBoundsOfTheirKeys: --seed and --reps take what seed and
// replications take.
func TestFlagsHaveTheBoundsOfTheirKeys(t *testing.T) {
	for _, k := range scenarios.Keys() {
		if k.Name == "replications" && k.Want != fmt.Sprintf("a whole number from 1 to %d", mostReps) {
			t.Errorf("replications is %s, --reps at most %d", k.Want, mostReps)
		}
	}
	for _, line := range []string{"scenario check brain --seed 0", fmt.Sprintf("scenario check brain --seed %d --reps %d", int64(mostSeed), mostReps)} {
		if _, errs, code := harness(t, strings.Fields(line)...); code != exitDone {
			t.Errorf("%s: exit %d: %s", line, code, errs)
		}
	}
}
