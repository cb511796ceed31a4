package bme280

import (
	"encoding/binary"
	"fmt"
	"time"

	"osmanthus/drivers"
)

// Registers of the BMP180 that its successors do not have (section 4 "Global
// memory map").
const (
	regCalibration180 = 0xAA // to 0xBF, high byte first
	regData180        = 0xF6

	measureTemp180     = 0x2E
	measurePressure180 = 0x34 // with oversampling << 6
	running180         = 0x20 // SCO: set while it measures

	// oversampling180 is "standard": 7.5 ms (table 8).
	oversampling180 = 1
	takesTemp180    = 4500 * time.Microsecond
	takesPres180    = 7500 * time.Microsecond
)

// calibration180 is what the factory wrote into a BMP180 (section 3.4
// "Calibration coefficients").
type calibration180 struct {
	AC1, AC2, AC3      int16
	AC4, AC5, AC6      uint16
	B1, B2, MB, MC, MD int16
}

const calibrationBytes180 = 22

func parseCalibration180(b *[calibrationBytes180]byte) (c calibration180, plausible bool) {
	plausible = true
	u := func(i int) uint16 {
		v := binary.BigEndian.Uint16(b[i:])
		plausible = plausible && v != 0 && v != 0xFFFF // no word is that; section 3.4
		return v
	}
	s := func(i int) int16 { return int16(u(i)) }
	return calibration180{
		AC1: s(0), AC2: s(2), AC3: s(4), AC4: u(6), AC5: u(8), AC6: u(10),
		B1: s(12), B2: s(14), MB: s(16), MC: s(18), MD: s(20),
	}, plausible
}

// compensate gives °C and Pa of the converter's words, which for pressure have
// 16 + oss bits (section 3.5 "Calculating pressure and temperature": integers,
// as there).
func (c *calibration180) compensate(ut, up int64, oss uint) (celsius, pascal float64, err error) {
	x1 := (ut - int64(c.AC6)) * int64(c.AC5) >> 15
	if x1+int64(c.MD) == 0 {
		return 0, 0, errPressure
	}
	b5 := x1 + int64(c.MC)<<11/(x1+int64(c.MD))
	celsius = float64((b5+8)>>4) / 10
	b6 := b5 - 4000
	x3 := int64(c.B2)*(b6*b6>>12)>>11 + int64(c.AC2)*b6>>11
	b3 := ((int64(c.AC1)*4+x3)<<oss + 2) / 4
	x3 = (int64(c.AC3)*b6>>13 + int64(c.B1)*(b6*b6>>12)>>16 + 2) >> 2
	b4 := int64(c.AC4) * (x3 + 32768) >> 15
	if b4 == 0 {
		return 0, 0, errPressure
	}
	b7 := (up - b3) * (50000 >> oss)
	p := b7 * 2 / b4
	if b7 >= 1<<31 {
		p = b7 / b4 * 2
	}
	x1 = (p >> 8) * (p >> 8) * 3038 >> 16
	return celsius, float64(p + (x1+-7357*p>>16+3791)>>4), nil
}

// sense180 measures temperature, then pressure.
func (d *Dev) sense180(f *Frame) error {
	ut, err := d.measure180(measureTemp180, takesTemp180, d.buf[:2])
	if err != nil {
		return err
	}
	up, err := d.measure180(measurePressure180|oversampling180<<6, takesPres180, d.buf[:3])
	if err != nil {
		return err
	}
	c, p, err := d.cal180.compensate(ut, up>>(8-oversampling180), oversampling180)
	if err != nil {
		return fmt.Errorf("bme280: sensing at %#02x: %w", d.reg.Addr(), err)
	}
	*f = Frame{TempC: c, PressurePa: p}
	return nil
}

func (d *Dev) measure180(what byte, takes time.Duration, dst []byte) (int64, error) {
	if err := d.reg.Write8(regCtrlMeas, what); err != nil {
		return 0, err
	}
	for range 4 {
		time.Sleep(takes)
		state, err := d.reg.Read8(regCtrlMeas)
		if err != nil {
			return 0, err
		}
		if state&running180 != 0 {
			continue
		}
		if err := d.reg.Read(regData180, dst); err != nil {
			return 0, err
		}
		v := int64(0)
		for _, b := range dst {
			v = v<<8 | int64(b)
		}
		return v, nil
	}
	return 0, fmt.Errorf("bme280: measuring at %#02x: %w", d.reg.Addr(), drivers.ErrStuck)
}
