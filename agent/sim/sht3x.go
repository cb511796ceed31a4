package sim

import (
	"sync"
	"syscall"
	"time"
)

// SHT3X models Sensirion's SHT30 to SHT35: single shots without clock
// stretching, and its status.
type SHT3X struct {
	mu     sync.Mutex
	air    Air
	words  words
	busy   time.Time // no command is taken before
	status uint16
}

// NewSHT3X returns a sensor as after power-up.
func NewSHT3X(air Air) *SHT3X { return &SHT3X{air: air, status: 0x8010} }

// PowerCycle is a dip of the supply: a measurement under way is lost.
func (s *SHT3X) PowerCycle() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.words, s.busy, s.status = words{}, time.Time{}, 0x8010
}

// Tx implements Chip.
func (s *SHT3X) Tx(w, r []byte, at time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(w) == 0 {
		return s.words.read(r, at)
	}
	if at.Before(s.busy) || len(w) < 2 {
		return syscall.EREMOTEIO
	}
	s.words.silent(at)
	switch command := uint16(w[0])<<8 | uint16(w[1]); command {
	case 0x2400:
		s.measure(at, 15500*time.Microsecond)
	case 0x240B:
		s.measure(at, 6500*time.Microsecond)
	case 0x2416:
		s.measure(at, 4500*time.Microsecond)
	case 0x30A2:
		s.busy, s.status = at.Add(1500*time.Microsecond), 0x8010
	case 0x3093:
		s.busy = at.Add(time.Millisecond)
	case 0xF32D:
		s.words.say(at, s.status)
	case 0x3041:
		s.status = 0
	default:
		s.status |= 0x0002 // a command that does not exist
	}
	if len(r) > 0 {
		return s.words.read(r, at)
	}
	return nil
}

func (s *SHT3X) measure(at time.Time, takes time.Duration) {
	s.busy = at.Add(takes)
	air := s.air(s.busy)
	s.words.say(s.busy, ticks(air.Celsius, -45, 175), ticks(air.Percent, 0, 100))
}
