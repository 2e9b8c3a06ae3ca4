package main

import (
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

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
		Args: takes(0, 1),
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
				err = exceeded(fmt.Errorf("%d of %d limits exceeded: %s", found.Exceeded, len(found.Limits), reports.Exceeded(found)))
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
type statedLimits struct{ unserved, unservedTokens, degraded, refused, wait, cost, misses string }

func (s *statedLimits) add(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&s.unserved, "max-unserved", "", "most unserved requests, a `share` like 0.1%")
	f.StringVar(&s.unservedTokens, "max-unserved-tokens", "", "most unserved tokens, a `share`")
	f.StringVar(&s.degraded, "max-degraded", "", "most requests served below their tier, a `share`")
	f.StringVar(&s.refused, "max-refused", "", "most refusals for each offered request, a `share`")
	f.StringVar(&s.cost, "max-cost", "", "most `USD` a month")
	f.StringVar(&s.wait, "max-wait-p95", "", "longest wait of 95 % of served requests, a `duration`")
	f.StringVar(&s.misses, "deadline-misses", "", "most missed deadlines, `requests`")
}

// parse reads the limits that were given, all their mistakes at once.
func (s *statedLimits) parse(cmd *cobra.Command) (study.Limits, error) {
	var l study.Limits
	var errs []error
	for _, x := range []struct {
		name, text string
		read       func(string) (float64, error)
		to         **float64
	}{
		{"max-unserved", s.unserved, readShare, &l.Unserved}, {"max-unserved-tokens", s.unservedTokens, readShare, &l.UnservedTokens},
		{"max-degraded", s.degraded, readShare, &l.Degraded}, {"max-refused", s.refused, readShare, &l.Refused},
		{"max-cost", s.cost, readAmount, &l.MonthUSD}, {"budget", s.cost, readAmount, &l.MonthUSD}, {"max-wait-p95", s.wait, readSeconds, &l.WaitP95S},
		{"deadline-misses", s.misses, readAmount, &l.DeadlineMisses},
	} {
		if !cmd.Flags().Changed(x.name) {
			continue
		}
		limit, err := x.read(x.text)
		if err != nil {
			errs = append(errs, fmt.Errorf("--%s: %w", x.name, err))
		}
		*x.to = &limit
	}
	return l, errors.Join(errs...)
}

func readShare(text string) (float64, error) {
	r, err := unit.ParseRatio(text)
	return r.Float(), err
}

func readSeconds(text string) (float64, error) {
	t, err := unit.ParseTime(text)
	if err == nil && t < 0 {
		err = fmt.Errorf("duration %s is negative", text)
	}
	return t.Seconds(), err
}

// readAmount reads a number that can be exceeded: finite, 0 or more.
func readAmount(text string) (float64, error) {
	x, err := strconv.ParseFloat(text, 64)
	if err != nil || !(x >= 0) || math.IsInf(x, 1) {
		return 0, fmt.Errorf("%q is no limit: write a number of 0 or more, as in 5000", text)
	}
	return x, nil
}

// runOrResult runs a scenario, or reads a saved result.
func (a *app) runOrResult(cmd *cobra.Command, args []string, in *inputs) (*result.Run, []string, error) {
	if len(args) == 1 && strings.HasSuffix(args[0], ".json") {
		if err := unused(cmd, args[0]); err != nil {
			return nil, nil, bad(err)
		}
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

// unused complains of flags that change a run, which a saved result cannot follow.
func unused(cmd *cobra.Command, result string) error {
	var given []string
	of := &cobra.Command{}
	addInputs(of, &inputs{})
	of.Flags().VisitAll(func(f *pflag.Flag) {
		if cmd.Flags().Changed(f.Name) {
			given = append(given, "--"+f.Name)
		}
	})
	if len(given) == 0 {
		return nil
	}
	return fmt.Errorf("%s cannot change %s, which has run already\n  give a scenario instead, or leave the flags out", strings.Join(given, ", "), result)
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
