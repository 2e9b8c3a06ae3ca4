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
	return a.tableCmd(&cobra.Command{
		Use: "list", Short: "List the embedded scenarios", Args: takes(0, 0),
		Example: "  quotawall scenario list\n  quotawall scenario list --format json",
	}, func([]string) (*reports.Table, error) {
		t := reports.NewTable("embedded scenarios", reports.Column{Name: "name"}, reports.Column{Name: "what it is", Wrap: 30}, reports.Column{Name: "steps", Kind: reports.Count})
		for _, name := range scenarios.Presets() {
			s, err := scenarios.Preset(name)
			if err != nil {
				return nil, err
			}
			t.Row(reports.Str(name), reports.Str(s.Summary()), reports.Int(int64(len(s.StepNames()))))
		}
		return t, nil
	})
}

func newScenarioKeysCmd(a *app) *cobra.Command {
	return a.tableCmd(&cobra.Command{
		Use: "keys [PREFIX]", Short: "List every key with its values, its default and what it does", Args: takes(0, 1),
		Example: "  quotawall scenario keys caching\n  quotawall scenario keys --format csv",
	}, func(args []string) (*reports.Table, error) {
		prefix := strings.Join(args, "")
		t := reports.NewTable("scenario keys", reports.Column{Name: "key"}, reports.Column{Name: "default", Wrap: 16}, reports.Column{Name: "what it does", Wrap: 24}, reports.Column{Name: "values", Wrap: 20, Drop: 1})
		for _, k := range scenarios.Keys() {
			if strings.HasPrefix(k.Name, prefix) {
				t.Row(reports.Str(k.Name), reports.Str(k.Default), reports.Str(k.Doc), reports.Str(k.Want))
			}
		}
		if t.Len() == 0 {
			return nil, bad(fmt.Errorf("no key begins with %q", prefix))
		}
		return t, nil
	})
}

// tableCmd makes a command whose answer is one table.
func (a *app) tableCmd(cmd *cobra.Command, table func(args []string) (*reports.Table, error)) *cobra.Command {
	var doc document
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		t, err := table(args)
		if err != nil {
			return err
		}
		return a.tables(&doc, nil, t)
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
