package sim

import (
	"encoding/binary"
	"sync"
	"time"
)

// AMG8833 models Panasonic's thermal array of 8×8 pixels.
type AMG8833 struct {
	mu     sync.Mutex
	file   file
	heat   Heat
	reg    [256]byte
	at     time.Time
	rhythm rhythm
}

// NewAMG8833 returns a chip as after power-up: it measures at once.
func NewAMG8833(heat Heat) *AMG8833 {
	a := &AMG8833{heat: heat}
	a.powerOn()
	return a
}

// PowerCycle is a dip of the supply: every register falls back.
func (a *AMG8833) PowerCycle() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.powerOn()
}

// powerOn: when the first picture is due is known at the next transfer.
func (a *AMG8833) powerOn() { a.reg, a.rhythm = [256]byte{}, rhythm{} }

// Tx implements Chip.
func (a *AMG8833) Tx(w, r []byte, at time.Time) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.at = at
	asleep := a.reg[0] != 0
	if a.rhythm.period == 0 && !asleep {
		a.restart()
	}
	a.rhythm.each(at, 1, a.see)
	return a.file.tx(a, w, r)
}

func (a *AMG8833) restart() {
	period := 100 * time.Millisecond
	if a.reg[2]&1 != 0 {
		period = time.Second
	}
	a.rhythm.start(a.at, period)
}

// see takes a picture: 12 bits, two's complement, 0.25 °C a step.
func (a *AMG8833) see(at time.Time) {
	for i := range 64 {
		steps := quantise(a.heat.pixel(at, i%8, i/8, 8, 8) * 4)
		binary.LittleEndian.PutUint16(a.reg[0x80+2*i:], uint16(max(-2048, min(2047, steps)))&0xFFF)
	}
	// The thermistor has a sign and a magnitude, 0.0625 °C a step.
	binary.LittleEndian.PutUint16(a.reg[0x0E:], uint16(dieCelsius/0.0625))
}

func (a *AMG8833) fixed(byte) bool         { return false }
func (a *AMG8833) load(register byte) byte { return a.reg[register] }

func (a *AMG8833) store(register, value byte) {
	switch {
	case register == 0x00:
		a.reg[0] = value
		if a.rhythm.stop(); value == 0 {
			a.restart()
		}
	case register == 0x01 && value == 0x3F:
		power := a.reg[0]
		a.powerOn()
		if a.reg[0] = power; power == 0 {
			a.restart()
		}
	case register == 0x02:
		a.reg[2] = value & 1
		a.restart()
	case register >= 0x08 && register <= 0x0D:
		if a.reg[register] = value; register&1 != 0 {
			a.reg[register] &= 0x0F
		}
	}
}
