package sim

import (
	"sync"
	"syscall"
	"time"
)

// SCD4X models Sensirion's SCD40 and SCD41: periodic measurement, and the few
// commands that are taken before and while it runs.
type SCD4X struct {
	mu    sync.Mutex
	air   Air
	words words

	busy     time.Time
	asleep   bool
	rhythm   rhythm
	running  bool
	waiting  bool // a measurement that was not read
	measured [3]uint16
	altitude uint16
}

// NewSCD4X returns a sensor as after power-up, idle.
func NewSCD4X(air Air) *SCD4X { return &SCD4X{air: air} }

// PowerCycle is a dip of the supply: it waits for a command to measure.
func (s *SCD4X) PowerCycle() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.words, s.busy, s.asleep, s.altitude = words{}, time.Time{}, false, 0
	s.running, s.waiting = false, false
	s.rhythm.stop()
}

// SetSlow makes the sensor's oscillator slow by a fraction, from its next start on.
func (s *SCD4X) SetSlow(fraction float64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rhythm.slow = fraction
}

// Altitude is what was set, in metres.
func (s *SCD4X) Altitude() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return int(s.altitude)
}

// Tx implements Chip.
func (s *SCD4X) Tx(w, r []byte, at time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.advance(at)
	if len(w) == 0 {
		return s.words.read(r, at)
	}
	if len(w) < 2 {
		return syscall.EREMOTEIO
	}
	command := uint16(w[0])<<8 | uint16(w[1])
	if s.asleep {
		if command == 0x36F6 { // is not acknowledged, and heard
			s.asleep, s.busy = false, at.Add(30*time.Millisecond)
		}
		return syscall.EREMOTEIO
	}
	if at.Before(s.busy) {
		return syscall.EREMOTEIO
	}
	s.words.silent(at)
	if err := s.do(command, w[2:], at); err != nil {
		return err
	}
	if len(r) > 0 {
		return s.words.read(r, at)
	}
	return nil
}

func (s *SCD4X) do(command uint16, arg []byte, at time.Time) error {
	answer := at.Add(time.Millisecond)
	switch command { // these are taken at any time
	case 0x3F86:
		s.running, s.waiting = false, false
		s.rhythm.stop()
		s.busy = at.Add(500 * time.Millisecond)
		return nil
	case 0xE4B8:
		word := uint16(0x8000)
		if s.waiting {
			word |= 0x0006
		}
		s.words.say(answer, word)
		return nil
	case 0xEC05:
		if !s.waiting {
			return syscall.EREMOTEIO
		}
		s.waiting = false
		s.words.say(answer, s.measured[:]...)
		return nil
	}
	if s.running {
		return syscall.EREMOTEIO
	}
	switch command {
	case 0x21B1:
		s.running = true
		s.rhythm.start(at, 5*time.Second)
	case 0x21AC:
		s.running = true
		s.rhythm.start(at, 30*time.Second)
	case 0x3682:
		s.words.say(answer, 0xF896, 0x31A7, 0x3B02)
	case 0x2427:
		if len(arg) != 3 || crc8(arg[:2]) != arg[2] {
			return syscall.EREMOTEIO
		}
		s.altitude = uint16(arg[0])<<8 | uint16(arg[1])
		s.busy = answer
	case 0x36E0:
		s.asleep = true
	default:
		return syscall.EREMOTEIO
	}
	return nil
}

// advance takes the newest measurement that was due.
func (s *SCD4X) advance(at time.Time) {
	n := s.rhythm.due(at)
	if n == 0 {
		return
	}
	s.rhythm.skip(n - 1)
	air := s.air(s.rhythm.take())
	s.measured = [3]uint16{
		uint16(min(max(air.PPM+0.5, 0), 65535)), ticks(air.Celsius, -45, 175), ticks(air.Percent, 0, 100),
	}
	s.waiting = true
}
