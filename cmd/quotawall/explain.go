package main

import (
	"io"

	"github.com/spf13/cobra"

	"quotawall/reports"
	"quotawall/scenarios/study"
)

func newExplainCmd(a *app) *cobra.Command {
	var in inputs
	var doc document
	cmd := &cobra.Command{
		Use:   "explain [SCENARIO]",
		Short: "List every price, quota and assumption that a run uses, with source, date and confidence",
		Long: `Run a scenario and list where everything it used comes from: the prices on its bills, the quotas of its pools, the models,
what AWS leaves open with the reading taken, and the keys that were given. The default scenario is brain.`,
		Example: "  quotawall explain\n  quotawall explain team-claude-code --format json",
		Args:    takes(0, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			l, err := a.load(args, &in)
			if err != nil {
				return err
			}
			x, err := study.Explain(cmd.Context(), l.plan, study.Options{Files: l.files})
			if err != nil {
				return a.failed(err)
			}
			return a.write(&doc, l.paths, func(w io.Writer, format string, width int, color bool) error {
				return reports.WriteExplain(w, x, format, width, color)
			})
		},
	}
	addInputs(cmd, &in)
	addDocument(cmd, &doc, tableFormats()...)
	return cmd
}
