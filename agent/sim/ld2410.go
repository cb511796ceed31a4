package sim

import (
	"encoding/binary"
	"math"
	"time"
)

// LD2410 is a model of a Hi-Link LD2410 at 256000 baud: it reports ten times a
// second, and not in configuration mode.
type LD2410 struct {
	see         Radar
	report      beat
	heard       []byte
	configured  bool // in configuration mode
	engineering bool
	limits      [3]uint32 // farthest moving and still gate, seconds until nobody is there
}

var _ Talker = (*LD2410)(nil)

// NewLD2410 returns a module that sees what a source says.
func NewLD2410(see Radar) *LD2410 {
	return &LD2410{see: see, report: beat{every: 100 * time.Millisecond}, limits: [3]uint32{8, 8, 5}}
}

// Baud implements Talker.
func (m *LD2410) Baud() int { return 256000 }

// Speak implements Talker.
func (m *LD2410) Speak(at time.Time, said []byte) []byte {
	for m.report.due(at) {
		if !m.configured {
			said = m.say(at, said)
		}
	}
	return said
}

// say appends one report. Beyond its farthest gate the module sees nobody.
func (m *LD2410) say(at time.Time, b []byte) []byte {
	s := m.see(at)
	cm := uint16(math.Round(s.Metres * 100))
	const gate = 75 // cm
	var state, moving, still byte
	if s.Present && s.Moving && uint32(cm/gate) <= m.limits[0] {
		state, moving = 1, 70
	}
	if s.Present && uint32(cm/gate) <= m.limits[1] {
		state, still = state|2, 55
	}
	if state == 0 {
		cm = 0
	}
	kind, inside := byte(2), []byte(nil)
	if m.engineering {
		kind, inside = 1, []byte{8, 8}
		for range 18 {
			inside = append(inside, 5)
		}
		inside = append(inside, 0x80, 1)
	}
	b = append(b, 0xF4, 0xF3, 0xF2, 0xF1)
	b = binary.LittleEndian.AppendUint16(b, uint16(13+len(inside)))
	b = append(b, kind, 0xAA, state, byte(cm), byte(cm>>8), moving, byte(cm), byte(cm>>8), still, byte(cm), byte(cm>>8))
	b = append(b, inside...)
	return append(b, 0x55, 0, 0xF8, 0xF7, 0xF6, 0xF5)
}

// Hear implements Talker.
func (m *LD2410) Hear(b []byte, _ time.Time, answer []byte) []byte {
	m.heard = append(m.heard, b...)
	for len(m.heard) >= 12 {
		if binary.LittleEndian.Uint32(m.heard) != 0xFAFBFCFD {
			m.heard = m.heard[1:]
			continue
		}
		n := int(binary.LittleEndian.Uint16(m.heard[4:]))
		if n < 2 || n > 40 {
			m.heard = m.heard[1:]
			continue
		}
		if len(m.heard) < n+10 {
			break
		}
		if binary.LittleEndian.Uint32(m.heard[6+n:]) == 0x01020304 {
			answer = m.obey(m.heard[6], m.heard[8:6+n], answer)
		}
		m.heard = m.heard[n+10:]
	}
	m.heard = append([]byte(nil), m.heard[max(0, len(m.heard)-64):]...)
	return answer
}

// obey does what a command says and appends the answer. All but entering
// configuration mode is refused outside of it.
func (m *LD2410) obey(word byte, value, b []byte) []byte {
	status, back := uint16(0), []byte(nil)
	switch {
	case word == 0xFF:
		m.configured, back = true, []byte{1, 0, 0x40, 0}
	case !m.configured:
		status = 1
	case word == 0xFE:
		m.configured = false
	case word == 0x60 && len(value) == 18:
		for i := range m.limits {
			m.limits[i] = binary.LittleEndian.Uint32(value[6*i+2:])
		}
	case word == 0x61:
		back = append([]byte{0xAA, 8, byte(m.limits[0]), byte(m.limits[1])}, make([]byte, 18)...)
		back = binary.LittleEndian.AppendUint16(back, uint16(m.limits[2]))
	case word == 0x62 || word == 0x63:
		m.engineering = word == 0x62
	case word == 0xA0:
		back = []byte{1, 0, 7, 1, 0x16, 0x15, 0x09, 0x22}
	default:
		status = 1
	}
	b = append(b, 0xFD, 0xFC, 0xFB, 0xFA)
	b = binary.LittleEndian.AppendUint16(b, uint16(4+len(back)))
	b = append(b, word, 1)
	b = binary.LittleEndian.AppendUint16(b, status)
	return append(append(b, back...), 4, 3, 2, 1)
}
