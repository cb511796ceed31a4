package sim

import (
	"syscall"
	"time"
)

// SHT4X models Sensirion's SHT40 to SHT45, without their heater.
type SHT4X struct{ sensirion }

// NewSHT4X returns a sensor as after power-up.
func NewSHT4X(air Air) *SHT4X { return &SHT4X{sensirion{air: air}} }

// PowerCycle is a dip of the supply: a measurement under way is lost.
func (s *SHT4X) PowerCycle() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.forget()
}

// Tx implements Chip.
func (s *SHT4X) Tx(w, r []byte, at time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tx(w, r, at, s.do)
}

func (s *SHT4X) do(w []byte, at time.Time) error {
	switch w[0] {
	case 0xFD:
		s.measure(at, 8300*time.Microsecond, -6, 125)
	case 0xF6:
		s.measure(at, 4500*time.Microsecond, -6, 125)
	case 0xE0:
		s.measure(at, 1600*time.Microsecond, -6, 125)
	case 0x89:
		s.say(at, 0x0F4A, 0x1D2C)
	case 0x94:
		s.busy = at.Add(time.Millisecond)
	default:
		return syscall.EREMOTEIO
	}
	return nil
}
