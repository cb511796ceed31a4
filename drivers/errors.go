package drivers

import (
	"errors"
	"fmt"
	"syscall"
)

// ErrRestarted is returned by Sense when the chip has lost its configuration
// since New, as after a dip of the supply. Nothing that it measured since is
// usable; call New again.
var ErrRestarted = errors.New("device lost its configuration")

// ErrHalted is returned by every use of a driver after its Halt.
var ErrHalted = errors.New("driver is halted")

// ErrStuck is returned when a chip answers but does not finish what it was
// asked to do (a reset, a conversion) within the time that its datasheet gives.
var ErrStuck = errors.New("device does not finish")

// ErrChecksum is returned when what a chip sent does not fit the check sum that
// it sent along: it was changed on the way, and is not used.
var ErrChecksum = errors.New("check sum of the answer is wrong")

// ErrForeign is returned when bytes come from a serial line, and none of them
// belongs to a frame of the module that was asked for: it is another module, or
// the line has another baud rate.
var ErrForeign = errors.New("what comes is no frame of this module: another module, or another baud rate")

// IdentityError says that something answers at the address, but that it is not
// the chip that was asked for.
type IdentityError struct {
	Chip string // chip that was expected
	Addr uint16 // 7-bit bus address
	Got  uint16 // value of the identity register
	Want string // values that would have been accepted
}

// Error names the chip, its address and both identities.
func (e *IdentityError) Error() string {
	return fmt.Sprintf("device at %#02x is not a %s: identity %#02x, want %s", e.Addr, e.Chip, e.Got, e.Want)
}

// NoAnswer reports whether err means that nobody acknowledged the address.
// Kernel adapters disagree: the Raspberry Pi's says EREMOTEIO, USB adapters ENXIO.
func NoAnswer(err error) bool {
	return errors.Is(err, syscall.EREMOTEIO) || errors.Is(err, syscall.ENXIO)
}
