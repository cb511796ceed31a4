package sim

import (
	"syscall"
	"time"
)

// Weather is air at one place.
type Weather struct {
	Celsius float64
	Percent float64 // relative humidity
	Pascal  float64
	PPM     float64 // carbon dioxide
}

// Air is what a sensor of air feels at an instant.
type Air func(at time.Time) Weather

// words is what Sensirion's models share: an answer that is there after a
// while, and until then nobody who acknowledges.
type words struct {
	answer []byte
	ready  time.Time
}

// say prepares an answer that is ready at an instant.
func (s *words) say(ready time.Time, values ...uint16) {
	s.answer, s.ready = s.answer[:0], ready
	for _, v := range values {
		word := []byte{byte(v >> 8), byte(v)}
		s.answer = append(s.answer, word[0], word[1], crc8(word))
	}
}

// silent has nothing to say until ready, and nothing then.
func (s *words) silent(ready time.Time) { s.answer, s.ready = s.answer[:0], ready }

// read gives the answer once.
func (s *words) read(r []byte, at time.Time) error {
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
