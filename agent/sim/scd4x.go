package sim

import (
	"encoding/binary"
	"syscall"
	"time"
)

// SCD4X models Sensirion's SCD40 and SCD41: periodic measurement, and the few
// commands that are taken before and while it runs.
type SCD4X struct {
	sensirion
	asleep   bool
	rhythm   rhythm
	running  bool
	waiting  bool // a measurement that was not read
	measured [3]uint16
	altitude uint16
}

// NewSCD4X returns a sensor as after power-up, idle.
func NewSCD4X(air Air) *SCD4X { return &SCD4X{sensirion: sensirion{air: air}} }

// PowerCycle is a dip of the supply: it waits for a command to measure.
func (s *SCD4X) PowerCycle() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.forget()
	s.asleep, s.altitude = false, 0
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
	if s.asleep {
		if len(w) >= 2 && binary.BigEndian.Uint16(w) == 0x36F6 { // is not acknowledged, and heard
			s.asleep, s.busy = false, at.Add(30*time.Millisecond)
		}
		return syscall.EREMOTEIO
	}
	return s.tx(w, r, at, s.do)
}

func (s *SCD4X) do(w []byte, at time.Time) error {
	if len(w) < 2 {
		return syscall.EREMOTEIO
	}
	answer := at.Add(time.Millisecond)
	switch binary.BigEndian.Uint16(w) { // these are taken at any time
	case 0x3F86:
		s.running, s.waiting = false, false
		s.rhythm.stop()
		s.busy = at.Add(500 * time.Millisecond)
		return nil
	case 0xE4B8:
		ready := uint16(0x8000)
		if s.waiting {
			ready |= 0x0006
		}
		s.say(answer, ready)
		return nil
	case 0xEC05:
		if !s.waiting {
			return syscall.EREMOTEIO
		}
		s.waiting = false
		s.say(answer, s.measured[:]...)
		return nil
	}
	if s.running {
		return syscall.EREMOTEIO
	}
	switch binary.BigEndian.Uint16(w) {
	case 0x21B1:
		s.running = true
		s.rhythm.start(at, 5*time.Second)
	case 0x21AC:
		s.running = true
		s.rhythm.start(at, 30*time.Second)
	case 0x3682:
		s.say(answer, 0xF896, 0x31A7, 0x3B02)
	case 0x2427:
		if len(w) != 5 || crc8(w[2:4]) != w[4] {
			return syscall.EREMOTEIO
		}
		s.altitude = binary.BigEndian.Uint16(w[2:])
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
