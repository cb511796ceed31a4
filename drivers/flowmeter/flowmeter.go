// Package flowmeter drives a water meter that gives pulses: a turbine with a Hall
// sensor, or the reed switch of a meter of the house.
//
// Pulses come faster than a level can be polled, so they are counted by edges,
// with the kernel's own time stamps and numbers where the pin has them: what the
// kernel had no room for is counted all the same, and said. The level is looked
// at as well: where it moves and no edge comes, the board's edges do not work,
// and that is an error, not a closed tap.
package flowmeter

import (
	"errors"
	"fmt"
	"time"

	"osmanthus/drivers"
	"osmanthus/drivers/lines"

	"periph.io/x/conn/v3/gpio"
)

// ErrNoEdges says that the level moves and the pin reports no edges.
var ErrNoEdges = errors.New("the level moves and no edge comes")

// Opts describes a meter; a zero field takes the value of DefaultOpts, save for
// PulsesPerLitre, which nobody can guess.
type Opts struct {
	PulsesPerLitre float64       // as printed on the meter, 0.01 to 100 000
	Pull           gpio.Pull     // Hall sensors and reeds pull to ground
	Debounce       time.Duration // pulses closer than that are one; at most 1 s
}

// DefaultOpts is a Hall sensor with an open collector. A reed wants 50 ms.
var DefaultOpts = Opts{Pull: gpio.PullUp, Debounce: 200 * time.Microsecond}

func (o *Opts) orDefault() (Opts, error) {
	v := DefaultOpts
	if o != nil {
		v.PulsesPerLitre = o.PulsesPerLitre
		if o.Pull != gpio.PullNoChange {
			v.Pull = o.Pull
		}
		if o.Debounce != 0 {
			v.Debounce = o.Debounce
		}
	}
	if !(v.PulsesPerLitre >= 0.01 && v.PulsesPerLitre <= 100_000) {
		return v, fmt.Errorf("flowmeter: %v pulses per litre is not within 0.01 and 100000", v.PulsesPerLitre)
	}
	if v.Debounce < 0 || v.Debounce > time.Second {
		return v, fmt.Errorf("flowmeter: debounce %v is not within 0 and 1 s", v.Debounce)
	}
	return v, nil
}

// Frame is what flowed since the last Sense, or since New.
type Frame struct {
	Over            time.Duration // the time that it is about
	Pulses          uint64        // lost ones included
	Litres          float64
	LitresPerMinute float64
	Lost            uint64 // pulses that the kernel counted and had no room for; they were not debounced
	Bounced         uint64 // pulses that came too soon after another, and were left out
}

const (
	// drain is how long one look for edges takes that finds none.
	drain = time.Millisecond
	// mostPerSecond pulses can be true; more are a pin whose waits mean nothing.
	mostPerSecond = 10_000
	// deafAfter looks that saw the level fall without an edge, the edges do not
	// work; a single one may be an edge that was still on its way.
	deafAfter = 2
)

// Dev is one meter. Its methods are for one goroutine at a time.
type Dev struct {
	pin    gpio.PinIn
	opts   Opts
	stamps [16]time.Duration

	from  time.Time     // the last Sense
	last  time.Duration // stamp of the last pulse
	level gpio.Level
	deaf  int
	ended bool
}

// edgeReader is a pin whose edges have times, and whose lost ones are counted.
type edgeReader interface {
	ReadEdges(stamps []time.Duration, timeout time.Duration) (n int, lost uint64, err error)
}

// New sets the pin up and begins to count. A pin without edges is refused.
func New(pin gpio.PinIn, opts *Opts) (*Dev, error) {
	o, err := opts.orDefault()
	if err != nil {
		return nil, err
	}
	if err := pin.In(o.Pull, gpio.FallingEdge); err != nil {
		return nil, fmt.Errorf("flowmeter: counting on %s: %w", pin.Name(), err)
	}
	d := &Dev{pin: pin, opts: o, from: time.Now()}
	if d.level, err = lines.Level(pin); err != nil {
		return nil, fmt.Errorf("flowmeter: %w", err)
	}
	return d, nil
}

// Sense fills f with what flowed since the last time. The kernel keeps some
// 1000 pulses: call it at least every second. It takes 1 ms or little more.
func (d *Dev) Sense(f *Frame) error {
	*f = Frame{}
	if d.ended {
		return fmt.Errorf("flowmeter: sensing %s: %w", d.pin.Name(), drivers.ErrHalted)
	}
	level, err := lines.Level(d.pin) // before the edges: what it saw must have come
	if err != nil {
		return fmt.Errorf("flowmeter: %w", err)
	}
	now := time.Now()
	f.Over = now.Sub(d.from)
	if err := d.count(f); err != nil {
		return fmt.Errorf("flowmeter: counting on %s: %w", d.pin.Name(), err)
	}
	d.from = now
	fell := d.level == gpio.High && level == gpio.Low
	d.level = level
	switch {
	case f.Pulses+f.Bounced > 0:
		d.deaf = 0
	case fell:
		d.deaf++
	}
	if d.deaf >= deafAfter {
		return fmt.Errorf("flowmeter: counting on %s: %w", d.pin.Name(), ErrNoEdges)
	}
	f.Litres = float64(f.Pulses) / d.opts.PulsesPerLitre
	if f.Over > 0 {
		f.LitresPerMinute = f.Litres / f.Over.Minutes()
	}
	return nil
}

func (d *Dev) count(f *Frame) error {
	most := uint64(f.Over.Seconds()*mostPerSecond) + 100
	r, stamped := d.pin.(edgeReader)
	for f.Pulses+f.Bounced <= most {
		if !stamped {
			if !d.pin.WaitForEdge(drain) {
				return nil
			}
			f.Pulses++
			continue
		}
		n, lost, err := r.ReadEdges(d.stamps[:], drain)
		if err != nil {
			return err
		}
		if n == 0 {
			return nil
		}
		f.Lost += lost
		f.Pulses += lost
		for _, at := range d.stamps[:n] {
			if at-d.last < d.opts.Debounce && d.last != 0 {
				f.Bounced++
			} else {
				f.Pulses++
			}
			d.last = at
		}
	}
	return fmt.Errorf("%d edges within %v: %w", f.Pulses+f.Bounced, f.Over, drivers.ErrStuck)
}

// Halt ends the counting. It is idempotent.
func (d *Dev) Halt() error {
	if d.ended {
		return nil
	}
	d.ended = true
	if h, ok := d.pin.(interface{ Halt() error }); ok {
		return h.Halt()
	}
	return nil
}

// String names the pin.
func (d *Dev) String() string { return "flow meter on " + d.pin.Name() }
