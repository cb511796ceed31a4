// Package hx711 drives Avia's HX711, which weighs by load cells, on two GPIO pins.
//
// The chip has no bus: every bit is clocked out by hand, and a clock that stays
// high for 60 µs switches the chip off. Nothing on a Linux machine promises to
// be back within that: a scheduler or an interrupt between the two edges of a
// pulse stretches it. So every pulse is timed from before its first edge to
// after its second, and a reading of which one took longer than 50 µs, or all
// of them 5 ms, is thrown away (Frame.Torn), the chip is reset, and what it
// says until it has settled again is left out: almost a second at 10 Hz. No
// stretched pulse gives a wrong value; but on a busy or slow machine there may
// be few values, or none. Who needs every one clocks the chip by a
// microcontroller (Shifter), or leaves it to the kernel's own driver, which this
// one does not use.
//
// A pulse that gets lost on the wire shows when the data line is not high at the
// end of the reading, which is every other time: keep the wires short.
package hx711

import (
	"fmt"
	"time"

	"osmanthus/drivers"

	"periph.io/x/conn/v3/gpio"
)

// From the data sheet of the HX711, table "Timing" and section "Serial Interface".
const (
	maxHigh   = 50 * time.Microsecond  // a longer pulse may switch the chip off
	resetHigh = 100 * time.Microsecond // a pulse that surely does, beyond 60 µs
	maxRead   = 5 * time.Millisecond   // well within a conversion at 80 Hz, so that none ends meanwhile
	settling  = 4                      // conversions after a reset or a change of gain
	wordBits  = 24
	silence   = time.Second // no chip needs longer for a conversion, nor after a reset
)

// Data is the pin at DOUT. One that also has a method Err() error can fail to
// be read.
type Data interface {
	In(pull gpio.Pull, edge gpio.Edge) error
	Read() gpio.Level
	Name() string
}

// Clock is the pin at PD_SCK. One that is a Shifter as well is told to shift.
type Clock interface {
	Out(l gpio.Level) error
	Name() string
}

// Shifter is a clock that makes its pulses by itself while it reads a data pin
// after each: a microcontroller, or a model in another process. No scheduler
// stretches them.
type Shifter interface {
	// Shift gives the first 24 bits, the first bit the highest.
	Shift(data string, pulses int) (bits uint32, err error)
}

// Dev is one chip. It is not safe for concurrent use.
type Dev struct {
	data   Data
	clock  Clock
	cfg    config
	halted bool
	lost   bool // a reading broke off: nobody knows where in it the chip is
	drop   int  // conversions that are still to be left out
	last   time.Time
}

// New resets the chip and waits for its first conversion, 0.4 s at 10 Hz. nil
// opts means DefaultOpts.
//
// The chip has no identity: that something answers, in time, is all that New
// can ask; otherwise the error is drivers.ErrStuck.
func New(data Data, clock Clock, opts *Opts) (*Dev, error) {
	cfg, err := opts.config()
	if err != nil {
		return nil, err
	}
	d := &Dev{data: data, clock: clock, cfg: cfg}
	// Nobody there reads as high, which is "not ready".
	if err := data.In(gpio.PullUp, gpio.NoEdge); err != nil {
		return nil, fmt.Errorf("hx711: setting up %s as input: %w", data.Name(), err)
	}
	if err := d.reset(); err != nil {
		return nil, err
	}
	for began := time.Now(); ; time.Sleep(5 * time.Millisecond) {
		ready, err := d.ready()
		if err != nil {
			return nil, err
		}
		if ready {
			return d, nil
		}
		if time.Since(began) > silence {
			return nil, fmt.Errorf("hx711: no conversion on %s and %s, look at its wires and its supply: %w", data.Name(), clock.Name(), drivers.ErrStuck)
		}
	}
}

// reset switches the chip off and on again.
func (d *Dev) reset() error {
	d.lost, d.drop, d.last = true, settling, time.Now()
	for _, l := range []gpio.Level{gpio.Low, gpio.High, gpio.Low} {
		if err := d.out(l); err != nil {
			return err
		}
		if l {
			time.Sleep(resetHigh)
		}
	}
	d.lost = false
	return nil
}

func (d *Dev) out(l gpio.Level) error {
	if err := d.clock.Out(l); err != nil {
		return fmt.Errorf("hx711: driving %s: %w", d.clock.Name(), err)
	}
	return nil
}

func (d *Dev) read() (gpio.Level, error) {
	l := d.data.Read()
	if p, ok := d.data.(interface{ Err() error }); ok && p.Err() != nil {
		return l, fmt.Errorf("hx711: reading %s: %w", d.data.Name(), p.Err())
	}
	return l, nil
}

// ready reports whether a conversion waits: the data line is low then.
func (d *Dev) ready() (bool, error) {
	l, err := d.read()
	return l == gpio.Low, err
}

// Sense fills f with the conversion that waits, or with a frame that is not
// Fresh if there is none. Call it at least as often as the chip converts.
//
// A chip from which nothing has come for a second is drivers.ErrStuck; open it
// again.
func (d *Dev) Sense(f *Frame) error {
	*f = Frame{}
	if d.halted {
		return fmt.Errorf("hx711: sensing: %w", drivers.ErrHalted)
	}
	if d.lost {
		f.Torn = true
		return d.reset()
	}
	ready, err := d.ready()
	if err != nil {
		return err
	}
	now := time.Now()
	if !ready {
		if now.Sub(d.last) > silence {
			return fmt.Errorf("hx711: no conversion on %s and %s any more, look at its wires and its supply: %w", d.data.Name(), d.clock.Name(), drivers.ErrStuck)
		}
		return nil
	}
	if d.cfg.extra != A128.pulses() && now.Sub(d.last) > 3*d.cfg.period {
		d.drop = settling // after a dip of the supply the chip is back at its own gain
	}
	d.last = now
	bits, whole, err := d.shift()
	if err != nil {
		d.lost = true
		return err
	}
	if !whole {
		f.Torn = true
		return d.reset()
	}
	if d.drop > 0 {
		d.drop--
		return nil
	}
	f.Fresh, f.Counts = true, counts(bits)
	f.Saturated = f.Counts == maxCounts || f.Counts == minCounts
	return nil
}

// shift reads a conversion and says by further pulses what gain the next one is
// to have. Afterwards the data line must be high until that is there.
func (d *Dev) shift() (bits uint32, whole bool, err error) {
	whole = true
	if s, ok := d.clock.(Shifter); ok {
		if bits, err = s.Shift(d.data.Name(), wordBits+d.cfg.extra); err != nil {
			return 0, false, fmt.Errorf("hx711: shifting by %s: %w", d.clock.Name(), err)
		}
	} else if bits, whole, err = d.pulse(); err != nil || !whole {
		return 0, whole, err
	}
	ended, err := d.read()
	return bits, whole && ended == gpio.High, err
}

// pulse makes the pulses by hand. The bit is read after the pulse, not within:
// it stands until the next one, and the pulse is the shorter.
func (d *Dev) pulse() (bits uint32, whole bool, err error) {
	began := time.Now()
	for i := range wordBits + d.cfg.extra {
		edge := time.Now()
		if err := d.out(gpio.High); err != nil {
			return 0, false, err
		}
		if err := d.out(gpio.Low); err != nil {
			return 0, false, err
		}
		if time.Since(edge) > maxHigh {
			return 0, false, nil
		}
		if i >= wordBits {
			continue
		}
		l, err := d.read()
		if err != nil {
			return 0, false, err
		}
		if bits <<= 1; l {
			bits |= 1
		}
	}
	return bits, time.Since(began) <= maxRead, nil
}

// Period is the nominal time between two conversions.
func (d *Dev) Period() time.Duration { return d.cfg.period }

// Halt switches the chip off. It is idempotent; the driver is of no use afterwards.
func (d *Dev) Halt() error {
	if d.halted {
		return nil
	}
	d.halted = true
	return d.out(gpio.High)
}

// String names the pins.
func (d *Dev) String() string {
	return fmt.Sprintf("HX711 on %s and %s %v", d.data.Name(), d.clock.Name(), d.cfg.gain)
}
