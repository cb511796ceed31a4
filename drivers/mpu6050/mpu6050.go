// Package mpu6050 drives InvenSense's MPU-6050 accelerometer and gyroscope, and its
// relatives, through their FIFO.
package mpu6050

import (
	"encoding/binary"
	"fmt"
	"time"

	"osmanthus/drivers"
	"osmanthus/drivers/imu"
	"osmanthus/drivers/reg"

	"periph.io/x/conn/v3/i2c"
)

// The 7-bit addresses that the pin AD0 chooses.
const (
	Addr    uint16 = 0x68 // AD0 low
	AddrAD0 uint16 = 0x69 // AD0 high
)

// Frame is what Sense fills: acceleration in g, angular rate in °/s, and the
// temperature of the die where the variant's scale is known.
type Frame = imu.Frame

// Dev is one chip. It is not safe for concurrent use.
type Dev struct {
	reg     *reg.Dev
	variant Variant
	cfg     config
	halted  bool
	torn    bool // a FIFO read broke off: where the next sample begins is unknown
	buf     [burstBytes]byte
}

// New identifies the chip at addr, resets it (which takes 0.1 s) and starts
// sampling into the FIFO. nil opts means DefaultOpts.
//
// Anything else at the address is a *drivers.IdentityError.
func New(bus i2c.Bus, addr uint16, opts *Opts) (*Dev, error) {
	cfg, err := opts.config()
	if err != nil {
		return nil, err
	}
	d := &Dev{reg: reg.New(bus, addr, "mpu6050"), cfg: cfg}
	if err := d.identify(); err != nil {
		return nil, err
	}
	if err := d.configure(); err != nil {
		return nil, err
	}
	return d, nil
}

func (d *Dev) identify() error {
	id, err := d.reg.Read8(regWhoAmI)
	if err != nil {
		return err
	}
	d.variant = Variant(id)
	if d.variant.String() == "unknown" {
		return fmt.Errorf("mpu6050: probing: %w", &drivers.IdentityError{
			Chip: "MPU6050", Addr: d.reg.Addr(), Got: uint16(id), Want: "0x68, 0x70, 0x71, 0x72 or 0x98",
		})
	}
	return nil
}

func (d *Dev) configure() error {
	if err := d.reg.Write8(regPowerMgmt1, powerReset); err != nil {
		return err
	}
	time.Sleep(100 * time.Millisecond) // start-up time after DEVICE_RESET [4.30]
	err := d.reg.WriteAll([]reg.Value{
		{Register: regPowerMgmt1, Value: powerPLLGyro},
		{Register: regConfig, Value: d.cfg.dlpf},
		{Register: regSampleRateDiv, Value: d.cfg.div},
		{Register: regGyroConfig, Value: d.cfg.gyro},
		{Register: regAccelConfig, Value: d.cfg.accel},
		{Register: regIntEnable, Value: intFIFOOverflow}, // the status bit; the pin need not be wired
	})
	if err != nil {
		return err
	}
	if d.variant != MPU6050 {
		// From the MPU-6500 on the accelerometer has a filter of its own. In a
		// clone of the MPU-6050 it is the free-fall threshold, which nobody uses.
		if err := d.reg.Write8(regAccelConfig2, d.cfg.dlpf); err != nil {
			return err
		}
	}
	return d.restartFIFO()
}

// restartFIFO empties the FIFO with its inputs off, so that it begins again
// with the first byte of a sample.
func (d *Dev) restartFIFO() error {
	d.torn = true
	err := d.reg.WriteAll([]reg.Value{
		{Register: regFIFOEnable, Value: 0},
		{Register: regUserCtrl, Value: userFIFOReset},
		{Register: regUserCtrl, Value: userFIFOEnable},
		{Register: regFIFOEnable, Value: fifoGyroAccel},
	})
	d.torn = err != nil
	return err
}

// Sense fills f with all samples that the FIFO holds, oldest first; there may
// be none. Call it at least every 0.8 s at 100 Hz, or 0.4 s for a Variant other
// than MPU6050: the FIFO holds 83 samples, or 40.
//
// If the FIFO overflowed, or an earlier read broke off so that its bytes cannot
// be told apart, the frame has Overrun and no samples, and the FIFO starts
// afresh. If the chip lost its power the error is drivers.ErrRestarted.
func (d *Dev) Sense(f *Frame) error {
	f.Reset(d.cfg.period)
	f.HasGyro = true
	if d.halted {
		return fmt.Errorf("mpu6050: sensing: %w", drivers.ErrHalted)
	}
	if d.torn {
		return d.overrun(f)
	}
	// INT_STATUS, ACCEL_OUT and TEMP_OUT lie side by side: one burst for the
	// overflow bit and the temperature.
	if err := d.reg.Read(regIntStatus, d.buf[:9]); err != nil {
		return err
	}
	if d.buf[0]&intFIFOOverflow != 0 {
		return d.overrun(f)
	}
	f.TempC, f.HasTemp = d.variant.temperature(int16(binary.BigEndian.Uint16(d.buf[7:])))
	count, err := d.count()
	if err != nil {
		return err
	}
	if count > d.variant.almostFull() || count%sampleBytes != 0 {
		return d.overrun(f)
	}
	if count == 0 {
		return d.checkAwake()
	}
	return d.drain(f, count)
}

// count reads FIFO_COUNT. A sample that is just being written gives a broken
// count once; the same remainder again means that the FIFO is out of step.
func (d *Dev) count() (int, error) {
	n, err := d.reg.Read16(regFIFOCount)
	if err == nil && n%sampleBytes != 0 {
		n, err = d.reg.Read16(regFIFOCount)
	}
	return int(n), err
}

func (d *Dev) overrun(f *Frame) error {
	f.Overrun, f.HasTemp = true, false
	return d.restartFIFO()
}

// checkAwake tells an empty FIFO from a chip that went back to its power-on
// state, in which it sleeps and would stay silent for ever.
func (d *Dev) checkAwake() error {
	power, err := d.reg.Read8(regPowerMgmt1)
	if err != nil {
		return err
	}
	if power&powerSleep != 0 {
		return fmt.Errorf("mpu6050: sensing at %#02x: %w", d.reg.Addr(), drivers.ErrRestarted)
	}
	return nil
}

func (d *Dev) drain(f *Frame, count int) error {
	for count > 0 {
		n := min(count, burstBytes)
		if err := d.reg.Read(regFIFOData, d.buf[:n]); err != nil {
			d.torn = true
			f.Samples = f.Samples[:0]
			return err
		}
		f.Samples = d.cfg.parse(f.Samples, d.buf[:n])
		count -= n
	}
	return nil
}

// Variant is the member of the family that was found.
func (d *Dev) Variant() Variant { return d.variant }

// Period is the nominal time between two samples.
func (d *Dev) Period() time.Duration { return d.cfg.period }

// Halt puts the chip to sleep. It is idempotent; the driver is of no use afterwards.
func (d *Dev) Halt() error {
	if d.halted {
		return nil
	}
	d.halted = true
	return d.reg.Write8(regPowerMgmt1, powerSleep)
}

// String names the chip, its address and its ranges.
func (d *Dev) String() string {
	return fmt.Sprintf("%s@%#02x ±%dg ±%d°/s", d.variant, d.reg.Addr(), d.cfg.accelRange, d.cfg.gyroRange)
}
