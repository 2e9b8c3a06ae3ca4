package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"quotawall/reports"
	"quotawall/scenarios/result"
	"quotawall/scenarios/study"
	"quotawall/sim/unit"
)

func newCheckCmd(a *app) *cobra.Command {
	var in inputs
	var doc document
	var step string
	var stated statedLimits
	cmd := &cobra.Command{
		Use:   "check [SCENARIO|RESULT.json]",
		Short: "Hold a run against stated limits; exit 3 when one is exceeded",
		Long: `Run a scenario, or read a saved 'quotawall run --format json', and hold one step (default: the last) against limits:
shares of what was offered, dollars a month, seconds of waiting. Exit 0 when all hold, 3 when one is exceeded.`,
		Example: `  quotawall check team-claude-code --max-unserved 0.1% --max-cost 12000
  quotawall check result.json --step 2 --max-unserved-tokens 1% --max-wait-p95 30s`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			limits, err := stated.parse(cmd)
			if err != nil {
				return bad(err)
			}
			run, paths, err := a.runOrResult(cmd, args, &in)
			if err != nil {
				return err
			}
			found, err := study.Check(run, step, limits)
			if err != nil {
				return bad(err)
			}
			err = a.write(&doc, paths, func(w io.Writer, format string, width int, color bool) error {
				return reports.WriteCheck(w, found, format, width, color)
			})
			if err == nil && found.Exceeded > 0 {
				err = exceeded(fmt.Errorf("%d of %d limits exceeded", found.Exceeded, len(found.Limits)))
			}
			return err
		},
	}
	addInputs(cmd, &in)
	stated.add(cmd)
	cmd.Flags().StringVar(&step, "step", "last", "step to check: a name, a number, or last")
	addDocument(cmd, &doc, tableFormats()...)
	return cmd
}

// statedLimits are the flags that state limits.
type statedLimits struct {
	unserved, unservedTokens, degraded, refused, wait string
	cost, misses                                      float64
}

func (s *statedLimits) add(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&s.unserved, "max-unserved", "", "most unserved requests, a `share` like 0.1%")
	f.StringVar(&s.unservedTokens, "max-unserved-tokens", "", "most unserved tokens, a `share`")
	f.StringVar(&s.degraded, "max-degraded", "", "most requests served below their tier, a `share`")
	f.StringVar(&s.refused, "max-refused", "", "most refusals for each offered request, a `share`")
	f.Float64Var(&s.cost, "max-cost", 0, "most `USD` a month")
	f.StringVar(&s.wait, "max-wait-p95", "", "longest wait of 95 % of served requests, a `duration`")
	f.Float64Var(&s.misses, "deadline-misses", 0, "most missed deadlines, `requests`")
}

// parse reads the limits that were given.
func (s *statedLimits) parse(cmd *cobra.Command) (study.Limits, error) {
	var l study.Limits
	for _, x := range []struct {
		name, text string
		to         **float64
	}{{"max-unserved", s.unserved, &l.Unserved}, {"max-unserved-tokens", s.unservedTokens, &l.UnservedTokens}, {"max-degraded", s.degraded, &l.Degraded}, {"max-refused", s.refused, &l.Refused}} {
		if x.text == "" {
			continue
		}
		r, err := unit.ParseRatio(x.text)
		if err != nil {
			return l, fmt.Errorf("--%s: %w", x.name, err)
		}
		*x.to = new(r.Float())
	}
	if s.wait != "" {
		t, err := unit.ParseTime(s.wait)
		if err != nil {
			return l, fmt.Errorf("--max-wait-p95: %w", err)
		}
		l.WaitP95S = new(t.Seconds())
	}
	if cmd.Flags().Changed("max-cost") {
		l.MonthUSD = &s.cost
	}
	if cmd.Flags().Changed("deadline-misses") {
		l.DeadlineMisses = &s.misses
	}
	return l, nil
}

// runOrResult runs a scenario, or reads a saved result.
func (a *app) runOrResult(cmd *cobra.Command, args []string, in *inputs) (*result.Run, []string, error) {
	if len(args) == 1 && strings.HasSuffix(args[0], ".json") {
		run, err := readResult(args[0])
		return run, args, bad(err)
	}
	l, err := a.load(args, in)
	if err != nil {
		return nil, nil, err
	}
	run, err := a.simulate(cmd, l)
	return run, l.paths, err
}

func readResult(path string) (*result.Run, error) {
	text, err := readLimited(path, maxResult)
	if err != nil {
		return nil, err
	}
	return result.ReadRun(path, strings.NewReader(text))
}

// maxResult bounds what is read as a saved result.
const maxResult = 1 << 30
