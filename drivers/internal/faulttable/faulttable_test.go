package faulttable

import (
	"fmt"
	"testing"

	"osmanthus/drivers"
	"osmanthus/drivers/reg"

	"periph.io/x/conn/v3/i2c"
	"periph.io/x/conn/v3/physic"
)

// thermometer is the smallest chip that there can be: register 0 is its
// identity, register 1 a temperature with its complement behind it.
type thermometer struct{}

func (thermometer) Tx(_ uint16, w, r []byte) error {
	switch {
	case len(r) == 1:
		r[0] = 0x42
	case len(r) == 2:
		r[0], r[1] = 21, ^byte(21)
	}
	return nil
}
func (thermometer) SetSpeed(physic.Frequency) error { return nil }
func (thermometer) String() string                  { return "thermometer" }

type frame struct{ celsius []int8 }

// dev drives it, with every duty of a driver.
type dev struct {
	reg    *reg.Dev
	halted bool
}

func open(b i2c.Bus) (Device[frame], error) {
	d := &dev{reg: reg.New(b, 0x40, "thermometer")}
	id, err := d.reg.Read8(0)
	if err != nil {
		return nil, err
	}
	if id != 0x42 {
		return nil, &drivers.IdentityError{Chip: "thermometer", Addr: 0x40, Got: uint16(id), Want: "0x42"}
	}
	return d, nil
}

func (d *dev) Sense(f *frame) error {
	f.celsius = f.celsius[:0]
	if d.halted {
		return drivers.ErrHalted
	}
	v, err := d.reg.Read16(1)
	if err != nil {
		return err
	}
	if byte(v) != ^byte(v>>8) {
		return fmt.Errorf("thermometer: sensing: %w", drivers.ErrChecksum)
	}
	f.celsius = append(f.celsius, int8(v>>8))
	return nil
}

func (d *dev) Halt() error {
	if d.halted {
		return nil
	}
	d.halted = true
	return d.reg.Write8(2, 0)
}

func (d *dev) String() string { return "thermometer@0x40" }

func TestA2_ADriverThatDoesItsDutyPassesTheTable(t *testing.T) {
	Driver[frame]{
		Well: func() i2c.Bus { return thermometer{} }, New: open, Checksum: true,
		Values: func(f *frame) int { return len(f.celsius) },
	}.Test(t)
}
