// Package fakepin is pins and a voltmeter whose wires a test drives, and which
// misbehave as real ones have.
package fakepin

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/physic"
)

// Waiting is how a pin's WaitForEdge behaves.
type Waiting int

// Behaviours.
const (
	Works   Waiting = iota
	AtOnce          // returns true at once, edge or not
	False           // returns false at once
	Never           // returns neither at an edge, nor at the time-out, nor at Halt
	Refused         // the pin cannot do edges
)

// Pin is an input whose wire a test drives, or an output that it looks at.
type Pin struct {
	gpio.PinIO // nil: only the methods below may be called
	Waits      atomic.Int64
	Reads      atomic.Int64

	kind   Waiting
	mu     sync.Mutex
	inErr  error
	err    error
	stuck  bool
	level  gpio.Level
	pull   gpio.Pull
	want   gpio.Edge
	edge   chan struct{}
	halted chan struct{}
	freed  chan struct{} // ends Never after the test
	once   sync.Once
}

// New returns a pin at a level.
func New(kind Waiting, level gpio.Level) *Pin {
	return &Pin{
		kind: kind, level: level,
		edge: make(chan struct{}, 4096), halted: make(chan struct{}), freed: make(chan struct{}),
	}
}

// Name implements pin.Pin.
func (p *Pin) Name() string { return "FAKE1" }

// String is the name.
func (p *Pin) String() string { return p.Name() }

// In implements gpio.PinIn.
func (p *Pin) In(pull gpio.Pull, edge gpio.Edge) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.inErr != nil {
		return p.inErr
	}
	if p.kind == Refused && edge != gpio.NoEdge {
		return errors.New("fake: no edges")
	}
	p.pull, p.want = pull, edge
	return nil
}

// RefuseIn makes In fail.
func (p *Pin) RefuseIn(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.inErr = err
}

// Read implements gpio.PinIn.
func (p *Pin) Read() gpio.Level {
	p.Reads.Add(1)
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.level
}

// Fail makes reading and driving fail, or with nil work again.
func (p *Pin) Fail(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.err = err
}

// Err is why Read failed.
func (p *Pin) Err() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.err
}

// Out implements gpio.PinOut.
func (p *Pin) Out(l gpio.Level) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.err == nil && !p.stuck {
		p.level = l
	}
	return p.err
}

// Stick makes the wire stay at a level, whatever drives it.
func (p *Pin) Stick(l gpio.Level) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.level, p.stuck = l, true
}

// Set drives the wire.
func (p *Pin) Set(l gpio.Level) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.level == l {
		return
	}
	p.level = l
	if p.want == gpio.FallingEdge && l == gpio.High || p.want == gpio.RisingEdge && l == gpio.Low {
		return
	}
	select {
	case p.edge <- struct{}{}:
	default:
	}
}

// WaitForEdge implements gpio.PinIn.
func (p *Pin) WaitForEdge(timeout time.Duration) bool {
	p.Waits.Add(1)
	switch p.kind {
	case AtOnce:
		return true
	case False:
		return false
	case Never:
		<-p.freed
		return false
	}
	select {
	case <-p.edge:
		return true
	case <-p.halted:
	case <-time.After(timeout):
	}
	return false
}

// Halt wakes WaitForEdge.
func (p *Pin) Halt() error {
	p.once.Do(func() { close(p.halted) })
	return nil
}

// Free lets a wait that Never ends end.
func (p *Pin) Free() { close(p.freed) }

// Meter is a line whose voltage a test sets.
type Meter struct {
	mu  sync.Mutex
	v   physic.ElectricPotential
	err error
}

// Set sets what the meter measures.
func (m *Meter) Set(v physic.ElectricPotential, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.v, m.err = v, err
}

// Voltage implements lines.Voltmeter.
func (m *Meter) Voltage() (physic.ElectricPotential, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.v, m.err
}

// String names it.
func (m *Meter) String() string { return "fake meter" }

// Until waits by a driver's Wait, which returns the state and whether it is
// news, for news of a state, and returns how long that took. The test ends where
// that is longer than within.
func Until[S comparable](t testing.TB, wait func(timeout time.Duration) (S, bool, error), want S, within time.Duration) time.Duration {
	t.Helper()
	var state S
	began := time.Now()
	for time.Since(began) < within {
		now, news, err := wait(within - time.Since(began))
		if err != nil {
			t.Fatal(err)
		}
		if state = now; news && state == want {
			return time.Since(began)
		}
	}
	t.Fatalf("not %v after %v, but %v", want, within, state)
	return 0
}
