// Package drycontact drives what a gateway switches: the relay whose dry contact
// calls on an installed nurse-call system, a lamp, or a siren.
//
// A pin of a board drives a transistor or relay module, never the load. What a
// contact must be when nobody drives it is a decision: a siren is silent then,
// while a nurse-call input that is wired by the relay's normally closed contact
// (FailSafe) calls when the gateway loses its power or its program ends.
package drycontact

import (
	"errors"
	"fmt"
	"time"

	"osmanthus/drivers"
	"osmanthus/drivers/lines"

	"periph.io/x/conn/v3/gpio"
)

// ErrNotDriven says that the pin does not follow: a short, or a board that is
// driven by somebody else.
var ErrNotDriven = errors.New("the pin does not follow")

// Opts says how the output is wired. Its zero value is a module that is on while
// the pin is High, and off when nobody drives it.
type Opts struct {
	// ActiveLow is a module that pulls while its pin is Low.
	ActiveLow bool
	// FailSafe is a relay that is pulled while nothing is to be said: its
	// normally closed contact is wired, so that no power says it. Halt then leaves
	// the contact saying it.
	FailSafe bool
	// NoReadBack leaves out the look at whether the pin follows.
	NoReadBack bool
}

// Dev is one output. Its methods are for one goroutine at a time.
type Dev struct {
	pin    gpio.PinIO
	opts   Opts
	on     bool
	halted bool
}

// New sets the pin up as an output that says nothing. nil opts means the zero
// value.
func New(pin gpio.PinIO, opts *Opts) (*Dev, error) {
	if opts == nil {
		opts = &Opts{}
	}
	d := &Dev{pin: pin, opts: *opts}
	if err := d.drive(false); err != nil {
		return nil, err
	}
	return d, nil
}

// Set switches the contact and holds it. The error says that it could not be
// driven, or does not follow; what it does then is not known.
func (d *Dev) Set(on bool) error {
	if d.halted {
		return fmt.Errorf("drycontact: driving %s: %w", d.pin, drivers.ErrHalted)
	}
	return d.drive(on)
}

// Pulse switches the contact on for a time and off again, for inputs that latch.
// It waits; done ends it early.
func (d *Dev) Pulse(length time.Duration, done <-chan struct{}) error {
	if err := d.Set(true); err != nil {
		return errors.Join(err, d.Set(false))
	}
	timer := time.NewTimer(length)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-done:
	}
	return d.Set(false)
}

// On is what was last asked for.
func (d *Dev) On() bool { return d.on }

// Check looks whether the pin is still what it was driven to.
func (d *Dev) Check() error {
	if d.opts.NoReadBack || d.halted {
		return nil
	}
	level, err := lines.Level(d.pin)
	if err != nil {
		return fmt.Errorf("drycontact: %w", err)
	}
	if level != d.level(d.on) {
		return fmt.Errorf("drycontact: %s is %v: %w", d.pin, level, ErrNotDriven)
	}
	return nil
}

// level is what the pin is for a contact that is on, or off.
func (d *Dev) level(on bool) gpio.Level {
	return gpio.Level(on != d.opts.ActiveLow != d.opts.FailSafe)
}

func (d *Dev) drive(on bool) error {
	d.on = on
	if err := d.pin.Out(d.level(on)); err != nil {
		return fmt.Errorf("drycontact: driving %s: %w", d.pin, err)
	}
	return d.Check()
}

// Halt leaves the contact as it would be without power: on where it is FailSafe,
// off elsewhere. It is idempotent.
func (d *Dev) Halt() error {
	if d.halted {
		return nil
	}
	err := d.drive(d.opts.FailSafe)
	d.halted = true
	return err
}

// String names the pin.
func (d *Dev) String() string { return "contact driven by " + d.pin.String() }
