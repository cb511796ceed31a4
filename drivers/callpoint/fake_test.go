package callpoint

import (
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/physic"
)

// waitKind is how a fake pin's WaitForEdge behaves.
type waitKind int

const (
	waitWorks   waitKind = iota
	waitAtOnce           // returns true at once, edge or not
	waitFalse            // returns false at once
	waitNever            // returns neither at an edge, nor at the time-out, nor at Halt
	waitRefused          // the pin cannot do edges
)

// fakePin is an input whose wire a test drives.
type fakePin struct {
	gpio.PinIO // nil: only the methods below may be called
	kind       waitKind
	inErr      error

	mu     sync.Mutex
	level  gpio.Level
	pull   gpio.Pull
	edge   chan struct{}
	halted chan struct{}
	freed  chan struct{} // ends waitNever after the test
	waits  atomic.Int64
	reads  atomic.Int64
}

func newFakePin(kind waitKind, level gpio.Level) *fakePin {
	return &fakePin{
		kind: kind, level: level,
		edge: make(chan struct{}, 64), halted: make(chan struct{}), freed: make(chan struct{}),
	}
}

func (p *fakePin) Name() string { return "FAKE1" }

func (p *fakePin) In(pull gpio.Pull, edge gpio.Edge) error {
	if p.inErr != nil {
		return p.inErr
	}
	if p.kind == waitRefused && edge != gpio.NoEdge {
		return errors.New("fake: no edges")
	}
	p.pull = pull
	return nil
}

func (p *fakePin) Read() gpio.Level {
	p.reads.Add(1)
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.level
}

func (p *fakePin) set(l gpio.Level) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.level != l {
		p.level = l
		select {
		case p.edge <- struct{}{}:
		default:
		}
	}
}

func (p *fakePin) WaitForEdge(timeout time.Duration) bool {
	p.waits.Add(1)
	switch p.kind {
	case waitAtOnce:
		return true
	case waitFalse:
		return false
	case waitNever:
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

func (p *fakePin) Halt() error {
	close(p.halted)
	return nil
}

// fakeMeter is a line whose voltage a test sets.
type fakeMeter struct {
	mu  sync.Mutex
	v   physic.ElectricPotential
	err error
}

func (m *fakeMeter) set(v physic.ElectricPotential, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.v, m.err = v, err
}

func (m *fakeMeter) Voltage() (physic.ElectricPotential, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.v, m.err
}

func (m *fakeMeter) String() string { return "fake meter" }
