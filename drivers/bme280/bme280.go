// Package bme280 drives Bosch's BME280, which measures temperature, humidity and
// pressure of air, and its relatives BMP280 and BMP180, which know no humidity.
package bme280

import (
	"bytes"
	"fmt"
	"time"

	"osmanthus/drivers"
	"osmanthus/drivers/reg"

	"periph.io/x/conn/v3/i2c"
)

// The 7-bit addresses that the pin SDO chooses; a BMP180 has the higher.
const (
	Addr     uint16 = 0x76 // SDO low
	AddrHigh uint16 = 0x77 // SDO high
)

// Frame is one measurement.
type Frame struct {
	TempC       float64 // °C; the chip warms itself and its board by up to 1 °C
	PressurePa  float64 // Pa, as it is here, not reduced to the sea's level
	HumidityPct float64 // % relative humidity, where HasHumidity
	HasHumidity bool
}

// Opts are the choices: there are none. The chip measures once each Sense,
// without oversampling or filter, which for a room is fine enough (0.005 °C,
// 3 Pa, 0.07 % of noise; section 3.5 "Recommended modes of operation", weather).
type Opts struct{}

// DefaultOpts is what nil means.
var DefaultOpts Opts

// Dev is one chip. It is not safe for concurrent use.
type Dev struct {
	reg     *reg.Dev
	variant Variant
	cal     calibration
	cal180  calibration180
	takes   time.Duration
	halted  bool
	buf     [calibrationBytes]byte
}

// New identifies the chip at addr, resets it and reads its calibration.
//
// Anything else at the address is a *drivers.IdentityError.
func New(bus i2c.Bus, addr uint16, _ *Opts) (*Dev, error) {
	d := &Dev{reg: reg.New(bus, addr, "bme280"), takes: takes}
	id, err := d.reg.Read8(regID)
	if err != nil {
		return nil, err
	}
	if d.variant = Variant(id); d.variant.String() == "unknown" {
		return nil, fmt.Errorf("bme280: probing: %w", &drivers.IdentityError{
			Chip: "BME280", Addr: addr, Got: uint16(id), Want: "0x60, 0x58 or 0x55",
		})
	}
	if err := d.reset(); err != nil {
		return nil, err
	}
	if err := d.calibrate(); err != nil {
		return nil, err
	}
	if d.variant == BMP180 {
		return d, nil
	}
	return d, d.reg.Write8(regConfig, configMark)
}

// reset lasts 2 ms (10 in a BMP180), and until the calibration is copied.
func (d *Dev) reset() error {
	if err := d.reg.Write8(regReset, resetWord); err != nil {
		return err
	}
	if d.variant == BMP180 {
		time.Sleep(10 * time.Millisecond)
		return nil
	}
	for range 10 {
		time.Sleep(2 * time.Millisecond)
		status, err := d.reg.Read8(regStatus)
		if err != nil {
			return err
		}
		if status&statusUpdating == 0 {
			return nil
		}
	}
	return fmt.Errorf("bme280: resetting at %#02x: %w", d.reg.Addr(), drivers.ErrStuck)
}

func (d *Dev) calibrate() error {
	var main [calibrationBytes]byte
	var humidity [humidityBytes]byte
	var main180 [calibrationBytes180]byte
	plausible := false
	if d.variant == BMP180 {
		if err := d.twice(regCalibration180, main180[:]); err != nil {
			return err
		}
		d.cal180, plausible = parseCalibration180(&main180)
	} else {
		if err := d.twice(regCalibration, main[:]); err != nil {
			return err
		}
		if d.variant == BME280 {
			if err := d.twice(regHumidityCal, humidity[:]); err != nil {
				return err
			}
		}
		d.cal = parseCalibration(&main, &humidity)
		plausible = d.cal.plausible()
	}
	if !plausible {
		return fmt.Errorf("bme280: at %#02x: no factory wrote this calibration: a copy of the chip, or bad wires", d.reg.Addr())
	}
	return nil
}

// twice reads registers two times and wants the same: a bit that changed in the
// calibration would bend every measurement until the next start.
func (d *Dev) twice(first byte, dst []byte) error {
	if err := d.reg.Read(first, dst); err != nil {
		return err
	}
	again := d.buf[:len(dst)]
	if err := d.reg.Read(first, again); err != nil {
		return err
	}
	if !bytes.Equal(dst, again) {
		return fmt.Errorf("bme280: at %#02x: the calibration reads differently each time: check wires and pull-ups", d.reg.Addr())
	}
	return nil
}

// Sense measures once and waits for it, about 10 ms. A chip that lost its power
// is drivers.ErrRestarted.
func (d *Dev) Sense(f *Frame) error {
	*f = Frame{}
	if d.halted {
		return fmt.Errorf("bme280: sensing: %w", drivers.ErrHalted)
	}
	if d.variant == BMP180 {
		return d.sense180(f)
	}
	if d.variant == BME280 {
		if err := d.reg.Write8(regCtrlHum, oversampleOnce); err != nil {
			return err
		}
	}
	if err := d.reg.Write8(regCtrlMeas, ctrlMeas); err != nil {
		return err
	}
	if err := d.wait(); err != nil {
		return err
	}
	return d.read(f)
}

// wait returns when the measurement is over.
func (d *Dev) wait() error {
	time.Sleep(d.takes)
	for range 4 {
		// Status, control and configuration lie side by side.
		if err := d.reg.Read(regStatus, d.buf[:3]); err != nil {
			return err
		}
		if d.buf[2] != configMark {
			return fmt.Errorf("bme280: sensing at %#02x: %w", d.reg.Addr(), drivers.ErrRestarted)
		}
		if d.buf[0]&statusMeasuring == 0 {
			return nil
		}
		time.Sleep(d.takes / 4)
	}
	return fmt.Errorf("bme280: sensing at %#02x: %w", d.reg.Addr(), drivers.ErrStuck)
}

func (d *Dev) read(f *Frame) error {
	n := 8
	if d.variant == BMP280 {
		n = 6
	}
	if err := d.reg.Read(regData, d.buf[:n]); err != nil {
		return err
	}
	got, err := d.cal.frame(parseRaw(d.buf[:n]))
	if err == nil && d.variant == BME280 && !got.HasHumidity {
		err = errNothing
	}
	if err != nil {
		return fmt.Errorf("bme280: sensing at %#02x: %w", d.reg.Addr(), err)
	}
	*f = got
	return nil
}

// errNothing is a word that the chip leaves where it did not measure.
var errNothing = fmt.Errorf("it measured nothing: %w", drivers.ErrStuck)

// frame compensates one measurement.
func (c *calibration) frame(r raw) (f Frame, err error) {
	if r.temperature == skipped || r.pressure == skipped {
		return Frame{}, errNothing
	}
	celsius, fine := c.temperature(r.temperature)
	if f.PressurePa, err = c.pressure(r.pressure, fine); err != nil {
		return Frame{}, err
	}
	f.TempC = celsius
	if r.humidity != skippedHumidity {
		f.HumidityPct, f.HasHumidity = c.humidity(r.humidity, fine), true
	}
	return f, nil
}

// Variant is the member of the family that was found.
func (d *Dev) Variant() Variant { return d.variant }

// Halt ends the use of the driver; the chip sleeps between measurements anyway.
// It is idempotent.
func (d *Dev) Halt() error {
	d.halted = true
	return nil
}

// String names the chip and its address.
func (d *Dev) String() string { return fmt.Sprintf("%v@%#02x", d.variant, d.reg.Addr()) }
