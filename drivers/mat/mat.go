// Package mat drives a pressure mat: the sheet under a mattress, on a chair, or on
// the floor beside a bed.
//
// A mat is a contact that weight closes, or, normally closed, opens. Its two
// wires go to a pin and to ground; of a normally closed mat a cut wire then says
// that somebody is there, and so does a plug that is out, until that is found
// stuck. A mat with an end-of-line resistor on a voltmeter (NewSupervised) tells
// a cut wire from a person.
package mat

import (
	"fmt"
	"time"

	"osmanthus/drivers/lines"

	"periph.io/x/conn/v3/gpio"
)

// State is what a mat says.
type State uint8

// States. Only a supervised mat knows Cut and Short.
const (
	Unknown  = State(lines.Unknown)
	Empty    = State(lines.Rest)
	Occupied = State(lines.Active)
	Cut      = State(lines.Cut)
	Short    = State(lines.Short)
)

// String names the state.
func (s State) String() string {
	if s > Short {
		return "invalid"
	}
	return [...]string{"unknown", "empty", "occupied", "cut", "short"}[s]
}

// Opts says how a mat is wired and used; a zero field takes the value of
// DefaultOpts, and a negative StuckAfter is never.
type Opts struct {
	Line       lines.Opts           // of New
	Supervised lines.SupervisedOpts // of NewSupervised
	// Hold is how long a mat must be without weight to be Empty: who turns over
	// lifts off for an instant. 0 to 10 s; a floor mat needs none, say 1 ns.
	Hold time.Duration
	// StuckAfter is how long weight may rest on it without a pause. A mat that is
	// folded, soaked or has furniture on it never lets go.
	StuckAfter time.Duration
}

// DefaultOpts is a mat in a bed: leaving it is told within 2 s, and nobody is
// in bed for two days without ever lifting off.
var DefaultOpts = Opts{Hold: 1500 * time.Millisecond, StuckAfter: 48 * time.Hour}

func (o *Opts) orDefault() (Opts, error) {
	v := Opts{}
	if o != nil {
		v = *o
	}
	if v.Hold == 0 {
		v.Hold = DefaultOpts.Hold
	}
	if v.StuckAfter == 0 {
		v.StuckAfter = DefaultOpts.StuckAfter
	}
	v.StuckAfter = max(v.StuckAfter, 0)
	if v.Hold < 0 || v.Hold > 10*time.Second {
		return v, fmt.Errorf("mat: a hold of %v is not within 0 and 10 s", v.Hold)
	}
	return v, nil
}

// Frame is what a look at the mat brought.
type Frame struct {
	State     State
	Changed   bool          // State or Stuck is news; the first state after New always is
	For       time.Duration // how long it has been so: sat on for so long
	Stuck     bool          // occupied for longer than StuckAfter
	Unsettled bool          // it has been flickering for 2 s: a technical fault
}

// Dev is one mat. One goroutine at a time may call Sense and Wait; Halt may be
// called from any.
type Dev struct {
	presence *lines.Presence
	look     lines.PresenceFrame
}

// New watches a mat on a pin. nil opts means DefaultOpts.
func New(pin gpio.PinIn, opts *Opts) (*Dev, error) {
	o, err := opts.orDefault()
	if err != nil {
		return nil, err
	}
	l, err := lines.New(pin, &o.Line)
	return wrap(l, o, err)
}

// NewSupervised watches a mat with an end-of-line resistor by its voltage.
func NewSupervised(meter lines.Voltmeter, opts *Opts) (*Dev, error) {
	o, err := opts.orDefault()
	if err != nil {
		return nil, err
	}
	l, err := lines.NewSupervised(meter, &o.Supervised)
	return wrap(l, o, err)
}

func wrap(l *lines.Line, o Opts, err error) (*Dev, error) {
	if err != nil {
		return nil, fmt.Errorf("mat: %w", err)
	}
	return &Dev{presence: lines.NewPresence(l, o.Hold, o.StuckAfter)}, nil
}

// Sense takes one look and does not wait; debouncing takes several looks, so
// call it at least every 20 ms, or use Wait.
func (d *Dev) Sense(f *Frame) error { return d.fill(f, d.presence.Sense(&d.look)) }

// Wait looks until something changes, an error occurs, or the timeout has
// passed. Halt wakes it with drivers.ErrHalted. Call it again at once: nobody
// watches the mat between two calls.
func (d *Dev) Wait(f *Frame, timeout time.Duration) error {
	return d.fill(f, d.presence.Wait(&d.look, timeout))
}

func (d *Dev) fill(f *Frame, err error) error {
	*f = Frame{State: State(d.look.State), Changed: d.look.Changed, For: d.look.For, Stuck: d.look.Stuck, Unsettled: d.look.Unsettled}
	if err != nil {
		return fmt.Errorf("mat: %w", err)
	}
	return nil
}

// Halt wakes Wait and ends the watching. It is idempotent.
func (d *Dev) Halt() error { return d.presence.Halt() }

// String names the pin or the meter.
func (d *Dev) String() string { return "mat on " + d.presence.String() }
