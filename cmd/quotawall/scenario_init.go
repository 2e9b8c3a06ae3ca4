package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"quotawall/scenarios"
	"quotawall/sim/trace/synth"
)

// starting are the flags of scenario init.
type starting struct {
	scenarios.Starter
	models  string
	classes []string
	out     string
	force   bool
	inputs  []string
}

func newScenarioInitCmd(a *app) *cobra.Command {
	var s starting
	cmd := &cobra.Command{
		Use: "init", Short: "Write a commented starter scenario from a few flags",
		Long: `Write a scenario that runs as it is and says what each line means. Traffic is given as presets with their users
(--class chat:50 --class memory-extraction:50), or as a trace to replay. What is written passes 'quotawall scenario check'.`,
		Example: `  quotawall scenario init -o mine.toml
  quotawall scenario init --class coding-agent:12 --model claude-opus-4-6,claude-sonnet-4-6 --ruleset 2026-09 --scope global`,
		Args: takes(0, 0),
		RunE: func(*cobra.Command, []string) error {
			if err := s.check(a); err != nil {
				return bad(err)
			}
			return a.deliverText(s.out, s.inputs, func(w io.Writer) error {
				_, err := io.WriteString(w, s.Text())
				return err
			})
		},
	}
	s.flags(cmd.Flags())
	return cmd
}

func (s *starting) flags(f *pflag.FlagSet) {
	f.StringVar(&s.Title, "title", "my product", "what the scenario is called")
	f.StringVar(&s.Ruleset, "ruleset", "2026-09", "which quotas exist ('quotawall catalog list rulesets')")
	f.StringVar(&s.Scope, "scope", "geo", "on-demand | geo | global")
	f.StringVar(&s.Region, "region", "us-east-1", "source Region")
	f.StringVar(&s.models, "model", "claude-opus-4-6,claude-sonnet-4-6", "catalog `ids`, best first, comma-separated")
	f.StringVar(&s.Trace, "trace", "", "`file` to replay instead of synthesizing")
	f.StringArrayVar(&s.classes, "class", []string{"chat:50"}, "`preset:users`; repeatable; presets: "+strings.Join(synth.Presets(), ", "))
	f.StringVarP(&s.out, "output", "o", "", "write to `file` instead of stdout")
	f.BoolVar(&s.force, "force", false, "let -o replace a file that is there")
}

// check lists the mistakes of all flags, and takes over what they say.
func (s *starting) check(a *app) error {
	cat, _, err := a.catalog(nil)
	if err != nil {
		return err
	}
	s.Models = strings.Split(s.models, ",")
	var badClasses error
	s.Classes, badClasses = starterClasses(s.classes)
	if s.Trace != "" {
		badClasses = errors.Join(badClasses, s.relate(a))
	}
	return errors.Join(s.Check(cat), badClasses, s.vacant())
}

// vacant refuses to write over what is there, unless it is meant.
func (s *starting) vacant() error {
	info, err := os.Stat(s.out)
	if s.out == "" || s.force || err != nil || !info.Mode().IsRegular() {
		return nil
	}
	return fmt.Errorf("%s is there already\n  give -o another name, or --force to replace it", s.out)
}

// relate names the trace as it is found from the scenario's own folder.
func (s *starting) relate(a *app) error {
	if s.Trace == "-" {
		return errors.New("--trace -: a scenario names the file that it replays: save the stream and name that")
	}
	_, paths, err := a.traceFiles([]string{s.Trace})
	if err != nil {
		return fmt.Errorf("--trace %w", err)
	}
	s.inputs = paths
	if filepath.IsAbs(s.Trace) || s.out == "" || s.out == "-" {
		return nil
	}
	file, err := filepath.Rel(absolute(filepath.Dir(s.out)), absolute(s.Trace))
	if err == nil {
		s.Trace = filepath.ToSlash(file)
	}
	return nil
}

func starterClasses(list []string) ([]scenarios.StarterClass, error) {
	var out []scenarios.StarterClass
	var errs []error
	for _, text := range list {
		name, users, ok := strings.Cut(text, ":")
		n, err := strconv.ParseInt(users, 10, 64)
		if !ok || err != nil || n < 1 || n > synth.MaxUsers {
			errs = append(errs, fmt.Errorf("--class %s: want preset:users, as in --class chat:50, and 1 to %d users", text, int64(synth.MaxUsers)))
			continue
		}
		out = append(out, scenarios.StarterClass{Preset: name, Users: n})
	}
	return out, errors.Join(errs...)
}
