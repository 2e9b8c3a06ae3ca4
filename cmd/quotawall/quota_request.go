package main

import (
	"errors"
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
	var x growing
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
			g, err := x.parse()
			if err != nil {
				return bad(err)
			}
			return a.quotaRequest(cmd, args, &in, &doc, step, g)
		},
	}
	addInputs(cmd, &in)
	f := cmd.Flags()
	f.IntVar(&step, "step", 1, "step whose demand is asked for")
	f.StringVar(&x.growth, "growth", "0%", "expected growth a month, a `share`")
	x.months = 6
	addBounded(f, &x.months, "months", 0, study.MaxMonths, "months that the request shall last")
	f.StringVar(&x.margin, "margin", "30%", "margin above the grown 99th percentile of the minutes, a `share`")
	addDocument(cmd, &doc, tableFormats()...)
	return cmd
}

func (a *app) quotaRequest(cmd *cobra.Command, args []string, in *inputs, doc *document, step int, g study.Growth) error {
	l, err := a.load(args, in)
	if err != nil {
		return err
	}
	q, err := study.QuotaRequest(cmd.Context(), l.plan, study.Options{Files: l.files}, step-1, g)
	if err != nil {
		return a.failed(err)
	}
	return a.write(doc, l.paths, func(w io.Writer, format string, width int, color bool) error {
		return reports.WriteQuotaRequest(w, q, format, width, color)
	})
}

// growing are the flags that say what a request has to last for.
type growing struct {
	growth, margin string
	months         int
}

// parse reads the flags, all their mistakes at once.
func (x *growing) parse() (study.Growth, error) {
	growth, badGrowth := unit.ParseRatio(x.growth)
	margin, badMargin := unit.ParseRatio(x.margin)
	if badGrowth != nil {
		badGrowth = fmt.Errorf("--growth: %w", badGrowth)
	}
	if badMargin != nil {
		badMargin = fmt.Errorf("--margin: %w", badMargin)
	}
	return study.Growth{PerMonth: growth.Float(), Months: x.months, Margin: margin.Float()}, errors.Join(badGrowth, badMargin)
}
