// Package max30102 drives Maxim's MAX30102 pulse oximeter, red and infrared light
// from a finger, through its FIFO.
package max30102

import (
	"fmt"
	"time"

	"osmanthus/drivers"
	"osmanthus/drivers/reg"

	"periph.io/x/conn/v3/i2c"
	"periph.io/x/conn/v3/physic"
)

// Addr is the chip's only 7-bit address.
const Addr uint16 = 0x57

// Dev is one chip. It is not safe for concurrent use.
type Dev struct {
	reg    *reg.Dev
	cfg    config
	halted bool
	torn   bool // a FIFO read broke off
	buf    [fifoDepth * sampleBytes]byte
}

// New identifies the chip at addr, resets it and starts sampling into the FIFO.
// nil opts means DefaultOpts.
//
// Anything else at the address is a *drivers.IdentityError.
func New(bus i2c.Bus, addr uint16, opts *Opts) (*Dev, error) {
	cfg, err := opts.config()
	if err != nil {
		return nil, err
	}
	d := &Dev{reg: reg.New(bus, addr, "max30102"), cfg: cfg}
	if err := d.reg.Identify(regPartID, partID); err != nil {
		return nil, err
	}
	// The chip clears the bit when it has finished (page 18).
	if err := d.reg.Finish("resetting", regMode, modeReset, 10*time.Millisecond); err != nil {
		return nil, err
	}
	if err := d.configure(); err != nil {
		return nil, err
	}
	return d, nil
}

func (d *Dev) configure() error {
	led1, led2 := d.cfg.redLED, d.cfg.infraLED
	if d.cfg.swapped {
		led1, led2 = led2, led1
	}
	err := d.reg.WriteAll([]reg.Value{
		{Register: regIntEnable1, Value: intFull}, // for the status bit; the pin need not be wired
		{Register: regFIFOConfig, Value: d.cfg.fifo},
		{Register: regSpO2, Value: d.cfg.spo2},
		{Register: regLED1, Value: led1},
		{Register: regLED2, Value: led2},
		{Register: regMode, Value: modeSpO2},
	})
	if err != nil {
		return err
	}
	// Reading the status clears PWR_RDY: if it shows again, the supply failed.
	if _, err := d.reg.Read8(regIntStatus1); err != nil {
		return err
	}
	return d.restartFIFO()
}

func (d *Dev) restartFIFO() error {
	err := d.reg.WriteAll([]reg.Value{
		{Register: regFIFOWrite, Value: 0},
		{Register: regOverflow, Value: 0},
		{Register: regFIFORead, Value: 0},
	})
	d.torn = err != nil
	return err
}

// Sense fills f with all samples that the FIFO holds, oldest first; there may
// be none. Call it at least every 0.3 s at 100 Hz: the FIFO holds 32 samples.
//
// If the FIFO overflowed, or an earlier read broke off, the frame has Overrun
// and no samples, and the FIFO starts afresh. If the chip lost its power the
// error is drivers.ErrRestarted.
func (d *Dev) Sense(f *Frame) error {
	*f = Frame{Samples: f.Samples[:0], Period: d.cfg.period}
	if d.halted {
		return fmt.Errorf("max30102: sensing: %w", drivers.ErrHalted)
	}
	// One burst from the interrupt status to the FIFO's read pointer.
	if err := d.reg.Read(regIntStatus1, d.buf[:regFIFORead+1]); err != nil {
		return err
	}
	if d.buf[regIntStatus1]&intPowerReady != 0 {
		return fmt.Errorf("max30102: sensing at %#02x: %w", d.reg.Addr(), drivers.ErrRestarted)
	}
	n := available(d.buf[regFIFOWrite], d.buf[regFIFORead], d.buf[regIntStatus1]&intFull != 0)
	if d.torn || d.buf[regOverflow]&(fifoDepth-1) != 0 {
		f.Overrun = true
		return d.restartFIFO()
	}
	if n == 0 {
		return nil
	}
	raw := d.buf[:n*sampleBytes]
	if err := d.reg.Read(regFIFOData, raw); err != nil {
		d.torn = true
		return err
	}
	f.Samples = d.cfg.parse(f.Samples, raw)
	return nil
}

// available is the number of unread samples. Equal pointers mean none, unless
// the chip says that all places are taken.
func available(write, read byte, full bool) int {
	n := int(write-read) & (fifoDepth - 1)
	if n == 0 && full {
		return fifoDepth
	}
	return n
}

// DieTemperature measures the temperature of the die, which takes about 30 ms
// (page 21). It says how warm the LEDs are, not the person.
func (d *Dev) DieTemperature() (physic.Temperature, error) {
	if d.halted {
		return 0, fmt.Errorf("max30102: measuring temperature: %w", drivers.ErrHalted)
	}
	if err := d.reg.Finish("measuring temperature", regTempConfig, tempEnable, 10*time.Millisecond); err != nil {
		return 0, err
	}
	v, err := d.reg.Read16(regTempInt)
	return dieTemperature(byte(v>>8), byte(v)), err
}

func dieTemperature(whole, fraction byte) physic.Temperature {
	const sixteenth = physic.Kelvin / 16
	return physic.ZeroCelsius + physic.Temperature(int8(whole))*physic.Kelvin + physic.Temperature(fraction&0x0F)*sixteenth
}

// Period is the nominal time between two samples.
func (d *Dev) Period() time.Duration { return d.cfg.period }

// Halt shuts the chip and its LEDs down. It is idempotent; the driver is of no
// use afterwards.
func (d *Dev) Halt() error {
	if d.halted {
		return nil
	}
	d.halted = true
	return d.reg.Write8(regMode, modeShutdown)
}

// String names the chip and its address.
func (d *Dev) String() string { return fmt.Sprintf("MAX30102@%#02x", d.reg.Addr()) }
