package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"quotawall/scenarios"
)

// traceless refuses flags that say how a trace is read where none is read, and
// notes keys that have no effect then.
func (a *app) traceless(in *inputs, plan *scenarios.Plan) error {
	if plan.Base.Trace.File != "" {
		return nil
	}
	var errs []error
	for _, name := range []string{"trace-format", "sort", "skip-bad-rows"} {
		if in.given(name) {
			errs = append(errs, fmt.Errorf("--%s says how a trace is read, and %s has none\n  give --trace FILE too, or trace.file in the scenario", name, plan.Scenario.Name))
		}
	}
	if len(errs) > 0 {
		return errors.Join(errs...)
	}
	for _, k := range plan.Scenario.Given() {
		asked := strings.HasPrefix(k.From, "--") || slices.Contains(replayKeys(), k.Key)
		if strings.HasPrefix(k.Key, "trace.") && asked {
			a.note("%s: %s has no effect: no trace is replayed; give --trace FILE, or trace.file in the scenario", k.From, k.Key)
		}
	}
	return nil
}

// replayKeys say how much of a trace is replayed. Other keys of a scenario's
// [trace] tell what a trace means that --trace may bring another time.
func replayKeys() []string {
	return []string{"trace.head", "trace.scale", "trace.repeat", "trace.keep", "trace.stretch"}
}
