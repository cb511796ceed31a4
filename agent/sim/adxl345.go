package sim

import (
	"encoding/binary"
	"time"
)

// Registers of the ADXL345, by their names in its data sheet.
const (
	adxlDevID      = 0x00
	adxlBWRate     = 0x2C
	adxlPowerCtl   = 0x2D
	adxlIntSource  = 0x30
	adxlDataFormat = 0x31
	adxlDataX0     = 0x32
	adxlDataZ1     = 0x37
	adxlFIFOCtl    = 0x38
	adxlFIFOStatus = 0x39

	adxlDepth = 32
)

// ADXL345 models Analog Devices' accelerometer with its FIFO of 32 samples.
type ADXL345 struct {
	feeling

	reg [64]byte

	fifo        [adxlDepth][6]byte
	first, held int
	overrun     bool
	read        bool // this transfer has read data
}

// NewADXL345 returns a chip as after power-up, standing by, that feels what
// source says.
func NewADXL345(source IMU) *ADXL345 {
	m := &ADXL345{feeling: feeling{source: source, identity: 0xE5}}
	m.powerOn()
	return m
}

// PowerCycle is a dip of the supply: every register falls back, the chip stands by.
func (m *ADXL345) PowerCycle() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.powerOn()
}

func (m *ADXL345) powerOn() {
	m.reg = [64]byte{adxlBWRate: 0x0A}
	m.rhythm.stop()
	m.clearFIFO()
}

func (m *ADXL345) clearFIFO() { m.first, m.held, m.overrun = 0, 0, false }

// Tx implements Chip. What was read of the oldest sample takes it off the FIFO
// when the transfer ends.
func (m *ADXL345) Tx(w, r []byte, at time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.at, m.read = at, false
	m.advance()
	err := m.file.tx(m, w, r)
	if m.read && m.held > 0 {
		m.first, m.held, m.overrun = (m.first+1)%adxlDepth, m.held-1, false
	}
	return err
}

func (m *ADXL345) fixed(byte) bool { return false }

func (m *ADXL345) load(register byte) byte {
	switch {
	case register == adxlDevID:
		return m.identity
	case register == adxlIntSource:
		return m.flags()
	case register == adxlFIFOStatus:
		return byte(m.held)
	case register >= adxlDataX0 && register <= adxlDataZ1:
		m.read = true
		if m.held > 0 {
			return m.fifo[m.first][register-adxlDataX0]
		}
	}
	return m.reg[register&0x3F]
}

func (m *ADXL345) flags() (v byte) {
	if m.held > 0 {
		v |= 0x80
	}
	if m.held >= int(m.reg[adxlFIFOCtl]&0x1F) {
		v |= 0x02
	}
	if m.overrun {
		v |= 0x01
	}
	return v
}

func (m *ADXL345) store(register, value byte) {
	switch {
	case register == adxlPowerCtl, register == adxlBWRate:
		m.reg[register] = value
		m.restart()
	case register == adxlFIFOCtl:
		m.reg[register] = value
		if value>>6 == 0 {
			m.clearFIFO()
		}
	case register == adxlDevID || register >= adxlDataX0 && register <= adxlDataZ1 ||
		register == adxlIntSource || register >= adxlFIFOStatus:
		// read only
	default:
		m.reg[register] = value
	}
}

// restart begins to sample anew, unless the chip stands by.
func (m *ADXL345) restart() {
	if m.reg[adxlPowerCtl]&0x08 == 0 {
		m.rhythm.stop()
		return
	}
	hz := 3200.0 / float64(int(1)<<(15-m.reg[adxlBWRate]&0x0F))
	m.rhythm.start(m.at, time.Duration(float64(time.Second)/hz))
}

// advance takes the samples that were due since the last transfer. Of a long
// silence only the end is computed: more than the FIFO holds is lost anyway.
func (m *ADXL345) advance() { m.rhythm.each(m.at, 2*adxlDepth, m.sample) }

// sample measures in 256 steps a g in full resolution; otherwise a step grows
// with the range, and there are 10 bits.
func (m *ADXL345) sample(at time.Time) {
	acc, _ := m.source(at)
	format := m.reg[adxlDataFormat]
	lsb, limit := 256.0, float64(int(512)<<(format&3))
	if format&0x08 == 0 {
		lsb, limit = float64(int(256)>>(format&3)), 512
	}
	var out [6]byte
	for i := range 3 {
		v := max(-limit, min(limit-1, acc[i]*lsb))
		binary.LittleEndian.PutUint16(out[2*i:], uint16(quantise(v)))
	}
	copy(m.reg[adxlDataX0:], out[:])
	switch m.reg[adxlFIFOCtl] >> 6 {
	case 0: // bypass: the data registers are all there is
	case 1, 3: // FIFO and trigger: the newest is dropped
		if m.held == adxlDepth {
			m.overrun = true
			return
		}
		m.push(out)
	case 2: // stream: the oldest is dropped
		if m.held == adxlDepth {
			m.first, m.held, m.overrun = (m.first+1)%adxlDepth, m.held-1, true
		}
		m.push(out)
	}
}

func (m *ADXL345) push(out [6]byte) {
	m.fifo[(m.first+m.held)%adxlDepth] = out
	m.held++
}
