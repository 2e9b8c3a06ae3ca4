package main

import (
	"io"

	"github.com/spf13/cobra"

	"quotawall/reports"
	"quotawall/reports/chart"
	"quotawall/scenarios/result"
	"quotawall/scenarios/study"
)

func newForecastCmd(a *app) *cobra.Command {
	var in inputs
	var doc document
	var growth, plot string
	var months int
	cmd := &cobra.Command{
		Use:   "forecast [SCENARIO] --growth 15%",
		Short: "Say in which month growth meets each cap, what it costs, and how long each step buys",
		Long: `Run every step under the demand of each month: the month in which each limit first refuses, the month in which the step serves
less than 99.9 % of requests or tokens, and the cost. Growth is a rate a month (15%), a range (10%..20%), low, expected and
high (10%,15%,20%), or a table of factors of today's demand by month (3=1.5,6=4): even growth up to each month, and
after the last one given demand stays, since the table says no more. Defaults: 15% a month, 12 months from today's.`,
		Example: `  quotawall forecast team-claude-code --growth 10%..25%
  quotawall forecast --trace week.csv.gz --growth 3=1.5,12=6 --months 18 --plot forecast.svg`,
		Args: takes(0, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.forecast(cmd, args, &in, &doc, growth, months, plot)
		},
	}
	addInputs(cmd, &in)
	cmd.Flags().StringVar(&growth, "growth", "15%", "growth of demand: a `rate` a month, LOW..HIGH, or month=factor,...")
	cmd.Flags().IntVar(&months, "months", 12, "months to look ahead")
	cmd.Flags().StringVar(&plot, "plot", "", "also draw the last step's cost into this .svg or .png `file`")
	addDocument(cmd, &doc, tableFormats()...)
	return cmd
}

func (a *app) forecast(cmd *cobra.Command, args []string, in *inputs, doc *document, growth string, months int, plot string) error {
	outlook, err := study.ParseGrowth(growth, months, a.now())
	if err != nil {
		return bad(err)
	}
	l, err := a.load(args, in)
	if err != nil {
		return err
	}
	f, err := study.Forecast(cmd.Context(), l.plan, study.Options{Files: l.files}, outlook)
	if err != nil {
		return a.failed(err)
	}
	if plot != "" {
		if err := a.drawChart(plot, l.paths, forecastChart(f)); err != nil {
			return err
		}
	}
	return a.write(doc, l.paths, func(w io.Writer, format string, width int, color bool) error {
		return reports.WriteForecast(w, f, format, width, color)
	})
}

// forecastChart is the last step's cost a month with its band.
func forecastChart(f *result.Forecast) chart.Forecast {
	s := f.Steps[len(f.Steps)-1]
	d := chart.Forecast{Name: "forecast", Title: "Cost of " + s.Name + " as demand grows", YName: "dollars per month"}
	for _, p := range s.Points {
		d.Months = append(d.Months, f.Months[p.Month].Date[:7])
		d.Mid, d.Low, d.High = append(d.Mid, p.MonthUSD[1]), append(d.Low, p.MonthUSD[0]), append(d.High, p.MonthUSD[2])
	}
	return d
}
