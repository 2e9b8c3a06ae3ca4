package main

import (
	"fmt"
	"math"

	"github.com/spf13/cobra"

	"quotawall/scenarios/result"
	"quotawall/scenarios/study"
	"quotawall/sim/unit"
)

// runFlags are what `run` adds to a simulation.
type runFlags struct {
	plot      string // folder for pictures
	why       int    // step to explain, from 1
	readings  bool
	precision string
}

func addRunFlags(cmd *cobra.Command, x *runFlags) {
	addBounded(cmd.Flags(), &x.why, "why", 1, math.MaxInt, "explain step `N`: what binds, when it hurts, what moved, and the cheapest change that helps")
	cmd.Flags().StringVar(&x.plot, "plot", "", "also write pictures (SVG and PNG) into this `folder`")
	cmd.Flags().BoolVar(&x.readings, "readings", false, "also run the last step under each reading of what AWS leaves open (A1, A2, A4, A5, A7, A9)")
	cmd.Flags().StringVar(&x.precision, "precision", "", "replicate until the 95 % intervals of cost and served are within this `share` of their means, at most --reps times (default 100)")
}

// maxReps bounds replications where --precision decides their number.
const maxReps = 100

// simulateAll runs a loaded plan with the flags of `run`.
func (a *app) simulateAll(cmd *cobra.Command, l *loaded, in *inputs, x *runFlags) (*result.Run, error) {
	add, done := a.progress("simulating", "requests of all steps")
	defer done()
	opt := study.Options{Files: l.files, Progress: add}
	if x.precision != "" {
		r, err := unit.ParseRatio(x.precision)
		if err != nil || r.Num == 0 {
			return nil, bad(fmt.Errorf("--precision %s: want a share above 0, like 2%%", x.precision))
		}
		opt.Precision = r.Float()
		if !in.given("reps") && l.plan.Base.Replications == 1 {
			l.plan.Base.Replications = maxReps
		}
	}
	run, err := study.Run(cmd.Context(), l.plan, opt)
	if err != nil {
		return nil, a.failed(err)
	}
	if x.readings {
		if run.Readings, err = study.Readings(cmd.Context(), l.plan, opt); err != nil {
			return nil, a.failed(err)
		}
		run.Notes = append(run.Notes, study.ReadingsRange(run.Steps[len(run.Steps)-1].Name, run.Readings))
	}
	return run, nil
}
