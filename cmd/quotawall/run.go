package main

import (
	"errors"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"quotawall/reports"
	"quotawall/scenarios/result"
	"quotawall/scenarios/study"
)

func newRunCmd(a *app) *cobra.Command {
	var in inputs
	var doc document
	var more runFlags
	cmd := &cobra.Command{
		Use:   "run [SCENARIO]",
		Short: "Simulate a progression and print what each step costs and which cap it meets when",
		Long: strings.TrimSpace(`
Simulate every step of a scenario over the same traffic and print, for each, the cost per month, the share of
requests and of tokens served, what binds, and at what clock time each cap is spent.

SCENARIO is an embedded name ('quotawall scenario list') or a .toml file; the default is brain. Steps are cumulative.
Defaults: seed 1, one replication, horizon of the scenario or the trace, format table (as wide as the
terminal; elsewhere COLUMNS, or 100).`),
		Example: strings.Trim(`
  quotawall run                                         the seed situation, a week
  quotawall run --trace week.csv.gz                     the same steps over your own traffic
  quotawall run --set caching.ttl=1h --steps 1,2        two steps, with another key
  quotawall run my.toml --format json -o result.json`, "\n"),
		Args: takes(0, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.progression(cmd, args, &in, &doc, &more)
		},
	}
	addInputs(cmd, &in)
	addRunFlags(cmd, &more)
	addDocument(cmd, &doc, tableFormats()...)
	return cmd
}

// progression runs a scenario and writes its tables and, where asked, pictures.
func (a *app) progression(cmd *cobra.Command, args []string, in *inputs, doc *document, more *runFlags) error {
	l, err := a.load(args, in)
	if err != nil {
		return err
	}
	if more.why > 0 {
		return a.why(cmd, l, doc, more.why)
	}
	run, err := a.simulateAll(cmd, l, in, more)
	if err != nil {
		return err
	}
	if more.plot != "" {
		if err := writeCharts(more.plot, run, "svg", "png"); err != nil {
			return err
		}
	}
	return a.write(doc, l.paths, func(w io.Writer, format string, width int, color bool) error {
		return reports.WriteRun(w, run, format, width, color)
	})
}

// simulate runs a loaded plan.
func (a *app) simulate(cmd *cobra.Command, l *loaded) (*result.Run, error) {
	add, done := a.progress("simulating", "requests of all steps")
	run, err := study.Run(cmd.Context(), l.plan, study.Options{Files: l.files, Progress: add})
	done()
	if err != nil {
		return nil, a.failed(err)
	}
	return run, nil
}

// why explains one step.
func (a *app) why(cmd *cobra.Command, l *loaded, doc *document, step int) error {
	x, err := study.Why(cmd.Context(), l.plan, study.Options{Files: l.files}, step-1)
	if err != nil {
		return a.failed(err)
	}
	return a.write(doc, l.paths, func(w io.Writer, format string, width int, color bool) error {
		return reports.WriteWhy(w, x, format, width, color)
	})
}

// failed tells mistakes of the input from a run that could not finish.
func (a *app) failed(err error) error {
	var broken *study.Broken
	if errors.As(err, &broken) {
		return err
	}
	return bad(err)
}
