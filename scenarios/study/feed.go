package study

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"

	"quotawall/sim/trace"
)

// arrivals are a block as it was read, or why there is none.
type arrivals struct {
	rows []trace.Request
	err  error
}

// fedEngine takes arrivals: a sim.Engine.
type fedEngine interface {
	Feed(rows []trace.Request)
}

// feeder reads blocks of arrivals and offers each to engines that share nothing,
// several at once. It reads ahead, and an engine goes on to its next block while
// others are at theirs; it stays with a worker, which is nearly always on the same
// core, unless another one would have to wait. What an engine counts does not
// depend on the number of workers.
type feeder struct {
	engines []fedEngine
	read    func(slot int) arrivals // reads a block into the room of one; not called twice at once
	fed     func(rows int)          // told of each block that all engines have taken

	mu      sync.Mutex
	change  *sync.Cond
	rows    [][]trace.Request // by slot, what was read into it; block n is in slot n modulo their number
	begun   int               // blocks read
	reading bool
	ended   bool // there is no further block
	done    []int
	busy    []bool
	worker  []int // that an engine is with: what it holds is in the caches of a core
	err     error
}

// newFeeder makes a feeder with room for some blocks, at least one.
func newFeeder[E fedEngine](engines []E, room int) *feeder {
	n := len(engines)
	f := &feeder{done: make([]int, n), busy: make([]bool, n), worker: make([]int, n), rows: make([][]trace.Request, room)}
	for _, e := range engines {
		f.engines = append(f.engines, e)
	}
	f.change = sync.NewCond(&f.mu)
	return f
}

// run feeds everything with so many workers. It returns the error that ended
// reading, unless that is io.EOF.
func (f *feeder) run(workers int) error {
	workers = min(workers, len(f.engines)+1)
	for i := range f.worker {
		f.worker[i] = i % workers
	}
	var others sync.WaitGroup
	for i := range workers - 1 {
		others.Go(func() { f.work(i + 1) })
	}
	f.work(0)
	others.Wait()
	return f.err
}

// readAhead is how many blocks are read before the engine that is furthest on
// needs them.
const readAhead = 2

// work does what can be done until nothing is left: it reads what will soon be
// needed, feeds the engines that are with this worker, reads on when these have
// taken everything, and takes over an engine of another worker where it cannot:
// there is no room, another is reading, or all was read.
func (f *feeder) work(worker int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for f.err == nil {
		if f.canRead() && f.begun-slices.Max(f.done) < readAhead {
			f.readOne()
		} else if i := f.mostBehind(func(i int) bool { return f.worker[i] == worker }); i >= 0 {
			f.feedOne(i)
		} else if f.canRead() {
			f.readOne()
		} else if i := f.mostBehind(func(int) bool { return true }); i >= 0 {
			f.worker[i] = worker
			f.feedOne(i)
		} else if f.ended && f.slowest() == f.begun {
			break
		} else {
			f.change.Wait()
			continue
		}
		f.change.Broadcast()
	}
	f.change.Broadcast()
}

// canRead: there is room for a block that nobody reads yet.
func (f *feeder) canRead() bool {
	return !f.ended && !f.reading && f.begun-f.slowest() < len(f.rows)
}

// slowest is how many blocks all engines have taken.
func (f *feeder) slowest() int {
	least := f.begun
	for _, n := range f.done {
		least = min(least, n)
	}
	return least
}

// mostBehind is the idle engine, of some, that has taken the fewest of the blocks
// that were read, or -1.
func (f *feeder) mostBehind(of func(engine int) bool) int {
	found, least := -1, f.begun
	for i, n := range f.done {
		if !f.busy[i] && n < least && of(i) {
			found, least = i, n
		}
	}
	return found
}

// readOne reads the next block, with the lock let go meanwhile.
func (f *feeder) readOne() {
	slot := f.begun % len(f.rows)
	var got arrivals
	f.reading = true
	f.unlocked(func() { got = f.read(slot) })
	f.reading = false
	switch {
	case errors.Is(got.err, io.EOF):
		f.ended = true
	case got.err != nil:
		f.fail(got.err)
	default:
		f.rows[slot] = got.rows
		f.begun++
	}
}

// feedOne offers an engine its next block, with the lock let go meanwhile.
func (f *feeder) feedOne(i int) {
	rows := f.rows[f.done[i]%len(f.rows)]
	f.busy[i] = true
	f.unlocked(func() { f.engines[i].Feed(rows) })
	f.busy[i] = false
	if f.err != nil {
		return
	}
	before := f.slowest()
	f.done[i]++
	if f.slowest() > before { // then it was this block that all others had taken
		f.fed(len(rows))
	}
}

// unlocked calls a function without the lock; where it falls, that is the error.
func (f *feeder) unlocked(call func()) {
	f.mu.Unlock()
	defer func() {
		bug := recover()
		f.mu.Lock()
		if bug != nil {
			f.fail(&Broken{fmt.Errorf("a bug in the program: %v", bug)})
		}
	}()
	call()
}

// fail keeps the first error.
func (f *feeder) fail(err error) {
	if f.err == nil {
		f.err = err
	}
}
