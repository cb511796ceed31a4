package ingest

import (
	"context"
	"math/rand/v2"
	"time"
)

// Waits between tries of what must succeed in the end.
const (
	firstWait = 100 * time.Millisecond
	longWait  = 5 * time.Second
)

// retry calls f until it succeeds, or until ctx ends, which is its only error.
// It tells the log at the 1st, 2nd, 4th, 8th … failure.
func (in *Ingest) retry(ctx context.Context, doing string, f func(context.Context) error) error {
	wait := firstWait
	for n := 1; ; n++ {
		err := f(ctx)
		if err == nil {
			if n > 1 {
				in.deps.Log.Info("succeeded again", "doing", doing, "tries", n)
			}
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if n&(n-1) == 0 {
			in.deps.Log.Warn("failed, trying again", "doing", doing, "tries", n, "error", err)
		}
		sleep(ctx, wait/2+rand.N(wait/2+1))
		wait = min(2*wait, longWait)
	}
}
