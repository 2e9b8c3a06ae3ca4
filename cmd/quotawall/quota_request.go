package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"quotawall/reports"
	"quotawall/scenarios/study"
	"quotawall/sim/unit"
)

func newQuotaRequestCmd(a *app) *cobra.Command {
	var in inputs
	var doc document
	var step int
	var growth, margin string
	g := study.Growth{}
	cmd := &cobra.Command{
		Use:   "quota-request [SCENARIO]",
		Short: "Print the figures that a quota-increase case asks for",
		Long: `Work out, for each model, account and Region, what AWS asks for in a quota-increase case: steady and peak requests and tokens a
minute as Bedrock counts them, average tokens, the share of prompts over 25,000 tokens, and the values to request. Demand
is counted before any limit. Defaults: step 1, growth 0 % a month for 6 months, margin 30 %. --format markdown is ready to paste.`,
		Example: `  quotawall quota-request team-claude-code --growth 10% --format markdown
  quotawall quota-request --trace week.csv.gz --step 2 --margin 50%`,
		Args: takes(0, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			for _, x := range []struct {
				flag, text string
				to         *float64
			}{{"growth", growth, &g.PerMonth}, {"margin", margin, &g.Margin}} {
				r, err := unit.ParseRatio(x.text)
				if err != nil {
					return bad(fmt.Errorf("--%s: %w", x.flag, err))
				}
				*x.to = r.Float()
			}
			if g.Months < 0 || g.Months > 120 {
				return bad(fmt.Errorf("--months %d is not between 0 and 120", g.Months))
			}
			l, err := a.load(args, &in)
			if err != nil {
				return err
			}
			q, err := study.QuotaRequest(cmd.Context(), l.plan, study.Options{Files: l.files}, step-1, g)
			if err != nil {
				return a.failed(err)
			}
			return a.write(&doc, l.paths, func(w io.Writer, format string, width int, color bool) error {
				return reports.WriteQuotaRequest(w, q, format, width, color)
			})
		},
	}
	addInputs(cmd, &in)
	f := cmd.Flags()
	f.IntVar(&step, "step", 1, "step whose demand is asked for")
	f.StringVar(&growth, "growth", "0%", "expected growth a month, a `share`")
	f.IntVar(&g.Months, "months", 6, "months that the request shall last")
	f.StringVar(&margin, "margin", "30%", "margin above the grown peak, a `share`")
	addDocument(cmd, &doc, tableFormats()...)
	return cmd
}
