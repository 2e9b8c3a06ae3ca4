package study

import (
	"context"
	"fmt"
	"io"
	"strings"
	"testing"

	"quotawall/pricing"
	"quotawall/scenarios"
	"quotawall/scenarios/result"
	"quotawall/sim/trace/ingest"
)

// planOf checks a scenario's text against the embedded catalog.
func planOf(t testing.TB, text string) *scenarios.Plan {
	t.Helper()
	s, err := scenarios.Parse("test.toml", text)
	if err != nil {
		t.Fatal(err)
	}
	cat, err := pricing.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	plan, err := scenarios.NewPlan(s, cat, scenarios.Pick{})
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

// fileOf is a trace in memory.
func fileOf(text string) []ingest.File {
	return []ingest.File{{Name: "test.csv", Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }}}
}

// steady is a canonical trace of n equal requests, every apart microseconds.
func steady(n int, apart, input, output, maxTokens int64) string {
	var b strings.Builder
	b.WriteString("t_us,input_tokens,output_tokens,max_tokens\n")
	for i := range n {
		fmt.Fprintf(&b, "%d,%d,%d,%d\n", int64(i)*apart, input, output, maxTokens)
	}
	return b.String()
}

func runOf(t testing.TB, plan *scenarios.Plan, opt Options) *result.Run {
	t.Helper()
	run, err := Run(context.Background(), plan, opt)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// standingOf is a plan's last step alone with further values.
func standingOf(t testing.TB, plan *scenarios.Plan, extra ...scenarios.Assignment) *scenarios.Plan {
	t.Helper()
	p, err := standing(plan, last(plan), extra...)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// brainText is the seed situation over two days with a number of replications.
func brainText(t testing.TB, replications int) string {
	t.Helper()
	text, err := scenarios.PresetText("brain")
	if err != nil {
		t.Fatal(err)
	}
	text = strings.Replace(text, "horizon = \"7d\"", "horizon = \"2d\"", 1)
	return fmt.Sprintf("replications = %d\n", replications) + text
}
