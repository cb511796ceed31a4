// Package vl53l1x drives ST's VL53L1X, which ranges by the time of flight of
// light, up to 4 m.
//
// It keeps to what ST's ultra lite driver does for plain ranging. Left out:
// the calibrations of offset and crosstalk (for a window in front of the chip),
// thresholds on the interrupt pin (the pin need not be wired), the adjustment
// after a change of temperature (open the driver again), and a second address
// (which the chip forgets when its power dips).
package vl53l1x

import (
	"fmt"
	"time"

	"osmanthus/drivers"
	"osmanthus/drivers/reg"

	"periph.io/x/conn/v3/i2c"
)

// Addr is the chip's 7-bit address.
const Addr uint16 = 0x29

// Dev is one chip. It is not safe for concurrent use.
type Dev struct {
	reg      *reg.Wide
	cfg      config
	interval uint32 // as written, to tell whether the chip has lost it
	mux      byte   // as the default configuration leaves it, with the interrupt's polarity
	halted   bool
	buf      [resultBytes]byte
}

// New identifies the chip at addr, waits until it has booted, configures it
// and starts ranging; this takes about 0.2 s. nil opts means DefaultOpts.
//
// Anything else at the address is a *drivers.IdentityError.
func New(bus i2c.Bus, addr uint16, opts *Opts) (*Dev, error) {
	cfg, err := opts.config()
	if err != nil {
		return nil, err
	}
	d := &Dev{reg: reg.NewWide(bus, addr, "vl53l1x", len(defaults)), cfg: cfg}
	id, err := d.reg.Read16(regModelID)
	if err != nil {
		return nil, err
	}
	if id != modelID {
		return nil, fmt.Errorf("vl53l1x: probing: %w", &drivers.IdentityError{
			Chip: "VL53L1X", Addr: addr, Got: id, Want: "0xeacc",
		})
	}
	for _, step := range []func() error{d.boot, d.firstRanging, d.configure} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return d, nil
}

func (d *Dev) boot() error {
	for range 50 {
		v, err := d.reg.Read8(regBoot)
		if err != nil {
			return err
		}
		if v&1 != 0 {
			return nil
		}
		time.Sleep(2 * time.Millisecond)
	}
	return fmt.Errorf("vl53l1x: booting at %#02x: %w", d.reg.Addr(), drivers.ErrStuck)
}

// firstRanging measures once with ST's defaults, by which the chip calibrates
// its detectors, and keeps what it found.
func (d *Dev) firstRanging() error {
	if err := d.reg.Write(regDefaults, defaults[:]); err != nil {
		return err
	}
	mux, err := d.reg.Read8(regHVMux)
	if err != nil {
		return err
	}
	d.mux = mux
	if err := d.reg.Write8(regStart, startRanging); err != nil {
		return err
	}
	if err := d.await(); err != nil {
		return err
	}
	for _, v := range []struct {
		register uint16
		value    byte
	}{{regInterruptClear, 1}, {regStart, stopRanging}, {regVHVTimeout, 0x09}, {regVHVInit, 0x00}} {
		if err := d.reg.Write8(v.register, v.value); err != nil {
			return err
		}
	}
	return nil
}

func (d *Dev) await() error {
	for range 100 {
		time.Sleep(10 * time.Millisecond)
		if ready, err := d.isReady(); err != nil || ready {
			return err
		}
	}
	return fmt.Errorf("vl53l1x: first ranging at %#02x: %w", d.reg.Addr(), drivers.ErrStuck)
}

// isReady reads the polarity of the interrupt and its level, side by side. Of a
// chip that lost its power the polarity is another, and the level says nothing.
func (d *Dev) isReady() (bool, error) {
	if err := d.reg.Read(regHVMux, d.buf[:2]); err != nil {
		return false, err
	}
	if d.buf[0] != d.mux {
		return false, d.restarted()
	}
	return d.buf[1]&1 == ^d.mux>>4&1, nil
}

func (d *Dev) restarted() error {
	return fmt.Errorf("vl53l1x: sensing at %#02x: %w", d.reg.Addr(), drivers.ErrRestarted)
}

func (d *Dev) configure() error {
	oscillator, err := d.reg.Read16(regOscillator)
	if err != nil {
		return err
	}
	d.interval = d.cfg.interval(oscillator)
	m := &d.cfg.mode
	for _, write := range []func() error{
		func() error { return d.reg.Write8(regPhaseCal, m.phaseCal) },
		func() error { return d.reg.Write8(regPeriodA, m.periodA) },
		func() error { return d.reg.Write8(regPeriodB, m.periodB) },
		func() error { return d.reg.Write8(regValidPhase, m.validPhase) },
		func() error { return d.reg.Write16(regWoiSD0, m.woi) },
		func() error { return d.reg.Write16(regInitialPhaseSD0, m.initialPhase) },
		func() error { return d.reg.Write16(regTimeoutA, d.cfg.budget[0]) },
		func() error { return d.reg.Write16(regTimeoutB, d.cfg.budget[1]) },
		func() error { return d.reg.Write32(regInterval, d.interval) },
		func() error { return d.reg.Write8(regROISize, d.cfg.roiSize) },
		func() error { return d.reg.Write8(regStart, startRanging) },
	} {
		if err := write(); err != nil {
			return err
		}
	}
	return nil
}

// Sense fills f with the measurement since the Sense before, or with a frame
// that is not Fresh if there is none. Measurements that nobody fetches are
// overwritten by the chip.
//
// If the chip lost its power the error is drivers.ErrRestarted.
func (d *Dev) Sense(f *Frame) error {
	*f = Frame{}
	if d.halted {
		return fmt.Errorf("vl53l1x: sensing: %w", drivers.ErrHalted)
	}
	ready, err := d.isReady()
	if err != nil {
		return err
	}
	if !ready {
		return d.checkRanging()
	}
	if err := d.reg.Read(regResult, d.buf[:]); err != nil {
		return err
	}
	if err := d.reg.Write8(regInterruptClear, 1); err != nil {
		return err // the same measurement would come again, as if it were new
	}
	*f = parse(&d.buf)
	return nil
}

// checkRanging tells a chip that is busy from one that went back to its
// power-on state, in which it would stay silent for ever.
func (d *Dev) checkRanging() error {
	v, err := d.reg.Read32(regInterval)
	if err != nil {
		return err
	}
	if v != d.interval {
		return d.restarted()
	}
	return nil
}

// Period is the time from one measurement to the next.
func (d *Dev) Period() time.Duration { return d.cfg.every }

// Halt stops ranging. It is idempotent; the driver is of no use afterwards.
func (d *Dev) Halt() error {
	if d.halted {
		return nil
	}
	d.halted = true
	return d.reg.Write8(regStart, stopRanging)
}

// String names the chip, its address and mode.
func (d *Dev) String() string { return fmt.Sprintf("VL53L1X@%#02x %s", d.reg.Addr(), d.cfg.name) }
