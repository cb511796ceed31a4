package bus

import (
	"errors"
	"testing"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/pin"
	"periph.io/x/host/v3/gpioioctl"
)

// own is a pin of periph's driver of a board.
type own struct{ gpio.PinIO }

func (own) Func() pin.Func             { return "I2C1_SDA" }
func (own) SupportedFuncs() []pin.Func { return nil }
func (own) SetFunc(pin.Func) error     { return nil }

// Only a pin that can be given back is borrowed from a bus.
func TestA2_APinThatCannotBeGivenBackIsNotTaken(t *testing.T) {
	if !muxed(own{}) {
		t.Error("a pin that knows its job is refused")
	}
	if muxed(nil) || muxed(&gpioioctl.GPIOLine{}) || muxed(struct{ gpio.PinIO }{}) {
		t.Error("a pin that would be lost to its bus is taken")
	}
	if _, err := OpenMuxed("NO_SUCH_PIN", 0); !errors.Is(err, ErrNotMuxed) {
		t.Errorf("%v", err)
	}
}
