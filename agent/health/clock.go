package health

import (
	"os"
	"sync/atomic"
	"time"

	"osmanthus/care"
)

// firstYear is older than any release: a clock before it was never set.
const firstYear = 2025

// Set reports whether a clock that shows at was ever set.
func Set(at time.Time) bool { return at.Year() >= firstYear }

// Clock judges the system's clock.
type Clock struct {
	synced atomic.Bool // it was seen synchronised in this run
	kernel func() (synchronised, known bool)
}

// NewClock returns a judge that asks the kernel.
func NewClock() *Clock { return &Clock{kernel: kernelSynchronised} }

// Quality says how far the clock, which shows at, may be trusted.
func (c *Clock) Quality(at time.Time) care.TimeQuality {
	if !Set(at) {
		return care.TimeUnsynced
	}
	synchronised, known := c.kernel()
	switch {
	case synchronised:
		c.synced.Store(true)
		return care.TimeSynced
	case c.synced.Load() || !known || setSinceBoot():
		return care.TimeHoldover
	}
	return care.TimeUnsynced
}

// setSinceBoot reports whether systemd-timesyncd has set the clock since the
// machine was switched on.
func setSinceBoot() bool {
	_, err := os.Stat("/run/systemd/timesync/synchronized")
	return err == nil
}
