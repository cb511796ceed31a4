package reg

import (
	"encoding/binary"
	"fmt"

	"periph.io/x/conn/v3/i2c"
)

// Wide is the register file of a chip whose register numbers have 16 bits, high
// byte first, as have its values. It is not safe for concurrent use.
type Wide struct {
	bus  i2c.Bus
	addr uint16
	chip string
	w    []byte
	r    [4]byte
}

// NewWide returns the register file of the chip, which errors will call by that
// name, at the 7-bit address addr; longest is the most bytes of one Write.
func NewWide(bus i2c.Bus, addr uint16, chip string, longest int) *Wide {
	return &Wide{bus: bus, addr: addr, chip: chip, w: make([]byte, 2, 2+max(4, longest))}
}

// Addr is the chip's 7-bit address.
func (d *Wide) Addr() uint16 { return d.addr }

// Read fills dst from register first onwards in one burst.
func (d *Wide) Read(first uint16, dst []byte) error {
	binary.BigEndian.PutUint16(d.w[:2], first)
	if err := d.bus.Tx(d.addr, d.w[:2], dst); err != nil {
		return fmt.Errorf("%s: reading register %#04x at %#02x: %w", d.chip, first, d.addr, err)
	}
	return nil
}

// Read8 reads one register.
func (d *Wide) Read8(register uint16) (byte, error) {
	err := d.Read(register, d.r[:1])
	return d.r[0], err
}

// Read16 reads a word.
func (d *Wide) Read16(register uint16) (uint16, error) {
	err := d.Read(register, d.r[:2])
	return binary.BigEndian.Uint16(d.r[:]), err
}

// Read32 reads a double word.
func (d *Wide) Read32(register uint16) (uint32, error) {
	err := d.Read(register, d.r[:4])
	return binary.BigEndian.Uint32(d.r[:]), err
}

// Write writes values from register first onwards in one burst.
func (d *Wide) Write(first uint16, values []byte) error {
	d.w = append(binary.BigEndian.AppendUint16(d.w[:0], first), values...)
	return d.flush()
}

// Write8 writes one register.
func (d *Wide) Write8(register uint16, value byte) error {
	d.w = append(binary.BigEndian.AppendUint16(d.w[:0], register), value)
	return d.flush()
}

// Write16 writes a word.
func (d *Wide) Write16(register, value uint16) error {
	d.w = binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint16(d.w[:0], register), value)
	return d.flush()
}

// Write32 writes a double word.
func (d *Wide) Write32(register uint16, value uint32) error {
	d.w = binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint16(d.w[:0], register), value)
	return d.flush()
}

func (d *Wide) flush() error {
	if err := d.bus.Tx(d.addr, d.w, nil); err != nil {
		return fmt.Errorf("%s: writing register %#04x at %#02x: %w", d.chip, binary.BigEndian.Uint16(d.w), d.addr, err)
	}
	return nil
}
