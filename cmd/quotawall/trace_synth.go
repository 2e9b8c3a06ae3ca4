package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"quotawall/pricing/tomlpos"
	"quotawall/sim/trace"
	"quotawall/sim/trace/ingest"
	"quotawall/sim/trace/synth"
	"quotawall/sim/unit"
)

// synthesis is the flags of trace synth.
type synthesis struct {
	presets        []string
	traffic, file  string
	users          int64
	rate           string
	horizon, start string
	flat           bool
	seed           uint64
	out            string
}

func newTraceSynthCmd(a *app) *cobra.Command {
	var s synthesis
	cmd := &cobra.Command{
		Use:   "synth",
		Short: "Make a trace from presets, from [[traffic]] blocks or from ServeGen clients",
		Long: strings.TrimSpace(`
Synthesize traffic and write it as a canonical trace. Equal flags give equal bytes.

Traffic comes from one or more presets (` + strings.Join(synth.Presets(), ", ") + `),
from the [[traffic]] blocks of a file, or from a ServeGen archive of clients. Users and rate are those of every preset.
Defaults: one user, horizon 7d (of a ServeGen archive: its own), start 2026-01-05T00:00:00Z (a Monday), seed 1.
The rate is that of a whole working day, and most presets sleep at night: --flat spreads it evenly. The output's name
decides on its form: .csv, .csv.gz, .csv.zst or .parquet; stdout is CSV.`),
		Example: strings.Trim(`
  quotawall trace synth --preset chat --preset coding-agent --users 50 -o week.csv.gz
  quotawall trace synth --preset reasoning --rate 2.5/s --flat --horizon 1h --seed 7 | quotawall trace stats -
  quotawall trace synth --file servegen_reason_deepseek-r1.tar.gz --horizon 2h -o day.csv`, "\n"),
		Args: takes(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error { return a.synthesize(cmd, &s) },
	}
	s.flags(cmd)
	return cmd
}

func (s *synthesis) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringArrayVar(&s.presets, "preset", nil, "`name` of a preset; repeatable")
	f.StringVar(&s.traffic, "traffic", "", "take the [[traffic]] blocks of this `file` ('trace fit' writes them)")
	f.StringVar(&s.file, "file", "", "take the clients of this ServeGen `archive` (.tar, .tar.gz) or folder")
	addBounded(f, &s.users, "users", 1, synth.MaxUsers, "users of every preset (default 1 where there is no --rate)")
	f.StringVar(&s.rate, "rate", "", "calls of every preset: `2.5/s`, 300/m, 90/h or 5000/d")
	f.BoolVar(&s.flat, "flat", false, "no daily or weekly profile: every preset is as busy at night as at noon")
	f.StringVar(&s.horizon, "horizon", "", "how long: `7d`, 1h30m")
	f.StringVar(&s.start, "start", "2026-01-05T00:00:00Z", "instant of time 0, RFC 3339")
	f.Uint64Var(&s.seed, "seed", 1, "seed of every random stream")
	f.StringVarP(&s.out, "output", "o", "", "write to `file`, by its name .csv, .csv.gz, .csv.zst or .parquet; it appears whole or not at all")
}

func (a *app) synthesize(cmd *cobra.Command, s *synthesis) error {
	made, err := s.open(a)
	if err != nil {
		return bad(err)
	}
	if c, ok := made.Reader.(io.Closer); ok {
		defer c.Close()
	}
	made.ctx = cmd.Context()
	err = a.deliverText(s.out, made.inputs, func(w io.Writer) error { return writeTrace(w, made, formByName(s.out)) })
	if err != nil {
		return err
	}
	a.note("made %s", plural(made.rows, "request"))
	if made.rows == 0 {
		a.note("no request falls within the horizon: most presets are quiet at night; give a later --start, a longer --horizon or --flat")
	}
	for _, n := range made.uneven {
		a.note("%s", n)
	}
	for _, n := range made.Info().Notes {
		a.note("assumed: %s", n)
	}
	return nil
}

// synthesized counts requests as they are written, and ends with an error when
// the program is interrupted.
type synthesized struct {
	trace.Reader
	ctx    context.Context
	rows   int64
	inputs []string
	uneven []string // classes whose mean rate is not the one asked for
}

func (s *synthesized) Read(block []trace.Request) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := s.Reader.Read(block)
	s.rows += int64(n)
	return n, err
}

// source checks that the flags name one source of traffic.
func (s *synthesis) source() error {
	sources := 0
	for _, given := range []bool{len(s.presets) > 0, s.traffic != "", s.file != ""} {
		if given {
			sources++
		}
	}
	if sources != 1 {
		return fmt.Errorf("give one of --preset, --traffic and --file\n  presets: %s", strings.Join(synth.Presets(), ", "))
	}
	if len(s.presets) == 0 && (s.users != 0 || s.rate != "") {
		return errors.New("--users and --rate go with --preset; a file says its own")
	}
	if len(s.presets) == 0 && s.flat {
		return errors.New("--flat goes with --preset; a file says its own profile")
	}
	return nil
}

// open checks the flags and opens the traffic.
func (s *synthesis) open(a *app) (*synthesized, error) {
	start, badStart := time.Parse(time.RFC3339Nano, s.start)
	if badStart != nil {
		badStart = fmt.Errorf("--start %s is no instant\n  write it as 2026-01-05T00:00:00Z", s.start)
	}
	horizon, badLength := s.length()
	if err := errors.Join(s.source(), badStart, badLength); err != nil {
		return nil, err
	}
	if s.file != "" {
		r, err := s.clients(a, horizon)
		return &synthesized{Reader: r, inputs: []string{s.file}}, err
	}
	workloads, err := s.workloads()
	if err != nil {
		return nil, err
	}
	r, err := synth.New(workloads, start, horizon, s.seed)
	made := &synthesized{Reader: r, inputs: []string{s.traffic}[:min(len(s.traffic), 1)]}
	for i := range workloads {
		made.uneven = append(made.uneven, s.uneven(&workloads[i], start, horizon)...)
	}
	return made, err
}

// uneven says where the mean rate over the horizon is not the one that a class
// asks for.
func (s *synthesis) uneven(w *synth.Workload, start time.Time, horizon unit.Time) []string {
	busy := w.Busy(start, horizon)
	if w.Rate == 0 || busy > 0.9 && busy < 1.1 {
		return nil
	}
	how := "--flat switches it off"
	if s.traffic != "" {
		how = "profile.peak = 0 and profile.weekly = [1, 1, 1, 1, 1, 1, 1] switch it off"
	}
	return []string{fmt.Sprintf("%s: %.3g calls a second is the mean of a day of weight 1; over this horizon its profile of day and week makes it %.3g (%s)",
		w.Class, w.Rate, w.Rate*busy, how)}
}

// length is the horizon; 0 where none is given for a ServeGen archive.
func (s *synthesis) length() (unit.Time, error) {
	switch {
	case s.horizon == "" && s.file != "":
		return 0, nil
	case s.horizon == "":
		return 7 * unit.Day, nil
	}
	t, err := unit.ParseTime(s.horizon)
	if err == nil && (t <= 0 || t > synth.MaxHorizon) {
		err = fmt.Errorf("%v is not between 0 and %v", t, synth.MaxHorizon)
	}
	if err != nil {
		return 0, fmt.Errorf("--horizon: %w", err)
	}
	return t, nil
}

// clients is the traffic of a ServeGen archive or folder.
func (s *synthesis) clients(a *app, horizon unit.Time) (trace.Reader, error) {
	if horizon == 0 {
		horizon = unit.Never
	}
	open := func() (trace.Reader, error) {
		c, err := synth.ReadServeGen(os.DirFS(s.file), ".")
		if err != nil {
			return nil, fmt.Errorf("%s: %w", s.file, err)
		}
		return c.Reader(s.seed), nil
	}
	if info, err := os.Stat(s.file); err != nil || !info.IsDir() {
		files, _, err := a.traceFiles([]string{s.file})
		if err != nil {
			return nil, err
		}
		open = func() (trace.Reader, error) {
			return ingest.Open(files, "servegen", trace.ReadOptions{Seed: s.seed})
		}
	}
	return synth.Repeat(open, 1, horizon)
}

// workloads are the presets with the flags' users and rate, or a file's blocks.
func (s *synthesis) workloads() ([]synth.Workload, error) {
	if s.traffic == "" {
		m := &tomlpos.Mistakes{}
		list := fromTables(s.tables(), m)
		return list, m.Err()
	}
	text, err := os.ReadFile(s.traffic)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.traffic, plainError(err))
	}
	tree, source, err := tomlpos.Decode(s.traffic, string(text))
	if err != nil {
		return nil, err
	}
	m := &tomlpos.Mistakes{Source: source}
	tables, ok := tree["traffic"].([]map[string]any)
	if !ok {
		m.Add("traffic", "write each class as [[traffic]] with its keys below", "the file has no [[traffic]] blocks")
	}
	delete(tree, "traffic")
	for _, key := range slices.Sorted(maps.Keys(tree)) {
		m.Add(key, "the file holds [[traffic]] blocks only; 'quotawall run' takes whole scenarios", "%s is not part of [[traffic]]", key)
	}
	list := fromTables(tables, m)
	return list, m.Err()
}

// fromTables reads blocks and notes their mistakes.
func fromTables(tables []map[string]any, m *tomlpos.Mistakes) []synth.Workload {
	var list []synth.Workload
	for i, t := range tables {
		list = append(list, synth.FromTable(t, func(key, hint, message string) {
			m.Add(fmt.Sprintf("traffic[%d].%s", i, key), hint, "%s: %s", key, message)
		}))
	}
	return list
}

// tables are the presets as blocks.
func (s *synthesis) tables() []map[string]any {
	var list []map[string]any
	for _, name := range s.presets {
		t := map[string]any{"preset": name}
		switch {
		case s.rate != "":
			t["rate"], t["users"] = s.rate, s.users
		case s.users != 0:
			t["users"] = s.users
		default:
			t["users"] = int64(1)
		}
		if s.flat {
			t["profile.peak"], t["profile.weekly"] = int64(0), slices.Repeat([]any{int64(1)}, 7)
		}
		list = append(list, t)
	}
	return list
}
