package sim

import (
	"encoding/binary"
	"math"
	"sync"
	"syscall"
	"time"
)

// Registers of the VL53L1X, by what they are for.
const (
	vlMux       = 0x0030 // bit 4: the interrupt is active low
	vlGPIO      = 0x0031 // bit 0: level of the interrupt
	vlPeriodA   = 0x0060 // 0x0F looks far, 0x07 near
	vlInterval  = 0x006C
	vlClear     = 0x0086
	vlStart     = 0x0087
	vlResult    = 0x0089
	vlOsc       = 0x00DE
	vlBoot      = 0x00E5
	vlModelID   = 0x010F
	vlRegisters = 0x0200

	vlOscillator = 0x0150 // some chip's
	vlBootTime   = 1200 * time.Microsecond
	vlFirst      = 100 * time.Millisecond // of the first ranging, by the default configuration
)

// Range is how far away something is at an instant, in metres; beyond the
// chip's reach, infinity or no number it sees nothing.
type Range func(at time.Time) float64

// VL53L1X models ST's time-of-flight sensor.
type VL53L1X struct {
	mu     sync.Mutex
	source Range
	model  uint16

	reg     [vlRegisters]byte
	pointer uint16
	booted  time.Time
	fresh   bool // a measurement waits to be cleared
	rhythm  rhythm
}

// NewVL53L1X returns a chip as after power-up that sees what source says.
func NewVL53L1X(source Range) *VL53L1X {
	m := &VL53L1X{source: source, model: 0xEACC}
	m.powerOn()
	return m
}

// SetSource exchanges what the chip sees.
func (m *VL53L1X) SetSource(source Range) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.source = source
}

// SetIdentity makes the model id answer something else.
func (m *VL53L1X) SetIdentity(id uint16) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.model = id
}

// PowerCycle is a dip of the supply: every register falls back, nothing is ranged.
func (m *VL53L1X) PowerCycle() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.powerOn()
}

func (m *VL53L1X) powerOn() {
	m.reg = [vlRegisters]byte{vlMux: 0x11, vlGPIO: 0x02}
	binary.BigEndian.PutUint16(m.reg[vlOsc:], vlOscillator)
	m.rhythm.stop()
	m.fresh, m.booted = false, time.Time{}
}

// Tx implements Chip.
func (m *VL53L1X) Tx(w, r []byte, at time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(w) == 1 || len(w)+len(r) == 0 {
		return syscall.EIO
	}
	if m.booted.IsZero() {
		m.booted = at.Add(vlBootTime)
	}
	m.advance(at)
	if len(w) >= 2 {
		m.pointer = binary.BigEndian.Uint16(w)
		for _, v := range w[2:] {
			m.store(m.pointer, v, at)
			m.pointer++
		}
	}
	for i := range r {
		r[i] = m.load(m.pointer, at)
		m.pointer++
	}
	return nil
}

func (m *VL53L1X) load(register uint16, at time.Time) byte {
	switch register {
	case vlModelID:
		return byte(m.model >> 8)
	case vlModelID + 1:
		return byte(m.model)
	case vlBoot:
		if at.Before(m.booted) {
			return 0
		}
		return 3
	case vlGPIO:
		level := m.reg[vlMux]>>4&1 ^ 1 // active
		if !m.fresh {
			level ^= 1
		}
		return m.reg[vlGPIO]&^1 | level
	}
	return m.reg[register%vlRegisters]
}

func (m *VL53L1X) store(register uint16, value byte, at time.Time) {
	switch {
	case register == vlClear:
		m.fresh = m.fresh && value&1 == 0
	case register == vlStart:
		m.reg[register] = value
		m.restart(at)
	case register < vlResult || register >= vlResult+0x11 && register < vlOsc:
		m.reg[register] = value
	}
}

// restart begins to range every so often as is set, or stops.
func (m *VL53L1X) restart(at time.Time) {
	m.fresh = false
	if m.reg[vlStart]&0x40 == 0 {
		m.rhythm.stop()
		return
	}
	ms := float64(binary.BigEndian.Uint32(m.reg[vlInterval:])) / (vlOscillator & 0x3FF) / 1.075
	period := time.Duration(ms * float64(time.Millisecond))
	if period <= 0 {
		period = vlFirst
	}
	m.rhythm.start(at, period)
}

// advance measures as the last time that was due: what nobody fetched before is
// overwritten.
func (m *VL53L1X) advance(at time.Time) { m.rhythm.each(at, 1, m.measure) }

func (m *VL53L1X) measure(at time.Time) {
	reach := 4.0
	if m.reg[vlPeriodA] == 0x07 {
		reach = 1.3
	}
	out := m.reg[vlResult:]
	metres := m.source(at)
	out[0] = 9
	signal := 500.0
	if !(metres >= 0 && metres <= reach) { // no number, too
		out[0], signal, metres = 4, 2, 0
	} else {
		signal = min(8000, signal/max(0.1, metres*metres))
	}
	out[0x8C-vlResult] = 0x40
	binary.BigEndian.PutUint16(out[0x90-vlResult:], 3)
	binary.BigEndian.PutUint16(out[0x96-vlResult:], uint16(math.Round(metres*1000)))
	binary.BigEndian.PutUint16(out[0x98-vlResult:], uint16(signal))
	m.fresh = true
}
