// Package ads1115 drives Texas Instruments' ADS1115 and ADS1015 analogue-to-digital
// converters, which read bed pads and supervised call lines.
package ads1115

import (
	"fmt"
	"math"
	"time"

	"osmanthus/drivers"
	"osmanthus/drivers/reg"

	"periph.io/x/conn/v3/i2c"
	"periph.io/x/conn/v3/physic"
)

// Addr is the 7-bit address with ADDR at ground; 0x49 to 0x4B are the others.
const Addr uint16 = 0x48

// Frame is one conversion.
type Frame struct {
	Voltage physic.ElectricPotential
	Word    int16 // the conversion register as read: full scale is ±32768, in the ADS1015 too
	Clipped bool  // at the end of the range: the true voltage may lie beyond
}

// Dev is one chip. Its methods may be called concurrently: a bed pad and a call
// line often share a converter.
type Dev struct {
	cfg config

	turn   chan struct{} // capacity 1: who holds it may use the rest
	reg    *reg.Dev
	halted bool
}

// New configures the chip at addr. nil opts means DefaultOpts.
//
// The chip has no identity register: New writes its configuration and demands to
// read it back, otherwise the error is a *drivers.IdentityError.
func New(bus i2c.Bus, addr uint16, opts *Opts) (*Dev, error) {
	cfg, err := opts.config()
	if err != nil {
		return nil, err
	}
	d := &Dev{cfg: cfg, turn: make(chan struct{}, 1), reg: reg.New(bus, addr, "ads1115")}
	if err := d.reg.Write16(regConfig, cfg.idle()); err != nil {
		return nil, err
	}
	got, err := d.reg.Read16(regConfig)
	if err != nil {
		return nil, err
	}
	if got&configMask != cfg.idle()&configMask {
		return nil, fmt.Errorf("ads1115: probing: %w", &drivers.IdentityError{
			Chip: cfg.chip.String(), Addr: addr, Got: got, Want: fmt.Sprintf("%#04x as just written", cfg.idle()),
		})
	}
	return d, nil
}

// Sense measures the input of Opts. In single-shot mode it takes one conversion
// time; in continuous mode it returns the latest finished conversion, so call it
// more slowly than the rate, or the same conversion comes twice.
//
// If the chip lost its configuration the error is drivers.ErrRestarted.
func (d *Dev) Sense(f *Frame) error {
	d.turn <- struct{}{}
	defer func() { <-d.turn }()
	*f = Frame{}
	if d.halted {
		return fmt.Errorf("ads1115: sensing: %w", drivers.ErrHalted)
	}
	if !d.cfg.continuous {
		return d.convert(f, d.cfg.input)
	}
	// A chip that restarted sits in single-shot mode with an old conversion.
	got, err := d.reg.Read16(regConfig)
	if err != nil {
		return err
	}
	if got&configMask != d.cfg.idle() {
		return fmt.Errorf("ads1115: sensing at %#02x: %w", d.reg.Addr(), drivers.ErrRestarted)
	}
	return d.read(f)
}

// Measure converts another input once, whatever the mode, and takes one
// conversion time (two in continuous mode, so that Sense never sees the other
// input's voltage).
func (d *Dev) Measure(input Mux, f *Frame) error {
	d.turn <- struct{}{}
	defer func() { <-d.turn }()
	*f = Frame{}
	if d.halted {
		return fmt.Errorf("ads1115: measuring: %w", drivers.ErrHalted)
	}
	err := d.convert(f, input)
	if err == nil && d.cfg.continuous {
		if err = d.reg.Write16(regConfig, d.cfg.idle()); err == nil {
			time.Sleep(d.cfg.conversion)
		}
	}
	return err
}

// convert starts a conversion and waits until the chip is idle again.
func (d *Dev) convert(f *Frame, input Mux) error {
	if err := d.reg.Write16(regConfig, d.cfg.single(input)); err != nil {
		return err
	}
	for range 4 {
		time.Sleep(d.cfg.conversion)
		got, err := d.reg.Read16(regConfig)
		if err != nil {
			return err
		}
		if got&configMask != d.cfg.single(input)&configMask {
			return fmt.Errorf("ads1115: converting at %#02x: %w", d.reg.Addr(), drivers.ErrRestarted)
		}
		if got&configStart != 0 {
			return d.read(f)
		}
	}
	return fmt.Errorf("ads1115: converting at %#02x: %w", d.reg.Addr(), drivers.ErrStuck)
}

func (d *Dev) read(f *Frame) error {
	word, err := d.reg.Read16(regConversion)
	if err != nil {
		return err
	}
	f.Word = int16(word)
	f.Voltage = voltage(f.Word, d.cfg.fullScale)
	n := d.cfg.chip.counts(f.Word)
	f.Clipped = n == d.cfg.chip.counts(math.MaxInt16) || n == d.cfg.chip.counts(math.MinInt16)
	return nil
}

// Input is one input of the chip as a voltmeter, as callpoint.NewLine wants it.
func (d *Dev) Input(input Mux) Input { return Input{dev: d, mux: input} }

// Input measures one input of a Dev.
type Input struct {
	dev *Dev
	mux Mux
}

// Voltage measures the input once.
func (i Input) Voltage() (physic.ElectricPotential, error) {
	var f Frame
	err := i.dev.Measure(i.mux, &f)
	return f.Voltage, err
}

// String names the chip and the input.
func (i Input) String() string { return fmt.Sprintf("%v %v", i.dev, i.mux) }

// Halt stops converting. It is idempotent; the driver is of no use afterwards.
func (d *Dev) Halt() error {
	d.turn <- struct{}{}
	defer func() { <-d.turn }()
	if d.halted {
		return nil
	}
	d.halted = true
	return d.reg.Write16(regConfig, d.cfg.idle()|configSingle)
}

// String names the chip and its address.
func (d *Dev) String() string { return fmt.Sprintf("%v@%#02x", d.cfg.chip, d.reg.Addr()) }
