package radio

import (
	"time"

	"osmanthus/care"
)

// A device's clock shows a local time and knows no zone. Whatever it shows is
// read here as if it were UTC: a clock that nobody sets runs evenly then, also
// over the night in which the clocks of people change, and one difference makes
// all of its times true.

// Coincidence is what the clocks of device and gateway showed at one moment.
type Coincidence struct {
	Gateway time.Time `json:"gateway"`
	Device  time.Time `json:"device"`        // as if in UTC
	Set     bool      `json:"set,omitempty"` // the device's clock was set right after
}

// offset is what has to be added to the device's time.
func (c Coincidence) offset() time.Duration { return c.Gateway.Sub(c.Device) }

const (
	// drift is the most by which the clock of a device is believed to run fast
	// or slow: more between two moments is somebody who set it. 300 ppm is
	// thrice what a watch crystal loses in the cold.
	drift = 300e-6
	// jitter is how exactly a coincidence is known: devices show whole seconds.
	jitter = 2 * time.Second
	// farPast and farFuture bound what a corrected time may be.
	farPast   = 400 * 24 * time.Hour
	farFuture = time.Minute
)

// clock corrects the times of a device.
type clock struct {
	Now  Coincidence `json:"now"`
	Last Coincidence `json:"last,omitzero"` // the one before, zero where there is none or the clock was set since
}

// goesOn reports whether a clock went evenly from one moment to another.
func goesOn(from, to Coincidence) bool {
	between, change := to.Gateway.Sub(from.Gateway), to.offset()-from.offset()
	return !from.Set && between >= 0 && max(change, -change) <= jitter+time.Duration(drift*float64(between))
}

// newClock returns the clock of a device that shows now, and showed history
// before.
func newClock(now Coincidence, history []Coincidence) clock {
	c := clock{Now: now}
	if n := len(history); n > 0 && goesOn(history[n-1], now) {
		c.Last = history[n-1]
	}
	return c
}

// time returns the true time of a device's time, and false where that cannot
// be: the device's clock was another one then. It is now.
func (c clock) time(device, now time.Time) (time.Time, bool) {
	if c.Now.Gateway.IsZero() {
		return time.Time{}, false
	}
	offset := c.Now.offset()
	if since := c.Now.Device.Sub(c.Last.Device); !c.Last.Gateway.IsZero() && since > 0 && device.After(c.Last.Device) && device.Before(c.Now.Device) {
		share := float64(device.Sub(c.Last.Device)) / float64(since)
		offset = c.Last.offset() + time.Duration(share*float64(offset-c.Last.offset()))
	}
	at := device.Add(offset)
	if at.Sub(now) > farFuture || now.Sub(at) > farPast || !care.ClockSet(at) {
		return time.Time{}, false
	}
	return at, true
}

// behind returns the clock behind a display that was turned forward by shown.
func (c clock) behind(shown time.Duration) clock {
	c.Now.Device, c.Last.Device = c.Now.Device.Add(-shown), c.Last.Device.Add(-shown)
	return c
}
