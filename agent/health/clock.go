package health

import (
	"os"
	"sync/atomic"
	"time"

	"osmanthus/care"
)

// Clock judges the system's clock.
type Clock struct {
	synced atomic.Bool // it was seen synchronised in this run
	kernel func() (synchronised, known bool)
}

// NewClock returns a judge that asks the kernel.
func NewClock() *Clock { return &Clock{kernel: kernelSynchronised} }

// Quality says how far the clock, which shows at, may be trusted.
func (c *Clock) Quality(at time.Time) care.TimeQuality {
	if !care.ClockSet(at) {
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
