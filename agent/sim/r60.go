package sim

import (
	"encoding/binary"
	"math"
	"time"

	"osmanthus/drivers/r60"
)

// R60 is a model of a R60ABD1 or MR60BHA1 at 115200 baud: it says what changes,
// answers questions, and says breath and heart every three seconds.
type R60 struct {
	see    Radar
	rates  beat
	alive  beat
	before Scene
	spoke  bool
	heard  *r60.Dev
}

var _ Talker = (*R60)(nil)

// NewR60 returns a module that sees what a source says.
func NewR60(see Radar) *R60 {
	return &R60{see: see, heard: r60.New(nil), rates: beat{every: 3 * time.Second}, alive: beat{every: time.Minute}}
}

// Baud implements Talker.
func (m *R60) Baud() int { return 115200 }

// Speak implements Talker.
func (m *R60) Speak(at time.Time, said []byte) []byte {
	s := m.see(at)
	now, before := values(s), values(m.before)
	for i, v := range now {
		if !m.spoke || v.data != before[i].data {
			said = v.frame(0).Append(said)
		}
	}
	m.before, m.spoke = s, true
	for m.rates.due(at) {
		if s.Present {
			cm := binary.BigEndian.AppendUint16(nil, uint16(math.Round(s.Metres*100)))
			said = r60.Frame{Control: 0x80, Command: 0x04, Data: cm}.Append(said)
			said = r60.Frame{Control: 0x81, Command: 0x02, Data: []byte{byte(math.Round(s.Breath))}}.Append(said)
			said = r60.Frame{Control: 0x85, Command: 0x02, Data: []byte{byte(math.Round(s.Heart))}}.Append(said)
		}
	}
	for m.alive.due(at) {
		said = r60.Frame{Control: 0x01, Command: 0x01, Data: []byte{0x0F}}.Append(said)
	}
	return said
}

// Hear implements Talker.
func (m *R60) Hear(b []byte, at time.Time, answer []byte) []byte {
	m.heard.Push(b, func(f r60.Frame) {
		for _, v := range values(m.see(at)) {
			if f.Control == v.control && f.Command == v.command|0x80 {
				answer = v.frame(0x80).Append(answer)
			}
		}
	})
	return answer
}

// value is a state that the module says by itself when it changes.
type value struct{ control, command, data byte }

func (v value) frame(answer byte) r60.Frame {
	return r60.Frame{Control: v.control, Command: v.command | answer, Data: []byte{v.data}}
}

func values(s Scene) [3]value {
	motion := byte(0)
	switch {
	case s.Present && s.Moving:
		motion = 2
	case s.Present:
		motion = 1
	}
	return [3]value{{0x80, 0x01, flag(s.Present)[0]}, {0x80, 0x02, motion}, {0x84, 0x01, flag(s.InBed)[0]}}
}
