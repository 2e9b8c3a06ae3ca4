package study

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"

	"quotawall/sim"
	"quotawall/sim/trace"
)

// feeder offers blocks of arrivals to engines that share nothing, several at
// once: for each block its workers take the engines in turn. What an engine
// counts does not depend on the number of workers.
type feeder struct {
	engines []*sim.Engine
	block   []trace.Request
	next    atomic.Int32
	start   []chan struct{} // one a worker beyond the caller
	done    sync.WaitGroup
	bug     atomic.Pointer[Broken]
}

// newFeeder starts the workers beyond the caller itself.
func newFeeder(engines []*sim.Engine, workers int) *feeder {
	f := &feeder{engines: engines}
	for range min(workers, len(engines)) - 1 {
		start := make(chan struct{}, 1)
		f.start = append(f.start, start)
		go func() {
			for range start {
				f.work()
				f.done.Done()
			}
		}()
	}
	return f
}

// feed offers a block to every engine and returns when all have taken it.
func (f *feeder) feed(block []trace.Request) error {
	f.block = block
	f.next.Store(0)
	f.done.Add(len(f.start))
	for _, start := range f.start {
		start <- struct{}{}
	}
	f.work()
	f.done.Wait()
	if bug := f.bug.Load(); bug != nil {
		return bug
	}
	return nil
}

// work feeds the engines that nobody has taken yet.
func (f *feeder) work() {
	defer func() {
		if bug := recover(); bug != nil {
			f.bug.Store(&Broken{fmt.Errorf("a bug in the program: %v", bug)})
		}
	}()
	for {
		i := int(f.next.Add(1)) - 1
		if i >= len(f.engines) {
			return
		}
		f.engines[i].Feed(f.block)
	}
}

// stop ends the workers.
func (f *feeder) stop() {
	for _, start := range f.start {
		close(start)
	}
}

// play offers a whole tape to every engine, in the loop that its clients ask for.
func (p *pass) play(tape *trace.Tape) error {
	return each(p.ctx, p.opt.Workers, len(p.engines), func(_ context.Context, i int) error {
		if p.rep.compiled[i].Config.Client.Closed {
			p.engines[i].Play(tape)
		} else {
			p.engines[i].Feed(tape.Rows)
		}
		p.told(int64(len(tape.Rows)))
		return nil
	})
}
