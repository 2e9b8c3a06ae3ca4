package study

import (
	"context"
	"fmt"
	"runtime"
	"sync"
)

// each calls do(ctx, 0) ... do(ctx, n-1), at most workers at once (0: one a
// processor). What do writes by its index does not depend on their number. The
// error is that of the lowest index that failed: after a failure no more begin,
// and what has begun goes on to its end.
func each(ctx context.Context, workers, n int, do func(ctx context.Context, i int) error) error {
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	begin, stop := context.WithCancel(ctx)
	defer stop()
	errs := make([]error, n)
	next := make(chan int)
	var group sync.WaitGroup
	for range min(workers, n) {
		group.Go(func() {
			for i := range next {
				if errs[i] = guarded(ctx, i, do); errs[i] != nil {
					stop()
				}
			}
		})
	}
	hand(begin, next, n)
	group.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return ctx.Err()
}

// guarded makes an error of a panic, which no other goroutine could catch.
func guarded(ctx context.Context, i int, do func(ctx context.Context, i int) error) (err error) {
	defer func() {
		if bug := recover(); bug != nil {
			err = &Broken{fmt.Errorf("a bug in the program: %v", bug)}
		}
	}()
	return do(ctx, i)
}

// hand deals out the indices in order until the context ends.
func hand(ctx context.Context, next chan<- int, n int) {
	defer close(next)
	for i := range n {
		select {
		case next <- i:
		case <-ctx.Done():
			return
		}
	}
}
