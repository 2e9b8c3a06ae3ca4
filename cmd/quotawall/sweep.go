package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"quotawall/reports"
	"quotawall/reports/chart"
	"quotawall/scenarios/study"
)

// sweepFlags are the flags of `sweep` beside those of every scenario.
type sweepFlags struct {
	vary   []string
	design string
	resume string
	plot   string
}

func newSweepCmd(a *app) *cobra.Command {
	var in inputs
	var doc document
	var x sweepFlags
	cmd := &cobra.Command{
		Use:   "sweep [SCENARIO] --vary KEY=LO..HI:N|a,b,c ...",
		Short: "Run a progression at every point of a grid or a random design over any keys",
		Long: strings.TrimSpace(`
Run every step of a scenario at every point of a design: a grid over all --vary, or a seeded random or Latin-hypercube
design. A range is LO..HI:N (N values evenly spaced) or LO..HI:logN (evenly spaced ratios; log alone: 10 values); any
other values are listed with commas. Points run in parallel, all with the same seed, and the answer has one row a point
and step, whatever the number of processors.

With --resume DIR every finished point is kept there as one small file, and is never run again while program, scenario,
catalog and trace are the same; the finished answer is the one that an uninterrupted sweep gives, byte for byte.
Defaults: design grid; at most 100,000 points and 10,000 values a key; format table (parquet where -o ends so).`),
		Example: strings.Trim(`
  quotawall sweep --vary users=1..1000:log10 --vary cache.hit=0,0.5,0.9 --steps 1
  quotawall sweep team-claude-code --vary accounts.count=1..5:5 --vary caching.ttl=5m,1h --design lhs:50 --resume points -o sweep.parquet`, "\n"),
		Args: takes(0, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !cmd.Flags().Changed("format") && strings.HasSuffix(doc.out, ".parquet") {
				doc.format = "parquet"
			}
			return a.sweep(cmd, args, &in, &doc, &x)
		},
	}
	addInputs(cmd, &in)
	f := cmd.Flags()
	f.StringArrayVar(&x.vary, "vary", nil, "a key and its `values`: KEY=LO..HI:N, KEY=LO..HI:logN or KEY=a,b,c; repeatable")
	f.StringVar(&x.design, "design", "grid", "grid | random:N | lhs:N (N points)")
	f.StringVar(&x.resume, "resume", "", "keep finished points in this `folder` and do not run them again")
	f.StringVar(&x.plot, "plot", "", "also draw lines over one key, or a heat map over two, into this `folder`")
	addDocument(cmd, &doc, append(tableFormats(), "parquet")...)
	return cmd
}

func (a *app) sweep(cmd *cobra.Command, args []string, in *inputs, doc *document, x *sweepFlags) error {
	if doc.format == "parquet" && a.toTerminal(doc.out) {
		return bad(errors.New("--format parquet is not text, and stdout is a terminal\n  give -o FILE, or send it to a pipe"))
	}
	l, err := a.load(args, in)
	if err != nil {
		return err
	}
	so := study.SweepOptions{Design: x.design, Pick: in.pick()}
	if so.Axes, err = x.axes(); err != nil {
		return bad(err)
	}
	if x.resume != "" {
		if so.Store, so.Inputs, err = openStore(x.resume, l); err != nil {
			return err
		}
	}
	add, done := a.progress("sweeping", "points")
	so.Done = add
	s, err := study.Sweep(cmd.Context(), l.plan, study.Options{Files: l.files}, so)
	done()
	if err != nil {
		return a.failed(err)
	}
	if x.plot != "" {
		charts, err := chart.FromSweep(s)
		if err != nil {
			return err
		}
		if err := writeEach(x.plot, charts, "svg", "png"); err != nil {
			return err
		}
	}
	return a.write(doc, l.paths, func(w io.Writer, format string, width int, color bool) error {
		return reports.WriteSweep(w, s, format, width, color)
	})
}

// axes reads --vary, all mistakes at once.
func (x *sweepFlags) axes() ([]study.Axis, error) {
	var axes []study.Axis
	var errs []error
	for _, text := range x.vary {
		axis, err := study.ParseAxis(text)
		errs = append(errs, err)
		if slices.ContainsFunc(axes, func(b study.Axis) bool { return b.Key == axis.Key }) {
			errs = append(errs, fmt.Errorf("--vary %s comes twice", axis.Key))
		}
		axes = append(axes, axis)
	}
	if len(x.vary) == 0 {
		errs = append(errs, errors.New("sweep needs at least one --vary\n  as in: quotawall sweep --vary users=1..1000:log10"))
	}
	return axes, errors.Join(errs...)
}

// folderStore keeps each text as a file of its own.
type folderStore string

func (s folderStore) path(key string) string { return filepath.Join(string(s), key+".json") }

// Load reads a kept text, nil where there is none.
func (s folderStore) Load(key string) ([]byte, error) {
	b, err := os.ReadFile(s.path(key))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return b, err
}

// Save keeps a text under its key; the file appears whole.
func (s folderStore) Save(key string, text []byte) error {
	err := writeWhole(s.path(key), func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	})
	return err
}

// openStore makes the folder and identifies what its points depend on: the
// program itself, the catalog and every input file.
func openStore(folder string, l *loaded) (study.Store, string, error) {
	for _, f := range l.files {
		if f.Name == "stdin" {
			return nil, "", bad(errors.New("--resume needs a trace in a file: what comes from stdin is not there the next time"))
		}
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, "", fmt.Errorf("cannot make the folder of --resume: %w", err)
	}
	inputs, err := inputHash(l)
	if err != nil {
		return nil, "", err
	}
	h := sha256.New()
	program, err := os.Executable()
	if err == nil {
		err = hashFile(h, program)
	}
	return folderStore(folder), inputs + " " + hex.EncodeToString(h.Sum(nil)), err
}
