// Package lsm6dso drives ST's LSM6DSO and LSM6DSOX, accelerometer and gyroscope,
// through their FIFO.
package lsm6dso

import (
	"encoding/binary"
	"fmt"
	"time"

	"osmanthus/drivers"
	"osmanthus/drivers/imu"
	"osmanthus/drivers/reg"

	"periph.io/x/conn/v3/i2c"
)

// The 7-bit addresses that the pin SA0 chooses.
const (
	Addr    uint16 = 0x6A // SA0 low
	AddrSA0 uint16 = 0x6B // SA0 high
)

// Frame is what Sense fills: acceleration in g, angular rate in °/s, and the
// temperature of the die.
type Frame = imu.Frame

// Dev is one chip. It is not safe for concurrent use.
type Dev struct {
	reg    *reg.Dev
	cfg    config
	halted bool
	torn   bool // a FIFO read broke off, or its words do not fit together
	pair   pairing
	buf    [burstBytes]byte
}

// New identifies the chip at addr, resets it and starts sampling into the FIFO.
// nil opts means DefaultOpts.
//
// Anything else at the address is a *drivers.IdentityError; so are the LSM6DS3
// (0x69) and LSM6DS3TR-C (0x6A), which look alike and have another FIFO.
func New(bus i2c.Bus, addr uint16, opts *Opts) (*Dev, error) {
	cfg, err := opts.config()
	if err != nil {
		return nil, err
	}
	d := &Dev{reg: reg.New(bus, addr, "lsm6dso"), cfg: cfg}
	if err := d.reg.Identify(regWhoAmI, whoAmI); err != nil {
		return nil, err
	}
	if err := d.reg.Finish("resetting", regCtrl3C, ctrl3Reset, 5*time.Millisecond); err != nil {
		return nil, err
	}
	if err := d.configure(); err != nil {
		return nil, err
	}
	return d, nil
}

func (d *Dev) configure() error {
	err := d.reg.WriteAll([]reg.Value{
		{Register: regCtrl3C, Value: ctrl3BlockIncr},
		{Register: regFIFOCtrl1, Value: 0},
		{Register: regFIFOCtrl2, Value: 0},
		{Register: regFIFOCtrl3, Value: d.cfg.odr<<4 | d.cfg.odr},
		{Register: regCtrl1XL, Value: d.cfg.odr<<4 | d.cfg.accel},
		{Register: regCtrl2G, Value: d.cfg.odr<<4 | d.cfg.gyro},
	})
	if err != nil {
		return err
	}
	// The gyroscope needs up to 70 ms to start; until then the FIFO would get
	// accelerations without their angular rates.
	time.Sleep(100 * time.Millisecond)
	return d.restartFIFO()
}

// restartFIFO empties the FIFO, so that it begins again with the first word of
// a sample.
func (d *Dev) restartFIFO() error {
	d.pair = pairing{}
	err := d.reg.WriteAll([]reg.Value{
		{Register: regFIFOCtrl4, Value: fifoBypass},
		{Register: regFIFOCtrl4, Value: fifoContinuous},
	})
	d.torn = err != nil
	return err
}

// Sense fills f with all samples that the FIFO holds, oldest first; there may
// be none. Call it at least every 2 s at 104 Hz: the FIFO holds 3 KiB.
//
// If the FIFO overflowed, or an earlier read broke off so that its words cannot
// be told apart, the frame has Overrun and no samples, and the FIFO starts
// afresh. If the chip lost its power the error is drivers.ErrRestarted.
func (d *Dev) Sense(f *Frame) error {
	f.Reset(d.cfg.period)
	f.HasGyro = true
	if d.halted {
		return fmt.Errorf("lsm6dso: sensing: %w", drivers.ErrHalted)
	}
	if d.torn {
		return d.overrun(f)
	}
	if err := d.reg.Read(regFIFOStat1, d.buf[:2]); err != nil {
		return err
	}
	words, overrun := int(d.buf[1]&statusCountHigh)<<8|int(d.buf[0]), d.buf[1]&statusOverrun != 0
	if overrun {
		return d.overrun(f)
	}
	if words == 0 {
		return d.checkRunning()
	}
	if err := d.reg.Read(regOutTemp, d.buf[:2]); err != nil {
		return err
	}
	f.TempC, f.HasTemp = temperature(int16(binary.LittleEndian.Uint16(d.buf[:]))), true
	if err := d.drain(f, words*wordBytes); err != nil {
		d.torn, f.Samples = true, f.Samples[:0]
		return err
	}
	if d.torn {
		f.Samples = f.Samples[:0]
		return d.overrun(f)
	}
	return nil
}

// drain takes n bytes from the FIFO, and sets torn if they do not fit together.
func (d *Dev) drain(f *Frame, n int) error {
	for n > 0 {
		part := d.buf[:min(n, burstBytes)]
		if err := d.reg.Read(regFIFOTag, part); err != nil {
			return err
		}
		var lost bool
		if f.Samples, lost = d.pair.parse(&d.cfg, f.Samples, part); lost {
			d.torn = true
			return nil
		}
		n -= len(part)
	}
	return nil
}

func (d *Dev) overrun(f *Frame) error {
	f.Overrun, f.HasTemp = true, false
	return d.restartFIFO()
}

// checkRunning tells an empty FIFO from a chip that went back to its power-on
// state, in which it would stay silent for ever.
func (d *Dev) checkRunning() error {
	mode, err := d.reg.Read8(regFIFOCtrl4)
	if err != nil {
		return err
	}
	if mode != fifoContinuous {
		return fmt.Errorf("lsm6dso: sensing at %#02x: %w", d.reg.Addr(), drivers.ErrRestarted)
	}
	return nil
}

// Period is the nominal time between two samples.
func (d *Dev) Period() time.Duration { return d.cfg.period }

// Halt powers both sensors down. It is idempotent; the driver is of no use afterwards.
func (d *Dev) Halt() error {
	if d.halted {
		return nil
	}
	d.halted = true
	return d.reg.WriteAll([]reg.Value{{Register: regCtrl1XL, Value: 0}, {Register: regCtrl2G, Value: 0}})
}

// String names the chip, its address and its ranges.
func (d *Dev) String() string {
	return fmt.Sprintf("LSM6DSO@%#02x ±%dg ±%d°/s", d.reg.Addr(), d.cfg.accelRange, d.cfg.gyroRange)
}
