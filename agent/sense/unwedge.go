package sense

import (
	"errors"
	"fmt"
	"io"
	"time"

	"osmanthus/drivers/bus"
	"osmanthus/drivers/lines"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/i2c"
	"periph.io/x/conn/v3/pin"
)

// openUnwedged frees a bus on which a chip may hold the data line, and opens
// it: by its pins where they are given, by the adapter where it can. Pins that
// could not be given back to the bus afterwards are not touched: a bus that
// nobody can free is better than none. The log says so.
func openUnwedged(b Bus, opts Opts) (i2c.BusCloser, error) {
	if b.SCL != "" && b.SDA != "" {
		if err := clocked(b, opts); errors.Is(err, bus.ErrNotMuxed) {
			opts.Log.Warn("bus cannot be freed by its pins", "bus", b.Name, "error", err)
		} else if err != nil {
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

// clocked frees a bus by its pins, and lets go of them.
func clocked(b Bus, opts Opts) (err error) {
	var pins [2]gpio.PinIO
	for i, name := range []string{b.SCL, b.SDA} {
		if pins[i], err = opts.OpenMuxed(name); err != nil {
			return err
		}
		if c, ok := pins[i].(io.Closer); ok {
			defer func() { err = errors.Join(err, c.Close()) }()
		}
	}
	return nineClocks(pins[0], pins[1])
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
	level, err := lines.Level(sda)
	if err == nil && level == gpio.Low {
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
