// Package mains watches the mains by a contact, and the battery that bridges its
// failure by its voltage.
//
// The contact is that of a relay or optocoupler which the mains hold closed, or
// the "on battery" relay of an uninterruptible supply, so that a wire that is cut
// looks like a failure. The battery's voltage comes over a divider to a
// voltmeter; of lead batteries it says little at rest and enough under load.
package mains

import (
	"errors"
	"fmt"
	"time"

	"osmanthus/drivers/lines"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/physic"
)

// ErrBattery is the error of a battery that cannot be measured. The mains are
// watched all the same.
var ErrBattery = errors.New("the battery cannot be measured")

// State is what the contact says.
type State uint8

// States.
const (
	Unknown State = iota
	On            // the mains are there
	Off           // they failed, or the wire is cut, or the contact flickers
)

// String names the state.
func (s State) String() string {
	if s > Off {
		return "invalid"
	}
	return [...]string{"unknown", "on", "off"}[s]
}

// Opts says how contact and battery are wired; a zero field takes its default.
type Opts struct {
	// NormallyOpen is a contact that the mains open: one that is closed on battery.
	// Its wire can be cut unseen.
	NormallyOpen bool
	// Line is the rest of the wiring: to ground where it says nothing. Dips of less
	// than Line.Debounce, 1 s, are none. Its Wiring is not used.
	Line lines.Opts
	// Battery measures the divided voltage, nil for none.
	Battery lines.Voltmeter
	// Divider is by how much the battery's voltage is divided: (upper + lower) /
	// lower resistor, 1 to 100. 0 is 1.
	Divider float64
	// Every is how often the battery is measured, 1 s to 10 min; 0 is 10 s.
	Every time.Duration
}

func (o *Opts) orDefault() (Opts, error) {
	v := Opts{}
	if o != nil {
		v = *o
	}
	if v.Line.Wiring = lines.NormallyClosed; v.NormallyOpen {
		v.Line.Wiring = lines.NormallyOpen
	}
	if v.Line.Debounce == 0 {
		v.Line.Debounce = time.Second
	}
	if v.Divider == 0 {
		v.Divider = 1
	}
	if v.Every == 0 {
		v.Every = 10 * time.Second
	}
	if !(v.Divider >= 1 && v.Divider <= 100) {
		return v, fmt.Errorf("mains: a divider of %v is not within 1 and 100", v.Divider)
	}
	if v.Every < time.Second || v.Every > 10*time.Minute {
		return v, fmt.Errorf("mains: measuring the battery every %v is not within 1 s and 10 min", v.Every)
	}
	return v, nil
}

// Frame is what a look brought.
type Frame struct {
	Mains    State
	Changed  bool // Mains is news; the first known state after New always is
	Measured bool // Battery was measured at this look
	Battery  physic.ElectricPotential
}

// Dev watches the mains of one home. One goroutine at a time may call Wait; Halt
// may be called from any.
type Dev struct {
	line  *lines.Line
	look  lines.Frame
	opts  Opts
	next  time.Time // the next measurement
	state State
	err   error // why the battery could not be measured
}

// New watches a contact on a pin. nil opts means the defaults, without a battery.
// A battery that cannot be measured is found by Wait, so that the mains are
// watched all the same.
func New(pin gpio.PinIn, opts *Opts) (*Dev, error) {
	o, err := opts.orDefault()
	if err != nil {
		return nil, err
	}
	l, err := lines.New(pin, &o.Line)
	if err != nil {
		return nil, fmt.Errorf("mains: %w", err)
	}
	return &Dev{line: l, opts: o}, nil
}

// Wait looks until the state changes, the battery was measured, an error occurs,
// or the timeout has passed. Of a battery that cannot be measured ErrBattery is
// returned by every call until it can; f.Mains is good all the same.
func (d *Dev) Wait(f *Frame, timeout time.Duration) error {
	*f = Frame{Mains: d.state}
	err := d.line.Wait(&d.look, max(min(timeout, d.due()), 0))
	if err != nil {
		return fmt.Errorf("mains: %w", err)
	}
	state := stateOf(d.look)
	*f = Frame{Mains: state, Changed: state != d.state}
	d.state = state
	if d.opts.Battery != nil && d.due() <= 0 {
		d.next = time.Now().Add(d.opts.Every)
		var v physic.ElectricPotential
		if v, d.err = d.opts.Battery.Voltage(); d.err == nil {
			f.Battery, f.Measured = physic.ElectricPotential(float64(v)*d.opts.Divider), true
		}
	}
	if d.err != nil {
		return fmt.Errorf("mains: %w by %s: %w", ErrBattery, d.opts.Battery, d.err)
	}
	return nil
}

// due is how long it is until the battery is to be measured.
func (d *Dev) due() time.Duration {
	if d.opts.Battery == nil {
		return time.Hour
	}
	return time.Until(d.next)
}

func stateOf(f lines.Frame) State {
	switch {
	case f.Unsettled || f.State == lines.Active:
		return Off
	case f.State == lines.Rest:
		return On
	}
	return Unknown
}

// Halt wakes Wait and ends the watching. It is idempotent.
func (d *Dev) Halt() error { return d.line.Halt() }

// String names the pin.
func (d *Dev) String() string { return "mains contact on " + d.line.String() }
