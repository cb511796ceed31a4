// Package sht3x drives Sensirion's SHT30, SHT31 and SHT35, which measure the
// temperature and humidity of air.
package sht3x

import (
	"fmt"
	"time"

	"osmanthus/drivers"
	"osmanthus/drivers/sensirion"

	"periph.io/x/conn/v3/i2c"
)

// The 7-bit addresses that the pin ADDR chooses.
const (
	Addr     uint16 = 0x44 // ADDR low
	AddrHigh uint16 = 0x45 // ADDR high
)

// Frame is one measurement.
type Frame struct {
	TempC       float64 // °C, −45 to 130
	HumidityPct float64 // % relative humidity, 0 to 100
}

// Dev is one sensor. It is not safe for concurrent use.
type Dev struct {
	conn   *sensirion.Conn
	cfg    config
	halted bool
	words  [2]uint16
}

// New resets the sensor at addr and reads its status. nil opts means DefaultOpts.
//
// The sensor has no identity register. Who answers with a status that an SHT3x
// cannot have after its reset is a *drivers.IdentityError; who knows nothing of
// Sensirion's check sum is drivers.ErrChecksum.
func New(bus i2c.Bus, addr uint16, opts *Opts) (*Dev, error) {
	cfg, err := opts.config()
	if err != nil {
		return nil, err
	}
	d := &Dev{conn: sensirion.New(bus, addr, "sht3x"), cfg: cfg}
	// Break ends what another program may have started: while the sensor
	// measures by itself it takes no reset.
	if err := d.conn.Command(cmdBreak); err != nil {
		return nil, err
	}
	time.Sleep(time.Millisecond)
	if err := d.conn.Command(cmdReset); err != nil {
		return nil, err
	}
	time.Sleep(2 * time.Millisecond) // 1.5 ms at most
	status, err := d.Status()
	if err != nil {
		return nil, err
	}
	if status&^statusKnown != 0 || !status.Restarted() {
		return nil, fmt.Errorf("sht3x: probing: %w", &drivers.IdentityError{
			Chip: "SHT3x", Addr: addr, Got: uint16(status), Want: "a status after reset, as 0x8010",
		})
	}
	return d, nil
}

// Status reads the status register.
func (d *Dev) Status() (Status, error) {
	if err := d.conn.Command(cmdStatus); err != nil {
		return 0, err
	}
	err := d.conn.Read(d.words[:1])
	return Status(d.words[0]), err
}

// Sense measures once and waits for it: 16 ms at high repeatability.
func (d *Dev) Sense(f *Frame) error {
	*f = Frame{}
	if d.halted {
		return fmt.Errorf("sht3x: sensing: %w", drivers.ErrHalted)
	}
	if err := d.conn.Command(d.cfg.measure); err != nil {
		return err
	}
	time.Sleep(d.cfg.takes)
	if err := d.conn.Await(d.words[:], d.cfg.takes); err != nil {
		return err
	}
	*f = frame(d.words)
	return nil
}

func frame(words [2]uint16) Frame {
	return Frame{TempC: sensirion.Celsius(words[0]), HumidityPct: sensirion.Percent(words[1])}
}

// Halt ends the use of the driver; the sensor sleeps between measurements
// anyway. It is idempotent.
func (d *Dev) Halt() error {
	d.halted = true
	return nil
}

// String names the sensor and its address.
func (d *Dev) String() string { return fmt.Sprintf("SHT3x@%#02x", d.conn.Addr()) }
