package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"quotawall/sim/trace"
	"quotawall/sim/trace/ingest"
	"quotawall/sim/unit"
)

func newTraceCmd(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "trace",
		Short: "Measure, import, convert and synthesize traffic",
		Long: strings.TrimSpace(`
Traces are read in any format that is known, plain or compressed with gzip or zstd, from one file, many, a folder, a
glob or stdin ("-"). Formats: ` + strings.Join(ingest.Formats(), ", ") + `.`),
		Args: takes(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newTraceStatsCmd(a), newTraceImportCmd(a), newTraceConvertCmd(a), newTraceSynthCmd(a), newTraceFitCmd(a))
	return cmd
}

// traceInput are the flags by which the trace commands read.
type traceInput struct {
	format      string
	head        int64
	gap         string
	columns     []string
	skipBadRows bool
	sort        bool
	inclusive   bool
	exclusive   bool
	spread      string
	seed        uint64
}

func addTraceInput(cmd *cobra.Command, in *traceInput) {
	f := cmd.Flags()
	f.StringVar(&in.format, "trace-format", "auto", "the files' `format`; auto detects it")
	f.Int64Var(&in.head, "head", 0, "read only the first `N` lines or records of each file; of all files for sessions; 0 = all")
	f.StringVar(&in.gap, "session-gap", "60s", "session k starts at k x this, where sessions have no common clock")
	f.StringSliceVar(&in.columns, "map", nil, "columns of a table, `field=column,...`; fields: "+strings.Join(mapFields(), " "))
	f.BoolVar(&in.skipBadRows, "skip-bad-rows", false, "leave rows with mistakes out and count them")
	f.BoolVar(&in.sort, "sort", false, fmt.Sprintf("sort rows that are out of time order, stably, in memory (at most %d million)", ingest.MostSorted/1_000_000))
	f.BoolVar(&in.inclusive, "inclusive", false, "input counts include cached tokens, whatever is usual in the format")
	f.BoolVar(&in.exclusive, "exclusive", false, "input counts leave out cached tokens")
	f.StringVar(&in.spread, "spread", "uniform", "how requests lie inside a metric's minute: uniform | poisson")
	f.Uint64Var(&in.seed, "seed", 1, "seed of what has to be drawn")
}

// mapFields are the fields that --map gives a column.
func mapFields() []string {
	return []string{
		"at", "end", "input", "output", "model", "max_tokens", "session", "user", "class",
		"cache_read", "cache_write", "duration", "account", "status", "id",
	}
}

// options checks the flags, all their mistakes at once.
func (in *traceInput) options() (trace.ReadOptions, error) {
	opt := trace.ReadOptions{Head: in.head, SkipBadRows: in.skipBadRows, Unordered: in.sort, Seed: in.seed}
	var errs []error
	fail := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if in.head < 0 {
		fail("--head %d is negative", in.head)
	}
	gap, err := unit.ParseTime(in.gap)
	if err != nil {
		fail("--session-gap: %w", err)
	} else if gap < 0 {
		fail("--session-gap %s is negative", in.gap)
	}
	opt.SessionGap = gap
	switch {
	case in.inclusive && in.exclusive:
		fail("--inclusive and --exclusive say opposite things: give one")
	case in.inclusive:
		opt.Inclusive = trace.Inclusive
	case in.exclusive:
		opt.Inclusive = trace.Exclusive
	}
	switch in.spread {
	case "uniform":
	case "poisson":
		opt.Spread = trace.Poisson
	default:
		fail("--spread %s is not known: uniform or poisson", in.spread)
	}
	opt.Map, err = columnMap(in.columns)
	errs = append(errs, err)
	return opt, errors.Join(errs...)
}

// columnMap reads field=column pairs.
func columnMap(pairs []string) (map[string]string, error) {
	if len(pairs) == 0 {
		return nil, nil
	}
	m := map[string]string{}
	var errs []error
	for _, pair := range pairs {
		field, column, ok := strings.Cut(pair, "=")
		field, column = strings.TrimSpace(field), strings.TrimSpace(column)
		switch {
		case !ok || column == "":
			errs = append(errs, fmt.Errorf("--map %s: write field=column", pair))
		case !slices.Contains(mapFields(), field):
			errs = append(errs, fmt.Errorf("--map: field %s is not known\n  fields: %s", field, strings.Join(mapFields(), ", ")))
		case m[field] != "":
			errs = append(errs, fmt.Errorf("--map gives %s two columns", field))
		default:
			m[field] = column
		}
	}
	return m, errors.Join(errs...)
}

// openedTrace is a trace that a command reads.
type openedTrace struct {
	ingest.Reader
	paths []string
	ctx   context.Context // ends reading early; may be nil
	err   error           // what reading failed with, if it did
}

// openTraces opens the files behind names as one trace.
func (a *app) openTraces(args []string, in *traceInput) (*openedTrace, error) {
	opt, err := in.options()
	files, paths, filesErr := a.traceFiles(args)
	if err := errors.Join(err, filesErr); err != nil {
		return nil, bad(err)
	}
	r, err := ingest.Open(files, in.format, opt)
	if err != nil {
		return nil, bad(err)
	}
	return &openedTrace{Reader: r, paths: paths}, nil
}

// Read keeps the error, so that a mistake in the input can be told from an
// output that cannot be written.
func (t *openedTrace) Read(block []trace.Request) (int, error) {
	if t.ctx != nil && t.ctx.Err() != nil {
		return 0, t.ctx.Err()
	}
	n, err := t.Reader.Read(block)
	if err != nil {
		t.err = err
	}
	return n, err
}

// report tells on stderr what was read.
func (a *app) report(t *openedTrace) {
	s, info := t.Summary(), t.Info()
	what := fmt.Sprintf("read %s (%s) over %s", plural(s.Rows, "request"), info.Format, s.Span)
	if s.Files > 1 {
		what += " from " + plural(int64(s.Files), "file")
	}
	if info.Dated {
		what += ", the first at " + info.Start.UTC().Format(time.RFC3339Nano)
	}
	a.note("%s", what)
	if s.Failed > 0 {
		a.note("%s failed by the log's status", plural(s.Failed, "call"))
	}
	for _, r := range s.Reasons {
		kind := "left out by rule"
		if r.Bad {
			kind = "skipped as bad"
		}
		first := ""
		if r.First != "" {
			first = ", the first at " + r.First
		}
		a.note("%d %s: %s%s", r.Count, kind, r.Text, first)
	}
	for _, n := range info.Notes {
		a.note("assumed: %s", n)
	}
}

func plural(n int64, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
