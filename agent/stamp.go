package agent

import (
	"time"

	"osmanthus/care"
)

// maxHeld bounds what waits in memory for a clock: some hours of a home.
const maxHeld = 100_000

// anchor is when a run began, by the wall clock and by the steady one. A
// gateway without a clock battery begins in 1970: its telemetry waits, and is
// stamped anew when the clock has been set. Alerts never wait.
type anchor struct {
	wall   time.Time // without monotonic reading
	steady time.Time
}

// hold reports whether readings have to wait, because the clock, which shows
// wall, was never set.
func (a anchor) hold(wall time.Time) bool { return !care.ClockSet(a.wall) && !care.ClockSet(wall) }

// restamp moves what was stamped before the clock was set.
func (a anchor) restamp(rs []care.Reading, now time.Time) {
	if care.ClockSet(a.wall) || !care.ClockSet(now) {
		return
	}
	step := now.Round(0).Sub(a.wall) - now.Sub(a.steady)
	for i := range rs {
		if !care.ClockSet(rs[i].At) {
			rs[i].At = rs[i].At.Add(step).Truncate(time.Millisecond)
		}
	}
}
