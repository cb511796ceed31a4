package sim

import (
	"sync"
	"time"

	"osmanthus/drivers/callpoint"
	"osmanthus/drivers/lines"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/physic"
)

// The wirings of a contact, so that whoever furnishes a home needs no driver.
const (
	NormallyOpen   = lines.NormallyOpen
	NormallyClosed = lines.NormallyClosed
)

// Contact is a call button or cord between a pin and ground.
type Contact struct {
	pin    *Pin
	wiring lines.Wiring
}

// NewContact wires a contact to a pin, at rest.
func NewContact(pin *Pin, wiring lines.Wiring) *Contact {
	c := &Contact{pin, wiring}
	c.Release()
	return c
}

// Press presses the button or pulls the cord.
func (c *Contact) Press() { c.close(c.wiring == lines.NormallyOpen) }

// Release lets go of it.
func (c *Contact) Release() { c.close(c.wiring == lines.NormallyClosed) }

// CutCord opens the circuit for good, whatever the button does.
func (c *Contact) CutCord() { c.pin.Release() }

func (c *Contact) close(closed bool) {
	if closed {
		c.pin.Drive(gpio.Low)
	} else {
		c.pin.Release()
	}
}

// Line is a supervised call line with its end-of-line resistor, seen as a
// voltage: give Volts to an input of an ADS1115.
type Line struct {
	opts lines.SupervisedOpts

	mu    sync.Mutex
	state callpoint.State
}

// NewLine returns a line at rest; opts as the driver's, all set.
func NewLine(opts lines.SupervisedOpts) *Line {
	return &Line{opts: opts, state: callpoint.Normal}
}

// Set brings the line into a state: Normal, Pressed, Open or Short.
func (l *Line) Set(s callpoint.State) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.state = s
}

// Volts is the voltage that the divider then gives.
func (l *Line) Volts(time.Time) float64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	supply := float64(l.opts.Supply) / float64(physic.Volt)
	divided := func(r physic.ElectricResistance) float64 {
		return supply * float64(r) / float64(r+l.opts.PullUp)
	}
	switch l.state {
	case callpoint.Short:
		return 0
	case callpoint.Pressed:
		return divided(l.opts.Active)
	case callpoint.Normal:
		return divided(l.opts.Rest)
	}
	return supply
}
