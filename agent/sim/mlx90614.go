package sim

import (
	"sync"
	"syscall"
	"time"
)

// MLX90614 models Melexis' infrared thermometer: its RAM, the EEPROM that must
// be erased before it is written, and the packet error code of SMBus.
type MLX90614 struct {
	mu      sync.Mutex
	surface Surface
	eeprom  [32]uint16
	busy    time.Time // a cell is being written
	asleep  bool
}

// NewMLX90614 returns a chip as the factory made it, at the address 0x5A.
func NewMLX90614(surface Surface) *MLX90614 {
	m := &MLX90614{surface: surface}
	m.eeprom[0x04] = 0xFFFF // emissivity 1
	m.eeprom[0x0E] = 0xBE5A
	copy(m.eeprom[0x1C:], []uint16{0x1234, 0x5678, 0x9ABC, 0xDEF0})
	return m
}

// smbus is the packet error code, by polynomial division.
func smbus(b ...byte) byte {
	crc := byte(0)
	for _, v := range b {
		crc ^= v
		for range 8 {
			if crc&0x80 != 0 {
				crc = crc<<1 ^ 0x07
			} else {
				crc <<= 1
			}
		}
	}
	return crc
}

// Tx implements Chip.
func (m *MLX90614) Tx(w, r []byte, at time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	const addr = 0x5A << 1
	switch {
	case m.asleep || at.Before(m.busy):
		return syscall.EREMOTEIO
	case len(w) == 1 && len(r) == 3:
		word, ok := m.load(w[0], at)
		if !ok {
			return syscall.EREMOTEIO
		}
		r[0], r[1] = byte(word), byte(word>>8)
		r[2] = smbus(addr, w[0], addr|1, r[0], r[1])
		return nil
	case len(w) == 2 && w[0] == 0xFF && w[1] == smbus(addr, 0xFF):
		m.asleep = true
		return nil
	case len(w) == 4 && w[0]&0xE0 == 0x20 && w[3] == smbus(addr, w[0], w[1], w[2]):
		cell := &m.eeprom[w[0]&0x1F]
		if word := uint16(w[1]) | uint16(w[2])<<8; word == 0 || *cell == 0 {
			*cell = word
			m.busy = at.Add(5 * time.Millisecond)
		}
		return nil
	}
	return syscall.EREMOTEIO
}

func (m *MLX90614) load(command byte, at time.Time) (word uint16, ok bool) {
	object, chip := m.surface(at)
	kelvin := func(c float64) uint16 { return uint16((c+273.15)/0.02 + 0.5) }
	switch {
	case command == 0x06:
		return kelvin(chip), true
	case command == 0x07:
		if object < -70 || object > 382 {
			return 0x8000, true // out of what it can measure
		}
		return kelvin(object), true
	case command&0xE0 == 0x20:
		return m.eeprom[command&0x1F], true
	}
	return 0, false
}
