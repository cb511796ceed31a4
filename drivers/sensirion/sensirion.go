// Package sensirion speaks as Sensirion's sensors do: commands without
// registers, and words of 16 bits that each have a check sum behind them.
package sensirion

import (
	"fmt"
	"time"

	"osmanthus/drivers"

	"periph.io/x/conn/v3/i2c"
)

// mostWords is the longest answer of any sensor here.
const mostWords = 3

// wordBytes is a word with its check sum.
const wordBytes = 3

// Conn is one sensor on a bus. It is not safe for concurrent use.
type Conn struct {
	bus  i2c.Bus
	addr uint16
	chip string
	w    [2 + wordBytes]byte
	r    [mostWords * wordBytes]byte
}

// New returns the sensor at the 7-bit address addr, which errors will call chip.
func New(bus i2c.Bus, addr uint16, chip string) *Conn {
	return &Conn{bus: bus, addr: addr, chip: chip}
}

// Addr is the sensor's 7-bit address.
func (c *Conn) Addr() uint16 { return c.addr }

// Command8 sends a command of 8 bits.
func (c *Conn) Command8(command byte) error {
	c.w[0] = command
	return c.send(1)
}

// Command sends a command of 16 bits.
func (c *Conn) Command(command uint16) error {
	c.w[0], c.w[1] = byte(command>>8), byte(command)
	return c.send(2)
}

// Set sends a command of 16 bits with one word for it.
func (c *Conn) Set(command, value uint16) error {
	c.w[0], c.w[1] = byte(command>>8), byte(command)
	c.w[2], c.w[3] = byte(value>>8), byte(value)
	c.w[4] = CRC(c.w[2:4])
	return c.send(len(c.w))
}

func (c *Conn) send(n int) error {
	if err := c.bus.Tx(c.addr, c.w[:n], nil); err != nil {
		return fmt.Errorf("%s: sending command %#x to %#02x: %w", c.chip, c.w[:min(n, 2)], c.addr, err)
	}
	return nil
}

// Read fills dst, up to three words, with what the sensor has to say. A wrong
// check sum is drivers.ErrChecksum, and leaves dst zero.
func (c *Conn) Read(dst []uint16) error {
	raw := c.r[:len(dst)*wordBytes]
	clear(raw)
	clear(dst)
	if err := c.bus.Tx(c.addr, nil, raw); err != nil {
		return fmt.Errorf("%s: reading from %#02x: %w", c.chip, c.addr, err)
	}
	if err := Words(dst, raw); err != nil {
		return fmt.Errorf("%s: reading from %#02x: %w", c.chip, c.addr, err)
	}
	return nil
}

// Await reads like Read. A sensor that is still measuring acknowledges nothing:
// it is asked four times more within patience before that counts as no answer.
func (c *Conn) Await(dst []uint16, patience time.Duration) error {
	err := c.Read(dst)
	for range 4 {
		if !drivers.NoAnswer(err) {
			return err
		}
		time.Sleep(patience / 4)
		err = c.Read(dst)
	}
	return err
}
