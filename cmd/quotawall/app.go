package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"golang.org/x/term"
)

// app is all of the outside world that a command may touch.
type app struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	env            func(string) string
	now            func() time.Time
	// stdoutWidth and stderrWidth are the columns of the terminal behind a
	// stream, 0 where it is none.
	stdoutWidth, stderrWidth int
	quiet                    bool
	leftovers                []string // files to remove at the end
}

// Exit codes (DESIGN 4).
const (
	exitDone     = 0
	exitFailed   = 1   // could not finish
	exitUsage    = 2   // wrong usage or bad input
	exitExceeded = 3   // finished; a stated limit was exceeded
	exitSignal   = 128 // plus the signal's number: interrupted
)

// coded is an error that says how the program ends.
type coded struct {
	code int
	err  error
}

func (c *coded) Error() string { return c.err.Error() }
func (c *coded) Unwrap() error { return c.err }

// bad marks a mistake of the user's input or usage; nil stays nil.
func bad(err error) error { return withCode(exitUsage, err) }

// exceeded marks a finished run that exceeds a stated limit.
func exceeded(err error) error { return withCode(exitExceeded, err) }

func withCode(code int, err error) error {
	if err == nil {
		return nil
	}
	return &coded{code, err}
}

// run executes a command line and returns the exit code.
func (a *app) run(ctx context.Context, args []string) int {
	root := newRoot(a, args)
	root.SetArgs(args)
	root.SetIn(a.stdin)
	root.SetOut(a.stdout)
	root.SetErr(a.stderr)
	err := executed(ctx, root)
	a.sweepUp()
	if err == nil {
		return exitDone
	}
	if stop, ok := context.Cause(ctx).(stopped); ok && errors.Is(err, context.Canceled) {
		a.complain(stop)
		return exitSignal + int(stop)
	}
	var c *coded
	code := exitFailed
	if errors.As(err, &c) {
		code = c.code
	}
	a.complain(err)
	return code
}

// stopped is the signal that ended a run before its time.
type stopped syscall.Signal

func (s stopped) Error() string {
	if syscall.Signal(s) == syscall.SIGINT {
		return "interrupted"
	}
	return "stopped: " + syscall.Signal(s).String()
}

// executed runs a command and makes an error of a panic, which is a bug of the
// program: no stack of it reaches a user.
func executed(ctx context.Context, root *cobra.Command) (err error) {
	defer func() {
		if bug := recover(); bug != nil {
			err = fmt.Errorf("a bug in the program: %v\n  please report it with the command line and, if you can, its inputs", bug)
		}
	}()
	return root.ExecuteContext(ctx)
}

// complain prints an error, one line a mistake, with control characters of
// inputs made visible.
func (a *app) complain(err error) {
	for line := range strings.SplitSeq(strings.TrimRight(err.Error(), "\n"), "\n") {
		if !strings.HasPrefix(line, " ") {
			line = "quotawall: " + line
		}
		fmt.Fprintln(a.stderr, visible(line))
	}
}

// note prints a line for people on stderr.
func (a *app) note(format string, args ...any) {
	if !a.quiet {
		fmt.Fprintln(a.stderr, "quotawall: "+visible(fmt.Sprintf(format, args...)))
	}
}

// visible escapes control characters, so that no input can steer a terminal.
// Bytes that are no UTF-8 are escaped too: a terminal of eight bits takes some
// of them for control characters.
func visible(s string) string {
	if utf8.ValidString(s) && !strings.ContainsFunc(s, control) {
		return s
	}
	var b strings.Builder
	for i, r := range s {
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(s[i:], "\uFFFD"):
			fmt.Fprintf(&b, "\\x%02x", s[i])
		case control(r):
			fmt.Fprintf(&b, "\\x%02x", r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func control(r rune) bool {
	return r < ' ' && r != '\t' || r >= 0x7f && r < 0xa0 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069
}

// widthOf is the width of the terminal behind a file, 0 where it is none.
func widthOf(f *os.File) int {
	if !term.IsTerminal(int(f.Fd())) {
		return 0
	}
	w, _, err := term.GetSize(int(f.Fd()))
	if err != nil || w <= 0 {
		return 80
	}
	return w
}

// newRoot builds as much of the command tree as a command line needs.
func newRoot(a *app, args []string) *cobra.Command {
	root := &cobra.Command{
		Use:   "quotawall",
		Short: "capacity planner and cost simulator for products on Amazon Bedrock",
		Long: strings.TrimSpace(`
A capacity planner and cost simulator for products on Amazon Bedrock: when do we hit the wall, which limit is it, and what
does each way past it cost?

stdout is data, stderr notes and progress. Exit codes: 0 done; 1 could not finish; 2 wrong usage or bad input; 3 finished, a
stated limit was exceeded. Environment: NO_COLOR turns colour off; COLUMNS (20 to 1000) is the width of tables that go to a
file or a pipe, 100 where it is not set; on a terminal they are as wide as it.`),
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          takes(0, 0),
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.PersistentFlags().BoolVar(&a.quiet, "quiet", false, "no notes and no progress on stderr")
	root.SetFlagErrorFunc(flagError)
	addCommands(root, a, args)
	return root
}
