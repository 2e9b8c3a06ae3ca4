package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"quotawall/scenarios"
	"quotawall/sim/trace/synth"
)

func newScenarioInitCmd(a *app) *cobra.Command {
	s := scenarios.Starter{}
	var models string
	var classes []string
	var out string
	cmd := &cobra.Command{
		Use: "init", Short: "Write a commented starter scenario from a few flags",
		Long: `Write a scenario that runs as it is and says what each line means. Traffic is given as presets with their users
(--class chat:50 --class memory-extraction:50), or as a trace to replay.`,
		Example: `  quotawall scenario init -o mine.toml
  quotawall scenario init --class coding-agent:12 --model claude-opus-4-6,claude-sonnet-4-6 --ruleset 2026-09 --scope global`,
		Args: takes(0, 0),
		RunE: func(*cobra.Command, []string) error {
			s.Models = strings.Split(models, ",")
			var err error
			if s.Classes, err = starterClasses(classes); err != nil {
				return bad(err)
			}
			cat, _, err := a.catalog(nil)
			if err != nil {
				return err
			}
			if err := s.Check(cat); err != nil {
				return bad(err)
			}
			return a.deliver(out, nil, func(w io.Writer) error {
				_, err := io.WriteString(w, s.Text())
				return err
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&s.Title, "title", "my product", "what the scenario is called")
	f.StringVar(&s.Ruleset, "ruleset", "2026-09", "which quotas exist ('quotawall catalog list rulesets')")
	f.StringVar(&s.Scope, "scope", "geo", "on-demand | geo | global")
	f.StringVar(&s.Region, "region", "us-east-1", "source Region")
	f.StringVar(&models, "model", "claude-opus-4-6,claude-sonnet-4-6", "catalog `ids`, best first, comma-separated")
	f.StringVar(&s.Trace, "trace", "", "`file` to replay instead of synthesizing")
	f.StringArrayVar(&classes, "class", []string{"chat:50"}, "`preset:users`; repeatable; presets: "+strings.Join(synth.Presets(), ", "))
	f.StringVarP(&out, "output", "o", "", "write to `file` instead of stdout")
	return cmd
}

func starterClasses(list []string) ([]scenarios.StarterClass, error) {
	var out []scenarios.StarterClass
	for _, text := range list {
		name, users, ok := strings.Cut(text, ":")
		n, err := strconv.ParseInt(users, 10, 64)
		if !ok || err != nil {
			return nil, fmt.Errorf("--class %s: want preset:users, as in --class chat:50", text)
		}
		out = append(out, scenarios.StarterClass{Preset: name, Users: n})
	}
	return out, nil
}
