package sim

import (
	"sync"
	"syscall"
	"time"
)

// sensirion is what the models of Sensirion's sensors share: an answer that is
// there after a while and is given once, and until then nobody who acknowledges.
type sensirion struct {
	mu     sync.Mutex
	air    Air
	busy   time.Time // no command is taken before
	answer []byte
	ready  time.Time // when the answer is there
}

// tx does one transfer; do carries out a command.
func (s *sensirion) tx(w, r []byte, at time.Time, do func(w []byte, at time.Time) error) error {
	if len(w) == 0 {
		return s.read(r, at)
	}
	if at.Before(s.busy) {
		return syscall.EREMOTEIO
	}
	s.answer = s.answer[:0]
	if err := do(w, at); err != nil {
		return err
	}
	if len(r) > 0 {
		return s.read(r, at)
	}
	return nil
}

// forget is what a dip of the supply leaves of an answer and of a command.
func (s *sensirion) forget() { s.busy, s.answer = time.Time{}, s.answer[:0] }

// say prepares an answer that is ready at an instant.
func (s *sensirion) say(ready time.Time, values ...uint16) {
	s.answer, s.ready = s.answer[:0], ready
	for _, v := range values {
		word := []byte{byte(v >> 8), byte(v)}
		s.answer = append(s.answer, word[0], word[1], crc8(word))
	}
}

// measure feels the air for so long, and says its temperature, and its humidity
// as a word of which 65535 stands for span above low.
func (s *sensirion) measure(at time.Time, takes time.Duration, low, span float64) {
	s.busy = at.Add(takes)
	air := s.air(s.busy)
	s.say(s.busy, ticks(air.Celsius, -45, 175), ticks(air.Percent, low, span))
}

// read gives the answer once.
func (s *sensirion) read(r []byte, at time.Time) error {
	if at.Before(s.ready) || len(s.answer) == 0 || len(r) == 0 {
		return syscall.EREMOTEIO
	}
	for i := range r {
		r[i] = 0xFF // nobody pulls the line down any more
	}
	copy(r, s.answer)
	s.answer = s.answer[:0]
	return nil
}

// crc8 is Sensirion's check sum, by polynomial division.
func crc8(b []byte) byte {
	crc := byte(0xFF)
	for _, v := range b {
		crc ^= v
		for range 8 {
			if crc&0x80 != 0 {
				crc = crc<<1 ^ 0x31
			} else {
				crc <<= 1
			}
		}
	}
	return crc
}

// ticks is v as a word of which 65535 stands for span above low.
func ticks(v, low, span float64) uint16 {
	return uint16(min(max((v-low)/span*65535+0.5, 0), 65535))
}
