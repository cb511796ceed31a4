package reg

import (
	"fmt"
	"strings"
	"time"

	"osmanthus/drivers"
)

// Identify reads the chip's identity from a register; anything but want is a
// *drivers.IdentityError.
func (d *Dev) Identify(register, want byte) error {
	id, err := d.Read8(register)
	if err != nil || id == want {
		return err
	}
	return fmt.Errorf("%s: probing: %w", d.chip, &drivers.IdentityError{
		Chip: strings.ToUpper(d.chip), Addr: d.addr, Got: uint16(id), Want: fmt.Sprintf("%#02x", want),
	})
}

// Finish writes bits that the chip clears again when it has done what they ask
// for, and looks ten times, every so often, whether it has; if not, the error is
// drivers.ErrStuck. doing is what the error calls it.
func (d *Dev) Finish(doing string, register, bits byte, every time.Duration) error {
	if err := d.Write8(register, bits); err != nil {
		return err
	}
	for range 10 {
		time.Sleep(every)
		v, err := d.Read8(register)
		if err != nil {
			return err
		}
		if v&bits == 0 {
			return nil
		}
	}
	return fmt.Errorf("%s: %s at %#02x: %w", d.chip, doing, d.addr, drivers.ErrStuck)
}
