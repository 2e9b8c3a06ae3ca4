package main

import (
	"io"

	"github.com/spf13/cobra"

	"quotawall/reports"
	"quotawall/reports/chart"
	"quotawall/scenarios/study"
)

func newCompareCmd(a *app) *cobra.Command {
	var in inputs
	var doc document
	var step int
	var model, plot string
	cmd := &cobra.Command{
		Use:   "compare [SCENARIO]",
		Short: "Set reserved, provisioned and self-hosted capacity against on-demand: break-even and best size",
		Long: `Take one step's traffic (default: step 1) without any capacity paid by the hour, and set against it the Reserved tier for 1 and
3 months at the size that is best for this traffic, model units where the scenario says what one carries, and the endpoint
of the scenario where it has one: each by closed form and by simulation, with the utilisation and the load from which it pays.`,
		Example: `  quotawall compare team-claude-code --step 3
  quotawall compare --trace week.csv.gz --model frontier --plot reserved.svg`,
		Args: takes(0, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			l, err := a.load(args, &in)
			if err != nil {
				return err
			}
			c, err := study.Compare(cmd.Context(), l.plan, study.Options{Files: l.files}, step-1, model)
			if err != nil {
				return a.failed(err)
			}
			if plot != "" && len(c.Curve) > 0 {
				if err := a.drawChart(plot, l.paths, chart.Compared{Result: c}); err != nil {
					return err
				}
			}
			return a.write(&doc, l.paths, func(w io.Writer, format string, width int, color bool) error {
				return reports.WriteCompare(w, c, format, width, color)
			})
		},
	}
	addInputs(cmd, &in)
	f := cmd.Flags()
	f.IntVar(&step, "step", 1, "step whose traffic is compared")
	f.StringVar(&model, "model", "", "alias or catalog id to buy for (default: the one that draws most tokens)")
	f.StringVar(&plot, "plot", "", "also draw cost by load and by reserved size into this .svg or .png `file`")
	addDocument(cmd, &doc, tableFormats()...)
	return cmd
}
