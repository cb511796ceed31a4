// Package callpoint drives call buttons, pull cords and pressure mats: a contact on
// a GPIO pin, or a supervised line with an end-of-line resistor on a voltmeter.
//
// A pin is watched in two ways at once, by edges and by reading its level every
// Opts.Poll, because edges alone have failed people: some kernels lose them,
// and on some WaitForEdge returns at once or not at all.
package callpoint

import (
	"fmt"
	"sync"
	"time"

	"osmanthus/drivers"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/physic"
)

// State is what a call point says.
type State uint8

// States. A plain contact knows Normal and Pressed; a supervised line knows all.
const (
	Unknown State = iota // nothing has held still yet
	Normal
	Pressed
	Open  // cut or unplugged
	Short // the wires touch
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
	name   string
	poll   time.Duration
	read   func(*Frame) (State, error)
	settle settle
	timer  *time.Timer

	edge   chan struct{} // capacity 1: something happened on the pin
	edges  *edgeWatch    // nil without edges
	halt   chan struct{}
	halted sync.Once
}

// New sets the pin up as an input and begins to watch it. nil opts means
// DefaultOpts. A pin that has no edges is polled only. A pin that also has a
// method Err() error, as pins behind an expander or a socket do, can fail to be
// read, and Sense returns that error.
//
// As the one exception to the rule that drivers start no goroutine, New starts
// one that waits for edges, since a WaitForEdge that never returns must not
// hide a press; Halt ends it and waits for it.
func New(pin gpio.PinIn, opts *Opts) (*Dev, error) {
	o, err := opts.orDefault()
	if err != nil {
		return nil, err
	}
	d := newDev(pin.Name(), o.Poll, settle{debounce: o.Debounce, fault: o.Debounce})
	d.read = func(*Frame) (State, error) {
		l := pin.Read()
		if p, ok := pin.(interface{ Err() error }); ok && p.Err() != nil {
			return Unknown, fmt.Errorf("callpoint: reading %s: %w", pin.Name(), p.Err())
		}
		return o.state(l), nil
	}
	if pin.In(o.Pull, gpio.BothEdges) == nil {
		d.edges = watchEdges(pin, d.edge)
		return d, nil
	}
	if err := pin.In(o.Pull, gpio.NoEdge); err != nil {
		return nil, fmt.Errorf("callpoint: setting up %s as input: %w", pin.Name(), err)
	}
	return d, nil
}

// NewLine watches a supervised line by its voltage, which it measures once as
// a probe. nil opts means DefaultLineOpts.
func NewLine(meter Voltmeter, opts *LineOpts) (*Dev, error) {
	o, err := opts.orDefault()
	if err != nil {
		return nil, err
	}
	levels, err := o.levels()
	if err != nil {
		return nil, err
	}
	d := newDev(meter.String(), o.Poll, settle{debounce: o.Debounce, fault: o.FaultAfter})
	d.read = func(f *Frame) (State, error) {
		v, err := meter.Voltage()
		if err != nil {
			return Unknown, fmt.Errorf("callpoint: measuring the line: %w", err)
		}
		f.Voltage = v
		return nearest(&levels, v), nil
	}
	if _, err := meter.Voltage(); err != nil {
		return nil, fmt.Errorf("callpoint: measuring the line: %w", err)
	}
	return d, nil
}

func newDev(name string, poll time.Duration, s settle) *Dev {
	t := time.NewTimer(time.Hour)
	t.Stop()
	return &Dev{name: name, poll: poll, settle: s, timer: t, edge: make(chan struct{}, 1), halt: make(chan struct{})}
}

// Sense takes one look and fills f with what is believed after it. It does not
// wait; debouncing takes several looks, so call it at least every Opts.Poll, or
// use Wait.
func (d *Dev) Sense(f *Frame) error {
	*f = Frame{State: d.settle.state}
	if d.isHalted() {
		return fmt.Errorf("callpoint: sensing %s: %w", d.name, drivers.ErrHalted)
	}
	seen, err := d.read(f)
	if err != nil {
		return err
	}
	f.Changed = d.settle.look(seen, time.Now())
	f.State, f.Unsettled = d.settle.state, d.settle.unsettled
	return nil
}

// Wait looks until the state changes, an error occurs, or the timeout has
// passed (f.Changed is then false and f.State is the state of now: proof that
// the call point is watched). Halt wakes it with drivers.ErrHalted.
//
// Call it again at once: nobody watches the line between two calls.
func (d *Dev) Wait(f *Frame, timeout time.Duration) error {
	end := time.Now().Add(timeout)
	for {
		if err := d.Sense(f); err != nil || f.Changed {
			return err
		}
		left := time.Until(end)
		if left <= 0 {
			return nil
		}
		d.pause(min(left, d.nextLook()))
	}
}

// nextLook is sooner while a change is being debounced.
func (d *Dev) nextLook() time.Duration {
	if d.settle.pending() {
		return min(d.poll, 5*time.Millisecond)
	}
	return d.poll
}

// pause ends after t, at an edge, or when halted.
func (d *Dev) pause(t time.Duration) {
	d.timer.Reset(t)
	select {
	case <-d.timer.C:
	case <-d.edge:
	case <-d.halt:
	}
	d.timer.Stop()
}

func (d *Dev) isHalted() bool {
	select {
	case <-d.halt:
		return true
	default:
		return false
	}
}

// Halt wakes Wait and ends the watching. It is idempotent. The error says that
// the pin's edge wait could not be ended; its goroutine is then lost.
func (d *Dev) Halt() error {
	var err error
	d.halted.Do(func() {
		close(d.halt)
		if d.edges != nil {
			err = d.edges.stop()
		}
	})
	return err
}

// String names the pin or the meter.
func (d *Dev) String() string { return "call point on " + d.name }
