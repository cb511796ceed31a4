// Package scd4x drives Sensirion's SCD40, SCD41 and SCD43, which measure the
// carbon dioxide, temperature and humidity of air.
package scd4x

import (
	"errors"
	"fmt"
	"time"

	"osmanthus/drivers"
	"osmanthus/drivers/sensirion"

	"periph.io/x/conn/v3/i2c"
)

// Addr is the sensor's only 7-bit address.
const Addr uint16 = 0x62

// Commands and their times, from Sensirion's "Datasheet SCD4x", section 3
// "Digital Interface Description".
const (
	cmdStart    = 0x21B1 // periodic measurement, every 5 s
	cmdStartLow = 0x21AC // low power, every 30 s
	cmdStop     = 0x3F86 // 500 ms
	cmdReady    = 0xE4B8
	cmdMeasured = 0xEC05
	cmdSerial   = 0x3682
	cmdAltitude = 0x2427 // in metres
	cmdWake     = 0x36F6 // 30 ms, and is not acknowledged

	cmdTime  = time.Millisecond
	stopTime = 500 * time.Millisecond
	wakeTime = 30 * time.Millisecond
)

// readyMask are the bits of the answer to cmdReady of which one is set when a
// measurement waits.
const readyMask = 0x07FF

// Opts are the choices; the zero value is DefaultOpts.
type Opts struct {
	LowPower  bool // measure every 30 s instead of every 5 s
	AltitudeM int  // metres above the sea, 0 to 3000: thin air holds fewer molecules
}

// DefaultOpts measures every 5 s at sea level.
var DefaultOpts = Opts{}

// Frame is what Sense fills.
type Frame struct {
	Fresh       bool // there is a measurement that was not given before
	CO2PPM      int  // parts per million
	TempC       float64
	HumidityPct float64
}

// Dev is one sensor. It is not safe for concurrent use.
type Dev struct {
	conn   *sensirion.Conn
	serial uint64
	every  time.Duration
	fresh  time.Time // of the last measurement, or of the start
	halted bool
	words  [3]uint16
}

// New stops what the sensor at addr is doing, reads its serial number, which
// with its check sums is what it has for an identity, and starts measuring. It
// takes half a second; the first measurement comes after 5 s. nil opts means
// DefaultOpts.
//
// Who knows nothing of Sensirion's check sum is drivers.ErrChecksum. The
// sensor's own calibration, which takes the least CO₂ of a week for fresh air,
// stays as it is set: a room that is never aired reads too low.
func New(bus i2c.Bus, addr uint16, opts *Opts) (*Dev, error) {
	v := DefaultOpts
	if opts != nil {
		v = *opts
	}
	if v.AltitudeM < 0 || v.AltitudeM > 3000 {
		return nil, fmt.Errorf("scd4x: altitude %d m is not between 0 and 3000", v.AltitudeM)
	}
	d := &Dev{conn: sensirion.New(bus, addr, "scd4x"), every: 5 * time.Second}
	if err := d.stop(); err != nil {
		return nil, err
	}
	if err := d.ask(cmdSerial, d.words[:]); err != nil {
		return nil, err
	}
	d.serial = uint64(d.words[0])<<32 | uint64(d.words[1])<<16 | uint64(d.words[2])
	if err := d.conn.Set(cmdAltitude, uint16(v.AltitudeM)); err != nil {
		return nil, err
	}
	time.Sleep(cmdTime)
	start := uint16(cmdStart)
	if v.LowPower {
		start, d.every = cmdStartLow, 30*time.Second
	}
	if err := d.conn.Command(start); err != nil {
		return nil, err
	}
	d.fresh = time.Now()
	return d, nil
}

// stop ends periodic measurement. A sensor that was put to sleep acknowledges
// nothing and is woken first.
func (d *Dev) stop() error {
	err := d.conn.Command(cmdStop)
	if drivers.NoAnswer(err) {
		if wake := d.conn.Command(cmdWake); wake != nil && !drivers.NoAnswer(wake) {
			return errors.Join(err, wake)
		}
		time.Sleep(wakeTime)
		err = d.conn.Command(cmdStop)
	}
	if err != nil {
		return err
	}
	time.Sleep(stopTime)
	return nil
}

// ask sends a command and reads its answer.
func (d *Dev) ask(command uint16, answer []uint16) error {
	if err := d.conn.Command(command); err != nil {
		return err
	}
	time.Sleep(cmdTime)
	return d.conn.Await(answer, 4*cmdTime)
}

// Sense gives the latest measurement if it was not given before. A sensor that
// has had none for three of its periods has lost its power, and so its
// command to measure: drivers.ErrRestarted.
func (d *Dev) Sense(f *Frame) error {
	*f = Frame{}
	if d.halted {
		return fmt.Errorf("scd4x: sensing: %w", drivers.ErrHalted)
	}
	if err := d.ask(cmdReady, d.words[:1]); err != nil {
		return err
	}
	now := time.Now()
	if !ready(d.words[0]) {
		if now.Sub(d.fresh) > 3*d.every {
			return fmt.Errorf("scd4x: sensing at %#02x: nothing for %v: %w", d.conn.Addr(), 3*d.every, drivers.ErrRestarted)
		}
		return nil
	}
	if err := d.ask(cmdMeasured, d.words[:]); err != nil {
		return err
	}
	d.fresh = now
	*f = frame(d.words)
	return nil
}

func ready(word uint16) bool { return word&readyMask != 0 }

func frame(words [3]uint16) Frame {
	return Frame{
		Fresh: true, CO2PPM: int(words[0]),
		TempC: sensirion.Celsius(words[1]), HumidityPct: sensirion.Percent(words[2]),
	}
}

// Every is how often there is a measurement.
func (d *Dev) Every() time.Duration { return d.every }

// Serial is the number of 48 bits by which Sensirion knows the sensor.
func (d *Dev) Serial() uint64 { return d.serial }

// Halt stops measuring, which the sensor does within half a second. It is
// idempotent; the driver is of no use afterwards.
func (d *Dev) Halt() error {
	if d.halted {
		return nil
	}
	d.halted = true
	return d.conn.Command(cmdStop)
}

// String names the sensor and its address.
func (d *Dev) String() string { return fmt.Sprintf("SCD4x@%#02x", d.conn.Addr()) }
