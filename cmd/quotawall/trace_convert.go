package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/spf13/cobra"

	"quotawall/sim/trace"
	"quotawall/sim/trace/canonical"
)

// rewriting are the flags of a command that writes a trace.
type rewriting struct {
	in  traceInput
	out string
	to  string
}

func newTraceImportCmd(a *app) *cobra.Command {
	return newRewriteCmd(a, &cobra.Command{
		Use:   "import FILE...",
		Short: "Read logs of any known format and write one canonical trace",
		Long: strings.TrimSpace(`
Read logs of any known format (files, folders, globs, or - for stdin) as one trace in order of time and write it in
the canonical form, with a summary on stderr: what was read, what was left out and why, and what had to be assumed.`),
		Example: strings.Trim(`
  quotawall trace import ~/.claude/projects -o mine.csv.zst
  quotawall trace import logs/AWSLogs -o week.parquet
  quotawall trace import calls.csv --map at=startTime,input=prompt_tokens,output=completion_tokens -o calls.csv.gz`, "\n"),
	})
}

func newTraceConvertCmd(a *app) *cobra.Command {
	return newRewriteCmd(a, &cobra.Command{
		Use:   "convert FILE...",
		Short: "Write traces in the canonical form, as CSV or Parquet",
		Long: strings.TrimSpace(`
Write traces of any known format in the canonical form. The output's name decides on the form: .csv, .csv.gz, .csv.zst
or .parquet; stdout is CSV unless --to says parquet.`),
		Example: "  quotawall trace convert week.csv.gz -o week.parquet\n  quotawall trace convert week.parquet --head 100",
	})
}

func newRewriteCmd(a *app, cmd *cobra.Command) *cobra.Command {
	var w rewriting
	cmd.Args = takes(1, -1)
	cmd.RunE = func(cmd *cobra.Command, args []string) error { return a.rewrite(cmd.Context(), args, &w) }
	addTraceInput(cmd, &w.in)
	cmd.Flags().StringVarP(&w.out, "output", "o", "", "write to `file` instead of stdout; it appears whole or not at all")
	cmd.Flags().StringVar(&w.to, "to", "", "form of the output: "+strings.Join(traceForms(), " | ")+" (default: by its name, else csv)")
	return cmd
}

func (a *app) rewrite(ctx context.Context, args []string, w *rewriting) error {
	form, err := w.form()
	if err != nil {
		return bad(err)
	}
	if form != "csv" && a.toTerminal(w.out) {
		return bad(fmt.Errorf("--to %s is not text, and stdout is a terminal\n  give -o FILE, or send it to a pipe", form))
	}
	t, err := a.openTraces(args, &w.in)
	if err != nil {
		return err
	}
	defer t.Close()
	t.ctx = ctx
	err = a.deliverText(w.out, t.paths, func(out io.Writer) error { return writeTrace(out, t, form) })
	if t.err != nil && t.err != io.EOF {
		return bad(t.err)
	}
	if err == nil {
		a.report(t)
	}
	return err
}

// traceForms are the forms in which a trace is written.
func traceForms() []string { return []string{"csv", "csv.gz", "csv.zst", "parquet"} }

// form is the output's form, given or by its name.
func (w *rewriting) form() (string, error) {
	switch {
	case w.to == "":
		return formByName(w.out), nil
	case !slices.Contains(traceForms(), w.to):
		return "", fmt.Errorf("--to %s is not known\n  forms: %s", w.to, strings.Join(traceForms(), ", "))
	}
	return w.to, nil
}

// formByName is the form that a file's name asks for; csv where it asks for none.
func formByName(path string) string {
	lower := strings.ToLower(path)
	switch {
	case strings.HasSuffix(lower, ".parquet"):
		return "parquet"
	case strings.HasSuffix(lower, ".gz"):
		return "csv.gz"
	case strings.HasSuffix(lower, ".zst"):
		return "csv.zst"
	}
	return "csv"
}

func writeTrace(w io.Writer, r trace.Reader, form string) error {
	switch form {
	case "parquet":
		_, err := canonical.WriteParquet(w, r)
		return err
	case "csv.gz":
		z := gzip.NewWriter(w)
		_, err := canonical.Write(z, r)
		return errors.Join(err, z.Close())
	case "csv.zst":
		z, err := zstd.NewWriter(w, zstd.WithEncoderConcurrency(1))
		if err != nil {
			return err
		}
		_, err = canonical.Write(z, r)
		return errors.Join(err, z.Close())
	}
	_, err := canonical.Write(w, r)
	return err
}
