package main

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"quotawall/reports"
	"quotawall/scenarios"
	"quotawall/scenarios/result"
)

func newScenarioCheckCmd(a *app) *cobra.Command {
	var in inputs
	var doc document
	cmd := &cobra.Command{
		Use: "check SCENARIO", Short: "Check a scenario's keys, names and steps without running it",
		Long: `Check a scenario as a run would, and list all its mistakes; exit 2 where there are any. In format table they go to stderr;
json (ok, steps, and mistakes with file, line and column), csv and markdown carry them.`,
		Args:    takes(1, 1),
		Example: "  quotawall scenario check mine.toml\n  quotawall scenario check brain --set caching.ttl=1h --format json",
		RunE: func(_ *cobra.Command, args []string) error {
			l, err := a.load(args, &in)
			return a.checked(&doc, args[0], &in, l, err)
		},
	}
	addChoice(cmd, &in)
	_ = cmd.Flags().MarkHidden("reps")
	addDocument(cmd, &doc, tableFormats()...)
	return cmd
}

// embeddedFiles are the names by which mistakes cite the embedded scenarios:
// the steps of one of them are every scenario's that has none of its own.
func embeddedFiles() []string {
	names := scenarios.Presets()
	for i := range names {
		names[i] += ".toml"
	}
	return names
}

// checked delivers what a check found, and fails with the mistakes.
func (a *app) checked(doc *document, name string, in *inputs, l *loaded, err error) error {
	var c *coded
	if err != nil && (doc.format == "table" || !errors.As(err, &c)) {
		return err
	}
	found := result.ScenarioCheck{Schema: result.ScenarioCheckSchema, Scenario: name, OK: err == nil, Steps: []string{}, Mistakes: []result.Mistake{}}
	paths := slices.Concat([]string{name}, in.catalogs, in.trace)
	if err != nil {
		found.AddMistakes(err.Error(), append(paths, embeddedFiles()...))
	} else {
		paths = append(paths, l.paths...)
		for _, s := range l.plan.Steps {
			found.Steps = append(found.Steps, s.Name)
		}
	}
	written := a.write(doc, paths, func(w io.Writer, format string, width int, color bool) error {
		if format == "table" {
			_, err := fmt.Fprintf(w, "%s: fine; %s\n", visible(name), plural(int64(len(found.Steps)), "step"))
			return err
		}
		return reports.WriteScenarioCheck(w, &found, format, width, color)
	})
	if written != nil || err == nil {
		return written
	}
	return bad(fmt.Errorf("%s: %s", name, plural(int64(len(found.Mistakes)+found.More), "mistake")))
}
