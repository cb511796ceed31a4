package sim

import (
	"encoding/binary"
	"sync"
	"time"
)

// bmeTrim is a calibration as factories write it, of the usual size.
var bmeTrim = struct {
	t1     uint16
	t2, t3 int64
	p      [10]int64 // p[1] to p[9]
	h      [7]int64  // h[1] to h[6]
}{
	28009, 25654, 50,
	[10]int64{1: 39145, -10750, 3024, 5667, -120, -7, 15500, -14600, 6000},
	[7]int64{1: 75, 376, 0, 286, 50, 30},
}

// BME280 models Bosch's sensor of temperature, pressure and humidity in forced
// mode, with oversampling's time and without its effect.
type BME280 struct {
	mu   sync.Mutex
	file file
	air  Air
	at   time.Time

	identity  byte
	reg       [256]byte
	humidity  byte // oversampling, taken over by a write of ctrl_meas
	measuring bool
	done      time.Time
	booted    time.Time // the calibration is copied by then
}

// NewBME280 returns a chip as after power-up, asleep.
func NewBME280(air Air) *BME280 {
	b := &BME280{air: air, identity: 0x60}
	b.powerOn()
	return b
}

// NewBMP280 returns the sibling without humidity.
func NewBMP280(air Air) *BME280 {
	b := NewBME280(air)
	b.identity = 0x58
	return b
}

// SetIdentity makes the identity register answer something else.
func (b *BME280) SetIdentity(id byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.identity = id
}

// PowerCycle is a dip of the supply: every register falls back.
func (b *BME280) PowerCycle() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.powerOn()
}

func (b *BME280) powerOn() {
	b.reg, b.measuring, b.humidity = [256]byte{}, false, 0
	c := bmeTrim
	binary.LittleEndian.PutUint16(b.reg[0x88:], c.t1)
	for i, v := range []int64{c.t2, c.t3, c.p[1], c.p[2], c.p[3], c.p[4], c.p[5], c.p[6], c.p[7], c.p[8], c.p[9]} {
		binary.LittleEndian.PutUint16(b.reg[0x8A+2*i:], uint16(v))
	}
	b.reg[0xA1] = byte(c.h[1])
	binary.LittleEndian.PutUint16(b.reg[0xE1:], uint16(c.h[2]))
	b.reg[0xE3] = byte(c.h[3])
	b.reg[0xE4] = byte(c.h[4] >> 4)
	b.reg[0xE5] = byte(c.h[4]&0xF | c.h[5]&0xF<<4)
	b.reg[0xE6] = byte(c.h[5] >> 4)
	b.reg[0xE7] = byte(c.h[6])
	b.store20(0xF7, 0x80000)
	b.store20(0xFA, 0x80000)
	b.reg[0xFD], b.reg[0xFE] = 0x80, 0
}

// Tx implements Chip.
func (b *BME280) Tx(w, r []byte, at time.Time) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.at = at
	if b.measuring && !at.Before(b.done) {
		b.measure()
	}
	return b.file.tx(b, w, r)
}

func (b *BME280) fixed(byte) bool { return false }

func (b *BME280) load(register byte) byte {
	switch register {
	case 0xD0:
		return b.identity
	case 0xF2:
		if b.identity != 0x60 {
			return 0
		}
	case 0xF3:
		v := byte(0)
		if b.measuring {
			v |= 0x08
		}
		if b.at.Before(b.booted) {
			v |= 0x01
		}
		return v
	}
	return b.reg[register]
}

func (b *BME280) store(register, value byte) {
	switch register {
	case 0xE0:
		if value == 0xB6 {
			b.powerOn()
			b.booted = b.at.Add(2 * time.Millisecond)
		}
	case 0xF2, 0xF5:
		b.reg[register] = value
	case 0xF4:
		b.reg[0xF4], b.humidity = value, b.reg[0xF2]&7
		if value&3 == 1 || value&3 == 2 {
			b.measuring, b.done = true, b.at.Add(b.takes())
		}
	}
}

// times is by how much a setting oversamples.
func times(setting byte) float64 { return [...]float64{0, 1, 2, 4, 8, 16, 16, 16}[setting&7] }

// takes is the typical time of a measurement.
func (b *BME280) takes() time.Duration {
	t, p, h := times(b.reg[0xF4]>>5), times(b.reg[0xF4]>>2), times(b.humidity)
	ms := 1 + 2*t
	if p > 0 {
		ms += 2*p + 0.5
	}
	if h > 0 {
		ms += 2*h + 0.5
	}
	return time.Duration(ms * float64(time.Millisecond))
}

func (b *BME280) store20(register byte, v int64) {
	b.reg[register], b.reg[register+1], b.reg[register+2] = byte(v>>12), byte(v>>4), byte(v<<4)
}

// measure finishes a measurement: it looks for the words of the converter that
// the integer formulas of the data sheet turn into what the air is.
func (b *BME280) measure() {
	b.measuring = false
	b.reg[0xF4] &^= 3
	air := b.air(b.done)
	t, p, h := int64(0x80000), int64(0x80000), int64(0x8000)
	if b.reg[0xF4]>>5 != 0 {
		t = search(1<<20, func(adc int64) bool { c, _ := bmeCelsius(adc); return c >= air.Celsius })
	}
	_, fine := bmeCelsius(t)
	if b.reg[0xF4]>>2&7 != 0 { // falls as the word rises
		p = search(1<<20, func(adc int64) bool { return bmePascal(adc, fine) <= air.Pascal })
	}
	if b.humidity != 0 && b.identity == 0x60 {
		h = search(1<<16, func(adc int64) bool { return bmePercent(adc, fine) >= air.Percent })
	}
	b.store20(0xF7, p)
	b.store20(0xFA, t)
	b.reg[0xFD], b.reg[0xFE] = byte(h>>8), byte(h)
}

// search is the least word of the converter for which reached holds.
func search(words int64, reached func(adc int64) bool) int64 {
	low, high := int64(0), words-1
	for low < high {
		if middle := (low + high) / 2; reached(middle) {
			high = middle
		} else {
			low = middle + 1
		}
	}
	return low
}

// The integer compensation of the data sheet, section 4.2.3; the driver has the
// one in floating point.

func bmeCelsius(adc int64) (celsius float64, fine int64) {
	t1 := int64(bmeTrim.t1)
	v1 := ((adc>>3 - t1<<1) * bmeTrim.t2) >> 11
	v2 := (((adc>>4 - t1) * (adc>>4 - t1) >> 12) * bmeTrim.t3) >> 14
	fine = v1 + v2
	return float64(fine) / 5120, fine
}

func bmePascal(adc, fine int64) float64 {
	c := bmeTrim.p
	v1 := fine - 128000
	v2 := v1*v1*c[6] + v1*c[5]<<17 + c[4]<<35
	v1 = v1*v1*c[3]>>8 + v1*c[2]<<12
	v1 = (1<<47 + v1) * c[1] >> 33
	p := ((1048576-adc)<<31 - v2) * 3125 / v1
	v1 = c[9] * (p >> 13) * (p >> 13) >> 25
	v2 = c[8] * p >> 19
	return float64((p+v1+v2)>>8+c[7]<<4) / 256
}

func bmePercent(adc, fine int64) float64 {
	c := bmeTrim.h
	h := fine - 76800
	h = ((adc<<14 - c[4]<<20 - c[5]*h + 16384) >> 15) *
		(((((h*c[6]>>10)*(h*c[3]>>11+32768)>>10)+2097152)*c[2] + 8192) >> 14)
	h -= ((h >> 15) * (h >> 15) >> 7) * c[1] >> 4
	return float64(min(max(h, 0), 419430400)>>12) / 1024
}
