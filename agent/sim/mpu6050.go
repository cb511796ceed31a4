package sim

import (
	"encoding/binary"
	"time"
)

// Registers of the MPU-6050, by their names in its register map RM-MPU-6000A-00.
// They are written down again here, apart from the driver's, so that a mistake
// in one shows.
const (
	mpuSmplrtDiv   = 0x19
	mpuConfig      = 0x1A
	mpuGyroConfig  = 0x1B
	mpuAccelConfig = 0x1C
	mpuFIFOEn      = 0x23
	mpuIntStatus   = 0x3A
	mpuAccelXOut   = 0x3B
	mpuUserCtrl    = 0x6A
	mpuPwrMgmt1    = 0x6B
	mpuFIFOCountH  = 0x72
	mpuFIFOCountL  = 0x73
	mpuFIFORW      = 0x74
	mpuWhoAmI      = 0x75

	mpuFIFOSize = 1024
)

// MPU6050 models InvenSense's accelerometer and gyroscope with its FIFO of 1024
// bytes, which overwrites its oldest bytes, sample or not, when it is full.
type MPU6050 struct {
	feeling

	reg [128]byte

	fifo        [mpuFIFOSize]byte
	first, held int
}

// NewMPU6050 returns a chip as after power-up, asleep, that feels what source says.
func NewMPU6050(source IMU) *MPU6050 {
	m := &MPU6050{feeling: feeling{source: source, identity: 0x68}}
	m.powerOn()
	return m
}

// PowerCycle is a dip of the supply: every register falls back, the chip sleeps.
func (m *MPU6050) PowerCycle() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.powerOn()
}

// Overflow fills the FIFO beyond its end, as if nobody had read it for long.
func (m *MPU6050) Overflow() {
	m.mu.Lock()
	defer m.mu.Unlock()
	for range mpuFIFOSize/12 + 2 {
		m.push(make([]byte, 12))
	}
}

func (m *MPU6050) powerOn() {
	m.reg = [128]byte{mpuPwrMgmt1: 0x40}
	m.rhythm.stop()
	m.clearFIFO()
}

func (m *MPU6050) clearFIFO() { m.first, m.held = 0, 0 }

// Tx implements Chip.
func (m *MPU6050) Tx(w, r []byte, at time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.at = at
	m.advance()
	return m.file.tx(m, w, r)
}

func (m *MPU6050) fixed(register byte) bool { return register == mpuFIFORW }

func (m *MPU6050) load(register byte) byte {
	switch register {
	case mpuWhoAmI:
		return m.identity
	case mpuFIFOCountH:
		return byte(m.held >> 8)
	case mpuFIFOCountL:
		return byte(m.held)
	case mpuFIFORW:
		return m.pop()
	case mpuIntStatus:
		v := m.reg[mpuIntStatus]
		m.reg[mpuIntStatus] = 0
		return v
	}
	return m.reg[register&0x7F]
}

func (m *MPU6050) store(register, value byte) {
	switch register {
	case mpuPwrMgmt1:
		if value&0x80 != 0 {
			m.powerOn()
			return
		}
		m.reg[mpuPwrMgmt1] = value
		m.restart()
	case mpuSmplrtDiv, mpuConfig:
		m.reg[register] = value
		m.restart()
	case mpuUserCtrl:
		if value&0x04 != 0 {
			m.clearFIFO()
		}
		m.reg[mpuUserCtrl] = value &^ 0x07 // reset bits clear themselves
	case mpuWhoAmI, mpuIntStatus, mpuFIFOCountH, mpuFIFOCountL:
		// read only
	default:
		if register < 0x80 {
			m.reg[register] = value
		}
	}
}

// restart begins to sample anew, unless the chip sleeps.
func (m *MPU6050) restart() {
	if m.reg[mpuPwrMgmt1]&0x40 != 0 {
		m.rhythm.stop()
		return
	}
	hz := 1000
	if f := m.reg[mpuConfig] & 7; f == 0 || f == 7 {
		hz = 8000
	}
	m.rhythm.start(m.at, time.Second/time.Duration(hz)*time.Duration(1+int(m.reg[mpuSmplrtDiv])))
}

// advance takes the samples that were due since the last transfer. Of a long
// silence only the end is computed: more than the FIFO holds is lost anyway.
func (m *MPU6050) advance() { m.rhythm.each(m.at, mpuFIFOSize/6+2, m.sample) }

func (m *MPU6050) sample(at time.Time) {
	acc, gyro := m.source(at)
	out := m.reg[mpuAccelXOut:]
	accelLSB := float64(int(16384) >> (m.reg[mpuAccelConfig] >> 3 & 3))
	gyroLSB := [...]float64{131, 65.5, 32.8, 16.4}[m.reg[mpuGyroConfig]>>3&3]
	for i := range 3 {
		binary.BigEndian.PutUint16(out[2*i:], uint16(quantise(acc[i]*accelLSB)))
		binary.BigEndian.PutUint16(out[8+2*i:], uint16(quantise(gyro[i]*gyroLSB)))
	}
	temp := quantise((dieCelsius - 36.53) * 340)
	binary.BigEndian.PutUint16(out[6:], uint16(temp))
	m.reg[mpuIntStatus] |= 0x01
	if m.reg[mpuUserCtrl]&0x40 != 0 {
		m.fill(out)
	}
}

// dieCelsius is how warm the modelled dies are.
const dieCelsius = 31.0

// fill puts into the FIFO what FIFO_EN asks for, in the order of the registers.
func (m *MPU6050) fill(out []byte) {
	enabled := m.reg[mpuFIFOEn]
	for _, part := range [...]struct {
		bit      byte
		from, to int
	}{{0x08, 0, 6}, {0x80, 6, 8}, {0x40, 8, 10}, {0x20, 10, 12}, {0x10, 12, 14}} {
		if enabled&part.bit != 0 {
			m.push(out[part.from:part.to])
		}
	}
}

func (m *MPU6050) push(bytes []byte) {
	for _, b := range bytes {
		m.fifo[(m.first+m.held)%mpuFIFOSize] = b
		if m.held < mpuFIFOSize {
			m.held++
			continue
		}
		m.first = (m.first + 1) % mpuFIFOSize
		m.reg[mpuIntStatus] |= 0x10
	}
}

func (m *MPU6050) pop() byte {
	b := m.fifo[m.first]
	if m.held > 0 {
		m.first = (m.first + 1) % mpuFIFOSize
		m.held--
	}
	return b
}
