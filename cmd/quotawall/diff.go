package main

import (
	"errors"
	"io"

	"github.com/spf13/cobra"

	"quotawall/reports"
	"quotawall/scenarios/study"
)

func newDiffCmd(a *app) *cobra.Command {
	var doc document
	cmd := &cobra.Command{
		Use:   "diff OLD.json NEW.json",
		Short: "Say what changed between two saved results: inputs, prices, figures, caps",
		Long: `Compare two answers of 'quotawall run --format json', step by step by name. It says first when the catalog moved, so that a
change of price is not mistaken for a change of traffic. --format markdown is ready for a pull request.`,
		Example: "  quotawall diff main.json branch.json\n  quotawall diff may.json june.json --format markdown",
		Args:    takes(2, 2),
		RunE: func(_ *cobra.Command, args []string) error {
			old, err := readResult(args[0])
			fresh, err2 := readResult(args[1])
			if err := errors.Join(err, err2); err != nil {
				return bad(err)
			}
			d := study.Diff(args[0], old, args[1], fresh)
			return a.write(&doc, args, func(w io.Writer, format string, width int, color bool) error {
				return reports.WriteDiff(w, d, format, width, color)
			})
		},
	}
	addDocument(cmd, &doc, tableFormats()...)
	return cmd
}
