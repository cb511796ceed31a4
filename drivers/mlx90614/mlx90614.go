// Package mlx90614 drives Melexis' MLX90614 and MLX90615 infrared thermometers,
// which measure the temperature of what they look at.
//
// That is the surface in the cone of sight, skin or clothes or wall, at an
// emissivity that the factory set to 1: no body temperature.
package mlx90614

import (
	"errors"
	"fmt"
	"time"

	"osmanthus/drivers"

	"periph.io/x/conn/v3/i2c"
)

// The 7-bit addresses as the factory sets them; both can be changed.
const (
	Addr      uint16 = 0x5A // MLX90614
	Addr90615 uint16 = 0x5B
)

// ErrInvalid says that the chip itself does not believe what it measured.
var ErrInvalid = errors.New("the chip marks its value as wrong: too hot or cold for it, or broken")

// eepromTime is how long a cell is erased or written at most.
const eepromTime = 10 * time.Millisecond

// Opts are the choices; the zero value is DefaultOpts.
type Opts struct {
	Chip Chip
}

// DefaultOpts is an MLX90614.
var DefaultOpts = Opts{Chip: MLX90614}

// Frame is one look.
type Frame struct {
	ObjectC  float64 // °C of the surface that the first sensor sees
	AmbientC float64 // °C of the chip
}

// Dev is one chip. It is not safe for concurrent use. The bus must not be faster
// than 100 kHz.
type Dev struct {
	bus    i2c.Bus
	addr   uint16
	chip   Chip
	regs   registers
	halted bool
	w      [4]byte
	r      [3]byte
}

// New asks the chip at addr for the address that its EEPROM holds: there is no
// other identity. nil opts means DefaultOpts.
//
// Who answers with another address is a *drivers.IdentityError; who knows
// nothing of the packet error code of SMBus is drivers.ErrChecksum.
func New(bus i2c.Bus, addr uint16, opts *Opts) (*Dev, error) {
	v := DefaultOpts
	if opts != nil {
		v = *opts
	}
	if v.Chip > MLX90615 {
		return nil, fmt.Errorf("mlx90614: chip %d does not exist", v.Chip)
	}
	d := &Dev{bus: bus, addr: addr, chip: v.Chip, regs: v.Chip.registers()}
	word, err := d.word(d.regs.address)
	if err != nil {
		return nil, err
	}
	if word&0x7F != addr {
		return nil, fmt.Errorf("mlx90614: probing: %w", &drivers.IdentityError{
			Chip: v.Chip.String(), Addr: addr, Got: word, Want: fmt.Sprintf("%#02x in its low bits", addr),
		})
	}
	return d, nil
}

// word reads a word and checks its packet error code.
func (d *Dev) word(command byte) (uint16, error) {
	d.w[0] = command
	clear(d.r[:])
	if err := d.bus.Tx(d.addr, d.w[:1], d.r[:]); err != nil {
		return 0, fmt.Errorf("mlx90614: reading %#02x at %#02x: %w", command, d.addr, err)
	}
	if want := pec(byte(d.addr<<1), command, byte(d.addr<<1|1), d.r[0], d.r[1]); d.r[2] != want {
		return 0, fmt.Errorf("mlx90614: reading %#02x at %#02x: % x, want %#02x: %w", command, d.addr, d.r[:], want, drivers.ErrChecksum)
	}
	return uint16(d.r[0]) | uint16(d.r[1])<<8, nil
}

// store writes a word with its packet error code.
func (d *Dev) store(command byte, word uint16) error {
	d.w = [4]byte{command, byte(word), byte(word >> 8)}
	d.w[3] = pec(byte(d.addr<<1), d.w[0], d.w[1], d.w[2])
	if err := d.bus.Tx(d.addr, d.w[:], nil); err != nil {
		return fmt.Errorf("mlx90614: writing %#02x at %#02x: %w", command, d.addr, err)
	}
	return nil
}

// Sense reads the latest temperatures. The chip makes new ones several times a
// second and does not say when: at more than one look a second the same may
// come twice.
func (d *Dev) Sense(f *Frame) error {
	*f = Frame{}
	if d.halted {
		return fmt.Errorf("mlx90614: sensing: %w", drivers.ErrHalted)
	}
	object, err := d.temperature(d.regs.object[0])
	if err != nil {
		return err
	}
	ambient, err := d.temperature(d.regs.ambient)
	if err != nil {
		return err
	}
	*f = Frame{ObjectC: object, AmbientC: ambient}
	return nil
}

func (d *Dev) temperature(command byte) (float64, error) {
	word, err := d.word(command)
	if err != nil {
		return 0, err
	}
	if word&invalid != 0 {
		return 0, fmt.Errorf("mlx90614: reading %#02x at %#02x: %#04x: %w", command, d.addr, word, ErrInvalid)
	}
	return celsius(word), nil
}

// RawIR reads what the first (0) or second (1) infrared sensor sees, in steps
// of the converter. Most chips have only the first.
func (d *Dev) RawIR(sensor int) (int, error) {
	if sensor < 0 || sensor > 1 || d.regs.rawIR[sensor] == none {
		return 0, fmt.Errorf("mlx90614: a %v has no infrared sensor %d", d.chip, sensor)
	}
	word, err := d.word(d.regs.rawIR[sensor])
	return signed(word), err
}

// Emissivity reads the emissivity with which the chip reckons; 1 is as bright
// as can be, skin has about 0.98.
func (d *Dev) Emissivity() (float64, error) {
	word, err := d.word(d.regs.emissivity)
	return float64(word) / d.regs.whole, err
}

// SetEmissivity writes the emissivity, 0.1 to 1, into the EEPROM, for good. The
// cell is erased first; a supply that fails between leaves it at zero.
func (d *Dev) SetEmissivity(e float64) error {
	if !(e >= 0.1 && e <= 1) {
		return fmt.Errorf("mlx90614: emissivity %v is not between 0.1 and 1", e)
	}
	return d.burn(d.regs.emissivity, d.regs.emissivityWord(e))
}

// SetAddress writes another 7-bit address into the EEPROM, for good, so that two
// chips can share a bus. The chip moves there when its supply comes back.
func (d *Dev) SetAddress(addr uint16) error {
	if addr < 0x08 || addr > 0x77 {
		return fmt.Errorf("mlx90614: %#02x is no address of a device", addr)
	}
	return d.burn(d.regs.address, addr)
}

// burn erases a cell of the EEPROM and writes it.
func (d *Dev) burn(command byte, word uint16) error {
	for _, v := range [...]uint16{0, word} {
		if err := d.store(command, v); err != nil {
			return err
		}
		time.Sleep(eepromTime)
	}
	return nil
}

// ID reads the four words by which Melexis knows an MLX90614.
func (d *Dev) ID() (id [4]uint16, err error) {
	if d.regs.id == none {
		return id, fmt.Errorf("mlx90614: the identity of a %v is not known here", d.chip)
	}
	for i := range id {
		if id[i], err = d.word(d.regs.id + byte(i)); err != nil {
			return [4]uint16{}, err
		}
	}
	return id, nil
}

// Sleep lets the chip sleep. No transfer wakes it again, only its supply or a
// data line that is held low for 33 ms, which a kernel's bus cannot do: that is
// why Halt does not.
func (d *Dev) Sleep() error {
	d.halted = true
	d.w[0] = d.regs.sleep
	d.w[1] = pec(byte(d.addr<<1), d.w[0])
	if err := d.bus.Tx(d.addr, d.w[:2], nil); err != nil {
		return fmt.Errorf("mlx90614: sending %#02x to %#02x to sleep: %w", d.w[0], d.addr, err)
	}
	return nil
}

// Halt ends the use of the driver; the chip goes on measuring for whoever comes
// next (see Sleep). It is idempotent.
func (d *Dev) Halt() error {
	d.halted = true
	return nil
}

// String names the chip and its address.
func (d *Dev) String() string { return fmt.Sprintf("%v@%#02x", d.chip, d.addr) }
