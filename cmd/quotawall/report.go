package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"quotawall/reports/chart"
	"quotawall/reports/html"
	"quotawall/scenarios/result"
)

func newReportCmd(a *app) *cobra.Command {
	var in inputs
	var out, question, title string
	cmd := &cobra.Command{
		Use:   "report [SCENARIO] -o report.html|report.md",
		Short: "Write a report of a run: verdict, tables, pictures, bill, assumptions",
		Long: `Simulate a scenario and write what a team needs to decide: the question, the verdict in three sentences, the progression,
the pictures, the caps by clock time, the bill with rates and sources, assumptions, and how to reproduce it. An .html file
is one page that needs neither network nor script; an .md file is the same content, with its pictures in a folder beside it.`,
		Example: `  quotawall report -o report.html
  quotawall report team-claude-code --question 'Do five developers fit one account?' -o team.md`,
		Args: takes(0, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			kind := strings.ToLower(filepath.Ext(out))
			if kind != ".html" && kind != ".md" {
				return bad(fmt.Errorf("-o %s: a report is an .html or an .md file", orDash(out)))
			}
			l, err := a.load(args, &in)
			if err != nil {
				return err
			}
			run, err := a.simulate(cmd, l)
			if err != nil {
				return err
			}
			if run.Scenario.InputHash, err = inputHash(l); err != nil {
				return err
			}
			r := html.Report{Title: title, Question: question, Command: commandLine(cmd, args), Version: version(), Run: run}
			if kind == ".html" {
				return a.deliver(out, l.paths, func(w io.Writer) error { return html.WriteHTML(w, r) })
			}
			return a.writeMarkdownReport(out, l.paths, r)
		},
	}
	addInputs(cmd, &in)
	f := cmd.Flags()
	f.StringVarP(&out, "output", "o", "", "the report's `file`: .html or .md")
	f.StringVar(&question, "question", "", "the question that the report answers")
	f.StringVar(&title, "title", "", "the report's title (default: the scenario's)")
	return cmd
}

func orDash(s string) string {
	if s == "" {
		return "(nothing)"
	}
	return s
}

// writeMarkdownReport writes a page and, in a folder beside it, its pictures.
func (a *app) writeMarkdownReport(out string, inputs []string, r html.Report) error {
	folder := strings.TrimSuffix(filepath.Base(out), filepath.Ext(out)) + "-charts"
	r.ChartDir = folder
	if err := writeCharts(filepath.Join(filepath.Dir(out), folder), r.Run, "svg"); err != nil {
		return err
	}
	return a.deliver(out, inputs, func(w io.Writer) error { return html.WriteMarkdown(w, r) })
}

// writeCharts writes the pictures of a run into a folder, each whole.
func writeCharts(folder string, run *result.Run, kinds ...string) error {
	charts, err := chart.FromRun(run)
	if err != nil {
		return err
	}
	return writeEach(folder, charts, kinds...)
}

// writeEach writes pictures into a folder, each whole.
func writeEach(folder string, charts []*chart.Chart, kinds ...string) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return fmt.Errorf("cannot make the folder for pictures: %w", err)
	}
	for _, c := range charts {
		for _, kind := range kinds {
			write := c.WriteSVG
			if kind == "png" {
				write = c.WritePNG
			}
			if err := writeWhole(filepath.Join(folder, c.Name+"."+kind), write); err != nil {
				return err
			}
		}
	}
	return nil
}

// inputHash identifies what a run was made from: the scenario with all keys
// that the command line gave, and every input file.
func inputHash(l *loaded) (string, error) {
	h := sha256.New()
	text, err := l.plan.Scenario.Text()
	if err != nil {
		return "", err
	}
	fmt.Fprintf(h, "%s\ncatalog %s\n", text, l.plan.Catalog.AsOf())
	for _, path := range l.paths {
		if err := hashFile(h, path); err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

func hashFile(h io.Writer, path string) error {
	info, err := os.Stat(path)
	if errors.Is(err, os.ErrNotExist) || err == nil && !info.Mode().IsRegular() {
		return nil // stdin and streams leave nothing to read again
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	_, err = io.Copy(h, f)
	return errors.Join(err, f.Close())
}

// commandLine is a command that makes the same answer again.
func commandLine(cmd *cobra.Command, args []string) string {
	words := []string{cmd.CommandPath()}
	for _, arg := range args {
		words = append(words, quoted(arg))
	}
	cmd.Flags().Visit(func(f *flagOf) {
		if f.Name == "quiet" {
			return
		}
		for _, v := range flagValues(f) {
			word := "--" + f.Name
			if bare := f.NoOptDefVal; bare == "" || v != bare {
				word += "=" + quoted(v)
			}
			words = append(words, word)
		}
	})
	return strings.Join(words, " ")
}

// quoted is a word as a shell takes it.
func quoted(s string) string {
	if s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./=:,%+@") == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
