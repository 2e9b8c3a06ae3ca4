// Command quotawall is a capacity planner and cost simulator for products built
// on Amazon Bedrock.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	collectLate()
	ctx := untilSignal(context.Background())
	a := &app{
		stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, env: os.Getenv, now: time.Now,
		stdoutWidth: widthOf(os.Stdout), stderrWidth: widthOf(os.Stderr),
	}
	os.Exit(a.run(ctx, os.Args[1:]))
}

// untilSignal is a context that ends with the first signal to stop; a second
// one ends the program at once.
func untilSignal(parent context.Context) context.Context {
	ctx, cancel := context.WithCancelCause(parent)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
	go func() {
		got := <-signals
		signal.Stop(signals)
		if number, ok := got.(syscall.Signal); ok {
			cancel(stopped(number))
		}
	}()
	return ctx
}
