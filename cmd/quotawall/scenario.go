package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"quotawall/reports"
	"quotawall/scenarios"
)

func newScenarioCmd(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "scenario",
		Short: "List, show and check scenarios",
		Args:  takes(0, 0),
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newScenarioListCmd(a), newScenarioShowCmd(a), newScenarioCheckCmd(a), newScenarioKeysCmd(a), newScenarioInitCmd(a))
	return cmd
}

func newScenarioListCmd(a *app) *cobra.Command {
	var doc document
	cmd := &cobra.Command{
		Use: "list", Short: "List the embedded scenarios", Args: takes(0, 0),
		Example: "  quotawall scenario list\n  quotawall scenario list --format json",
		RunE: func(*cobra.Command, []string) error {
			t := reports.NewTable("embedded scenarios", reports.Column{Name: "name"}, reports.Column{Name: "what it is", Wrap: 30}, reports.Column{Name: "steps", Kind: reports.Count})
			for _, name := range scenarios.Presets() {
				s, err := scenarios.Preset(name)
				if err != nil {
					return err
				}
				t.Row(reports.Str(name), reports.Str(s.Summary()), reports.Int(int64(len(s.StepNames()))))
			}
			return a.tables(&doc, nil, t)
		},
	}
	addDocument(cmd, &doc, tableFormats()...)
	return cmd
}

func newScenarioShowCmd(a *app) *cobra.Command {
	var doc document
	cmd := &cobra.Command{
		Use: "show NAME", Short: "Print a scenario's text, to start one of your own from",
		Args:    takes(1, 1),
		Example: "  quotawall scenario show brain\n  quotawall scenario show brain -o mine.toml",
		RunE: func(_ *cobra.Command, args []string) error {
			text, err := scenarioText(args[0])
			if err != nil {
				return bad(err)
			}
			return a.deliver(doc.out, args, func(w io.Writer) error {
				_, err := io.WriteString(w, text)
				return err
			})
		},
		ValidArgs: scenarios.Presets(),
	}
	cmd.Flags().StringVarP(&doc.out, "output", "o", "", "write to `file` instead of stdout")
	return cmd
}

func scenarioText(name string) (string, error) {
	if strings.HasSuffix(name, ".toml") {
		return readLimited(name, maxScenario)
	}
	return scenarios.PresetText(name)
}

func newScenarioCheckCmd(a *app) *cobra.Command {
	var in inputs
	cmd := &cobra.Command{
		Use: "check SCENARIO", Short: "Check a scenario's keys, names and steps without running it",
		Args:    takes(1, 1),
		Example: "  quotawall scenario check mine.toml\n  quotawall scenario check brain --set caching.ttl=1h",
		RunE: func(_ *cobra.Command, args []string) error {
			l, err := a.load(args, &in)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(a.stdout, "%s: fine; %d steps\n", visible(args[0]), len(l.plan.Steps))
			return err
		},
	}
	addInputs(cmd, &in)
	return cmd
}

func newScenarioKeysCmd(a *app) *cobra.Command {
	var doc document
	cmd := &cobra.Command{
		Use: "keys [PREFIX]", Short: "List every key with its values, its default and what it does",
		Args:    takes(0, 1),
		Example: "  quotawall scenario keys caching\n  quotawall scenario keys --format csv",
		RunE: func(_ *cobra.Command, args []string) error {
			prefix := strings.Join(args, "")
			t := reports.NewTable("scenario keys", reports.Column{Name: "key"}, reports.Column{Name: "default", Wrap: 16}, reports.Column{Name: "what it does", Wrap: 24}, reports.Column{Name: "values", Wrap: 20, Drop: 1})
			for _, k := range scenarios.Keys() {
				if strings.HasPrefix(k.Name, prefix) {
					t.Row(reports.Str(k.Name), reports.Str(k.Default), reports.Str(k.Doc), reports.Str(k.Want))
				}
			}
			if t.Len() == 0 {
				return bad(fmt.Errorf("no key begins with %q", prefix))
			}
			return a.tables(&doc, nil, t)
		},
	}
	addDocument(cmd, &doc, tableFormats()...)
	return cmd
}

// tables writes tables in a document's format.
func (a *app) tables(doc *document, inputs []string, ts ...*reports.Table) error {
	return a.write(doc, inputs, func(w io.Writer, format string, width int, color bool) error {
		return reports.Write(w, format, width, color, ts...)
	})
}
