package study

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"
)

// The error is the lowest index's, whichever worker fails first.
func TestEachTellsTheLowestFailure(t *testing.T) {
	for range 20 {
		err := each(t.Context(), 4, 100, func(ctx context.Context, i int) error {
			switch i {
			case 2:
				time.Sleep(time.Millisecond)
				return errors.Join(ctx.Err(), fmt.Errorf("point %d", i))
			case 3:
				return fmt.Errorf("point %d", i)
			}
			return nil
		})
		if err == nil || err.Error() != "point 2" {
			t.Fatalf("got %v, want point 2", err)
		}
	}
}

func TestEachEndsWithItsContext(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	begun := 0
	err := each(ctx, 1, 100, func(context.Context, int) error {
		if begun++; begun == 3 {
			stop()
		}
		return nil
	})
	if !errors.Is(err, context.Canceled) || begun > 4 {
		t.Errorf("%v after %d", err, begun)
	}
}
