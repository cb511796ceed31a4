package bme280

import (
	"encoding/binary"
	"errors"
)

// calibration is what the factory wrote into a BME280 or BMP280, by the names of
// the data sheet, table 16 "Compensation parameter storage".
type calibration struct {
	T1                             uint16
	T2, T3                         int16
	P1                             uint16
	P2, P3, P4, P5, P6, P7, P8, P9 int16
	H1                             uint8
	H2                             int16
	H3                             uint8
	H4, H5                         int16 // 12 bits
	H6                             int8
}

const (
	calibrationBytes = 26 // from regCalibration
	humidityBytes    = 7  // from regHumidityCal
)

// parseCalibration takes the registers from 0x88 and, of a BME280, from 0xE1.
func parseCalibration(b *[calibrationBytes]byte, h *[humidityBytes]byte) calibration {
	u := func(i int) uint16 { return binary.LittleEndian.Uint16(b[i:]) }
	s := func(i int) int16 { return int16(u(i)) }
	return calibration{
		T1: u(0), T2: s(2), T3: s(4),
		P1: u(6), P2: s(8), P3: s(10), P4: s(12), P5: s(14), P6: s(16), P7: s(18), P8: s(20), P9: s(22),
		H1: b[25], H2: int16(binary.LittleEndian.Uint16(h[:])), H3: h[2],
		H4: int16(int8(h[3]))<<4 | int16(h[4]&0x0F),
		H5: int16(int8(h[5]))<<4 | int16(h[4]>>4),
		H6: int8(h[6]),
	}
}

// plausible reports whether the calibration can be one: without these there is
// no temperature and no pressure.
func (c *calibration) plausible() bool {
	return c.T1 != 0 && c.T1 != 0xFFFF && c.T2 != 0 && c.P1 != 0 && c.P1 != 0xFFFF
}

// errPressure is a division by zero in the compensation of pressure.
var errPressure = errors.New("the calibration gives no pressure")

// The compensation is the one in double precision of the data sheet, section 8.1
// "Compensation formulas in double precision floating point".

// temperature is in °C; fine is carried into the other two.
func (c *calibration) temperature(adc int32) (celsius, fine float64) {
	a := float64(adc)
	v1 := (a/16384 - float64(c.T1)/1024) * float64(c.T2)
	v2 := a/131072 - float64(c.T1)/8192
	fine = v1 + v2*v2*float64(c.T3)
	return fine / 5120, fine
}

// pressure is in Pa.
func (c *calibration) pressure(adc int32, fine float64) (float64, error) {
	v1 := fine/2 - 64000
	v2 := v1 * v1 * float64(c.P6) / 32768
	v2 += v1 * float64(c.P5) * 2
	v2 = v2/4 + float64(c.P4)*65536
	v1 = (float64(c.P3)*v1*v1/524288 + float64(c.P2)*v1) / 524288
	v1 = (1 + v1/32768) * float64(c.P1)
	if v1 == 0 {
		return 0, errPressure
	}
	p := (1048576 - float64(adc) - v2/4096) * 6250 / v1
	v1 = float64(c.P9) * p * p / 2147483648
	v2 = p * float64(c.P8) / 32768
	return p + (v1+v2+float64(c.P7))/16, nil
}

// humidity is in %.
func (c *calibration) humidity(adc int32, fine float64) float64 {
	h := fine - 76800
	h = (float64(adc) - (float64(c.H4)*64 + float64(c.H5)/16384*h)) *
		(float64(c.H2) / 65536 * (1 + float64(c.H6)/67108864*h*(1+float64(c.H3)/67108864*h)))
	h *= 1 - float64(c.H1)*h/524288
	return min(max(h, 0), 100)
}

// raw are the converter's words of one measurement.
type raw struct{ temperature, pressure, humidity int32 }

// parseRaw takes the registers from 0xF7: six of a BMP280, eight of a BME280.
func parseRaw(b []byte) raw {
	twenty := func(b []byte) int32 { return int32(b[0])<<12 | int32(b[1])<<4 | int32(b[2])>>4 }
	r := raw{pressure: twenty(b), temperature: twenty(b[3:]), humidity: skippedHumidity}
	if len(b) >= 8 {
		r.humidity = int32(b[6])<<8 | int32(b[7])
	}
	return r
}
