package probe

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"osmanthus/drivers/bus"
	"osmanthus/drivers/catalog"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/i2c"
)

// wires is what a driver on several pins hangs on.
type wires struct {
	bus  i2c.BusCloser // nil for a driver on pins alone
	addr uint16
	pins []gpio.PinIO
}

// openWires opens what a list of names says: the bus first, if the driver is on
// one, then its pins.
func openWires(kind catalog.Kind, list string, addr uint16) (w wires, err error) {
	names, want := strings.Split(list, ","), kind.Pins
	if kind.Bus == "i2c" {
		want = append([]string{"bus"}, want...)
	}
	if len(names) != len(want) {
		return w, fmt.Errorf("%w: a %s needs %d names, as in %s", errUsage, kind.Name, len(want), strings.Join(want, ","))
	}
	w.addr = addr
	if kind.Bus == "i2c" {
		if w.bus, err = bus.Open(names[0], txTimeout); err != nil {
			return w, err
		}
		names = names[1:]
	}
	for _, name := range names {
		pin, err := bus.OpenPin(name, txTimeout)
		if err != nil {
			return w, errors.Join(err, w.close())
		}
		w.pins = append(w.pins, pin)
	}
	return w, nil
}

func (w *wires) close() (err error) {
	for _, p := range w.pins {
		err = errors.Join(err, closePin(p))
	}
	if c, ok := w.bus.(io.Closer); ok {
		err = errors.Join(err, c.Close())
	}
	return err
}
