// Package radar runs radar modules on serial lines: which line each needs, what
// it is asked, and what it says, as measures. The formats themselves are in the
// packages of the modules.
package radar

import (
	"fmt"
	"io"
	"time"

	"osmanthus/drivers"
)

// Model is a module that can be bought.
type Model struct {
	Name string
	// Bauds are the rates that it is sold with, 8N1, the usual one first.
	Bauds []int
	// Every is within what time a module that works says something, where it is
	// asked twice in that time.
	Every time.Duration
	// hello is what it is told when its line is opened, and ask what it is asked
	// when it says nothing by itself; nil is nothing.
	hello, ask []byte
	decode     func(port io.ReadWriter, s *setting) decoder
	// set makes what has to hold of settings; nil takes none.
	set      func(s Settings) *setting
	settings Settings
}

// With returns the model with settings that its module is to have.
func (m Model) With(s Settings) Model {
	m.settings = s
	return m
}

// TakesHeight reports whether the module has a mounting height to be set.
func (m Model) TakesHeight() bool { return m.set != nil && m.set(Settings{HeightM: 2}) != nil }

// TakesRange reports whether the module has a range to be set.
func (m Model) TakesRange() bool { return m.set != nil && m.set(Settings{RangeM: 3}) != nil }

// decoder reads the stream of one family of modules.
type decoder interface {
	// sense reads once from the port into f.
	sense(f *Frame) error
	// received returns how many bytes came.
	received() uint64
	// answer returns what is to be told after what was read last; nil is nothing.
	answer() []byte
}

// Frame is what one look at the line brought.
type Frame struct {
	Frames    int // that were whole
	Malformed int // whose envelope was right, and whose inside was not
	Measures  []drivers.Measure
}

// Dev is a module on a line. It is not safe for concurrent use.
type Dev struct {
	model  Model
	port   io.ReadWriter
	in     decoder
	frames uint64
	set    *setting
}

// foreign is how many bytes without one whole frame say that the module is
// another: a frame has 64 at most, or, of a cloud of points, 1024.
const foreign = 4096

// New greets the module of a model on its line, and asks for its settings. What
// it answers is for Sense: a module of which only the sending wire is connected
// works, too, but for its settings.
func New(port io.ReadWriter, m Model) (*Dev, error) {
	d := &Dev{model: m, port: port}
	if m.set != nil {
		d.set = m.set(m.settings)
	}
	d.in = m.decode(port, d.set)
	if err := d.send(m.hello); err != nil {
		return nil, err
	}
	return d, d.settle()
}

// Settled reports whether the module is known to have the settings that it is to
// have.
func (d *Dev) Settled() bool { return d.set == nil || d.set.holds }

// settle asks for a setting that is not known to hold.
func (d *Dev) settle() error {
	if d.Settled() {
		return nil
	}
	return d.send(d.set.ask)
}

// String names the model.
func (d *Dev) String() string { return d.model.Name }

// Sense reads once from the line and says in f what came, which may be nothing.
// drivers.ErrForeign is for a line on which much comes and nothing of this
// module.
func (d *Dev) Sense(f *Frame) error {
	f.Frames, f.Malformed, f.Measures = 0, 0, f.Measures[:0]
	if err := d.in.sense(f); err != nil {
		return err
	}
	if d.frames += uint64(f.Frames); d.frames == 0 && d.in.received() > foreign {
		return fmt.Errorf("radar: reading a %s: %w", d.model.Name, drivers.ErrForeign)
	}
	return d.send(d.in.answer())
}

// Received returns how many bytes came so far.
func (d *Dev) Received() uint64 { return d.in.received() }

// Ask asks the module for something, so that one that speaks only when something
// changes proves that it works. It does nothing where the model has no question.
// A setting that is not known to hold is asked for, too.
func (d *Dev) Ask() error {
	if err := d.send(d.model.ask); err != nil {
		return err
	}
	return d.settle()
}

func (d *Dev) send(b []byte) error {
	if len(b) == 0 {
		return nil
	}
	if _, err := d.port.Write(b); err != nil {
		return fmt.Errorf("radar: asking a %s: %w", d.model.Name, err)
	}
	return nil
}
