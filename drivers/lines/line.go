// Package lines watches one contact on a GPIO pin, or one supervised line with an
// end-of-line resistor on a voltmeter. The drivers of call points, mats, motion
// sensors, doors and relays stand on it.
//
// A pin is watched in two ways at once, by edges and by reading its level every
// Opts.Poll, because edges alone have failed people: some kernels lose them,
// and on some WaitForEdge returns at once or not at all.
package lines

import (
	"fmt"
	"sync"
	"time"

	"osmanthus/drivers"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/physic"
)

// State is what a line says.
type State uint8

// States. A plain contact knows Rest and Active; a supervised line knows all.
const (
	Unknown State = iota // nothing has held still yet
	Rest
	Active
	Cut   // or unplugged
	Short // the wires touch
)

// String names the state.
func (s State) String() string {
	if s > Short {
		return "invalid"
	}
	return [...]string{"unknown", "rest", "active", "cut", "short"}[s]
}

// Frame is what a look at the line brought.
type Frame struct {
	State     State                    // debounced
	Changed   bool                     // State is news; the first state after New always is
	Unsettled bool                     // the contact has been flickering for 2 s: a technical fault
	Since     time.Time                // when the first of the looks was that State rests on
	Voltage   physic.ElectricPotential // of a supervised line, at this look
}

// Line is one line. One goroutine at a time may call Sense and Wait; Halt may be
// called from any.
type Line struct {
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
// DefaultOpts. A pin that has no edges is polled only.
//
// As the one exception to the rule that drivers start no goroutine, New starts
// one that waits for edges, since a WaitForEdge that never returns must not
// hide a press; Halt ends it and waits for it.
func New(pin gpio.PinIn, opts *Opts) (*Line, error) {
	o, err := opts.orDefault()
	if err != nil {
		return nil, err
	}
	l := newLine(pin.Name(), o.Poll, settle{debounce: o.Debounce, fault: o.Debounce})
	l.read = func(*Frame) (State, error) {
		level, err := Level(pin)
		if err != nil {
			return Unknown, err
		}
		return o.state(level), nil
	}
	if pin.In(o.Pull, gpio.BothEdges) == nil {
		l.edges = watchEdges(pin, l.edge)
		return l, nil
	}
	if err := pin.In(o.Pull, gpio.NoEdge); err != nil {
		return nil, fmt.Errorf("lines: setting up %s as input: %w", pin.Name(), err)
	}
	return l, nil
}

// Level reads a pin. One that has a method Err() error, as the kernel's lines
// and pins behind a socket do, can fail to be read, and Level says so.
func Level(pin gpio.PinIn) (gpio.Level, error) {
	l := pin.Read()
	if p, ok := pin.(interface{ Err() error }); ok {
		if err := p.Err(); err != nil {
			return l, fmt.Errorf("lines: reading %s: %w", pin.Name(), err)
		}
	}
	return l, nil
}

// NewSupervised watches a supervised line by its voltage, which it measures once
// as a probe. nil opts means DefaultSupervised.
func NewSupervised(meter Voltmeter, opts *SupervisedOpts) (*Line, error) {
	o, err := opts.orDefault()
	if err != nil {
		return nil, err
	}
	levels, err := o.levels()
	if err != nil {
		return nil, err
	}
	l := newLine(meter.String(), o.Poll, settle{debounce: o.Debounce, fault: o.FaultAfter})
	l.read = func(f *Frame) (State, error) {
		v, err := meter.Voltage()
		if err != nil {
			return Unknown, fmt.Errorf("lines: measuring %s: %w", meter, err)
		}
		f.Voltage = v
		return nearest(&levels, v), nil
	}
	if _, err := meter.Voltage(); err != nil {
		return nil, fmt.Errorf("lines: measuring %s: %w", meter, err)
	}
	return l, nil
}

func newLine(name string, poll time.Duration, s settle) *Line {
	t := time.NewTimer(time.Hour)
	t.Stop()
	return &Line{name: name, poll: poll, settle: s, timer: t, edge: make(chan struct{}, 1), halt: make(chan struct{})}
}

// Sense takes one look and fills f with what is believed after it. It does not
// wait; debouncing takes several looks, so call it at least every Opts.Poll, or
// use Wait.
func (l *Line) Sense(f *Frame) error {
	*f = Frame{State: l.settle.state, Since: l.settle.held}
	if l.isHalted() {
		return fmt.Errorf("lines: sensing %s: %w", l.name, drivers.ErrHalted)
	}
	seen, err := l.read(f)
	if err != nil {
		return err
	}
	f.Changed = l.settle.look(seen, time.Now())
	f.State, f.Since, f.Unsettled = l.settle.state, l.settle.held, l.settle.unsettled
	return nil
}

// Wait looks until the state changes, an error occurs, or the timeout has
// passed (f.Changed is then false and f.State is the state of now: proof that
// the line is watched). Halt wakes it with drivers.ErrHalted.
//
// Call it again at once: nobody watches the line between two calls.
func (l *Line) Wait(f *Frame, timeout time.Duration) error {
	end := time.Now().Add(timeout)
	for {
		if err := l.Sense(f); err != nil || f.Changed {
			return err
		}
		left := time.Until(end)
		if left <= 0 {
			return nil
		}
		l.pause(min(left, l.nextLook()))
	}
}

// nextLook is sooner while a change is being debounced.
func (l *Line) nextLook() time.Duration {
	if l.settle.pending() {
		return min(l.poll, 5*time.Millisecond)
	}
	return l.poll
}

// pause ends after t, at an edge, or when halted.
func (l *Line) pause(t time.Duration) {
	l.timer.Reset(t)
	select {
	case <-l.timer.C:
	case <-l.edge:
	case <-l.halt:
	}
	l.timer.Stop()
}

func (l *Line) isHalted() bool {
	select {
	case <-l.halt:
		return true
	default:
		return false
	}
}

// Halt wakes Wait and ends the watching. It is idempotent. The error says that
// the pin's edge wait could not be ended; its goroutine is then lost.
func (l *Line) Halt() error {
	var err error
	l.halted.Do(func() {
		close(l.halt)
		if l.edges != nil {
			err = l.edges.stop()
		}
	})
	return err
}

// String is the name of the pin or the meter.
func (l *Line) String() string { return l.name }
