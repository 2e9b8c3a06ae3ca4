package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"quotawall/sim/trace/synth"
)

func newTraceFitCmd(a *app) *cobra.Command {
	var in traceInput
	var name, out string
	cmd := &cobra.Command{
		Use:   "fit FILE...",
		Short: "Estimate a workload from a trace and print it as [[traffic]] blocks",
		Long: strings.TrimSpace(`
Estimate one workload for every class of a trace: rate, users, arrival process, the shape of day and week where the
trace is long enough, lengths of prompts and answers, and how sessions go on. The blocks go into a scenario, or to
'quotawall trace synth --traffic'. What had to be assumed stands above them as comments.
Defaults: format detected, rows without a class are class "traffic".`),
		Example: strings.Trim(`
  quotawall trace fit AzureLLMInferenceTrace_conv.csv.gz
  quotawall trace fit ~/.claude/projects --name coding -o coding.toml`, "\n"),
		Args: takes(1, -1),
		RunE: func(cmd *cobra.Command, args []string) error { return a.fit(cmd, args, &in, name, out) },
	}
	addTraceInput(cmd, &in)
	f := cmd.Flags()
	f.StringVar(&name, "name", "traffic", "`class` of rows without one")
	f.StringVarP(&out, "output", "o", "", "write to `file` instead of stdout; it appears whole or not at all")
	return cmd
}

func (a *app) fit(cmd *cobra.Command, args []string, in *traceInput, name, out string) error {
	t, err := a.openTraces(args, in)
	if err != nil {
		return err
	}
	defer t.Close()
	t.ctx = cmd.Context()
	workloads, notes, err := synth.Fit(t, name)
	switch {
	case t.ctx.Err() != nil:
		return t.ctx.Err()
	case err != nil:
		return bad(err)
	}
	a.report(t)
	notes = append(notes, t.Info().Notes...)
	if n := t.Summary().Skipped; n > 0 {
		notes = append(notes, plural(n, "bad row")+" left out")
	}
	return a.deliverText(out, t.paths, func(w io.Writer) error {
		return writeBlocks(w, strings.Join(args, " "), notes, workloads)
	})
}

// writeBlocks writes workloads under what was assumed for them.
func writeBlocks(w io.Writer, from string, notes []string, workloads []synth.Workload) error {
	var b strings.Builder
	fmt.Fprintf(&b, "# estimated from %s\n", visible(from))
	for _, n := range notes {
		fmt.Fprintf(&b, "# %s\n", visible(n))
	}
	for i := range workloads {
		b.WriteString("\n" + workloads[i].TOML())
	}
	_, err := io.WriteString(w, b.String())
	return err
}
