package sim

import (
	"encoding/binary"
	"math"
	"time"

	"osmanthus/drivers/tinyframe"
)

// Scene is what a radar module looks at.
type Scene struct {
	Present bool
	Moving  bool
	Fallen  bool    // lies on the floor
	InBed   bool    // of a module that watches a bed
	Metres  float64 // from the module
	Heart   float64 // /min, 0 where the module finds none
	Breath  float64 // /min, 0 where the module finds none
}

// Radar is what a radar module sees at an instant.
type Radar func(at time.Time) Scene

// beat tells when something that comes every so often is due.
type beat struct {
	every time.Duration
	next  time.Time
}

// due reports whether it is time, once for each time.
func (b *beat) due(at time.Time) bool {
	if b.next.IsZero() || at.Sub(b.next) > time.Second {
		b.next = at // nobody listened
	}
	if at.Before(b.next) {
		return false
	}
	b.next = b.next.Add(b.every)
	return true
}

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

// TinyRadar is a model of a module that speaks TinyFrame: breath and heart
// (MR60BHA2, LD6002), falls (MR60FDA2, LD6002C) or places (LD6002B). How often
// each message comes was not measured on a module.
type TinyRadar struct {
	see    Radar
	baud   int
	kind   tinyKind
	fast   beat
	slow   beat
	fell   bool
	heard  *tinyframe.Port
	height float32 // where it is mounted, m
}

type tinyKind uint8

const (
	tinyVital tinyKind = iota
	tinyFall
	tinyPlace
)

var _ Talker = (*TinyRadar)(nil)

// NewMR60BHA2 returns a module that sees breath and heart.
func NewMR60BHA2(see Radar) *TinyRadar { return newTiny(see, 115200, tinyVital) }

// NewMR60FDA2 returns a module that sees falls.
func NewMR60FDA2(see Radar) *TinyRadar { return newTiny(see, 115200, tinyFall) }

// NewLD6002 returns a module that sees breath and heart, at its own baud rate.
func NewLD6002(see Radar) *TinyRadar { return newTiny(see, 1382400, tinyVital) }

// NewLD6002B returns a module that sees where people are.
func NewLD6002B(see Radar) *TinyRadar { return newTiny(see, 115200, tinyPlace) }

// NewLD6002C returns a module that sees falls.
func NewLD6002C(see Radar) *TinyRadar { return newTiny(see, 115200, tinyFall) }

func newTiny(see Radar, baud int, kind tinyKind) *TinyRadar {
	return &TinyRadar{see: see, baud: baud, kind: kind, height: 2.2, heard: tinyframe.NewPort(nil),
		fast: beat{every: 100 * time.Millisecond}, slow: beat{every: time.Second}}
}

// Baud implements Talker.
func (m *TinyRadar) Baud() int { return m.baud }

// Speak implements Talker.
func (m *TinyRadar) Speak(at time.Time, said []byte) []byte {
	s := m.see(at)
	if m.kind == tinyFall && s.Fallen != m.fell { // at once
		m.fell = s.Fallen
		said = tiny(0x0E02, said, flag(m.fell))
	}
	for m.fast.due(at) {
		switch m.kind {
		case tinyVital:
			said = tiny(0x0A13, said, f32(0.5), f32(0.3), f32(0.1))
		case tinyPlace:
			if s.Present {
				said = tiny(0x0A04, said, u32(1), f32(0), f32(s.Metres), f32(0), u32(0), u32(1))
			} else {
				said = tiny(0x0A04, said, u32(0))
			}
		}
	}
	for m.slow.due(at) {
		if m.kind != tinyPlace {
			said = tiny(0x0F09, said, flag(s.Present))
		}
		switch {
		case m.kind == tinyFall:
			said = tiny(0x0E02, said, flag(m.fell))
		case m.kind == tinyVital && s.Present:
			said = tiny(0x0A14, said, f32(s.Breath))
			said = tiny(0x0A15, said, f32(s.Heart))
			said = tiny(0x0A16, said, u32(1), f32(100*s.Metres))
		case m.kind == tinyVital:
			said = tiny(0x0A16, said, u32(0), f32(0))
		}
	}
	return said
}

// Hear implements Talker: a command is acknowledged by an empty frame, and then
// answered.
func (m *TinyRadar) Hear(b []byte, _ time.Time, answer []byte) []byte {
	m.heard.Push(b, func(f tinyframe.Frame) {
		if m.kind != tinyFall {
			return
		}
		switch f.Type {
		case 0x0E06:
			answer = tiny(f.Type, answer)
			answer = tiny(f.Type, answer, f32(float64(m.height)), f32(0.6), u32(10), f32(0.5), f32(0.5), f32(0.5), f32(0.5))
		case 0x0E04, 0x0E08, 0x0E0A, 0x0E0C:
			if v, ok := f.Float(0); ok && f.Type == 0x0E04 {
				m.height = float32(v)
			}
			answer = tiny(f.Type, answer)
			answer = tiny(f.Type, answer, flag(true))
		}
	})
	return answer
}

// tiny appends a frame of the parts of its data.
func tiny(kind uint16, b []byte, parts ...[]byte) []byte {
	f := tinyframe.Frame{Type: kind}
	for _, p := range parts {
		f.Data = append(f.Data, p...)
	}
	return f.Append(b)
}

func f32(v float64) []byte { return u32(math.Float32bits(float32(v))) }

func u32(v uint32) []byte { return binary.LittleEndian.AppendUint32(nil, v) }

func flag(on bool) []byte {
	if on {
		return []byte{1}
	}
	return []byte{0}
}
