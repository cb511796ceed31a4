// Package adxl345 drives Analog Devices' ADXL345 accelerometer through its FIFO.
package adxl345

import (
	"encoding/binary"
	"fmt"
	"time"

	"osmanthus/drivers"
	"osmanthus/drivers/imu"
	"osmanthus/drivers/reg"

	"periph.io/x/conn/v3/i2c"
)

// The 7-bit addresses that the pin ALT ADDRESS chooses.
const (
	Addr    uint16 = 0x53 // low
	AddrAlt uint16 = 0x1D // high
)

// Frame is what Sense fills: acceleration in g alone.
type Frame = imu.Frame

// Opts chooses the rate; zero takes the value of DefaultOpts.
type Opts struct {
	RateHz int // samples a second: 25, 50, 100 or 200
}

// DefaultOpts suits a wrist or a waist.
var DefaultOpts = Opts{RateHz: 100}

// rateCodes are the rates of BW_RATE that the driver offers.
var rateCodes = map[int]byte{25: 0x08, 50: 0x09, 100: 0x0A, 200: 0x0B}

// Dev is one chip. It is not safe for concurrent use.
type Dev struct {
	reg    *reg.Dev
	period time.Duration
	code   byte
	halted bool
	torn   bool // a read of a sample broke off: nobody knows whether it left the FIFO
	buf    [sampleBytes]byte
}

// New identifies the chip at addr, sets it to ±16 g in full resolution and
// starts sampling into the FIFO. nil opts means DefaultOpts.
//
// Anything else at the address is a *drivers.IdentityError.
func New(bus i2c.Bus, addr uint16, opts *Opts) (*Dev, error) {
	v := DefaultOpts
	if opts != nil && opts.RateHz != 0 {
		v = *opts
	}
	code, ok := rateCodes[v.RateHz]
	if !ok {
		return nil, fmt.Errorf("adxl345: rate %d Hz is not 25, 50, 100 or 200", v.RateHz)
	}
	d := &Dev{reg: reg.New(bus, addr, "adxl345"), code: code, period: time.Second / time.Duration(v.RateHz)}
	if err := d.reg.Identify(regDevID, devID); err != nil {
		return nil, err
	}
	if err := d.configure(); err != nil {
		return nil, err
	}
	return d, nil
}

// configure sets everything that a former user may have changed: the chip has
// no reset.
func (d *Dev) configure() error {
	err := d.reg.WriteAll([]reg.Value{
		{Register: regPower, Value: powerStandby},
		{Register: regIntEnable, Value: 0},
		{Register: regOffsetX, Value: 0},
		{Register: regOffsetX + 1, Value: 0},
		{Register: regOffsetX + 2, Value: 0},
		{Register: regRate, Value: d.code},
		{Register: regFormat, Value: formatFull16},
		{Register: regPower, Value: powerMeasure},
	})
	if err != nil {
		return err
	}
	return d.restartFIFO()
}

func (d *Dev) restartFIFO() error {
	err := d.reg.WriteAll([]reg.Value{
		{Register: regFIFO, Value: fifoBypass},
		{Register: regFIFO, Value: fifoStream},
	})
	d.torn = err != nil
	return err
}

// Sense fills f with all samples that the FIFO holds, oldest first; there may
// be none. Call it at least every 0.3 s at 100 Hz: the FIFO holds 32 samples.
// Each costs a transaction, since the chip gives one at a time.
//
// If the FIFO overflowed, or an earlier read broke off, the frame has Overrun
// and no samples, and the FIFO starts afresh. If the chip lost its power the
// error is drivers.ErrRestarted.
func (d *Dev) Sense(f *Frame) error {
	f.Reset(d.period)
	if d.halted {
		return fmt.Errorf("adxl345: sensing: %w", drivers.ErrHalted)
	}
	if d.torn {
		return d.overrun(f)
	}
	flags, err := d.reg.Read8(regIntSource)
	if err != nil {
		return err
	}
	if flags&intOverrun != 0 {
		return d.overrun(f)
	}
	status, err := d.reg.Read8(regFIFOStatus)
	if err != nil {
		return err
	}
	n := int(status & 0x3F)
	if n == 0 {
		return d.checkMeasuring()
	}
	for range min(n, fifoDepth) {
		// The next sample is in place 5 µs after a read; addressing the chip
		// again takes 22 µs at 400 kHz.
		if err := d.reg.Read(regData, d.buf[:]); err != nil {
			d.torn, f.Samples = true, f.Samples[:0]
			return err
		}
		f.Samples = append(f.Samples, parse(&d.buf))
	}
	return nil
}

// parse is one sample of the data registers.
func parse(raw *[sampleBytes]byte) (s imu.Sample) {
	for axis := range s.AccelG {
		s.AccelG[axis] = float64(int16(binary.LittleEndian.Uint16(raw[2*axis:]))) * gPerLSB
	}
	return s
}

func (d *Dev) overrun(f *Frame) error {
	f.Overrun = true
	return d.restartFIFO()
}

// checkMeasuring tells an empty FIFO from a chip that went back to its power-on
// state, in which it stands by and would stay silent for ever.
func (d *Dev) checkMeasuring() error {
	power, err := d.reg.Read8(regPower)
	if err != nil {
		return err
	}
	if power&powerMeasure == 0 {
		return fmt.Errorf("adxl345: sensing at %#02x: %w", d.reg.Addr(), drivers.ErrRestarted)
	}
	return nil
}

// Period is the nominal time between two samples.
func (d *Dev) Period() time.Duration { return d.period }

// Halt lets the chip stand by. It is idempotent; the driver is of no use afterwards.
func (d *Dev) Halt() error {
	if d.halted {
		return nil
	}
	d.halted = true
	return d.reg.Write8(regPower, powerStandby)
}

// String names the chip and its address.
func (d *Dev) String() string { return fmt.Sprintf("ADXL345@%#02x", d.reg.Addr()) }
