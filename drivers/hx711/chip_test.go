package hx711

import (
	"errors"
	"time"

	"periph.io/x/conn/v3/gpio"
)

// chip is an HX711 as its data sheet describes it, and what is wrong with its
// two wires. It lives by the clock of the bubble.
type chip struct {
	value  uint32 // of the next conversions, by the gain below
	gained map[int]uint32
	period time.Duration

	high   time.Time // since when the clock is high, zero when it is low
	pulses int       // in the reading under way
	word   uint32
	extra  int // the gain that the last reading asked for
	next   time.Time
	raw    int // conversions that are still to settle

	// What is wrong.
	dead     bool // nobody there: the data line is pulled up
	shorted  bool // the data line is tied to ground
	deaf     int  // this pulse does not reach the chip, counted from 1
	stretch  map[int]time.Duration
	slow     time.Duration // each reading of the data line takes so long
	outs     int           // edges so far
	failOut  int           // this edge and those after it fail, counted from 1
	looks    int
	failRead int // this look and those after it fail
	in       error
}

var errWire = errors.New("wire is gone")

func newChip(value uint32) *chip {
	return &chip{value: value, extra: 1, period: 100 * time.Millisecond, next: time.Now().Add(400 * time.Millisecond)}
}

// dataPin and clockPin are its two ends.
type dataPin struct{ *chip }

type clockPin struct{ *chip }

func (dataPin) Name() string  { return "DT" }
func (clockPin) Name() string { return "SCK" }

func (c dataPin) In(gpio.Pull, gpio.Edge) error { return c.in }

func (c dataPin) Err() error {
	if c.failRead > 0 && c.looks >= c.failRead {
		return errWire
	}
	return nil
}

func (c dataPin) Read() gpio.Level {
	c.looks++
	time.Sleep(c.slow)
	return c.level()
}

func (c *chip) level() gpio.Level {
	switch {
	case c.shorted:
		return gpio.Low
	case c.dead:
		return gpio.High
	case c.pulses > 0 && c.pulses <= wordBits:
		return gpio.Level(c.word>>(wordBits-c.pulses)&1 == 1)
	}
	return gpio.Level(time.Now().Before(c.next))
}

func (c clockPin) Out(l gpio.Level) error {
	c.outs++
	if c.failOut > 0 && c.outs >= c.failOut {
		return errWire
	}
	now := time.Now()
	if l {
		if c.high = now; c.dead {
			return nil
		}
		if c.deaf > 0 {
			if c.deaf--; c.deaf == 0 {
				c.high = time.Time{}
				return nil
			}
		}
		c.pulse(now)
		time.Sleep(c.stretch[c.pulses])
		return nil
	}
	if !c.high.IsZero() && now.Sub(c.high) >= 60*time.Microsecond { // it was off, and wakes up
		c.pulses, c.extra, c.next, c.raw = 0, 1, now.Add(4*c.period), 3
	}
	c.high = time.Time{}
	return nil
}

// pulse is a rising edge. Those after the 24th choose the gain of the next
// conversion, and the first of them ends this one.
func (c *chip) pulse(now time.Time) {
	if ready := !now.Before(c.next); ready && (c.pulses == 0 || c.pulses > wordBits) {
		c.pulses, c.word = 0, c.value
		if c.gained != nil {
			c.word = c.gained[c.extra]
		}
		if c.raw > 0 {
			c.raw, c.word = c.raw-1, c.word^0x155555
		}
	} else if c.pulses == 0 {
		return // nothing to be read
	}
	if c.pulses++; c.pulses > wordBits {
		c.extra, c.next = c.pulses-wordBits, now.Add(c.period)
	}
}

// shifting is a clock that shifts by itself.
type shifting struct {
	clockPin
	err error
}

func (s shifting) Shift(data string, pulses int) (bits uint32, err error) {
	for i := range pulses {
		s.pulse(time.Now())
		if i < wordBits && s.level() {
			bits |= 1 << (wordBits - 1 - i)
		}
	}
	return bits, s.err
}
