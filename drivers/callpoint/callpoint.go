// Package callpoint drives call buttons and pull cords: a contact on a GPIO pin, or
// a supervised line with an end-of-line resistor on a voltmeter. What watches
// it is package lines.
package callpoint

import (
	"fmt"
	"time"

	"osmanthus/drivers/lines"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/physic"
)

// State is what a call point says.
type State uint8

// States. A plain contact knows Normal and Pressed; a supervised line knows all.
const (
	Unknown = State(lines.Unknown) // nothing has held still yet
	Normal  = State(lines.Rest)
	Pressed = State(lines.Active)
	Open    = State(lines.Cut) // cut or unplugged
	Short   = State(lines.Short)
)

// String names the state.
func (s State) String() string {
	if s > Short {
		return "invalid"
	}
	return [...]string{"unknown", "normal", "pressed", "open", "short"}[s]
}

// Frame is what a look at the call point brought.
type Frame struct {
	State     State                    // debounced
	Changed   bool                     // State is news; the first state after New always is
	Unsettled bool                     // the contact has been flickering for 2 s: a technical fault
	Voltage   physic.ElectricPotential // of a supervised line, at this look
}

// Dev is one call point. One goroutine at a time may call Sense and Wait; Halt
// may be called from any.
type Dev struct {
	line *lines.Line
	look lines.Frame
}

// New sets the pin up as an input and begins to watch it. nil opts means
// lines.DefaultOpts: a press of 50 ms counts.
func New(pin gpio.PinIn, opts *lines.Opts) (*Dev, error) {
	return wrap(lines.New(pin, opts))
}

// NewLine watches a supervised line by its voltage. nil opts means
// lines.DefaultSupervised.
func NewLine(meter lines.Voltmeter, opts *lines.SupervisedOpts) (*Dev, error) {
	return wrap(lines.NewSupervised(meter, opts))
}

func wrap(l *lines.Line, err error) (*Dev, error) {
	if err != nil {
		return nil, fmt.Errorf("callpoint: %w", err)
	}
	return &Dev{line: l}, nil
}

// Sense takes one look and fills f with what is believed after it. It does not
// wait; debouncing takes several looks, so call it at least every Opts.Poll, or
// use Wait.
func (d *Dev) Sense(f *Frame) error { return d.fill(f, d.line.Sense(&d.look)) }

// Wait looks until the state changes, an error occurs, or the timeout has
// passed (f.Changed is then false and f.State is the state of now: proof that
// the call point is watched). Halt wakes it with drivers.ErrHalted.
//
// Call it again at once: nobody watches the line between two calls.
func (d *Dev) Wait(f *Frame, timeout time.Duration) error {
	return d.fill(f, d.line.Wait(&d.look, timeout))
}

func (d *Dev) fill(f *Frame, err error) error {
	*f = Frame{State: State(d.look.State), Changed: d.look.Changed, Unsettled: d.look.Unsettled, Voltage: d.look.Voltage}
	if err != nil {
		return fmt.Errorf("callpoint: %w", err)
	}
	return nil
}

// Halt wakes Wait and ends the watching. It is idempotent. The error says that
// the pin's edge wait could not be ended; its goroutine is then lost.
func (d *Dev) Halt() error { return d.line.Halt() }

// String names the pin or the meter.
func (d *Dev) String() string { return "call point on " + d.line.String() }
