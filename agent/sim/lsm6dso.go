package sim

import (
	"encoding/binary"
	"math/bits"
	"time"
)

// Registers of the LSM6DSO, by their names in its data sheet DS12140.
const (
	lsmFIFOCtrl3 = 0x09
	lsmFIFOCtrl4 = 0x0A
	lsmWhoAmI    = 0x0F
	lsmCtrl1XL   = 0x10
	lsmCtrl2G    = 0x11
	lsmCtrl3C    = 0x12
	lsmOutTemp   = 0x20
	lsmOutGyro   = 0x22
	lsmOutAccel  = 0x28
	lsmFIFOStat1 = 0x3A
	lsmFIFOStat2 = 0x3B
	lsmFIFOFirst = 0x78
	lsmFIFOLast  = 0x7E

	lsmDepth = 512 // words of 6 bytes, 3 KiB, and a tag each

	// lsmGyroStart is how long the gyroscope needs from power-down; no words
	// of it are in the FIFO before.
	lsmGyroStart = 70 * time.Millisecond
)

// LSM6DSO models ST's accelerometer and gyroscope with its FIFO of tagged
// words. Both sensors run at the accelerometer's rate.
type LSM6DSO struct {
	feeling

	reg       [128]byte
	resetDone time.Time
	gyroOn    time.Time

	fifo        [lsmDepth][7]byte
	first, held int
	overrun     bool
	slot        byte // of the tag's counter
	readBytes   int  // bytes of the oldest word that this transfer has read
}

// NewLSM6DSO returns a chip as after power-up, powered down, that feels what
// source says.
func NewLSM6DSO(source IMU) *LSM6DSO {
	m := &LSM6DSO{feeling: feeling{source: source, identity: 0x6C}}
	m.powerOn()
	return m
}

// PowerCycle is a dip of the supply: every register falls back, the chip sleeps.
func (m *LSM6DSO) PowerCycle() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.powerOn()
}

func (m *LSM6DSO) powerOn() {
	m.reg = [128]byte{lsmCtrl3C: 0x04}
	m.rhythm.stop()
	m.clearFIFO()
}

func (m *LSM6DSO) clearFIFO() { m.first, m.held, m.overrun, m.readBytes = 0, 0, false, 0 }

// Tx implements Chip.
func (m *LSM6DSO) Tx(w, r []byte, at time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.at, m.readBytes = at, 0
	m.advance()
	return m.file.tx(m, w, r)
}

// fixed: the FIFO's output rolls over by itself, from its last register to its first.
func (m *LSM6DSO) fixed(register byte) bool {
	return register >= lsmFIFOFirst && register <= lsmFIFOLast
}

func (m *LSM6DSO) load(register byte) byte {
	switch {
	case register == lsmWhoAmI:
		return m.identity
	case register == lsmCtrl3C && m.at.Before(m.resetDone):
		return m.reg[register] | 0x01
	case register == lsmFIFOStat1:
		return byte(m.held)
	case register == lsmFIFOStat2:
		v := byte(m.held >> 8 & 3)
		if m.overrun {
			v |= 0x40
		}
		if m.held == lsmDepth {
			v |= 0x20
		}
		return v
	case m.fixed(register):
		return m.pop()
	}
	return m.reg[register&0x7F]
}

func (m *LSM6DSO) store(register, value byte) {
	switch register {
	case lsmCtrl3C:
		if value&0x01 != 0 {
			m.powerOn()
			m.resetDone = m.at.Add(time.Millisecond)
			return
		}
		m.reg[register] = value
	case lsmCtrl1XL:
		m.reg[register] = value
		m.restart()
	case lsmCtrl2G:
		if m.reg[register]>>4 == 0 {
			m.gyroOn = m.at.Add(lsmGyroStart)
		}
		m.reg[register] = value
	case lsmFIFOCtrl4:
		m.reg[register] = value
		if value&7 == 0 {
			m.clearFIFO()
		}
	case lsmWhoAmI, lsmFIFOStat1, lsmFIFOStat2:
		// read only
	default:
		if register < lsmOutTemp { // above are results
			m.reg[register] = value
		}
	}
}

// restart begins to sample anew, unless the accelerometer is powered down.
func (m *LSM6DSO) restart() {
	hz := [16]float64{1: 12.5, 2: 26, 3: 52, 4: 104, 5: 208, 6: 417, 7: 833, 8: 1667, 9: 3333, 10: 6667, 11: 1.6}[m.reg[lsmCtrl1XL]>>4]
	if hz == 0 {
		m.rhythm.stop()
		return
	}
	m.rhythm.start(m.at, time.Duration(float64(time.Second)/hz))
}

// advance takes the samples that were due since the last transfer. Of a long
// silence only the end is computed: more than the FIFO holds is lost anyway.
func (m *LSM6DSO) advance() { m.rhythm.each(m.at, lsmDepth+2, m.sample) }

func (m *LSM6DSO) sample(at time.Time) {
	acc, gyro := m.source(at)
	accelG := [...]float64{0.061e-3, 0.488e-3, 0.122e-3, 0.244e-3}[m.reg[lsmCtrl1XL]>>2&3]
	gyroDPS := [...]float64{8.75e-3, 4.375e-3, 17.5e-3, 0, 35e-3, 0, 70e-3, 0}[m.reg[lsmCtrl2G]>>1&7]
	for i := range 3 {
		binary.LittleEndian.PutUint16(m.reg[lsmOutAccel+2*i:], uint16(quantise(acc[i]/accelG)))
		if gyroDPS > 0 {
			binary.LittleEndian.PutUint16(m.reg[lsmOutGyro+2*i:], uint16(quantise(gyro[i]/gyroDPS)))
		}
	}
	binary.LittleEndian.PutUint16(m.reg[lsmOutTemp:], uint16(quantise((dieCelsius-25)*256)))
	if m.reg[lsmFIFOCtrl4]&7 == 0 {
		return
	}
	batch := m.reg[lsmFIFOCtrl3]
	if batch>>4 != 0 && m.reg[lsmCtrl2G]>>4 != 0 && !at.Before(m.gyroOn) {
		m.push(1, m.reg[lsmOutGyro:])
	}
	if batch&0x0F != 0 {
		m.push(2, m.reg[lsmOutAccel:])
	}
	m.slot = (m.slot + 1) & 3
}

// push writes a word with its tag: what it is, a counter of the instants, and a
// bit that makes the number of ones even.
func (m *LSM6DSO) push(what byte, out []byte) {
	tag := what<<3 | m.slot<<1
	tag |= byte(bits.OnesCount8(tag) & 1)
	if m.held == lsmDepth {
		m.first, m.held, m.overrun = (m.first+1)%lsmDepth, m.held-1, true
	}
	word := &m.fifo[(m.first+m.held)%lsmDepth]
	word[0] = tag
	copy(word[1:], out[:6])
	m.held++
}

// pop reads the next byte of the oldest word, which leaves with its last one.
func (m *LSM6DSO) pop() byte {
	if m.held == 0 {
		return 0
	}
	b := m.fifo[m.first][m.readBytes]
	if m.readBytes++; m.readBytes == 7 {
		m.first, m.held, m.readBytes = (m.first+1)%lsmDepth, m.held-1, 0
	}
	return b
}
