package main

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"quotawall/sim/nearest"
)

// takes checks the number of arguments; most is -1 where there may be any
// number from least on.
func takes(least, most int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) < least:
			return bad(fmt.Errorf("an argument is missing\n  usage: %s", cmd.UseLine()))
		case most < 0 || len(args) <= most:
			return nil
		case cmd.HasSubCommands():
			return bad(unknownCommand(cmd, args[0]))
		}
		return bad(fmt.Errorf("%q is one argument too many\n  usage: %s", args[most], cmd.UseLine()))
	}
}

func unknownCommand(cmd *cobra.Command, name string) error {
	var names []string
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			names = append(names, c.Name())
		}
	}
	hint := "commands: " + strings.Join(names, ", ")
	if near := nearest.DidYouMean(name, names); near != "" {
		hint = near + " " + hint
	}
	return fmt.Errorf("unknown command %q of %s\n  %s", name, cmd.CommandPath(), hint)
}

// addCompletion adds the command that prints shells' completion scripts now,
// so that its usage errors read as those of all commands.
func addCompletion(root *cobra.Command) {
	root.InitDefaultCompletionCmd()
	for _, c := range root.Commands() {
		if c.Name() != "completion" {
			continue
		}
		c.Args, c.RunE = takes(0, 0), func(c *cobra.Command, _ []string) error { return c.Help() }
		for _, shell := range c.Commands() {
			shell.Args = takes(0, 0)
		}
	}
}

// addHelp adds the command that shows help of commands and topics, and refuses
// what is neither.
func addHelp(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	for _, c := range root.Commands() {
		if c.Name() != "help" {
			continue
		}
		c.Run = nil
		c.RunE = func(_ *cobra.Command, args []string) error {
			of, rest, err := root.Find(args)
			if err == nil && len(rest) == 0 {
				of.InitDefaultHelpFlag()
				return of.Help()
			}
			if len(rest) == 0 {
				rest = args
			}
			return bad(unknownCommand(of, rest[0]))
		}
	}
}

// flagError says what is wrong with a flag in the user's own words.
func flagError(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	var bare *pflag.ValueRequiredError
	var value *pflag.InvalidValueError
	switch {
	case errors.As(err, &unknown):
		err = unknownFlag(cmd, unknown)
	case errors.As(err, &bare):
		_, usage := pflag.UnquoteUsage(bare.GetFlag())
		err = fmt.Errorf("--%s needs a value: %s", bare.GetFlag().Name, usage)
	case errors.As(err, &value):
		err = fmt.Errorf("--%s %s: %w", value.GetFlag().Name, value.GetValue(), wanted(value))
	}
	return bad(fmt.Errorf("%w\n  see '%s --help'", err, cmd.CommandPath()))
}

func unknownFlag(cmd *cobra.Command, e *pflag.NotExistError) error {
	if short := e.GetSpecifiedShortnames(); short != "" {
		return fmt.Errorf("unknown flag: -%s", e.GetSpecifiedName())
	}
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	if near := nearest.Name(e.GetSpecifiedName(), names); near != "" {
		return fmt.Errorf("unknown flag: --%s\n  did you mean --%s?", e.GetSpecifiedName(), near)
	}
	return fmt.Errorf("unknown flag: --%s", e.GetSpecifiedName())
}

// wanted says what a flag takes, where its value was none of that.
func wanted(e *pflag.InvalidValueError) error {
	switch e.GetFlag().Value.Type() {
	case "bool":
		return errors.New("want true or false")
	case "float64":
		return errors.New("want a number")
	case "int", "int64":
		return errors.New("want a whole number")
	case "uint64":
		return errors.New("want a whole number from 0 on")
	case "stringSlice":
		return errors.New("want values separated by commas")
	}
	return e.Unwrap()
}

// bounded is the value of a flag that takes a whole number between two bounds.
type bounded[T int | int64] struct {
	to        *T
	low, high T
}

// addBounded adds a flag for a whole number from low to high. The value that
// stands there already is the default, and need not lie between the bounds.
func addBounded[T int | int64](f *pflag.FlagSet, to *T, name string, low, high T, usage string) {
	f.Var(&bounded[T]{to, low, high}, name, usage)
}

func (b *bounded[T]) String() string {
	if b.to == nil {
		return "0"
	}
	return strconv.FormatInt(int64(*b.to), 10)
}

func (b *bounded[T]) Type() string { return "number" }

func (b *bounded[T]) Set(text string) error {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < int64(b.low) || n > int64(b.high) {
		if int64(b.high) == math.MaxInt64 {
			return fmt.Errorf("want a whole number from %d on", b.low)
		}
		return fmt.Errorf("want a whole number from %d to %d", b.low, b.high)
	}
	*b.to = T(n)
	return nil
}
