package main

import (
	"strconv"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"

	"quotawall/reports"
)

// patience is how long work may take before its progress is shown.
const patience = time.Second

// progress shows how far long work has come, as a line on a terminal's stderr,
// nothing elsewhere; unit is what it counts. The line appears when the work takes
// longer than a person waits, and goes when it is done. Both functions may be
// called by several goroutines.
func (a *app) progress(what, unit string) (add func(int64), done func()) {
	if a.stderrWidth == 0 || a.quiet {
		return nil, func() {}
	}
	p := &counter{a: a, what: what, unit: unit, next: a.now().Add(patience)}
	return p.add, p.done
}

// counter is a line of progress that may not be there yet.
type counter struct {
	a          *app
	what, unit string
	lock       sync.Mutex
	n          int64
	next       time.Time // when the line is drawn again
	line       *progressbar.ProgressBar
}

func (c *counter) add(n int64) {
	c.lock.Lock()
	defer c.lock.Unlock()
	c.n += n
	now := c.a.now()
	if now.Before(c.next) {
		return
	}
	c.next = now.Add(200 * time.Millisecond)
	if c.line == nil {
		c.line = progressbar.NewOptions64(-1, progressbar.OptionSetWriter(c.a.stderr), progressbar.OptionClearOnFinish(),
			progressbar.OptionSetElapsedTime(false), progressbar.OptionSetSpinnerChangeInterval(0))
	}
	c.line.Describe(c.what + ": " + reports.Thousands(strconv.FormatInt(c.n, 10)) + " " + c.unit)
}

func (c *counter) done() {
	c.lock.Lock()
	defer c.lock.Unlock()
	if c.line != nil {
		_ = c.line.Finish()
	}
}
