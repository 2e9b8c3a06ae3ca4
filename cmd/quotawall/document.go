package main

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
)

// document is how a command's answer leaves the program.
type document struct {
	format string
	out    string
}

// addDocument adds the flags of an answer's format and destination.
func addDocument(cmd *cobra.Command, d *document, formats ...string) {
	cmd.Flags().StringVar(&d.format, "format", formats[0], "format of the answer: "+strings.Join(formats, " | "))
	cmd.Flags().StringVarP(&d.out, "output", "o", "", "write to `file` instead of stdout; it appears whole or not at all")
	_ = cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(formats, cobra.ShellCompDirectiveNoFileComp))
	check := cmd.PreRunE
	cmd.PreRunE = func(c *cobra.Command, args []string) error {
		if !slices.Contains(formats, d.format) {
			return bad(fmt.Errorf("--format %s is not known\n  formats: %s", d.format, strings.Join(formats, ", ")))
		}
		if check != nil {
			return check(c, args)
		}
		return nil
	}
}

// tableFormats are the formats of most answers.
func tableFormats() []string { return []string{"table", "json", "csv", "markdown"} }

// write delivers a document with the width and colour of its destination.
func (a *app) write(d *document, inputs []string, render func(w io.Writer, format string, width int, color bool) error) error {
	width := a.stdoutWidth
	if d.out != "" && d.out != "-" {
		width = 0
	}
	color := width > 0 && a.env("NO_COLOR") == "" && a.env("TERM") != "dumb"
	if width == 0 {
		width = columns(a.env("COLUMNS"))
	}
	return a.deliver(d.out, inputs, func(w io.Writer) error { return render(w, d.format, width, color) })
}

// columns is the width that the environment asks for where there is no
// terminal, 0 where it asks for none that a table can have.
func columns(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil || n < 20 || n > 1000 {
		return 0
	}
	return n
}
