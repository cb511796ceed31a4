// Package pir drives a motion sensor (passive infrared) by its output.
//
// An output that goes High with motion is wired to a pin with its pull-up, as
// lines.NormallyClosed: then a sensor that is unplugged says "motion" without
// end, which is found stuck, instead of looking like a still room for ever. An
// alarm sensor's relay, which opens with motion, is wired in the same way,
// between pin and ground.
//
// For a minute after power comes such a sensor adapts to the room and says
// anything. Its own timer holds the output for seconds to minutes, anew with
// every motion (retriggering), or once, with a pause of some seconds before the
// next (not retriggering): Opts.Hold makes one movement of both.
package pir

import (
	"fmt"
	"time"

	"osmanthus/drivers/lines"

	"periph.io/x/conn/v3/gpio"
)

// Opts says how a sensor is wired; a zero field takes the value of DefaultOpts,
// and a negative time is none.
type Opts struct {
	Line lines.Opts
	// WarmUp is how long after New nothing counts: the sensor may have been
	// switched on with us. At most 2 min.
	WarmUp time.Duration
	// Hold is how long the output must be quiet for the motion to be over; it
	// bridges the pause of a sensor that does not retrigger. At most 1 min.
	Hold time.Duration
	// StuckAfter is how long the output may be on without a pause.
	StuckAfter time.Duration
}

// DefaultOpts is for a small module whose timer is set to some seconds.
var DefaultOpts = Opts{WarmUp: 60 * time.Second, Hold: 5 * time.Second, StuckAfter: 4 * time.Hour}

func (o *Opts) orDefault() (Opts, error) {
	v := Opts{}
	if o != nil {
		v = *o
	}
	for _, t := range []struct {
		is  *time.Duration
		def time.Duration
	}{{&v.WarmUp, DefaultOpts.WarmUp}, {&v.Hold, DefaultOpts.Hold}, {&v.StuckAfter, DefaultOpts.StuckAfter}} {
		if *t.is == 0 {
			*t.is = t.def
		}
		*t.is = max(*t.is, 0)
	}
	if v.WarmUp > 2*time.Minute || v.Hold > time.Minute {
		return v, fmt.Errorf("pir: a warm-up of %v, at most 2 min, or a hold of %v, at most 1 min, hides people", v.WarmUp, v.Hold)
	}
	return v, nil
}

// Frame is what a look at the sensor brought.
type Frame struct {
	Moving    bool          // something moves, or did so within Hold
	Known     bool          // Moving means something: it has settled, and is warm
	Changed   bool          // Moving, Known, Warming or Stuck is news
	Warming   bool          // it adapts to the room, and what it says does not count
	For       time.Duration // how long Moving has been so
	Stuck     bool          // on for longer than StuckAfter: unplugged, or broken
	Unsettled bool          // its line has been flickering for 2 s: a technical fault
}

// Dev is one motion sensor. One goroutine at a time may call Sense and Wait; Halt
// may be called from any.
type Dev struct {
	presence *lines.Presence
	look     lines.PresenceFrame
	warm     time.Time // it will be
	said     Frame
}

// New watches the sensor on a pin. nil opts means DefaultOpts.
func New(pin gpio.PinIn, opts *Opts) (*Dev, error) {
	o, err := opts.orDefault()
	if err != nil {
		return nil, err
	}
	l, err := lines.New(pin, &o.Line)
	if err != nil {
		return nil, fmt.Errorf("pir: %w", err)
	}
	return &Dev{presence: lines.NewPresence(l, o.Hold, o.StuckAfter), warm: time.Now().Add(o.WarmUp)}, nil
}

// Sense takes one look and does not wait; debouncing takes several looks, so
// call it at least every 20 ms, or use Wait.
func (d *Dev) Sense(f *Frame) error {
	return d.fill(f, time.Now(), d.presence.Sense(&d.look))
}

// Wait looks until something changes, an error occurs, or the timeout has
// passed. Halt wakes it with drivers.ErrHalted. Call it again at once: nobody
// watches the line between two calls.
func (d *Dev) Wait(f *Frame, timeout time.Duration) error {
	end := time.Now().Add(timeout)
	for {
		now := time.Now()
		step := end.Sub(now)
		if cold := d.warm.Sub(now); cold > 0 {
			step = min(step, cold)
		}
		err := d.presence.Wait(&d.look, max(step, 0))
		now = time.Now()
		if err = d.fill(f, now, err); err != nil || f.Changed || !now.Before(end) {
			return err
		}
	}
}

func (d *Dev) fill(f *Frame, now time.Time, err error) error {
	*f = Frame{Warming: now.Before(d.warm), For: d.look.For, Stuck: d.look.Stuck, Unsettled: d.look.Unsettled}
	if f.Known = !f.Warming && d.look.State != lines.Unknown; f.Known {
		f.Moving = d.look.State == lines.Active
	}
	if err != nil {
		return fmt.Errorf("pir: %w", err)
	}
	f.Changed = f.Moving != d.said.Moving || f.Known != d.said.Known || f.Stuck != d.said.Stuck || f.Warming != d.said.Warming
	d.said = *f
	return nil
}

// Halt wakes Wait and ends the watching. It is idempotent.
func (d *Dev) Halt() error { return d.presence.Halt() }

// String names the pin.
func (d *Dev) String() string { return "motion sensor on " + d.presence.String() }
