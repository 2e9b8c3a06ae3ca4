package main

import (
	"time"

	"github.com/schollz/progressbar/v3"
)

// progress shows how far long work has come: a bar on a terminal's stderr,
// nothing elsewhere. total is -1 where it is not known. The bar appears only
// when the work takes longer than a person waits.
func (a *app) progress(what, unit string, total int64) (add func(int64), done func()) {
	if a.stderrWidth == 0 || a.quiet {
		return nil, func() {}
	}
	bar := progressbar.NewOptions64(total,
		progressbar.OptionSetWriter(a.stderr), progressbar.OptionSetDescription(what), progressbar.OptionSetItsString(unit),
		progressbar.OptionShowIts(), progressbar.OptionShowCount(), progressbar.OptionThrottle(200*time.Millisecond),
		progressbar.OptionSetWidth(min(30, a.stderrWidth/3)), progressbar.OptionClearOnFinish(), progressbar.OptionSetPredictTime(total > 0),
	)
	begun := a.now()
	add = func(n int64) {
		if a.now().Sub(begun) > time.Second {
			_ = bar.Add64(n)
		} else {
			bar.AddMax64(0)
		}
	}
	return add, func() { _ = bar.Finish() }
}
