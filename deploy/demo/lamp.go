package demo

import (
	"time"

	"periph.io/x/conn/v3/gpio"
)

// Light is what somebody in the corridor sees of a lamp.
type Light int

// A lamp is off, on, or flashing.
const (
	Off Light = iota
	Steady
	Flashing
)

// Lamp tells flashing from steady by the transitions of its pin.
type Lamp struct {
	level gpio.Level
	last  time.Time // of the last transition
	seen  Light
}

// flashGap is the longest rest between two transitions of a lamp that flashes:
// the slowest flash of IEC 60601-1-8 is 0.4 Hz.
const flashGap = 3 * time.Second

// Turn takes a transition of the pin, and Look what follows from time alone.
// Both return what is seen and whether that changed.
func (l *Lamp) Turn(level gpio.Level, at time.Time) (Light, bool) {
	first := l.last.IsZero()
	quick := !first && at.Sub(l.last) < flashGap
	l.level, l.last = level, at
	if quick {
		return l.see(Flashing)
	}
	return l.seen, false
}

// Look is called a few times a second.
func (l *Lamp) Look(at time.Time) (Light, bool) {
	if l.last.IsZero() || at.Sub(l.last) < flashGap {
		return l.seen, false
	}
	if l.level == gpio.High {
		return l.see(Steady)
	}
	return l.see(Off)
}

func (l *Lamp) see(s Light) (Light, bool) {
	changed := s != l.seen
	l.seen = s
	return s, changed
}
