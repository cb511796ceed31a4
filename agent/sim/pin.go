package sim

import (
	"errors"
	"slices"
	"sync"
	"time"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/physic"
)

// historyLength is how many transitions a pin remembers.
const historyLength = 4096

// Transition is a pin's level from an instant on.
type Transition struct {
	At    time.Time
	Level gpio.Level
}

// Pin is a modelled GPIO line. Seen from the home it is a wire that something
// may Drive; seen from the agent it is a gpio.PinIO. An output of the agent and
// a driven wire on the same pin are a mistake in a home, and the output wins.
type Pin struct {
	name string
	now  func() time.Time

	mu      sync.Mutex
	pull    gpio.Pull
	edge    gpio.Edge
	out     *gpio.Level // what the agent puts out, nil for an input
	driven  *gpio.Level // what the home puts on it, nil for nothing
	level   gpio.Level
	history []Transition
	watch   []chan Transition
	edges   chan Transition // for WaitForEdge in the same process
	halted  bool
	halt    chan struct{}

	clocks func(l gpio.Level, at time.Time) // a chip that the agent clocks here, nil for none
	source func(at time.Time) gpio.Level    // a chip that puts out its data here, nil for none
}

var _ gpio.PinIO = (*Pin)(nil)

// Drive puts a level on the wire, as a closed contact does.
func (p *Pin) Drive(l gpio.Level) {
	p.set(func() { p.driven = &l })
}

// Release takes it off again: the pull decides.
func (p *Pin) Release() {
	p.set(func() { p.driven = nil })
}

// set changes the pin and tells watchers if its level changed.
func (p *Pin) set(change func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change()
	l := p.resolve()
	if l == p.level {
		return
	}
	p.level = l
	t := Transition{At: p.now(), Level: l}
	if len(p.history) == historyLength {
		p.history = slices.Delete(p.history, 0, historyLength/2)
	}
	p.history = append(p.history, t)
	for _, w := range p.watch {
		select {
		case w <- t:
		default: // a watcher that sleeps loses transitions, the pin does not wait
		}
	}
}

func (p *Pin) resolve() gpio.Level {
	switch {
	case p.out != nil:
		return *p.out
	case p.driven != nil:
		return *p.driven
	case p.pull == gpio.PullUp:
		return gpio.High
	case p.pull == gpio.PullDown:
		return gpio.Low
	}
	return p.level // floating keeps its charge
}

// Watch returns a channel of the pin's transitions from now on, with room for
// 256 that nobody has taken, and a function that ends it.
func (p *Pin) Watch() (transitions <-chan Transition, stop func()) {
	c := make(chan Transition, 256)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.watch = append(p.watch, c)
	return c, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.watch = slices.DeleteFunc(p.watch, func(w chan Transition) bool { return w == c })
	}
}

// History returns the transitions so far, oldest first, at most the last few
// thousand.
func (p *Pin) History() []Transition {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.history)
}

// In implements gpio.PinIn.
func (p *Pin) In(pull gpio.Pull, edge gpio.Edge) error {
	p.set(func() {
		p.out = nil
		if pull != gpio.PullNoChange {
			p.pull = pull
		}
	})
	p.mu.Lock()
	defer p.mu.Unlock()
	p.edge = edge
	p.watch = slices.DeleteFunc(p.watch, func(w chan Transition) bool { return w == p.edges })
	p.edges = nil
	if edge != gpio.NoEdge {
		p.edges = make(chan Transition, 256)
		p.watch = append(p.watch, p.edges)
	}
	if p.halt == nil || p.halted {
		p.halt, p.halted = make(chan struct{}), false
	}
	return nil
}

// setIn is In for a remote agent, whose edges go another way.
func (p *Pin) setIn(pull gpio.Pull) gpio.Level {
	p.set(func() {
		p.out = nil
		if pull != gpio.PullNoChange {
			p.pull = pull
		}
	})
	return p.Read()
}

// Read implements gpio.PinIn.
func (p *Pin) Read() gpio.Level {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.source != nil {
		return p.source(p.now())
	}
	return p.level
}

// WaitForEdge implements gpio.PinIn.
func (p *Pin) WaitForEdge(timeout time.Duration) bool {
	p.mu.Lock()
	edges, edge, halt := p.edges, p.edge, p.halt
	p.mu.Unlock()
	var expired <-chan time.Time
	if timeout >= 0 {
		t := time.NewTimer(timeout)
		defer t.Stop()
		expired = t.C
	}
	for {
		select {
		case t := <-edges:
			if edge == gpio.BothEdges || (edge == gpio.RisingEdge) == bool(t.Level) {
				return true
			}
		case <-expired:
			return false
		case <-halt:
			return false
		}
	}
}

// Out implements gpio.PinOut.
func (p *Pin) Out(l gpio.Level) error {
	p.set(func() {
		if p.clocks != nil && (p.out == nil || *p.out != l) {
			p.clocks(l, p.now())
		}
		p.out = &l
	})
	return nil
}

// Halt wakes WaitForEdge. The level stays.
func (p *Pin) Halt() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.halt != nil && !p.halted {
		p.halted = true
		close(p.halt)
	}
	return nil
}

// PWM implements gpio.PinOut.
func (p *Pin) PWM(gpio.Duty, physic.Frequency) error {
	return errors.New("sim: pins have no PWM")
}

// Pull implements gpio.PinIn.
func (p *Pin) Pull() gpio.Pull {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.pull
}

// DefaultPull implements gpio.PinIn.
func (p *Pin) DefaultPull() gpio.Pull { return gpio.Float }

// Name implements pin.Pin.
func (p *Pin) Name() string { return p.name }

// Number implements pin.Pin; a modelled pin has none.
func (p *Pin) Number() int { return -1 }

// Function implements pin.Pin.
func (p *Pin) Function() string { return "" }

// String is the pin's name.
func (p *Pin) String() string { return p.name }
