package sim

import (
	"sync"
	"time"
)

// Registers of the MAX30102, by their names in its data sheet 19-7740.
const (
	maxIntStatus1 = 0x00
	maxFIFOWrPtr  = 0x04
	maxOvfCounter = 0x05
	maxFIFORdPtr  = 0x06
	maxFIFOData   = 0x07
	maxFIFOConfig = 0x08
	maxMode       = 0x09
	maxSpO2Config = 0x0A
	maxLED1PA     = 0x0C
	maxLED2PA     = 0x0D
	maxTempInt    = 0x1F
	maxTempFrac   = 0x20
	maxTempConfig = 0x21
	maxPartID     = 0xFF

	maxDepth = 32
)

// MAX30102 models Maxim's pulse oximeter with its FIFO of 32 samples.
type MAX30102 struct {
	mu       sync.Mutex
	file     file
	source   PPG
	identity byte

	reg       [256]byte
	at        time.Time
	rhythm    rhythm
	resetDone time.Time
	tempDone  time.Time

	fifo      [maxDepth][6]byte
	held      int
	readBytes int // bytes of the oldest sample that have been read
}

// NewMAX30102 returns a chip as after power-up, on which source lies.
func NewMAX30102(source PPG) *MAX30102 {
	m := &MAX30102{source: source, identity: 0x15}
	m.powerOn()
	m.reg[maxIntStatus1] = 0x01
	return m
}

// SetSource exchanges what lies on the sensor.
func (m *MAX30102) SetSource(source PPG) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.source = source
}

// SetIdentity makes the part id answer something else.
func (m *MAX30102) SetIdentity(id byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.identity = id
}

// SetSlow makes the chip's oscillator slow by a fraction, 0.01 for 1 %, from its
// next configuration on; real ones are off by up to a few percent.
func (m *MAX30102) SetSlow(fraction float64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.rhythm.slow = fraction
}

// PowerCycle is a dip of the supply: every register falls back, and PWR_RDY says so.
func (m *MAX30102) PowerCycle() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.powerOn()
	m.reg[maxIntStatus1] = 0x01
}

// Overflow loses five samples, as if nobody had read the FIFO for long.
func (m *MAX30102) Overflow() {
	m.mu.Lock()
	defer m.mu.Unlock()
	for range maxDepth + 5 {
		m.push([6]byte{})
	}
}

func (m *MAX30102) powerOn() {
	m.reg = [256]byte{}
	m.rhythm.stop()
	m.held, m.readBytes = 0, 0
	m.resetDone, m.tempDone = time.Time{}, time.Time{}
}

// Tx implements Chip.
func (m *MAX30102) Tx(w, r []byte, at time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.at = at
	m.advance()
	return m.file.tx(m, w, r)
}

func (m *MAX30102) fixed(register byte) bool { return register == maxFIFOData }

func (m *MAX30102) load(register byte) byte {
	switch register {
	case maxPartID:
		return m.identity
	case maxIntStatus1:
		v := m.reg[maxIntStatus1]
		m.reg[maxIntStatus1] = 0
		return v
	case maxFIFOData:
		return m.pop()
	case maxMode:
		if !m.at.Before(m.resetDone) {
			m.reg[maxMode] &^= 0x40
		}
	case maxTempConfig:
		if !m.at.Before(m.tempDone) {
			m.reg[maxTempConfig] = 0
		}
	}
	return m.reg[register]
}

func (m *MAX30102) store(register, value byte) {
	switch register {
	case maxMode:
		if value&0x40 != 0 {
			m.powerOn()
			m.reg[maxMode], m.resetDone = 0x40, m.at.Add(time.Millisecond)
			return
		}
		m.reg[maxMode] = value
		m.restart()
	case maxSpO2Config, maxFIFOConfig:
		m.reg[register] = value
		m.restart()
	case maxFIFOWrPtr, maxFIFORdPtr:
		m.reg[register] = value & 0x1F
		m.held = int(m.reg[maxFIFOWrPtr]-m.reg[maxFIFORdPtr]) & 0x1F
		m.readBytes = 0
	case maxOvfCounter:
		m.reg[register] = value & 0x1F
	case maxTempConfig:
		m.reg[register], m.tempDone = value&1, m.at.Add(29*time.Millisecond)
		whole := int8(dieCelsius)
		m.reg[maxTempInt] = byte(whole)
		m.reg[maxTempFrac] = byte((dieCelsius - float64(whole)) * 16)
	case maxIntStatus1, maxTempInt, maxTempFrac, maxPartID:
		// read only
	default:
		m.reg[register] = value
	}
}

// flash is the time between two flashes of the LEDs.
func (m *MAX30102) flash() time.Duration {
	hz := [...]int{50, 100, 200, 400, 800, 1000, 1600, 3200}[m.reg[maxSpO2Config]>>2&7]
	return time.Second / time.Duration(hz)
}

func (m *MAX30102) average() int {
	return [...]int{1, 2, 4, 8, 16, 32, 32, 32}[m.reg[maxFIFOConfig]>>5]
}

// channels is how many words of 3 bytes a sample has.
func (m *MAX30102) channels() int {
	switch m.reg[maxMode] & 0xC7 {
	case 2:
		return 1
	case 3:
		return 2
	}
	return 0 // shut down, or the multi-LED mode, which is not modelled
}

func (m *MAX30102) restart() {
	if m.channels() == 0 {
		m.rhythm.stop()
		return
	}
	m.rhythm.start(m.at, m.flash()*time.Duration(m.average()))
}

// advance takes the samples that were due since the last transfer; of a long
// silence the end is computed and the rest only counted as lost.
func (m *MAX30102) advance() {
	m.rhythm.each(m.at, 2*maxDepth, func(at time.Time) { m.push(m.sample(at)) })
}

// sample is the average of the flashes that end at an instant.
func (m *MAX30102) sample(at time.Time) (bytes [6]byte) {
	var red, ir float64
	n := m.average()
	for i := range n {
		r, x := m.source(at.Add(-time.Duration(n-1-i) * m.flash()))
		red, ir = red+r, ir+x
	}
	m.word(bytes[0:], red/float64(n), m.reg[maxLED1PA])
	m.word(bytes[3:], ir/float64(n), m.reg[maxLED2PA])
	return bytes
}

// word converts light at the reference settings into a FIFO word: in proportion
// to the LED's current and the range, clipped at 18 bits, the bits that the
// pulse width does not resolve cleared.
func (m *MAX30102) word(dst []byte, counts float64, current byte) {
	fullScale := float64(int(2048) << (m.reg[maxSpO2Config] >> 5 & 3))
	counts *= float64(current) / 0x1F * 4096 / fullScale
	v := uint32(max(0, min(counts+0.5, 1<<18-1)))
	v &^= 1<<(3-m.reg[maxSpO2Config]&3) - 1
	dst[0], dst[1], dst[2] = byte(v>>16), byte(v>>8), byte(v)
}

// push writes a sample, or counts it as lost. With rollover the newest takes
// the place of the oldest, without it the newest is dropped.
func (m *MAX30102) push(sample [6]byte) {
	if m.held == maxDepth {
		m.reg[maxOvfCounter] = min(31, m.reg[maxOvfCounter]+1)
		if m.reg[maxFIFOConfig]&0x10 == 0 {
			return
		}
		m.reg[maxFIFORdPtr] = (m.reg[maxFIFORdPtr] + 1) & 0x1F
		m.held--
	}
	m.fifo[m.reg[maxFIFOWrPtr]] = sample
	m.reg[maxFIFOWrPtr] = (m.reg[maxFIFOWrPtr] + 1) & 0x1F
	m.held++
	m.reg[maxIntStatus1] |= 0x40
	if m.held >= maxDepth-int(m.reg[maxFIFOConfig]&0x0F) {
		m.reg[maxIntStatus1] |= 0x80
	}
}

func (m *MAX30102) pop() byte {
	if m.held == 0 || m.channels() == 0 {
		return 0
	}
	b := m.fifo[m.reg[maxFIFORdPtr]][m.readBytes]
	m.readBytes++
	if m.readBytes == 3*m.channels() {
		m.readBytes = 0
		m.held--
		m.reg[maxFIFORdPtr] = (m.reg[maxFIFORdPtr] + 1) & 0x1F
		m.reg[maxOvfCounter] = 0
	}
	return b
}
