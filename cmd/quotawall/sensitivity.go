package main

import (
	"cmp"
	"io"
	"math"
	"slices"

	"github.com/spf13/cobra"

	"quotawall/reports"
	"quotawall/reports/chart"
	"quotawall/scenarios/result"
	"quotawall/scenarios/study"
)

func newSensitivityCmd(a *app) *cobra.Command {
	var in inputs
	var doc document
	var step int
	var plot string
	cmd := &cobra.Command{
		Use:   "sensitivity [SCENARIO]",
		Short: "Vary one uncertain input at a time and say which moves cost and unserved requests most",
		Long: `Answer one step (default: the last) with one uncertain input at a time at other values: demand -20 % and +20 %, max_tokens
halved and doubled where the trace does not say, latencies halved and doubled, cache lifetime, mix +-10 points, endpoint
speed +-25 %, retries, and every reading of what AWS leaves open. All with the same seed.`,
		Example: `  quotawall sensitivity team-claude-code
  quotawall sensitivity brain --step 2 --plot tornado.svg`,
		Args: takes(0, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			l, err := a.load(args, &in)
			if err != nil {
				return err
			}
			if step == 0 {
				step = l.plan.Steps[len(l.plan.Steps)-1].Index + 1
			}
			s, err := study.Sensitivity(cmd.Context(), l.plan, study.Options{Files: l.files}, step-1)
			if err != nil {
				return a.failed(err)
			}
			if plot != "" {
				if err := a.drawTornado(plot, l.paths, s); err != nil {
					return err
				}
			}
			return a.write(&doc, l.paths, func(w io.Writer, format string, width int, color bool) error {
				return reports.WriteSensitivity(w, s, format, width, color)
			})
		},
	}
	addInputs(cmd, &in)
	addBounded(cmd.Flags(), &step, "step", 1, math.MaxInt, "step to vary (default: the last)")
	cmd.Flags().StringVar(&plot, "plot", "", "also draw the effects on cost into this .svg or .png `file`")
	addDocument(cmd, &doc, tableFormats()...)
	return cmd
}

// mostBars is how many inputs a tornado shows.
const mostBars = 12

func (a *app) drawTornado(path string, inputs []string, s *result.Sensitivity) error {
	d := chart.Tornado{Name: "tornado", Title: "What moves the cost of " + s.Step, XName: "dollars per month", Base: s.MonthUSD, Dollars: true}
	widest := slices.SortedStableFunc(slices.Values(s.Inputs), func(a, b result.Input) int {
		return cmp.Compare(b.MonthUSD[1]-b.MonthUSD[0], a.MonthUSD[1]-a.MonthUSD[0])
	})
	for _, x := range widest {
		if x.MonthUSD[0] == x.MonthUSD[1] || len(d.Bars) == mostBars {
			continue
		}
		bar := chart.TornadoBar{Name: x.Name}
		for _, v := range x.Values {
			if v.MonthUSD != s.MonthUSD {
				bar.Values = append(bar.Values, chart.TornadoValue{Name: v.Value, At: v.MonthUSD})
			}
		}
		d.Bars = append(d.Bars, bar)
	}
	return a.drawChart(path, inputs, d)
}
