// Package mlx90640 drives Melexis' MLX90640: a picture of 32×24 temperatures,
// reckoned with the calibration that its EEPROM holds.
package mlx90640

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"osmanthus/drivers"

	"periph.io/x/conn/v3/i2c"
)

// Addr is the 7-bit address as the factory sets it; it can be changed.
const Addr uint16 = 0x33

const (
	// burstWords is how much one transaction reads: at 100 kHz 256 bytes occupy
	// a shared bus for 24 ms.
	burstWords = 128
	// reflection is how much colder than the chip the walls are thought to be
	// (data sheet, section "Reflected temperature").
	reflection = 8
	// unsure is how many subpages after New are left out: the first were begun
	// with other settings.
	unsure = 2
	// mostTorn subpages in a row that were overwritten while they were read
	// mean that the bus is too slow.
	mostTorn = 8
	// mostLost pixels without a value make a picture none.
	mostLost = pixels / 10
)

// ErrTooSlow says that the bus cannot bring a subpage before the next is there.
var ErrTooSlow = errors.New("the bus is too slow for the rate: 400 kHz, or fewer pictures")

// Opts are the choices; a zero field takes the value of DefaultOpts.
type Opts struct {
	RateHz     int     // subpages a second, each half of the pixels: 1, 2, 4, 8 or 16
	Emissivity float64 // of what is looked at, 0.1 to 1
}

// DefaultOpts brings a whole picture twice a second. At a bus of 100 kHz that is
// 0.6 of its time; of 400 kHz, 0.15. Skin, clothes and walls send 0.9 to 0.98 of
// what they could.
var DefaultOpts = Opts{RateHz: 4, Emissivity: 0.95}

// Frame is what Sense fills.
type Frame struct {
	Fresh   bool            // a subpage came since the last Sense, and both were seen
	Overrun bool            // at least one subpage was lost before
	PixelC  [pixels]float64 // °C, row by row; half of them from the subpage before
	Subpage int             // which half is new
	ChipC   float64         // °C of the chip
	SupplyV float64
}

// Dev is one chip. It is not safe for concurrent use.
type Dev struct {
	bus        i2c.Bus
	addr       uint16
	control    uint16
	period     time.Duration
	emissivity float64
	cal        *calibration
	id         [3]uint16
	halted     bool

	skip  int  // subpages that are left out yet
	seen  uint // a bit for each subpage that the picture holds
	torn  int  // in a row
	last  int  // subpage, −1 before the first
	image [pixels]float64
	ram   [ramWords]uint16
	buf   [2 * burstWords]byte
	w     [4]byte
}

// New reads the calibration of the chip at addr twice, which takes a third of a
// second at 100 kHz, and starts it. nil opts means DefaultOpts.
//
// The chip has no identity register: whose EEPROM holds no calibration, or who
// does not keep what is written, is a *drivers.IdentityError.
func New(bus i2c.Bus, addr uint16, opts *Opts) (*Dev, error) {
	v := DefaultOpts
	if opts != nil {
		if opts.RateHz != 0 {
			v.RateHz = opts.RateHz
		}
		if opts.Emissivity != 0 {
			v.Emissivity = opts.Emissivity
		}
	}
	rate, known := map[int]uint16{1: 1, 2: 2, 4: 3, 8: 4, 16: 5}[v.RateHz]
	if !known {
		return nil, fmt.Errorf("mlx90640: rate %d Hz is not 1, 2, 4, 8 or 16", v.RateHz)
	}
	if !(v.Emissivity >= 0.1 && v.Emissivity <= 1) {
		return nil, fmt.Errorf("mlx90640: emissivity %v is not between 0.1 and 1", v.Emissivity)
	}
	d := &Dev{
		bus: bus, addr: addr, period: time.Second / time.Duration(v.RateHz), emissivity: v.Emissivity,
		control: controlSubpages | rate<<controlRate | defaultResolution<<controlResolution | controlChess,
		skip:    unsure, last: -1,
	}
	if err := d.calibrate(); err != nil {
		return nil, err
	}
	if err := d.write(addrControl, d.control); err != nil {
		return nil, err
	}
	got, err := d.word(addrControl)
	if err != nil {
		return nil, err
	}
	if got != d.control {
		return nil, d.stranger(got, fmt.Sprintf("%#04x as just written", d.control))
	}
	return d, d.write(addrStatus, statusClear)
}

// calibrate reads the EEPROM. A bit that changed on the way would bend every
// picture until the next start, so it is read twice.
func (d *Dev) calibrate() error {
	var ee [eepromWords]uint16
	for try := range 2 {
		if err := d.read(addrEEPROM, d.ram[:]); err != nil {
			return err
		}
		if try == 0 {
			ee = d.ram
		}
	}
	d.cal = newCalibration(&ee)
	d.id = [3]uint16(ee[7:10])
	if !d.cal.plausible() {
		return d.stranger(ee[7], "an EEPROM with a calibration")
	}
	if ee != d.ram {
		return fmt.Errorf("mlx90640: at %#02x: the calibration reads differently each time: check wires, pull-ups and the speed of the bus", d.addr)
	}
	return nil
}

func (d *Dev) stranger(got uint16, want string) error {
	return fmt.Errorf("mlx90640: probing: %w", &drivers.IdentityError{Chip: "MLX90640", Addr: d.addr, Got: got, Want: want})
}

// Sense reads the newest subpage, if there is one, into the picture. Call it a
// little more often than once a Period. If the chip lost its power the error is
// drivers.ErrRestarted.
func (d *Dev) Sense(f *Frame) error {
	*f = Frame{}
	if d.halted {
		return fmt.Errorf("mlx90640: sensing: %w", drivers.ErrHalted)
	}
	status, err := d.word(addrStatus)
	if err != nil || status&statusNew == 0 {
		return err
	}
	// The mark is cleared first: if it is there again after the reading, the
	// chip has written into what was read.
	if err := d.write(addrStatus, statusClear); err != nil {
		return err
	}
	if err := d.read(addrRAM, d.ram[:]); err != nil {
		return d.lose(err)
	}
	control, err := d.word(addrControl)
	if err != nil {
		return d.lose(err)
	}
	if control != d.control {
		return fmt.Errorf("mlx90640: sensing at %#02x: control %#04x: %w", d.addr, control, drivers.ErrRestarted)
	}
	again, err := d.word(addrStatus)
	if err != nil {
		return d.lose(err)
	}
	if again&statusNew != 0 {
		f.Overrun = true
		if d.torn++; d.torn >= mostTorn {
			d.torn = 0
			return d.lose(fmt.Errorf("mlx90640: sensing at %#02x: %w", d.addr, ErrTooSlow))
		}
		return d.lose(nil)
	}
	d.torn = 0
	return d.take(f, int(status&statusSubpage))
}

// lose begins the picture anew: half of it would be old.
func (d *Dev) lose(err error) error {
	d.seen, d.last = 0, -1
	return err
}

// take brings a subpage into the picture, and the picture into f.
func (d *Dev) take(f *Frame, subpage int) error {
	if d.skip > 0 {
		d.skip--
		return nil
	}
	s, err := d.cal.state(&d.ram, d.control)
	if err != nil {
		return d.lose(fmt.Errorf("mlx90640: sensing at %#02x: %w", d.addr, err))
	}
	if subpage == d.last { // the other was never seen
		f.Overrun, d.seen = true, 0
	}
	d.last = subpage
	d.cal.image(&d.image, &d.ram, s, subpage, d.emissivity, s.ta-reflection)
	if d.seen |= 1 << subpage; d.seen != 3 {
		return nil
	}
	f.PixelC = d.image
	if lost := d.cal.repair(&f.PixelC); lost > mostLost {
		*f = Frame{Overrun: true}
		return d.lose(fmt.Errorf("mlx90640: sensing at %#02x: %d of %d pixels have no value: what they see is far too hot or cold, or the chip is broken", d.addr, lost, pixels))
	}
	f.Fresh, f.Subpage, f.ChipC, f.SupplyV = true, subpage, s.ta, s.vdd
	return nil
}

// read fills dst with words from first onwards, in bursts.
func (d *Dev) read(first uint16, dst []uint16) error {
	for len(dst) > 0 {
		n := min(len(dst), burstWords)
		binary.BigEndian.PutUint16(d.w[:], first)
		if err := d.bus.Tx(d.addr, d.w[:2], d.buf[:2*n]); err != nil {
			return fmt.Errorf("mlx90640: reading %#04x at %#02x: %w", first, d.addr, err)
		}
		for i := range n {
			dst[i] = binary.BigEndian.Uint16(d.buf[2*i:])
		}
		dst, first = dst[n:], first+uint16(n)
	}
	return nil
}

// word reads one word. It takes its place in the buffer, not in the RAM's copy.
func (d *Dev) word(address uint16) (uint16, error) {
	binary.BigEndian.PutUint16(d.w[:], address)
	if err := d.bus.Tx(d.addr, d.w[:2], d.buf[:2]); err != nil {
		return 0, fmt.Errorf("mlx90640: reading %#04x at %#02x: %w", address, d.addr, err)
	}
	return binary.BigEndian.Uint16(d.buf[:]), nil
}

func (d *Dev) write(address, value uint16) error {
	binary.BigEndian.PutUint16(d.w[:], address)
	binary.BigEndian.PutUint16(d.w[2:], value)
	if err := d.bus.Tx(d.addr, d.w[:], nil); err != nil {
		return fmt.Errorf("mlx90640: writing %#04x at %#02x: %w", address, d.addr, err)
	}
	return nil
}

// Period is the time between two subpages.
func (d *Dev) Period() time.Duration { return d.period }

// ID is the three words by which Melexis knows the chip.
func (d *Dev) ID() [3]uint16 { return d.id }

// Halt ends the use of the driver; the chip has no sleep and goes on measuring.
// It is idempotent.
func (d *Dev) Halt() error {
	d.halted = true
	return nil
}

// String names the chip and its address.
func (d *Dev) String() string { return fmt.Sprintf("MLX90640@%#02x", d.addr) }
