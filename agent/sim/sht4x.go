package sim

import (
	"sync"
	"syscall"
	"time"
)

// SHT4X models Sensirion's SHT40 to SHT45, without their heater.
type SHT4X struct {
	mu    sync.Mutex
	air   Air
	words words
	busy  time.Time
}

// NewSHT4X returns a sensor as after power-up.
func NewSHT4X(air Air) *SHT4X { return &SHT4X{air: air} }

// PowerCycle is a dip of the supply: a measurement under way is lost.
func (s *SHT4X) PowerCycle() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.words, s.busy = words{}, time.Time{}
}

// Tx implements Chip.
func (s *SHT4X) Tx(w, r []byte, at time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(w) == 0 {
		return s.words.read(r, at)
	}
	if at.Before(s.busy) {
		return syscall.EREMOTEIO
	}
	s.words.silent(at)
	switch w[0] {
	case 0xFD:
		s.measure(at, 8300*time.Microsecond)
	case 0xF6:
		s.measure(at, 4500*time.Microsecond)
	case 0xE0:
		s.measure(at, 1600*time.Microsecond)
	case 0x89:
		s.words.say(at, 0x0F4A, 0x1D2C)
	case 0x94:
		s.busy = at.Add(time.Millisecond)
	default:
		return syscall.EREMOTEIO
	}
	if len(r) > 0 {
		return s.words.read(r, at)
	}
	return nil
}

func (s *SHT4X) measure(at time.Time, takes time.Duration) {
	s.busy = at.Add(takes)
	air := s.air(s.busy)
	s.words.say(s.busy, ticks(air.Celsius, -45, 175), ticks(air.Percent, -6, 125))
}
