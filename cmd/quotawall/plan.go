package main

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"quotawall/reports"
	"quotawall/scenarios"
	"quotawall/scenarios/study"
)

func newPlanCmd(a *app) *cobra.Command {
	var in inputs
	var doc document
	var x planFlags
	cmd := &cobra.Command{
		Use:   "plan [SCENARIO]",
		Short: "Find the cheapest mix of levers that meets an objective",
		Long: strings.TrimSpace(`
Search the scenario's own steps as levers that are on or off (steps that set the same keys are alternatives, a number of
accounts stands for each number up to it) for the mix that meets the objective at the least cost a month. Every mix is
simulated over the same arrivals, but for those whose fees alone cost more than a mix that is known to do: within the space
and for this traffic the winner is the optimum. The best are tried again under other demand and ranked by regret.

-o FILE.toml writes the winner as a scenario that runs; the answer still goes to stdout. Defaults: --max-unserved 0.1%,
--max-unserved-tokens 0.1% where no limit is stated; demand 0.5, 1 and 2 times. At most 4,096 mixes.`),
		Example: strings.Trim(`
  quotawall plan startup-chat --max-unserved 0.1% --max-degraded 20%
  quotawall plan --trace week.csv.gz --max-unserved-tokens 1% --budget 3000 -o plan.toml`, "\n"),
		Args: takes(0, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.plan(cmd, args, &in, &doc, &x)
		},
	}
	addInputs(cmd, &in)
	x.stated.add(cmd)
	cmd.Flags().StringVar(&x.stated.cost, "budget", "", "the same as --max-cost: most `USD` a month")
	cmd.Flags().StringVar(&x.demand, "demand", "0.5,1,2", "`factors` of demand that regret is taken over, comma-separated")
	addDocument(cmd, &doc, tableFormats()...)
	return cmd
}

// planFlags are the flags of plan beside the usual ones.
type planFlags struct {
	stated statedLimits
	demand string
}

func (a *app) plan(cmd *cobra.Command, args []string, in *inputs, doc *document, x *planFlags) error {
	limits, err := objective(cmd, &x.stated)
	factors, wrong := parseFactors(x.demand)
	if err := errors.Join(err, wrong); err != nil {
		return bad(err)
	}
	l, err := a.load(args, in)
	if err != nil {
		return err
	}
	p, winner, err := study.Plan(cmd.Context(), l.plan, study.Options{Files: l.files}, limits, factors)
	if err != nil {
		return a.failed(err)
	}
	if strings.HasSuffix(doc.out, ".toml") {
		if err := a.writeWinner(doc.out, l, winner, p.Verdict); err != nil {
			return err
		}
		doc.out = ""
	}
	return a.write(doc, l.paths, func(w io.Writer, format string, width int, color bool) error {
		return reports.WritePlan(w, p, format, width, color)
	})
}

// objective is what was stated, or that nearly everything is served.
func objective(cmd *cobra.Command, stated *statedLimits) (study.Limits, error) {
	l, err := stated.parse(cmd)
	if cmd.Flags().Changed("budget") && cmd.Flags().Changed("max-cost") {
		err = errors.Join(err, errors.New("--budget and --max-cost are the same: give one of them"))
	}
	if l == (study.Limits{}) {
		l.Unserved, l.UnservedTokens = new(0.001), new(0.001)
	}
	return l, err
}

func parseFactors(text string) ([]float64, error) {
	var out []float64
	for part := range strings.SplitSeq(text, ",") {
		f, err := strconv.ParseFloat(strings.TrimSpace(part), 64)
		if err != nil || !(f > 0 && f <= 100) {
			return nil, fmt.Errorf("--demand %q: want factors between 0 and 100, as in 0.5,1,2", text)
		}
		out = append(out, f)
	}
	return out, nil
}

// writeWinner writes the winner as a scenario beside which its trace is found.
func (a *app) writeWinner(path string, l *loaded, winner *scenarios.Scenario, verdict string) error {
	if winner == nil {
		a.note("nothing meets the objective: %s is not written", path)
		return nil
	}
	if err := relateTrace(path, l, winner); err != nil {
		return err
	}
	text, err := winner.Text()
	if err != nil {
		return err
	}
	return a.deliver(path, l.paths, func(w io.Writer) error {
		_, err := fmt.Fprintf(w, "# Made by 'quotawall plan'. %s.\n%s", oneLine(verdict), text)
		return err
	})
}

func oneLine(s string) string { return strings.Join(strings.Fields(visible(s)), " ") }

// relateTrace names the scenario's trace as it is found from the new file.
func relateTrace(path string, l *loaded, s *scenarios.Scenario) error {
	if l.plan.Base.Trace.File == "" || len(l.files) != 1 {
		return nil
	}
	folder, err := filepath.Abs(filepath.Dir(path))
	if err != nil {
		return err
	}
	file, err := filepath.Abs(l.files[0].Name)
	if err != nil {
		return err
	}
	if relative, err := filepath.Rel(folder, file); err == nil {
		file = relative
	}
	return s.Set(scenarios.Assignment{Key: "trace.file", Value: filepath.ToSlash(file)})
}
