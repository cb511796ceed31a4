package sense

import (
	"context"
	"time"
)

// rhythm beats evenly without drift. Beats that were missed are left out.
type rhythm struct {
	every time.Duration // 0: does not wait
	next  time.Time
	timer *time.Timer
}

func newRhythm(every time.Duration) *rhythm {
	r := &rhythm{every: every, next: time.Now(), timer: time.NewTimer(time.Hour)}
	r.timer.Stop()
	return r
}

// wait returns at the next beat, and false if ctx ended before.
func (r *rhythm) wait(ctx context.Context) bool {
	if r.every == 0 {
		return ctx.Err() == nil
	}
	now := time.Now()
	if late := now.Sub(r.next); late > r.every {
		r.next = r.next.Add(late.Truncate(r.every))
	}
	r.timer.Reset(r.next.Sub(now))
	r.next = r.next.Add(r.every)
	select {
	case <-ctx.Done():
		return false
	case <-r.timer.C:
		return true
	}
}

// rest leaves out the beats of the next d.
func (r *rhythm) rest(d time.Duration) { r.next = time.Now().Add(d) }

func (r *rhythm) stop() { r.timer.Stop() }
