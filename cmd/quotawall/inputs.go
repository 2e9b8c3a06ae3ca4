package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"quotawall/pricing"
	"quotawall/scenarios"
	"quotawall/sim/trace/ingest"
)

// Bounds of --seed and --reps: those of their keys.
const (
	mostSeed = 1 << 62
	mostReps = 10_000
)

// inputs are the flags by which every command gets its scenario.
type inputs struct {
	set         []string
	trace       []string
	traceFormat string
	steps       string
	alone       bool
	without     string
	seed        int64
	reps        int64
	catalogs    []string
	skipBadRows bool
	sort        bool
	given       func(flag string) bool
}

// addInputs adds the flags of a command that runs a scenario.
func addInputs(cmd *cobra.Command, in *inputs) {
	addChoice(cmd, in)
	cmd.Flags().BoolVar(&in.alone, "alone", false, "each step alone over the base, not cumulative")
}

// addChoice adds the flags that choose and change a scenario.
func addChoice(cmd *cobra.Command, in *inputs) {
	f := cmd.Flags()
	in.given = f.Changed
	f.StringArrayVar(&in.set, "set", nil, "new value for a scenario key, `key=value`; repeatable")
	f.StringArrayVar(&in.trace, "trace", nil, "replay this `file`, folder or glob instead of the scenario's traffic; repeatable")
	f.StringVar(&in.traceFormat, "trace-format", "", "format of --trace, or of the scenario's own trace (default: detected)")
	f.StringVar(&in.steps, "steps", "", "run only these steps: names or numbers, comma-separated")
	f.StringVar(&in.without, "without", "", "leave one `step` out of the progression")
	addBounded(f, &in.seed, "seed", 0, mostSeed, "seed of every random stream (default: the scenario's, 1)")
	addBounded(f, &in.reps, "reps", 1, mostReps, "independent replications (default: the scenario's, 1)")
	f.BoolVar(&in.skipBadRows, "skip-bad-rows", false, "leave rows with mistakes out and count them")
	f.BoolVar(&in.sort, "sort", false, "sort a trace that is out of time order, stably, in memory")
	addCatalogFlag(cmd, &in.catalogs)
	completeScenario(cmd)
}

// addCatalogFlag adds the flag for overlays.
func addCatalogFlag(cmd *cobra.Command, files *[]string) {
	cmd.Flags().StringArrayVar(files, "catalog", nil, "overlay `file` with prices, quotas or models of your own; repeatable")
}

// loaded is a checked scenario and the files that it was made from.
type loaded struct {
	plan  *scenarios.Plan
	files []ingest.File
	paths []string // all inputs, so that none is overwritten
}

// load reads catalog, scenario and flags and checks them together.
func (a *app) load(args []string, in *inputs) (*loaded, error) {
	name := "brain"
	if len(args) > 0 {
		name = args[0]
	}
	cat, paths, err := a.catalog(in.catalogs)
	if err != nil {
		return nil, err
	}
	s, folder, err := readScenario(name)
	if err != nil {
		return nil, bad(err)
	}
	if folder != "" {
		paths = append(paths, name)
	}
	if err := in.apply(s); err != nil {
		return nil, bad(err)
	}
	plan, err := scenarios.NewPlan(s, cat, in.pick())
	if err != nil {
		return nil, bad(err)
	}
	if err := a.traceless(in, plan); err != nil {
		return nil, bad(err)
	}
	l := &loaded{plan: plan, paths: paths}
	return l, bad(a.openTrace(l, in, folder))
}

// openTrace finds the files of --trace, or of the scenario's own trace.
func (a *app) openTrace(l *loaded, in *inputs, folder string) error {
	args := in.trace
	if len(args) == 0 && l.plan.Base.Trace.File != "" {
		file := l.plan.Base.Trace.File
		if text, ok := scenarios.PresetTrace(file); ok && folder == "" {
			l.files = []ingest.File{{Name: file, Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(text)), nil }}}
			return nil
		}
		if !filepath.IsAbs(file) && file != "-" {
			file = filepath.Join(folder, file)
		}
		args = []string{file}
	}
	if len(args) == 0 {
		return nil
	}
	files, paths, err := a.traceFiles(args)
	if err == nil {
		err = a.spool(files)
	}
	l.files, l.paths = files, append(l.paths, paths...)
	return err
}

// apply lays the flags over the scenario, all their mistakes at once.
func (in *inputs) apply(s *scenarios.Scenario) error {
	var errs []error
	if len(in.trace) > 0 {
		errs = append(errs, s.Replay(in.trace, in.traceFormat, "--trace"))
	}
	put := func(key string, v any, origin string) {
		errs = append(errs, s.Set(scenarios.Assignment{Key: key, Value: v, Origin: origin}))
	}
	if in.traceFormat != "" && len(in.trace) == 0 {
		put("trace.format", in.traceFormat, "--trace-format")
	}
	if in.given("seed") {
		put("seed", in.seed, "--seed")
	}
	if in.given("reps") {
		put("replications", in.reps, "--reps")
	}
	if in.skipBadRows {
		put("trace.skip_bad_rows", true, "--skip-bad-rows")
	}
	if in.sort {
		put("trace.sort", true, "--sort")
	}
	for _, text := range in.set {
		x, err := scenarios.ParseAssignment(text)
		if err == nil {
			err = s.Set(x)
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

func (in *inputs) pick() scenarios.Pick {
	p := scenarios.Pick{Alone: in.alone, Without: in.without}
	if in.given("steps") {
		p.Names = strings.Split(in.steps, ",")
	}
	return p
}

// readScenario reads an embedded scenario or a .toml file, and tells the
// folder that paths in it are relative to.
func readScenario(name string) (s *scenarios.Scenario, folder string, err error) {
	if !strings.HasSuffix(name, ".toml") {
		s, err := scenarios.Preset(name)
		return s, "", err
	}
	text, err := readLimited(name, maxScenario)
	if err != nil {
		return nil, "", err
	}
	s, err = scenarios.Parse(name, text)
	return s, filepath.Dir(name), err
}

// maxScenario bounds what is read as a scenario or an overlay.
const maxScenario = 16 << 20

func readLimited(name string, most int64) (string, error) {
	info, err := os.Stat(name)
	if err != nil {
		return "", fmt.Errorf("%s: %w", name, errors.Unwrap(err))
	}
	if info.IsDir() {
		return "", fmt.Errorf("%s is a folder, want a file", name)
	}
	if info.Size() > most {
		return "", fmt.Errorf("%s has %d bytes; at most %d are read here", name, info.Size(), most)
	}
	b, err := os.ReadFile(name)
	return string(b), err
}

// catalog reads the embedded catalog and lays overlays over it.
func (a *app) catalog(overlays []string) (*pricing.Catalog, []string, error) {
	cat, err := pricing.Embedded()
	if err != nil {
		return nil, nil, err
	}
	for _, name := range overlays {
		text, err := readLimited(name, maxScenario)
		if err != nil {
			return nil, nil, bad(err)
		}
		if err := cat.Overlay(name, text); err != nil {
			return nil, nil, bad(err)
		}
	}
	return cat, append([]string(nil), overlays...), nil
}

// completeScenario offers embedded scenarios, and files, to the shell.
func completeScenario(cmd *cobra.Command) {
	cmd.ValidArgsFunction = func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return scenarios.Presets(), cobra.ShellCompDirectiveDefault
	}
}
