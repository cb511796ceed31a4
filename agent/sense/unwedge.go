package sense

import (
	"errors"
	"fmt"
	"time"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/i2c"
	"periph.io/x/conn/v3/pin"
)

// openUnwedged frees a bus on which a chip may hold the data line, and opens
// it: by its pins where they are given, by the adapter where it can.
func openUnwedged(b Bus, opts Opts) (i2c.BusCloser, error) {
	if b.SCL != "" && b.SDA != "" {
		scl, err := opts.OpenPin(b.SCL)
		if err != nil {
			return nil, err
		}
		sda, err := opts.OpenPin(b.SDA)
		if err != nil {
			return nil, err
		}
		if err := nineClocks(scl, sda); err != nil {
			return nil, err
		}
	}
	opened, err := opts.OpenBus(b.Device)
	if err != nil {
		return nil, err
	}
	if u, ok := opened.(interface{ Unwedge() error }); ok {
		if err := u.Unwedge(); err != nil {
			return nil, errors.Join(err, opened.Close())
		}
	}
	return opened, nil
}

// nineClocks lets a chip that was interrupted in a read finish its byte, then
// sends a stop (I2C-bus specification UM10204, section 3.1.16). A bus whose
// data line is free is left alone.
func nineClocks(scl, sda gpio.PinIO) error {
	restore := func(gpio.PinIO) error { return nil }
	if before := functions(scl, sda); before != nil {
		restore = func(p gpio.PinIO) error { return p.(pin.PinFunc).SetFunc(before[p]) }
	}
	const half = 5 * time.Microsecond // 100 kHz
	if err := sda.In(gpio.PullUp, gpio.NoEdge); err != nil {
		return fmt.Errorf("freeing the bus: %w", err)
	}
	var err error
	if sda.Read() == gpio.Low {
		// Open drain: high is an input with its pull-up.
		for range 9 {
			err = errors.Join(err, scl.Out(gpio.Low))
			time.Sleep(half)
			err = errors.Join(err, scl.In(gpio.PullUp, gpio.NoEdge))
			time.Sleep(half)
		}
		err = errors.Join(err, sda.Out(gpio.Low))
		time.Sleep(half)
		err = errors.Join(err, sda.In(gpio.PullUp, gpio.NoEdge))
	}
	if err = errors.Join(err, restore(scl), restore(sda)); err != nil {
		return fmt.Errorf("freeing the bus: %w", err)
	}
	return nil
}

// functions remembers what the pins were set to, where the platform knows.
func functions(pins ...gpio.PinIO) map[gpio.PinIO]pin.Func {
	before := map[gpio.PinIO]pin.Func{}
	for _, p := range pins {
		f, ok := p.(pin.PinFunc)
		if !ok {
			return nil
		}
		before[p] = f.Func()
	}
	return before
}
