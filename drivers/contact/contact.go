// Package contact drives the contact of a door, a window, a drawer, a toilet's lid
// or its cistern: a reed switch and a magnet, or a switch.
//
// A reed switch is closed while the magnet is near, so a door's is wired between
// pin and ground as lines.NormallyClosed: a wire that breaks then looks like an
// open door, never like a closed one. With a resistor at the switch and the
// line on a voltmeter (NewSupervised), a cut or shorted wire is known as such.
package contact

import (
	"fmt"
	"time"

	"osmanthus/drivers/lines"

	"periph.io/x/conn/v3/gpio"
)

// State is what a contact says.
type State uint8

// States. Only a supervised contact knows Cut and Short.
const (
	Unknown = State(lines.Unknown)
	Closed  = State(lines.Rest)   // the door is
	Open    = State(lines.Active) // the door is, or its wire is cut
	Cut     = State(lines.Cut)
	Short   = State(lines.Short)
)

// String names the state.
func (s State) String() string {
	if s > Short {
		return "invalid"
	}
	return [...]string{"unknown", "closed", "open", "cut", "short"}[s]
}

// Debounce is the usual time of a reed switch, which rings as its door slams.
const Debounce = 50 * time.Millisecond

// Frame is what a look at the contact brought.
type Frame struct {
	State     State
	Changed   bool          // State is news; the first state after New always is
	For       time.Duration // how long it has been so
	Unsettled bool          // it has been flickering for 2 s: a magnet at its limit, or corrosion
}

// Dev is one contact. One goroutine at a time may call Sense and Wait; Halt may
// be called from any.
type Dev struct {
	line *lines.Line
	look lines.Frame
}

// New watches a contact on a pin. nil opts is a reed switch of a door: normally
// closed, with Debounce.
func New(pin gpio.PinIn, opts *lines.Opts) (*Dev, error) {
	if opts == nil {
		opts = &lines.Opts{Wiring: lines.NormallyClosed, Debounce: Debounce}
	}
	return wrap(lines.New(pin, opts))
}

// NewSupervised watches a contact by the voltage of its line; nil opts means
// lines.DefaultSupervised with Debounce.
func NewSupervised(meter lines.Voltmeter, opts *lines.SupervisedOpts) (*Dev, error) {
	if opts == nil {
		opts = &lines.SupervisedOpts{Debounce: Debounce}
	}
	return wrap(lines.NewSupervised(meter, opts))
}

func wrap(l *lines.Line, err error) (*Dev, error) {
	if err != nil {
		return nil, fmt.Errorf("contact: %w", err)
	}
	return &Dev{line: l}, nil
}

// Sense takes one look and does not wait; debouncing takes several looks, so
// call it at least every 20 ms, or use Wait.
func (d *Dev) Sense(f *Frame) error { return d.fill(f, d.line.Sense(&d.look)) }

// Wait looks until something changes, an error occurs, or the timeout has
// passed. Halt wakes it with drivers.ErrHalted. Call it again at once: nobody
// watches the contact between two calls.
func (d *Dev) Wait(f *Frame, timeout time.Duration) error {
	return d.fill(f, d.line.Wait(&d.look, timeout))
}

func (d *Dev) fill(f *Frame, err error) error {
	*f = Frame{State: State(d.look.State), Changed: d.look.Changed, Unsettled: d.look.Unsettled}
	if f.State != Unknown {
		f.For = time.Since(d.look.Since)
	}
	if err != nil {
		return fmt.Errorf("contact: %w", err)
	}
	return nil
}

// Halt wakes Wait and ends the watching. It is idempotent.
func (d *Dev) Halt() error { return d.line.Halt() }

// String names the pin or the meter.
func (d *Dev) String() string { return "contact on " + d.line.String() }
