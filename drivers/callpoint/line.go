package callpoint

import (
	"fmt"
	"time"

	"periph.io/x/conn/v3/physic"
)

// Voltmeter measures the voltage of a supervised line against ground;
// ads1115.Input is one.
type Voltmeter interface {
	Voltage() (physic.ElectricPotential, error)
	String() string
}

// LineOpts describes a supervised line: the supply feeds it through PullUp, and
// its far end is Normal ohms at rest and Pressed ohms while somebody calls. A
// cut line then reads the supply, touching wires read ground. A zero field
// takes the value of DefaultLineOpts.
type LineOpts struct {
	Supply          physic.ElectricPotential
	PullUp          physic.ElectricResistance
	Normal, Pressed physic.ElectricResistance
	Debounce, Poll  time.Duration // as in Opts
	FaultAfter      time.Duration // how long Open or Short must hold, at most 5 s
}

// DefaultLineOpts is an end-of-line resistor of 10 kΩ, and a normally open
// contact that puts 4.7 kΩ in parallel to it.
var DefaultLineOpts = LineOpts{
	Supply: 3300 * physic.MilliVolt, PullUp: 10 * physic.KiloOhm,
	Normal: 10 * physic.KiloOhm, Pressed: 3197 * physic.Ohm,
	Debounce: 30 * time.Millisecond, Poll: 20 * time.Millisecond, FaultAfter: time.Second,
}

func (o *LineOpts) orDefault() (LineOpts, error) {
	v := DefaultLineOpts
	if o != nil {
		v.Supply = or(o.Supply, v.Supply)
		v.PullUp, v.Normal, v.Pressed = or(o.PullUp, v.PullUp), or(o.Normal, v.Normal), or(o.Pressed, v.Pressed)
		v.Debounce, v.Poll, v.FaultAfter = or(o.Debounce, v.Debounce), or(o.Poll, v.Poll), or(o.FaultAfter, v.FaultAfter)
	}
	if v.FaultAfter < v.Debounce || v.FaultAfter > 5*time.Second {
		return v, fmt.Errorf("callpoint: a fault of the line must hold for %v to 5 s, not %v", v.Debounce, v.FaultAfter)
	}
	if v.Supply <= 0 || v.PullUp <= 0 || v.Normal <= 0 || v.Pressed <= 0 {
		return v, fmt.Errorf("callpoint: supply and resistors of a line must be positive")
	}
	return v, checkRhythm(v.Debounce, v.Poll)
}

func or[T comparable](value, otherwise T) T {
	var zero T
	if value == zero {
		return otherwise
	}
	return value
}

// level is a state and the voltage at which the line then stands.
type level struct {
	state State
	at    physic.ElectricPotential
}

// levels is the voltage divider for each state. Two states closer than a tenth
// of the supply are refused: moisture and resistor tolerance would mix them up.
func (o *LineOpts) levels() ([4]level, error) {
	divider := func(r physic.ElectricResistance) physic.ElectricPotential {
		return physic.ElectricPotential(float64(o.Supply) * float64(r) / (float64(r) + float64(o.PullUp)))
	}
	l := [4]level{{Short, 0}, {Normal, divider(o.Normal)}, {Pressed, divider(o.Pressed)}, {Open, o.Supply}}
	for i := range l {
		for j := range i {
			if distance(l[i].at, l[j].at) < o.Supply/10 {
				return l, fmt.Errorf("callpoint: %v (%v) and %v (%v) of the line are too close to tell apart",
					l[j].state, l[j].at, l[i].state, l[i].at)
			}
		}
	}
	return l, nil
}

// nearest is the state whose voltage lies nearest.
func nearest(levels *[4]level, v physic.ElectricPotential) State {
	best := levels[0]
	for _, l := range levels[1:] {
		if distance(l.at, v) < distance(best.at, v) {
			best = l
		}
	}
	return best.state
}

func distance(a, b physic.ElectricPotential) physic.ElectricPotential {
	return max(a-b, b-a)
}
