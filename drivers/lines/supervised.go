package lines

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

// SupervisedOpts describes a supervised line: the supply feeds it through
// PullUp, and its far end is Rest ohms at rest and Active ohms while its contact
// says something. A cut line then reads the supply, touching wires read ground.
// A zero field takes the value of DefaultSupervised.
type SupervisedOpts struct {
	Supply         physic.ElectricPotential
	PullUp         physic.ElectricResistance
	Rest, Active   physic.ElectricResistance
	Debounce, Poll time.Duration // as in Opts
	FaultAfter     time.Duration // how long Cut or Short must hold, at most 5 s
}

// DefaultSupervised is an end-of-line resistor of 10 kΩ, and a normally open
// contact that puts 4.7 kΩ in parallel to it.
var DefaultSupervised = SupervisedOpts{
	Supply: 3300 * physic.MilliVolt, PullUp: 10 * physic.KiloOhm,
	Rest: 10 * physic.KiloOhm, Active: 3197 * physic.Ohm,
	Debounce: 30 * time.Millisecond, Poll: 20 * time.Millisecond, FaultAfter: time.Second,
}

func (o *SupervisedOpts) orDefault() (SupervisedOpts, error) {
	v := DefaultSupervised
	if o != nil {
		v.Supply = or(o.Supply, v.Supply)
		v.PullUp, v.Rest, v.Active = or(o.PullUp, v.PullUp), or(o.Rest, v.Rest), or(o.Active, v.Active)
		v.Debounce, v.Poll, v.FaultAfter = or(o.Debounce, v.Debounce), or(o.Poll, v.Poll), or(o.FaultAfter, v.FaultAfter)
	}
	if v.FaultAfter < v.Debounce || v.FaultAfter > 5*time.Second {
		return v, fmt.Errorf("lines: a fault of the line must hold for %v to 5 s, not %v", v.Debounce, v.FaultAfter)
	}
	if v.Supply <= 0 || v.PullUp <= 0 || v.Rest <= 0 || v.Active <= 0 {
		return v, fmt.Errorf("lines: supply and resistors of a line must be positive")
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
func (o *SupervisedOpts) levels() ([4]level, error) {
	divider := func(r physic.ElectricResistance) physic.ElectricPotential {
		return physic.ElectricPotential(float64(o.Supply) * float64(r) / (float64(r) + float64(o.PullUp)))
	}
	l := [4]level{{Short, 0}, {Rest, divider(o.Rest)}, {Active, divider(o.Active)}, {Cut, o.Supply}}
	for i := range l {
		for j := range i {
			if distance(l[i].at, l[j].at) < o.Supply/10 {
				return l, fmt.Errorf("lines: %v (%v) and %v (%v) of the line are too close to tell apart",
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
