// Package alarmrelay drives a detector of smoke, gas, carbon monoxide or water by
// its relays: the alarm contact, and the fault contact that better ones have.
//
// The fault relay is held closed by a detector that is well, so that it opens
// with a fault, with a loss of the detector's supply, and with a cut wire. The
// alarm contact is normally open (a cut wire then goes unseen, unless the line
// is supervised: NewSupervised), or normally closed (a cut wire is an alarm).
// Some detectors sound in pulses and give those to their output: an alarm is
// over only when whoever judges it has heard nothing for some 30 s.
package alarmrelay

import (
	"errors"
	"fmt"
	"time"

	"osmanthus/drivers/lines"

	"periph.io/x/conn/v3/gpio"
)

// ErrFaultContact is the error of a fault contact that cannot be read. The alarm
// contact is watched all the same.
var ErrFaultContact = errors.New("the fault contact cannot be read")

// State is what a detector says, the gravest of what is known.
type State uint8

// States.
const (
	Unknown State = iota
	Clear         // it watches, and there is nothing
	Alarm         // it has found something, whatever else is wrong
	Fault         // it says that it cannot watch, or its power has failed
	Cut           // its alarm line is cut or shorted, or flickers
)

// String names the state.
func (s State) String() string {
	if s > Cut {
		return "invalid"
	}
	return [...]string{"unknown", "clear", "alarm", "fault", "cut"}[s]
}

// Opts says how the contacts are wired; a zero field takes its default.
type Opts struct {
	Alarm      lines.Opts           // of New: normally open, to ground, for 50 ms
	Supervised lines.SupervisedOpts // of NewSupervised
	// FaultOpen is a fault contact that closes with a fault; its wire can be cut
	// unseen.
	FaultOpen bool
	Fault     lines.Opts // to ground, for 500 ms; its Wiring is not used
}

// both is how often both contacts are looked at, at least.
const both = 100 * time.Millisecond

func (o *Opts) orDefault() Opts {
	v := Opts{}
	if o != nil {
		v = *o
	}
	if v.Fault.Wiring = lines.NormallyClosed; v.FaultOpen {
		v.Fault.Wiring = lines.NormallyOpen
	}
	if v.Alarm.Debounce == 0 {
		v.Alarm.Debounce = 50 * time.Millisecond
	}
	if v.Fault.Debounce == 0 {
		v.Fault.Debounce = 500 * time.Millisecond
	}
	return v
}

// Frame is what a look at the detector brought.
type Frame struct {
	State   State
	Changed bool // State is news; the first known state after New always is
}

// Dev is one detector. One goroutine at a time may call Sense and Wait; Halt may
// be called from any.
type Dev struct {
	alarm, fault *lines.Line // fault is nil without such a contact
	a, f         lines.Frame
	state        State
}

// New watches a detector by its alarm contact and, unless fault is nil, its
// fault contact. nil opts means the defaults.
func New(alarm, fault gpio.PinIn, opts *Opts) (*Dev, error) {
	o := opts.orDefault()
	l, err := lines.New(alarm, &o.Alarm)
	return withFault(l, fault, o, err)
}

// NewSupervised watches the alarm contact through a line with an end-of-line
// resistor.
func NewSupervised(alarm lines.Voltmeter, fault gpio.PinIn, opts *Opts) (*Dev, error) {
	o := opts.orDefault()
	l, err := lines.NewSupervised(alarm, &o.Supervised)
	return withFault(l, fault, o, err)
}

func withFault(alarm *lines.Line, fault gpio.PinIn, o Opts, err error) (*Dev, error) {
	if err != nil {
		return nil, fmt.Errorf("alarmrelay: alarm contact: %w", err)
	}
	d := &Dev{alarm: alarm}
	if fault == nil {
		return d, nil
	}
	if d.fault, err = lines.New(fault, &o.Fault); err != nil {
		return nil, errors.Join(fmt.Errorf("alarmrelay: fault contact: %w", err), alarm.Halt())
	}
	return d, nil
}

// Sense takes one look at both contacts and does not wait; debouncing takes
// several looks, so call it at least every 20 ms, or use Wait. With an error the
// frame still holds what the other contact says: an alarm is not lost because
// the fault contact cannot be read.
func (d *Dev) Sense(f *Frame) error {
	return d.fill(f, d.alarm.Sense(&d.a))
}

// Wait looks until the state changes, an error occurs, or the timeout has
// passed. Halt wakes it with drivers.ErrHalted. Call it again at once: nobody
// watches the detector between two calls.
func (d *Dev) Wait(f *Frame, timeout time.Duration) error {
	end := time.Now().Add(timeout)
	for {
		left := time.Until(end)
		err := d.fill(f, d.alarm.Wait(&d.a, max(min(left, both), 0)))
		if err != nil || f.Changed || left <= both {
			return err
		}
	}
}

func (d *Dev) fill(f *Frame, err error) error {
	if d.fault != nil {
		if e := d.fault.Sense(&d.f); e != nil && err == nil {
			err = fmt.Errorf("%w: %w", ErrFaultContact, e)
		}
	}
	now := d.judge()
	*f = Frame{State: now, Changed: now != d.state}
	d.state = now
	if err != nil {
		return fmt.Errorf("alarmrelay: %w", err)
	}
	return nil
}

// judge is the gravest of what both contacts say.
func (d *Dev) judge() State {
	switch {
	case d.a.State == lines.Active:
		return Alarm
	case d.a.State == lines.Cut, d.a.State == lines.Short, d.a.Unsettled:
		return Cut
	case d.fault != nil && (d.f.State == lines.Active || d.f.Unsettled):
		return Fault
	case d.a.State == lines.Unknown, d.fault != nil && d.f.State == lines.Unknown:
		return Unknown
	}
	return Clear
}

// Halt wakes Wait and ends the watching. It is idempotent.
func (d *Dev) Halt() error {
	err := d.alarm.Halt()
	if d.fault != nil {
		err = errors.Join(err, d.fault.Halt())
	}
	return err
}

// String names the alarm contact's pin or meter.
func (d *Dev) String() string { return "detector on " + d.alarm.String() }
