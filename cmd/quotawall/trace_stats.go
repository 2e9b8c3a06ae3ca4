package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"quotawall/reports"
	"quotawall/sim/trace/stats"
)

func newTraceStatsCmd(a *app) *cobra.Command {
	var in traceInput
	var doc document
	var opt stats.Options
	var by string
	cmd := &cobra.Command{
		Use:   "stats FILE...",
		Short: "Measure a trace: rates, token sizes, prefix hits, when a cap is spent",
		Long: strings.TrimSpace(`
Measure traces of any known format (files, folders, globs, or - for stdin), read as one in order of time: requests a
minute by three definitions of the minute, token sizes with exact nearest-rank quantiles, what an ideal prefix cache
would read, and when a running sum of tokens exceeds a cap.`),
		Example: strings.Trim(`
  quotawall trace stats week.csv.gz
  quotawall trace stats week.csv.gz --cap 2592000 --burndown 5 --cache-ttl 5m
  quotawall trace stats ~/.claude/projects --by model`, "\n"),
		Args: takes(1, -1),
		RunE: func(cmd *cobra.Command, args []string) error {
			opt.By = stats.Key(by)
			if (cmd.Flags().Changed("burndown") || opt.CacheTTL != "") && opt.Cap == 0 {
				return bad(fmt.Errorf("--burndown and --cache-ttl say how --cap counts: give --cap too"))
			}
			if cmd.Flags().Changed("cap") && opt.Cap <= 0 || cmd.Flags().Changed("burndown") && opt.Burndown <= 0 {
				return bad(fmt.Errorf("--cap and --burndown must be above 0"))
			}
			return a.traceStats(cmd.Context(), args, &in, &doc, opt)
		},
	}
	addTraceInput(cmd, &in)
	f := cmd.Flags()
	f.Int64Var(&opt.Cap, "cap", 0, "say when the running sum of charges exceeds this many `tokens`")
	f.Int64Var(&opt.Burndown, "burndown", 1, "an output token counts this many times towards --cap")
	f.StringVar(&opt.CacheTTL, "cache-ttl", "", "leave out what an ideal prefix cache reads: 5m | 1h | 1m | none (no expiry)")
	f.StringVar(&by, "by", "", "also for each model | class | user | account | session")
	addDocument(cmd, &doc, tableFormats()...)
	return cmd
}

func (a *app) traceStats(ctx context.Context, args []string, in *traceInput, doc *document, opt stats.Options) error {
	if err := opt.Check(); err != nil {
		return bad(err)
	}
	t, err := a.openTraces(args, in)
	if err != nil {
		return err
	}
	defer t.Close()
	t.ctx = ctx
	s, err := stats.Collect(t, opt)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return bad(err)
	}
	return a.write(doc, t.paths, func(w io.Writer, format string, width int, color bool) error {
		if format == "json" {
			return reports.WriteResultJSON(w, s)
		}
		return reports.Write(w, format, width, color, statsTables(s)...)
	})
}
