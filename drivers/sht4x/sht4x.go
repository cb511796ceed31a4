// Package sht4x drives Sensirion's SHT40, SHT41 and SHT45, which measure the
// temperature and humidity of air.
package sht4x

import (
	"fmt"
	"time"

	"osmanthus/drivers"
	"osmanthus/drivers/sensirion"

	"periph.io/x/conn/v3/i2c"
)

// Addr is the 7-bit address of most of them; some are sold with 0x45 or 0x46.
const Addr uint16 = 0x44

// Commands and their times at most, from Sensirion's "Datasheet SHT4x", section
// 4 "Sensor Operation". Those of the heater are not used.
const (
	cmdMeasure = 0xFD // high precision
	cmdSerial  = 0x89
	cmdReset   = 0x94

	takes = 8300 * time.Microsecond
)

// Frame is one measurement.
type Frame struct {
	TempC       float64 // °C, −45 to 130
	HumidityPct float64 // % relative humidity, 0 to 100
}

// Dev is one sensor. It is not safe for concurrent use.
type Dev struct {
	conn   *sensirion.Conn
	serial uint32
	takes  time.Duration
	halted bool
	words  [2]uint16
}

// Opts are the choices: there are none. The heater stays off, and the precision
// is the highest, as the sensor is asked every few seconds.
type Opts struct{}

// DefaultOpts is what nil means.
var DefaultOpts Opts

// New resets the sensor at addr and reads its serial number, which with its
// check sums is what it has for an identity: who knows nothing of them is
// drivers.ErrChecksum.
func New(bus i2c.Bus, addr uint16, _ *Opts) (*Dev, error) {
	d := &Dev{conn: sensirion.New(bus, addr, "sht4x"), takes: takes}
	if err := d.conn.Command8(cmdReset); err != nil {
		return nil, err
	}
	time.Sleep(time.Millisecond)
	if err := d.conn.Command8(cmdSerial); err != nil {
		return nil, err
	}
	time.Sleep(time.Millisecond)
	if err := d.conn.Await(d.words[:], 2*time.Millisecond); err != nil {
		return nil, err
	}
	d.serial = uint32(d.words[0])<<16 | uint32(d.words[1])
	return d, nil
}

// Sense measures once and waits for it, 8.3 ms.
func (d *Dev) Sense(f *Frame) error {
	*f = Frame{}
	if d.halted {
		return fmt.Errorf("sht4x: sensing: %w", drivers.ErrHalted)
	}
	if err := d.conn.Command8(cmdMeasure); err != nil {
		return err
	}
	time.Sleep(d.takes)
	if err := d.conn.Await(d.words[:], d.takes); err != nil {
		return err
	}
	f.TempC = sensirion.Celsius(d.words[0])
	f.HumidityPct = min(max(percent(d.words[1]), 0), 100)
	return nil
}

// percent is a word of relative humidity in %. The scale reaches from −6 to 119
// so that the tolerance at its ends can be seen; air is between 0 and 100
// (section 4.6 "Conversion of Signal Output").
func percent(word uint16) float64 { return -6 + 125*float64(word)/65535 }

// Serial is the number by which Sensirion knows the sensor.
func (d *Dev) Serial() uint32 { return d.serial }

// Halt ends the use of the driver; the sensor sleeps between measurements
// anyway. It is idempotent.
func (d *Dev) Halt() error {
	d.halted = true
	return nil
}

// String names the sensor and its address.
func (d *Dev) String() string { return fmt.Sprintf("SHT4x@%#02x", d.conn.Addr()) }
