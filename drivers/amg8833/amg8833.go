// Package amg8833 drives Panasonic's Grid-EYE AMG8833 and its relatives of the
// AMG88 series: a picture of 8×8 temperatures.
package amg8833

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"time"

	"osmanthus/drivers"
	"osmanthus/drivers/reg"

	"periph.io/x/conn/v3/i2c"
)

// The 7-bit addresses that the pin AD_SELECT chooses.
const (
	Addr    uint16 = 0x69 // AD_SELECT high, as most boards are made
	AddrLow uint16 = 0x68 // AD_SELECT low
)

// The picture's size.
const (
	Width  = 8
	Height = 8
	pixels = Width * Height
)

// Registers and values, from Panasonic's specification of the Grid-EYE series
// AMG88, section "Register".
const (
	regPower      = 0x00
	regReset      = 0x01
	regFrameRate  = 0x02
	regLimits     = 0x08 // to 0x0D: of the interrupt, which is not used
	regThermistor = 0x0E
	regPixels     = 0x80

	powerNormal  = 0x00
	powerSleep   = 0x10
	resetAll     = 0x3F
	framesTen    = 0x00
	framesOne    = 0x01
	wakeTime     = 50 * time.Millisecond  // after a change of mode
	firstTime    = 200 * time.Millisecond // after a reset, two pictures at the faster rate
	settleTime   = 15 * time.Second       // until the temperatures are true
	limitsBytes  = regThermistor - regLimits
	pictureBytes = 2 * pixels
)

// mark is written to the limits of the interrupt, 12 bits each: a chip that
// lost its power, and so has to settle again, has zeros there.
var mark = [limitsBytes]byte{0x5A, 0x05, 0xA5, 0x0A, 0x3C, 0x03}

// Opts chooses the rate; a zero field takes the value of DefaultOpts.
type Opts struct {
	RateHz int // pictures a second, 10 or 1: ten are noisier
}

// DefaultOpts is fast enough to see a fall.
var DefaultOpts = Opts{RateHz: 10}

// Frame is one picture.
type Frame struct {
	PixelC   [pixels]float64 // °C, row by row as the chip numbers them
	BoardC   float64         // °C of the chip's thermistor
	Repeated bool            // every byte is as before: the chip has no newer picture
	Settling bool            // within 15 s of power-up the temperatures are not true yet
}

// Dev is one chip. It is not safe for concurrent use.
type Dev struct {
	reg    *reg.Dev
	period time.Duration
	began  time.Time
	halted bool
	head   [limitsBytes + 2]byte
	last   [2 + pictureBytes]byte // thermistor and pixels
	now    [2 + pictureBytes]byte
}

// New resets the chip at addr and starts it, which takes 0.25 s. nil opts means
// DefaultOpts.
//
// The chip has no identity register. Whose registers of 12 bits have more, who
// does not keep what is written or has no temperature is a *drivers.IdentityError.
func New(bus i2c.Bus, addr uint16, opts *Opts) (*Dev, error) {
	v := DefaultOpts
	if opts != nil && opts.RateHz != 0 {
		v.RateHz = opts.RateHz
	}
	frames := map[int]byte{10: framesTen, 1: framesOne}
	rate, known := frames[v.RateHz]
	if !known {
		return nil, fmt.Errorf("amg8833: rate %d Hz is not 10 or 1", v.RateHz)
	}
	d := &Dev{reg: reg.New(bus, addr, "amg8833"), period: time.Second / time.Duration(v.RateHz)}
	if err := d.identify(); err != nil {
		return nil, err
	}
	if err := d.configure(rate); err != nil {
		return nil, err
	}
	d.began = time.Now()
	return d, nil
}

// identify only reads: at 0x68 and 0x69 there are accelerometers, too, to which
// the first registers are their calibration.
func (d *Dev) identify() error {
	if err := d.reg.Read(regLimits, d.head[:]); err != nil {
		return err
	}
	for i := 1; i < len(d.head); i += 2 {
		if d.head[i]&0xF0 != 0 {
			return d.stranger(binary.LittleEndian.Uint16(d.head[i-1:]), "no more than 12 bits")
		}
	}
	return nil
}

func (d *Dev) stranger(got uint16, want string) error {
	return fmt.Errorf("amg8833: probing: %w", &drivers.IdentityError{Chip: "AMG8833", Addr: d.reg.Addr(), Got: got, Want: want})
}

func (d *Dev) configure(rate byte) error {
	if err := d.reg.Write8(regPower, powerNormal); err != nil {
		return err
	}
	time.Sleep(wakeTime)
	if err := d.reg.Write8(regReset, resetAll); err != nil {
		return err
	}
	for i, v := range mark {
		if err := d.reg.Write8(regLimits+byte(i), v); err != nil {
			return err
		}
	}
	time.Sleep(firstTime)
	if err := d.reg.Read(regLimits, d.head[:]); err != nil {
		return err
	}
	if !bytes.Equal(d.head[:limitsBytes], mark[:]) {
		return d.stranger(binary.LittleEndian.Uint16(d.head[:]), "0x055a as just written")
	}
	if binary.LittleEndian.Uint16(d.head[limitsBytes:]) == 0 {
		return d.stranger(0, "a thermistor that is not at zero")
	}
	return d.reg.Write8(regFrameRate, rate)
}

// Sense reads the latest picture. Call it once a Period; a picture that comes
// twice is Repeated. If the chip lost its power the error is
// drivers.ErrRestarted.
func (d *Dev) Sense(f *Frame) error {
	*f = Frame{}
	if d.halted {
		return fmt.Errorf("amg8833: sensing: %w", drivers.ErrHalted)
	}
	// The limits and the thermistor lie side by side.
	if err := d.reg.Read(regLimits, d.head[:]); err != nil {
		return err
	}
	if !bytes.Equal(d.head[:limitsBytes], mark[:]) {
		return fmt.Errorf("amg8833: sensing at %#02x: %w", d.reg.Addr(), drivers.ErrRestarted)
	}
	copy(d.now[:], d.head[limitsBytes:])
	if err := d.reg.Read(regPixels, d.now[2:]); err != nil {
		return err
	}
	parse(f, &d.now)
	f.Repeated = d.now == d.last
	f.Settling = time.Since(d.began) < settleTime
	d.last = d.now
	return nil
}

// parse fills f with the thermistor and the 64 pixels.
func parse(f *Frame, raw *[2 + pictureBytes]byte) {
	f.BoardC = thermistor(binary.LittleEndian.Uint16(raw[:]))
	for i := range f.PixelC {
		f.PixelC[i] = pixel(binary.LittleEndian.Uint16(raw[2+2*i:]))
	}
}

// pixel is a word of 12 bits, two's complement, a step 0.25 °C, in °C.
func pixel(word uint16) float64 { return float64(int16(word<<4)>>4) * 0.25 }

// thermistor is a sign and 11 bits of magnitude, a step 0.0625 °C, in °C.
func thermistor(word uint16) float64 {
	v := float64(word&0x7FF) * 0.0625
	if word&0x800 != 0 {
		return -v
	}
	return v
}

// Period is the time between two pictures.
func (d *Dev) Period() time.Duration { return d.period }

// Halt puts the chip to sleep. It is idempotent; the driver is of no use afterwards.
func (d *Dev) Halt() error {
	if d.halted {
		return nil
	}
	d.halted = true
	return d.reg.Write8(regPower, powerSleep)
}

// String names the chip and its address.
func (d *Dev) String() string { return fmt.Sprintf("AMG8833@%#02x", d.reg.Addr()) }
