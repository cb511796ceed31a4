// Package bus opens I²C buses and GPIO pins by the address that a configuration
// names: those of the machine, or those of a modelled home.
package bus

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"syscall"
	"time"

	"osmanthus/drivers/remote"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/i2c"
	"periph.io/x/host/v3/sysfs"
)

// Open opens the I²C bus at an address: /dev/i2c-1, or
// sim:unix:///path/to.sock#name. timeout bounds a transaction on a modelled bus
// (zero: no bound); on a real one the kernel's own bound holds, usually 1 s.
func Open(addr string, timeout time.Duration) (i2c.BusCloser, error) {
	if remote.IsAddr(addr) {
		return remote.OpenBus(addr, &remote.Opts{Timeout: timeout})
	}
	number, ok := strings.CutPrefix(addr, "/dev/i2c-")
	n, err := strconv.Atoi(number)
	if !ok || err != nil || n < 0 {
		return nil, fmt.Errorf("bus: address %q is neither /dev/i2c-N nor %s/path/to.sock#name", addr, remote.Scheme)
	}
	b, err := sysfs.NewI2C(n)
	if err != nil {
		return nil, fmt.Errorf("bus: opening %s: %w", addr, withErrno(err))
	}
	return kernelBus{b, addr}, nil
}

// OpenPin opens the GPIO pin at an address: the name of a line or of a header's
// pin, as GPIO17, a chip and an offset, as gpiochip0:17 or pinctrl-rp1:17, or
// sim:unix:///path/to.sock#name. timeout bounds a request to a modelled pin.
//
// What is returned can fail to be read: it has a method Err() error that says
// so of the last Read, and Close() error, which lets go of it. A line of the
// machine also has ReadEdges, for who counts.
func OpenPin(addr string, timeout time.Duration) (gpio.PinIO, error) {
	if remote.IsAddr(addr) {
		return remote.OpenPin(addr, &remote.Opts{Timeout: timeout})
	}
	p, err := openLine(addr)
	if err != nil {
		return nil, fmt.Errorf("bus: opening pin %q: %w", addr, err)
	}
	return p, nil
}

// kernelBus gives the errors of a kernel bus their errno back: periph formats
// them with %v, and "nobody answers" has to be told from "the bus is stuck".
type kernelBus struct {
	*sysfs.I2C
	addr string
}

// Tx implements i2c.Bus.
func (b kernelBus) Tx(addr uint16, w, r []byte) error { return withErrno(b.I2C.Tx(addr, w, r)) }

// String is the device file.
func (b kernelBus) String() string { return b.addr }

func withErrno(err error) error {
	if err == nil {
		return nil
	}
	for _, errno := range []syscall.Errno{
		syscall.EREMOTEIO, syscall.ENXIO, syscall.ETIMEDOUT, syscall.EIO, syscall.EAGAIN,
		syscall.EBUSY, syscall.ENODEV, syscall.ENOENT, syscall.EACCES, syscall.EBADF,
	} {
		if strings.HasSuffix(err.Error(), errno.Error()) && !errors.Is(err, errno) {
			return errnoError{err.Error(), errno}
		}
	}
	return err
}

type errnoError struct {
	text  string
	errno syscall.Errno
}

func (e errnoError) Error() string { return e.text }

func (e errnoError) Unwrap() error { return e.errno }
