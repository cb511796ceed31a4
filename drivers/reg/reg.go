// Package reg reads and writes the 8-bit registers of a chip on an I²C bus,
// without allocating and with errors that name chip, address and register.
package reg

import (
	"fmt"

	"periph.io/x/conn/v3/i2c"
)

// Dev is one chip's register file. It is not safe for concurrent use.
type Dev struct {
	bus  i2c.Bus
	addr uint16
	chip string
	w    [3]byte
	r    [2]byte
}

// New returns the register file of the chip, which errors will call by that
// name, at the 7-bit address addr.
func New(bus i2c.Bus, addr uint16, chip string) *Dev {
	return &Dev{bus: bus, addr: addr, chip: chip}
}

// Addr is the chip's 7-bit address.
func (d *Dev) Addr() uint16 { return d.addr }

// Read fills dst from register first onwards in one burst (write of the
// register's number, repeated start, read).
func (d *Dev) Read(first byte, dst []byte) error {
	d.w[0] = first
	if err := d.bus.Tx(d.addr, d.w[:1], dst); err != nil {
		return fmt.Errorf("%s: reading register %#02x at %#02x: %w", d.chip, first, d.addr, err)
	}
	return nil
}

// Read8 reads one register.
func (d *Dev) Read8(register byte) (byte, error) {
	err := d.Read(register, d.r[:1])
	return d.r[0], err
}

// Read16 reads two registers, high byte first.
func (d *Dev) Read16(register byte) (uint16, error) {
	err := d.Read(register, d.r[:2])
	return uint16(d.r[0])<<8 | uint16(d.r[1]), err
}

// Write8 writes one register.
func (d *Dev) Write8(register, value byte) error {
	d.w[0], d.w[1] = register, value
	return d.write(2)
}

// Write16 writes two registers, high byte first.
func (d *Dev) Write16(register byte, value uint16) error {
	d.w[0], d.w[1], d.w[2] = register, byte(value>>8), byte(value)
	return d.write(3)
}

// Value is a register and what to write into it.
type Value struct{ Register, Value byte }

// WriteAll writes the values in order and stops at the first error.
func (d *Dev) WriteAll(values []Value) error {
	for _, v := range values {
		if err := d.Write8(v.Register, v.Value); err != nil {
			return err
		}
	}
	return nil
}

func (d *Dev) write(n int) error {
	if err := d.bus.Tx(d.addr, d.w[:n], nil); err != nil {
		return fmt.Errorf("%s: writing register %#02x at %#02x: %w", d.chip, d.w[0], d.addr, err)
	}
	return nil
}
