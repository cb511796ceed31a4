package sim

import (
	"encoding/binary"
	"syscall"
	"time"
)

// SHT3X models Sensirion's SHT30 to SHT35: single shots without clock
// stretching, and its status.
type SHT3X struct {
	sensirion
	status uint16
}

// NewSHT3X returns a sensor as after power-up.
func NewSHT3X(air Air) *SHT3X { return &SHT3X{sensirion{air: air}, 0x8010} }

// PowerCycle is a dip of the supply: a measurement under way is lost.
func (s *SHT3X) PowerCycle() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.forget()
	s.status = 0x8010
}

// Tx implements Chip.
func (s *SHT3X) Tx(w, r []byte, at time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tx(w, r, at, s.do)
}

func (s *SHT3X) do(w []byte, at time.Time) error {
	if len(w) < 2 {
		return syscall.EREMOTEIO
	}
	switch binary.BigEndian.Uint16(w) {
	case 0x2400:
		s.measure(at, 15500*time.Microsecond, 0, 100)
	case 0x240B:
		s.measure(at, 6500*time.Microsecond, 0, 100)
	case 0x2416:
		s.measure(at, 4500*time.Microsecond, 0, 100)
	case 0x30A2:
		s.busy, s.status = at.Add(1500*time.Microsecond), 0x8010
	case 0x3093:
		s.busy = at.Add(time.Millisecond)
	case 0xF32D:
		s.say(at, s.status)
	case 0x3041:
		s.status = 0
	default:
		s.status |= 0x0002 // a command that does not exist
	}
	return nil
}
