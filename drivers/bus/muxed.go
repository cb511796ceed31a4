package bus

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"osmanthus/drivers/remote"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/gpio/gpioreg"
	"periph.io/x/conn/v3/pin"
	"periph.io/x/host/v3"
	"periph.io/x/host/v3/gpioioctl"
)

// ErrNotMuxed says that a pin that is borrowed from a bus could not be given
// back to it.
var ErrNotMuxed = errors.New("the pin could not be given back to its bus")

// OpenMuxed opens a pin that does another job, SCL or SDA of a bus, so that it
// can be clocked by hand and then be given back: by periph's own driver of the
// board, which knows the job and sets it again (pin.PinFunc). The kernel's line
// will not do: as soon as it is asked for, a Raspberry Pi's kernel makes an input
// of the pin, and leaves it one (pinctrl-bcm2835.c, bcm2835_pmx_gpio_set_direction
// and bcm2835_pmx_gpio_disable_free), so that its bus is lost until the next boot.
//
// ErrNotMuxed where periph has no such driver: a Pi 5, or a Pi 3 whose kernel
// names its lines in another way. timeout bounds a request to a modelled pin.
func OpenMuxed(addr string, timeout time.Duration) (gpio.PinIO, error) {
	if remote.IsAddr(addr) {
		return remote.OpenPin(addr, &remote.Opts{Timeout: timeout})
	}
	if err := hostInit(); err != nil {
		return nil, fmt.Errorf("bus: finding the board's own pins: %w", err)
	}
	p := gpioreg.ByName(addr)
	if a, ok := p.(gpio.RealPin); ok {
		p = a.Real()
	}
	if !muxed(p) {
		return nil, fmt.Errorf("bus: opening pin %q: %w", addr, ErrNotMuxed)
	}
	return p, nil
}

// muxed reports whether a pin knows its job and can be given it back.
func muxed(p gpio.PinIO) bool {
	if p == nil {
		return false
	}
	_, knows := p.(pin.PinFunc)
	_, kernels := p.(*gpioioctl.GPIOLine)
	return knows && !kernels
}

// hostInit loads periph's host drivers once; they are process-wide by design.
var hostInit = sync.OnceValue(func() error {
	_, err := host.Init()
	return err
})
