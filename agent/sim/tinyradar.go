package sim

import (
	"encoding/binary"
	"math"
	"time"

	"osmanthus/drivers/tinyframe"
)

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
