package sim

import (
	"errors"
	"math"
	"sync"
	"time"

	"periph.io/x/conn/v3/gpio"
)

const (
	hxBits = 24
	// hxOff is how long a high clock takes to switch the chip off.
	hxOff = 60 * time.Microsecond
	// hxSettles is how many conversions the chip needs after it was off.
	hxSettles = 4
)

// Counts is what a load gives at an instant, in steps of the converter at a
// gain of 128.
type Counts func(at time.Time) float64

// HX711 models Avia's converter for load cells between two pins.
type HX711 struct {
	mu     sync.Mutex
	source Counts
	period time.Duration

	on     bool // it has a supply and has been asked for anything
	high   time.Time
	next   time.Time // when the next conversion is finished
	pulses int       // of the reading under way; beyond 24 they choose the gain
	word   uint32
	gain   float64 // of the conversions from next on, relative to 128
}

// NewHX711 wires a chip to its data and clock pins that converts rateHz (10 or
// 80) times a second.
func NewHX711(data, clock *Pin, rateHz int, source Counts) *HX711 {
	m := &HX711{source: source, period: time.Second / time.Duration(rateHz), gain: 1}
	clock.mu.Lock()
	clock.clocks = m.clock
	clock.mu.Unlock()
	data.mu.Lock()
	data.source = m.data
	data.mu.Unlock()
	return m
}

// SetSource exchanges what lies on the cells.
func (m *HX711) SetSource(source Counts) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.source = source
}

// PowerCycle is a dip of the supply: the gain falls back, conversions settle anew.
func (m *HX711) PowerCycle() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.on, m.pulses = false, 0
}

func (m *HX711) wake(at time.Time) {
	m.on, m.pulses, m.gain = true, 0, 1
	m.next = at.Add(hxSettles * m.period)
}

// clock is an edge of the clock.
func (m *HX711) clock(l gpio.Level, at time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.on {
		m.wake(at)
	}
	if !l {
		if !m.high.IsZero() && at.Sub(m.high) >= hxOff {
			m.wake(at)
		}
		m.high = time.Time{}
		return
	}
	m.high = at
	m.pulse(at)
}

// pulse is a rising edge: the first 24 bring out the bits of the newest
// conversion, those after it choose the gain of the next ones.
func (m *HX711) pulse(at time.Time) {
	if m.pulses == 0 || m.pulses > hxBits {
		if at.Before(m.next) && m.pulses == 0 {
			return
		}
		if !at.Before(m.next) {
			m.pulses = 0
			newest := m.next.Add(at.Sub(m.next).Truncate(m.period))
			m.word = uint32(m.convert(newest)) & (1<<hxBits - 1)
			m.next = newest.Add(m.period)
		}
	}
	if m.pulses++; m.pulses > hxBits {
		m.gain = [...]float64{1, 0.25, 0.5}[min(m.pulses-hxBits, 3)-1] // A 128, B 32, A 64
	}
}

func (m *HX711) convert(at time.Time) int32 {
	v := math.Round(m.source(at) * m.gain)
	if math.IsNaN(v) {
		return 0
	}
	return int32(max(-1<<23, min(1<<23-1, v)))
}

// data is the level of the data line: low when a conversion waits.
func (m *HX711) data(at time.Time) gpio.Level {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.on {
		m.wake(at)
	}
	switch {
	case !m.high.IsZero() && at.Sub(m.high) >= hxOff:
		return gpio.High // it is off
	case m.pulses > 0 && m.pulses <= hxBits:
		return gpio.Level(m.word>>(hxBits-m.pulses)&1 == 1)
	}
	return gpio.Level(at.Before(m.next))
}

// errNoClock is what a pin says that clocks no chip.
var errNoClock = errors.New("sim: no chip is clocked by this pin")

// shift makes the pulses of a reading for an agent in another process, for
// which no pulse would be short enough.
func (p *Pin) shift(data *Pin, pulses int) (bits uint32, err error) {
	p.mu.Lock()
	clocks, at := p.clocks, p.now()
	p.mu.Unlock()
	data.mu.Lock()
	source := data.source
	data.mu.Unlock()
	if clocks == nil || source == nil {
		return 0, errNoClock
	}
	for i := range pulses {
		clocks(gpio.High, at)
		clocks(gpio.Low, at)
		if i < hxBits {
			if bits <<= 1; source(at) {
				bits |= 1
			}
		}
	}
	return bits, nil
}
